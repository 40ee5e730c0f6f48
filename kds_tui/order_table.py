"""Orders as a table for people: what `kds-tui orders` shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kds_tui.core.clock import Urgency, UrgencyRules, format_age
from kds_tui.core.order import OPEN, Item, ModifierKind, Order

WIDE: Final = 200
"""Columns where nobody looks on: in a pipe, lines are cut by whoever reads them."""

_URGENCY: Final = {
    Urgency.ON_TIME: ("", ""),
    Urgency.WARNING: (" SOON", "yellow"),
    Urgency.LATE: (" LATE", "bold red"),
}


def print_orders(orders: Sequence[Order], now: float, rules: UrgencyRules) -> None:
    """Print orders as a table on standard output.

    Args:
        orders: in the order of the rows; their text is clean, as all that was decoded.
        now: the server's time, in seconds since the epoch.
        rules: the kitchen's thresholds.
    """
    is_terminal = sys.stdout.isatty()
    console = Console(
        # Not what the environment says of a width: that is the screen's, and this may be a pipe.
        width=None if is_terminal else WIDE,
        no_color=True if os.environ.get("NO_COLOR") else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(order_table(orders, now, rules))


def order_table(orders: Sequence[Order], now: float, rules: UrgencyRules) -> Table:
    """Make the table.

    Args:
        orders: in the order of the rows.
        now: the server's time, in seconds since the epoch.
        rules: the kitchen's thresholds.

    Returns:
        A row an order.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("NO", "FOR", "TYPE", "STATUS", "AGE"):
        table.add_column(heading, no_wrap=True)
    table.add_column("ITEMS", overflow="fold", ratio=1)
    for order in orders:
        table.add_row(
            Text(order.short_number),
            Text(order.label),
            Text(order.type.value),
            _status(order),
            _age(order, now, rules),
            Text("\n").join(_items(order)),
        )
    return table


def _status(order: Order) -> Text:
    marks = [
        word
        for word, is_so in (
            ("RUSH", order.rush and order.status in OPEN),
            ("RECALLED", order.recalled and order.status in OPEN),
            ("HELD", order.is_held),
        )
        if is_so
    ]
    words = Text(order.status.value)
    return words.append(f" {' '.join(marks)}", style="bold") if marks else words


def _age(order: Order, now: float, rules: UrgencyRules) -> Text:
    started = order.started_at(now)
    if started is None:
        return Text(f"in {format_age(order.begins_at - now)}")
    age = now - started
    if order.status not in OPEN or order.is_held:
        return Text(format_age(age))
    word, style = _URGENCY[rules.urgency(order.type, age)]
    return Text(format_age(age) + word, style=style)


def _items(order: Order) -> list[Text]:
    lines = [_item(item) for item in order.items]
    if order.notes:
        lines.append(Text(f"» {order.notes}"))
    return lines


def _item(item: Item) -> Text:
    words = Text("✓ " if item.is_done else "").append(f"{item.quantity}x {item.name}")
    for modifier in item.modifiers:
        is_allergy = modifier.kind is ModifierKind.ALLERGY
        told = modifier.name
        if is_allergy and "allerg" not in told.casefold():
            told = f"ALLERGY: {told}"
        words.append(f", {told}", style="bold" if is_allergy else "")
    if item.notes:
        words.append(f" » {item.notes}")
    return words
