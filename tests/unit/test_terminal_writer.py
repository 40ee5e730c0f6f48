"""What is written on a terminal that stands still, and that nobody waits for it."""

from __future__ import annotations

import os
import threading
import tty
from collections.abc import Iterator
from typing import Final

import pytest

from voice_tui.terminal.writer import LIMIT, TerminalWriter

DEADLINE_S: Final = 30.0

FRAME: Final = "\x1b[1;1H" + "x" * 4000


class Terminal:
    """A pty that is read only when the test says so, and what its writer told."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.gone = threading.Event()
        self.skipped = threading.Event()
        self.writer = TerminalWriter(self.slave, self.gone.set, self.skipped.set)

    def read_until(self, last: bytes) -> bytes:
        """Read until a text has come."""
        data = b""
        while not data.endswith(last):
            data += os.read(self.master, 65536)
        return data

    def close(self) -> None:
        self.writer.close(0)
        for descriptor in {self.master, self.slave} - {-1}:
            os.close(descriptor)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_everything_is_written_in_order_while_the_terminal_takes_it(terminal: Terminal) -> None:
    for number in range(500):
        terminal.writer.write(f"frame {number};")
        if number % 50 == 0:
            terminal.read_until(f"frame {number};".encode())

    rest = terminal.read_until(b"frame 499;")

    assert rest.count(b"frame") == 49
    assert not terminal.skipped.is_set()
    assert terminal.writer.close(DEADLINE_S)


def test_nobody_waits_for_a_terminal_that_takes_nothing(terminal: Terminal) -> None:
    for _ in range(10 * LIMIT // len(FRAME)):
        terminal.writer.write(FRAME)
    assert not terminal.skipped.is_set()

    reader = threading.Thread(target=terminal.read_until, args=(b"all drawn anew",), daemon=True)
    reader.start()
    assert terminal.skipped.wait(DEADLINE_S)
    terminal.writer.write("all drawn anew")

    reader.join(DEADLINE_S)
    assert not reader.is_alive()


def test_what_waits_is_bounded_and_no_switch_is_lost(terminal: Terminal) -> None:
    switches = [f"\x1b[?{mode}h" for mode in (1004, 2004, 2048)] + [
        "\x1b[>25u",
        "\x1b[=2;2u\x1b[?u",
    ]
    terminal.writer.write(FRAME)
    for switch in switches:
        terminal.writer.write(switch)
        for _ in range(2 * LIMIT // len(FRAME)):
            terminal.writer.write("\x1b[?2026h")
            terminal.writer.write(FRAME)
            terminal.writer.write("\x1b[?2026l")
    terminal.writer.write("\x1b[?7h")

    taken = terminal.read_until(b"\x1b[?7h")

    assert len(taken) <= LIMIT + 64 * 1024
    for switch in switches:
        assert taken.count(switch.encode()) == 1, switch
    assert taken.count(b"\x1b[?2026l") > taken.count(b"\x1b[?2026h")


def test_a_frame_larger_than_all_that_may_wait_is_drawn_and_so_is_the_next(
    terminal: Terminal,
) -> None:
    for frame in ("x" * (LIMIT + 5000) + "its end", "and the next"):
        reader = threading.Thread(
            target=terminal.read_until, args=(frame[-7:].encode(),), daemon=True
        )
        reader.start()
        terminal.writer.write(frame)
        reader.join(DEADLINE_S)
        assert not reader.is_alive(), "the writer has gone to sleep"
    assert not terminal.skipped.is_set()


def test_a_close_does_not_wait_for_ever_and_tells_that_something_is_left(
    terminal: Terminal,
) -> None:
    for _ in range(20):
        terminal.writer.write(FRAME)

    assert not terminal.writer.close(0.2)


def test_it_tells_once_that_the_terminal_is_gone(terminal: Terminal) -> None:
    os.close(terminal.master)
    terminal.master = -1

    terminal.writer.write(FRAME)

    assert terminal.gone.wait(DEADLINE_S)
    terminal.writer.write(FRAME)
    assert not terminal.writer.close(DEADLINE_S)
