"""The program of test_terminal_*.py: a small app run by `run_guarded`, with ways to misbehave.

Usage: python -m tests.e2e.terminal_app FOLDER WAY
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, cast

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from kds_tui.config.sections import LogSettings
from kds_tui.services.logfile import open_log
from voice_tui import signal_watch
from voice_tui.terminal import GuardedApp, run_guarded
from voice_tui.terminal.driver import KitchenDriver

SECRET = "swordfish-9041"
"""Must never be seen: neither on the terminal nor in a log."""


def crash_with_secret() -> None:
    token = SECRET
    raise LookupError("no such ticket" + token[:0])


class TellingApp(GuardedApp):
    """Shows the keys it was given; some of them make it misbehave."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.seen: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static("ready", id="status")

    def on_mount(self) -> None:
        if self.way == "crash on mount":
            crash_with_secret()
        if self.way == "input notices nothing":
            self.flood()

    def on_unmount(self) -> None:
        if self.way == "crash on unmount":
            crash_with_secret()
        if self.way == "hang on unmount":
            self.hang()

    async def worker_crash(self) -> None:
        crash_with_secret()

    def task_crash(self) -> None:
        self.run_worker(self.worker_crash())

    def bare_task_crash(self) -> None:
        task = asyncio.create_task(self.worker_crash())
        task.add_done_callback(lambda _: self.query_one(Static).update("task over"))

    def thread_crash(self) -> None:
        thread = threading.Thread(target=crash_with_secret, name="sound")
        thread.start()
        thread.join()
        self.query_one(Static).update("thread over")

    def write_natively(self) -> None:
        os.write(2, b"ALSA lib: underrun occurred\n")

    def hang(self) -> None:
        threading.Event().wait()

    def flood(self) -> None:
        """Draw without end; a terminal that reads no more then blocks the event loop."""
        self.query_one(Static).update(f"ready {os.urandom(16).hex()}")
        self.set_timer(0.01, self.flood)

    async def on_key(self, event: events.Key) -> None:
        acts = {
            "c": crash_with_secret,
            "w": self.task_crash,
            "b": self.bare_task_crash,
            "t": self.thread_crash,
            "n": self.write_natively,
            "h": self.hang,
            "f": self.flood,
            "q": self.exit,
        }
        self.seen.append(event.key)
        self.query_one(Static).update("keys " + " ".join(self.seen))
        if event.key in acts:
            self.call_after_refresh(acts[event.key])


class HalfStarted(KitchenDriver):
    """Fails when it has already taken the terminal."""

    def start_application_mode(self) -> None:
        super().start_application_mode()
        raise OSError("no more threads")


class InputFails(KitchenDriver):
    """Fails in the thread that reads keys."""

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Key):
            crash_with_secret()
        super().process_message(message)


class OutputNoticesNothing(KitchenDriver):
    """Learns only from its input that the terminal is gone, as when nothing on it moves."""

    def start_application_mode(self) -> None:
        super().start_application_mode()
        cast("Any", self._writer)._on_gone = lambda: None


class InputNoticesNothing(KitchenDriver):
    """Learns only from its output that the terminal is gone."""

    def run_input_thread(self) -> None:
        self.exit_event.wait()


DRIVERS = {
    "half started": HalfStarted,
    "input fails": InputFails,
    "output notices nothing": OutputNoticesNothing,
    "input notices nothing": InputNoticesNothing,
}

PATIENCE_S = {"short patience": 0.5, "hang on unmount": 0.5, "long patience": 600.0}


def main() -> int:
    folder, way = Path(sys.argv[1]), sys.argv[2]
    log_path = folder / "kds.log"
    signal_watch.FORCE_AFTER_S = PATIENCE_S.get(way, signal_watch.FORCE_AFTER_S)
    if way == "nohup":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    app = TellingApp(way)
    app.driver_class = DRIVERS.get(way, app.driver_class)
    with open_log(LogSettings(file=log_path)):
        return run_guarded(app, lambda: asyncio.run(app.run_async()), log_path)


if __name__ == "__main__":
    sys.exit(main())
