"""In which order tickets stand: what is sorted by, rush before all."""

from __future__ import annotations

import re
from enum import StrEnum
from math import inf
from typing import Final

from kds_tui.core.clock import UrgencyRules
from kds_tui.core.order import Order

Place = tuple[bool, tuple[tuple[float, str], ...], float, str, str]
"""What a ticket is sorted by; no two tickets have the same."""


class SortMode(StrEnum):
    """What tickets are sorted by."""

    URGENCY = "urgency"
    """The one first that will be late first, or has been late longest."""

    AGE = "age"
    """The one first that the kitchen has had longest."""

    NUMBER = "number"
    """By order number."""

    TABLE = "table"
    """By table, then those without one by age: a table's tickets stand together."""

    @property
    def following(self) -> SortMode:
        """The next one, after the last the first."""
        modes = list(SortMode)
        return modes[(modes.index(self) + 1) % len(modes)]


def place_of(order: Order, mode: SortMode, rules: UrgencyRules) -> Place:
    """Tell where an order's ticket stands.

    It never moves by the passing of time, so that a list once sorted stays sorted: the urgency of a
    ticket is the moment at which it is late.

    Args:
        order: an open one.
        mode: what is sorted by.
        rules: the kitchen's thresholds.

    Returns:
        What compares smaller is cooked first: rush before all, and among equals the older one.
    """
    begins_at = order.begins_at
    key: tuple[tuple[float, str], ...]
    match mode:
        case SortMode.URGENCY | SortMode.AGE if order.is_held:
            key = ((inf, ""),)  # nothing is to be done for it now
        case SortMode.URGENCY:
            key = ((begins_at + rules.thresholds(order.type).late, ""),)
        case SortMode.AGE:
            key = ((begins_at, ""),)
        case SortMode.NUMBER:
            key = natural(order.order_number)
        case SortMode.TABLE:
            table = order.table_number
            key = ((0.0, ""), *natural(table)) if table else ((1.0, ""),)
    return (not order.rush, key, begins_at, order.order_number, order.id)


_DIGITS: Final = re.compile(r"(\d+)")

_EXACT: Final = 15
"""Digits that a float holds exactly."""


def natural(text: str) -> tuple[tuple[float, str], ...]:
    """Make a text comparable as people sort: `9` before `10`, `Bar 2` before `Bar 10`.

    Args:
        text: a table or a number.

    Returns:
        Numbers before words, words in any case.
    """
    pieces = (piece for piece in _DIGITS.split(text.casefold()) if piece)
    return tuple(
        (float(piece[:_EXACT]), "") if piece.isdecimal() else (inf, piece) for piece in pieces
    )
