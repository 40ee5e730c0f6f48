"""What happens to the orders, as lines for programs: what `kds-tui watch` writes.

    {"event": "link", "at": ..., "state": "live", ...}     the link came, went, waits
    {"event": "order", "change": ..., "order": {...}}      an order, as it is now
    {"event": "listed", "orders": 12}                      every open order was told
    {"event": "menu"}                                      an item was sold out, or is back

`change` is `listed` (it was there when this began, or came while the link was down), `new`,
`changed` or `gone` (completed, cancelled or removed; the order is as last known). A line is told
once: a list after a reconnect tells what is different, and nothing else.

The keys are promised as those of order_fields.py are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kds_tui.core.board import Board, FeedEvent, SnapshotListed, SnapshotStarted
from kds_tui.core.clock import format_time
from kds_tui.core.frames import MenuChanged, OrderStatusChanged, OrderUpserted
from kds_tui.core.link import LinkStatus
from kds_tui.core.order import FINISHED, Order
from kds_tui.core.order_fields import Fields, order_fields
from kds_tui.core.stations import ALL_STATIONS, Routing, screen_stations, split


class EventLines:
    """Turns what a link tells into lines.

    Args:
        board: which this feeds, and nobody else.
        routing: which item goes to which station.
        station: whose orders are told, names with commas between; `all` for every order.
    """

    def __init__(self, board: Board, routing: Routing, station: str = ALL_STATIONS) -> None:
        self._board = board
        self._routing = routing
        self._stations = screen_stations(station)
        self._told: dict[str, Order] = {}
        self._link: Fields = {}

    def feed(self, event: FeedEvent, now: float) -> list[Fields]:
        """Take an event of the server.

        Args:
            event: what happened.
            now: the server's time, in seconds since the epoch.

        Returns:
            The lines that it makes.
        """
        changed = self._board.apply(event)
        at: Fields = {"at": format_time(now)}
        match event:
            case MenuChanged():
                return [{"event": "menu", **at}]
            case SnapshotStarted():
                return []
            case SnapshotListed():
                lines = self._orders(sorted(changed, key=self._began), event, at)
                return [*lines, {"event": "listed", **at, "orders": len(self._told)}]
            case _:
                return self._orders(changed, event, at)

    def link(self, status: LinkStatus, now: float) -> list[Fields]:
        """Take the news that the link is in another state.

        Args:
            status: its state.
            now: the server's time, in seconds since the epoch.

        Returns:
            A line, where there is anything new to say.
        """
        told: Fields = {
            "state": status.state.value,
            "stale": status.stale,
            "attempt": status.attempt,
            "reason": status.reason,
        }
        if told == self._link:
            return []
        self._link = told
        return [{"event": "link", "at": format_time(now), **told}]

    def _began(self, order_id: str) -> tuple[float, str]:
        order = self._board.get(order_id)
        return (order.begins_at, order_id) if order is not None else (0.0, order_id)

    def _orders(self, ids: Iterable[str], event: FeedEvent, at: Fields) -> list[Fields]:
        lines: list[Fields] = []
        for order_id in ids:
            known, order = self._told.get(order_id), self._board.get(order_id)
            if order is not None and self._concerns(order):
                self._told[order_id] = order
                change = "changed" if known else _came(event)
            elif known is not None:
                del self._told[order_id]
                order, change = order or _left_as(known, event), "gone"
            else:
                continue
            lines.append(
                {
                    "event": "order",
                    **at,
                    "change": change,
                    "order": order_fields(order, self._routing),
                }
            )
        return lines

    def _concerns(self, order: Order) -> bool:
        here, _ = split(order, self._stations, self._routing)
        return bool(here) or ALL_STATIONS in self._stations


def _came(event: FeedEvent) -> str:
    return "new" if isinstance(event, OrderUpserted) and event.created else "listed"


def _left_as(known: Order, event: FeedEvent) -> Order:
    """The last of an order that is not on the board any more."""
    match event:
        case OrderUpserted(order=order):
            return order
        case OrderStatusChanged(status=status) if status in FINISHED:
            return replace(known, status=status)
        case _:
            return known
