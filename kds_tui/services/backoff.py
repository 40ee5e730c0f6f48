"""How long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

RETRY_AFTER_CAP: Final = 300.0
"""Longest wait in seconds that a server's `Retry-After` is granted: a display that a wrong header
sends away for a day is a dark display."""


@dataclass(slots=True)
class Backoff:
    """Full jitter under a limit that doubles, so that a kitchen's displays do not all come at once.

    The wait is never less than half the first limit: a server that accepts and then closes would
    otherwise be called as often as chance likes.

    Args:
        initial: the first limit, in seconds.
        cap: the largest limit, in seconds.
        random: gives a number in [0, 1).
    """

    initial: float
    cap: float
    random: Callable[[], float] = random.random
    attempts: int = 0
    """Waits handed out since the last reset."""

    def next_delay(self) -> float:
        """Count a failure.

        Returns:
            Seconds to wait.
        """
        # The exponent is bounded so that a week of failures does not overflow a float.
        limit = min(self.cap, self.initial * 2 ** min(self.attempts, 32))
        self.attempts += 1
        return max(self.initial / 2, limit * self.random())

    def reset(self) -> None:
        """Begin small again: the link has held."""
        self.attempts = 0


def retry_after_seconds(header: str | None, wall_now: float) -> float:
    """Read a `Retry-After` header (RFC 9110, 10.2.3).

    Args:
        header: seconds or an HTTP date; None when there is none.
        wall_now: the wall clock, in seconds since the epoch.

    Returns:
        Seconds, between 0 and `RETRY_AFTER_CAP`; 0 when there is none or it cannot be read.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = moment.timestamp() - wall_now
    return min(max(seconds, 0.0), RETRY_AFTER_CAP)
