"""The kitchen's view: the open tickets of this station, the one to be cooked first at the front."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from textual.message import Message

from kds_tui.core.command import Verb
from kds_tui.core.density import Density
from kds_tui.core.filters import FilteredTickets, FilterOption, Filters
from kds_tui.core.scheduled import SOON, ScheduledOrders
from kds_tui.core.ticket_order import SortMode
from kds_tui.core.tickets import Changes, Ticket, TicketList
from kds_tui.ui.card_face import TicketFace
from kds_tui.ui.grid_view import Cards, GridSetup, GridView
from kds_tui.ui.messages import BoardChanged, WishRequested


class TicketCards:
    """The tickets that are looked at, as cards.

    Args:
        tickets: those of the screen.
    """

    def __init__(self, tickets: FilteredTickets) -> None:
        self._tickets = tickets

    def __len__(self) -> int:
        # Not those to be cooked, which the header counts: a cancelled one has its card too.
        return len(self._tickets.ids())

    def get(self, card_id: str) -> Ticket | None:
        """Look a ticket up.

        Args:
            card_id: the order's id.

        Returns:
            The ticket, or None when it is not looked at.
        """
        return self._tickets.get(card_id)

    def ids(self) -> Sequence[str]:
        """Tell which tickets there are.

        Returns:
            Their ids, in their order.
        """
        return self._tickets.ids()

    def update(self, message: BoardChanged) -> Changes:
        """Take what became of the tickets.

        Args:
            message: tells it.

        Returns:
            The changes.
        """
        return self._tickets.update(message.changes, message.order_ids)

    def rebuild(self) -> None:
        """Choose anew what is looked at: the app keeps only the tickets themselves up to date."""
        self._tickets.look_for(self._tickets.filters)


class CardsToCook:
    """Cards without those that wait for their time.

    Args:
        cards: all of them, by order.
        scheduled: which orders wait.
    """

    def __init__(self, cards: Cards, scheduled: ScheduledOrders) -> None:
        self._cards = cards
        self._scheduled = scheduled

    def __len__(self) -> int:
        waiting = (self._cards.get(order_id) for order_id in self._scheduled.waiting)
        return len(self._cards) - sum(card is not None for card in waiting)

    def get(self, card_id: str) -> Ticket | None:
        """Look a ticket up; None when it is not to be cooked yet."""
        return None if self._scheduled.waits(card_id) else self._cards.get(card_id)

    def ids(self) -> Sequence[str]:
        """Tell which tickets there are, in their order."""
        waits = self._scheduled.waits
        return [card_id for card_id in self._cards.ids() if not waits(card_id)]

    def update(self, message: BoardChanged) -> Changes:
        """Look at the orders again that changed; what became of the cards."""
        changes = self._cards.update(message)
        waiting = frozenset(filter(self._scheduled.waits, changes.changed))
        return Changes(changes.changed - waiting, changes.removed | waiting)

    def rebuild(self) -> None:
        """Look at all orders again: much changed while nobody was told."""
        self._cards.rebuild()


class KitchenView(GridView):
    """The open tickets of this station.

    Args:
        tickets: kept up to date by the app.
        face: what stands on their cards.
        server_now: the server's time, in seconds since the epoch.
        empty: why there are no tickets: a headline and an explanation.
        scheduled: which orders wait for their time; they are not among the tickets.
        columns: cells beside each other; 0 chooses by the width.
        rows: cells above each other; 0 chooses by the height.
        density: how large the cards are now.
    """

    def __init__(
        self,
        tickets: TicketList,
        face: TicketFace,
        server_now: Callable[[], float],
        empty: Callable[[], tuple[str, str]],
        scheduled: ScheduledOrders,
        *,
        columns: int = 0,
        rows: int = 0,
        density: Callable[[], Density] = lambda: Density.LINE,
    ) -> None:
        self._tickets = tickets
        self._filtered = FilteredTickets(tickets, scheduled.waits)
        self._scheduled = scheduled
        super().__init__(
            GridSetup(
                cards=CardsToCook(TicketCards(self._filtered), scheduled),
                face=face,
                server_now=server_now,
                empty=lambda: self._nothing_found() if self.filters else empty(),
                columns=columns,
                rows=rows,
                density=density,
            ),
            id="kitchen",
        )

    @property
    def sorted_by(self) -> str:
        """What the tickets are sorted by; empty for the usual."""
        mode = self._tickets.sort
        return "" if mode is SortMode.URGENCY else mode.value

    def bump_word(self, card_id: str) -> str:
        """Say what the bump key does with a ticket: a ready order is served."""
        return "serve" if self._tickets.get_ready(card_id) else super().bump_word(card_id)

    def wish(self, card_id: str) -> Message:
        """Say what the bump key asks for: a ready order, where a filter shows it, is served.

        Args:
            card_id: the card that is bumped.

        Returns:
            The message for the app.
        """
        if self._tickets.get_ready(card_id) is not None:
            return WishRequested(Verb.SERVE, card_id)
        return super().wish(card_id)

    @property
    def filters(self) -> Filters:
        """Which tickets are looked at."""
        return self._filtered.filters

    @property
    def looked_at(self) -> Sequence[str]:
        """The ids of the tickets that a filter leaves, on all pages."""
        return self._setup.cards.ids()

    @property
    def found(self) -> int:
        """How many tickets are looked at."""
        return len(self._setup.cards)

    @property
    def total(self) -> int:
        """How many there are with those that are hidden."""
        return self.found + len(self._filtered.hidden())

    def look_for(self, filters: Filters) -> None:
        """Look at other tickets, in order from the first slot on.

        Args:
            filters: which.
        """
        if filters != self.filters:
            self._filtered.look_for(filters)
            self._plan_anew()

    def options(self) -> Sequence[FilterOption]:
        """Tell what can be filtered by; see `FilteredTickets.options`."""
        return self._filtered.options()

    def sort_by(self, mode: SortMode) -> None:
        """Sort the tickets by something else, from the first slot on.

        Args:
            mode: by what.
        """
        self._tickets.sort_by(mode)
        self._plan_anew()

    def _plan_anew(self) -> None:
        self.paging.forget()
        self._fit(self.size.width, self.size.height)
        self.post_message(self.Moved())

    def warning(self, now: float) -> str:
        """Say how many tickets are hidden, and what hides them; see `hidden_words`."""
        return self._filtered.hidden_words(now)

    def _nothing_found(self) -> tuple[str, str]:
        return "Nothing here", f"No ticket is {self.filters.words}."

    def waiting(self) -> Sequence[str]:
        """Tell which tickets of this screen wait for their time.

        Returns:
            Their ids, in no sequence.
        """
        known = self._tickets.get
        return [key for key in self._scheduled.waiting if known(key) is not None]

    def right_words(self, now: float) -> str:
        """Say what is not on this page, and what is for later.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Words for the right end of the footer; empty when everything shows.
        """
        return "   ".join(filter(None, (super().right_words(now), self._scheduled_words(now))))

    def _scheduled_words(self, now: float) -> str:
        waiting = self.waiting()
        if not waiting:
            return ""
        seconds = min(self._scheduled.fire_at(key) for key in waiting) - now
        soon = "▲SOON " if seconds <= SOON else ""
        return f"{soon}{len(waiting)} scheduled, next in {wait_words(seconds)}"


def wait_words(seconds: float) -> str:
    """Say how long it is until something happens, rounded up: nobody is told too little time.

    Args:
        seconds: until then.

    Returns:
        Such as `40 s`, `4 min` or `2 h 5 min`.
    """
    if seconds < 60:
        return f"{max(1, math.ceil(seconds))} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
