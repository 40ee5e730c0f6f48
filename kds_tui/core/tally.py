"""What a terminal counts while it works: commands, their ends, orders, and how late news came."""

from __future__ import annotations

from collections import Counter

from kds_tui.core.board import FeedEvent
from kds_tui.core.command import Declined, Outcome
from kds_tui.core.display_status import EventFacts
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.latencies import Latencies


class Tally:
    """Counts since the start of the program."""

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()
        """Commands, by verb."""

        self.answered = 0
        self.declined = 0
        self._events = 0
        self._orders = 0
        self._late = Latencies()

    def event(self, event: FeedEvent, now: float | None) -> None:
        """Count an event of the server.

        Args:
            event: what happened.
            now: the server's time, in seconds since the epoch; None while missed events are
                replayed, which are as late as the link was down.
        """
        self._events += 1
        if isinstance(event, OrderUpserted):
            self._orders += event.created
            if now is not None and event.order.updated_at:
                self._late.note(now - event.order.updated_at)

    def end(self, outcome: Outcome) -> None:
        """Count the end of a command.

        Args:
            outcome: the server's answer, or why it declined.
        """
        if isinstance(outcome, Declined):
            self.declined += 1
        else:
            self.answered += 1

    @property
    def events(self) -> EventFacts:
        """What was counted of the server's events."""
        return EventFacts(self._events, self._orders, self._late.counts, self._late.total)
