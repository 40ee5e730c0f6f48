"""A real terminal for a program under test: a pty, and pyte that draws what comes out of it.

The deadlines are generous and nothing sleeps: the reader wakes whoever waits.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyte
import pyte.modes

DEADLINE_S = 40.0
"""How long to wait for anything; the machine may be slow and busy."""

RAW_LIMIT = 8 * 1024 * 1024
"""How many of the last bytes of output are kept."""

_ALTERNATE_SCREEN = 1049
_MUST_BE_OFF = {
    _ALTERNATE_SCREEN: "alternate screen",
    1000: "mouse buttons",
    1003: "mouse moves",
    1006: "mouse reports in decimals",
    1015: "mouse reports of urxvt",
    1004: "focus reports",
    2004: "bracketed paste",
    2026: "synchronised output",
    2048: "resize reports",
}
_MUST_BE_ON = {7: "line wrap", 25: "cursor"}

_KITTY = re.compile(rb"\x1b\[([<>=?])(\d*)(?:;(\d*))?u")

# Makes the pty the controlling terminal, in the child: subprocess has no option for it.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


def hear_signals() -> None:
    """Make a child hear ctrl+c and the closing of its terminal, as a shell's children do.

    Tests in the background of a script, or under nohup, inherit that these are ignored; and a
    program that finds a signal ignored leaves it so.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class _Screen(pyte.Screen):
    """A pyte screen with an alternate one, which pyte 0.8.2 knows only as a number."""

    def set_mode(self, *modes: int, **options: Any) -> None:
        if options.get("private") and _ALTERNATE_SCREEN in modes:
            self._main = copy.deepcopy((self.buffer, self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes: int, **options: Any) -> None:
        if options.get("private") and _ALTERNATE_SCREEN in modes and self.has(_ALTERNATE_SCREEN):
            hidden = self.cursor.hidden
            self.buffer, self.cursor = self._main
            self.cursor.hidden = hidden
        super().reset_mode(*modes, **options)

    def has(self, private_mode: int) -> bool:
        return private_mode << 5 in self.mode


class PtyTerminal:
    """A program running on a terminal of its own; leaving the `with` kills it.

    Args:
        argv: The program and its arguments.
        size: Columns and rows.
        env: Added to the environment of the tests.
        controlling: Whether closing the terminal sends the program SIGHUP, as usual.
        kitty: Whether it knows the Kitty keyboard protocol; then it answers with its flags. It
            sends no other keys for it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        controlling: bool = True,
        kitty: bool = False,
    ) -> None:
        self._screen = _Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._raw = bytearray()
        self._torn = b""
        self._kitty = kitty
        self._kitty_flags = [0]
        self._master, self._slave = pty.openpty()
        self._set_size(*size)
        self._attributes_before = termios.tcgetattr(self._slave)
        self._attributes_after: list[Any] | None = None
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *argv] if controlling else list(argv),
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            preexec_fn=hear_signals,
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **_plain_env(), **(env or {})},
        )
        self._changed = threading.Condition()
        self._wake_reader, self._wake = os.pipe()
        self._reader = threading.Thread(target=self._read, name="pty-reader", daemon=True)
        self._reader.start()
        self._waiter = threading.Thread(target=self._await_end, name="pty-child", daemon=True)
        self._waiter.start()

    def __enter__(self) -> PtyTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self._waiter.join(DEADLINE_S)
        self.hang_up()
        os.close(self._wake)
        os.close(self._wake_reader)

    # What goes in

    def send(self, keys: str | bytes) -> None:
        """Type; a `str` is sent as UTF-8."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal; the program gets SIGWINCH."""
        with self._changed:
            self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def stall(self) -> None:
        """Read no more, like a frozen ssh connection: the program's next write blocks."""
        self._stop_reading()
        # Opened again, since the one that the program has must stay blocking.
        own = os.open(os.ttyname(self._slave), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(own, b"." * 4096)
        os.close(own)

    def resume(self) -> None:
        """Read again after `stall`; what it filled the terminal with comes out first."""
        self._reader = threading.Thread(target=self._read, name="pty-reader", daemon=True)
        self._reader.start()

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed."""
        self._stop_reading()
        for name in ("_master", "_slave"):
            if (descriptor := getattr(self, name)) >= 0:
                os.close(descriptor)
                setattr(self, name, -1)

    def write_as_another_program(self, data: bytes) -> None:
        """Write on the terminal from its own side."""
        os.write(self._slave, data)

    # What comes out

    @property
    def raw(self) -> bytes:
        """The bytes that the program wrote, the last 8 MiB of them."""
        with self._changed:
            return bytes(self._raw)

    def screen_text(self) -> str:
        """What a person sees: the rows, without spaces at their ends."""
        with self._changed:
            return "\n".join(self._row(y).rstrip() for y in range(self._screen.lines))

    def _row(self, y: int) -> str:
        # Not pyte's `display`, which fails where half of a wide character was overwritten.
        line = self._screen.buffer[y]
        return "".join(line[x].data for x in range(self._screen.columns))

    def wait_for(self, what: str | Callable[[], bool], deadline: float = DEADLINE_S) -> None:
        """Wait until a text stands on the screen, or a condition holds.

        Args:
            what: The text, or the condition; it is asked after each output.
            deadline: Seconds, after which the test fails and shows the screen.
        """
        holds = what if callable(what) else lambda: what in self.screen_text()
        with self._changed:
            ended = self._changed.wait_for(lambda: holds() or self._has_ended, deadline)
        if self._has_ended:
            self.exit_code()  # and with it the last of the output
        if not holds():
            state = "the program has ended" if ended else f"not in {deadline:g} s"
            raise AssertionError(f"{what!r}: {state}. The screen:\n{self.screen_text()}")

    def exit_code(self, deadline: float = DEADLINE_S) -> int:
        """Wait for the program's end and for the last of its output.

        Returns:
            The exit code; negative after a signal that it did not handle.
        """
        try:
            code = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"still running after {deadline:g} s. The screen:\n{self.screen_text()}"
            ) from None
        if self._slave >= 0:
            self._attributes_after = termios.tcgetattr(self._slave)
            os.close(self._slave)  # with the last one closed, reading ends after the last byte
            self._slave = -1
            self._reader.join(deadline)
        return code

    def not_restored(self) -> list[str]:
        """Tell what the program, once ended, has left in disorder; nothing is right."""
        assert self._attributes_after is not None, "ask for the exit code first"
        with self._changed:
            left = [name for mode, name in _MUST_BE_OFF.items() if self._screen.has(mode)]
            left += [name for mode, name in _MUST_BE_ON.items() if not self._screen.has(mode)]
        if self._kitty_flags != [0]:
            left.append("Kitty keyboard")
        if self._attributes_after != self._attributes_before:
            left.append("line discipline")
        return left

    # The reader

    def _read(self) -> None:
        while True:
            readable, _, _ = select.select([self._master, self._wake_reader], [], [])
            if self._wake_reader in readable:
                os.read(self._wake_reader, 1)
                break
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO: nobody has the other side open any more
                data = b""
            if not data:
                break
            with self._changed:
                self._take(data)
                self._changed.notify_all()

    def _take(self, data: bytes) -> None:
        self._raw += data
        del self._raw[:-RAW_LIMIT]
        data = self._torn + data
        # Half a sequence waits for the rest: pyte would draw the Kitty keyboard's as text.
        torn = re.search(rb"\x1b(?:\[[<>=?]?[\d;]*)?\Z", data)
        self._torn = torn.group() if torn else b""
        data = data[: torn.start()] if torn else data
        for each in _KITTY.finditer(data):
            self._take_kitty(*each.group(1, 2, 3))
        self._stream.feed(_KITTY.sub(b"", data))

    def _take_kitty(self, kind: bytes, first: bytes, second: bytes | None) -> None:
        """Do as https://sw.kovidgoyal.net/kitty/keyboard-protocol/#progressive-enhancement says."""
        flags = self._kitty_flags
        match kind:
            case b">":
                flags.append(int(first or b"0"))
            case b"<":
                del flags[-int(first or b"1") :]
                self._kitty_flags = flags or [0]
            case b"=":
                given, top = int(first or b"0"), flags[-1]
                flags[-1] = {b"2": top | given, b"3": top & ~given}.get(second or b"1", given)
            case _ if self._kitty:
                os.write(self._master, b"\x1b[?%du" % flags[-1])
            case _:
                pass

    def _stop_reading(self) -> None:
        if self._reader.is_alive():
            os.write(self._wake, b".")
            self._reader.join(DEADLINE_S)

    @property
    def _has_ended(self) -> bool:
        return self.process.returncode is not None

    def _await_end(self) -> None:
        self.process.wait()
        with self._changed:
            self._changed.notify_all()

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _plain_env() -> dict[str, str]:
    """Give the environment without what changes how Textual draws or reads."""
    changing = ("TEXTUAL", "NO_COLOR", "COLUMNS", "LINES", "TERM", "COLORTERM", "LC_TERMINAL")
    return {name: value for name, value in os.environ.items() if not name.startswith(changing)}
