"""`GET /metrics`: the hub's figures for Prometheus. Without a token on the hub's own machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from kds_tui.hub.metrics import HubFigures

PATH = "/metrics"


class MetricsRoutes:
    """Serves the figures.

    Args:
        figures: taken at each scrape.
    """

    def __init__(self, figures: Callable[[], HubFigures]) -> None:
        self._figures = figures

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [web.get(PATH, self._metrics)]

    async def _metrics(self, _: web.Request) -> web.Response:
        # Imported late: a hub that nobody watches has no use for it.
        from kds_tui.hub.metrics import CONTENT_TYPE, render_hub_metrics

        body = render_hub_metrics(self._figures())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})
