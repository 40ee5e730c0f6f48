"""What a till changes in an order that the kitchen has already: lines added, changed, taken off.

Lines that come to a bumped order open it again, the old ones done: whether the till or the bump was
first, the kitchen ends up with the same ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from kds_tui.core.clock import format_time
from kds_tui.core.conflicts import Conflict
from kds_tui.core.order import FINISHED, READY, OrderStatus
from kds_tui.hub.errors import Refusal
from kds_tui.hub.menu import Menu
from kds_tui.hub.order_commands import ITEM_READY
from kds_tui.hub.order_request import LineChangeAsked, LinesAsked
from kds_tui.hub.order_row import ItemKept, OrderKept
from kds_tui.hub.orders import changed, check_seats, line_cents, new_items, totals

MAX_LINES: Final = 500
"""Most lines of one order, those taken off included."""


@dataclass(frozen=True, slots=True)
class Till:
    """What changes of lines depend on, beside the order.

    Args:
        menu: gives stations, preparation times and tables.
        tax_rate: a fraction of the price.
    """

    menu: Menu
    tax_rate: float

    def add(self, order: OrderKept, asked: LinesAsked, now: float) -> OrderKept:
        """Add lines.

        Args:
            order: as it is.
            asked: the lines.
            now: the time, in seconds since the epoch.

        Returns:
            The order as it becomes; to be cooked again if it was bumped.

        Raises:
            Refusal: it is cancelled or completed, has too many lines (409), or a seat is not at its
                table (400).
        """
        _check_open(order)
        lines = (*order.items, *order.voided_items)
        if len(lines) + len(asked.items) > MAX_LINES:
            raise Refusal(409, f"An order has at most {MAX_LINES} lines", "TOO_MANY_ITEMS")
        added = new_items(asked.items, self.menu, (item.id for item in lines))
        check_seats(order.table_number, (item.seat_number for item in added), self.menu)
        version, moment = order.version + 1, format_time(now)
        added = tuple(replace(item, changed_version=version, added_at=moment) for item in added)
        return self._reopened(order, added, now)

    def change(
        self, order: OrderKept, item_id: str, asked: LineChangeAsked, now: float
    ) -> OrderKept:
        """Change how many of a line there are, or its note.

        Args:
            order: as it is.
            item_id: which line.
            asked: what becomes of it; what is left out stays.
            now: the time, in seconds since the epoch.

        Returns:
            The order as it becomes, the same object when nothing changes. A line of which more is
            asked, or with another note, is not done any more.

        Raises:
            Refusal: it is cancelled or completed (409), or has no such line (404).
        """
        _check_open(order)
        item = _line(order, item_id)
        fields: dict[str, Any] = {}
        more = False
        if asked.quantity is not None and asked.quantity != item.quantity:
            more = asked.quantity > item.quantity
            fields |= {"quantity": asked.quantity, "previous_quantity": item.quantity}
        if asked.special_instructions is not None:
            words = asked.special_instructions or None
            if words != item.special_instructions:
                more = True
                fields["special_instructions"] = words
        if not fields:
            return order
        if more:
            fields |= {"changed_version": order.version + 1, "status": None, "ready_at": None}
        line = replace(item, **fields)
        line = replace(line, subtotal=line_cents(line) / 100)
        items = tuple(line if known is item else known for known in order.items)
        if not more:
            return self._with(order, items, now)
        return self._reopened(replace(order, items=items), (), now, line.id)

    def void(self, order: OrderKept, item_id: str, now: float) -> OrderKept:
        """Take a line off; one that is off already stays so.

        Args:
            order: as it is.
            item_id: which line.
            now: the time, in seconds since the epoch.

        Returns:
            The order as it becomes; the same object when nothing changes.

        Raises:
            Refusal: it is cancelled or completed, or this is its only line (409), or it has no such
                line (404).
        """
        _check_open(order)
        if any(item.id == item_id for item in order.voided_items):
            return order
        gone = _line(order, item_id)
        items = tuple(item for item in order.items if item is not gone)
        if not items:
            raise Refusal(409, "This is the only line: cancel the order", "LAST_ITEM")
        return self._with(order, items, now, voided_items=(*order.voided_items, gone))

    def _with(
        self, order: OrderKept, items: tuple[ItemKept, ...], now: float, **fields: Any
    ) -> OrderKept:
        tip = order.total_amount - order.subtotal - order.tax
        money = totals(items, self.tax_rate, round(tip, 2))
        return changed(order, now, items=items, **money, **fields)

    def _reopened(
        self, order: OrderKept, added: tuple[ItemKept, ...], now: float, still_open: str = ""
    ) -> OrderKept:
        """Have lines cooked; what was bumped with the ticket is done, and stays so."""
        if OrderStatus(order.status) not in READY:
            return self._with(order, (*order.items, *added), now)
        moment = order.ready_at or format_time(now)
        done = tuple(
            item
            if item.id == still_open or item.status == ITEM_READY
            else replace(item, status=ITEM_READY, ready_at=moment)
            for item in order.items
        )
        preparing = OrderStatus.PREPARING.value
        return self._with(order, (*done, *added), now, status=preparing, ready_at=None)


def _check_open(order: OrderKept) -> None:
    status = OrderStatus(order.status)
    if status in FINISHED:
        conflict = Conflict.CANCELLED if status is OrderStatus.CANCELLED else Conflict.CLOSED
        raise Refusal(409, f"The order is {status}: make a new one", conflict.value)


def _line(order: OrderKept, item_id: str) -> ItemKept:
    for item in order.items:
        if item.id == item_id:
            return item
    raise Refusal(404, "The order has no such line", "NOT_FOUND")
