"""The order routes of Restaurant OS: list, read, create, set the status, cancel."""

from __future__ import annotations

import time
import uuid
from typing import Final

from aiohttp import web

from kds_tui.core.clock import format_time, parse_time
from kds_tui.hub import orders
from kds_tui.hub.answers import raw_json, read_bytes
from kds_tui.hub.errors import Refusal
from kds_tui.hub.gate import Gate
from kds_tui.hub.identity import Restaurant
from kds_tui.hub.ledger import Ledger, OrderFilter
from kds_tui.hub.menu import Menu
from kds_tui.hub.order_desk import Answer, OrderDesk, keep, no_such_order
from kds_tui.hub.order_request import CancelAsked, OrderAsked, StatusAsked, read_body
from kds_tui.hub.rest_commands import terminal_of

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 1000
"""Most rows of one list: about 2 MB."""


class OrderRoutes:
    """Serves `/api/v1/orders`.

    Args:
        restaurant: whose orders these are.
        menu: gives stations, preparation times and tables.
        tax_rate: a fraction of the price.
        desk: carries changes out, each once.
        gate: lets requests in.
    """

    def __init__(
        self, restaurant: Restaurant, menu: Menu, tax_rate: float, desk: OrderDesk, gate: Gate
    ) -> None:
        self._restaurant = restaurant
        self._menu = menu
        self._tax_rate = tax_rate
        self._desk = desk
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.get("/api/v1/orders", self._list),
            web.post("/api/v1/orders", self._create),
            web.get("/api/v1/orders/{id}", self._read),
            web.delete("/api/v1/orders/{id}", self._cancel),
            web.patch("/api/v1/orders/{id}/status", self._set_status),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:read")
        wanted = _filter(request)
        rows = await self._desk.read(lambda ledger: ledger.orders(wanted))
        return raw_json(b"[" + b",".join(rows) + b"]")

    async def _read(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:read")
        order_id = request.match_info["id"]
        row = await self._desk.read(lambda ledger: ledger.order(order_id))
        if row is None:
            raise no_such_order()
        return raw_json(row)

    async def _create(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:create")
        body = await read_bytes(request)
        asked = read_body(body, OrderAsked)
        now = time.time()

        def create(ledger: Ledger) -> Answer:
            order = orders.new_order(
                asked,
                order_id=str(uuid.uuid4()),
                number=ledger.next_number(format_time(now)[:10]),
                restaurant_id=self._restaurant.id,
                menu=self._menu,
                tax_rate=self._tax_rate,
                now=now,
            )
            return Answer(201, keep(ledger, order, "order:created"))

        return await self._desk.once(request, body, create, now)

    async def _set_status(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        body = await read_bytes(request)
        asked = read_body(body, StatusAsked)
        status = asked.status
        if not status:
            raise Refusal(400, "Status is required", "BAD_REQUEST")
        terminal = terminal_of(request)
        return await self._desk.change(
            request,
            body,
            lambda order, now: orders.change_status(
                order, status, asked.notes, now, terminal=terminal
            ),
        )

    async def _cancel(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        body = await read_bytes(request)
        asked = read_body(body, CancelAsked)
        return await self._desk.change(
            request, body, lambda order, now: orders.cancel(order, asked.reason, now)
        )


def _filter(request: web.Request) -> OrderFilter:
    query = request.query
    return OrderFilter(
        statuses=[status for status in query.get("status", "").split(",") if status][:8],
        type=query.get("type", ""),
        created_from=_moment(query.get("startDate", "")),
        created_until=_moment(query.get("endDate", "")),
        limit=min(MAX_LIMIT, _count(query.get("limit", ""), DEFAULT_LIMIT)),
        offset=_count(query.get("offset", ""), 0),
    )


def _moment(text: str) -> str:
    if not text:
        return ""
    moment = parse_time(text)
    if moment is None:
        raise Refusal(400, "startDate and endDate are ISO 8601 times", "BAD_REQUEST")
    return format_time(moment)


def _count(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refusal(400, "limit and offset are whole numbers", "BAD_REQUEST")
    return int(text)
