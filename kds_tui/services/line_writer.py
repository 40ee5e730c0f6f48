"""Lines to standard output from an event loop that must never wait for whoever reads them."""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import select
import stat
import threading
from typing import Final

_log = logging.getLogger("kds_tui.watch")

MAX_WAITING: Final = 10_000
"""Most lines that wait for the reader: half an hour of the busiest kitchen, some 20 MB."""

CLOSE_DEADLINE: Final = 1.0
"""Seconds that the end waits for the reader."""


class LineWriter:
    """Writes lines to a file descriptor, each at once, on a thread of its own.

    A reader that goes away (`kds-tui watch | head`) ends it, also when there is nothing to write.

    Args:
        descriptor: open for writing.
        limit: most lines that may wait.
    """

    def __init__(self, descriptor: int, limit: int = MAX_WAITING) -> None:
        self._descriptor = descriptor
        self._waiting: queue.Queue[bytes | None] = queue.Queue(limit)
        self._loop = asyncio.get_running_loop()
        self._watched = False
        self.ended = asyncio.Event()
        """Nothing more can be written."""

        self.problem = ""
        """Why, when that is a fault; empty for a reader that went away."""

        self._thread = threading.Thread(target=self._write, name="lines", daemon=True)
        self._thread.start()
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            # A pipe that is written to becomes "readable" when its reader is gone.
            self._loop.add_reader(descriptor, self._look)
            self._watched = True

    def write(self, line: bytes) -> None:
        """Have a line written.

        Args:
            line: without its end.
        """
        if self.ended.is_set():
            return
        try:
            self._waiting.put_nowait(line + b"\n")
        except queue.Full:
            self._end(
                f"Whoever reads the events is too slow: {self._waiting.maxsize} lines waited."
            )

    async def close(self) -> None:
        """Write what waits, as far as the reader takes it in time, and end."""
        self._unwatch()
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            return
        await asyncio.to_thread(self._thread.join, CLOSE_DEADLINE)

    def _look(self) -> None:
        poll = select.poll()
        poll.register(self._descriptor, 0)
        if poll.poll(0):  # an error or a hang-up: asked for or not, these are told
            self._end("")
        else:
            self._unwatch()  # opened for reading too, and somebody wrote: nothing to do with us

    def _unwatch(self) -> None:
        if self._watched:
            self._loop.remove_reader(self._descriptor)
            self._watched = False

    def _end(self, problem: str) -> None:
        if not self.ended.is_set():
            _log.info("no more lines", extra={"reason": problem or "the reader is gone"})
            self._unwatch()
            self.problem = problem
            self.ended.set()

    def _write(self) -> None:
        try:
            while (line := self._waiting.get()) is not None:
                while line:
                    line = line[os.write(self._descriptor, line) :]
        except BrokenPipeError:
            self._tell("")
        except OSError as error:
            self._tell(f"The events cannot be written: {error.strerror}.")

    def _tell(self, problem: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end, problem)
