"""Listening on a port, for the servers of both programs: which address it became, or why not."""

from __future__ import annotations

import errno
import ssl

from aiohttp import web


class CannotListen(Exception):
    """The port is taken, or the address is not this machine's; the text says which."""


async def listen(
    runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None = None
) -> str:
    """Listen.

    Args:
        runner: set up, and cleaned up by the caller.
        host: address to listen on.
        port: 0 takes a free one.
        tls: with which certificate; None speaks plain HTTP.

    Returns:
        The address for a program on this machine: `http://127.0.0.1:PORT`, or https.

    Raises:
        CannotListen: it cannot.
    """
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
    except OSError as error:
        reason = (
            "the port is in use: stop the other program or choose another port"
            if error.errno == errno.EADDRINUSE
            else error.strerror or str(error)
        )
        raise CannotListen(f"cannot listen on {host} port {port}: {reason}") from error
    bound = int(runner.addresses[0][1])
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    scheme = "http" if tls is None else "https"
    return f"{scheme}://{f'[{reached}]' if ':' in reached else reached}:{bound}"
