"""A key held down, told from a key pressed again: most terminals report both alike."""

from __future__ import annotations

from typing import Final

REPEAT_GAP: Final = 0.15
"""Seconds: a key that comes again sooner is held down. Repeats come every 25 to 110 ms; the first
one, after 250 to 660 ms, is not caught by this."""

HOLD_GAP: Final = 0.7
"""Seconds that catch the first repeat too: for keys that nobody means to press twice so soon."""


class HeldKey:
    """Remembers the last key that did something."""

    def __init__(self) -> None:
        self._key = ""
        self._until = float("-inf")
        self._gap = 0.0

    def repeats(self, key: str, now: float, gap: float) -> bool:
        """Take a key press.

        Args:
            key: what it does.
            now: the monotonic clock, in seconds.
            gap: how long after this press the same key counts as held down, in seconds.

        Returns:
            Whether the key is held down since a press that was taken before.
        """
        held = key == self._key and now < self._until
        if not held:
            self._key, self._gap = key, gap
        self._until = now + self._gap
        return held

    def goes_on(self, key: str, now: float) -> bool:
        """Take a key press that counts only if it is still the one that was taken before.

        Args:
            key: its name.
            now: the monotonic clock, in seconds.

        Returns:
            Whether the key is held down since then.
        """
        held = key == self._key and now < self._until
        if held:
            self._until = now + REPEAT_GAP
        else:
            self.released()
        return held

    def released(self) -> None:
        """Take the news that another key was pressed, so none is held down."""
        self._key = ""
