"""What a till reads: the restaurant, its menu and tables, and the menu for voice ordering."""

from __future__ import annotations

import time

import msgspec
from aiohttp import web

from kds_tui.core.clock import format_time
from kds_tui.core.command import Verb
from kds_tui.core.conflicts import Apply, Refuse, Stocked, Wish, decide_stock
from kds_tui.hub import frames
from kds_tui.hub.answers import error_body, json, read_bytes
from kds_tui.hub.errors import Refusal
from kds_tui.hub.gate import Gate
from kds_tui.hub.identity import Restaurant
from kds_tui.hub.ledger import Event, Ledger
from kds_tui.hub.menu import Menu, MenuItem, MenuTable, stable_uuid
from kds_tui.hub.order_desk import Answer, OrderDesk
from kds_tui.hub.order_request import AvailabilityAsked, read_body
from kds_tui.hub.rest_commands import terminal_of


class MenuRoutes:
    """Serves the restaurant's public face, its menu and its tables.

    Args:
        restaurant: whose they are.
        menu: what is served.
        tax_rate: a fraction of the price.
        created_at: when the hub started, as an ISO 8601 text: its menu is as old as that.
        desk: knows what is out of stock, and changes it.
        gate: lets requests in.
    """

    def __init__(
        self,
        restaurant: Restaurant,
        menu: Menu,
        tax_rate: float,
        created_at: str,
        desk: OrderDesk,
        gate: Gate,
    ) -> None:
        self._restaurant = restaurant
        self._menu = menu
        self._tax_rate = tax_rate
        self._desk = desk
        self._gate = gate
        self._categories = [
            {
                "id": stable_uuid("category", category.id),
                "name": category.name,
                "slug": category.id,
                "display_order": place,
                "active": True,
            }
            for place, category in enumerate(menu.categories)
        ]
        self._items = {item.id: _item(item) for item in menu.items}
        self._tables = [_table(table, restaurant.id, created_at) for table in menu.tables]

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.get("/api/v1/restaurants/{id}/public", self._public),
            web.get("/api/v1/menu", self._whole),
            web.get("/api/v1/menu/items", self._all_items),
            web.get("/api/v1/menu/items/{id}", self._one_item),
            web.put("/api/v1/menu/items/{id}/availability", self._set_stock),
            web.get("/api/v1/menu/categories", self._all_categories),
            web.get("/api/v1/tables", self._all_tables),
            web.get("/api/v1/voice-config/menu", self._voice),
        ]

    async def _public(self, request: web.Request) -> web.Response:
        if not self._restaurant.answers_to(request.match_info["id"]):
            raise Refusal(404, "Restaurant not found", "NOT_FOUND")
        return json(
            {
                "id": self._restaurant.id,
                "name": self._restaurant.name,
                "tax_rate": self._tax_rate,
                "currency": "USD",
                "timezone": "UTC",
                "default_tip_percentages": [15, 18, 20, 25],
            }
        )

    async def _whole(self, request: web.Request) -> web.Response:
        self._gate.require(request, "menu:read")
        return json({"categories": self._categories, "items": await self._items_now()})

    async def _all_items(self, request: web.Request) -> web.Response:
        self._gate.require(request, "menu:read")
        return json(await self._items_now())

    async def _one_item(self, request: web.Request) -> web.Response:
        self._gate.require(request, "menu:read")
        item = self._named(request)
        stock = await self._desk.read(lambda ledger: _stocked(ledger, item))
        return json(self._as_told(item, stock))

    async def _set_stock(self, request: web.Request) -> web.Response:
        self._gate.require(request, "orders:status")
        body = await read_bytes(request)
        asked = read_body(body, AvailabilityAsked)
        item = self._named(request)
        verb = Verb.IN_STOCK if asked.available else Verb.OUT_OF_STOCK
        wish = Wish(verb, asked.base_version, terminal=terminal_of(request))
        now = time.time()

        def work(ledger: Ledger) -> Answer:
            stock = _stocked(ledger, item)
            decision = decide_stock(wish, stock)
            if isinstance(decision, Refuse):
                return _refused(item, wish, stock, decision)
            if isinstance(decision, Apply):
                stock = Stocked(asked.available, stock.version + 1, wish.terminal)
                moment, seq = format_time(now), ledger.head() + 1
                ledger.keep_stock(item.id, stock, moment)
                told = self._as_told(item, stock)
                ledger.append_event(Event(seq, frames.menu_event(told, seq, moment)))
            return Answer(200, msgspec.json.encode(self._as_told(item, stock)))

        return await self._desk.once(request, body, work, now)

    def _named(self, request: web.Request) -> MenuItem:
        item = self._menu.find(request.match_info["id"])
        if item is None:
            raise Refusal(404, "Menu item not found", "NOT_FOUND")
        return item

    def _as_told(self, item: MenuItem, stock: Stocked) -> dict[str, object]:
        known = self._items[item.id]
        return {**known, "available": stock.is_available, "version": stock.version}

    async def _items_now(self) -> list[dict[str, object]]:
        stock = await self._desk.read(lambda ledger: ledger.stock())
        return [
            self._as_told(item, stock.get(item.id, Stocked(item.available)))
            for item in self._menu.items
        ]

    async def _all_categories(self, request: web.Request) -> web.Response:
        self._gate.require(request, "menu:read")
        return json(self._categories)

    async def _all_tables(self, request: web.Request) -> web.Response:
        self._gate.require(request, "menu:read")
        return json(self._tables)

    async def _voice(self, request: web.Request) -> web.Response:
        self._gate.require(request, "menu:read")
        stock = await self._desk.read(lambda ledger: ledger.stock())
        items = [
            {
                "id": stable_uuid("item", item.id),
                "name": item.name,
                "aliases": item.aliases,
            }
            for item in self._menu.items
            if stock.get(item.id, Stocked(item.available)).is_available
        ]
        return json(
            {
                "restaurant_id": self._restaurant.id,
                "menu_items": items,
                "tax_rate": self._tax_rate,
                "modifier_rules": [],
            }
        )


def _stocked(ledger: Ledger, item: MenuItem) -> Stocked:
    return ledger.stock().get(item.id, Stocked(item.available))


def _refused(item: MenuItem, wish: Wish, stock: Stocked, refused: Refuse) -> Answer:
    code = refused.conflict.value
    state = "available" if stock.is_available else "out of stock"
    told = f"The item is {state}, version {stock.version}"
    audit = (
        f"{wish.verb} of {item.id} refused: {code}; asked by"
        f" {wish.terminal[:8] or 'nobody knows whom'} at version {wish.base_version}; it is"
        f" {state}, version {stock.version}, last touched by {stock.touched_by[:8] or 'the till'}"
    )
    return Answer(409, error_body(409, told, code), conflict=audit)


def _item(item: MenuItem) -> dict[str, object]:
    return {
        "id": item.id,
        "menu_item_id": stable_uuid("item", item.id),
        "category_id": stable_uuid("category", item.category),
        "name": item.name,
        "description": item.description,
        "price": item.price,
        "active": True,
        "available": item.available,
        "dietary_flags": item.dietary,
        "modifiers": [
            {"id": f"{item.id}-{place}", "name": modifier.name, "price": modifier.price}
            for place, modifier in enumerate(item.modifiers, 1)
        ],
        "aliases": item.aliases,
        "prep_time_minutes": item.prep_minutes,
        "image_url": None,
        "station": item.station,
    }


def _table(table: MenuTable, restaurant_id: str, created_at: str) -> dict[str, object]:
    return {
        "id": stable_uuid("table", table.label),
        "restaurant_id": restaurant_id,
        "label": table.label,
        "seats": table.seats,
        "x_pos": 0,
        "y_pos": 0,
        "width": 1,
        "height": 1,
        "rotation": 0,
        "shape": "square",
        "status": "available",
        "current_order_id": None,
        "active": True,
        "z_index": 0,
        "created_at": created_at,
        "updated_at": created_at,
        "x": 0,
        "y": 0,
        "type": "square",
    }
