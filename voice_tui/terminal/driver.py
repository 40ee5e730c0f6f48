"""The driver: takes the terminal, reads it, notices when it is gone, and gives it back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import select
import termios
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any, Final

from textual import constants
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from voice_tui.exit_codes import HANG_UP
from voice_tui.terminal.key_messages import REPORTS_EVENT_TYPES
from voice_tui.terminal.parser import KitchenParser
from voice_tui.terminal.writer import TerminalWriter

_log = logging.getLogger("voice_tui.terminal")

_POLL_S: Final = 0.1
"""How often the input thread looks up from an idle terminal, as in Textual."""

_BEGUN_EVERY_S: Final = 0.025
"""How often it is looked whether an app that is to end has begun."""

_PATIENCE_S: Final = 0.3
"""What a terminal gets, at the end, to take the last of what was written."""

RESTORE: Final = (
    b"\x1b\\"  # whatever sequence was cut in two
    b"\x1b[?2026l"  # no frame is half drawn: a terminal would go on holding it back
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    b"\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # bracketed paste, focus reports, resize reports
    b"\x1b[?7h"  # lines wrap
    b"\x1b[<u"  # the Kitty keyboard's former flags; they are kept per screen, so before the next
    b"\x1b[?1049l"  # main screen
    b"\x1b[?25h\x1b[0m"  # cursor, colours
)
"""Undoes all that `LinuxDriver.start_application_mode` and drawing turn on."""


class KitchenDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, which also ends the app when the terminal is gone.

    Textual 8.2.8 takes the end of input for "nothing typed yet" and reads again at once, with all
    of a processor. A terminal that goes without SIGHUP is common under supervisors. Nor does the
    app stand still when the terminal does: see writer.py.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._taken = False
        self._stopped = False
        self._writer: TerminalWriter | None = None
        # `protect_stderr` has seen to it that this is the terminal.
        self._output = self._file.fileno() if self._file is not None else 1

    def start_application_mode(self) -> None:
        """Take the terminal, and ask it to tell when keys come up."""
        self._taken, self._stopped = True, False
        self._writer = TerminalWriter(
            self._output, self._terminal_gone, lambda: self._in_loop(self._draw_anew)
        )
        super().start_application_mode()
        if not constants.DISABLE_KITTY_KEY:
            # Added to Textual's own flags, which it has pushed and will pop. Then the question
            # which are on: terminals that know no Kitty keyboard do not answer.
            self.write(f"\x1b[={REPORTS_EVENT_TYPES};2u\x1b[?u")
            self.flush()

    def write(self, data: str) -> None:
        """Write on the terminal, without waiting for it; Textual's own writer has nothing to do.

        Args:
            data: a frame, or modes to be turned on or off.
        """
        if self._writer is not None:
            self._writer.write(data)

    def stop_application_mode(self) -> None:
        """Have the terminal given back, as it was."""
        super().stop_application_mode()
        self._stopped = True

    def close(self) -> None:
        """End writing; what a terminal that stands still did not take is left to `give_back`."""
        super().close()
        if self._writer is not None and self._writer.close(_PATIENCE_S) and self._stopped:
            self._taken = False

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again after a stop, in the event loop.

        Textual 8.2.8 does it in the middle of whatever runs. And if it had not given the terminal
        up, after SIGSTOP, two threads read, and raw mode is what it restores at the end.
        """
        if self._auto_restart:
            self._in_loop(self._take_again)

    def _take_again(self) -> None:
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:  # a terminal that hangs up sends SIGCONT after SIGHUP
            self._terminal_gone()
            return
        if self._app.return_code is not None:  # it is ending
            return
        if self._taken:
            self.suspend_application_mode()
        self.start_application_mode()
        self._draw_anew()

    def _draw_anew(self) -> None:
        self._app.refresh(layout=True)

    def give_back(self) -> None:
        """Restore the terminal if `close` did not get that far. It waits for half a second."""
        if not self._taken:
            return
        self._taken = False
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):  # the terminal is gone: nothing to restore
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        if self._writer is not None and not self._writer.close(0):
            # What it has not taken would stand before this: frames of a display that is no more.
            with contextlib.suppress(termios.error):
                termios.tcflush(self._output, termios.TCOFLUSH)
            self._writer.close(_PATIENCE_S)
        # The flag belongs to the terminal as opened by the shell: it must be as before.
        blocking = os.get_blocking(self._output)
        os.set_blocking(self._output, False)
        with contextlib.suppress(OSError):  # gone, or there is no room: there is no more to try
            os.write(self._output, RESTORE)
        os.set_blocking(self._output, blocking)

    def _run_input_thread(self) -> None:
        """Read input; if that fails, the app ends as with any other crash.

        The one of Textual 8.2.8 prints the traceback and leaves the exit code at 0.
        """
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - a thread's boundary: the app logs it and ends
            self._in_loop(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read keys and mouse until told to stop or the terminal is gone.

        Like that of Textual 8.2.8, but for the parser, the end of input, and bytes that are not
        UTF-8, which there end the app.
        """
        parser = KitchenParser(self._debug)
        decode = getincrementaldecoder("utf-8")("ignore").decode
        while not self.exit_event.is_set():
            # select and not poll, which does not know terminals on macOS.
            if select.select([self.fileno], [], [], _POLL_S)[0]:
                try:
                    arrived = os.read(self.fileno, 4096)
                except OSError:  # EIO: the other side has closed
                    arrived = b""
                if not arrived:
                    self._terminal_gone()
                    return
                if text := decode(arrived):  # the parser takes an empty string for the end
                    for message in parser.feed(text):
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _terminal_gone(self) -> None:
        self._in_loop(end_app, self._app, HANG_UP, "the terminal is gone")

    def _in_loop(self, act: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the app has ended already
            self._loop.call_soon_threadsafe(act, *arguments)


def end_app(app: App[Any], code: int, reason: str) -> None:
    """End an app from outside, in its event loop: input stops first, then the app exits.

    An app that is starting ends after its first frame: Textual 8.2.8 leaves out the composing of
    widgets once it is to exit, and goes on to mount those that expect them.
    """
    if app.return_code is not None:  # it is ending for a reason of its own
        return
    _log.info("ending: %s", reason)
    _exit_once_begun(app, code)


def _exit_once_begun(app: App[Any], code: int) -> None:
    if app.return_code is not None:
        return
    if not app._dom_ready:
        asyncio.get_running_loop().call_later(_BEGUN_EVERY_S, _exit_once_begun, app, code)
        return
    if app._driver is not None:
        app._driver.disable_input()
    app.exit(return_code=code)
