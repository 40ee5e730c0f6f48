"""What the terminal sends: the known as Textual reads it, the unknown dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

from voice_tui.terminal.parser import KitchenParser


def read(parser: XTermParser, text: str) -> list[str]:
    """Feed a parser, let its time for escape sequences pass, and tell what it found."""
    found: list[Message] = list(parser.feed(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parser, "get_time", lambda: float("inf"))
        found += parser.tick()
    return [
        f"{message.key} {message.character}" if isinstance(message, events.Key) else repr(message)
        for message in found
    ]


KNOWN = [
    *ANSI_SEQUENCES_KEYS,
    "1",
    "ü",
    "\x1b",  # the key
    "\x1bx",  # Alt and a key, without the Kitty protocol
    "\x1b[",  # as are these two
    "\x1bO",
    "\x1b[49;;49u",  # the key 1 in the Kitty protocol
    "\x1b[57441;2u",  # left shift alone
    "\x1b[<0;10;5M",
    "\x1b[<35;10;5m",
    "\x1b[I",
    "\x1b[O",
    "\x1b[?2026;2$y",
    "\x1b[?2048;0$y",
    "\x1b[48;24;80;480;800t",
    "\x1b[12;40R",
    "\x1b[200~two lines\nof it\x1b[201~",
]


@pytest.mark.parametrize("sequence", KNOWN, ids=repr)
def test_the_known_is_read_as_textual_reads_it(sequence: str) -> None:
    assert read(KitchenParser(), sequence) == read(XTermParser(), sequence)


UNKNOWN = [
    "\x1b[32;1:3u",  # key release
    "\x1b[97;1:2u",  # key repeat
    "\x1b[99999999999u",  # no such code point
    "\x1b[?27u",  # the Kitty keyboard's flags
    "\x1b[<35;NaN;NaNM",  # VS Code
    "\x1b[<35;NaN;Na",  # cut off
    "\x1b[M !!",  # a mouse report from before SGR
    "\x1b[?1;2;4c",  # what terminals say of themselves
    "\x1b[?65;1;2;3;4;6;7;8;9;15;18;21;22;28;29;52;314c",
    "\x1b[>0;276;0c",
    "\x1b[8;24;80t",
    "\x1bOz",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "\x1bP>|kitty(0.35.2)\x1b\\",
    "\x1b]52;c;" + "QUJD" * 100 + "\x1b\\",
]


@pytest.mark.parametrize("sequence", UNKNOWN, ids=repr)
def test_the_unknown_is_dropped_and_what_follows_is_read(sequence: str) -> None:
    parser = KitchenParser()

    assert read(parser, sequence) == []
    assert read(parser, "7") == ["7 7"]


def test_a_key_straight_after_the_unknown_is_read() -> None:
    assert read(KitchenParser(), "\x1b[<35;NaN;NaNM7\x1b[?27u8") == ["7 7", "8 8"]


PIECES = ["\x1b", "\x1b[", "\x1b[48;0;0;0;0t", "\x1b[<0;2;2M", *"019;:<?>=$MmuR~ONaAIt]\\\x07 é"]


@given(st.lists(st.sampled_from(PIECES), min_size=1))
def test_no_input_breaks_it(pieces: list[str]) -> None:
    parser = KitchenParser()
    read(parser, "".join(pieces))
    read(parser, "\x1b[201~")  # it may have begun a paste

    assert read(parser, "7") == ["7 7"]


@given(st.text(st.characters(exclude_characters="\x1b"), max_size=50))
def test_plain_text_is_typed(text: str) -> None:
    assert read(KitchenParser(), text) == read(XTermParser(), text)
