"""The switches that make the gateway misbehave do what they say."""

from __future__ import annotations

from tests.voice.service.conftest import Rig
from tests.voice.service.gateway_client import GatewayClient
from voice_tui.gateway.faults import Fault

COMPLETED = "conversation.item.input_audio_transcription.completed"
FAILED = "conversation.item.input_audio_transcription.failed"
COMMITTED = "input_audio_buffer.committed"


async def faulty_turn(rig: Rig, *faults: Fault) -> GatewayClient:
    await rig.start()
    client = await rig.ready_client()
    rig.faults.active.update(faults)
    await client.say()
    return client


async def ping(client: GatewayClient) -> None:
    """Wait until everything sent before has been answered."""
    after = len(client.events)
    client.send("input_audio_buffer.clear")
    await client.expect("input_audio_buffer.cleared", after)


async def test_the_session_is_never_told(rig: Rig) -> None:
    rig.faults.active = {Fault.NO_SESSION_CREATED, Fault.NO_SESSION_UPDATED}
    await rig.start()
    client = await rig.client()
    client.send("session.update", session={"type": "realtime"})
    await ping(client)
    assert client.types == ["input_audio_buffer.cleared"]


async def test_no_transcript(rig: Rig) -> None:
    client = await faulty_turn(rig, Fault.NO_TRANSCRIPT)
    client.send("response.create")
    await client.expect("response.done")
    assert not [kind for kind in client.types if "transcription" in kind]


async def test_a_late_transcript_comes_after_the_response(rig: Rig) -> None:
    rig.faults.delay = 0.3
    client = await faulty_turn(rig, Fault.LATE_TRANSCRIPT)
    client.send("response.create")
    await client.expect(COMPLETED)
    assert client.types.index("response.done") < client.types.index(COMPLETED)


async def test_a_transcript_twice(rig: Rig) -> None:
    client = await faulty_turn(rig, Fault.TRANSCRIPT_TWICE)
    await client.until(lambda: client.types.count(COMPLETED) == 2)
    first, second = (event for event in client.events if event["type"] == COMPLETED)
    assert first == second


async def test_out_of_order(rig: Rig) -> None:
    client = await faulty_turn(rig, Fault.OUT_OF_ORDER)
    await client.expect("conversation.item.done")
    assert client.types[-4:] == [
        COMPLETED,
        COMMITTED,
        "conversation.item.added",
        "conversation.item.done",
    ]


async def test_a_transcript_that_failed(rig: Rig) -> None:
    client = await faulty_turn(rig, Fault.TRANSCRIPT_FAILED)
    await client.expect(FAILED)
    assert COMPLETED not in client.types


async def test_an_empty_commit_is_answered_with_silence(rig: Rig) -> None:
    rig.faults.active = {Fault.SILENT_EMPTY_COMMIT}
    await rig.start()
    client = await rig.ready_client()
    begin = len(client.events)
    client.send("input_audio_buffer.clear")
    client.send("input_audio_buffer.commit")
    await ping(client)
    await client.until(lambda: client.types[begin:] == ["input_audio_buffer.cleared"] * 2)


async def test_the_channel_is_dropped(rig: Rig) -> None:
    client = await faulty_turn(rig, Fault.DROP_CHANNEL)
    await client.until(lambda: client.channel.readyState == "closed")
    assert COMMITTED not in client.types


async def test_a_stalled_server_says_nothing_on_an_open_channel(rig: Rig) -> None:
    client = await faulty_turn(rig, Fault.STALL)
    begin = len(client.events)
    for _ in range(3):
        client.send("response.create")
    await client.microphone.say(0.0, 20)
    assert [kind for kind in client.types[begin:] if "transcription.delta" not in kind] == []
    assert client.channel.readyState == "open"
