"""The state of the link to the order server, as everybody sees it: screen, log, diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LinkState(StrEnum):
    """Where the link is; one value, so that no two flags can disagree."""

    DISCONNECTED = "disconnected"
    """Not wanted."""

    CONNECTING = "connecting"
    AUTHENTICATING = "authenticating"
    SYNCING = "syncing"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    """Waiting for the next try."""

    FAILED = "failed"
    """Needs a person: the server does not take the token, or its certificate is not the one to
    trust. Tried again slowly all the same."""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """One look at the link. Times are on the monotonic clock, in seconds."""

    state: LinkState
    stale: bool = False
    """Live, but the server has not spoken when it was due to."""

    attempt: int = 0
    """Tries since the link was last live; 0 while it is."""

    untrusted: bool = False
    """Failed because of the server's certificate, not because of the token."""

    retry_at: float | None = None
    """When the next try begins, while waiting for it."""

    reason: str = ""
    """Why it is not live, in words for a person."""

    heard_at: float | None = None
    """When the server was last heard."""
