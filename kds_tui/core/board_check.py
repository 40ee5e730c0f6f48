"""Whether the board is what the server says it is: the digests compared, and what to do about it.

A bump's answer may overtake the server's event, so that the board is one step ahead for a moment.
Two comparisons in a row must differ before anything is believed to be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from kds_tui.core.digest import BoardDigest

LIST_INTERVAL: Final = 30.0
"""Seconds between two listings for the sake of a digest, at the least."""

FUTILE_LISTINGS: Final = 2
"""After so many that did not help, hub and display count differently, and listing is no cure."""

FUTILE_INTERVAL: Final = 3600.0
"""Seconds between two listings from then on."""

RECOUNT_INTERVAL: Final = 30.0
"""Seconds after which the display's own digest is made anew, from the orders themselves."""


class Verdict(StrEnum):
    """What a comparison says."""

    AGREES = "agrees"
    SUSPECTED = "suspected"
    """It differs for the first time: an answer may have overtaken its event."""

    DIFFERS = "differs"
    """It differs, and the orders were listed for that lately."""

    LIST_ANEW = "list anew"
    """It differs: the orders are to be listed anew."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of the board with the server's digest."""

    verdict: Verdict
    ours: BoardDigest
    theirs: BoardDigest


class DigestedBoard(Protocol):
    """A board that can tell what it holds."""

    def digest(self) -> BoardDigest:
        """Tell the digest, as kept up to date with every change.

        Returns:
            Of the orders on the board.
        """
        ...

    def recount(self) -> None:
        """Make the digest anew, from the orders themselves."""
        ...


class BoardCheck:
    """The comparisons of one display, over all its connections."""

    def __init__(self) -> None:
        self.confirmed_at: float | None = None
        """When board and server last agreed, on the monotonic clock, in seconds."""

        self.confirmed: BoardDigest | None = None
        """On what."""

        self.compared: Comparison | None = None
        """The last comparison."""

        self.mismatches = 0
        """Comparisons that differed, but for suspicions."""

        self.listings = 0
        """Listings asked for because of them."""

        self._differing = 0
        self._futile = 0
        self._listed_at: float | None = None
        self._recounted_at: float | None = None

    def compare(self, board: DigestedBoard, theirs: BoardDigest, now: float) -> Comparison:
        """Compare the board with what the server told.

        Args:
            board: holds all that happened up to the number for which the server's digest stands.
            theirs: the server's digest.
            now: the monotonic clock, in seconds.

        Returns:
            The comparison. `LIST_ANEW` counts as done: the caller lists.
        """
        ours = self._digest_of(board, theirs, now)
        self.compared = Comparison(self._judge(ours, theirs, now), ours, theirs)
        return self.compared

    def _digest_of(self, board: DigestedBoard, theirs: BoardDigest, now: float) -> BoardDigest:
        recounted = self._recounted_at
        due = recounted is None or now - recounted >= RECOUNT_INTERVAL
        if due or board.digest() != theirs:
            self._recounted_at = now
            board.recount()
        return board.digest()

    def _judge(self, ours: BoardDigest, theirs: BoardDigest, now: float) -> Verdict:
        if ours == theirs:
            self.confirmed_at, self.confirmed = now, theirs
            self._differing = self._futile = 0
            return Verdict.AGREES
        self._differing += 1
        if self._differing == 1:
            return Verdict.SUSPECTED
        self.mismatches += 1
        interval = LIST_INTERVAL if self._futile < FUTILE_LISTINGS else FUTILE_INTERVAL
        if self._listed_at is not None and now - self._listed_at < interval:
            return Verdict.DIFFERS
        self._listed_at = now
        self._futile += 1
        self.listings += 1
        return Verdict.LIST_ANEW
