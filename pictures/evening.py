"""An evening that shows everything a kitchen can be shown, on a real hub.

The orders are placed over the public interface. Then the hub's clock of that evening is moved back
in its database, for a hub has no other way to be told that an order is twenty minutes old.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from kds_tui.core.clock import format_time, parse_time
from kds_tui.hub.menu import load_menu
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings

Body = dict[str, Any]
Step = tuple[str, str, Body]
"""A method, the path behind the order's, and a body."""

ADDED_AGO: Final = 150.0
"""Seconds since a table ordered something more."""

PICKUP_IN: Final = (14 * 60, 26 * 60)
"""Seconds until guests come for what they ordered ahead."""

_TIME: Final = re.compile(r'"(\w+)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"')


@dataclass(frozen=True, slots=True)
class Placed:
    """An order, how many minutes ago it came, and what became of it since."""

    minutes: float
    body: Body
    steps: tuple[Step, ...] = ()


_MENU = {item.name: item for item in load_menu(None).items}


def line(name: str, *modifiers: str, quantity: int = 1, **fields: Any) -> Body:
    """Make a line of an order out of the menu."""
    item = _MENU[name]
    return {
        "menu_item_id": item.id,
        "name": name,
        "quantity": quantity,
        "price": item.price,
        "modifiers": [{"name": modifier} for modifier in modifiers],
        **fields,
    }


def table(label: str, *lines: Body, **fields: Any) -> Body:
    """Make an order of a table."""
    numbered = [{"id": f"line-{place}", **one} for place, one in enumerate(lines, 1)]
    server = fields.pop("server", "Casey")
    metadata = {"serverName": server, **fields.pop("metadata", {})}
    own = {"type": "dine-in", "tableNumber": label, "items": numbered, "metadata": metadata}
    return {**own, **fields}


def guest(name: str, kind: str, *lines: Body, **fields: Any) -> Body:
    """Make an order of somebody who takes the food away."""
    numbered = [{"id": f"line-{place}", **one} for place, one in enumerate(lines, 1)]
    return {"type": kind, "customerName": name, "items": numbered, **fields}


def _status(*statuses: str) -> tuple[Step, ...]:
    return tuple(("PATCH", "/status", {"status": status}) for status in statuses)


COOKING: Final = _status("confirmed", "preparing")
COOKED: Final = _status("confirmed", "preparing", "ready")


def _pickup(seconds: float) -> str:
    return format_time(time.time() + seconds)


def orders() -> list[Placed]:
    """Make the evening, the oldest order first.

    Returns:
        What is placed, and what becomes of it.
    """
    burger = line("Classic Burger", "Medium rare", "No onion", seat_number=1)
    return [
        Placed(
            19,
            table(
                "12",
                line("Cedar Salmon", "No glaze", "Allergy: shellfish", seat_number=2),
                burger,
                burger,
                line("Onion Rings"),
                covers=4,
                notes="birthday table, all together please",
                payment_status="unpaid",
            ),
            (
                *COOKING,
                ("POST", "/items/line-4/bump", {"done": True, "base_version": 0}),
                ("POST", "/items", {"items": [{"id": "more", **line("Iced Tea", quantity=2)}]}),
            ),
        ),
        Placed(
            13,
            table(
                "7",
                line("Fried Calamari", course="Starters"),
                line("Ribeye Steak 12 oz", "Rare", course="Mains", held=True, seat_number=1),
                line("Cedar Salmon", "Sub rice", course="Mains", held=True, seat_number=2),
                covers=2,
                server="Alex",
            ),
            COOKING,
        ),
        Placed(
            11,
            guest("Ines García", "delivery", line("Chicken Club", "No mayo"), line("French Fries")),
            (*COOKING, ("POST", "/rush", {"rush": True})),
        ),
        Placed(
            9,
            table("3", line("Caesar Salad"), line("French Fries"), line("Iced Tea"), covers=2),
            (
                *COOKING,
                ("PATCH", "/items/line-2", {"quantity": 3}),
                ("DELETE", "/items/line-1", {"reason": "guest changed their mind"}),
            ),
        ),
        Placed(
            8,
            guest(
                "Noor Rahman",
                "takeout",
                line("Bacon Cheeseburger", "Extra cheese", quantity=2),
                payment_status="paid",
                metadata={"source": "voice"},
            ),
            COOKING,
        ),
        Placed(7, table("21", line("Caesar Salad"), line("Soup of the Day"), covers=2), COOKED),
        Placed(6, guest("Kofi Adjei", "takeout", line("French Fries"), line("Apple Pie")), COOKED),
        Placed(4, table("12", line("New York Cheesecake", quantity=2), covers=4)),
        Placed(
            2,
            guest(
                "Grace Hopper",
                "takeout",
                line("House Salad", "No tomato"),
                scheduledPickupTime=_pickup(PICKUP_IN[0]),
            ),
        ),
        Placed(
            2,
            guest(
                "Omar Haddad",
                "online",
                line("Steak Sandwich"),
                scheduledPickupTime=_pickup(PICKUP_IN[1]),
            ),
        ),
        Placed(0.3, guest("Zoë Müller", "drive-thru", line("Black Bean Burger", "Add avocado"))),
    ]


@dataclass
class Evening:
    """The hub of the evening, while it runs."""

    url: str
    token: str = field(repr=False)
    ids: list[str]
    """Of the orders, in their order."""


@asynccontextmanager
async def evening(folder: Path) -> AsyncGenerator[Evening]:
    """Run the hub with the evening's orders on it.

    Args:
        folder: for its database.

    Yields:
        Where it is.
    """
    settings = HubSettings(port=0, data_dir=folder, restaurant_name="Bistro")
    placed = orders()
    async with HubServer(settings) as hub:
        ids = await _place(hub.url, await hub.issue_token(), placed)
    _move_back(folder, dict(zip(ids, (one.minutes * 60 for one in placed), strict=True)))
    async with HubServer(settings) as hub:
        yield Evening(hub.url, await hub.issue_token(), ids)


async def _place(url: str, token: str, placed: list[Placed]) -> list[str]:
    pair = {"Cookie": "csrf_token=pair", "X-CSRF-Token": "pair"}
    headers = {"Authorization": f"Bearer {token}", **pair}
    ids: list[str] = []
    async with aiohttp.ClientSession(f"{url}/", headers=headers) as http:
        for one in placed:
            async with http.post("api/v1/orders", json=one.body) as answer:
                if answer.status >= 400:
                    raise RuntimeError(f"{answer.status}: {await answer.text()}")
                ids.append((await answer.json())["id"])
            for method, path, body in one.steps:
                where = f"api/v1/orders/{ids[-1]}{path}"
                async with http.request(method, where, json=body) as answer:
                    if answer.status >= 400:
                        raise RuntimeError(f"{method} {path}: {await answer.text()}")
    return ids


def _move_back(folder: Path, ages: dict[str, float]) -> None:
    (database,) = (path for path in folder.iterdir() if path.suffix == ".db")
    with closing(sqlite3.connect(database)) as connection, connection:
        for order_id, age in ages.items():
            found = connection.execute("SELECT row FROM orders WHERE id = ?", (order_id,))
            moved = _row_moved(bytes(found.fetchone()[0]).decode(), age)
            created = parse_time(re.findall(r'"created_at":"([^"]+)"', moved)[0]) or 0.0
            connection.execute(
                "UPDATE orders SET row = ?, created_at = ? WHERE id = ?",
                (moved.encode(), format_time(created), order_id),
            )


def _row_moved(row: str, age: float) -> str:
    def moved(found: re.Match[str]) -> str:
        name, text = found.groups()
        if name in ("scheduled_pickup_time", "auto_fire_time"):
            return found.group()
        by = ADDED_AGO if name == "added_at" else age
        return f'"{name}":"{format_time((parse_time(text) or 0.0) - by)}"'

    return _TIME.sub(moved, row)
