"""Server time: when things happened, how old a ticket is, and how urgent.

Ages are computed on the server's clock, because a kitchen terminal's own clock may be wrong by
hours, and run by the monotonic clock, because a wall clock jumps. No clock is read here: every
function is told the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from kds_tui.core.order import OrderType


def parse_time(text: str | None) -> float | None:
    """Read a timestamp as Restaurant OS writes them.

    Args:
        text: ISO 8601 with `Z`, an offset or no zone (then UTC), with 0 to 6 fraction digits.

    Returns:
        Seconds since the epoch (UTC), or None when there is none or it cannot be read.
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
        return moment.timestamp()
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
    _offset: float = field(init=False)
    _known: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._offset = self.wall - self.monotonic

    def set_server_time(self, server_time: float, monotonic: float) -> None:
        """Take the time that the server told.

        A delay on the way makes a told time look older than it is, never newer: so the greatest
        offset seen is the best one, and a smaller one is believed only when it is off by more than
        two seconds (the server's clock was set back).

        Args:
            server_time: what the server told, in seconds since the epoch.
            monotonic: the monotonic clock when it arrived, in seconds.
        """
        offset = server_time - monotonic
        if not self._known or offset > self._offset or self._offset - offset > 2.0:
            self._offset = offset
            self._known = True

    def now(self, monotonic: float) -> float:
        """Tell the server's time.

        Args:
            monotonic: the monotonic clock now, in seconds.

        Returns:
            Seconds since the epoch on the server's clock.
        """
        return self._offset + monotonic


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
