"""A key held down, told from a key pressed again: most terminals report both alike."""

from __future__ import annotations

from typing import Final

REPEAT_GAP: Final = 0.15
"""Seconds: a key that comes again sooner is held down. Repeats come every 25 to 110 ms; the first
one, after 250 to 660 ms, is not caught by this."""

HOLD_GAP: Final = 0.7
"""Seconds that catch the first repeat too: for keys that nobody means to press twice so soon."""


class HeldKey:
    """Remembers the last key that did something, and those that are held down on another bar: there
    they go on to repeat while this one is used."""

    def __init__(self) -> None:
        self._key = ""
        self._until = self._seen = float("-inf")
        self._gap = 0.0
        self._repeated = False
        self._beside: dict[str, float] = {}

    def repeats(self, key: str, now: float, gap: float) -> bool:
        """Take a key press.

        Args:
            key: what it does.
            now: the monotonic clock, in seconds.
            gap: how long after this press the same key counts as held down, in seconds.

        Returns:
            Whether the key is held down since a press that was taken before.
        """
        if key != self._key and now < self._beside.get(key, now):
            self._beside[key] = now + REPEAT_GAP
            return True
        held = key == self._key and now < self._until
        if not held:
            self.released()
            self._key, self._gap = key, gap
        self._until, self._seen, self._repeated = now + self._gap, now, held
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
        """Take the news that another key was pressed, so that none is held down on this bar."""
        if self._repeated:
            self._beside[self._key] = self._seen + REPEAT_GAP
        self._key, self._repeated = "", False
