"""The moment in which a bump can be taken back: it is in the journal, and not sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from kds_tui.core.command import Command
from kds_tui.core.outbox import Outbox


class UndoWindow:
    """Opens windows on commands of an outbox, and ends them in time.

    Args:
        outbox: keeps commands back while their window is open.
        seconds: how long; 0 for no window at all.
        over: told the commands that are to be shown and sent now.
    """

    def __init__(
        self, outbox: Outbox, seconds: float, over: Callable[[Sequence[Command]], None]
    ) -> None:
        self._outbox = outbox
        self._seconds = seconds
        self._over = over
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def open(self, commands: Sequence[Command]) -> None:
        """Keep commands back for a while; they are taken back together, or sent together.

        Args:
            commands: given with one key press.
        """
        if not commands or not self._seconds:
            return
        self._outbox.open_window(commands, commands[0].given_at + self._seconds)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._seconds, self._end, tuple(commands))
        self._timers[commands[0].id] = timer

    def close(self) -> None:
        """Set no timer off any more: what waits is in the journal, and sent by the next start."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _end(self, commands: Sequence[Command]) -> None:
        del self._timers[commands[0].id]
        if left := self._outbox.close_window(commands):
            self._over(left)
