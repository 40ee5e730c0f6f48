"""A TCP proxy that does to a connection what kitchens' networks do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self


class FaultProxy:
    """Forwards to a port; the attributes may be changed at any time and hold at once."""

    def __init__(self, target_port: int) -> None:
        self.latency = 0.0
        """Seconds that every piece waits, each way."""
        self.swallow = False
        """Half-open: what comes is read and lost, in both directions; nobody is told."""
        self.one_byte = False
        """Every byte in a write of its own."""
        self.refuse = False
        """New connections are reset."""
        self.accepted = 0
        self._target_port = target_port
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server

    @classmethod
    @asynccontextmanager
    async def before(cls, target_port: int) -> AsyncIterator[Self]:
        """Listen on a free port."""
        self = cls(target_port)
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

    def reset(self) -> None:
        """Cut every connection without a word."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.refuse:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                if self.swallow:
                    continue
                await asyncio.sleep(self.latency)
                for piece in (
                    [data[i : i + 1] for i in range(len(data))] if self.one_byte else [data]
                ):
                    writer.write(piece)
                    await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()
