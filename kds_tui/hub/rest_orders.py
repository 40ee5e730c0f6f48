"""The order routes: list, read, create, and every change."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from kds_tui.core.clock import format_time, parse_time
from kds_tui.core.digest import OrderState
from kds_tui.hub import frames, orders
from kds_tui.hub.answers import raw_json, read_bytes
from kds_tui.hub.errors import Refusal
from kds_tui.hub.gate import Gate
from kds_tui.hub.identity import Restaurant
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Event, Ledger, OrderFilter, StoredAnswer
from kds_tui.hub.menu import Menu
from kds_tui.hub.order_request import CancelAsked, OrderAsked, StatusAsked, read_body
from kds_tui.hub.order_row import OrderKept, decode_row, encode_row

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 1000
"""Most rows of one list: about 2 MB."""

MAX_KEY: Final = 255
"""Longest idempotency key, in characters."""

Change = Callable[[OrderKept, float], OrderKept]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    replayed: bool = False


class OrderRoutes:
    """Serves `/api/v1/orders`.

    Args:
        restaurant: whose orders these are.
        menu: gives stations, preparation times and tables.
        tax_rate: a fraction of the price.
        journal: keeps them.
        gate: lets requests in.
    """

    def __init__(
        self, restaurant: Restaurant, menu: Menu, tax_rate: float, journal: Journal, gate: Gate
    ) -> None:
        self._restaurant = restaurant
        self._menu = menu
        self._tax_rate = tax_rate
        self._journal = journal
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.get("/api/v1/orders", self._list),
            web.post("/api/v1/orders", self._create),
            web.get("/api/v1/orders/{id}", self._read),
            web.delete("/api/v1/orders/{id}", self._cancel),
            web.patch("/api/v1/orders/{id}/status", self._set_status),
            web.post("/api/v1/orders/{id}/recall", self._recall),
            web.post("/api/v1/orders/{id}/fire", self._fire),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:read")
        wanted = _filter(request)
        rows = await self._journal.run(lambda ledger: ledger.orders(wanted))
        return raw_json(b"[" + b",".join(rows) + b"]")

    async def _read(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:read")
        order_id = request.match_info["id"]
        row = await self._journal.run(lambda ledger: ledger.order(order_id))
        if row is None:
            raise _no_such_order()
        return raw_json(row)

    async def _create(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:create")
        body = await read_bytes(request)
        asked = read_body(body, OrderAsked)
        now = time.time()

        def create(ledger: Ledger) -> _Answer:
            order = orders.new_order(
                asked,
                order_id=str(uuid.uuid4()),
                number=ledger.next_number(format_time(now)[:10]),
                restaurant_id=self._restaurant.id,
                menu=self._menu,
                tax_rate=self._tax_rate,
                now=now,
            )
            return _Answer(201, _keep(ledger, order, "order:created"))

        return await self._once(request, body, create, now)

    async def _set_status(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        body = await read_bytes(request)
        asked = read_body(body, StatusAsked)
        status = asked.status
        if not status:
            raise Refusal(400, "Status is required", "BAD_REQUEST")
        return await self._change(
            request,
            body,
            lambda order, now: orders.change_status(order, status, asked.notes, now),
        )

    async def _cancel(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        body = await read_bytes(request)
        asked = read_body(body, CancelAsked)
        return await self._change(
            request, body, lambda order, now: orders.cancel(order, asked.reason, now)
        )

    async def _recall(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        return await self._change(request, await read_bytes(request), orders.recall)

    async def _fire(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        return await self._change(request, await read_bytes(request), orders.fire)

    async def _change(self, request: web.Request, body: bytes, change: Change) -> web.Response:
        order_id = request.match_info["id"]
        now = time.time()

        def work(ledger: Ledger) -> _Answer:
            row = ledger.order(order_id)
            if row is None:
                raise _no_such_order()
            order = decode_row(row)
            changed = change(order, now)
            if changed is order:
                return _Answer(200, row)
            return _Answer(200, _keep(ledger, changed, "order:updated"))

        return await self._once(request, body, work, now)

    async def _once(
        self,
        request: web.Request,
        body: bytes,
        work: Callable[[Ledger], _Answer],
        now: float,
    ) -> web.Response:
        """Do the work, or answer as before when the request carries a key that was used.

        A refused request has changed nothing and is not remembered: its key stays free.
        """
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 1 <= len(key) <= MAX_KEY:
            raise Refusal(400, f"Idempotency-Key has 1 to {MAX_KEY} characters", "BAD_REQUEST")
        target = f"{request.method} {request.path}\n".encode()
        fingerprint = hashlib.sha256(target + body).hexdigest()

        def once(ledger: Ledger) -> _Answer:
            known = None if key is None else ledger.answer(key)
            if known is None:
                answer = work(ledger)
                if key is not None:
                    stored = StoredAnswer(fingerprint, answer.status, answer.body)
                    ledger.keep_answer(key, stored, now)
                return answer
            if known.fingerprint != fingerprint:
                raise Refusal(
                    422, "Idempotency-Key was used for another request", "IDEMPOTENCY_KEY_REUSED"
                )
            return _Answer(known.status, known.body, replayed=True)

        answer = await self._journal.run(once)
        response = raw_json(answer.body, answer.status)
        if answer.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return response


def _keep(ledger: Ledger, order: OrderKept, event: str) -> bytes:
    row = encode_row(order)
    ledger.put_order(
        order_id=order.id,
        number=order.order_number,
        status=order.status,
        kind=order.type,
        created_at=order.created_at,
        row=row,
    )
    seq = ledger.head() + 1
    frame = frames.order_event(event, row, seq, order.updated_at)
    ledger.append_event(Event(seq, frame, OrderState(order.id, order.version, order.status)))
    return row


def _no_such_order() -> Refusal:
    return Refusal(404, "Order not found", "NOT_FOUND")


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
