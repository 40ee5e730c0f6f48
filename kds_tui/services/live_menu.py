"""The menu on a terminal: fetched when the link comes up, when the server says that it changed, and
when somebody looks at it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from kds_tui.core.stock import Stock, StockItem
from kds_tui.services.backend_errors import BackendError, Unreachable
from kds_tui.services.backoff import Backoff
from voice_tui.core.menu import Menu

_log = logging.getLogger("kds_tui.menu")

STALE: Final = 300.0
"""Seconds after which it is looked at all the same: a Restaurant OS server tells of no change, and
answers from a cache for as long."""

RETRY_INITIAL: Final = 1.0
"""Limit in seconds of the random wait before the menu is asked for again; doubles."""

RETRY_CAP: Final = 60.0
"""Largest limit in seconds."""


class LiveMenu:
    """Keeps a terminal's menu as the server has it.

    Args:
        stock: what is kept up to date.
    """

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._wanted = asyncio.Event()
        self._live = False
        self._task: asyncio.Task[None] | None = None
        self._fetch: Callable[[], Awaitable[Menu]] | None = None
        self._fetching: asyncio.Future[Menu] | None = None
        self._asked: set[asyncio.Future[Menu]] = set()
        self.problem = ""
        """Why there is no fresh menu, in a sentence; empty when there is, or nobody asked."""

    def attach(self, fetch: Callable[[], Awaitable[Menu]]) -> None:
        """Take the way to the server, once there is one, and begin to follow.

        Args:
            fetch: asks for the menu.
        """
        self._fetch = fetch
        self._task = asyncio.create_task(self._follow(), name="menu")
        self._task.add_done_callback(_ended)

    def set_live(self, live: bool) -> None:
        """Take the news of the link: what changed meanwhile is looked at when it is back.

        Args:
            live: whether it is.
        """
        if live and not self._live:
            self._wanted.set()
        self._live = live

    def refresh(self) -> None:
        """Look at the menu now, if the link is live: something on it changed, or somebody looks."""
        if self._live:
            self._fetching = None  # an answer under way may be older than the change
            self._wanted.set()

    async def menu(self) -> Menu:
        """Get the menu as it now is. Who asks at the same time shares one question to the server:
        voice does, whenever this does.

        Returns:
            The menu.

        Raises:
            BackendError: it cannot be had.
        """
        if self._fetch is None:
            raise Unreachable("There is no way to the order server yet.")
        if self._fetching is None:
            self._fetching = asyncio.ensure_future(self._fetch())
            self._asked.add(self._fetching)
            self._fetching.add_done_callback(self._fetched)
        return await asyncio.shield(self._fetching)

    def _fetched(self, done: asyncio.Future[Menu]) -> None:
        self._asked.discard(done)
        is_newest, failed = done is self._fetching, done.cancelled() or done.exception()
        if is_newest:
            self._fetching = None
        if is_newest and not failed:
            self._take(done.result())

    async def close(self) -> None:
        """End the following."""
        self._fetch = None
        ending: set[asyncio.Future[Any]] = {*self._asked}
        if self._task is not None:
            ending.add(self._task)
        self._task = None
        for each in ending:
            each.cancel()
        if ending:
            await asyncio.wait(ending, timeout=1)

    async def _follow(self) -> None:
        backoff = Backoff(RETRY_INITIAL, RETRY_CAP)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(STALE if self._live else None):
                    await self._wanted.wait()
            self._wanted.clear()
            try:
                await self.menu()
            except BackendError as error:
                self._tell(str(error))
                if error.retryable and self._live:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(backoff.next_delay()):
                            await self._wanted.wait()
                    self._wanted.set()
                continue
            backoff.reset()

    def _take(self, menu: Menu) -> None:
        items = stock_items(menu)
        self._tell("")
        if self._stock.take(items):
            _log.info("menu", extra={"items": len(items), "out": sum(i.is_out for i in items)})

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            if problem:
                _log.warning("no fresh menu", extra={"reason": problem})


def stock_items(menu: Menu) -> tuple[StockItem, ...]:
    """Keep of a menu what a cook needs.

    Args:
        menu: as the server tells it, its text cleaned.

    Returns:
        Its items, in its order.
    """
    return tuple(
        StockItem(item.id, item.name, item.category, not item.available, item.aliases, item.version)
        for item in menu.items
    )


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("the menu is not followed any more", exc_info=error)
