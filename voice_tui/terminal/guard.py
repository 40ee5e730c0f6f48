"""An app whose end, whatever its cause, leaves a usable shell, a log and no secret."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.worker import WorkerFailed

from voice_tui import exit_codes
from voice_tui.core.text import clean
from voice_tui.terminal.driver import KitchenDriver
from voice_tui.terminal.key_messages import KeyProtocol, KeyUp
from voice_tui.terminal.signals import SignalWatch
from voice_tui.terminal.stderr import protect_stderr
from voice_tui.terminal.style_cache import mend_style_cache

MAX_PASTED: Final = 10_000
"""Longest text that is pasted, in characters."""


class KeyListener(Protocol):
    """What a key can be held for."""

    def hear_key_protocol(self, *, tells_key_up: bool) -> None:
        """Take note whether the terminal tells when a key comes up."""
        ...

    def hear_key_up(self, key: str, held: float) -> None:
        """Take the news that a key came up.

        Args:
            key: as its press was named.
            held: seconds since it went down.
        """
        ...


class GuardedApp(App[int]):
    """An app whose crash shows no secret; it is to be run by `run_guarded`."""

    crash: BaseException | None = None
    """What ended the app, if it was an error."""

    key_listener: KeyListener | None = None
    """What a key can be held for, if anything; told here, since the app is where the actions of
    keys are run, and not before that of the press."""

    def __init__(self) -> None:
        mend_style_cache()
        super().__init__()

    def get_driver_class(self) -> type[Driver]:
        """Use our driver where Textual would use its own for Linux; not in a browser."""
        stock = super().get_driver_class()
        return KitchenDriver if stock is LinuxDriver else stock

    async def on_event(self, event: events.Event) -> None:
        """Take what was pasted as text: inputs of Textual 8.2.8 draw what a terminal obeys.

        Args:
            event: any event; a paste goes on as clean text.
        """
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event = events.Paste(clean(event.text, MAX_PASTED, strip=False))
        await super().on_event(event)

    def on_key_protocol(self, message: KeyProtocol) -> None:
        """Take the terminal's answer, which comes only from terminals that know the protocol.

        Args:
            message: what it tells.
        """
        if self.key_listener is not None:
            self.key_listener.hear_key_protocol(tells_key_up=message.tells_key_up)

    def on_key_up(self, message: KeyUp) -> None:
        """Hand on that a key came up.

        Args:
            message: which one.
        """
        if self.key_listener is not None:
            self.key_listener.hear_key_up(message.released, message.held)

    def note_crash(self, error: BaseException) -> None:
        """Write an error that ends the app to the log, whole but without local variables.

        Args:
            error: The first one is what the person is told of.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.crash is None:
            self.crash = cause
        logging.getLogger("kds_tui.app").critical("crashed", exc_info=cause)

    def _handle_exception(self, error: Exception) -> None:
        """End the app after an unhandled error.

        That of Textual 8.2.8 does the same, and prints a traceback with local variables on the
        terminal: tokens and PINs.
        """
        self.note_crash(error)
        self._return_code = exit_codes.FAILED
        if self._exception is None:  # run_test raises it again in the test
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()


def run_guarded(app: GuardedApp, run: Callable[[], object], log_path: Path) -> int:
    """Run an app such that the terminal and the shell are usable after it, however it ends.

    SIGTERM, SIGINT and SIGHUP end it through `App.exit`; a second one, or 8 s, by force. What
    else writes on stderr meanwhile goes to a file beside the log.

    Args:
        app: Not run yet.
        run: Runs the app to its end: `app.run`, or a function that runs more around it.
        log_path: Where the log is, for the person after a crash. It must be open already.

    Returns:
        The exit code: that of the app, 1 after a crash, 128 and its number after a signal, 129
        when the terminal is gone.
    """
    with protect_stderr(log_path), SignalWatch(app):
        try:
            run()
        except Exception as error:  # noqa: BLE001 - the outermost boundary: logged, told, code 1
            app.note_crash(error)
        finally:
            driver = app._driver  # 8.2.8 has no public name for it
            if isinstance(driver, KitchenDriver):
                driver.close()
                driver.give_back()
    if app.crash is None:
        return app.return_code or exit_codes.OK
    with contextlib.suppress(OSError):  # the terminal is gone, and nobody reads
        # Not the error's own text: that may hold a secret, or what a stranger wrote.
        sys.stderr.write(
            f"kds-tui ended because of an error ({type(app.crash).__name__}).\n"
            f"What happened is in the log: {log_path}\n"
        )
        sys.stderr.flush()
    return exit_codes.FAILED
