"""An order as the hub keeps and sends it: Restaurant OS's row, with its full set of keys.

The web display of Restaurant OS breaks on one modifier that is a string and on one order without
`items`, so here a modifier is always an object and `items` always a list. Beyond the original an
item carries `station`, `category`, `prep_time_minutes`, `seat_number` and `course`, and what became
of it. A line that
was taken off moves to `voided_items`: a display that does not know of it must not show it as
ordered.

Every field that a later version added has a default, so that rows of older databases can be read.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct


class ModifierKept(Struct, frozen=True):
    """A modifier; its price is added for each piece, in dollars."""

    id: str
    name: str
    price: float


class ItemKept(Struct, frozen=True):
    """A line of an order."""

    id: str
    menu_item_id: str
    name: str
    quantity: int
    price: float
    subtotal: float
    modifiers: tuple[ModifierKept, ...]
    special_instructions: str | None
    notes: str | None
    seat_number: int | None
    station: str | None
    prep_time_minutes: int | None
    status: str | None = None
    """`ready` once the line is marked done by itself."""

    ready_at: str | None = None
    changed_version: int = 0
    """The order's version with which it was added or more was asked of it; 0: as ordered."""

    added_at: str | None = None
    previous_quantity: int | None = None
    """How many there were before the last change of their number."""

    category: str | None = None
    """The page of the menu that it stands on, by its key."""

    course: str | None = None
    """When in the meal it is served, as the till words it."""

    held: bool = False
    """Not to be cooked before it is fired."""

    fired_at: str | None = None
    """When it was fired, if it was held before."""

    fired_version: int = 0
    """The order's version with which it was fired last; 0 when it never was held."""

    undone_version: int = 0
    """The order's version with which a mark was taken off it last; 0 when none ever was."""


class OrderKept(Struct, frozen=True, kw_only=True):
    """An order. Money is in dollars, moments are ISO 8601 texts in UTC with milliseconds."""

    id: str
    restaurant_id: str
    order_number: str
    type: str
    status: str
    items: tuple[ItemKept, ...]
    subtotal: float
    tax: float
    total_amount: float
    notes: str | None
    customer_name: str | None
    table_number: str | None
    seat_number: int | None
    metadata: dict[str, Any]
    created_at: str
    updated_at: str
    preparing_at: str | None = None
    ready_at: str | None = None
    completed_at: str | None = None
    cancelled_at: str | None = None
    scheduled_pickup_time: str | None = None
    auto_fire_time: str | None = None
    is_scheduled: bool = False
    manually_fired: bool = False
    version: int = 1
    payment_status: str = "unpaid"
    payment_method: str | None = None
    payment_amount: float | None = None
    cash_received: float | None = None
    change_given: float | None = None
    payment_id: str | None = None
    check_closed_at: str | None = None
    closed_by_user_id: str | None = None
    rush: bool = False
    voided_items: tuple[ItemKept, ...] = ()
    covers: int | None = None
    """How many guests it is for."""

    recalled_version: int = 0
    """The version that the last recall made; 0 before the first."""

    recalled_by: str | None = None
    """The terminal of the last recall, as its header named it."""

    touched_by: str | None = None
    """The terminal that made the last changes; null when it did not say."""

    touched_since: int = 0
    """The version before the first of those changes."""


_decoder: Final = msgspec.json.Decoder(OrderKept)
_encoder: Final = msgspec.json.Encoder()


def decode_row(row: bytes) -> OrderKept:
    """Read a row as the database keeps it."""
    return _decoder.decode(row)


def encode_row(order: OrderKept) -> bytes:
    """Write a row: the same bytes go to the database, into the broadcast and into the answer."""
    return _encoder.encode(order)
