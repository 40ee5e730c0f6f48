"""Tickets: the open orders as one station sees them, the one to be cooked first at the front."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kds_tui.core.attention import (
    NO_MARKS,
    Attention,
    Mark,
    Waiting,
    mark_of,
    void_mark,
)
from kds_tui.core.board import Board
from kds_tui.core.clock import Urgency, UrgencyRules
from kds_tui.core.command import Verb
from kds_tui.core.order import OPEN, READY, Item, Order, OrderStatus, OrderType
from kds_tui.core.outbox import Outbox, Undo
from kds_tui.core.stations import ALL_STATIONS, Routing, screen_stations, split
from kds_tui.core.ticket_order import Place, SortMode, place_of


@dataclass(frozen=True, slots=True)
class Share:
    """What another station has of an order."""

    station: str
    owed: tuple[Item, ...]
    """Its items that are not done; empty when it has done its part."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as a screen sees it: only its stations' items, with the pending commands applied."""

    order: Order
    also_at: tuple[Share, ...] = ()
    """The other stations that cook for the order, those first that owe something."""

    waiting: Waiting | None = None
    """What of it waits for a cook to take notice; None when nothing does."""

    seen: frozenset[Mark] = NO_MARKS
    """The changes of its lines that a cook took notice of."""

    undo: Undo | None = None
    """What of it can be taken back, where it was bumped, picked up or served just now."""

    @property
    def id(self) -> str:
        """The order's id: there is one ticket an order on a screen."""
        return self.order.id

    @property
    def undo_until(self) -> float | None:
        """Until when that can be taken back, on the server's clock; None when nothing can."""
        return self.undo.until if self.undo is not None else None

    @property
    def is_cancelled(self) -> bool:
        """Whether it only stays until a cook has taken notice that nothing is to be cooked."""
        return self.order.status is OrderStatus.CANCELLED

    @property
    def voided_items(self) -> tuple[Item, ...]:
        """Lines that were taken off, and that no cook took notice of yet."""
        return tuple(item for item in self.order.voided_items if void_mark(item) not in self.seen)

    def is_news(self, item: Item) -> bool:
        """Tell whether a line was added or changed, and no cook took notice of that yet.

        Args:
            item: one of its lines.

        Returns:
            Whether it is to stand out.
        """
        mark = mark_of(item)
        return mark is not None and mark not in self.seen

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
            The urgency; what is held is never late.
        """
        if self.order.is_held:
            return Urgency.ON_TIME
        return rules.urgency(self.order.type, self.age(now))


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the tickets."""

    changed: frozenset[str]
    """Ids of the tickets whose content is different, new ones included."""

    removed: frozenset[str]


class TicketList:
    """The tickets of one screen, kept up to date from the board.

    A screen of some stations shows an order while one of their items is to be done, and once every
    station's are: then somebody has to make it ready. The screen of all stations shows every open
    order.

    Args:
        board: the orders as the server tells them.
        outbox: the commands still under way.
        station: whose items are shown, with commas between; `all` for every station's.
        routing: which item goes where.
        sort: what the tickets are sorted by.
        rules: the kitchen's thresholds, for the order by urgency.
        attention: what waits for a cook to take notice.
    """

    def __init__(
        self,
        board: Board,
        outbox: Outbox,
        station: str = ALL_STATIONS,
        routing: Routing | None = None,
        sort: SortMode = SortMode.URGENCY,
        rules: UrgencyRules | None = None,
        attention: Attention | None = None,
    ) -> None:
        self._attention = Attention() if attention is None else attention
        self.routing = routing or Routing()
        """Which item goes where."""

        self._board = board
        self._outbox = outbox
        self._stations = screen_stations(station)
        self._sort = sort
        self.rules = rules or UrgencyRules()
        """The kitchen's thresholds."""

        self._tickets: dict[str, Ticket] = {}
        self._places: list[Place] = []
        # When they begin, sorted: to look at each of a thousand tickets costs as much as drawing.
        self._begins: dict[OrderType, list[float]] = {kind: [] for kind in OrderType}
        self._ready: dict[str, Ticket] = {}
        self._cancelled_count = 0

    def __len__(self) -> int:
        return len(self._tickets) - self._cancelled_count

    def __iter__(self) -> Iterator[Ticket]:
        """Give the tickets to be cooked; a cancelled one that still shows is none."""
        shown = (self._tickets[place[-1]] for place in self._places)
        return (ticket for ticket in shown if not ticket.is_cancelled)

    @property
    def stations(self) -> tuple[str, ...]:
        """Whose items are shown, in lower case; `all` alone for every station's."""
        return self._stations

    @property
    def sort(self) -> SortMode:
        """What the tickets are sorted by."""
        return self._sort

    @property
    def ready_count(self) -> int:
        """How many orders of these stations are cooked and not closed yet."""
        return len(self._ready)

    @property
    def ready(self) -> Sequence[Ticket]:
        """The orders of these stations that are cooked and not closed yet, the one first that has
        been ready longest."""
        return sorted(
            self._ready.values(), key=lambda it: (it.order.ready_at or it.order.updated_at, it.id)
        )

    def get(self, order_id: str) -> Ticket | None:
        """Look a ticket up.

        Args:
            order_id: the order's id.

        Returns:
            The ticket, or None when it is not open here.
        """
        return self._tickets.get(order_id)

    def get_ready(self, order_id: str) -> Ticket | None:
        """Look a ticket up that is cooked and not closed yet; None when it is not."""
        return self._ready.get(order_id)

    def show_stations(self, stations: Sequence[str]) -> None:
        """Show other stations' items from now on: of each order with its next `update`.

        Args:
            stations: names in lower case, or `all` alone.
        """
        self._stations = tuple(stations)
        # What was there all the time is no news because somebody looks at it now.
        self._attention.expect(order.id for order in self._board)

    def sort_by(self, mode: SortMode) -> None:
        """Sort by something else from now on.

        Args:
            mode: by what.
        """
        self._sort = mode
        self._places = sorted(map(self._place, self._tickets.values()))

    def ids(self) -> Sequence[str]:
        """Tell which tickets there are, cancelled ones that still show among them.

        Returns:
            Their ids, the one to be cooked first at the front.
        """
        return [place[-1] for place in self._places]

    def update(self, order_ids: Iterable[str], now: float) -> Changes:
        """Look again at some orders.

        Args:
            order_ids: those that the board or the outbox changed.
            now: the server's time, in seconds since the epoch: a cancellation may come without one.

        Returns:
            What became of their tickets.
        """
        changed: set[str] = set()
        removed: set[str] = set()
        waiting = deque(order_ids)
        while waiting:
            order_id = waiting.popleft()
            order = self._board.get(order_id)
            shown = self._outbox.effective(order, with_held=False) if order is not None else None
            known, was_ready = self._tickets.get(order_id), order_id in self._ready
            self._note_ready(order_id, shown)
            here = self._ticket(shown) if shown is not None else None
            ticket = self._attended(order_id, here, known, now, was_ready=was_ready)
            waiting.extend(self._attention.take_dropped())
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

    def _attended(
        self,
        order_id: str,
        here: Ticket | None,
        known: Ticket | None,
        now: float,
        *,
        was_ready: bool,
    ) -> Ticket | None:
        """Note what of a ticket a cook has to take notice of, and have it say so."""
        attention = self._attention
        if here is None:
            gone = self._cancelled(order_id, known, now)
            if gone is None:
                attention.left(order_id, for_good=self._board.get(order_id) is None)
                return None
            here = Ticket(gone)
        elif known is None or known.is_cancelled:
            asked_here = self._outbox.asks(order_id, Verb.RECALL)
            attention.came(here.order, now, back=was_ready, asked_here=asked_here)
        else:
            asked_here = self._outbox.asks(order_id)
            attention.changed(known.order, here.order, asked_here=asked_here)
        return replace(here, waiting=attention.waiting(order_id), seen=attention.seen(order_id))

    def _cancelled(self, order_id: str, known: Ticket | None, now: float) -> Order | None:
        """The order that stays on the screen though it is cancelled, if this is one."""
        if known is None or known.is_cancelled:
            return self._attention.cancelled(order_id)
        cancelled_at = self._board.cancelled_at(order_id)
        if cancelled_at is None:
            return None
        at = max(now, cancelled_at)
        is_unseen = self._attention.is_unseen(order_id, at)
        if not _may_be_begun(known, at, is_unseen=is_unseen):
            return None
        return self._attention.cancel(known.order, cancelled_at)

    def _put_in(self, ticket: Ticket) -> None:
        self._tickets[ticket.id] = ticket
        insort(self._places, self._place(ticket))
        self._cancelled_count += ticket.is_cancelled
        if _has_clock(ticket):
            insort(self._begins[ticket.order.type], ticket.order.begins_at)

    def _take_out(self, ticket: Ticket) -> None:
        del self._tickets[ticket.id]
        del self._places[bisect_left(self._places, self._place(ticket))]
        self._cancelled_count -= ticket.is_cancelled
        if _has_clock(ticket):
            begins = self._begins[ticket.order.type]
            del begins[bisect_left(begins, ticket.order.begins_at)]

    def _place(self, ticket: Ticket) -> Place:
        return place_of(ticket.order, self._sort, self.rules)

    def split(self, order: Order) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        """Part the items of an order in those of this screen and those of others."""
        return split(order, self._stations, self.routing)

    def concerns(self, order: Order) -> bool:
        """Tell whether an order is any of these stations' business.

        Args:
            order: any order.

        Returns:
            True when they have an item of it.
        """
        return ALL_STATIONS in self._stations or bool(self.split(order)[0])

    def _note_ready(self, order_id: str, shown: Order | None) -> None:
        cut = self._cut(shown) if shown is not None and shown.status in READY else None
        if cut is not None:
            self._ready[order_id] = cut
        else:
            self._ready.pop(order_id, None)

    def _ticket(self, order: Order) -> Ticket | None:
        cut = self._cut(order) if order.status in OPEN else None
        if cut is None:
            return self._taken_off(order) if order.status in OPEN else None
        if not cut.also_at:
            return cut
        # Our part is done and another one is not: it is theirs to see now.
        is_theirs = any(share.owed for share in cut.also_at)
        return None if is_theirs and all(item.is_done for item in cut.order.items) else cut

    def _taken_off(self, order: Order) -> Ticket | None:
        """What stays of a ticket until a cook has seen that all of it was taken off."""
        known = self._tickets.get(order.id)
        if known is None or known.is_cancelled:
            return None
        ticket = Ticket(replace(order, items=(), voided_items=self._voided(order)))
        seen = self._attention.seen(order.id)
        return ticket if replace(ticket, seen=seen).voided_items else None

    def _voided(self, order: Order) -> tuple[Item, ...]:
        return tuple(item for item in order.voided_items if self._sees(item, order))

    def _cut(self, order: Order) -> Ticket | None:
        """Cut the part of this screen out of an order; None when it has none."""
        if ALL_STATIONS in self._stations:
            return Ticket(order, undo=self._outbox.undo(order.id))
        here, elsewhere = self.split(order)
        if not here:
            return None
        shares: dict[str, list[Item]] = {}
        for item in elsewhere:
            share = shares.setdefault(self.routing.station_of(item, order.type), [])
            share += [] if item.is_done else [item]
        owing_first = sorted(shares.items(), key=lambda share: not share[1])
        voided = self._voided(order)
        return Ticket(
            replace(order, items=here, voided_items=voided),
            tuple(Share(station, tuple(owed)) for station, owed in owing_first),
            undo=self._outbox.undo(order.id),
        )

    def _sees(self, item: Item, order: Order) -> bool:
        stations = self.routing.stations_of(item, order.type)
        return any(station in self._stations for station in stations)


def _may_be_begun(ticket: Ticket, now: float, *, is_unseen: bool) -> bool:
    """Whether there may be food on the fire for it: somebody began it, or at the least may have
    seen it when it was to be cooked."""
    order = ticket.order
    if order.status is OrderStatus.PREPARING or any(item.is_done for item in order.items):
        return True
    return not (is_unseen or order.is_held or order.started_at(now) is None)


def _has_clock(ticket: Ticket) -> bool:
    """Whether it can be late: not what is cancelled or held."""
    return not ticket.is_cancelled and not ticket.order.is_held
