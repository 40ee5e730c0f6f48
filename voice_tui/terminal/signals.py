"""SIGTERM, SIGINT and SIGHUP: the app ends, in time, with the terminal restored."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import queue
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Final, Self

from textual.app import App

from voice_tui.terminal.driver import KitchenDriver, end_app

FORCE_AFTER_S = 8.0
"""How long the display may take to end after a signal; systemd's own patience is set to 10 s."""

_POLL_S: Final = 0.1
"""How often the watch looks whether the app has an event loop by now."""


class SignalWatch:
    """Ends the app on a signal: asks first, and after a second signal or 8 s by force.

    Not `loop.add_signal_handler`: a terminal that does not read stalls the event loop (Textual
    8.2.8 queues 30 writes, then blocks), and the signal would never be seen. Hence a thread.
    """

    _NUMBERS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        # The one queue whose put() may interrupt another put(). It holds what a person sends.
        self._arrived: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._watch = threading.Thread(target=self._run, name="kds-signals", daemon=True)
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in self._NUMBERS:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
                self._former[number] = signal.signal(number, self._on_signal)
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        self._arrived.put(None)
        self._watch.join(timeout=1.0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._arrived.put(number)

    def _run(self) -> None:
        number = self._arrived.get()
        if number is None:
            return
        deadline = time.monotonic() + FORCE_AFTER_S
        asked = False
        while time.monotonic() < deadline:
            asked = asked or self._ask(number)
            with contextlib.suppress(queue.Empty):
                if self._arrived.get(timeout=_POLL_S) is None:
                    return
                break
        self._force(number)

    def _ask(self, number: int) -> bool:
        """Ask the app to end; False when it has no event loop yet, or no more."""
        loop: asyncio.AbstractEventLoop | None = self._app._loop  # 8.2.8: set while it runs
        if loop is None or loop.is_closed():
            return False
        reason = signal.Signals(number).name
        with contextlib.suppress(RuntimeError):  # closed in between
            loop.call_soon_threadsafe(end_app, self._app, 128 + number, reason)
        return True

    def _force(self, number: int) -> None:
        driver = self._app._driver
        if isinstance(driver, KitchenDriver):
            driver.give_back()
        # By hand: whoever hangs may hold the lock of the log.
        os.write(2, b"kds-tui was ended by force; this is where it was:\n")
        faulthandler.dump_traceback(file=2, all_threads=True)
        os._exit(128 + number)
