"""What a terminal counts while it works: commands, their ends, orders, and how late news came."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Final

from kds_tui.core.board import FeedEvent
from kds_tui.core.command import Declined, Outcome
from kds_tui.core.display_status import EventFacts
from kds_tui.core.frames import OrderUpserted

LATENCY_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Upper bounds in seconds of the classes into which latencies fall; what is later has a class of
its own."""


class Tally:
    """Counts since the start of the program."""

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()
        """Commands, by verb."""

        self.answered = 0
        self.declined = 0
        self._events = 0
        self._orders = 0
        self._latency = [0] * (len(LATENCY_BOUNDS) + 1)
        self._latency_sum = 0.0

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
                self.late(now - event.order.updated_at)

    def late(self, seconds: float) -> None:
        """Note how late a change came.

        Args:
            seconds: from the change on the server to the board here, by the server's clock.
        """
        seconds = max(0.0, seconds)
        self._latency[bisect_left(LATENCY_BOUNDS, seconds)] += 1
        self._latency_sum += seconds

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
        return EventFacts(self._events, self._orders, tuple(self._latency), self._latency_sum)


def latency_below(facts: EventFacts, part: float) -> float | None:
    """Tell within which time most changes came.

    Args:
        facts: as counted.
        part: of all changes, such as 0.99.

    Returns:
        The upper bound in seconds of the class that the part falls into; infinity for the last
        one, None when nothing was counted.
    """
    total = sum(facts.latency)
    if not total:
        return None
    seen = 0
    for bound, count in zip((*LATENCY_BOUNDS, float("inf")), facts.latency, strict=True):
        seen += count
        if seen >= part * total:
            return bound
    return None
