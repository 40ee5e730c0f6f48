"""An order as the kitchen knows it: items, modifiers, statuses and the legal steps between them.

The field names are those of Restaurant OS, so that one word means one thing from the wire to the
screen. Values are frozen: a change makes a new order.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class OrderStatus(StrEnum):
    """The states of an order, spelled as on the wire."""

    NEW = "new"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    PICKED_UP = "picked-up"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


LEGAL_STEPS: Final[Mapping[OrderStatus, tuple[OrderStatus, ...]]] = {
    OrderStatus.NEW: (OrderStatus.PENDING, OrderStatus.CANCELLED),
    OrderStatus.PENDING: (OrderStatus.CONFIRMED, OrderStatus.CANCELLED),
    OrderStatus.CONFIRMED: (OrderStatus.PREPARING, OrderStatus.CANCELLED),
    OrderStatus.PREPARING: (OrderStatus.READY, OrderStatus.CANCELLED),
    OrderStatus.READY: (OrderStatus.PICKED_UP, OrderStatus.COMPLETED, OrderStatus.CANCELLED),
    OrderStatus.PICKED_UP: (OrderStatus.COMPLETED, OrderStatus.CANCELLED),
    OrderStatus.COMPLETED: (),
    OrderStatus.CANCELLED: (),
}
"""The single steps that a Restaurant OS server accepts; all else it answers with an error."""

OPEN: Final = frozenset(
    {OrderStatus.NEW, OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.PREPARING}
)
"""Still to be cooked: on the grid."""

READY: Final = frozenset({OrderStatus.READY, OrderStatus.PICKED_UP})
"""Cooked, not yet closed: counted in the header, can be recalled."""

FINISHED: Final = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED})
"""No step leads out of these."""

LISTED: Final = (
    OrderStatus.NEW,
    OrderStatus.PENDING,
    OrderStatus.CONFIRMED,
    OrderStatus.PREPARING,
    OrderStatus.READY,
    OrderStatus.PICKED_UP,
)
"""The statuses that a display asks for, in the order of an order's life: one that moves on while
the lists are read is seen twice, never missed."""


def steps_between(status: OrderStatus, target: OrderStatus) -> tuple[OrderStatus, ...] | None:
    """Find the legal way from one status to another.

    Args:
        status: where the order is.
        target: where it should be.

    Returns:
        The statuses to set one after the other, ending in `target`; empty when it is there already;
        None when no legal way leads there.
    """
    ways: deque[tuple[OrderStatus, ...]] = deque([()])
    seen = {status}
    while ways:
        way = ways.popleft()
        last = way[-1] if way else status
        if last is target:
            return way
        for following in LEGAL_STEPS[last]:
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return None


class OrderType(StrEnum):
    """How the guest gets the food; what the card says under the table."""

    DINE_IN = "dine-in"
    TAKEOUT = "takeout"
    DELIVERY = "delivery"
    DRIVE_THRU = "drive-thru"
    ONLINE = "online"


class ModifierKind(StrEnum):
    """What a modifier asks of the cook, in the order in which a card shows them."""

    ALLERGY = "allergy"
    REMOVAL = "removal"
    ADDITION = "addition"
    SUBSTITUTION = "substitution"
    TEMPERATURE = "temperature"
    OTHER = "other"


_ALLERGY_WORDS: Final = (
    "allerg",  # allergy, allergic, allergies, allergen
    "gluten",
    "dairy",
    "nut",
    "peanut",
    "shellfish",
    "celiac",
)
_REMOVAL_STARTS: Final = ("no ", "without", "remove", "hold")
_ADDITION_STARTS: Final = ("extra", "add", "double", "triple", "more")
_TEMPERATURE_WORDS: Final = ("rare", "medium", "well", "well-done", "hot", "cold", "temp")
_SUBSTITUTION_WORDS: Final = ("sub ", "substitute", "instead", "swap")


def modifier_kind(name: str) -> ModifierKind:
    """Tell what a modifier asks for, by the words in its name.

    The first rule that matches wins, in the order of the Restaurant OS web display: allergy before
    removal, so that "no nuts" is never shown as a mere preference.

    Args:
        name: the modifier as the guest or the menu words it.

    Returns:
        Its kind.
    """
    words = name.casefold()
    if any(word in words for word in _ALLERGY_WORDS):
        return ModifierKind.ALLERGY
    if words.startswith(_REMOVAL_STARTS):
        return ModifierKind.REMOVAL
    if words.startswith(_ADDITION_STARTS):
        return ModifierKind.ADDITION
    if any(word in words for word in _TEMPERATURE_WORDS):
        return ModifierKind.TEMPERATURE
    if any(word in words for word in _SUBSTITUTION_WORDS):
        return ModifierKind.SUBSTITUTION
    return ModifierKind.OTHER


_ALLERGY_IN_TEXT: Final = re.compile(
    r"allerg|anaphyla|\b(?:gluten|dairy|lactose|shellfish|sesame|co?eliac)\b"
    r"|\b(?:(?:pea|wal|hazel|chest)?nuts?|pecans?|almonds?|cashews?)\b",
    re.IGNORECASE,
)


def mentions_allergy(note: str) -> bool:
    """Tell whether a note is about an allergy.

    A note is a sentence, so whole words count: "10 minutes" and "butternut soup" have a nut in them
    only by their letters.

    Args:
        note: of an order or an item.

    Returns:
        True when it should stand out as an allergy does.
    """
    return _ALLERGY_IN_TEXT.search(note) is not None


@dataclass(frozen=True, slots=True)
class Modifier:
    """A change to an item."""

    name: str
    kind: ModifierKind


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order."""

    id: str
    menu_item_id: str
    name: str
    quantity: int = 1
    modifiers: tuple[Modifier, ...] = ()
    """Sorted for the card: allergies, removals, additions, then the rest."""

    notes: str = ""
    seat_number: int | None = None
    station: str = ""
    """The station that cooks it, when the server says so; empty: by its name (stations.py)."""

    is_done: bool = False
    """Marked done by itself, while its ticket may still be open."""

    changed_version: int = 0
    """The order's version with which this line was added, or more was asked of it; 0 when it is as
    it was ordered."""

    added_at: float | None = None
    """When it was added to an order that the kitchen had already; None for an original line."""

    previous_quantity: int | None = None
    """How many there were before the last change of their number; None when it never changed."""

    course: str = ""
    """When in the meal it is served, as the till words it: a number or a name; empty for none."""

    is_held: bool = False
    """Not to be cooked before somebody fires it."""

    fired_at: float | None = None
    """When it was fired, if it was held before."""

    category: str = ""
    """The page of the menu that it stands on, when the server says so."""

    prep_minutes: int | None = None
    """How long it takes to cook, when the server says so."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was sold. Times are seconds since the epoch on the server's clock."""

    id: str
    order_number: str
    status: OrderStatus
    type: OrderType = OrderType.ONLINE
    items: tuple[Item, ...] = ()
    table_number: str = ""
    """The table's label; empty when the order belongs to no table."""

    seat_number: int | None = None
    customer_name: str = ""
    notes: str = ""
    server_name: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    preparing_at: float | None = None
    ready_at: float | None = None
    fire_at: float | None = None
    """When a scheduled order is to be started; None for one that is to be cooked now."""

    is_scheduled: bool = False
    pickup_at: float | None = None
    """When the guest comes for a scheduled order; None when nobody says."""

    version: int = 1
    """Counts status changes; a payment changes `updated_at` only."""

    restaurant_id: str = ""
    recalled: bool = False
    """Bumped once and brought back."""

    recalled_version: int = 0
    """The version that the last recall made; 0 before the first, or where nobody says."""

    rush: bool = False
    """To the front, on all screens."""

    voided_items: tuple[Item, ...] = ()
    """Lines that were taken off the order again: not to be cooked, not among `items`."""

    covers: int | None = None
    """How many guests it is for; None when nobody says."""

    is_paid: bool | None = None
    """Whether it is paid; None when the server does not tell."""

    is_voice: bool = False
    """Taken by voice: what was heard may differ from what was said."""

    @property
    def is_held(self) -> bool:
        """Whether every line that is not done yet waits to be fired."""
        open_items = [item for item in self.items if not item.is_done]
        return bool(open_items) and all(item.is_held for item in open_items)

    @property
    def new_items(self) -> tuple[Item, ...]:
        """Lines still to be cooked that were added or enlarged after the order was placed: what the
        card's `+1 item` counts."""
        return tuple(item for item in self.items if item.changed_version and not item.is_done)

    @property
    def short_number(self) -> str:
        """The part of the order number that people call out: `0042` of `20261123-0042`."""
        last = self.order_number.rsplit("-", 1)[-1]
        return last.zfill(4) if last.isdigit() else last

    @property
    def label(self) -> str:
        """What the kitchen calls it by: its table, else its guest, else its number."""
        if self.table_number:
            table = self.table_number
            return f"TABLE {table}" if table[0].isdigit() or len(table) <= 3 else table
        return self.customer_name or f"#{self.short_number}"

    @property
    def waits_for_fire(self) -> bool:
        """Whether it is scheduled and not started yet.

        A fired order keeps `is_scheduled` on a Restaurant OS server, so its status decides.
        """
        return (
            self.is_scheduled
            and self.fire_at is not None
            and self.status in (OrderStatus.NEW, OrderStatus.PENDING, OrderStatus.CONFIRMED)
        )

    @property
    def begins_at(self) -> float:
        """When the kitchen's work on what is open of it begins: what tickets are sorted by.

        A course that was held begins when it is fired, an addition when it is made.
        """
        begins_at = self._first_begins_at
        if self.waits_for_fire or not self.items:
            return begins_at
        starts = [
            (item.fired_at or item.added_at or begins_at, item.is_done or item.is_held)
            for item in self.items
        ]
        being_cooked = [start for start, is_closed in starts if not is_closed]
        return min(being_cooked) if being_cooked else max(start for start, _ in starts)

    @property
    def _first_begins_at(self) -> float:
        if not self.is_scheduled or self.fire_at is None:
            return self.created_at
        if self.preparing_at is not None:  # fired early: its clock runs from then
            return min(self.fire_at, self.preparing_at)
        return self.fire_at

    def started_at(self, now: float) -> float | None:
        """Tell from when the kitchen's clock for this order runs.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            The moment its age counts from, or None while a scheduled order waits.
        """
        return None if self.waits_for_fire and now < self.begins_at else self.begins_at

    def supersedes(self, known: Order) -> bool:
        """Tell whether this state of an order is at least as new as another one of the same order.

        Status changes count the version up; payments touch only `updated_at` (restaurant-os rows).

        Args:
            known: the state already held.

        Returns:
            True when this one should take its place.
        """
        return (self.version, self.updated_at) >= (known.version, known.updated_at)
