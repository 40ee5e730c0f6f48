"""What a conversation with an order server brings forth (sync.py)."""

from __future__ import annotations

from dataclasses import dataclass

from kds_tui.core.digest import BoardDigest
from kds_tui.core.frames import BoardEvent, MenuChanged


@dataclass(frozen=True, slots=True)
class ServerTimeTold:
    """The server told its time."""

    server_time: float
    round_trip: float | None = None
    """Seconds since the question that it answers; None when it came by itself."""


@dataclass(frozen=True, slots=True)
class SnapshotWanted:
    """The orders must be listed; then `snapshot_loaded` is to be called."""

    reason: str
    authoritative: bool = False
    """Whether the list holds against everything known before: the server keeps a journal, and the
    position in it was taken first."""


@dataclass(frozen=True, slots=True)
class DigestTold:
    """The server told the digest of its open orders, and the board holds all that it stands for."""

    board: BoardDigest


@dataclass(frozen=True, slots=True)
class WentLive:
    """All that happened until now is known; from here on every event arrives by itself."""

    resumed: bool
    """Whether the missed events were replayed, so that nothing had to be listed."""


@dataclass(frozen=True, slots=True)
class GapFound:
    """A sequence number is missing; the replay has been asked for."""

    expected: int
    received: int


@dataclass(frozen=True, slots=True)
class FreshnessChanged:
    """The server went silent past its due word, or spoke again."""

    stale: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The server does not take the token. The conversation is over."""

    reason: str


@dataclass(frozen=True, slots=True)
class Expired:
    """A deadline passed: the connection is to be replaced. The conversation is over."""

    reason: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something to count and to log: a bad frame, an unknown type, an error from the server."""

    kind: str
    detail: str


SessionEvent = (
    BoardEvent
    | MenuChanged
    | ServerTimeTold
    | SnapshotWanted
    | DigestTold
    | WentLive
    | GapFound
    | FreshnessChanged
    | Refused
    | Expired
    | Complaint
)
"""What a conversation brings forth."""
