"""From what the terminal sends to keys and mouse events, and nothing typed that nobody typed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final

from textual import _xterm_parser, events
from textual.keys import Keys
from textual.message import Message

from voice_tui.terminal.key_messages import KeyProtocol
from voice_tui.terminal.keys_down import KeysDown


class KitchenParser(_xterm_parser.XTermParser):
    """Reads what the terminal sends, and drops what it does not understand.

    Stock Textual types unknown sequences into the app character by character: a VS Code mouse
    report with `NaN` in it would bump orders. Malformed ones end the app with a ValueError, and
    so do all repeats and releases of keys, which are read here.
    """

    # `[<` to M or m is a mouse report; `[[` begins a function key of the Linux console and `[M`
    # an old mouse report of three more characters: Textual knows where those end.
    _COMPLETE: Final = re.compile(
        r"\x1b(?:\[<[^Mm]*[Mm]|\[(?![<\[M])[0-?]*[ -/]*[@-~]|O[0-9;]*[@-~]|[\]PX^_].*\x07|\\)",
        re.DOTALL,
    )
    # CSI code:alternates ; modifiers:kind ; text u, see
    # https://sw.kovidgoyal.net/kitty/keyboard-protocol/#an-overview
    _KEY: Final = re.compile(
        r"\x1b\[(?P<code>\d*)(?P<alternates>(?::\d*)*)"
        r"(?:;(?P<modifiers>\d*)(?::(?P<kind>\d+))?(?P<text>;[\d:]*)?)?(?P<end>[u~ABCDEFHPQRS])"
    )
    _PRESSED: Final = "1"
    _REPEATED: Final = "2"
    _RELEASED: Final = "3"
    _FLAGS: Final = re.compile(r"\x1b\[\?(\d{1,3})u")
    _LONGEST_KEY: Final = 32
    _LONGEST: Final = 1024

    def __init__(self, debug: bool = False) -> None:
        self._arrived = ""
        self._keys_down: KeysDown | None = None  # on a terminal that tells when keys come up
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
        if flags := self._FLAGS.fullmatch(sequence):
            protocol = KeyProtocol(int(flags[1]))
            self._keys_down = KeysDown() if protocol.tells_key_up else None
            self._tokens.append(protocol)
            yield events.Key(Keys.Ignore, sequence)
            return
        try:
            # Longer ones are no keys, and Textual's pattern for keys takes time by the square.
            keys = self._read_keys(sequence) if len(sequence) <= self._LONGEST_KEY else []
        except (ValueError, OverflowError):  # a code point that there is not
            keys = [events.Key(Keys.Ignore, sequence)]
        if not keys and self._COMPLETE.fullmatch(sequence) and not self._is_report(sequence):
            keys = [events.Key(Keys.Ignore, sequence)]
        yield from keys

    def _read_keys(self, sequence: str) -> list[events.Key]:
        """Read a key; repeats as if they were pressed again, releases as `KeyUp`."""
        ignored = events.Key(Keys.Ignore, sequence)
        if (key := self._KEY.fullmatch(sequence)) is None:
            return list(super()._sequence_to_key_events(sequence))
        code, kind = f"{key['code'] or 1}{key['end']}", key["kind"] or self._PRESSED
        down, now = self._keys_down, time.monotonic()
        if kind == self._RELEASED:
            up = down.release(code, now) if down is not None else None
            return [up or ignored]
        if kind not in (self._PRESSED, self._REPEATED):
            return [ignored]
        if key["kind"]:
            # In the form of a plain press, to which belongs that 1, no modifier, is left out.
            modifiers = "" if key["modifiers"] == "1" else key["modifiers"]
            front = f"{key['code']}{key['alternates']};{modifiers}"
            sequence = f"\x1b[{front}{key['text'] or ''}{key['end']}"
        keys = list(super()._sequence_to_key_events(sequence))
        if down is not None and len(keys) == 1:
            lost = down.press(code, keys[0].key, now, repeats=kind == self._REPEATED)
            keys = [lost, *keys] if lost is not None else keys
        return keys

    @staticmethod
    def _is_report(sequence: str) -> bool:
        """Tell whether `parse` of Textual 8.2.8 would find a mouse or a mode report in it."""
        mouse, mode = _xterm_parser._re_mouse_event, _xterm_parser._re_terminal_mode_response
        return bool(mouse.match(sequence) or mode.match(sequence))
