"""What the lists of the screen show: the shift's past orders, and the menu."""

from __future__ import annotations

from kds_tui.services.terminal import Terminal
from kds_tui.ui.recall_list import ShiftShown
from kds_tui.ui.stock_list import StockShown


def shift_shown(terminal: Terminal) -> ShiftShown:
    """Tell what the recall list shows.

    Args:
        terminal: whose.

    Returns:
        What it looks at, each second.
    """
    return ShiftShown(
        want=terminal.looked_up.shift.want,
        past=terminal.kitchen.shift.past,
        known=lambda: terminal.looked_up.shift.known,
        can_recall=lambda: terminal.kitchen.can_recall,
        link=lambda: terminal.status,
        server_now=terminal.server_now,
    )


def stock_shown(terminal: Terminal) -> StockShown:
    """Tell what the 86 list shows.

    Args:
        terminal: whose.

    Returns:
        What it looks at, each second.
    """
    return StockShown(
        want=terminal.looked_up.menu.refresh,
        lines=terminal.kitchen.stock.lines,
        out_count=lambda: terminal.kitchen.stock.out_count,
        problem=lambda: terminal.looked_up.menu.problem,
        link=lambda: terminal.status,
    )
