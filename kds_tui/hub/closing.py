"""Ready orders that nobody closes.

A kitchen without a pass bumps its orders, and nobody says that they were served. They would stand
ready for ever: on the list of every display, in its memory, and in every list that it asks for.
"""

from __future__ import annotations

from typing import Final

from kds_tui.core.clock import format_time, parse_time
from kds_tui.core.order import READY, OrderStatus
from kds_tui.hub.ledger import Ledger, OrderFilter
from kds_tui.hub.order_desk import keep
from kds_tui.hub.order_row import OrderKept, decode_row
from kds_tui.hub.orders import change_status

MOST: Final = 500
"""Most orders that are closed at once, half a busy day's: each is an event for every display."""


def close_forgotten(ledger: Ledger, now: float, after: float) -> int:
    """Close the orders that have stood ready, or picked up, since long ago.

    Args:
        ledger: inside a transaction.
        now: the time, in seconds since the epoch.
        after: seconds since an order's last change, and since its pickup time if it has one.

    Returns:
        How many were closed, `MOST` at most.
    """
    until = now - after
    statuses = tuple(status.value for status in READY)
    old = OrderFilter(statuses=statuses, created_until=format_time(until), limit=MOST)
    forgotten = [
        order for order in map(decode_row, ledger.orders(old)) if _untouched_since(order) <= until
    ]
    for order in forgotten:
        keep(ledger, change_status(order, OrderStatus.COMPLETED, None, now), "order:updated")
    return len(forgotten)


def _untouched_since(order: OrderKept) -> float:
    pickup_at = parse_time(order.scheduled_pickup_time) or 0.0
    return max(parse_time(order.updated_at) or 0.0, pickup_at)
