"""Writes on the terminal, and lets nobody wait for a terminal that takes nothing.

A terminal stands still when its connection freezes, or when somebody holds its output. Textual
8.2.8 queues 30 writes (`_writer_thread.py`), and then its event loop waits for room, and with it
the link, the journal and voice: a reader that stopped for 6 s held the loop for 4.4.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

LIMIT: Final = 256 * 1024
"""Bytes that may wait for the terminal: several full screens of 200 columns and 50 rows."""

STALLED_S: Final = 1.0
"""Seconds without a byte taken after which a terminal counts as standing still."""

_BATCH: Final = 32 * 1024
"""Bytes joined into one write; a frame and the marks around it go out together."""

_LOOK_EVERY_S: Final = 0.1
"""How often the thread looks up from a terminal that takes nothing."""

_SWITCHES: Final = re.compile(rb"(?:\x1b\[(?:\?(?!2026[hl])[\d;]+(?:[hl]|\$p)|[<>=?][\d;]*u))+")
"""Modes turned on and off and questions about them. A new frame makes up for an old one that was
left out; nothing makes up for these. The marks around a frame, mode 2026, belong to the frame."""

_FRAME_ENDS: Final = b"\x1b[?2026l"

_log = logging.getLogger("voice_tui.terminal")


class TerminalWriter:
    """A thread that writes on the terminal, and what waits for it.

    What is drawn while there is no room is left out; the owner is told when the terminal takes
    output again, and draws everything anew.

    Args:
        descriptor: of the terminal.
        on_gone: called in the thread, once, when the terminal is not there any more.
        on_skipped: called in the thread when the terminal has caught up and something was left out.
    """

    def __init__(
        self, descriptor: int, on_gone: Callable[[], None], on_skipped: Callable[[], None]
    ) -> None:
        self._descriptor = _open_for_itself(descriptor)
        self._on_gone = on_gone
        self._on_skipped = on_skipped
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._skipping = False
        self._gone = False
        self._closing = False
        self._given_up = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="kds-output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Have something written; it never waits.

        Args:
            text: a frame, or modes to be turned on or off.
        """
        data = text.encode("utf-8", "backslashreplace")
        with self._news:
            if self._gone or self._closing:
                return
            # A frame alone may be larger than the limit (267 KB on 200x60, measured): it is taken
            # where next to nothing waits, or no frame of its size would ever be drawn.
            if self._size > _BATCH and self._size + len(data) > LIMIT:
                self._begin_skipping()
            if self._skipping and not _SWITCHES.fullmatch(data):
                return
            self._waiting.append(data)
            self._size += len(data)
            self._news.notify()

    def close(self, patience: float) -> bool:
        """End the thread.

        Args:
            patience: seconds that the terminal has to take what waits.

        Returns:
            Whether it took everything; False too when it is gone. It may be asked again.
        """
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(patience)
        self._given_up = True
        return not self._thread.is_alive() and not self._gone and not self._waiting

    def _begin_skipping(self) -> None:
        """Keep of what waits only what cannot be left out."""
        if self._skipping:
            return
        self._skipping = True
        self._waiting = deque(filter(_SWITCHES.fullmatch, self._waiting))
        # Of the frame that is half written. And with it something waits in any case: it is after
        # writing that the thread notices that it has caught up.
        self._waiting.appendleft(_FRAME_ENDS)
        self._size = sum(map(len, self._waiting))
        self._news.notify()

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                self._send(memoryview(batch))
        except OSError:  # EIO: the other side has closed
            with self._news:
                self._gone = True
                self._waiting.clear()
            self._on_gone()
        finally:
            os.close(self._descriptor)

    def _next_batch(self) -> bytes:
        """Wait for something to write; nothing means that it was the last."""
        with self._news:
            caught_up = self._skipping
            self._skipping = False
            if caught_up:
                self._on_skipped()
            self._news.wait_for(lambda: self._waiting or self._closing)
            batch = bytearray()
            while self._waiting and len(batch) < _BATCH and not self._given_up:
                batch += self._waiting.popleft()
            self._size -= len(batch)
            return bytes(batch)

    def _send(self, rest: memoryview) -> None:
        moved_at, stalled = time.monotonic(), False
        while rest and not self._given_up:
            taken = self._offer(rest)
            rest, now = rest[taken:], time.monotonic()
            if taken:
                if stalled:
                    _log.warning("the terminal stood still for %.1f s", now - moved_at)
                moved_at, stalled = now, False
            elif not stalled and now - moved_at > STALLED_S:
                stalled = True
                _log.warning("the terminal stands still: what is drawn is left out meanwhile")
                with self._news:
                    self._begin_skipping()
        if rest:
            with self._news:
                self._waiting.appendleft(bytes(rest))

    def _offer(self, data: memoryview) -> int:
        """Give the terminal as much as it takes within a moment, and tell how much it was."""
        # select and not poll, which does not know terminals on macOS.
        if select.select([], [self._descriptor], [], _LOOK_EVERY_S)[1]:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:  # room for one byte, and the end of a line takes two
                time.sleep(_LOOK_EVERY_S)
        return 0


def _open_for_itself(descriptor: int) -> int:
    """Open the terminal once more, such that a write never waits there.

    The flag for that belongs to an opened file, and the shell has the one that we were given.
    """
    with contextlib.suppress(OSError):  # of another user, after `su`: the thread waits in the write
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    return os.dup(descriptor)
