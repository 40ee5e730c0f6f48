"""A display's figures for Prometheus on a port of this machine.

Only programs of this machine reach it. No token: it tells nothing but figures. A page in a browser
that got here by a name of its own (DNS rebinding) is turned away by that name.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final, Self

from aiohttp import web

from kds_tui.core.display_status import DisplayStatus
from kds_tui.services.display_metrics import CONTENT_TYPE, render_metrics

_log = logging.getLogger("kds_tui.metrics")

HOST: Final = "127.0.0.1"
_OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost"})

END_DEADLINE: Final = 0.2
"""Seconds that a scrape under way gets at the end."""


class MetricsDoor:
    """Serves `GET /metrics`; to be used in `async with`.

    Args:
        port: of this machine.
        status: asked at each scrape.
    """

    def __init__(self, port: int, status: Callable[[], DisplayStatus]) -> None:
        self._port = port
        self._status = status
        self._stack = AsyncExitStack()
        self.trouble = ""
        """Why it does not answer; empty when it does."""

    async def __aenter__(self) -> Self:
        """Listen. A port that is taken is told by `trouble`: the board goes on without."""
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=END_DEADLINE)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, HOST, self._port).start()
        except OSError as error:
            # asyncio wraps the system's few words in addresses.
            reason = os.strerror(error.errno) if error.errno else str(error)
            self.trouble = f"port {self._port} cannot be used ({reason}): see [metrics] port"
            _log.error("no metrics port", extra={"port": self._port, "reason": reason})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _metrics(self, request: web.Request) -> web.Response:
        if request.url.host not in _OWN_NAMES:
            raise web.HTTPMisdirectedRequest(text="Ask by 127.0.0.1 or localhost.\n")
        body = render_metrics(self._status())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})
