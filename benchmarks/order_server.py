"""A server of the Restaurant OS protocol that sends a frame when it is told to, and not before.

It has a hub's frames without a hub's work, so that the moment of sending is known exactly.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final, Self

import jwt
import msgspec
from aiohttp import WSMsgType, web

from benchmarks.orders import RESTAURANT_ID
from kds_tui.core.clock import format_time
from kds_tui.core.digest import OrderState, RunningDigest
from kds_tui.hub import frames
from kds_tui.hub.order_row import OrderKept, encode_row

EPOCH: Final = "benchmark"
HEARTBEAT: Final = 2.0
"""Seconds, as the hub."""

TOKEN: Final = jwt.encode({"restaurant_id": RESTAURANT_ID, "role": "kitchen"}, "x" * 32)
"""For the display; this server looks at no token."""


class OrderServer:
    """The server; to be used in `async with`.

    Args:
        orders: what it lists.
    """

    def __init__(self, orders: Sequence[OrderKept]) -> None:
        self._orders = orders
        self._seq = 0
        self._open = RunningDigest()
        for order in orders:
            self._open.put(_state(order))
        self._sockets: set[web.WebSocketResponse] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._talk)
        app.router.add_get("/api/v1/orders", self._list)
        app.router.add_get("/api/v1/health", self._health)
        app.router.add_get("/api/v1/restaurants/{id}/public", self._restaurant)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._heart = asyncio.create_task(self._beat(), name="heartbeat")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._heart.cancel()
        for socket in tuple(self._sockets):
            await socket.close()
        await self._runner.cleanup()

    def frame(self, order: OrderKept) -> bytes:
        """Write the event that an order changed, the next one of the journal."""
        self._seq += 1
        self._open.put(_state(order))
        return frames.order_event("order:updated", encode_row(order), self._seq, _now())

    async def send(self, frame: bytes) -> float:
        """Send a frame to the display.

        Returns:
            When, on `time.perf_counter`.
        """
        (socket,) = self._sockets
        sent = time.perf_counter()
        await socket.send_str(frame.decode())
        return sent

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            for socket in tuple(self._sockets):
                beat = frames.heartbeat(EPOCH, self._seq, self._open.told(), _now())
                await socket.send_str(beat.decode())

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.send_str(frames.connected(_now()).decode())
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            match frames.decode_frame(message.data).type:
                case "auth":
                    accepted = frames.auth_success(EPOCH, self._seq, HEARTBEAT, _now())
                    await socket.send_str(accepted.decode())
                case "orders:sync":
                    synced = frames.sync_complete("snapshot_required", EPOCH, self._seq, _now())
                    await socket.send_str(synced.decode())
                    self._sockets.add(socket)
                case _:
                    await socket.send_str(frames.pong(_now()).decode())
        self._sockets.discard(socket)
        return socket

    async def _list(self, request: web.Request) -> web.Response:
        status, offset = request.query.get("status"), int(request.query.get("offset", 0))
        limit = int(request.query.get("limit", 50))
        newest_first = [order for order in reversed(self._orders) if order.status == status]
        page = newest_first[offset : offset + limit]
        return _json(page)

    async def _health(self, request: web.Request) -> web.Response:
        return _json({"status": "ok", "capabilities": ["resume"]})

    async def _restaurant(self, request: web.Request) -> web.Response:
        return _json({"id": RESTAURANT_ID, "name": "Benchmark Kitchen"})


def _state(order: OrderKept) -> OrderState:
    return OrderState(order.id, order.version, order.status)


def _json(body: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def _now() -> str:
    return format_time(time.time())
