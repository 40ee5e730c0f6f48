"""Responses asked for and under way: whose they are, and when the next may be asked for.

A server runs one response at a time and refuses a second. One that was cancelled before it began
runs all the same, so the wish to cancel is kept until it shows itself.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

MAX_KNOWN: Final = 32
"""Responses that are remembered, to tell whose late events are."""


@dataclass(slots=True)
class _Asked:
    turn: int
    event_id: str
    cancelled: bool = False


@dataclass(slots=True)
class _Known:
    turn: int | None
    running: bool = True
    cancelled: bool = False


class Responses:
    """The responses of one session."""

    def __init__(self) -> None:
        self._asked: deque[_Asked] = deque(maxlen=MAX_KNOWN)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._retried: int | None = None
        self.postponed: int | None = None
        """Turn for which a response is to be asked as soon as the running one is done."""

    @property
    def may_ask(self) -> bool:
        """Nothing runs, and nothing is about to."""
        running = any(known.running and not known.cancelled for known in self._known.values())
        return not running and all(asked.cancelled for asked in self._asked)

    def asked(self, turn: int, event_id: str) -> None:
        """A response.create went out."""
        self.postponed = None
        self._asked.append(_Asked(turn, event_id))

    def cancel(self) -> list[str]:
        """Nobody wants what is under way.

        Returns:
            Responses to cancel now. What was asked for and has not begun is cancelled when it does.
        """
        self.postponed = None
        for asked in self._asked:
            asked.cancelled = True
        running = [name for name, known in self._known.items() if known.running]
        unwanted = [name for name in running if not self._known[name].cancelled]
        for name in unwanted:
            self._known[name].cancelled = True
        return unwanted

    def began(self, response_id: str, fallback: int | None) -> bool:
        """A response shows itself, by its beginning or by anything else of it.

        Args:
            response_id: The server's name for it.
            fallback: Turn of a response that nobody asked for.

        Returns:
            Whether it is to be cancelled now: that was wished before it began.
        """
        if response_id in self._known:
            return False
        asked = self._asked.popleft() if self._asked else _Asked(fallback or 0, "")
        self._known[response_id] = _Known(asked.turn or None, cancelled=asked.cancelled)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return asked.cancelled

    def ended(self, response_id: str) -> None:
        """A response is done, however it went."""
        if response_id in self._known:
            self._known[response_id].running = False

    def turn_of(self, response_id: str) -> int | None:
        """Whose a response is."""
        known = self._known.get(response_id)
        return known.turn if known else None

    def is_cancelled(self, response_id: str) -> bool:
        """Whether we cancelled it: what still comes of it counts for nothing."""
        known = self._known.get(response_id)
        return known is not None and known.cancelled

    def refused(self, event_id: str) -> int | None:
        """The turn of the response.create that had this event id, if it was one."""
        for asked in self._asked:
            if asked.event_id == event_id:
                self._asked.remove(asked)
                return None if asked.cancelled else asked.turn
        return None

    def try_again(self, turn: int) -> bool:
        """Refused because another ran: postpone it, once for each turn."""
        if self._retried == turn:
            return False
        self._retried = self.postponed = turn
        return True
