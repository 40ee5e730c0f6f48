"""The routes of cooks' commands: what a kitchen asks of an order, with what it knew of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiohttp import web

from kds_tui.core.command import Verb
from kds_tui.core.conflicts import Wish
from kds_tui.hub.answers import read_bytes
from kds_tui.hub.errors import Refusal
from kds_tui.hub.gate import Gate
from kds_tui.hub.order_desk import OrderDesk
from kds_tui.hub.order_request import (
    CommandAsked,
    ItemMarkAsked,
    PartAsked,
    RushAsked,
    read_body,
)

SCOPE: Final = "orders:status"

MAX_TERMINAL: Final = 64
"""Longest name of a terminal, in characters."""


class CommandRoutes:
    """Serves `bump`, `recall`, `rush`, `hold`, `fire` and the marks of lines.

    Args:
        desk: carries commands out, each once.
        gate: lets requests in.
    """

    def __init__(self, desk: OrderDesk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.post("/api/v1/orders/{id}/bump", self._bump),
            web.post("/api/v1/orders/{id}/recall", self._recall),
            web.post("/api/v1/orders/{id}/rush", self._rush),
            web.post("/api/v1/orders/{id}/hold", self._hold),
            web.post("/api/v1/orders/{id}/fire", self._fire),
            web.post("/api/v1/orders/{id}/items/{item_id}/bump", self._bump_item),
        ]

    async def _bump(self, request: web.Request) -> web.Response:
        return await self._of_part(request, Verb.BUMP)

    async def _recall(self, request: web.Request) -> web.Response:
        return await self._of_part(request, Verb.RECALL)

    async def _hold(self, request: web.Request) -> web.Response:
        return await self._of_part(request, Verb.HOLD)

    async def _fire(self, request: web.Request) -> web.Response:
        return await self._of_part(request, Verb.FIRE)

    async def _rush(self, request: web.Request) -> web.Response:
        self._gate.require(request, SCOPE)
        body = await read_bytes(request)
        asked = read_body(body, RushAsked)
        verb = Verb.RUSH if asked.rush else Verb.UNRUSH
        return await self._desk.command(request, _wish(request, verb, asked))

    async def _bump_item(self, request: web.Request) -> web.Response:
        self._gate.require(request, SCOPE)
        body = await read_bytes(request)
        asked = read_body(body, ItemMarkAsked)
        verb = Verb.BUMP_ITEM if asked.done else Verb.UNBUMP_ITEM
        wish = _wish(request, verb, asked, request.match_info["item_id"])
        return await self._desk.command(request, wish)

    async def _of_part(self, request: web.Request, verb: Verb) -> web.Response:
        self._gate.require(request, SCOPE)
        body = await read_bytes(request)
        asked = read_body(body, PartAsked)
        wish = replace(
            _wish(request, verb, asked),
            item_ids=tuple(asked.item_ids),
            course="" if asked.course is None else str(asked.course),
        )
        return await self._desk.command(request, wish)


def _wish(request: web.Request, verb: Verb, asked: CommandAsked, item_id: str = "") -> Wish:
    return Wish(verb, asked.base_version, asked.late, terminal_of(request), item_id)


def terminal_of(request: web.Request) -> str:
    """Tell which terminal asks.

    Args:
        request: may carry `X-Terminal-ID`.

    Returns:
        Its name; empty when it does not say.

    Raises:
        Refusal: the name is too long, or not one (400).
    """
    terminal = request.headers.get("X-Terminal-ID", "")
    if len(terminal) > MAX_TERMINAL or not terminal.isascii() or not terminal.isprintable():
        raise Refusal(400, f"X-Terminal-ID has at most {MAX_TERMINAL} characters", "BAD_REQUEST")
    return terminal
