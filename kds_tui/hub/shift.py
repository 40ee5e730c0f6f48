"""What people in a simulated restaurant do next with the orders they see. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from msgspec import Struct

from kds_tui.core.clock import parse_time
from kds_tui.core.order import OPEN, READY, OrderStatus, steps_between

USUAL_OPEN: Final = 20
"""Open tickets at which the cooks keep pace with the guests."""

PASS_SECONDS: Final = 20.0
"""How long a ready order stands at the pass, on average."""

COOKS: Final = 10
"""How many tickets are cooked at once."""

CANCELLED: Final = 0.02
CHANGED: Final = 0.05
ADDED: Final = 0.03
RECOUNTED: Final = 0.03
VOIDED: Final = 0.02
PAID: Final = 0.3
"""Shares of orders that are cancelled, whose note changes, to which something is added, of which
the table wants another number, from which a line is taken off, or that are paid, while they are
open."""


COURSE_SECONDS: Final = 45.0
"""How long a table takes over a course, on average, until the next one is fired."""

HOLD: Final = 0.04
"""Share of orders of which a later course is held again: the guests are slow."""


class SeenLine(Struct, frozen=True):
    """What the simulation reads of a line."""

    id: str
    quantity: int = 1
    course: str | None = None
    held: bool = False
    status: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not done yet."""
        return self.status is None


class SeenMetadata(Struct, frozen=True):
    """What the simulation reads of an order's metadata."""

    simulated: bool = False


class SeenOrder(Struct, frozen=True):
    """What the simulation reads of an order."""

    id: str
    status: OrderStatus
    created_at: str
    is_scheduled: bool = False
    auto_fire_time: str | None = None
    items: tuple[SeenLine, ...] = ()
    payment_status: str = "paid"
    metadata: SeenMetadata = SeenMetadata()

    @property
    def is_of_guest(self) -> bool:
        """Whether a made-up guest ordered it: what somebody ordered by voice or at a till is for
        its own guests to change or to leave."""
        return self.metadata.simulated

    @property
    def next_course(self) -> str | None:
        """The course that is fired next; None when none is held."""
        held = sorted({line.course or "" for line in self.items if line.held and line.is_open})
        return held[0] if held else None

    @property
    def last_course(self) -> str | None:
        """The last of several courses, if it is on its way; None else."""
        going = {line.course for line in self.items if line.is_open and not line.held}
        named = sorted(course for course in going if course)
        return named[-1] if len(named) > 1 else None

    def waits(self, now: float) -> bool:
        """Whether it is scheduled and not to be started yet."""
        fire_at = parse_time(self.auto_fire_time)
        return self.is_scheduled and fire_at is not None and now < fire_at


class Deed(StrEnum):
    """What is done to an order."""

    START = "started"
    BUMP = "bumped"
    COMPLETE = "completed"
    CANCEL = "cancelled"
    CHANGE = "changed"
    ADD = "added to"
    RECOUNT = "recounted"
    VOID = "partly taken off"
    PAY = "paid"
    FIRE = "fired"
    FIRE_COURSE = "next course fired"
    HOLD_COURSE = "last course held"


@dataclass(frozen=True, slots=True)
class Step:
    """One deed to one order."""

    deed: Deed
    order: SeenOrder

    def statuses(self) -> tuple[OrderStatus, ...]:
        """The statuses to set, one after the other; none for a deed that is not a walk."""
        target = {
            Deed.START: OrderStatus.PREPARING,
            Deed.BUMP: OrderStatus.READY,
            Deed.COMPLETE: OrderStatus.COMPLETED,
        }.get(self.deed)
        return steps_between(self.order.status, target) or () if target else ()


def next_steps(
    rng: Random,
    seen: Sequence[SeenOrder],
    *,
    now: float,
    elapsed: float,
    rate: float,
    autopilot: bool,
) -> list[Step]:
    """Decide what happens in a short while.

    Args:
        rng: decides.
        seen: the orders that are not finished.
        now: seconds since the epoch.
        elapsed: how long the while was, in simulated seconds.
        rate: orders that come in a simulated second.
        autopilot: whether cooks are simulated too; if not, only a display bumps.

    Returns:
        At most one step an order.
    """
    in_order = sorted(seen, key=lambda order: order.created_at)
    open_orders = [order for order in in_order if order.status in OPEN and not order.waits(now)]
    waiting = [order for order in in_order if order.status in OPEN and order.waits(now)]
    steps: dict[str, Step] = {}

    def do(deed: Deed, order: SeenOrder) -> None:
        steps.setdefault(order.id, Step(deed, order))

    for deed, share in (
        (Deed.CANCEL, CANCELLED),
        (Deed.CHANGE, CHANGED),
        (Deed.ADD, ADDED),
        (Deed.RECOUNT, RECOUNTED),
        (Deed.VOID, VOIDED),
        (Deed.PAY, PAID),
        (Deed.HOLD_COURSE, HOLD),
    ):
        able = [order for order in open_orders if order.is_of_guest and _can(deed, order)]
        if able and rng.random() < rate * elapsed * share:
            do(deed, rng.choice(able))
    if waiting and rng.random() < 0.01 * elapsed:
        do(Deed.FIRE, rng.choice(waiting))
    for order in open_orders:
        if order.next_course is not None and rng.random() < elapsed / COURSE_SECONDS:
            do(Deed.FIRE_COURSE, order)
    for order in in_order:
        if order.status in READY and rng.random() < elapsed / PASS_SECONDS:
            do(Deed.COMPLETE, order)
    if autopilot:
        # The more is open the faster they work, as people do: so it swings about USUAL_OPEN.
        bumps = _poisson(rng, rate * elapsed * len(open_orders) / USUAL_OPEN)
        at_hand = [order for order in open_orders if order.next_course is None]
        for order in at_hand[:bumps]:
            do(Deed.BUMP, order)
        for order in at_hand[bumps:COOKS]:
            if order.status is not OrderStatus.PREPARING and rng.random() < 0.3 * elapsed:
                do(Deed.START, order)
    return list(steps.values())


def _can(deed: Deed, order: SeenOrder) -> bool:
    match deed:
        case Deed.RECOUNT:
            return bool(order.items)
        case Deed.VOID:
            return len(order.items) > 1
        case Deed.PAY:
            return order.payment_status != "paid"
        case Deed.HOLD_COURSE:
            return order.last_course is not None
        case _:
            return True


def _poisson(rng: Random, mean: float) -> int:
    """Draw a count (Knuth's way, good for the small means here)."""
    limit, count, product = math.exp(-min(mean, 50.0)), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
