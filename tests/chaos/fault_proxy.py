"""A TCP proxy that does to a connection what kitchens' networks do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final, Self

PIECE: Final = 65_536
"""Most bytes that are read at once."""

SLICE: Final = 0.05
"""Seconds that a piece takes on a slow line."""


class FaultProxy:
    """Forwards to a port; the attributes may be changed at any time and hold at once.

    Args:
        target_port: on this machine. Nobody need listen there: then a connection is reset.
        seed: of the jitter.
    """

    def __init__(self, target_port: int, seed: int = 0) -> None:
        self.latency = 0.0
        """Seconds that every piece waits, each way."""
        self.jitter = 0.0
        """Most seconds that it waits beyond that, at random."""
        self.rate = 0.0
        """Bytes a second, each way of each connection; 0 for as many as there are."""
        self.one_byte = False
        """Every byte in a write of its own."""
        self.refuse = False
        """New connections are reset."""
        self.accepted = 0
        self._swallow = False
        self._target_port = target_port
        self._random = Random(seed)
        self._writers: set[asyncio.StreamWriter] = set()
        self._holed: set[frozenset[asyncio.StreamWriter]] = set()
        """Connections, by both their ends, that lost bytes."""
        self._server: asyncio.Server

    @classmethod
    @asynccontextmanager
    async def before(cls, target_port: int, seed: int = 0) -> AsyncIterator[Self]:
        """Listen on a free port."""
        self = cls(target_port, seed)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._server.close()
            self.reset()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def swallow(self) -> bool:
        """Half-open: what comes is read and lost, in both directions; nobody is told."""
        return self._swallow

    @swallow.setter
    def swallow(self, on: bool) -> None:
        self._swallow = on
        if not on:
            # TCP loses no bytes out of the middle: what lost some is reset, as by a router that
            # forgot the connection.
            for connection in tuple(self._holed):
                for writer in connection:
                    writer.transport.abort()

    def calm(self) -> None:
        """Be a good network again."""
        self.latency = self.jitter = self.rate = 0.0
        self.one_byte = self.refuse = self.swallow = False

    def reset(self) -> None:
        """Cut every connection without a word."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.refuse:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        ends = frozenset((writer, far_writer))
        self._writers |= ends
        try:
            await asyncio.gather(
                self._pump(reader, far_writer, ends), self._pump(far_reader, writer, ends)
            )
        finally:
            self._writers -= ends
            self._holed.discard(ends)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: frozenset[asyncio.StreamWriter],
    ) -> None:
        try:
            while data := await reader.read(PIECE):
                if self.swallow:
                    self._holed.add(ends)
                    continue
                await self._wait()
                sent = 0
                while sent < len(data):
                    # Looked at again for every piece: what is calm now is calm at once.
                    size = await self._next_size(len(data) - sent)
                    writer.write(data[sent : sent + size])
                    await writer.drain()
                    sent += size
        except ConnectionError:
            writer.transport.abort()
        finally:
            writer.close()

    async def _wait(self) -> None:
        delay = self.latency + self._random.random() * self.jitter
        if delay:
            await asyncio.sleep(delay)

    async def _next_size(self, left: int) -> int:
        """Tell how much may be sent now, after its time on a slow line."""
        if self.rate:
            size = max(1, min(left, int(self.rate * SLICE)))
            await asyncio.sleep(size / self.rate)
            left = size
        return 1 if self.one_byte else left
