"""The hub's websocket against everything that is not a message: it goes on serving the others.

Long form: `KDS_FUZZ_FRAMES=1000000 pytest tests/service/test_hub_websocket_fuzz.py`; another
`KDS_FUZZ_SEED` gives other frames.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import logging
import os
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from kds_tui.process_figures import rss_bytes
from tests.service.hub_kitchen import PATIENCE, Display, Kitchen, eventually, kitchen
from voice_tui.serving.request_limiter import MESSAGES

FRAMES: Final = int(os.environ.get("KDS_FUZZ_FRAMES", "4000"))
SEED: Final = int(os.environ.get("KDS_FUZZ_SEED", "4"))

A_CONNECTION: Final = 40
"""Frames that one connection sends, if it lives so long."""

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Wire:
    """A websocket of which every bit is in our hands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def frame(
        self,
        payload: bytes,
        opcode: int = TEXT,
        *,
        fin: bool = True,
        reserved: int = 0,
        masked: bool = True,
        length: int | None = None,
    ) -> None:
        """Send a frame; `length` lies about its size."""
        size = len(payload) if length is None else length
        head = bytes([fin << 7 | reserved << 4 | opcode])
        bit = masked << 7
        if size < 126:
            head += bytes([bit | size])
        elif size < 65_536:
            head += bytes([bit | 126]) + struct.pack("!H", size)
        else:
            head += bytes([bit | 127]) + struct.pack("!Q", size)
        # A mask of zeros leaves the payload as it is.
        self.writer.write(head + (b"\0\0\0\0" if masked else b"") + payload)
        with suppress(ConnectionError):  # whether it is over is asked by is_over
            await self.writer.drain()

    async def read(self) -> tuple[int, bytes]:
        """Read a frame of the hub's."""
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(size)

    async def is_over(self) -> bool:
        """Ask for a pong; tell whether the hub has closed instead. It does one or the other."""
        async with asyncio.timeout(PATIENCE):
            try:
                await self.frame(b"there?", PING)
                while True:
                    opcode, payload = await self.read()
                    if (opcode, payload) == (PONG, b"there?"):
                        return False
                    if opcode == CLOSE:
                        return True
            except (ConnectionError, asyncio.IncompleteReadError):
                return True


@asynccontextmanager
async def wire(here: Kitchen, token: str = "") -> AsyncIterator[Wire]:
    """Open a websocket; with a token it is let in."""
    host, port = here.hub.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    key = base64.b64encode(b"0123456789abcdef").decode()
    writer.write(
        f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    opened = Wire(reader, writer)
    assert b'"connected"' in (await opened.read())[1]
    if token:
        await opened.frame(json.dumps({"type": "auth", "token": token}).encode())
        assert b'"auth:success"' in (await opened.read())[1]
    try:
        yield opened
    finally:
        writer.transport.abort()


Garbage = Callable[[Random], bytes]


def _bytes(rng: Random) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 2, 7, 125, 126, 127, 1000)))


def _depth(rng: Random) -> bytes:
    depth = rng.choice((10, 1000, 30_000))
    kind = rng.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b'{"type":"orders:sync","payload":[', b"]"))
    )
    return kind[0] * min(depth, 60_000 // len(kind[0])) + (kind[1] * depth)[: rng.choice((0, 5000))]


NUMBERS: Final = (
    "NaN", "Infinity", "-1e999", "1e309", "9" * 400, "-0", "0x1", "1" + "0" * 5000, "1.5", "-7",
)  # fmt: skip

VALUES: Final = (
    "null", "true", "[]", "{}", "12", '"auth"', '"connected"', '"heartbeat"', f'"{"x" * 5000}"',
    '"\\ud800"', '"\\udfff\\ud800x"', '"\\u0000"', '"\\u001b]52;c;eA==\\u0007"',
)  # fmt: skip

TOKENS: Final = (
    "", "a.b.c", "." * 1000, "eyJhbGciOiJub25lIn0.e30.", "x" * 60_000, "\u00e9", "\ud800",
)  # fmt: skip


def _number(rng: Random) -> bytes:
    number = rng.choice(NUMBERS)
    return f'{{"type":"orders:sync","payload":{{"epoch":{number},"since_seq":{number}}}}}'.encode()


def _type(rng: Random) -> bytes:
    value = rng.choice(VALUES)
    name = rng.choice(("type", "token", "payload", "restaurant_id", "epoch"))
    other = rng.choice(("ping", "auth", "orders:sync", "order:update_status", "nonsense"))
    return f'{{"{name}":{value},"type":"{other}","{name}":{value}}}'.encode()


def _broken(rng: Random) -> bytes:
    whole = bytearray(b'{"type":"orders:sync","payload":{"epoch":"00","since_seq":1}}')
    for _ in range(rng.randint(1, 4)):
        whole[rng.randrange(len(whole))] = rng.randrange(256)
    return bytes(whole[: rng.randint(0, len(whole))])


def _size(rng: Random) -> bytes:
    return b'"' + b"x" * rng.choice((60_000, 65_533, 65_534, 65_535, 70_000)) + b'"'


def _wrong_auth(rng: Random) -> bytes:
    token = rng.choice(TOKENS)
    return json.dumps({"type": "auth", "token": token, "restaurant_id": "\ud800"}).encode()


GARBAGE: Final[tuple[Garbage, ...]] = (
    _bytes, _depth, _number, _type, _broken, _size, _wrong_auth,
)  # fmt: skip


async def misbehave(rng: Random, there: Wire) -> None:
    """Send a frame, or a few that belong together: mostly sound ones with a payload that is not."""
    payload = rng.choice(GARBAGE)(rng)
    if rng.random() < 0.03:
        await break_the_protocol(rng, there, payload)
    elif rng.random() < 0.1:  # a message in pieces, with pings among them
        for start in range(0, min(len(payload), 600), 100):
            opcode = TEXT if start == 0 else 0
            await there.frame(payload[start : start + 100], opcode, fin=False)
            await there.frame(b"", PING)
        await there.frame(b"", 0 if payload else TEXT)
    elif rng.random() < 0.1:
        await there.frame(payload[:125], rng.choice((PING, PONG)))
    else:
        await there.frame(payload, BINARY)  # as text, what is no UTF-8 ends the connection


async def break_the_protocol(rng: Random, there: Wire, payload: bytes) -> None:
    """Send a frame that no websocket may send; the hub closes the connection."""
    match rng.randrange(5):
        case 0:
            await there.frame(payload, rng.choice((3, 4, 7, 11, 15)))  # no such opcode
        case 1:
            await there.frame(payload, reserved=rng.randint(1, 7))
        case 2:
            await there.frame(payload, 0)  # goes on with nothing
        case 3:
            await there.frame(payload[:125], CLOSE)
        case _:
            await there.frame(rng.randbytes(20))


async def still_serves(here: Kitchen, display: Display) -> None:
    """An order placed now reaches a display that did nothing wrong."""
    row = await here.order()
    event = await display.until(lambda frame: frame["type"] == "order:created")
    assert event["payload"]["order"]["id"] == row["id"]


@pytest.mark.timeout(60 + FRAMES // 100)
async def test_nothing_that_is_sent_stops_the_hub(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    rng = Random(SEED)
    async with kitchen(tmp_path) as here:
        display = await here.display()
        closed = connections = sent = 0
        before = lines = 0
        failures: list[logging.LogRecord] = []
        while sent < FRAMES:
            async with wire(here, here.token if rng.random() < 0.8 else "") as there:
                connections += 1
                for _ in range(A_CONNECTION):
                    await misbehave(rng, there)
                    sent += 1
                    if await there.is_over():
                        closed += 1
                        break
            if connections % 10 == 0:
                await still_serves(here, display)
                # What this test itself would keep.
                display.frames.clear()
                lines += len(caplog.records)
                failures += [one for one in caplog.records if one.levelno >= logging.ERROR]
                caplog.clear()
                if connections == 20:
                    gc.collect()
                    before = rss_bytes()
        await eventually(lambda: len(here.hub.fanout.clients) == 1)
        _, memory, _ = await here.ask("GET", "/health/memory")
        assert memory["bad_frames"] > sent // 4
        gc.collect()
        grown = rss_bytes() - before
        assert grown < 8_000_000 + 200 * sent, "beside the log, all of which pytest keeps"
    assert closed > 0
    for name, figure in (
        *(("frames", sent), ("connections", connections), ("closed", closed)),
        *(("bad", memory["bad_frames"]), ("bytes more", grown), ("log lines", lines)),
    ):
        record_property(name, figure)
    assert not failures
    assert lines < 100 + 8 * connections


async def test_thousands_of_small_frames_end_one_connection_and_no_other(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        for small in (b"", b"{}", b'{"type":"ping"}', b'{"type":"order:update_status"}'):
            async with wire(here, here.token) as there:
                frame = bytes([0x81, 0x80 | len(small)]) + b"\0\0\0\0" + small
                try:
                    for _ in range(20):
                        there.writer.write(frame * 1000)
                        await there.writer.drain()
                except ConnectionError:
                    continue
                assert await there.is_over(), small
            await still_serves(here, display)
        async with wire(here, here.token) as there:
            assert MESSAGES.burst > 200
            for _ in range(200):
                await there.frame(b'{"type":"ping"}')
            assert not await there.is_over(), "a display that catches up is not cut"


async def test_pings_without_end_cut_who_sends_them(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        async with wire(here) as there:
            try:
                for _ in range(50):
                    there.writer.write(b"\x89\x80\0\0\0\0" * 200)
                    await there.writer.drain()
                assert await there.is_over()
            except ConnectionError:
                pass
        await still_serves(here, display)


async def test_a_frame_that_promises_more_than_it_sends_holds_no_memory(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        gc.collect()
        before = rss_bytes()
        for promised in (65_535, 65_537, 2**31, 2**62, 2**63 - 1, 2**64 - 1):
            async with wire(here, here.token) as there:
                await there.frame(b"x" * 100, length=promised)
                await still_serves(here, display)
        assert rss_bytes() - before < 8_000_000


async def test_a_message_in_pieces_without_end_is_ended(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        async with wire(here, here.token) as there:
            await there.frame(b'"', fin=False)
            for _ in range(1000):
                await there.frame(b"x" * 1000, 0, fin=False)
            assert await there.is_over()
        await still_serves(here, display)


def test_every_kind_of_garbage_is_bytes() -> None:
    rng = Random(SEED)
    made: list[Any] = [kind(rng) for kind in GARBAGE for _ in range(50)]
    assert all(isinstance(one, bytes) for one in made)
