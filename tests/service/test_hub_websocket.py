from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import aiohttp
import pytest

from kds_tui.core.clock import parse_time
from kds_tui.hub import websocket
from kds_tui.hub.auth import TokenMint
from kds_tui.hub.ledger import Event
from tests.service.hub_kitchen import Kitchen, eventually, kitchen

OTHER = "22222222-2222-2222-2222-222222222222"


def _auth(kind: str, here: Kitchen) -> dict[str, object]:
    now = 1_700_000_000
    forged = TokenMint("00" * 32, here.hub.restaurant_id, 1e9).issue("manager", now, "forged")[0]
    return {
        "valid": {"token": here.token, "restaurant_id": here.hub.restaurant_id},
        "no id": {"token": here.token},
        "null id": {"token": here.token, "restaurant_id": None},
        "another restaurant": {"token": here.token, "restaurant_id": OTHER},
        "a slug": {"token": here.token, "restaurant_id": "grow"},
        "garbage": {"token": "not.a.token"},
        "forged": {"token": forged},
    }[kind]


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        ("valid", True),
        ("no id", True),
        ("null id", True),
        ("another restaurant", False),
        ("a slug", False),
        ("garbage", False),
        ("forged", False),
    ],
)
async def test_the_first_message_decides(tmp_path: Path, kind: str, accepted: bool) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.stranger("/any/path?restaurant_id=x")
        await display.socket.send_json({"type": "auth", **_auth(kind, here)})
        answer = await display.next()
        if accepted:
            assert answer["type"] == "auth:success"
            assert answer["epoch"] == here.hub.journal.epoch
            assert answer["head_seq"] == 0
            assert answer["heartbeat_interval"] == 2.0
            assert answer["server_time"].endswith("Z")
        else:
            assert answer["type"] == "auth:failed"
            assert answer["error"] == "Authentication failed"
            assert await display.close_code() == 1008


@pytest.mark.parametrize(
    "first", ['{"type":"ping"}', '{"type":"auth"}', '{"type":"auth","token":""}', "{}"]
)
async def test_anything_but_auth_first_is_shown_out(tmp_path: Path, first: str) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.stranger()
        await display.socket.send_str(first)
        answer = await display.next()
        assert (answer["type"], answer["error"]) == ("error", "Authentication required")
        assert await display.close_code() == 1008


async def test_an_unreadable_frame_before_auth_is_forgiven(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.stranger()
        for bad in ("{", "null", "[]"):
            await display.socket.send_str(bad)
            assert await display.next() == {"error": "Invalid message format"}
        auth = b'{"type":"auth","token":"%s"}' % here.token.encode()
        await display.socket.send_bytes(auth)  # binary counts like text
        assert (await display.next())["type"] == "auth:success"


async def test_a_silent_stranger_is_shown_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "AUTH_DEADLINE", 0.05)
    async with kitchen(tmp_path) as here:
        display = await here.stranger()
        assert await display.close_code() == 1008
        assert display.frames[-1]["error"] == "Authentication required"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ('{"type":"ping","payload":{"timestamp":1}}', {"type": "pong"}),
        ("{", {"error": "Invalid message format"}),
        ("null", {"error": "Invalid message format"}),
        (
            '{"type":"auth","token":"x"}',
            {"type": "error", "payload": {"message": "Unknown message type", "type": "auth"}},
        ),
        (
            '{"type":"dance"}',
            {"type": "error", "payload": {"message": "Unknown message type", "type": "dance"}},
        ),
    ],
)
async def test_answers_after_auth(tmp_path: Path, sent: str, answer: dict[str, object]) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        await display.socket.send_str(sent)
        got = await display.next()
        told = parse_time(got.pop("server_time", None))
        assert told is None or abs(told - time.time()) < 20
        assert (told is not None) is (answer == {"type": "pong"})
        got.pop("timestamp", None)
        assert got == answer


async def test_status_updates_by_websocket_are_dropped_without_an_answer(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        await display.socket.send_json({"type": "order:update_status", "payload": {}})
        await display.socket.send_json({"type": "ping"})
        assert (await display.next())["type"] == "pong"


async def test_a_message_too_large_ends_the_connection(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        await display.socket.send_str("x" * (websocket.MAX_MESSAGE + 1))
        assert await display.close_code() == 1009


async def test_no_more_connections_than_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MAX_CONNECTIONS", 1)
    async with kitchen(tmp_path) as here:
        first = await here.stranger()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await here.stranger()
        assert refused.value.status == 503
        assert not first.socket.closed


async def test_heartbeats_only_after_a_sync(tmp_path: Path) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.02) as here:
        web_client, display = await here.display(), await here.display()
        await display.sync()
        for _ in range(3):
            beat = await display.until(lambda frame: frame["type"] == "heartbeat")
            assert beat["payload"]["epoch"] == here.hub.journal.epoch
            assert beat["payload"]["head_seq"] == 0
        await web_client.socket.send_json({"type": "ping"})
        assert (await web_client.next())["type"] == "pong", "heartbeats disturb the web client"


async def test_a_heartbeat_never_tells_more_than_was_sent(tmp_path: Path) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.001) as here:
        display = await here.display()
        await display.sync()
        await asyncio.gather(*(here.order() for _ in range(20)))
        await display.until(
            lambda frame: frame["type"] == "heartbeat" and frame["payload"]["head_seq"] == 20
        )
        sent = 0
        for frame in display.frames:
            sent = frame.get("seq", sent)
            if frame["type"] == "heartbeat":
                assert frame["payload"]["head_seq"] == sent


async def test_a_client_that_falls_behind_is_cut_with_1013(tmp_path: Path) -> None:
    async with kitchen(tmp_path, client_queue=8) as here:
        before = len(asyncio.all_tasks())
        display = await here.display()
        frame = b"{}" + b" " * 1_000_000
        for seq in range(1, 40):  # without a pause, so that nobody reads; more than a kernel takes
            here.hub.fanout.publish(Event(seq, frame))
        assert await display.close_code() == 1013
        await eventually(lambda: len(asyncio.all_tasks()) <= before)


async def test_a_stalled_client_delays_nobody(tmp_path: Path) -> None:
    async with kitchen(tmp_path, client_queue=64) as here:
        displays = [await here.display() for _ in range(3)]
        stalled = await here.display()
        stalled.socket._reader._protocol.pause_reading()
        raw = stalled.socket.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await eventually(lambda: len(here.hub.fanout.clients) == 4)
        seq = 0
        async with asyncio.timeout(30):
            while len(here.hub.fanout.clients) == 4:
                seq += 1
                here.hub.fanout.publish(Event(seq, b'{"seq":%d,"fat":"%s"}' % (seq, b"x" * 60_000)))
                for display in displays:
                    assert (await display.next())["seq"] == seq
        assert [len(display.seqs) for display in displays] == [seq] * 3
