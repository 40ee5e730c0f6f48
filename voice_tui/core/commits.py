"""Which commit the server speaks of: `committed` names an item of its own, and not our event.

The data channel keeps the order, so the answers to clears and commits come in the order in which
those were sent. A `cleared` therefore also says that every commit before it was answered or lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

MAX_SENT: Final = 16
"""Clears and commits without an answer that are remembered."""


@dataclass(frozen=True, slots=True)
class _Sent:
    turn: int
    event_id: str
    commit: bool


class Commits:
    """Clears and commits under way."""

    def __init__(self) -> None:
        self._sent: deque[_Sent] = deque(maxlen=MAX_SENT)
        self._commits: deque[_Sent] = deque(maxlen=MAX_SENT)
        self._answers_clears = False

    def clear_sent(self, turn: int, event_id: str) -> None:
        """An input_audio_buffer.clear went out."""
        self._sent.append(_Sent(turn, event_id, commit=False))

    def commit_sent(self, turn: int, event_id: str) -> None:
        """An input_audio_buffer.commit went out."""
        sent = _Sent(turn, event_id, commit=True)
        self._sent.append(sent)
        self._commits.append(sent)

    def cleared(self) -> None:
        """The oldest clear was answered; commits before it never will be."""
        self._answers_clears = True
        while self._sent and self._sent.popleft().commit:
            continue

    def committed(self) -> int | None:
        """A commit was acknowledged.

        Returns:
            Its turn; None for an acknowledgement that nobody waits for.
        """
        if self._answers_clears:
            if self._sent and self._sent[0].commit:
                return self._sent.popleft().turn
            return None
        # A server that leaves clears unanswered gives no order to go by: the newest is the one
        # that matters, and a lost acknowledgement can not shift all that follow.
        newest = next((sent for sent in reversed(self._sent) if sent.commit), None)
        self._sent.clear()
        return newest.turn if newest else None

    def refused(self, event_id: str) -> int | None:
        """The turn of the commit that had this event id, if it was one; acknowledged or not."""
        sent = next((sent for sent in self._commits if sent.event_id == event_id), None)
        if sent is None:
            return None
        if sent in self._sent:
            self._sent.remove(sent)
        return sent.turn

    def refused_unnamed(self) -> int | None:
        """The turn of the oldest commit without an answer: some errors name no event."""
        oldest = next((sent for sent in self._sent if sent.commit), None)
        return self.refused(oldest.event_id) if oldest else None
