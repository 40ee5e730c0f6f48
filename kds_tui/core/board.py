"""The board: the orders of a restaurant as the server last told them.

A reducer: events in, what changed out. Events may come twice, late or out of order, and a list of
all orders may be older than an event that came meanwhile; the board ends up the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, assert_never

from kds_tui.core.digest import BoardDigest, OrderState, RunningDigest
from kds_tui.core.frames import (
    BoardEvent,
    MenuChanged,
    OrderRemoved,
    OrderStatusChanged,
    OrderUpserted,
)
from kds_tui.core.order import FINISHED, Order, OrderStatus, steps_between

MAX_GONE: Final = 2000
"""How many orders that left are remembered, so that a late event does not bring one back: more than
the busiest store known sells in four hours."""


@dataclass(frozen=True, slots=True)
class SnapshotStarted:
    """The listing of all orders begins: what changes from here on is newer than the list."""


@dataclass(frozen=True, slots=True)
class SnapshotListed:
    """All orders that are not finished, as listed."""

    orders: tuple[Order, ...]
    authoritative: bool = False
    """Whether it holds against everything that was known before it began, versions included: so it
    does from a server with a journal. Otherwise it is merged by version, which does not undo what
    was once wrong or was set back by a restored backup."""


@dataclass(frozen=True, slots=True)
class OrderAnswered:
    """An order as the answer to a command tells it.

    A hint, ahead of the server's own event: a stored answer may be as old as the command.
    """

    order: Order


FeedEvent = BoardEvent | MenuChanged | OrderAnswered | SnapshotStarted | SnapshotListed
"""What the board is fed with."""

NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Gone:
    """An order that left the board: so little of it that 2,000 are half a megabyte."""

    status: OrderStatus | None
    """What it was last known as; None when the server removed it, which is final."""

    version: int
    updated_at: float
    at: int
    """The number of the event with which it left."""

    def may_return(self, order: Order, began: int | None) -> bool:
        """Whether a state brings it back; `began` is given for a list: the event it began after.

        An event must be newer, or a late one would bring back what is gone. A list that began after
        the order left need not be: it may have been missing from the list before.
        """
        if self.status is None:
            return False
        told, left = (order.version, order.updated_at), (self.version, self.updated_at)
        return told >= left if began is not None and self.at < began else told > left


class Board:
    """The orders that are not finished, by id."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}
        self._digest = RunningDigest()
        self._gone: OrderedDict[str, _Gone] = OrderedDict()
        self._event_count = 0
        self._touched: dict[str, int] = {}
        self._snapshot_began: int | None = None

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())

    def get(self, order_id: str) -> Order | None:
        """Look an order up.

        Args:
            order_id: its id.

        Returns:
            The order as the server last told it; None when it is finished or unknown.
        """
        return self._orders.get(order_id)

    def cancelled_at(self, order_id: str) -> float | None:
        """Tell when an order was cancelled, for the last `MAX_GONE` that left the board.

        Args:
            order_id: its id.

        Returns:
            Seconds since the epoch; None when it is still here, was never, or left otherwise.
        """
        gone = self._gone.get(order_id)
        if gone is None or gone.status is not OrderStatus.CANCELLED:
            return None
        return gone.updated_at

    def digest(self) -> BoardDigest:
        """Tell the digest of the orders, which every change keeps up to date.

        Returns:
            What the server's is to be compared with.
        """
        return self._digest.told()

    def recount(self) -> None:
        """Make the digest anew from the orders themselves: about 1 us an order."""
        self._digest = RunningDigest()
        for order in self._orders.values():
            self._digest.put(_state(order))

    def apply(self, event: FeedEvent) -> frozenset[str]:
        """Take an event.

        Args:
            event: from the server.

        Returns:
            The ids of the orders that are now different, gone ones included; empty when the event
            told nothing new.
        """
        self._event_count += 1
        match event:
            case OrderUpserted(order=order):
                changed = self._upsert(order)
                if self._orders.get(order.id) == order:
                    # Also when an answer told it before: now it holds against a list.
                    self._touched[order.id] = self._event_count
                return changed
            case OrderAnswered(order=order):
                return self._take_hint(order)
            case OrderRemoved(order_id=order_id):
                return self._remove(order_id)
            case OrderStatusChanged(order_id=order_id, status=status):
                return self._change_status(order_id, status)
            case MenuChanged():
                return NOTHING
            case SnapshotStarted():
                self._snapshot_began = self._event_count
                return NOTHING
            case SnapshotListed(orders=orders, authoritative=authoritative):
                return self._merge(orders, authoritative=authoritative)
            case _:
                assert_never(event)

    def _upsert(self, order: Order, began: int | None = None) -> frozenset[str]:
        gone = self._gone.get(order.id)
        if gone is not None and not gone.may_return(order, began):
            return NOTHING
        known = self._orders.get(order.id)
        if known is not None and (known == order or not order.supersedes(known)):
            return NOTHING
        if order.status in FINISHED:
            self._leave(order.id, order)
            return frozenset((order.id,)) if known is not None else NOTHING
        self._hold(order)
        return frozenset((order.id,))

    def _take_hint(self, order: Order) -> frozenset[str]:
        # An order that is not on the board may have left it since: its answer brings it not back.
        known = self._orders.get(order.id)
        if known is None:
            return NOTHING
        touched = self._touched[order.id]
        changed = self._upsert(order)
        if order.id in self._touched:
            # Nor does it hold against a list that is being read: that may be newer.
            self._touched[order.id] = touched
        return changed

    def _hold(self, order: Order) -> None:
        self._gone.pop(order.id, None)
        self._orders[order.id] = order
        self._digest.put(_state(order))
        self._touched[order.id] = self._event_count

    def _remove(self, order_id: str) -> frozenset[str]:
        known = order_id in self._orders
        self._leave(order_id, None)
        return frozenset((order_id,)) if known else NOTHING

    def _change_status(self, order_id: str, status: OrderStatus) -> frozenset[str]:
        known = self._orders.get(order_id)
        # Such an event carries no version: it is believed only where it moves the order forward,
        # and every step counts the version up, so a late event of an earlier one changes nothing.
        steps = steps_between(known.status, status) if known is not None else None
        if known is None or not steps:
            return NOTHING
        return self._upsert(replace(known, status=status, version=known.version + len(steps)))

    def _merge(self, orders: tuple[Order, ...], *, authoritative: bool) -> frozenset[str]:
        began, self._snapshot_began = self._snapshot_began, None
        if began is None:
            began = self._event_count
        changed: set[str] = set()
        for order in orders:
            if authoritative and not self._was_touched_since(order.id, began):
                changed |= self._believe(order)
            else:
                changed |= self._upsert(order, began)
        listed = {order.id for order in orders}
        for order_id in [known for known in self._orders if known not in listed]:
            # What came after the listing began is newer than the list; the rest has left.
            if not self._was_touched_since(order_id, began):
                changed |= self._forget(order_id)
        return frozenset(changed)

    def _was_touched_since(self, order_id: str, began: int) -> bool:
        gone = self._gone.get(order_id)
        return self._touched.get(order_id, gone.at if gone else -1) >= began

    def _believe(self, order: Order) -> frozenset[str]:
        """Take a state for what it is now, whatever was known."""
        known = self._orders.get(order.id)
        if known == order or order.status in FINISHED:
            return NOTHING
        self._hold(order)
        return frozenset((order.id,))

    def _forget(self, order_id: str) -> frozenset[str]:
        # It may only have left the statuses that are listed, so a newer state may still come.
        self._leave(order_id, self._orders[order_id])
        return frozenset((order_id,))

    def _leave(self, order_id: str, left_as: Order | None) -> None:
        self._orders.pop(order_id, None)
        self._digest.drop(order_id)
        self._touched.pop(order_id, None)
        self._gone[order_id] = (
            _Gone(left_as.status, left_as.version, left_as.updated_at, self._event_count)
            if left_as is not None
            else _Gone(None, 0, 0.0, self._event_count)
        )
        self._gone.move_to_end(order_id)
        while len(self._gone) > MAX_GONE:
            self._gone.popitem(last=False)


def _state(order: Order) -> OrderState:
    return OrderState(order.id, order.version, order.status.value)
