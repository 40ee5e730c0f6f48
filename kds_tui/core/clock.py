"""Server time: when things happened, how old a ticket is, and how urgent.

Ages are computed on the server's clock, because a kitchen terminal's own clock may be wrong by
hours, and run by the monotonic clock, because a wall clock jumps. No clock is read here: every
function is told the time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from math import inf
from typing import Final

from kds_tui.core.order import OrderType


def parse_time(text: str | None) -> float | None:
    """Read a timestamp as Restaurant OS writes them.

    Args:
        text: ISO 8601 with `Z`, an offset or no zone (then UTC), with 0 to 6 fraction digits.

    Returns:
        Seconds since the epoch (UTC), or None when there is none, or it cannot be read, or the
        calendar has no such moment in UTC (so that `format_time` can write what was read).
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).timestamp()
    except (OverflowError, ValueError):
        return None


def format_time(seconds: float) -> str:
    """Write a timestamp as Restaurant OS does: ISO 8601, UTC, milliseconds, `Z`.

    Args:
        seconds: since the epoch (UTC).

    Returns:
        For example `2026-11-23T18:04:05.123Z`.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


SAMPLES: Final = 16
"""Round trips that are remembered; the quickest of them is the most exact."""

SLEW: Final = 0.05
"""Seconds that the clock is moved by in a second: no age is seen to jump."""

JUMP: Final = 2.0
"""Seconds from which on it is set at once: it was wrong, or this machine slept."""

DRIFT: Final = 0.05
"""Seconds that two clocks may part while the samples are remembered: 100 ppm in eight minutes."""


SKEW_SHOWN: Final = 2.0
"""Seconds by which the terminal's own clock may be off without a word about it."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a round trip proves: the offset lies between these two."""

    low: float
    high: float

    @property
    def round_trip(self) -> float:
        return self.high - self.low

    @property
    def offset(self) -> float:
        return (self.low + self.high) / 2


@dataclass(slots=True)
class ServerClock:
    """The server's clock as seen from here: an offset onto the monotonic clock.

    Until the server has told its time the terminal's wall clock stands in.

    Args:
        wall: the terminal's wall clock when the program started, in seconds since the epoch.
        monotonic: the monotonic clock at the same moment, in seconds.
    """

    wall: float
    monotonic: float
    known: bool = field(init=False, default=False)
    """Whether the server has told its time."""

    _target: float = field(init=False)
    _slewed_from: float = field(init=False)
    _slewed_since: float = field(init=False)
    _samples: deque[_Sample] = field(init=False)

    def __post_init__(self) -> None:
        self._target = self._slewed_from = self.wall - self.monotonic
        self._slewed_since = self.monotonic
        self._samples = deque(maxlen=SAMPLES)

    @property
    def round_trip(self) -> float | None:
        """The quickest round trip remembered, in seconds; None before the first."""
        best = self._best()
        return best.round_trip if best else None

    def set_server_time(
        self, server_time: float, monotonic: float, round_trip: float | None = None
    ) -> None:
        """Take the time that the server told.

        A time that came by itself was delayed by nobody knows how much: it proves that the server's
        clock is at least so far, which is enough to see that this machine slept, and no more. The
        answer to a question was told between the question and the answer.

        Args:
            server_time: what the server told, in seconds since the epoch.
            monotonic: the monotonic clock when it arrived, in seconds.
            round_trip: seconds since the question that it answers; None when it came by itself.
        """
        low = server_time - monotonic
        high = inf if round_trip is None else low + max(0.0, round_trip)
        # What contradicts the newest word was before a sleep, or before a clock was set.
        fitting = [s for s in self._samples if s.high >= low - DRIFT and s.low <= high + DRIFT]
        self._samples = deque(fitting, SAMPLES)
        if round_trip is not None:
            self._samples.append(_Sample(low, high))
        best = self._best()
        if best is not None:
            target = max(low, min(high, best.offset))
        else:
            target = max(low, self._target) if self.known else low
        self._aim(target, monotonic)

    def now(self, monotonic: float) -> float:
        """Tell the server's time.

        Args:
            monotonic: the monotonic clock now, in seconds.

        Returns:
            Seconds since the epoch on the server's clock.
        """
        return self._offset(monotonic) + monotonic

    def skew(self, wall: float, monotonic: float) -> float | None:
        """Tell how far the terminal's wall clock is off. Nothing here goes by it.

        Args:
            wall: the wall clock now, in seconds since the epoch.
            monotonic: the monotonic clock now, in seconds.

        Returns:
            Seconds that it is ahead of the server's; None until the server has told its time.
        """
        return wall - self.now(monotonic) if self.known else None

    def _best(self) -> _Sample | None:
        return min(self._samples, key=lambda sample: sample.round_trip, default=None)

    def _aim(self, target: float, monotonic: float) -> None:
        offset = self._offset(monotonic)
        jumps = not self.known or abs(target - offset) > JUMP
        self._slewed_from = target if jumps else offset
        self._slewed_since, self._target, self.known = monotonic, target, True

    def _offset(self, monotonic: float) -> float:
        most = SLEW * max(0.0, monotonic - self._slewed_since)
        return self._slewed_from + max(-most, min(most, self._target - self._slewed_from))


class Urgency(StrEnum):
    """How urgent an open ticket is."""

    ON_TIME = "on-time"
    WARNING = "warning"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which age a ticket is a warning, and from which it is late."""

    warning: float = 600.0
    """Seconds; 10 minutes is what the Restaurant OS web display uses."""

    late: float = 900.0
    """Seconds; 15 minutes likewise."""


@dataclass(frozen=True, slots=True)
class UrgencyRules:
    """The thresholds of a kitchen, by order type where they differ."""

    default: Thresholds = Thresholds()
    by_type: Mapping[OrderType, Thresholds] = field(default_factory=dict[OrderType, Thresholds])

    def thresholds(self, order_type: OrderType) -> Thresholds:
        """Tell what holds for an order type.

        Args:
            order_type: any.

        Returns:
            Its own thresholds, or the default.
        """
        return self.by_type.get(order_type, self.default)

    def urgency(self, order_type: OrderType, age: float) -> Urgency:
        """Judge a ticket.

        Args:
            order_type: the order's type.
            age: seconds since the kitchen was to begin.

        Returns:
            The urgency.
        """
        thresholds = self.thresholds(order_type)
        if age >= thresholds.late:
            return Urgency.LATE
        if age >= thresholds.warning:
            return Urgency.WARNING
        return Urgency.ON_TIME


def format_age(age: float) -> str:
    """Write an age for a card: `4:07`, from an hour on `1h05`, from a day on `2d`.

    Args:
        age: seconds; a negative one (a clock behind the server's) shows as zero.

    Returns:
        At most five characters wide below 100 days.
    """
    seconds = max(0, int(age))
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02d}"
    if seconds < 86400:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02d}"
    return f"{seconds // 86400}d"
