"""A server that answers in the place of the hub, and keeps every byte that it is sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Impostor:
    """What it was told."""

    def __init__(self) -> None:
        self.heard = bytearray()
        """Every byte, once TLS was taken off."""
        self.handshakes = 0
        """How many were begun."""
        self.port = 0
        self.transports: set[asyncio.BaseTransport] = set()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"


@asynccontextmanager
async def impostor(tls: ssl.SSLContext) -> AsyncIterator[Impostor]:
    """Listen, and say nothing."""
    told = Impostor()

    class Counted(ssl.SSLObject):
        begun = False

        def do_handshake(self) -> None:
            told.handshakes += not self.begun
            self.begun = True
            super().do_handshake()

    class Ear(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            told.transports.add(transport)

        def data_received(self, data: bytes) -> None:
            told.heard += data

    tls.sslobject_class = Counted
    server = await asyncio.get_running_loop().create_server(Ear, "127.0.0.1", 0, ssl=tls)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        for transport in told.transports:
            transport.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await server.wait_closed()
