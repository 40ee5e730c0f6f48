"""The routes by which others watch the hub: its health, what it holds, what it can do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from aiohttp import web

from kds_tui import __version__
from kds_tui.core.clock import format_time
from kds_tui.hub.answers import json
from kds_tui.hub.fanout import Fanout
from kds_tui.hub.journal import Journal
from kds_tui.hub.websocket import WebsocketDoor
from kds_tui.process_figures import process_figures, rss_bytes

CAPABILITIES: Final = (
    "resume",
    "idempotency",
    "bump",
    "recall",
    "items",
    "parts",
    "rush",
    "fire",
    "hold",
    "86",
)
"""What the hub has beyond Restaurant OS; docs/protocol.md tells each."""


class HealthRoutes:
    """Serves the health set, and takes in the metrics that the web client sends.

    Args:
        journal: its queue and rows are told.
        fanout: its clients and queues are told.
        door: its connections are told.
        guards: tells what the guards hold and turned away.
    """

    def __init__(
        self,
        journal: Journal,
        fanout: Fanout,
        door: WebsocketDoor,
        guards: Callable[[], dict[str, object]],
    ) -> None:
        self._journal = journal
        self._fanout = fanout
        self._door = door
        self._guards = guards
        self._started = time.monotonic()

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.get("/health", self._moved),
            web.get("/api/health", self._moved),
            web.get("/api/v1/", self._status),
            web.get("/api/v1/status", self._status),
            web.get("/api/v1/ready", self._status),
            web.get("/api/v1/live", self._live),
            web.get("/api/v1/healthz", self._healthz),
            web.get("/api/v1/health", self._health),
            web.get("/api/v1/health/detailed", self._detailed),
            web.get("/api/v1/health/memory", self._memory),
            web.post("/api/v1/metrics", self._noted),
            web.post("/api/v1/analytics/performance", self._noted),
        ]

    async def _moved(self, _: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently("/api/v1/health")

    async def _status(self, _: web.Request) -> web.Response:
        return json({"status": "healthy", **self._facts()})

    async def _live(self, _: web.Request) -> web.Response:
        return json({"alive": True})

    async def _healthz(self, _: web.Request) -> web.Response:
        return json({"ok": True, "uptime": self._uptime(), "version": __version__})

    async def _health(self, _: web.Request) -> web.Response:
        latency = await self._journal_latency()
        services = {
            "server": "healthy",
            "database": {"status": "healthy", "latency": latency},
            "cache": {"keys": 0, "hits": 0, "misses": 0},
            "payments": "not_configured",
            "monitoring": "not_configured",
        }
        return json(
            {
                "status": "healthy",
                **self._facts(),
                "version": __version__,
                "services": services,
                "capabilities": CAPABILITIES,
            }
        )

    async def _detailed(self, _: web.Request) -> web.Response:
        times = os.times()
        server = {
            "status": "healthy",
            "uptime": self._uptime(),
            "memory": {"rss": rss_bytes()},
            "cpu": {"user": int(times.user * 1e6), "system": int(times.system * 1e6)},
        }
        database = {"status": "healthy", "latency_ms": await self._journal_latency()}
        checks = {"server": server, "database": database}
        return json({"status": "healthy", "checks": checks, "timestamp": format_time(time.time())})

    async def _memory(self, _: web.Request) -> web.Response:
        rows = await self._journal.run(lambda ledger: ledger.row_counts())
        depths = [client.queue.qsize() for client in self._fanout.clients]
        return json(
            {
                "timestamp": format_time(time.time()),
                "uptime": self._uptime(),
                **asdict(process_figures()),
                "connections": len(self._door.connections),
                "clients": len(self._fanout.clients),
                "queued_frames": self._fanout.queued,
                "deepest_queue": max(depths, default=0),
                "journal_pending": self._journal.pending,
                "journal_rows": rows,
                **self._guards(),
                "bad_frames": self._door.bad_frames,
            }
        )

    async def _noted(self, _: web.Request) -> web.Response:
        return json({"success": True})

    async def _journal_latency(self) -> float:
        begun = time.monotonic()
        await self._journal.run(lambda ledger: ledger.head())
        return round((time.monotonic() - begun) * 1000, 2)

    def _uptime(self) -> float:
        return round(time.monotonic() - self._started, 3)

    def _facts(self) -> dict[str, object]:
        return {
            "timestamp": format_time(time.time()),
            "uptime": self._uptime(),
            "environment": "hub",
        }
