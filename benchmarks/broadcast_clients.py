"""Many websocket clients in one process, which note when each event reached them.

They read frames off the socket and do nothing with them, so that the server is the slower side.
Reads commands on stdin, one a line, and answers each with a line of JSON:

    collect COUNT        waits until each has COUNT more events; {"arrivals": [[...], ...]}, in
                         seconds of the same clock that the server goes by; the stalled are left out

    TOKEN=... python -m benchmarks.broadcast_clients URL COUNT STALLED
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from typing import Final
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode

from kds_tui.hub.open_files import allow_many

AT_ONCE: Final = 50
"""Clients that connect beside each other: below what the hub takes of strangers."""

DEADLINE: Final = 60.0
"""Seconds for a client to be let in, and for the events to reach all of them."""

STALLED_BUFFER: Final = 4096
"""Bytes that the kernel keeps for a client that reads nothing."""


class Listener(asyncio.Protocol):
    """One client.

    Args:
        host: of the server, for the request.
        token: to sign in with; empty for a server that wants none.
    """

    def __init__(self, host: str, token: str) -> None:
        self._host = host
        self._token = token
        self._buffer = b""
        self._upgraded = False
        self._greetings = 2 if token else 0  # `connected` and `auth:success`
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.arrivals: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a websocket."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            b"GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            % self._host.encode()
        )

    def acknowledge_at_once(self) -> None:
        """Have the kernel acknowledge what is read when it is read, whatever was said before.

        A client that has signed in by an answer to an answer holds its acknowledgements back until
        the next frame comes: then the server's `send` takes them in, 0.6 us of the server's time a
        delivery; from one that has never spoken, the client's own. (Measured with perf; over a
        network neither is the server's.)
        """
        client = self.transport.get_extra_info("socket")
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection."""
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed before it was let in"))

    def data_received(self, data: bytes) -> None:
        """Count the frames in what came."""
        now = time.perf_counter()
        self._buffer += data
        if not self._upgraded and not self._upgrade():
            return
        while (size := _frame_size(self._buffer)) is not None:
            is_message = self._buffer[0] & 0x0F in (Opcode.TEXT, Opcode.BINARY)
            self._buffer = self._buffer[size:]
            if is_message and self._greetings:
                self._greeted()
            elif is_message:
                self.arrivals.append(now)

    def _upgrade(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise SystemExit(f"the server refused: {head[:200]!r}")
        self._upgraded, self._buffer = True, rest
        if self._token:
            message = json.dumps({"type": "auth", "token": self._token}).encode()
            self.transport.write(Frame(Opcode.TEXT, message).serialize(mask=True))
        else:
            self.ready.set_result(None)
        return True

    def _greeted(self) -> None:
        self._greetings -= 1
        if not self._greetings:
            self.ready.set_result(None)


def _frame_size(buffer: bytes) -> int | None:
    """How long the frame is that a buffer begins with; None when it is not all there."""
    if len(buffer) < 2:
        return None
    size, head = buffer[1] & 0x7F, 2
    if size == 126:
        size, head = int.from_bytes(buffer[2:4], "big"), 4
    elif size == 127:
        size, head = int.from_bytes(buffer[2:10], "big"), 10
    whole = head + size
    return whole if len(buffer) >= max(head, whole) else None


async def _join(url: str, token: str, *, stalled: bool) -> Listener:
    parts = urlsplit(url)
    made = socket.socket()
    made.setblocking(False)
    if stalled:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BUFFER)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(made, (parts.hostname, parts.port))
    _, listener = await loop.create_connection(lambda: Listener(parts.netloc, token), sock=made)
    await listener.ready
    if stalled:
        listener.transport.pause_reading()
    return listener


async def _main(url: str, count: int, stalled: int) -> None:
    allow_many()
    token = os.environ.get("TOKEN", "")
    listeners: list[Listener] = []
    async with asyncio.timeout(DEADLINE):
        while len(listeners) < count:
            batch = range(len(listeners), min(count, len(listeners) + AT_ONCE))
            joining = [_join(url, token, stalled=place < stalled) for place in batch]
            listeners += await asyncio.gather(*joining)
    for listener in listeners:
        listener.acknowledge_at_once()
    print(json.dumps({"joined": len(listeners)}), flush=True)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    reading = listeners[stalled:]
    while line := (await reader.readline()).split():
        wanted = int(line[1])
        async with asyncio.timeout(DEADLINE):
            while any(len(listener.arrivals) < wanted for listener in reading):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        arrivals = [listener.arrivals[:wanted] for listener in reading]
        for listener in reading:
            del listener.arrivals[:wanted]
        print(json.dumps({"arrivals": arrivals}), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
