"""An app whose end, whatever its cause, leaves a usable shell, a log and no secret."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.notifications import Notify
from textual.widgets._toast import Toast, ToastHolder
from textual.worker import WorkerFailed

from voice_tui import exit_codes
from voice_tui.core.text import clean
from voice_tui.leaving import leave_in_time
from voice_tui.service_manager import ServiceManager
from voice_tui.signal_watch import SignalWatch
from voice_tui.terminal.driver import KitchenDriver, end_app
from voice_tui.terminal.key_messages import KeyPress, KeyProtocol, KeyUp
from voice_tui.terminal.stderr import protect_stderr
from voice_tui.terminal.style_cache import mend_style_cache

_log = logging.getLogger("voice_tui.terminal")

_TELL_S: Final = 0.5
"""How long the person's terminal has to take the last words after a crash."""

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

    last_key = ""
    """The key that was pressed last, by Textual's name, whoever took it."""

    tells_lone_modifiers = False
    """Whether the terminal tells a modifier that is pressed alone; unknown counts as not."""

    end_watch: SignalWatch | None = None
    """Sees to it that an end does not take too long."""

    def __init__(self) -> None:
        mend_style_cache()
        super().__init__()
        self._manager: ServiceManager | None = None
        self._alive: asyncio.Task[None] | None = None

    def exit(self, *arguments: Any, **options: Any) -> None:
        """End the app, as Textual does, within the time that an end may take."""
        super().exit(*arguments, **options)
        self._ends()

    def on_ready(self) -> None:
        """Tell the service manager, if there is one, that the first frame is drawn."""
        if self.end_watch is None:  # run by a test
            return
        self._manager = ServiceManager()
        self._manager.ready("the display is on")
        proof = self._manager.prove_alive(self._answer)
        self._alive = asyncio.create_task(proof, name="proof of life")

    async def _answer(self) -> str:
        """Prove that the screen takes messages."""
        answered = asyncio.Event()
        self.call_next(answered.set)
        await answered.wait()
        return "the display is on"

    def _ends(self) -> None:
        if self._alive is not None:
            self._alive.cancel()
        if self._manager is not None:
            self._manager.stopping("the display ends")
        if self.end_watch is not None:
            self.end_watch.ending()

    def get_driver_class(self) -> type[Driver]:
        """Use our driver where Textual would use its own for Linux; not in a browser."""
        stock = super().get_driver_class()
        return KitchenDriver if stock is LinuxDriver else stock

    async def on_event(self, event: events.Event) -> None:
        """Take what was pasted as text: inputs of Textual 8.2.8 draw what a terminal obeys.

        Args:
            event: any event; a paste goes on as clean text, a key of the numeric pad under its own
                name where that is bound.
        """
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event = events.Paste(clean(event.text, MAX_PASTED, strip=False))
        if isinstance(event, KeyPress) and event.keypad and self.screen_stack:
            bound = event.keypad in self.screen.active_bindings
            event.key = event.keypad if bound else event.key
        if isinstance(event, events.Key) and not isinstance(event, KeyUp):
            self.last_key = event.key
        await super().on_event(event)

    def on_notify(self, message: Notify) -> None:
        """Have a sentence that shows already begin anew: said six times of six orders it would hide
        what it is about.

        Args:
            message: what is said; Textual's own handler, which comes after this one, shows it.
        """
        for said in list(self._notifications):
            if said.message == message.notification.message:
                self._unnotify(said, refresh=False)
        for toast in self.screen.query(Toast) if self.screen_stack else ():
            if toast._notification not in self._notifications:
                holder = toast.parent  # Textual 8.2.8 would leave it
                (holder if isinstance(holder, ToastHolder) else toast).remove()

    def on_key_protocol(self, message: KeyProtocol) -> None:
        """Take the terminal's answer, which comes only from terminals that know the protocol.

        Args:
            message: what it tells.
        """
        self.tells_lone_modifiers = message.tells_lone_modifiers
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
        self._ends()


def run_guarded(app: GuardedApp, run: Callable[[], object], log_path: Path) -> int:
    """Run an app such that the terminal and the shell are usable after it, however it ends.

    SIGTERM, SIGINT and SIGHUP end it through `App.exit`; a second one, or 8 s after whatever made
    it end, by force. What else writes on stderr meanwhile goes to a file beside the log.

    Args:
        app: Not run yet.
        run: Runs the app to its end: `app.run`, or a function that runs more around it.
        log_path: Where the log is, for the person after a crash. It must be open already.

    Returns:
        The exit code: that of the app, 1 after a crash, 128 and its number after a signal, 129
        when the terminal is gone.
    """
    watch = SignalWatch(partial(_ask, app), partial(_force, app))
    with protect_stderr(log_path), watch:
        app.end_watch = watch
        try:
            run()
        except Exception as error:  # noqa: BLE001 - the outermost boundary: logged, told, code 1
            app.note_crash(error)
        finally:
            driver = app._driver  # 8.2.8 has no public name for it
            if isinstance(driver, KitchenDriver):
                driver.close()
                driver.give_back()
    code = (app.return_code or exit_codes.OK) if app.crash is None else exit_codes.FAILED
    took = time.monotonic() - (watch.ending_since or time.monotonic())
    _log.info("ended with exit code %d, which took %.2f s", code, took)
    if app.crash is not None:
        # Not the error's own text: that may hold a secret, or what a stranger wrote.
        _tell(
            f"kds-tui ended because of an error ({type(app.crash).__name__}).\n"
            f"What happened is in the log: {log_path}\n"
        )
    leave_in_time(code)
    return code


def _tell(words: str) -> None:
    """Say something to the person whose terminal it was, unless it stands still or is gone."""
    with contextlib.suppress(OSError):
        if not sys.stderr.isatty() or select.select([], [sys.stderr], [], _TELL_S)[1]:
            sys.stderr.write(words)
            sys.stderr.flush()


def _ask(app: App[Any], number: int) -> bool:
    """Ask an app to end; False when it has no event loop yet, or no more."""
    loop: asyncio.AbstractEventLoop | None = app._loop  # 8.2.8: set while it runs
    if loop is None or loop.is_closed():
        return False
    reason = signal.Signals(number).name
    with contextlib.suppress(RuntimeError):  # closed in between
        loop.call_soon_threadsafe(end_app, app, 128 + number, reason)
    return True


def _force(app: App[Any], number: int) -> None:
    driver = app._driver
    if isinstance(driver, KitchenDriver):
        driver.give_back()
    # By hand: whoever hangs may hold the lock of the log.
    os.write(2, b"ended by force; this is where it was:\n")
    faulthandler.dump_traceback(file=2, all_threads=True)
    os._exit(128 + number if number else exit_codes.FAILED)
