"""What of an order a bump or a recall on one screen is of: all of it, or this screen's lines."""

from __future__ import annotations

from collections.abc import Set

from kds_tui.core.command import lines_subject
from kds_tui.core.order import READY, Order
from kds_tui.core.tickets import TicketList


def part_to_bump(tickets: TicketList, order: Order, capabilities: Set[str] | None) -> str:
    """Tell what a bump is of.

    A server without parts is walked to ready by what is the last station as far as is known here;
    one with them knows better: a part may be brought back meanwhile.

    Args:
        tickets: of the screen.
        order: an open one, as it will be once all commands are answered.
        capabilities: what the server offers; None while it has not told.

    Returns:
        The `subject_id`: this screen's lines, where others have some; empty for the whole order.
    """
    here, elsewhere = tickets.split(order)
    is_last = all(item.is_done for item in elsewhere)
    if not elsewhere or (is_last and "parts" not in (capabilities or ())):
        return ""
    return lines_subject(item.id for item in here if not item.is_done and not item.is_held)


def part_to_recall(tickets: TicketList, order: Order) -> str:
    """Tell what a recall is of.

    Args:
        tickets: of the screen.
        order: a bumped one, or one of which a part was bumped.

    Returns:
        The `subject_id`: this screen's lines, where others have some; empty for the whole order.
    """
    here, elsewhere = tickets.split(order)
    if not elsewhere:
        return ""
    is_ready = order.status in READY
    return lines_subject(item.id for item in here if is_ready or item.is_done)
