"""What waits for a cook's acknowledgement: tickets that are new, changed, cancelled or back again.

The card draws the eye and the sound comes again until a cook has taken notice: by the key for it,
or by doing anything with the ticket. What the cook asked for on this terminal needs no notice.
Neither does what was on the board before the display began: fifty old tickets are no news.

A cancelled ticket stays until then, struck through, where there may be food on the fire for it; so
do lines that were taken off.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from kds_tui.core.order import Item, Order, OrderStatus

MAX_CANCELLED: Final = 6
"""How many cancelled tickets are kept, or a screen that nobody touches fills up with them; the one
that was cancelled first goes first."""

FRESH: Final = 600.0
"""Seconds: an order that a list tells, and that is older than the newest one in it by more, is no
news, though this display did not know of it."""

GLANCE: Final = 60.0
"""Seconds after which a new ticket counts as seen though nobody took notice by key: most cooks look
at it and cook."""

Mark = tuple[str, int, int]
"""A change of a line that a cook can take notice of: its id, how many there are (0: taken off), and
the order's version with which it was added or enlarged."""

NO_MARKS: Final[frozenset[Mark]] = frozenset()


class Reason(StrEnum):
    """Why a ticket waits for a cook to take notice."""

    NEW = "new"
    CHANGED = "changed"
    RECALLED = "recalled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket waits for a cook to take notice."""

    why: Reason
    since: float
    """The server's time of what happened, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class AttentionKept:
    """What is kept over a restart."""

    waiting: Mapping[str, Waiting] = field(default_factory=dict[str, Waiting])
    seen: Mapping[str, frozenset[Mark]] = field(default_factory=dict[str, "frozenset[Mark]"])
    cancelled: tuple[Order, ...] = ()


class Attention:
    """What waits for a cook's acknowledgement on this terminal, by order.

    It holds at most an entry for each order on the board, and `MAX_CANCELLED` that left it.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}
        self._seen: dict[str, frozenset[Mark]] = {}
        self._cancelled: OrderedDict[str, Order] = OrderedDict()
        self._quiet: set[str] = set()
        self._met: dict[str, float] = {}
        self._dropped: list[str] = []
        self._newest: float | None = None
        self._was_listed = False

    def waiting(self, order_id: str) -> Waiting | None:
        """Tell what of an order waits for a cook to take notice.

        Args:
            order_id: the order.

        Returns:
            Why and since when; None when nothing does.
        """
        return self._waiting.get(order_id)

    def seen(self, order_id: str) -> frozenset[Mark]:
        """Tell which changes of an order's lines a cook took notice of.

        Args:
            order_id: the order.

        Returns:
            Their marks.
        """
        return self._seen.get(order_id, NO_MARKS)

    def is_unseen(self, order_id: str, now: float) -> bool:
        """Tell whether a ticket is so new that nobody may have seen it.

        Args:
            order_id: whose.
            now: the server's time, in seconds since the epoch.

        Returns:
            True while nobody took notice by key and it has not shown for `GLANCE`.
        """
        waits = self._waiting.get(order_id)
        if waits is None or waits.why is not Reason.NEW:
            return False
        return now - max(waits.since, self._met.get(order_id, 0.0)) < GLANCE

    def cancelled(self, order_id: str) -> Order | None:
        """Look up a cancelled order that no cook took notice of yet.

        Args:
            order_id: the order.

        Returns:
            The order as it was on the screen; None when there is no such one.
        """
        return self._cancelled.get(order_id)

    def ids(self, why: Reason | None = None) -> list[str]:
        """Tell which orders wait.

        Args:
            why: for this reason; None for any.

        Returns:
            Their ids, the one that has waited longest at the front.
        """
        waiting = [key for key, waits in self._waiting.items() if why in (None, waits.why)]
        return sorted(waiting, key=self._since)

    @property
    def first(self) -> str | None:
        """The order that has waited longest; None when none does."""
        return min(self._waiting, key=self._since, default=None)

    def _since(self, order_id: str) -> tuple[float, str]:
        return self._waiting[order_id].since, order_id

    # What happens

    def listed(self, arrived: Iterable[Order]) -> None:
        """Take the news that a list of all orders told some that were not known here.

        Args:
            arrived: those; they are news when they came after the last one that was known, and not
                long ago. Where none was known, they are once a list has told so before.
        """
        orders = list(arrived)
        latest = max((order.created_at for order in orders), default=0.0)
        for order in orders:
            known = self._newest
            is_later = self._was_listed if known is None else order.created_at > known
            if not is_later or latest - order.created_at > FRESH:
                self._quiet.add(order.id)
        self._was_listed = True

    def expect(self, order_ids: Iterable[str]) -> None:
        """Take the news that tickets come or change, and that it is no news.

        Args:
            order_ids: whose.
        """
        self._quiet.update(order_ids)

    def came(self, order: Order, now: float, *, back: bool, asked_here: bool) -> None:
        """Take the news that a ticket came.

        Args:
            order: as it is shown.
            now: the server's time, in seconds since the epoch.
            back: whether it was bumped before.
            asked_here: whether this terminal asked for it to come back.
        """
        if self._cancelled.pop(order.id, None) is not None:
            # What was struck through is to be cooked after all, at a hub that was set back.
            self._waiting[order.id] = Waiting(Reason.RECALLED, order.updated_at)
        self._newest = max(self._newest or 0.0, order.created_at)
        is_known = order.id in self._met
        self._met.setdefault(order.id, now)
        if order.id in self._quiet:
            self._quiet.discard(order.id)
        elif not asked_here and order.id not in self._waiting:
            why = self._why_it_came(order, back=back, is_known=is_known)
            if why is not None:
                self._waiting[order.id] = Waiting(why, order.updated_at)

    def _why_it_came(self, order: Order, *, back: bool, is_known: bool) -> Reason | None:
        if not is_known and not back:
            if order.items and all(item.is_done for item in order.items):
                return None  # its part here was done before this display began
            return Reason.RECALLED if order.recalled else Reason.NEW
        if any(mark_of(item) not in self.seen(order.id) for item in order.new_items):
            return Reason.CHANGED
        # Else its part here was done, and now it waits for somebody to make it ready.
        return Reason.RECALLED if back else None

    def changed(self, before: Order, after: Order, *, asked_here: bool) -> None:
        """Take the news that a ticket is different.

        Args:
            before: as it was shown.
            after: as it is shown now.
            asked_here: whether this terminal asked for something to be done with it just now.
        """
        if after.id in self._quiet:
            self._quiet.discard(after.id)
            return
        was_fired = not asked_here and _held(before) & _to_be_cooked(after)
        if not was_fired and substance(before) == substance(after):
            return
        known = self._waiting.get(after.id)
        if known is None or known.why is Reason.RECALLED:
            self._waiting[after.id] = Waiting(Reason.CHANGED, after.updated_at)

    def cancel(self, order: Order, at: float) -> Order:
        """Take the news that a ticket was cancelled.

        Args:
            order: as it was shown.
            at: the server's time of it, in seconds since the epoch.

        Returns:
            The order as it stays on the screen until somebody takes notice.
        """
        gone = replace(order, status=OrderStatus.CANCELLED)
        self._waiting.pop(order.id, None)
        self._waiting[order.id] = Waiting(Reason.CANCELLED, at)
        self._cancelled[order.id] = gone
        while len(self._cancelled) > MAX_CANCELLED:
            oldest, _ = self._cancelled.popitem(last=False)
            self._waiting.pop(oldest, None)
            self._dropped.append(oldest)
        return gone

    def take_dropped(self) -> list[str]:
        """Hand over the cancelled orders whose tickets go because there are too many.

        Returns:
            Their ids, each told once.
        """
        dropped, self._dropped = self._dropped, []
        return dropped

    def left(self, order_id: str, *, for_good: bool) -> None:
        """Take the news that a ticket left the screen.

        Args:
            order_id: whose.
            for_good: whether the order left the board too.
        """
        self._waiting.pop(order_id, None)
        self._quiet.discard(order_id)
        if for_good:
            self._met.pop(order_id, None)
            self._seen.pop(order_id, None)

    # What the cook does

    def acknowledge(self, order: Order) -> bool:
        """Note that a cook took notice of all there is to a ticket.

        Args:
            order: as it is shown.

        Returns:
            Whether there was anything to take notice of.
        """
        waited = self._waiting.pop(order.id, None) is not None
        if self._cancelled.pop(order.id, None) is not None:
            return True
        marks, known = marks_of(order), self.seen(order.id)
        if marks:
            self._seen[order.id] = marks
        return waited or marks != known

    # Over a restart

    @property
    def kept(self) -> AttentionKept:
        """What is to be kept over a restart."""
        return AttentionKept(dict(self._waiting), dict(self._seen), tuple(self._cancelled.values()))

    def restore(self, kept: AttentionKept) -> None:
        """Take over what waited before a restart.

        Args:
            kept: as `kept` told it.
        """
        self._waiting.update(kept.waiting)
        self._seen.update(kept.seen)
        self._cancelled.update((order.id, order) for order in kept.cancelled[-MAX_CANCELLED:])

    def prune(self, known: Iterable[str]) -> None:
        """Forget what is about no order any more.

        Args:
            known: the ids of all orders on the board.
        """
        ids = {*known, *self._cancelled}
        self._waiting = {key: waits for key, waits in self._waiting.items() if key in ids}
        self._seen = {key: marks for key, marks in self._seen.items() if key in ids}
        self._quiet &= ids
        self._met = {key: met_at for key, met_at in self._met.items() if key in ids}


def mark_of(item: Item) -> Mark | None:
    """Tell what of a line a cook is to take notice of.

    Args:
        item: a line to be cooked.

    Returns:
        The mark of its last change; None for a line that is as it was ordered.
    """
    if not item.changed_version and item.previous_quantity is None:
        return None
    return item.id, item.quantity, item.changed_version


def void_mark(item: Item) -> Mark:
    """Tell what a cook is to take notice of in a line that was taken off.

    Args:
        item: the line.

    Returns:
        The mark of its end.
    """
    return item.id, 0, 0


def marks_of(order: Order) -> frozenset[Mark]:
    """Tell all changes of an order's lines.

    Args:
        order: as it is shown.

    Returns:
        Their marks.
    """
    changed = {mark for item in order.items if (mark := mark_of(item)) is not None}
    return frozenset(changed | {void_mark(item) for item in order.voided_items})


def _held(order: Order) -> frozenset[str]:
    return frozenset(item.id for item in order.items if item.is_held)


def _to_be_cooked(order: Order) -> frozenset[str]:
    return frozenset(item.id for item in order.items if not item.is_held and not item.is_done)


def substance(order: Order) -> object:
    """Tell what of an order a cook needs to know of when it changes.

    Args:
        order: as it is shown.

    Returns:
        What differs when that changed: not with status, marks, rush or payment.
    """
    lines = [
        (item.id, item.name, item.quantity, item.modifiers, item.notes, item.course)
        for item in order.items
    ]
    voided = [item.id for item in order.voided_items]
    return lines, voided, order.notes, order.table_number, order.type
