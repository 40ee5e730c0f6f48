"""What is worth a sound, and which sound when several things happen together.

A kitchen switches off a display that rings too often: so one sound for all that happened together,
one at a time, and none for what was done on this terminal (kds-features: about four sounds are told
apart without thinking, and alarms that come too often are no longer heard).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kds_tui.core.link import LinkState, LinkStatus


class Alert(StrEnum):
    """What can be heard; the names are those of the settings. The most urgent one is the first."""

    CANCELLED = "cancelled"
    """An order was cancelled: somebody may be cooking it."""

    LINK_LOST = "link_lost"
    """New orders do not arrive."""

    CHANGED = "changed"
    """Something was added to an order that the kitchen has, taken off it, or is asked for
    differently."""

    RECALLED = "recalled"
    """Another screen brought a ticket back."""

    NEW = "new"
    LATE = "late"
    """A ticket became late; once a ticket."""

    READY = "ready"
    """Another screen made an order ready."""


RANK: Final = {alert: rank for rank, alert in enumerate(Alert)}
"""0 is the most urgent."""

WORDS: Final = {
    Alert.CANCELLED: "CANCELLED",
    Alert.LINK_LOST: "LINK LOST",
    Alert.CHANGED: "CHANGED",
    Alert.RECALLED: "RECALLED",
    Alert.NEW: "NEW",
    Alert.LATE: "LATE",
    Alert.READY: "READY",
}
"""What the screen says beside the sound."""

LINK_PATIENCE: Final = 5.0
"""Seconds that the link may be lost before it is worth a sound: most losses are mended in one."""

LINK_QUIET: Final = 60.0
"""Seconds after the sound of a lost link in which a link that comes and goes makes no other."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Things of one kind that happened together."""

    alert: Alert
    labels: tuple[str, ...] = ()
    """Of the tickets, as the kitchen calls them."""

    @property
    def words(self) -> str:
        """What the screen says: `NEW TABLE 5`, `NEW 3 tickets`."""
        said = WORDS[self.alert]
        if len(self.labels) > 1:
            return f"{said} {len(self.labels)} tickets"
        return " ".join((said, *self.labels))


def together(happened: Iterable[Happened]) -> Happened | None:
    """Choose what is heard of all that happened together.

    Args:
        happened: in any order.

    Returns:
        The most urgent kind, with all tickets of that kind; None when nothing happened.
    """
    every = list(happened)
    alert = min((each.alert for each in every), key=RANK.__getitem__, default=None)
    if alert is None:
        return None
    labels = dict.fromkeys(label for each in every if each.alert is alert for label in each.labels)
    return Happened(alert, tuple(labels))


@dataclass(slots=True)
class LinkWatch:
    """Notices that the link is lost: once a loss, and not for a short one."""

    _ever_live: bool = False
    _lost_at: float | None = None
    _told: bool = False
    _told_at: float | None = None

    @property
    def is_lost(self) -> bool:
        """Whether a loss was told that still lasts."""
        return self._told

    def look(self, status: LinkStatus, now: float) -> bool:
        """Take the link as it is.

        Args:
            status: of the link.
            now: the monotonic clock, in seconds.

        Returns:
            Whether it is worth a sound now.
        """
        if status.state is LinkState.LIVE and not status.stale:
            self._ever_live, self._lost_at, self._told = True, None, False
            return False
        if not self._ever_live or self._told:
            return False
        if self._lost_at is None:
            self._lost_at = now
        if now - self._lost_at < LINK_PATIENCE:
            return False
        if self._told_at is not None and now - self._told_at < LINK_QUIET:
            return False  # told then, if it is still lost
        self._told, self._told_at = True, now
        return True


SAME_GAP: Final = 4.0
"""Seconds from one sound to the next one of its kind: what comes faster is one sound."""


@dataclass(slots=True)
class SoundQueue:
    """What is to be heard next: one sound at a time, and at most one behind it."""

    _next: Happened | None = None
    _last: Alert | None = None
    _last_at: float = 0.0

    def __bool__(self) -> bool:
        return self._next is not None

    def put(self, happened: Happened) -> None:
        """Have something heard after what is heard now.

        Args:
            happened: takes the place of what waits, unless that is as urgent.
        """
        waiting = self._next
        if waiting is None or RANK[happened.alert] < RANK[waiting.alert]:
            self._next = happened

    def take(self, now: float) -> Happened | None:
        """Take what is to be heard now.

        Args:
            now: the monotonic clock, in seconds.

        Returns:
            None when nothing waits, or what waits was heard just now.
        """
        taken = self._next
        if taken is None or (taken.alert is self._last and now - self._last_at < SAME_GAP):
            return None
        self._next, self._last, self._last_at = None, taken.alert, now
        return taken


class Repeats:
    """Says when a sound comes again because nobody has acknowledged what it was about.

    Args:
        seconds: after how many seconds each comes again; one that is missing sounds once.
    """

    def __init__(self, seconds: Mapping[Alert, float]) -> None:
        self._seconds = seconds
        self._heard: dict[Alert, float] = {}

    def due(self, waiting: Collection[Alert], now: float) -> Alert | None:
        """Look at what waits for a cook.

        Args:
            waiting: the kinds of which at least one waits.
            now: the monotonic clock, in seconds.

        Returns:
            What is to be heard again; of several the most urgent one, for all of them.
        """
        for alert in self._heard.keys() - set(waiting):
            del self._heard[alert]
        due = [
            alert
            for alert in waiting
            if alert in self._seconds
            and now - self._heard.setdefault(alert, now) >= self._seconds[alert]
        ]
        for alert in due:
            self._heard[alert] = now
        return min(due, key=RANK.__getitem__, default=None)
