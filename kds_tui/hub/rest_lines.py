"""The routes by which a till changes an order that the kitchen has already."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kds_tui.hub.answers import read_bytes
from kds_tui.hub.gate import Gate
from kds_tui.hub.order_desk import OrderDesk
from kds_tui.hub.order_lines import Till
from kds_tui.hub.order_request import LineChangeAsked, LinesAsked, PaymentAsked, read_body
from kds_tui.hub.orders import pay

SCOPE: Final = "orders:update"


class LineRoutes:
    """Serves the lines of orders, and how their payment stands.

    Args:
        till: the rules of such changes.
        desk: carries them out, each once.
        gate: lets requests in.
    """

    def __init__(self, till: Till, desk: OrderDesk, gate: Gate) -> None:
        self._till = till
        self._desk = desk
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.post("/api/v1/orders/{id}/items", self._add),
            web.patch("/api/v1/orders/{id}/items/{item_id}", self._change),
            web.delete("/api/v1/orders/{id}/items/{item_id}", self._void),
            web.patch("/api/v1/orders/{id}/payment", self._pay),
        ]

    async def _add(self, request: web.Request) -> web.Response:
        self._gate.require(request, SCOPE)
        body = await read_bytes(request)
        asked = read_body(body, LinesAsked)
        return await self._desk.change(
            request, body, lambda order, now: self._till.add(order, asked, now)
        )

    async def _change(self, request: web.Request) -> web.Response:
        self._gate.require(request, SCOPE)
        body = await read_bytes(request)
        asked = read_body(body, LineChangeAsked)
        item_id = request.match_info["item_id"]
        return await self._desk.change(
            request, body, lambda order, now: self._till.change(order, item_id, asked, now)
        )

    async def _void(self, request: web.Request) -> web.Response:
        self._gate.require(request, SCOPE)
        item_id = request.match_info["item_id"]
        return await self._desk.change(
            request,
            await read_bytes(request),
            lambda order, now: self._till.void(order, item_id, now),
        )

    async def _pay(self, request: web.Request) -> web.Response:
        self._gate.require(request, SCOPE)
        body = await read_bytes(request)
        asked = read_body(body, PaymentAsked)
        return await self._desk.change(request, body, lambda order, now: pay(order, asked, now))
