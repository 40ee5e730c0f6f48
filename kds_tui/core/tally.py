"""What a terminal counts while it works: commands, their ends, orders, and how late news came."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Final

from kds_tui.core.display_status import EventFacts

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

    def event(self) -> None:
        """Count an event of the server."""
        self._events += 1

    def order(self) -> None:
        """Count an order that is new."""
        self._orders += 1

    def late(self, seconds: float) -> None:
        """Note how late a change came.

        Args:
            seconds: from the change on the server to the board here, by the server's clock.
        """
        seconds = max(0.0, seconds)
        self._latency[bisect_left(LATENCY_BOUNDS, seconds)] += 1
        self._latency_sum += seconds

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
