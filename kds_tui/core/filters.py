"""Filters and search: which tickets of a screen are looked at, and what is hidden meanwhile."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from kds_tui.core.attention import Reason
from kds_tui.core.clock import Urgency, UrgencyRules
from kds_tui.core.order import READY, Order
from kds_tui.core.stations import Routing
from kds_tui.core.ticket_order import natural
from kds_tui.core.tickets import Changes, Ticket, TicketList


class FilterKind(StrEnum):
    """What tickets can be told apart by, in the order in which the dialog shows it."""

    PHASE = "phase"
    """`ACTIVE` or `READY`; nothing chosen means active."""

    TYPE = "type"
    """The order's type, as on the wire."""

    COURSE = "course"
    STATION = "station"


ACTIVE: Final = "active"
IS_READY: Final = "ready"


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """One thing that can be filtered by."""

    kind: FilterKind
    value: str

    @property
    def words(self) -> str:
        """How a cook calls it."""
        match self.kind:
            case FilterKind.COURSE:
                return f"course {self.value}"
            case _:
                return self.value.upper()


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked at: tickets that have one of the choices of each kind that has any, and all
    words of the text."""

    choices: frozenset[Choice] = frozenset()
    text: str = ""
    """Typed by a cook; words with spaces between, each of which stands somewhere on the ticket."""

    def __bool__(self) -> bool:
        return bool(self.choices or self._words)

    def toggled(self, choice: Choice) -> Filters:
        """Choose something, or choose it no longer.

        Args:
            choice: which one.

        Returns:
            The filters then.
        """
        return replace(self, choices=self.choices ^ {choice})

    def searching(self, text: str) -> Filters:
        """Look for other words.

        Args:
            text: as typed.

        Returns:
            The filters then.
        """
        return replace(self, text=text)

    @property
    def words(self) -> str:
        """What is filtered by, for the screen; empty when nothing is."""
        kinds = list(FilterKind)
        chosen = sorted(self.choices, key=lambda it: (kinds.index(it.kind), it.value))
        said = [choice.words for choice in chosen]
        return ", ".join([*said, f'"{self.text.strip()}"'] if self._words else said)

    @property
    def phases(self) -> frozenset[str]:
        """`ACTIVE`, `IS_READY` or both."""
        chosen = {choice.value for choice in self.choices if choice.kind is FilterKind.PHASE}
        return frozenset(chosen or {ACTIVE})

    def matches(self, ticket: Ticket, routing: Routing, but: FilterKind | None = None) -> bool:
        """Tell whether a ticket is looked at.

        Args:
            ticket: any.
            routing: which item goes where.
            but: a kind whose choices do not count.

        Returns:
            True when it is.
        """
        return all(
            kind is but or self._values(kind) & _values(ticket, kind, routing)
            for kind in FilterKind
            if kind is FilterKind.PHASE or self._values(kind)
        ) and (not self._words or _has_words(ticket, self._words))

    def _values(self, kind: FilterKind) -> frozenset[str]:
        if kind is FilterKind.PHASE:
            return self.phases
        return frozenset(choice.value for choice in self.choices if choice.kind is kind)

    @property
    def _words(self) -> tuple[str, ...]:
        return _typed_words(self.text)


def _values(ticket: Ticket, kind: FilterKind, routing: Routing) -> frozenset[str]:
    order = ticket.order
    match kind:
        case FilterKind.PHASE:
            return frozenset((IS_READY if order.status in READY else ACTIVE,))
        case FilterKind.TYPE:
            return frozenset((order.type.value,))
        case FilterKind.COURSE:
            return frozenset(item.course for item in order.items if item.course)
        case FilterKind.STATION:
            return frozenset(
                station for item in order.items for station in routing.stations_of(item, order.type)
            )


def _plain(text: str) -> str:
    """Write a text in lower case and without accents, as people type."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


@lru_cache(16)
def _typed_words(text: str) -> tuple[str, ...]:
    return tuple(_plain(text).split())


def _has_words(ticket: Ticket, words: Sequence[str]) -> bool:
    text = _plain("\n".join(_texts(ticket.order)))
    # The day is in every number of today: a table 12 is not in 20261123-0042.
    whole = _plain(ticket.order.order_number)
    return all(word in text or ("-" in word and word in whole) for word in words)


def _texts(order: Order) -> Iterator[str]:
    """What a search looks at."""
    yield from (order.short_number, order.label, order.table_number)
    yield from (order.customer_name, order.server_name, order.notes)
    for item in order.items:
        yield from (item.name, item.notes)
        yield from (modifier.name for modifier in item.modifiers)


def _is_late(ticket: Ticket, now: float, rules: UrgencyRules) -> bool:
    return ticket.urgency(now, rules) is Urgency.LATE


@dataclass(frozen=True, slots=True)
class FilterOption:
    """A line of the filter dialog."""

    choice: Choice
    count: int
    """How many tickets have it, of those that the choices of other kinds leave."""

    is_chosen: bool


class FilteredTickets:
    """Those of a screen's tickets that are looked at, kept up to date with them.

    Args:
        tickets: all of the screen's.
        waits: tells which orders have no ticket yet because their time has not come.
    """

    def __init__(self, tickets: TicketList, waits: Callable[[str], bool] = lambda _: False) -> None:
        self._tickets = tickets
        self._waits = waits
        self._filters = Filters()
        self._seen: dict[str, Ticket] = {}

    @property
    def filters(self) -> Filters:
        """What is looked at."""
        return self._filters

    def __len__(self) -> int:
        return len(self._seen) if self._filters else len(self._tickets.ids())

    def get(self, order_id: str) -> Ticket | None:
        """Look a ticket up; None when it is not looked at."""
        return self._seen.get(order_id) if self._filters else self._tickets.get(order_id)

    def ids(self) -> Sequence[str]:
        """Tell which tickets are looked at.

        Returns:
            Their ids, in the order of the screen; those that are ready come last.
        """
        if not self._filters:
            return self._tickets.ids()
        seen = [order_id for order_id in self._tickets.ids() if order_id in self._seen]
        if len(seen) < len(self._seen):
            seen += [ticket.id for ticket in self._tickets.ready if ticket.id in self._seen]
        return seen

    def look_for(self, filters: Filters) -> None:
        """Look at other tickets.

        Args:
            filters: which.
        """
        self._filters = filters
        self._seen = {}
        if filters:
            self._seen = {it.id: it for it in self._all() if self._is_seen(it)}

    def update(self, changes: Changes, order_ids: Iterable[str]) -> Changes:
        """Take what became of the screen's tickets.

        Args:
            changes: of the open ones.
            order_ids: all orders that changed, for those that are ready.

        Returns:
            What became of those that are looked at.
        """
        if not self._filters:
            return changes
        changed: set[str] = set()
        removed: set[str] = set()
        for order_id in {*order_ids, *changes.changed, *changes.removed}:
            ticket = self._tickets.get(order_id) or self._tickets.get_ready(order_id)
            known = self._seen.get(order_id)
            if ticket is not None and self._is_seen(ticket):
                self._seen[order_id] = ticket
                if ticket != known:
                    changed.add(order_id)
            elif known is not None:
                del self._seen[order_id]
                removed.add(order_id)
        return Changes(frozenset(changed), frozenset(removed))

    def hidden(self) -> Sequence[Ticket]:
        """Tell which of the screen's tickets are not looked at; ready ones are not counted."""
        if not self._filters:
            return ()
        return [ticket for ticket in self._shown() if ticket.id not in self._seen]

    def hidden_words(self, now: float) -> str:
        """Say how much is hidden, and what of it a cook must know all the same.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Such as `12 hidden, 2 LATE, 1 NEW, by filter: TAKEOUT`; empty while nothing is filtered.
        """
        if not self._filters:
            return ""
        hidden = self.hidden()
        late = [
            it for it in hidden if not it.is_cancelled and _is_late(it, now, self._tickets.rules)
        ]
        told = Counter(it.waiting.why for it in hidden if it.waiting is not None)
        counts = [(len(late), "LATE"), *((told[why], why.value.upper()) for why in Reason)]
        said = [f"{count} {word}" for count, word in counts if count]
        total = f"{len(hidden) or 'Nothing'} hidden"
        by = f"by filter: {self._filters.words}"
        return ", ".join([total, *said, by]) if said else f"{total} {by}"

    def options(self) -> Sequence[FilterOption]:
        """Tell what can be filtered by, as far as the tickets differ in it, and what is chosen."""
        filters, routing = self._filters, self._tickets.routing
        every = list(self._all())
        options: list[FilterOption] = []
        for kind in FilterKind:
            chosen = {choice.value for choice in filters.choices if choice.kind is kind}
            fixed = {ACTIVE, IS_READY} if kind is FilterKind.PHASE else set[str]()
            there = {value for ticket in every for value in _values(ticket, kind, routing)}
            values = there | chosen | fixed
            if len(values) < 2 and not chosen:
                continue
            counts = Counter(
                value
                for ticket in every
                if filters.matches(ticket, routing, but=kind)
                for value in _values(ticket, kind, routing)
            )
            options += [
                FilterOption(Choice(kind, value), counts[value], value in chosen)
                for value in sorted(values, key=natural)
            ]
        return options

    def _all(self) -> Iterator[Ticket]:
        yield from self._shown()
        yield from self._tickets.ready

    def _shown(self) -> Iterator[Ticket]:
        # By id: a cancelled one that still shows has a card too, and is none to be cooked.
        shown = map(self._tickets.get, self._tickets.ids())
        return (ticket for ticket in shown if ticket is not None and not self._waits(ticket.id))

    def _is_seen(self, ticket: Ticket) -> bool:
        return self._filters.matches(ticket, self._tickets.routing)
