"""What stands on the card of a table: how far its orders are, who owes what, who sits there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Self

from rich.cells import cell_len

from kds_tui.core.clock import Urgency, UrgencyRules, format_age
from kds_tui.core.expo import is_done, owing, progress
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.stations import Routing
from kds_tui.core.tables import Table, TableStatus
from kds_tui.core.time_of_day import time_of_day
from kds_tui.ui.card_head import URGENCY_WORDS, Head
from kds_tui.ui.card_items import stepped_back, warning_lines
from kds_tui.ui.card_lines import CardLine, Line, Role, Span, minutes_words, truncate, wrap

MAX_NAMED: Final = 3
"""Most lines of an order that a table's card names; the rest is counted."""

_READY_WORDS: Final = {OrderStatus.READY: "✓✓ ready", OrderStatus.PICKED_UP: "✓✓ picked up"}

BAR: Final = 6
"""Cells of the bar of what is done."""


class TableFace:
    """The face of a table.

    Args:
        rules: when an order is a warning, and when late.
        routing: which item goes where.
    """

    def __init__(self, rules: UrgencyRules, routing: Routing) -> None:
        self._rules = rules
        self._routing = routing

    def head(self, entry: Table, now: float) -> Head:
        """Write the first line.

        Args:
            entry: the table.
            now: the server's time, in seconds since the epoch.

        Returns:
            Its name, how long it has waited, and how urgent its most urgent order is.
        """
        age = format_age(now - entry.begins_at)
        if entry.status is TableStatus.READY:
            return Head(entry.name, f"{age} READY", Urgency.ON_TIME.value)
        levels = list(Urgency)
        urgency = max(
            (
                self._rules.urgency(order.type, now - order.begins_at)
                for order in entry.orders
                if not order.is_held
            ),
            key=levels.index,
            default=Urgency.ON_TIME,
        )
        return Head(entry.name, f"{age}{URGENCY_WORDS[urgency]}", urgency.value)

    def body(self, entry: Table, width: int) -> Sequence[Line]:
        """Write what stands under the head.

        Args:
            entry: the table.
            width: in terminal cells.

        Returns:
            How far it is, who owes what, who sits there, then each order.
        """
        count = entry.progress
        orders = f"{len(entry.orders)} order{'s' if len(entry.orders) > 1 else ''}"
        lines: list[Line] = [_apart((entry.status.value, Role.ITEM), (orders, Role.MUTED), width)]
        full = round(count.share * BAR)
        bar = "█" * full + "░" * (BAR - full)
        left = (f"{bar} {count.done}/{count.total}", Role.TEXT)
        lines.append(_EstimateLine(left, entry, width))
        owed = owing(self._routing, *entry.orders)
        if owed:
            words = "owes " + " ".join(f"{name.upper()} {len(of)}" for name, of in owed.items())
            lines += [((line, Role.OTHER),) for line in wrap(words, width)]
        covers = f"{entry.covers} covers" if entry.covers is not None else ""
        if people := " · ".join(filter(None, (*entry.servers, covers))):
            lines += [((line, Role.MUTED),) for line in wrap(people, width)]
        for order in entry.orders:
            lines += _order_lines(order, width, with_items=bool(entry.number))
        return lines if entry.undo_until is None else stepped_back(lines)

    def name(self, entry: Table) -> str:
        """Name the table."""
        return entry.name

    def foot(self, entry: Table, now: float) -> str:
        """Say what a click on the foot does.

        Args:
            entry: the table.
            now: the server's time, in seconds since the epoch.

        Returns:
            A word or two.
        """
        if not entry.number:
            return "several guests"
        if entry.undo_until is not None:
            return f"undo {max(0, math.ceil(entry.undo_until - now))} s"
        return "serve all" if entry.status is TableStatus.READY else "bump all"


class _EstimateLine(CardLine):
    """How much of a table is done, and when all of it will be, which moves with the clock."""

    _made_from: tuple[Span, Table, int]

    def __new__(cls, left: Span, table: Table, width: int) -> Self:
        """Make the line.

        Args:
            left: how much is done.
            table: whose.
            width: in terminal cells.
        """
        begins = _apart(left, (_estimate(table, -math.inf), Role.TEXT), width)
        line = super().__new__(cls, begins, since=table.cooked_at)
        line._made_from = (left, table, width)
        return line

    def at(self, now: float) -> Line:
        """Write the line as it is at a moment; see `CardLine.at`."""
        left, table, width = self._made_from
        return _apart(left, (_estimate(table, now), Role.TEXT), width)


def _estimate(table: Table, now: float) -> str:
    """When it will be ready: a moment where the server tells how long dishes take, else minutes. A
    moment that has passed says how far behind the table is."""
    if not table.open_orders:
        return ""
    if table.cooked_at is None:
        return f"est. {table.usual_wait / 60:.0f} min"
    behind = now - table.cooked_at
    if behind < 0:
        return f"est. {time_of_day(table.cooked_at)}"
    return "est. now" if behind < 60 else f"{minutes_words(behind)} behind"


def _order_lines(order: Order, width: int, *, with_items: bool) -> list[Line]:
    count = progress(order)
    is_ready = order.status in _READY_WORDS
    state = _READY_WORDS.get(order.status, f"{count.done}/{count.total}")
    number = f"#{order.short_number}"
    seat = f" s{order.seat_number}" if order.seat_number is not None else ""
    name = f"{number}{seat}" + (f" {order.customer_name}" if order.customer_name else "")
    if order.rush:
        name = f"RUSH {name}"
    lines = [_apart((name, Role.NOTE if order.rush else Role.MUTED), (state, Role.MUTED), width)]
    if not with_items:  # only a list of whose orders there are
        return lines
    lines += warning_lines(order, width)
    if is_ready:
        return lines
    for item in order.items[:MAX_NAMED]:
        done = is_done(item, order)
        words = f"{'✓' if done else '·'} {item.quantity} {item.name}"
        lines.append(((truncate(words, width), Role.MUTED if done else Role.TEXT),))
    more = len(order.items) - MAX_NAMED
    if more > 0:
        lines.append(((f"+{more} more item{'s' if more > 1 else ''}", Role.MUTED),))
    return lines


def _apart(left: Span, right: Span, width: int) -> Line:
    """Put one text at the left edge and one at the right; the left one gives way."""
    words = truncate(left[0], width - cell_len(right[0]) - 1)
    gap = " " * (width - cell_len(words) - cell_len(right[0]))
    return ((words, left[1]), (gap, Role.TEXT), right)
