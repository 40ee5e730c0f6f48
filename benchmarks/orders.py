"""The orders that the benchmarks show: the same ones every time, some 1.6 KB of JSON each."""

from __future__ import annotations

import time
from typing import Final

from kds_tui.core.clock import format_time
from kds_tui.hub.order_row import ItemKept, ModifierKept, OrderKept

RESTAURANT_ID: Final = "11111111-1111-4111-8111-111111111111"

OLDEST: Final = 50 * 60.0
"""Age of the oldest order in seconds: below an hour, so that every clock changes every second."""

VISIBLE: Final = 10
"""Orders 0 to 9 are the oldest: they stand on the first page of any screen of 200x60."""

_STATUSES: Final = ("pending", "confirmed", "preparing")
_TYPES: Final = ("dine-in", "takeout", "delivery")
_DISHES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("House Burger", "grill", ("No onions", "Extra cheese", "Medium rare")),
    ("Truffle Fries", "fry", ()),
    ("Caesar Salad", "cold", ("Dressing on the side",)),
    ("Grilled Salmon", "grill", ("Allergy: shellfish", "Sub rice")),
    ("Margherita Pizza", "oven", ("Gluten-free base",)),
    ("Lemonade", "bar", ()),
    ("Chicken Wings", "fry", ("Extra hot",)),
)


class OrderBook:
    """The open orders of a kitchen, their ages spread evenly.

    Args:
        count: how many there are.
    """

    def __init__(self, count: int) -> None:
        self._opened_at = time.time()
        self._versions = [0] * count
        self._created: dict[int, str] = {}
        self._markers = 0

    def next_marker(self) -> str:
        """Make a text that is on no terminal yet, to be put into a note and looked for."""
        self._markers += 1
        return f"note-{self._markers:06d}"

    def all(self, note: str) -> list[OrderKept]:
        """List all orders, each a version on.

        Args:
            note: what stands on the card of the oldest.
        """
        rest = [self.changed(place, "window table") for place in range(1, len(self._versions))]
        return [self.changed(0, note), *rest]

    def changed(self, place: int, note: str) -> OrderKept:
        """Change an order: its note and the quantity of its first item.

        Args:
            place: 0 for the oldest; one that is not there yet is the newest.
            note: what stands on its card; it is as long for each version, and so is the card.

        Returns:
            The order.
        """
        if place == len(self._versions):
            self._versions.append(0)
        self._versions[place] += 1
        version = self._versions[place]
        age = OLDEST * (1 - place / len(self._versions)) if version == 1 else 0.0
        created = self._created.setdefault(place, format_time(self._opened_at - age))
        kind = _TYPES[place % 3]
        return OrderKept(
            id=order_id(place),
            restaurant_id=RESTAURANT_ID,
            order_number=f"20261123-{place:04d}",
            type="online",
            status=_STATUSES[place % 3],
            items=tuple(_item(place, line, version) for line in range(1 + place % 4)),
            subtotal=42.0,
            tax=3.47,
            total_amount=45.47,
            notes=note,
            customer_name=None if kind == "dine-in" else f"Guest {place}",
            table_number=str(1 + place % 60) if kind == "dine-in" else None,
            seat_number=None,
            metadata={"uiType": kind, "serverName": "Alex"},
            created_at=created,
            updated_at=format_time(time.time()),
            version=version,
        )


def order_id(place: int) -> str:
    """Tell the id of an order.

    Args:
        place: 0 for the oldest.
    """
    return f"00000000-0000-4000-8000-{place:012d}"


def _item(place: int, line: int, version: int) -> ItemKept:
    name, station, modifiers = _DISHES[(place + line) % len(_DISHES)]
    return ItemKept(
        id=f"22222222-2222-4222-8222-{place:08d}{line:04d}",
        menu_item_id=f"33333333-3333-4333-8333-{line:012d}",
        name=name,
        quantity=1 + version % 9 if line == 0 else 1 + line,
        price=14.0,
        subtotal=14.0,
        modifiers=tuple(
            ModifierKept(f"44444444-4444-4444-8444-{number:012d}", words, 0.0)
            for number, words in enumerate(modifiers)
        ),
        special_instructions=None,
        notes=None,
        seat_number=None,
        station=station,
        prep_time_minutes=8,
    )
