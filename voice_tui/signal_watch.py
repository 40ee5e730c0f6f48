"""SIGTERM, SIGINT and SIGHUP: the program is asked to end, and made to if it does not in time."""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final, Self

FORCE_AFTER_S = 8.0
"""How long a program may take to end; systemd's own patience is set to 10 s."""

_POLL_S: Final = 0.1
"""How often a program that cannot be asked yet is asked again."""

_ENDING: Final = 0
"""Stands for the number of a signal: the program ends by itself."""


class SignalWatch:
    """Asks the program to end on a signal; after a second signal, or 8 s, it is ended by force.

    Not `loop.add_signal_handler`: a signal must work also when the event loop does not. Hence a
    thread.

    Args:
        ask: called with the signal's number; False when it cannot be asked now.
        force: called with the signal's number, 0 when there was none; it does not return.
    """

    _NUMBERS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def __init__(self, ask: Callable[[int], bool], force: Callable[[int], object]) -> None:
        self._ask = ask
        self._force = force
        # The one queue whose put() may interrupt another put(). It holds what a person sends.
        self._arrived: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._watch = threading.Thread(target=self._run, name="kds-signals", daemon=True)
        self._former: dict[int, Any] = {}
        self.ending_since: float | None = None
        """When the end began, on the monotonic clock."""

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

    def ending(self) -> None:
        """Take note that the program ends by itself: it has as long as after a signal."""
        if self.ending_since is None:
            self._arrived.put(_ENDING)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._arrived.put(number)

    def _run(self) -> None:
        number = self._arrived.get()
        if number is None:
            return
        self.ending_since = time.monotonic()
        deadline = self.ending_since + FORCE_AFTER_S
        asked = number == _ENDING
        while time.monotonic() < deadline:
            asked = asked or self._ask(number)
            with contextlib.suppress(queue.Empty):
                further = self._arrived.get(timeout=_POLL_S)
                if further is None:
                    return
                if further == _ENDING:
                    continue
                if number != _ENDING:
                    break
                number = further
        self._force(number)
