"""What the terminal tells of its keys beyond that they were pressed."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.message import Message

REPORTS_EVENT_TYPES: Final = 2
"""Flag of the Kitty keyboard protocol: repeats and releases are told from presses."""

_REPORTS_ALL_KEYS: Final = 8
"""Flag of the Kitty keyboard protocol: without it, keys that type tell no release.
https://sw.kovidgoyal.net/kitty/keyboard-protocol/#report-events"""


class KeyProtocol(Message, bubble=False):
    """The terminal's answer to which parts of the Kitty keyboard protocol are on.

    Args:
        flags: of the protocol.
    """

    def __init__(self, flags: int) -> None:
        super().__init__()
        self.flags = flags

    @property
    def tells_key_up(self) -> bool:
        """Whether the terminal tells when any key comes up."""
        needed = REPORTS_EVENT_TYPES | _REPORTS_ALL_KEYS
        return self.flags & needed == needed


class KeyUp(events.Key):
    """A key came up.

    It is a key event so that it takes the same way through focus and parents as its press, and
    reaches the app after it. Bindings and widgets know no key of its name, so none of them acts.

    Args:
        released: the key, as its press was named.
        held: seconds since it went down.
    """

    def __init__(self, released: str, held: float) -> None:
        super().__init__(f"{released}:up", None)
        self.released = released
        self.held = held
