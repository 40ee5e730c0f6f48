"""Listening on a port, for the servers of both programs: which address it became, or why not."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

HANDSHAKE_DEADLINE: Final = 5.0
"""Seconds for the handshake of TLS, as long as a display waits for it. Until it is done nobody
counts the connection; asyncio's own 60 s would let one machine take all file descriptors."""

_BACKLOG: Final = 128


class CannotListen(Exception):
    """The port is taken, or the address is not this machine's; the text says which."""


@asynccontextmanager
async def listening(
    runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[str]:
    """Listen, until left; those who are connected stay so until the runner is cleaned up.

    Args:
        runner: set up, and cleaned up by the caller.
        host: address to listen on.
        port: 0 takes a free one.
        tls: with which certificate; None speaks plain HTTP.

    Yields:
        The address for a program on this machine: `http://127.0.0.1:PORT`, or https.

    Raises:
        CannotListen: it cannot.
    """
    protocol = runner.server
    assert protocol is not None, "set up by the caller"
    try:
        # Not by aiohttp's TCPSite, which does not hand on a deadline for the handshake.
        server = await asyncio.get_running_loop().create_server(
            protocol,
            host,
            port,
            ssl=tls,
            ssl_handshake_timeout=None if tls is None else HANDSHAKE_DEADLINE,
            backlog=_BACKLOG,
        )
    except OSError as error:
        reason = (
            "the port is in use: stop the other program or choose another port"
            if error.errno == errno.EADDRINUSE
            else error.strerror or str(error)
        )
        raise CannotListen(f"cannot listen on {host} port {port}: {reason}") from error
    try:
        bound = int(server.sockets[0].getsockname()[1])
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        scheme = "http" if tls is None else "https"
        yield f"{scheme}://{f'[{reached}]' if ':' in reached else reached}:{bound}"
    finally:
        server.close()
