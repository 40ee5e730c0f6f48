"""How long things took, in classes: what Prometheus calls a histogram."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import Final

LATENCY_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Upper bounds in seconds of the classes; what took longer has a class of its own."""


class Latencies:
    """Counts since the start of the program."""

    def __init__(self) -> None:
        self._counts = [0] * (len(LATENCY_BOUNDS) + 1)
        self.total = 0.0
        """All seconds together."""

    def note(self, seconds: float) -> None:
        """Count one.

        Args:
            seconds: that it took; less than none counts as none.
        """
        seconds = max(0.0, seconds)
        self._counts[bisect_left(LATENCY_BOUNDS, seconds)] += 1
        self.total += seconds

    @property
    def counts(self) -> tuple[int, ...]:
        """How many fell into each class."""
        return tuple(self._counts)


def buckets(counts: tuple[int, ...]) -> list[tuple[str, float]]:
    """Add the classes up, as Prometheus wants them.

    Args:
        counts: of each class; empty for none.

    Returns:
        For each upper bound how many took no longer.
    """
    counts = counts or (0,) * (len(LATENCY_BOUNDS) + 1)
    bounds = (*(f"{bound:g}" for bound in LATENCY_BOUNDS), "+Inf")
    return list(zip(bounds, map(float, accumulate(counts)), strict=True))


def latency_below(counts: tuple[int, ...], part: float) -> float | None:
    """Tell within which time most were done.

    Args:
        counts: of each class.
        part: of all, such as 0.99.

    Returns:
        The upper bound in seconds of the class that the part falls into; infinity for the last
        one, None when nothing was counted.
    """
    total, seen = sum(counts), 0
    if not total:
        return None
    for bound, count in zip((*LATENCY_BOUNDS, float("inf")), counts, strict=True):
        seen += count
        if seen >= part * total:
            return bound
    return None
