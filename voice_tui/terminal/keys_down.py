"""Which keys are down, on a terminal that tells when they come up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voice_tui.terminal.key_messages import KeyUp

MOST: Final = 32
"""Keys remembered as down: more than there are fingers, with room for lost releases."""

LOST_S: Final = 2.5
"""Seconds without a sign of a key that is down, after which another press means that its release
was lost: it went to another window. Repeats come at most 2 s after the press; not all terminals
tell them from presses (WezTerm)."""


@dataclass(slots=True)
class _Down:
    name: str
    since: float
    seen: float


class KeysDown:
    """Names a key that comes up as its press was named, whatever else is held by then.

    Shift and `/` press a question mark; when Shift comes up first, it is a slash that comes up.
    """

    def __init__(self) -> None:
        self._down: dict[str, _Down] = {}

    def press(self, code: str, name: str, now: float, *, repeats: bool) -> KeyUp | None:
        """Take a press or a repeat.

        Args:
            code: of the key on the keyboard.
            name: Textual's for what was pressed.
            now: the monotonic clock, in seconds.
            repeats: whether the terminal says that it is a repeat.

        Returns:
            The release that was lost before this press, if one was.
        """
        known = self._down.get(code)
        if known is not None and (repeats or now - known.seen <= LOST_S):
            known.seen = now
            return None
        self._down.pop(code, None)
        if len(self._down) == MOST:
            del self._down[next(iter(self._down))]
        self._down[code] = _Down(name, now, now)
        return KeyUp(known.name, known.seen - known.since) if known is not None else None

    def release(self, code: str, now: float) -> KeyUp | None:
        """Take a release.

        Args:
            code: of the key on the keyboard.
            now: the monotonic clock, in seconds.

        Returns:
            It; None for a key that went down before the program began.
        """
        known = self._down.pop(code, None)
        return KeyUp(known.name, now - known.since) if known is not None else None
