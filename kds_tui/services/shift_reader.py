"""Reads the shift's finished orders from the server, while somebody looks at them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from kds_tui.core.order import FINISHED, Order, OrderStatus
from kds_tui.core.shift_log import SHIFT, Reading, ShiftLog
from kds_tui.services.backend_errors import BackendError

_log = logging.getLogger("kds_tui.shift")

DEADLINE: Final = 30.0
"""Seconds for the whole list: a long shift is ten pages."""

ListFinished = Callable[[OrderStatus, float], Awaitable[tuple[Order, ...]]]
"""Lists the orders of a status since a moment; see `Backend.list_status`."""


class ShiftReader:
    """Reads what is finished into a log.

    Args:
        log: what is known of the shift.
        server_now: the server's time, in seconds since the epoch.
    """

    def __init__(self, log: ShiftLog, server_now: Callable[[], float]) -> None:
        self._shift = log
        self._server_now = server_now
        self._list: ListFinished | None = None
        self._live = False
        self._wanted = False
        self._task: asyncio.Task[None] | None = None
        self.known: tuple[Reading, str] = (Reading.SEEN, "")
        """How much is known, and why not all, in a sentence."""

    def attach(self, list_finished: ListFinished) -> None:
        """Take the way to the server, once there is one.

        Args:
            list_finished: asks it.
        """
        self._list = list_finished

    def want(self) -> None:
        """Read now, or as soon as the link is live: somebody looks."""
        self._wanted = True
        self._look()

    def set_live(self, live: bool) -> None:
        """Take the news of the link: what was read before a cut is not all any more.

        Args:
            live: whether it is.
        """
        if self._live and not live and self.known[0] is Reading.READ:
            self.known = (Reading.SEEN, "")
        self._live = live
        self._look()

    async def close(self) -> None:
        """End a reading under way."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task}, timeout=1)

    def _look(self) -> None:
        if self._wanted and self._live and self._list is not None and self._task is None:
            self._wanted = False
            self.known = (Reading.READING, "")
            self._task = asyncio.create_task(self._read(self._list), name="read the shift")
            self._task.add_done_callback(self._ended)

    async def _read(self, list_finished: ListFinished) -> None:
        since = self._server_now() - SHIFT
        try:
            async with asyncio.timeout(DEADLINE):
                for status in sorted(FINISHED):
                    self._shift.note(await list_finished(status, since))
        except (BackendError, TimeoutError) as error:
            why = str(error) or f"The list did not come within {DEADLINE:g} s."
            self.known = (Reading.FAILED, why)
            _log.warning("the shift was not read", extra={"reason": why})
        else:
            self.known = (Reading.READ, "")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self.known = (Reading.FAILED, "The list cannot be read; the log says why.")
            _log.error("reading the shift broke", exc_info=error)
