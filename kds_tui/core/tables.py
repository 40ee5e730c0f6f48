"""Tables: the orders of one table together, and what is left of each.

Orders without a table stand together by their type, those that should have one under `NO TABLE`:
none is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from kds_tui.core.clock import UrgencyRules
from kds_tui.core.expo import Progress, progress
from kds_tui.core.order import FINISHED, OPEN, READY, Order, OrderStatus, OrderType
from kds_tui.core.order_list import OrderList
from kds_tui.core.ticket_order import natural
from kds_tui.core.tickets import Changes, Ticket

LEAST_WAIT: Final = 15 * 60.0
"""Seconds that a table waits at least where the server tells no preparation times, and"""

WAIT_PER_ORDER: Final = 5 * 60.0
"""seconds for each of its open orders: the rule of the Restaurant OS web display."""

_COOKING: Final = frozenset({OrderStatus.CONFIRMED, OrderStatus.PREPARING})

_GROUP_NAMES: Final = {
    OrderType.DINE_IN: "NO TABLE",
    OrderType.TAKEOUT: "TAKEOUT",
    OrderType.DELIVERY: "DELIVERY",
    OrderType.DRIVE_THRU: "DRIVE-THRU",
    OrderType.ONLINE: "ONLINE",
}


class TableStatus(StrEnum):
    """How far a table is; the words are what its card says."""

    PENDING = "pending"
    IN_PROGRESS = "in progress"
    PARTIALLY_READY = "partly ready"
    READY = "ready"


class TableSort(StrEnum):
    """What tables are sorted by; orders without one always come after them."""

    URGENCY = "urgency"
    """The one first of which an order will be late first, or has been late longest."""

    COMPLETION = "completion"
    """The one first that lacks least."""

    TABLE = "table"
    """By its number as people count: `9` before `10`."""

    AGE = "age"
    """The one first that has waited longest."""

    @property
    def following(self) -> TableSort:
        """The next one, after the last the first."""
        modes = list(TableSort)
        return modes[(modes.index(self) + 1) % len(modes)]


@dataclass(frozen=True)
class Table:
    """The orders of one table that are not closed."""

    id: str
    name: str
    number: str
    """The table's label; empty for orders without a table."""

    tickets: tuple[Ticket, ...]
    """The oldest first; at least one."""

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """What was ordered."""
        return tuple(ticket.order for ticket in self.tickets)

    @cached_property
    def open_orders(self) -> tuple[Order, ...]:
        """Those that are not ready."""
        return tuple(order for order in self.orders if order.status in OPEN)

    @cached_property
    def progress(self) -> Progress:
        """How many of its lines are done."""
        return progress(*self.orders)

    @property
    def begins_at(self) -> float:
        """When the kitchen began with the oldest of them, in seconds since the epoch."""
        return min(order.begins_at for order in self.orders)

    @property
    def covers(self) -> int | None:
        """How many guests sit there: the most that an order tells; None when none does."""
        told = [order.covers for order in self.orders if order.covers is not None]
        return max(told, default=None)

    @property
    def servers(self) -> tuple[str, ...]:
        """Who serves it, each once."""
        names = (order.server_name for order in self.orders)
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def undo_until(self) -> float | None:
        """Until when what was asked of all of it can be taken back; None when it can not."""
        if any(ticket.undo_until is None for ticket in self.tickets):
            return None
        return max(ticket.undo_until or 0.0 for ticket in self.tickets)

    @property
    def status(self) -> TableStatus:
        """How far it is."""
        ready = sum(order.status in READY for order in self.orders)
        if ready == len(self.orders):
            return TableStatus.READY
        if ready:
            return TableStatus.PARTIALLY_READY
        cooking = any(order.status in _COOKING for order in self.orders)
        return TableStatus.IN_PROGRESS if cooking or self.progress.done else TableStatus.PENDING

    def late_at(self, rules: UrgencyRules) -> float:
        """Tell when the first of its orders is late, or was.

        Args:
            rules: the kitchen's thresholds.

        Returns:
            Seconds since the epoch.
        """
        return min(order.begins_at + rules.thresholds(order.type).late for order in self.orders)

    @cached_property
    def cooked_at(self) -> float | None:
        """When all of it will be ready, in seconds since the epoch, or should have been: when the
        last open line is cooked, counted from when the kitchen began with its order, or from when
        the line was added or fired. None where the server does not tell how long each takes, or
        nothing is left."""
        ends: list[float] = []
        for order in self.open_orders:
            for item in order.items:
                if item.is_done:
                    continue
                if item.prep_minutes is None:
                    return None
                began = max(item.fired_at or 0.0, item.added_at or 0.0, order.begins_at)
                ends.append(began + 60.0 * item.prep_minutes)
        return max(ends, default=None)

    @property
    def usual_wait(self) -> float:
        """How long it takes from now where no better is known, in seconds: the rule of the
        Restaurant OS web display."""
        return max(LEAST_WAIT, WAIT_PER_ORDER * len(self.open_orders))


class Tables:
    """The tables with orders that are not closed, kept up to date.

    Args:
        orders: every open and every ready order.
        rules: the kitchen's thresholds.
        sort: what the tables are sorted by.
    """

    def __init__(
        self, orders: OrderList, rules: UrgencyRules, sort: TableSort = TableSort.URGENCY
    ) -> None:
        self.sort = sort
        self._orders = orders
        self._rules = rules
        self._tables: dict[str, Table] = {}
        self._members: dict[str, set[str]] = {}
        self._table_of: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._tables)

    def get(self, table_id: str) -> Table | None:
        """Look a table up; None when it has no orders."""
        return self._tables.get(table_id)

    def ids(self) -> Sequence[str]:
        """Tell which tables there are, sorted as is wanted."""
        return [table.id for table in sorted(self._tables.values(), key=self._place)]

    def holding(self, order_id: str) -> str | None:
        """Find the table of an order.

        Args:
            order_id: any order's.

        Returns:
            The table's id, or None.
        """
        return self._table_of.get(order_id)

    def look_at(self, order_ids: Iterable[str]) -> Changes:
        """Look again at some orders.

        Args:
            order_ids: those that the board or the outbox changed.

        Returns:
            What became of the tables.
        """
        told = self._orders.look_at(order_ids)
        touched: set[str] = set()
        for order_id in (*told.changed, *told.removed):
            before = self._table_of.pop(order_id, None)
            if before is not None:
                self._members[before].discard(order_id)
                touched.add(before)
            ticket = self._orders.get(order_id)
            if ticket is not None:
                table_id = _table_id(ticket.order)
                self._table_of[order_id] = table_id
                self._members.setdefault(table_id, set()).add(order_id)
                touched.add(table_id)
        removed = {table_id for table_id in touched if not self._members[table_id]}
        for table_id in removed:
            del self._members[table_id]
            self._tables.pop(table_id, None)
        for table_id in touched - removed:
            self._tables[table_id] = self._make(table_id)
        return Changes(frozenset(touched - removed), frozenset(removed))

    def rebuild(self) -> None:
        """Look at all orders again: much changed while nobody looked."""
        self._orders.rebuild()
        ids = {*self._table_of, *self._orders.ids()}
        self._tables.clear()
        self._members.clear()
        self._table_of.clear()
        for order_id in ids:
            ticket = self._orders.get(order_id)
            if ticket is not None:
                table_id = self._table_of[order_id] = _table_id(ticket.order)
                self._members.setdefault(table_id, set()).add(order_id)
        self._tables.update((table_id, self._make(table_id)) for table_id in self._members)

    def _make(self, table_id: str) -> Table:
        found = (self._orders.get(order_id) for order_id in self._members[table_id])
        tickets = tuple(ticket for ticket in found if ticket is not None)
        tickets = tuple(sorted(tickets, key=lambda it: (it.order.begins_at, it.id)))
        first = tickets[0].order
        number = first.table_number
        return Table(table_id, first.label if number else _GROUP_NAMES[first.type], number, tickets)

    def _place(self, table: Table) -> tuple[object, ...]:
        place: tuple[object, ...]
        match self.sort:
            case TableSort.URGENCY:
                place = (table.late_at(self._rules),)
            case TableSort.COMPLETION:
                place = (-table.progress.share,)
            case TableSort.TABLE:
                place = (natural(table.number),)  # as one: `5` and `5A` have not as many pieces
            case TableSort.AGE:
                place = ()
        return (not table.number, *place, table.begins_at, table.id)


def is_unclosed(order: Order) -> bool:
    """Tell whether an order is not closed: being cooked, or ready."""
    return order.status not in FINISHED


def _table_id(order: Order) -> str:
    number = order.table_number
    return f"table:{number.casefold()}" if number else f"type:{order.type}"
