"""How fast a figure grows by the hour, once the program is warm; how often something happens."""

from __future__ import annotations

from collections import deque
from typing import Final

WARM_UP: Final = 600.0
"""Seconds after the start that do not count: caches fill, libraries load."""

SPAN: Final = 600.0
"""Seconds of samples below which no growth is told: an hour's growth from less is noise."""

WINDOW: Final = 3600.0
"""Seconds that are looked at, as the quick reference's query over one hour."""

EVERY: Final = 30.0
"""Seconds between two samples that are kept."""

HOUR: Final = 3600.0


class Trend:
    """A line through the samples of the last hour, without those of the warm-up.

    Args:
        began: when the program started, in seconds on any clock.
    """

    def __init__(self, began: float) -> None:
        self._warm_at = began + WARM_UP
        self._samples: deque[tuple[float, float]] = deque(maxlen=int(WINDOW / EVERY) + 1)

    def note(self, now: float, value: float) -> None:
        """Take a sample, unless it comes too early or too soon after the one before.

        Args:
            now: on the clock of `began`.
            value: of the figure.
        """
        if now >= self._warm_at and (not self._samples or now - self._samples[-1][0] >= EVERY):
            self._samples.append((now, value))

    @property
    def per_hour(self) -> float | None:
        """By how much the figure grows in an hour; None while there is too little to go by."""
        if len(self._samples) < 2 or self._samples[-1][0] - self._samples[0][0] < SPAN:
            return None
        count = len(self._samples)
        middle = sum(at for at, _ in self._samples) / count
        mean = sum(value for _, value in self._samples) / count
        spread = sum((at - middle) ** 2 for at, _ in self._samples)
        slope = sum((at - middle) * (value - mean) for at, value in self._samples) / spread
        return slope * HOUR

    def known_in(self, now: float) -> float:
        """Tell how long it takes until the growth is known.

        Args:
            now: on the clock of `began`.

        Returns:
            Seconds; 0 when it is known.
        """
        first = self._samples[0][0] if self._samples else max(self._warm_at, now)
        return 0.0 if self.per_hour is not None else max(0.0, first + SPAN - now)


RECENTLY: Final = 300.0
"""Seconds that are looked at for how often something happens, as the quick reference's query."""


class Recent:
    """How often something happened in the last five minutes."""

    def __init__(self) -> None:
        self._counts: deque[tuple[float, int]] = deque()

    def note(self, now: float, count: int) -> float:
        """Take how often it has happened so far.

        Args:
            now: on any clock, in seconds.
            count: since the start.

        Returns:
            How often a minute it happened.
        """
        self._counts.append((now, count))
        while now - self._counts[0][0] > RECENTLY:
            self._counts.popleft()
        return (count - self._counts[0][1]) / (RECENTLY / 60)
