"""What all sessions share: the menu as it is now, and the recogniser that knows it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, Protocol

from voice_tui.core.menu import Menu
from voice_tui.core.spoken_orders import Dish, order_vocabulary
from voice_tui.gateway.hearing import Hearing
from voice_tui.gateway.recognisers.port import Recogniser

logger = logging.getLogger("voice_tui.gateway.kitchen")

MENU_INTERVAL: Final = 15.0
"""Seconds between two looks at the menu: what is sold out changes during a shift."""

MENU_DEADLINE: Final = 10.0
"""Seconds for the menu to come."""


class MenuSource(Protocol):
    """Where the menu comes from: the hub, its REST API, a file."""

    async def menu(self) -> Menu:
        """Return the menu as it is now.

        Raises:
            Exception: it cannot be had; the text says why.
        """
        ...


class Kitchen:
    """Keeps the menu fresh and the recogniser in step with it.

    Args:
        source: the menu.
        recogniser: hears.
        threads: how many utterances are recognised at once.
    """

    def __init__(self, source: MenuSource, recogniser: Recogniser, threads: int) -> None:
        self._source = source
        self._recogniser = recogniser
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="gateway-recogniser")
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._menu = Menu()
        self._problem: str | None = "starting"

    @property
    def menu(self) -> Menu:
        """The menu as last seen; empty before."""
        return self._menu

    @property
    def problem(self) -> str | None:
        """Why nothing is recognised now, or None."""
        return self._problem

    @property
    def recogniser_name(self) -> str:
        """Which recogniser it is."""
        return self._recogniser.name

    def start(self) -> None:
        """Begin to look at the menu, and go on."""
        self._task = asyncio.create_task(self._keep_fresh(), name="gateway-menu")

    async def ready(self, deadline: float) -> None:
        """Wait for the first look at the menu, however it ended.

        Args:
            deadline: seconds to wait at most.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                await self._ready.wait()

    async def close(self) -> None:
        """End the looking. A recognition that is running in a thread ends by itself."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._executor.shutdown(wait=False, cancel_futures=True)

    def listen(self, on_words: Callable[[str], None]) -> Hearing | None:
        """Begin an utterance.

        Args:
            on_words: told of words while they are spoken.

        Returns:
            What to feed; None while nothing can be recognised.
        """
        if self._problem is not None:
            return None
        return Hearing(self._recogniser.utterance(), self._executor, on_words)

    async def _keep_fresh(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:
                # With an older menu it goes on as before; without any it says why not.
                logger.exception("no fresh menu")
                if self._problem is not None:
                    self._problem = str(error) or "the menu did not come in time"
            self._ready.set()
            await asyncio.sleep(MENU_INTERVAL)

    async def _look(self) -> None:
        async with asyncio.timeout(MENU_DEADLINE):
            menu = await self._source.menu()
        if menu == self._menu and self._problem is None:
            return
        loop = asyncio.get_running_loop()
        vocabulary = order_vocabulary(
            Dish((item.name, *item.aliases), tuple(one.name for one in item.modifiers))
            for item in menu.items
        )
        await loop.run_in_executor(self._executor, self._recogniser.prepare, vocabulary)
        self._menu, self._problem = menu, None
        logger.info("%s knows %d menu items", self._recogniser.name, len(menu.items))
