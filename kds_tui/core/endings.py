"""What cooks were told of commands that did not do what they were meant to, kept to be read again.

After an hour offline many bumps can come to nothing in the same second. A corner of the screen
holds a few sentences, for some seconds; the others would scroll away while nobody looks. So only
the first few show by themselves. What did not is counted until somebody reads it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_ENDINGS: Final = 200
"""Most sentences that are kept: what a long night offline can bring, and more than is read."""

AT_ONCE: Final = 3
"""Most sentences that show by themselves at the same time: more do not fit on 24 lines."""

SHOWN: Final = 15.0
"""Seconds that a sentence shows by itself."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a command."""

    words: str
    """A sentence with the ticket's label, clean."""

    at: float
    """When it was told, in seconds since the epoch, by the server's clock."""

    is_unread: bool
    """Whether it did not show by itself."""


class Endings:
    """The sentences of this run, the last `MAX_ENDINGS` of them."""

    def __init__(self) -> None:
        self._kept: deque[Ending] = deque(maxlen=MAX_ENDINGS)
        self._showed_at: deque[float] = deque(maxlen=AT_ONCE)

    def add(self, words: str, at: float, monotonic: float) -> bool:
        """Keep a sentence.

        Args:
            words: the sentence, clean.
            at: the server's time, in seconds since the epoch.
            monotonic: the monotonic clock, in seconds: sentences often come just as the server's
                time is learned anew.

        Returns:
            Whether there is room to show it for `SHOWN` seconds.
        """
        shown = self._showed_at
        has_room = len(shown) < AT_ONCE or monotonic - shown[0] >= SHOWN
        if has_room:
            shown.append(monotonic)
        self._kept.append(Ending(words, at, is_unread=not has_room))
        return has_room

    @property
    def unread(self) -> int:
        """How many did not show by themselves and were not read since."""
        return sum(ending.is_unread for ending in self._kept)

    def read(self) -> Sequence[Ending]:
        """Tell them all, the last one first; from now on none is unread."""
        told = tuple(reversed(self._kept))
        for place, ending in enumerate(self._kept):
            if ending.is_unread:
                self._kept[place] = Ending(ending.words, ending.at, is_unread=False)
        return told
