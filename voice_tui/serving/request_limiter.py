"""How often a client may ask, whatever it asks: a token bucket each, for a bounded number of them.

A terminal that comes back with 5,000 bumps after a day offline sends 170 a second; all others are
far below. The limit is there for programs that have gone mad, and for those who try to keep the
hub from its work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voice_tui.serving.clients import THIS_MACHINE

MAX_CLIENTS: Final = 10_000
"""Most clients remembered; beyond, the one that asked longest ago is forgotten: it was quiet."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How much is let through."""

    per_second: float
    burst: float
    """At once, after a while of quiet."""


OTHERS: Final = Rate(300, 2000)
"""For one address, which may be that of a proxy before a whole kitchen."""

HERE: Final = Rate(3000, 20_000)
"""For all programs on the hub's machine together: about what the hub can answer at all. Simulated
kitchens and a proxy for everybody stay below."""


MESSAGES: Final = Rate(50, 500)
"""For one websocket. A display sends a message every few seconds."""


class Bucket:
    """What one client has left. Times are seconds on a monotonic clock.

    Args:
        rate: how much is let through.
        now: the time.
    """

    __slots__ = ("_left", "_rate", "_since")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = rate.burst
        self._since = now

    def take(self, now: float) -> float:
        """Take one.

        Args:
            now: the time.

        Returns:
            0 when there was one; else the seconds until there will be.
        """
        rate = self._rate
        self._left = min(rate.burst, self._left + (now - self._since) * rate.per_second)
        self._since = now
        if self._left < 1:
            return (1 - self._left) / rate.per_second
        self._left -= 1
        return 0.0


class RequestLimiter:
    """Counts the requests of each client. Times are seconds on a monotonic clock.

    Args:
        others: the rate of a client on another machine.
        here: that of this machine.
    """

    def __init__(self, others: Rate = OTHERS, here: Rate = HERE) -> None:
        self._others = others
        self._here = here
        self._buckets: dict[str, Bucket] = {}  # the one that asked last is last
        self.refused = 0
        """Requests turned away so far."""

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, client: str, now: float) -> float:
        """Count a request.

        Args:
            client: who asks, as `client_of` names it.
            now: the time.

        Returns:
            0 when it is let in; else the seconds until the next one would be.
        """
        rate = self._here if client == THIS_MACHINE else self._others
        bucket = self._buckets.pop(client, None) or Bucket(rate, now)
        if len(self._buckets) >= MAX_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[client] = bucket
        wait = bucket.take(now)
        self.refused += wait > 0
        return wait
