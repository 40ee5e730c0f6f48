"""From what the terminal sends to keys and mouse events, and nothing typed that nobody typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from textual import _xterm_parser, events
from textual.keys import Keys
from textual.message import Message


class KitchenParser(_xterm_parser.XTermParser):
    """Reads what the terminal sends, and drops what it does not understand.

    Stock Textual types unknown sequences into the app character by character: a VS Code mouse
    report with `NaN` in it would bump orders. Malformed ones end the app with a ValueError.
    """

    # `[<` to M or m is a mouse report; `[[` begins a function key of the Linux console and `[M`
    # an old mouse report of three more characters: Textual knows where those end.
    _COMPLETE: Final = re.compile(
        r"\x1b(?:\[<[^Mm]*[Mm]|\[(?![<\[M])[0-?]*[ -/]*[@-~]|O[0-9;]*[@-~]|[\]PX^_].*\x07|\\)",
        re.DOTALL,
    )
    _LONGEST_KEY: Final = 32
    _LONGEST: Final = 1024

    def __init__(self, debug: bool = False) -> None:
        self._arrived = ""
        # Textual 8.2.8 gives up on a sequence after 32 characters and takes the rest for typing;
        # a terminal's description of itself is longer than that.
        _xterm_parser._MAX_SEQUENCE_SEARCH_THRESHOLD = self._LONGEST
        super().__init__(debug)

    def parse_mouse_code(self, code: str) -> Message | None:
        """Read a mouse report; None when it can not be told where the mouse is.

        A terminal may report its size in pixels as 0, unknown; Textual 8.2.8 divides by that.
        """
        try:
            return super().parse_mouse_code(code)
        except ZeroDivisionError:
            return None

    def _sequence_to_key_events(
        self, sequence: str, alt: bool | None = None
    ) -> Iterator[events.Key]:
        """Make keys of a typed character, or of as much of a sequence as has arrived.

        In Textual 8.2.8 `parse` asks this at every further character, before it looks for mouse
        and mode reports. `alt` it gives only when it has given up on a sequence and types it out,
        one character a call.
        """
        if alt is not None:
            # Two characters are Alt and a key on a terminal without the Kitty protocol.
            if len(self._arrived) <= 2 or self._arrived[1] not in "[O]PX^_":
                yield from super()._sequence_to_key_events(sequence, alt)
            return
        self._arrived = sequence
        try:
            # Longer ones are no keys, and Textual's pattern for keys takes time by the square.
            short = len(sequence) <= self._LONGEST_KEY
            keys = list(super()._sequence_to_key_events(sequence)) if short else []
        except (ValueError, OverflowError):
            # Kitty's key releases, `CSI 32;1:3u`, or a code point that there is not. Holding a
            # key to talk will be read here.
            keys = [events.Key(Keys.Ignore, sequence)]
        if not keys and self._COMPLETE.fullmatch(sequence) and not self._is_report(sequence):
            keys = [events.Key(Keys.Ignore, sequence)]
        yield from keys

    @staticmethod
    def _is_report(sequence: str) -> bool:
        """Tell whether `parse` of Textual 8.2.8 would find a mouse or a mode report in it."""
        mouse, mode = _xterm_parser._re_mouse_event, _xterm_parser._re_terminal_mode_response
        return bool(mouse.match(sequence) or mode.match(sequence))
