"""The pass: what each order still lacks and who owes it, and how long the ready ones wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kds_tui.core.clock import Thresholds, Urgency
from kds_tui.core.order import OPEN, READY, Item, Order, OrderStatus
from kds_tui.core.order_list import Place
from kds_tui.core.stations import Routing

MAX_NAMED: Final = 3
"""Most items that a sentence names for a station; the rest is counted."""


@dataclass(frozen=True, slots=True)
class ExpoRules:
    """How the pass works."""

    block_until_done: bool = True
    """Whether an order is not bumped at the pass before every line of it is done."""

    override_seconds: float = 4.0
    """Seconds within which a second press bumps it all the same; 0 for never."""

    ready: Thresholds = field(default_factory=lambda: Thresholds(warning=300.0, late=600.0))
    """From which age a ready order is called waiting, and from which late."""

    def urgency(self, order: Order, now: float) -> Urgency:
        """Judge how long a ready order waits.

        Args:
            order: a ready one.
            now: the server's time, in seconds since the epoch.

        Returns:
            The urgency.
        """
        age = now - ready_since(order)
        if age >= self.ready.late:
            return Urgency.LATE
        return Urgency.WARNING if age >= self.ready.warning else Urgency.ON_TIME


@dataclass(frozen=True, slots=True)
class Progress:
    """How many lines are done."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is nothing to do."""
        return self.done / self.total if self.total else 1.0


def is_done(item: Item, order: Order) -> bool:
    """Tell whether a line is done: marked so, or its whole order is."""
    return item.is_done or order.status not in OPEN


def progress(*orders: Order) -> Progress:
    """Count the lines of some orders, as the Restaurant OS web display does: a line of two burgers
    is one.

    Args:
        orders: any.

    Returns:
        How many are done.
    """
    marks = [is_done(item, order) for order in orders for item in order.items]
    return Progress(sum(marks), len(marks))


def owing(routing: Routing, *orders: Order) -> dict[str, list[Item]]:
    """Tell which stations still owe something.

    Args:
        routing: which item goes where.
        orders: any.

    Returns:
        Station to the lines that it has not done, in the sequence of the orders' lines.
    """
    owed: dict[str, list[Item]] = {}
    for order in orders:
        for item in order.items:
            if not is_done(item, order):
                owed.setdefault(routing.station_of(item, order.type), []).append(item)
    return owed


def missing_words(order: Order, routing: Routing, *more: Order) -> str:
    """Say what is missing, and where.

    Args:
        order: an open one.
        routing: which item goes where.
        more: open orders of the same table.

    Returns:
        A sentence; empty when nothing is missing.
    """
    parts = [
        f"{station.upper()} owes {_named(items)}"
        for station, items in owing(routing, order, *more).items()
    ]
    return f"{order.label} is not done: {'; '.join(parts)}." if parts else ""


def _named(items: list[Item]) -> str:
    words = [f"{item.quantity} {item.name}" for item in items[:MAX_NAMED]]
    more = len(items) - MAX_NAMED
    return ", ".join([*words, f"{more} more"] if more > 0 else words)


def ready_since(order: Order) -> float:
    """Tell from when a ready order waits.

    Args:
        order: a ready one.

    Returns:
        Seconds since the epoch; where the server does not tell, when it was last changed.
    """
    return order.updated_at if order.ready_at is None else order.ready_at


def is_active(order: Order) -> bool:
    """Tell whether an order is being cooked, or will be."""
    return order.status in OPEN


def is_ready(order: Order) -> bool:
    """Tell whether an order is cooked and not closed yet."""
    return order.status in READY


def place_in_kitchen(order: Order) -> Place:
    """Tell where an order stands on the kitchen's side: rushed ones first, then the oldest."""
    return (not order.rush, order.begins_at, order.order_number, order.id)


def place_on_pass(order: Order) -> Place:
    """Tell where a ready order stands: the one first that waits longest; what was picked up waits
    no more."""
    has_left = order.status is OrderStatus.PICKED_UP
    return (has_left, ready_since(order), order.order_number, order.id)
