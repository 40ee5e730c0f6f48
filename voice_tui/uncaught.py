"""Errors that nobody caught, in threads and in the collector: to the log, and never on a screen."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_log = logging.getLogger("voice_tui.uncaught")


class UncaughtToLog:
    """Sends them to the log between `start` and `stop`.

    A thread that ends so takes nobody with it: whoever waits for it has a deadline.
    """

    def start(self) -> None:
        """Begin."""
        self._former = threading.excepthook, sys.unraisablehook
        threading.excepthook = _in_thread
        sys.unraisablehook = _unraisable

    def stop(self) -> None:
        """Let Python print them again."""
        threading.excepthook, sys.unraisablehook = self._former


def _in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_type is SystemExit:
        return
    error = told.exc_value or told.exc_type()
    name = told.thread.name if told.thread is not None else "unknown"
    _log.error("the thread %s ended by an error", name, exc_info=error)


def _unraisable(told: UnraisableHookArgs) -> None:
    # What it was about is named by its type alone: its text may hold anything.
    about = type(told.object).__name__
    _log.error(
        "%s (%s)", told.err_msg or "an error that goes nowhere", about, exc_info=told.exc_value
    )
