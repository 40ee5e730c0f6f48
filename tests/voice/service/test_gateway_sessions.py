"""Sessions: what they refuse, and that each of them ends."""

from __future__ import annotations

import asyncio
import gc
import os
import threading

import pytest

from tests.voice.service.conftest import Rig
from tests.voice.service.gateway_client import SESSION, GatewayClient


async def test_one_unknown_field_refuses_the_whole_update(rig: Rig) -> None:
    await rig.start()
    client = await rig.client()
    await client.expect("session.created")
    ours = client.send("session.update", session={**SESSION, "temperature": 0.6})
    error = (await client.expect("error"))["error"]
    assert (error["code"], error["param"], error["event_id"]) == (
        "unknown_parameter",
        "session.temperature",
        ours,
    )
    client.send("session.update", session={"type": "realtime", "instructions": "x"})
    updated = (await client.expect("session.updated"))["session"]
    assert (updated["tools"], updated["instructions"]) == ([], "x")


async def test_hostile_messages_are_answered_and_survived(rig: Rig) -> None:
    await rig.start()
    client = await rig.client()
    hostile = ["{", "[]", '"x"', "[" * 100_000, '{"type": 5}', '{"type": "nonsense"}', "\udcff" * 0]
    for message in hostile[:-1]:
        client.channel.send(message)
    client.channel.send(b"\xff\xfe")
    await client.until(lambda: client.types.count("error") == len(hostile))
    await client.configure()


async def test_one_response_at_a_time_and_cancel(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    late = client.send("response.cancel")
    error = (await client.expect("error"))["error"]
    assert (error["code"], error["event_id"]) == ("response_cancel_not_active", late)
    rig.recogniser.blocked = threading.Event()
    await client.say()
    client.send("response.create")
    second = client.send("response.create")
    begin = len(client.events)
    error = (await client.expect("error", begin))["error"]
    assert error["code"] == "conversation_already_has_active_response"
    assert error["event_id"] == second
    client.send("response.cancel")
    done = (await client.expect("response.done"))["response"]
    assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "client_cancelled")
    rig.recogniser.blocked.set()
    await client.expect("conversation.item.input_audio_transcription.completed")


@pytest.mark.parametrize(
    ("limit", "code"),
    [("session_lifetime", "session_expired"), ("idle_timeout", "session_idle")],
)
async def test_the_sweeper_ends_a_session_and_says_why(rig: Rig, limit: str, code: str) -> None:
    await rig.start(sweep_interval=0.05, **{limit: 0.3})
    client = await rig.client()
    assert (await client.expect("error"))["error"]["code"] == code
    await client.until(lambda: client.channel.readyState == "closed")
    await client.until(lambda: client.pc.connectionState == "closed")
    await rig.sessions_are(0)


async def test_a_client_that_never_connects_is_given_up(rig: Rig) -> None:
    await rig.start(connect_deadline=0.2)
    client = GatewayClient()
    rig.exits.push_async_callback(client.close)
    where = f"{rig.url}/v1/realtime/calls"
    async with rig.http.post(where, json={"sdp": await client.offer()}) as answer:
        assert answer.status == 201
    await rig.sessions_are(0)


async def test_the_end_of_the_gateway_ends_its_clients(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    assert rig.gateway is not None
    await rig.gateway.stop()
    await client.until(lambda: client.channel.readyState == "closed")
    assert rig.gateway.session_count == 0


async def test_twenty_connections_leave_nothing_behind(rig: Rig) -> None:
    await rig.start()

    async def connect_and_close() -> None:
        client = GatewayClient()
        await client.connect(rig.http, rig.url)
        await client.expect("session.created")
        await client.close()
        await rig.sessions_are(0)

    await connect_and_close()  # What is made once, such as thread pools, is made now.
    before = counts()
    for _ in range(20):
        await connect_and_close()
    async with asyncio.timeout(10):
        while counts() != before:
            gc.collect()
            await rig.sessions_are(0)
            async with rig.http.get(f"{rig.url}/v1/realtime/health") as answer:
                assert answer.status == 200


def counts() -> tuple[int, int, int]:
    """Tasks, open files, and threads other than those of executors."""
    decoders = [one for one in threading.enumerate() if one.name.endswith("-decoder")]
    return len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd")), len(decoders)


async def test_what_a_client_says_the_moment_the_channel_opens_is_heard(rig: Rig) -> None:
    await rig.start()
    client = GatewayClient()
    rig.exits.push_async_callback(client.close)
    client.channel.on("open", lambda: client.send("session.update", session=SESSION))
    await client.connect(rig.http, rig.url)
    await client.expect("session.updated")


async def test_a_client_that_floods_is_cut(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    # The commit keeps the gateway busy for as long as no sound comes, so what follows piles up.
    await client.microphone.say(400.0, 10)
    client.sender.replaceTrack(None)
    client.send("input_audio_buffer.commit")
    for _ in range(400):
        client.send("input_audio_buffer.clear")
    await client.until(lambda: client.channel.readyState == "closed")
    await rig.sessions_are(0)
