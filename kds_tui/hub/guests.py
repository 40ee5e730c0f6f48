"""Made-up guests: what they order, and how often. Pure: the same seed gives the same evening."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any, Final

import msgspec
from msgspec import Struct

from kds_tui.core.clock import format_time

QUIET_RATE: Final = 0.2
RUSH_RATE: Final = 1.5
"""Orders a second, at the bottom and at the top of the evening's curve."""

RUSH_PERIOD: Final = 600.0
"""Seconds from one rush to the next."""

_NAMES: Final = (
    "Amara Okafor",
    "Bea Lindqvist",
    "Chen Wei",
    "Dario Rossi",
    "Esi Mensah",
    "Frankie Doyle",
    "Grace Hopper",
    "Hana Sato",
    "Ines García",
    "Jonas Weber",
    "Kofi Adjei",
    "Lucía Peña",
    "Mateo Silva",
    "Noor Rahman",
    "Omar Haddad",
    "Priya Nair",
    "Zoë Müller",
)
_SERVERS: Final = ("Alex", "Billie", "Casey", "Devon", "Emery", "Finn")
_ITEM_NOTES: Final = ("sauce on the side", "cut in half", "well done please", "for the child first")
_ORDER_NOTES: Final = (
    "birthday table",
    "starters first",
    "all together please",
    "guest in a hurry",
    "extra napkins",
)
_ALLERGIES: Final = ("Allergy: nuts", "Allergy: shellfish", "Gluten allergy", "Dairy allergy")
_COURSES: Final = {"starters": 1, "salads": 1, "desserts": 3}
"""When in the meal a category of the menu is served; what is not here is a main course, and drinks
come when they are ready."""

_DRINKS: Final = "drinks"

_TYPES: Final = ("dine-in", "takeout", "delivery", "drive-thru", "online")
_TYPE_WEIGHTS: Final = (55, 18, 10, 10, 7)


class Choice(Struct, frozen=True):
    """A modifier as the menu offers it."""

    id: str
    name: str
    price: float = 0.0


class Dish(Struct, frozen=True):
    """An item as `GET /api/v1/menu` tells it."""

    id: str
    name: str
    price: float
    available: bool = True
    prep_time_minutes: int = 0
    modifiers: list[Choice] = msgspec.field(default_factory=list[Choice])
    category_id: str = ""


class Category(Struct, frozen=True):
    """A page of the menu as `GET /api/v1/menu` tells it."""

    id: str
    slug: str


class Table(Struct, frozen=True):
    """A table as `GET /api/v1/tables` tells it."""

    label: str
    seats: int


def rate_at(seconds: float) -> float:
    """Tell how many orders come in a second.

    Args:
        seconds: since the simulation began; it begins halfway up to a rush.

    Returns:
        Orders a second, between `QUIET_RATE` and `RUSH_RATE`.
    """
    wave = math.sin(math.pi * (seconds / RUSH_PERIOD + 0.25)) ** 2
    return QUIET_RATE + (RUSH_RATE - QUIET_RATE) * wave


def gap_until_next(rng: Random, seconds: float) -> float:
    """Draw the time until the next order: a Poisson process with the rate of that moment."""
    return rng.expovariate(rate_at(seconds))


def named_categories(dishes: Sequence[Dish], categories: Sequence[Category]) -> list[Dish]:
    """Put the categories' keys in the place of their ids.

    Args:
        dishes: as the menu tells them.
        categories: likewise.

    Returns:
        The dishes, each with its category's key.
    """
    slugs = {category.id: category.slug for category in categories}
    return [
        msgspec.structs.replace(dish, category_id=slugs.get(dish.category_id, ""))
        for dish in dishes
    ]


def make_order(
    rng: Random, dishes: Sequence[Dish], tables: Sequence[Table], now: float
) -> dict[str, Any]:
    """Make up one order.

    Args:
        rng: decides everything.
        dishes: what can be ordered, with the keys of their categories.
        tables: where guests sit; without any, nobody dines in.
        now: seconds since the epoch, for scheduled orders.

    Returns:
        A body for `POST /api/v1/orders`.
    """
    kind = rng.choices(_TYPES, _TYPE_WEIGHTS)[0]
    table = rng.choice(tables) if kind == "dine-in" and tables else None
    if kind == "dine-in" and table is None:
        kind = "takeout"
    count = min(rng.choices(range(1, 9), (22, 26, 20, 13, 8, 5, 4, 2))[0], len(dishes))
    chosen = rng.sample(dishes, count)
    order: dict[str, Any] = {
        "type": kind,
        "items": [_line(rng, dish, place, table) for place, dish in enumerate(chosen, 1)],
        "metadata": {"source": "simulator", "simulated": True},
    }
    if table is not None:
        order["tableNumber"] = table.label
        order["metadata"]["serverName"] = rng.choice(_SERVERS)
        if rng.random() < 0.6:
            _serve_in_courses(rng, order["items"], chosen)
        if rng.random() < 0.3:
            order["seatNumber"] = rng.randint(1, table.seats)
        seats = [part.get("seatNumber", 1) for part in (order, *order["items"])]
        order["covers"] = rng.randint(max(seats), table.seats)
    else:
        order["customerName"] = rng.choice(_NAMES)
        order["payment_status"] = "paid" if rng.random() < 0.7 else "unpaid"
        if kind == "drive-thru" and rng.random() < 0.5:
            order["metadata"]["source"] = "voice"
        if kind in ("takeout", "online") and rng.random() < 0.2:
            longest = max(dish.prep_time_minutes for dish in chosen) or 15
            # To be started in one to six minutes, so that a short demo sees some of them fire.
            pickup = now + 60 * longest + rng.uniform(60, 360)
            order["scheduledPickupTime"] = format_time(pickup)
    if rng.random() < 0.15:
        order["notes"] = rng.choice(_ORDER_NOTES)
    return order


def make_addition(rng: Random, dishes: Sequence[Dish]) -> dict[str, Any]:
    """Make up what a table orders later.

    Args:
        rng: decides everything.
        dishes: what can be ordered.

    Returns:
        A body for `POST /api/v1/orders/{id}/items`.
    """
    return {"items": [_line(rng, rng.choice(dishes), 1, None)]}


def make_quantity(rng: Random, quantity: int) -> int:
    """Make up how many of a line a table wants after all."""
    return quantity + 1 if quantity == 1 or rng.random() < 0.7 else quantity - 1


def make_note(rng: Random) -> str:
    """Make up what a guest says after ordering."""
    return f"changed: {rng.choice(_ORDER_NOTES)}"


def _serve_in_courses(rng: Random, lines: list[dict[str, Any]], dishes: Sequence[Dish]) -> None:
    """Give the lines of a table their courses; later ones may wait until they are fired."""
    numbers = [_COURSES.get(dish.category_id, 2) for dish in dishes]
    courses = {
        number for number, dish in zip(numbers, dishes, strict=True) if dish.category_id != _DRINKS
    }
    if len(courses) < 2:
        return
    waits = rng.random() < 0.5
    for line, number, dish in zip(lines, numbers, dishes, strict=True):
        if dish.category_id != _DRINKS:
            line["course"] = number
            line["held"] = waits and number != min(courses)


def _line(rng: Random, dish: Dish, place: int, table: Table | None) -> dict[str, Any]:
    modifiers = [
        {"id": choice.id, "name": choice.name, "price": choice.price}
        for choice in dish.modifiers
        if rng.random() < 0.18
    ]
    if rng.random() < 0.05:
        modifiers.append({"id": "allergy", "name": rng.choice(_ALLERGIES), "price": 0})
    line: dict[str, Any] = {
        "id": f"line-{place}",
        "menu_item_id": dish.id,
        "name": dish.name,
        "quantity": rng.choices((1, 2, 3, 4), (70, 20, 7, 3))[0],
        "price": dish.price,
        "modifiers": modifiers,
    }
    if rng.random() < 0.08:
        line["special_instructions"] = rng.choice(_ITEM_NOTES)
    if table is not None and rng.random() < 0.4:
        line["seatNumber"] = rng.randint(1, table.seats)
    return line
