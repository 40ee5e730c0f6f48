"""From what the terminal sends to keys and mouse events, and nothing typed that nobody typed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final

from textual import _xterm_parser, events
from textual._keyboard_protocol import MODIFIER_FUNCTIONAL_KEYS
from textual.keys import Keys, _character_to_key
from textual.message import Message

from voice_tui.terminal.key_messages import ALONE, KEYPAD, KeyPress, KeyProtocol
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
        self._lone = ""  # code of a modifier that is down with nothing pressed since
        # Textual 8.2.8 gives up on a sequence after 32 characters and takes the rest for typing;
        # a terminal's description of itself is longer than that.
        _xterm_parser._MAX_SEQUENCE_SEARCH_THRESHOLD = self._LONGEST
        super().__init__(debug)

    def parse_mouse_code(self, code: str) -> Message | None:
        """Read a mouse report; None when it can not be told where the mouse is.

        A terminal may report its size in pixels as 0, unknown; Textual 8.2.8 divides by that.
        """
        try:
            message = super().parse_mouse_code(code)
        except ZeroDivisionError:
            return None
        if not isinstance(message, events.MouseMove):  # Ctrl and a click is not Ctrl alone
            self._lone = ""
        return message

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
        for key in keys:
            plain = type(key) is events.Key
            yield KeyPress(key.key, key.character, sequence) if plain else key

    def _read_keys(self, sequence: str) -> list[events.Key]:
        """Read a key; repeats as if they were pressed again, releases as `KeyUp`."""
        ignored = events.Key(Keys.Ignore, sequence)
        if (key := self._KEY.fullmatch(sequence)) is None:
            typed = list(super()._sequence_to_key_events(sequence))
            self._lone = "" if typed else self._lone
            return typed
        code, kind = f"{key['code'] or 1}{key['end']}", key["kind"] or self._PRESSED
        if kind == self._RELEASED:
            return self._release(code, sequence) or [ignored]
        if kind not in (self._PRESSED, self._REPEATED):
            return [ignored]
        plain = sequence
        if key["kind"]:
            # In the form of a plain press, to which belongs that 1, no modifier, is left out.
            modifiers = "" if key["modifiers"] == "1" else key["modifiers"]
            front = f"{key['code']}{key['alternates']};{modifiers}"
            plain = f"\x1b[{front}{key['text'] or ''}{key['end']}"
        keys = list(super()._sequence_to_key_events(plain))
        repeats = kind == self._REPEATED
        told = [_told(each, code, sequence, repeats=repeats) for each in keys]
        return self._press(code, told[0], repeats=repeats) if len(told) == 1 else [*told]

    def _press(self, code: str, key: KeyPress, *, repeats: bool) -> list[events.Key]:
        """Tell a press: what was lost before it, itself, and that it is a modifier alone."""
        found: list[events.Key] = [key]
        if self._keys_down is not None:
            lost = self._keys_down.press(code, key.key, time.monotonic(), repeats=repeats)
            if lost is not None:
                found.insert(0, lost)
        if key.key not in MODIFIER_FUNCTIONAL_KEYS:
            self._lone = ""
        elif self._keys_down is None and not repeats:
            # Nobody will tell that it comes up: this has to do.
            found.append(KeyPress(key.key + ALONE, None, key.arrived))
        elif not repeats:
            self._lone = code
        return found

    def _release(self, code: str, sequence: str) -> list[events.Key]:
        """Tell a release: of a modifier that was pressed alone, that too."""
        if self._keys_down is None:
            return []
        found: list[events.Key] = []
        up = self._keys_down.release(code, time.monotonic())
        if up is not None:
            found.append(up)
            if self._lone == code:
                found.append(KeyPress(up.released + ALONE, None, sequence))
        self._lone = ""
        return found

    @staticmethod
    def _is_report(sequence: str) -> bool:
        """Tell whether `parse` of Textual 8.2.8 would find a mouse or a mode report in it."""
        mouse, mode = _xterm_parser._re_mouse_event, _xterm_parser._re_terminal_mode_response
        return bool(mouse.match(sequence) or mode.match(sequence))


def _told(key: events.Key, code: str, sequence: str, *, repeats: bool) -> KeyPress:
    """Tell of a key all that is known; of one of the numeric pad both names."""
    if code not in KEYPAD:
        return KeyPress(key.key, key.character, sequence, repeats=repeats)
    own, elsewhere = KEYPAD[code]
    if key.is_printable and key.character is not None:  # a comma where the layout has one
        elsewhere = _character_to_key(key.character)
    modifiers = key.key.rpartition("+")[0]
    front = f"{modifiers}+" if modifiers else ""
    name, keypad = f"{front}{elsewhere}", f"{front}{own}"
    return KeyPress(name, key.character, sequence, keypad, repeats=repeats)
