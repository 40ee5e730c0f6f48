"""What the terminal tells of its keys beyond that they were pressed."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.message import Message

REPORTS_EVENT_TYPES: Final = 2
"""Flag of the Kitty keyboard protocol: repeats and releases are told from presses."""

_REPORTS_ALL_KEYS: Final = 8
"""Flag of the Kitty keyboard protocol: without it, keys that type tell no release, and modifiers
alone nothing.
https://sw.kovidgoyal.net/kitty/keyboard-protocol/#report-events"""


KEYPAD: Final = {
    **{f"{57399 + digit}u": (f"kp_{digit}", str(digit)) for digit in range(10)},
    "57409u": ("decimal", "full_stop"),
    "57410u": ("divide", "slash"),
    "57411u": ("multiply", "asterisk"),
    "57412u": ("subtract", "minus"),
    "57413u": ("add", "plus"),
    "57414u": ("kp_enter", "enter"),
    "57415u": ("equal", "equals_sign"),
    "57416u": ("separator", "comma"),
}
"""Code of a key of the numeric pad -> the name that only it has, and that of the key elsewhere on
the keyboard that types the same. Textual 8.2.8 names some of them in the first way and some in the
second. https://sw.kovidgoyal.net/kitty/keyboard-protocol/#functional-key-definitions"""

ALONE: Final = "_alone"
"""Ends the name of a modifier that was pressed, and let go with no other key in between."""


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

    @property
    def tells_lone_modifiers(self) -> bool:
        """Whether the terminal tells a modifier that is pressed alone."""
        return bool(self.flags & _REPORTS_ALL_KEYS)


class KeyPress(events.Key):
    """A key went down, and what Textual's own event does not tell of it.

    Args:
        key: Textual's name; for a key of the numeric pad that of the key which types the same.
        character: what it types, if anything.
        arrived: what the terminal sent.
        keypad: the name that only the key of the numeric pad has; empty for other keys, and where
            the terminal does not tell them apart.
        repeats: whether the terminal says that the key is held down and comes again.
    """

    def __init__(
        self,
        key: str,
        character: str | None,
        arrived: str,
        keypad: str = "",
        *,
        repeats: bool = False,
    ) -> None:
        super().__init__(key, character)
        self.arrived = arrived
        self.keypad = keypad
        self.repeats = repeats


# For widgets it is the key press that it always was.
KeyPress.handler_name = events.Key.handler_name


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
