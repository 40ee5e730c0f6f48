"""Looks at a running display every few seconds, and tells whoever watches it from outside.

    status.json in the terminal's folder     for `kds-tui doctor`
    [metrics] file                           for node_exporter
    [metrics] port                           for Prometheus on this machine

One task owns it. Files are written on a thread that nobody waits for: a disk that hangs costs the
figures, never the board. At the end a last status says that the display ends; the terminal removes
it when everything has.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from kds_tui.config.metrics_section import MetricsSettings
from kds_tui.core.display_status import DisplayStatus, VoiceFacts
from kds_tui.daemon_thread import run_aside
from kds_tui.process_figures import process_figures
from kds_tui.services.display_facts import FactTaker, Place
from kds_tui.services.status_file import write_status
from kds_tui.services.terminal import Terminal

if TYPE_CHECKING:
    from kds_tui.services.metrics_door import MetricsDoor

_log = logging.getLogger("kds_tui.status")

INTERVAL: Final = 5.0
"""Seconds between two looks."""

WRITE_DEADLINE: Final = 2.0
"""Seconds that the disk gets for the files of one look."""

END_DEADLINE: Final = 0.3
"""Seconds that it gets for the last one: the whole end is to take less than one."""


@dataclass(frozen=True, slots=True)
class WatchSetup:
    """What a watch is made from."""

    metrics: MetricsSettings
    station: str
    server: str
    voice: Callable[[], VoiceFacts | None]
    """Push-to-talk at this moment; None without."""

    no_voice: Callable[[], str]
    """Why there is none."""

    sound: Callable[[], str] = str
    """Where sounds come from, in words."""

    interval: float = INTERVAL


class DisplayWatch:
    """To be used in `async with`, inside that of its terminal.

    Args:
        terminal: of the display.
        setup: what it is made from.
    """

    def __init__(self, terminal: Terminal, setup: WatchSetup) -> None:
        self._terminal = terminal
        self._setup = setup
        self._facts = FactTaker(terminal, Place(os.getpid(), setup.station, setup.server))
        self._metrics_file = Path(setup.metrics.file) if setup.metrics.file else None
        self._door: MetricsDoor | None = None
        self._file_trouble = ""
        self._writing: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    def status(self) -> DisplayStatus:
        """Tell how the display is; to be called in its event loop.

        Returns:
            The facts of this moment.
        """
        setup, held = self._setup, process_figures()
        return self._facts.take(
            held, setup.voice(), setup.no_voice(), setup.sound(), self._trouble()
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            if self._setup.metrics.port:
                # Imported late: HTTP takes longer to load than a screen to be drawn.
                from kds_tui.services.metrics_door import MetricsDoor

                door = MetricsDoor(self._setup.metrics.port, self.status)
                self._door = await stack.enter_async_context(door)
            task = asyncio.create_task(self._look(), name="display watch")
            task.add_done_callback(_ended)
            stack.push_async_callback(self._end, task)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        under_way = {task} if self._writing is None else {task, self._writing}
        await asyncio.wait(under_way, timeout=END_DEADLINE)
        await self._tell(replace(self.status(), ending_for=0.0), END_DEADLINE)

    async def _look(self) -> None:
        while True:
            await self._tell(self.status(), WRITE_DEADLINE)
            await asyncio.sleep(self._setup.interval)

    async def _tell(self, status: DisplayStatus, deadline: float) -> None:
        """Write how the display is, and wait for that within reason."""
        # One at a time, the last one too: a late writer must not bring back what was removed.
        if self._writing is None:
            work = run_aside(lambda: self._write(status), "display watch")
            writing = self._writing = asyncio.create_task(work, name="display watch: write")
            writing.add_done_callback(self._written)
            await asyncio.wait({writing}, timeout=deadline)
            if writing.done():
                return
        self._note("the disk does not answer")

    def _write(self, status: DisplayStatus) -> None:
        """Write the files, on a thread; one that fails costs nothing of the other."""
        try:
            write_status(self._terminal.folder, status)
        finally:
            self._write_metrics(status)

    def _write_metrics(self, status: DisplayStatus) -> None:
        if self._metrics_file is None:
            return
        if status.ending_for is not None:
            # Figures that nobody makes any more would look as if all were well.
            self._metrics_file.unlink(missing_ok=True)
            return
        from kds_tui.services.display_metrics import write_metrics

        write_metrics(self._metrics_file, status)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writing = None
        error = None if task.cancelled() else task.exception()
        if isinstance(error, OSError):
            self._note(f"{error.strerror or error}: {error.filename or self._terminal.folder}")
        elif error is not None:
            _log.error("the status cannot be written", exc_info=error)
            self._note(f"a defect of this program ({type(error).__name__})")
        else:
            self._note("")

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._file_trouble:
            _log.error("the status is not written", extra={"reason": trouble})
        self._file_trouble = trouble

    def _trouble(self) -> tuple[str, ...]:
        door = self._door.trouble if self._door is not None else ""
        return tuple(words for words in (self._file_trouble, door) if words)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("nobody watches this display any more", exc_info=error)
