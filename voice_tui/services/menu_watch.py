"""The menu as ordering needs it: fetched late, kept fresh, and its names made ready elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from voice_tui.core.matcher import Matcher
from voice_tui.services.orders import OrderDesk, OrderError

_log = logging.getLogger("voice_tui.dialogue")

STALE_S: Final = 60.0
"""Seconds after which the menu is looked at again: what is sold out changes during a shift."""

RETRY_S: Final = 5.0
"""Seconds before the next try while there is no menu."""

MENU_DEADLINE: Final = 10.0
"""Seconds for the menu to come."""


class MenuWatch:
    """Keeps a matcher of the live menu.

    Args:
        desk: has the menu.
        changed: called when the menu or its problem is another one.
    """

    def __init__(self, desk: OrderDesk, changed: Callable[[], None]) -> None:
        self._desk = desk
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._known = asyncio.Event()
        self.matcher: Matcher | None = None
        """Of the menu as last seen; None before."""
        self.problem = ""
        """Why there is no fresh menu, in a sentence; empty when there is."""

    def start(self) -> None:
        """Begin to look, and go on until `close`."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_fresh(), name="voice: menu")

    async def close(self) -> None:
        """End the looking."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def refresh(self) -> None:
        """Look now: something was sold out, or came back."""
        self._wanted.set()

    async def ready(self, deadline: float) -> Matcher | None:
        """Wait for the first menu.

        Args:
            deadline: seconds to wait at most.

        Returns:
            The matcher, None when there is none in time.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                await self._known.wait()
        return self.matcher

    async def _keep_fresh(self) -> None:
        while True:
            self._wanted.clear()
            try:
                await self._look()
                problem = ""
            except OrderError as error:
                problem = str(error)
            except TimeoutError:
                problem = f"The menu did not come within {MENU_DEADLINE:g} s."
            except Exception:  # noqa: BLE001 - the watch must go on; logged and shown
                _log.exception("looking at the menu failed")
                problem = "The menu cannot be read; the log says why."
            self._tell(problem)
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with
            # the event, and the task would go on for ever.
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S if problem else STALE_S):
                    await self._wanted.wait()

    async def _look(self) -> None:
        async with asyncio.timeout(MENU_DEADLINE):
            menu = await self._desk.menu()
        if self.matcher is None or self.matcher.menu != menu:
            # In a thread: the sounds of a long menu's names take longer than a frame.
            self.matcher = await asyncio.to_thread(Matcher, menu)
            self._known.set()
            _log.info("menu", extra={"items": len(menu.items)})
            self._changed()

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            if problem:
                _log.warning("no fresh menu", extra={"reason": problem})
            self._changed()
