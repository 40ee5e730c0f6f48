"""Tickets: the open orders as one station sees them, the one to be cooked first at the front."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kds_tui.core.board import Board
from kds_tui.core.clock import Urgency, UrgencyRules
from kds_tui.core.command import Outbox
from kds_tui.core.order import OPEN, READY, Item, Order, OrderType
from kds_tui.core.stations import ALL_STATIONS, station_of

_Place = tuple[bool, float, str, str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as a station sees it: only its items, with the pending commands applied."""

    order: Order

    @property
    def id(self) -> str:
        """The order's id: there is one ticket an order on a screen."""
        return self.order.id

    def age(self, now: float) -> float:
        """Tell how long the kitchen has had it.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Seconds; negative while a scheduled order waits: the seconds until it is to be started.
        """
        return now - self.order.begins_at

    def urgency(self, now: float, rules: UrgencyRules) -> Urgency:
        """Judge its age.

        Args:
            now: the server's time, in seconds since the epoch.
            rules: the kitchen's thresholds.

        Returns:
            The urgency.
        """
        return rules.urgency(self.order.type, self.age(now))


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the tickets."""

    changed: frozenset[str]
    """Ids of the tickets whose content is different, new ones included."""

    removed: frozenset[str]


class TicketList:
    """The tickets of one station, kept up to date from the board.

    Args:
        board: the orders as the server tells them.
        outbox: the commands still under way.
        station: whose items are shown; `all` for every station's.
    """

    def __init__(self, board: Board, outbox: Outbox, station: str = ALL_STATIONS) -> None:
        self._board = board
        self._outbox = outbox
        self._station = station.casefold()
        self._tickets: dict[str, Ticket] = {}
        self._places: list[_Place] = []
        # When they begin, sorted: to look at each of a thousand tickets costs as much as drawing.
        self._begins: dict[OrderType, list[float]] = {kind: [] for kind in OrderType}
        self._ready: set[str] = set()

    def __len__(self) -> int:
        return len(self._tickets)

    def __iter__(self) -> Iterator[Ticket]:
        return (self._tickets[place[-1]] for place in self._places)

    @property
    def ready_count(self) -> int:
        """How many orders of this station are cooked and not closed yet."""
        return len(self._ready)

    def get(self, order_id: str) -> Ticket | None:
        """Look a ticket up.

        Args:
            order_id: the order's id.

        Returns:
            The ticket, or None when it is not open here.
        """
        return self._tickets.get(order_id)

    def ids(self) -> Sequence[str]:
        """Tell which tickets there are.

        Returns:
            Their ids, the one to be cooked first at the front.
        """
        return [place[-1] for place in self._places]

    def update(self, order_ids: Iterable[str]) -> Changes:
        """Look again at some orders.

        Args:
            order_ids: those that the board or the outbox changed.

        Returns:
            What became of their tickets.
        """
        changed: set[str] = set()
        removed: set[str] = set()
        for order_id in order_ids:
            order = self._board.get(order_id)
            shown = self._outbox.effective(order, with_held=False) if order is not None else None
            self._note_ready(order_id, shown)
            ticket = self._ticket(shown) if shown is not None else None
            known = self._tickets.get(order_id)
            if ticket == known:
                continue
            if known is not None:
                self._take_out(known)
            if ticket is None:
                removed.add(order_id)
            else:
                self._put_in(ticket)
                changed.add(order_id)
        return Changes(frozenset(changed), frozenset(removed))

    def late_count(self, now: float, rules: UrgencyRules) -> int:
        """Count the late tickets.

        Args:
            now: the server's time, in seconds since the epoch.
            rules: the kitchen's thresholds.

        Returns:
            How many there are.
        """
        return sum(
            bisect_right(begins, now - rules.thresholds(order_type).late)
            for order_type, begins in self._begins.items()
        )

    def _put_in(self, ticket: Ticket) -> None:
        self._tickets[ticket.id] = ticket
        insort(self._places, _place(ticket))
        insort(self._begins[ticket.order.type], ticket.order.begins_at)

    def _take_out(self, ticket: Ticket) -> None:
        del self._tickets[ticket.id]
        del self._places[bisect_left(self._places, _place(ticket))]
        begins = self._begins[ticket.order.type]
        del begins[bisect_left(begins, ticket.order.begins_at)]

    def concerns(self, order: Order) -> bool:
        """Tell whether an order is any of this station's business.

        Args:
            order: any order.

        Returns:
            True when the station has an item of it.
        """
        return self._station == ALL_STATIONS or bool(self._items(order))

    def _note_ready(self, order_id: str, shown: Order | None) -> None:
        if shown is not None and shown.status in READY and self.concerns(shown):
            self._ready.add(order_id)
        else:
            self._ready.discard(order_id)

    def _ticket(self, order: Order) -> Ticket | None:
        if order.status not in OPEN:
            return None
        if self._station == ALL_STATIONS:
            return Ticket(order)
        items = self._items(order)
        return Ticket(replace(order, items=items)) if items else None

    def _items(self, order: Order) -> tuple[Item, ...]:
        return tuple(item for item in order.items if station_of(item) == self._station)


def _place(ticket: Ticket) -> _Place:
    """What tickets are sorted by: rush before all, then when the kitchen's work on them begins,
    then their number."""
    order = ticket.order
    return (not order.rush, order.begins_at, order.order_number, order.id)
