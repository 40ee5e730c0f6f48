"""How often somebody may try a PIN.

Three failures in five minutes and the next try is turned away; ten, counting the tries turned
away, and the client is blocked for a day (the numbers of Restaurant OS). Somebody with many
addresses has three failures with each: so there is also a limit for all strangers together, which
leaves them some 1,400 of a million PINs a day. It does not count for clients that have signed in
before, nor for the hub's own machine. What is known of clients is bounded and forgotten in time:
there, these maps grew for three weeks until the server fell over.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from voice_tui.serving.clients import THIS_MACHINE

FAILURES: Final = 3
WINDOW: Final = 300.0
"""Seconds in which that many failures are let through."""

BLOCK_AFTER: Final = 10
"""Failures and tries turned away, together, until the block."""

BLOCK: Final = 86_400.0
"""Seconds of the block."""

STRANGERS_FAILURES: Final = 60
STRANGERS_WINDOW: Final = 3600.0
"""Failures of all clients together, and the seconds in which so many are let through."""

MAX_FRIENDS: Final = 1000
"""Most clients remembered for having signed in; as many as can be connected."""

FORGET_AFTER: Final = 3600.0
"""Seconds without a try after which a client that is not blocked is forgotten."""

MAX_CLIENTS: Final = 10_000
"""Most clients remembered; beyond, the one that tried longest ago is forgotten."""


@dataclass(slots=True)
class _Record:
    failed_at: list[float] = field(default_factory=list[float])
    attempts: int = 0
    last_at: float = 0.0
    blocked_until: float = 0.0


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A try is not to be looked at."""

    retry_after: int
    """Seconds."""

    blocked: bool
    """For a day, not for minutes."""


class AttemptLimiter:
    """Counts the failures of each client. Times are seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}  # the one that tried last is last
        self._failures: deque[float] = deque(maxlen=STRANGERS_FAILURES)
        self._friends: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._records)

    @property
    def blocked(self) -> int:
        """How many clients have been blocked and are not forgotten yet."""
        return sum(record.blocked_until > 0 for record in self._records.values())

    def turn_away(self, client: str, now: float) -> TurnedAway | None:
        """Ask before a PIN is checked.

        Args:
            client: who tries.
            now: the time.

        Returns:
            Why the try is not looked at, or None when it may be.
        """
        record = self._records.get(client)
        if record is None:
            return self._turn_away_stranger(client, now)
        if now < record.blocked_until:
            return TurnedAway(int(record.blocked_until - now) + 1, blocked=True)
        record.failed_at = [moment for moment in record.failed_at if now - moment < WINDOW]
        if len(record.failed_at) < FAILURES:
            return self._turn_away_stranger(client, now)
        retry_after = int(WINDOW - (now - record.failed_at[0])) + 1
        self._count(client, record, now)
        return TurnedAway(retry_after, blocked=False)

    def failed(self, client: str, now: float) -> None:
        """Take the news of a wrong PIN.

        Args:
            client: who tried.
            now: the time.
        """
        record = self._records.pop(client, None) or _Record()
        if len(self._records) >= MAX_CLIENTS:
            del self._records[next(iter(self._records))]
        self._records[client] = record
        record.failed_at.append(now)
        self._failures.append(now)
        self._count(client, record, now)

    def succeeded(self, client: str) -> None:
        """Take the news of a right PIN: the client starts afresh."""
        self._records.pop(client, None)
        self._friends.pop(client, None)
        self._friends[client] = None
        if len(self._friends) > MAX_FRIENDS:
            del self._friends[next(iter(self._friends))]

    def forget(self, now: float) -> None:
        """Drop the clients that have not tried for an hour and whose block is over."""
        for client, record in list(self._records.items()):
            if now >= record.blocked_until and now - record.last_at >= FORGET_AFTER:
                del self._records[client]

    def _turn_away_stranger(self, client: str, now: float) -> TurnedAway | None:
        if client == THIS_MACHINE or client in self._friends:
            return None
        if len(self._failures) < STRANGERS_FAILURES:
            return None
        left = STRANGERS_WINDOW - (now - self._failures[0])
        return TurnedAway(int(left) + 1, blocked=False) if left > 0 else None

    def _count(self, client: str, record: _Record, now: float) -> None:
        record.attempts += 1
        record.last_at = now
        self._records.pop(client, None)
        self._records[client] = record
        if record.attempts >= BLOCK_AFTER:
            record.blocked_until = now + BLOCK
            record.attempts = 0
