"""Bump bars on a terminal: the bytes that really arrive, with and without the Kitty protocol."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.pty_terminal import PtyTerminal

CTRL_DOWN, CTRL_REPEAT, CTRL_UP = b"\x1b[57442;5u", b"\x1b[57442;5:2u", b"\x1b[57442;1:3u"
CTRL = CTRL_DOWN + CTRL_UP


def kitty(code: int, text: str = "", num_lock: bool = False) -> bytes:
    """Press and release a key as kitty 0.35 tells it with all flags that the display turns on."""
    modifiers = 129 if num_lock else 1
    typed = f";{ord(text)}" if text else ""
    return f"\x1b[{code};{modifiers}{typed}u\x1b[{code};{modifiers}:3u".encode()


def pad(digit: int) -> bytes:
    """Press and release a digit of the numeric pad, Num Lock on."""
    return kitty(57399 + digit, str(digit), num_lock=True)


PAD_MINUS, PAD_ENTER = kitty(57412, "-", num_lock=True), kitty(57414, num_lock=True)


class Bar:
    """A display, and what it was asked for."""

    def __init__(self, terminal: PtyTerminal, told: Path) -> None:
        self.terminal = terminal
        self._told = told

    @property
    def told(self) -> list[str]:
        return self._told.read_text().splitlines() if self._told.exists() else []

    def expect(self, keys: bytes, *wishes: str) -> None:
        """Press keys, and wait until exactly these wishes have been told since the start."""
        self.terminal.send(keys)
        self.terminal.wait_for(lambda: len(self.told) >= len(wishes))
        assert self.told == list(wishes)

    def end(self) -> None:
        self.terminal.signal(signal.SIGTERM)
        assert self.terminal.exit_code() == 143
        assert self.terminal.not_restored() == []


Start = Callable[..., Bar]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a display with bars on a terminal."""
    with ExitStack() as stack:

        def begin(*profiles: str, kitty: bool = False, clock: str = "runs") -> Bar:
            settings = json.dumps({"bump_bar": {"profiles": profiles}, "bump": {"undo_seconds": 0}})
            argv = [sys.executable, "-m", "tests.e2e.bar_display", str(tmp_path), settings, clock]
            terminal = stack.enter_context(PtyTerminal(argv, size=(120, 36), kitty=kitty))
            terminal.wait_for("TABLE 1 ")
            return Bar(terminal, tmp_path / "told")

        yield begin


def test_sheet_b_on_a_plain_terminal(start: Start) -> None:
    bar = start("kb1700-b")

    bar.expect(b"0", "bump o1")  # the printed 1
    bar.expect(b"9", "bump o1", "bump o10")  # the printed 10
    bar.expect(b" \x1b[B-", "bump o1", "bump o10", "recall ")  # DOWN, SUM, RECALL
    bar.end()


def test_sheet_b_bumps_with_a_lone_ctrl_where_the_terminal_tells_it(start: Start) -> None:
    bar = start("kb1700-b", kitty=True)

    bar.terminal.send(kitty(32, " "))  # DOWN selects
    bar.terminal.wait_for("BUMP bump")
    bar.expect(CTRL, "bump o1")
    bar.expect(kitty(49, "1") + PAD_MINUS, "bump o1", "bump o2", "recall ")
    bar.end()


def test_bump_held_down_bumps_once_and_so_does_ctrl_with_another_key_not_at_all(
    start: Start,
) -> None:
    bar = start("kb1700-b", kitty=True)

    bar.terminal.send(kitty(32, " "))
    bar.terminal.wait_for("BUMP bump")
    bar.terminal.send(CTRL_DOWN + b"\x1b[100;5u\x1b[100;5:3u" + CTRL_UP)  # ctrl+d
    bar.terminal.wait_for("Diagnostics")
    bar.terminal.send(b"\x1b[27u\x1b[27;1:3u")
    bar.terminal.wait_for(lambda: "Diagnostics" not in bar.terminal.screen_text())
    assert bar.told == []
    bar.expect(CTRL_DOWN + CTRL_REPEAT * 30 + CTRL_UP, "bump o1")
    # All that was sent before has been read when the answer to this is there.
    bar.expect(kitty(49, "1"), "bump o1", "bump o2")
    bar.end()


def test_sheet_c_has_its_arrows_elsewhere_and_bumps_with_space(start: Start) -> None:
    bar = start("kb1700-c")

    bar.terminal.send(b"\x1b[B")  # Right, selects the first
    bar.terminal.wait_for("BUMP TICKET bump")
    bar.terminal.send(b"\x1b[C")  # Down
    bar.expect(b" ", "bump o2")
    bar.terminal.send(b" ")  # selects where the selection was
    bar.terminal.wait_for("BUMP TICKET bump")
    bar.end()


def test_a_held_bump_of_sheet_c_bumps_once(start: Start) -> None:
    bar = start("kb1700-c", clock="still")  # a busy machine must not let time pass between them

    bar.terminal.send(b"\x1b[B")
    bar.terminal.wait_for("BUMP TICKET bump")
    bar.terminal.send(b" " * 30)
    bar.expect(b"4", "bump o1", "bump o4")
    bar.end()


def test_a_held_key_acts_once_however_slowly_it_repeats_where_the_terminal_says_so(
    start: Start,
) -> None:
    bar = start("kb1700-b", kitty=True)
    slot, again, up = b"\x1b[48;1;48u", b"\x1b[48;1:2;48u", b"\x1b[48;1:3u"

    bar.expect(slot, "bump o1")
    for _ in range(3):
        bar.terminal.send(again)
        # What was sent before has been taken when the page has turned and come back.
        bar.terminal.send(b"\x1b[93;1;93u\x1b[93;1:3u")
        bar.terminal.wait_for("page 2/")
        bar.terminal.send(b"\x1b[91;1;91u\x1b[91;1:3u")
        bar.terminal.wait_for("page 1/")
    bar.expect(up + kitty(51, "3"), "bump o1", "bump o4")
    bar.end()


def test_a_numeric_pad_on_a_plain_terminal(start: Start) -> None:
    bar = start("numpad")

    bar.expect(b"7", "bump o7")
    bar.terminal.send(b"+")
    bar.terminal.wait_for("page 2/")
    bar.terminal.send(b"*")
    bar.terminal.wait_for("page 1/")
    bar.expect(b"-", "bump o7", "recall ")
    bar.terminal.wait_for("Enter bump")  # what was recalled is selected
    bar.expect(b"\r", "bump o7", "recall ", "bump o7")
    bar.end()


def test_a_numeric_pad_in_application_mode(start: Start) -> None:
    bar = start("numpad")

    bar.expect(b"\x1bOw\x1bOm", "bump o7", "recall ")
    bar.terminal.wait_for("Enter bump")
    bar.expect(b"\x1bOM", "bump o7", "recall ", "bump o7")
    bar.end()


def test_a_numeric_pad_with_the_kitty_protocol(start: Start) -> None:
    bar = start("numpad", kitty=True)

    bar.expect(pad(7) + PAD_MINUS, "bump o7", "recall ")
    bar.terminal.wait_for("Enter bump")
    bar.expect(PAD_ENTER, "bump o7", "recall ", "bump o7")
    bar.end()


def test_two_bars_on_one_terminal(start: Start) -> None:
    bar = start("kb1700-b", "numpad", kitty=True)

    bar.expect(kitty(48, "0") + pad(1), "bump o1", "bump o13")
    bar.expect(PAD_MINUS, "bump o1", "bump o13", "recall ")
    bar.end()


def test_a_plain_keyboard_takes_its_pad_for_the_same_keys(start: Start) -> None:
    bar = start("pc", kitty=True)

    bar.terminal.send(pad(5))
    bar.terminal.wait_for("Slot 5")
    bar.expect(PAD_ENTER, "bump o5")
    bar.end()
