"""Cuts connections that keep a place and ask for nothing.

The server library waits for a request's headers for as long as they take, and for a client that
does not read its answer likewise. A few hundred such connections, and no terminal gets in any
more. So all connections are looked at now and then, and those that have stood still for too long
are cut. What is inside a request, or a websocket, has deadlines of its own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp.web_protocol import RequestHandler

from voice_tui.serving.clients import THIS_MACHINE, client_of

logger = logging.getLogger("voice_tui.serving.idle")

FIRST_REQUEST: Final = 10.0
"""Seconds from the connection to the end of the first request's headers."""

KEEP_ALIVE: Final = 75.0
"""Seconds from one request to the end of the next one's headers; browsers keep theirs for 60."""

INTERVAL: Final = 1.0
"""Seconds between two looks."""

MAX_IDLE: Final = 500
"""Connections outside any request, over all clients; beyond, the ones longest quiet are cut."""

MAX_IDLE_PER_CLIENT: Final = 100
"""Likewise of one client on another machine."""


@dataclass(slots=True)
class _Watched:
    client: str
    quiet_since: float
    busy: int = 0
    asked: bool = False


class IdleWatch:
    """Knows what each connection is doing. Times are seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._watched: dict[RequestHandler, _Watched] = {}
        self.cut = 0
        """Connections cut so far."""

    def middleware(self) -> Middleware:
        """Make the middleware by which it learns when a request begins and ends."""

        @web.middleware
        async def watched(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            self.begun(request.protocol, time.monotonic())
            try:
                return await handler(request)
            finally:
                self.done(request.protocol, time.monotonic())

        return watched

    async def look_after(self, server: web.Server) -> None:
        """Look at all connections of a server now and then, until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL)
            self.sweep(server.connections, time.monotonic())

    def begun(self, connection: RequestHandler, now: float) -> None:
        """Take the news that a request's headers are there."""
        watched = self._watch(connection, now)
        watched.busy += 1
        watched.asked = True

    def done(self, connection: RequestHandler, now: float) -> None:
        """Take the news that its answer is ready, or its websocket over."""
        watched = self._watch(connection, now)
        watched.busy -= 1
        watched.quiet_since = now

    def sweep(self, alive: Iterable[RequestHandler], now: float) -> int:
        """Cut what has stood still for too long.

        Args:
            alive: all open connections.
            now: the time.

        Returns:
            How many were cut.
        """
        self._watched = {one: self._watch(one, now) for one in alive}
        quiet = sorted(
            (one for one, watched in self._watched.items() if watched.busy == 0),
            key=lambda one: self._watched[one].quiet_since,
            reverse=True,  # from here on, whoever is over a limit is the one longest quiet
        )
        count = 0
        of_client: dict[str, int] = defaultdict(int)
        for place, connection in enumerate(quiet):
            watched = self._watched[connection]
            of_client[watched.client] += 1
            patience = KEEP_ALIVE if watched.asked else FIRST_REQUEST
            crowd = watched.client != THIS_MACHINE and (
                of_client[watched.client] > MAX_IDLE_PER_CLIENT
            )
            if now - watched.quiet_since > patience or place >= MAX_IDLE or crowd:
                transport = connection.transport
                if transport is not None:
                    transport.abort()
                count += 1
        self.cut += count
        if count:
            logger.info("%d connections cut that asked for nothing", count)
        return count

    def _watch(self, connection: RequestHandler, now: float) -> _Watched:
        watched = self._watched.get(connection)
        if watched is None:
            transport = connection.transport
            peer = transport.get_extra_info("peername") if transport is not None else None
            watched = _Watched(client_of(peer[0] if peer else None), now)
            self._watched[connection] = watched
        return watched
