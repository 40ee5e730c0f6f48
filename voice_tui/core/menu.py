"""The menu as voice ordering needs it: what can be said, what it costs, what is sold out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

from voice_tui.core.text import clean

MAX_ITEMS: Final = 2000
"""Items read from a menu: as many as our hub accepts."""

_NAME_LIMIT: Final = 80
_TEXT_LIMIT: Final = 300


class MenuError(Exception):
    """What a server sent is not a menu."""


@dataclass(frozen=True, slots=True)
class MenuModifier:
    """A change that an item offers; its price is in dollars."""

    id: str
    name: str
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class MenuItem:
    """Something to order.

    Args:
        id: what the server knows it by; perhaps a short key, perhaps a UUID.
        name: as written on the menu.
        aliases: what else people call it.
        modifiers: the changes that it offers.
        price: in dollars.
        station: where it is cooked; empty when the server does not say.
        available: false when it is sold out.
        category: the name of its page.
        menu_item_id: the UUID that Restaurant OS keeps beside `id`.
        description: what is in it.
        version: counts how often it was sold out or back; 0 when the server does not say.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    modifiers: tuple[MenuModifier, ...] = ()
    price: float = 0.0
    station: str = ""
    available: bool = True
    category: str = ""
    menu_item_id: str = ""
    description: str = ""
    version: int = 0


@dataclass(frozen=True)
class Menu:
    """All that can be ordered."""

    items: tuple[MenuItem, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, MenuItem]:
        by_uuid = {item.menu_item_id: item for item in self.items}
        return by_uuid | {item.id: item for item in self.items}

    def find(self, item_id: str) -> MenuItem | None:
        """Find an item by its id or its UUID."""
        return self._by_id.get(item_id)

    def named(self, name: str) -> MenuItem | None:
        """Find an item by its name exactly as written on the menu."""
        return next((item for item in self.items if item.name == name), None)


def menu_of(answer: object) -> Menu:
    """Read the answer of `GET /api/v1/menu`.

    Args:
        answer: the decoded JSON. `available` tells what is sold out; `active: false` takes an item
            off. What is not an item is left out: one bad row must not close the kitchen.

    Returns:
        The menu.

    Raises:
        MenuError: it is not an object with a list of items.
    """
    body = _object(answer)
    rows = body.get("items")
    if not isinstance(rows, list):
        raise MenuError("the answer has no list of items")
    categories: dict[str, str] = {}
    pages = body.get("categories")
    for row in cast("list[object]", pages) if isinstance(pages, list) else []:
        page = _object(row)
        categories[_text(page.get("id"))] = _text(page.get("name"))
    items: list[MenuItem] = []
    for row in cast("list[object]", rows)[:MAX_ITEMS]:
        fields = _object(row)
        item_id, name = _text(fields.get("id")), _text(fields.get("name"))
        if item_id and name and fields.get("active") is not False:
            items.append(_item(item_id, name, fields, categories))
    return Menu(tuple(items))


def _item(
    item_id: str, name: str, fields: Mapping[str, object], categories: Mapping[str, str]
) -> MenuItem:
    aliases = fields.get("aliases")
    return MenuItem(
        id=item_id,
        name=name,
        aliases=tuple(
            alias
            for alias in map(
                _text, cast("list[object]", aliases) if isinstance(aliases, list) else []
            )
            if alias
        ),
        modifiers=_modifiers(fields.get("modifiers")),
        price=_price(fields.get("price")),
        station=_text(fields.get("station")),
        available=fields.get("available") is not False,
        category=categories.get(_text(fields.get("category_id")), ""),
        menu_item_id=_text(fields.get("menu_item_id")) or item_id,
        description=_text(fields.get("description"), _TEXT_LIMIT),
        version=_version(fields.get("version")),
    )


def _modifiers(value: object) -> tuple[MenuModifier, ...]:
    if not isinstance(value, list):
        return ()
    found: list[MenuModifier] = []
    for row in cast("list[object]", value):
        fields = {"name": row} if isinstance(row, str) else _object(row)
        name = _text(fields.get("name"))
        if name:
            found.append(
                MenuModifier(_text(fields.get("id")), name, _price(fields.get("price"), low=-1e5))
            )
    return tuple(found)


def _object(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object, limit: int = _NAME_LIMIT) -> str:
    return clean(str(value), limit) if isinstance(value, (str, int)) else ""


def _version(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _price(value: object, low: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return 0.0
    return min(max(float(value), low), 1e5)
