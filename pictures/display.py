"""A display on the evening's hub, worked by keys, and its picture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from textual.pilot import Pilot

from kds_tui.app import KitchenApp
from kds_tui.config.settings import Settings
from kds_tui.core.link import LinkState
from kds_tui.services.credentials import FixedToken
from kds_tui.ui.key_table import key_table
from pictures.evening import Evening
from voice_tui.terminal import screen_text

PATIENCE: Final = 20.0
"""Seconds until the screen shows what a picture is of."""


class PictureTaker:
    """A running display.

    Args:
        app: the display.
        pilot: presses its keys.
    """

    def __init__(self, app: KitchenApp, pilot: Pilot[Any]) -> None:
        self._app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self._pilot.press(key)

    async def shows(self, *words: str) -> None:
        """Wait until the screen shows all of some words.

        Raises:
            LookupError: it does not; with what it shows instead.
        """
        await self._until(lambda: all(word in screen_text(self._app) for word in words), words)

    async def until_live(self) -> None:
        """Wait until the board is the hub's."""
        await self._until(lambda: self._app.terminal.status.state is LinkState.LIVE, ("live",))

    def picture(self, title: str) -> str:
        """Take the picture.

        Args:
            title: stands above it.

        Returns:
            SVG.
        """
        return self._app.export_screenshot(title=title)

    async def _until(self, condition: Callable[[], bool], what: tuple[str, ...]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():  # noqa: ASYNC110 - a screen raises no event when drawn
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise LookupError(f"not seen: {what}\n{screen_text(self._app)}") from None


@asynccontextmanager
async def display(
    evening: Evening, folder: Path, size: tuple[int, int], **sections: Any
) -> AsyncGenerator[PictureTaker]:
    """Run a display.

    Args:
        evening: whose orders it shows.
        folder: for its journal.
        size: columns and rows.
        sections: of the settings.

    Yields:
        The display, live.
    """
    known = {"server": {"url": evening.url}, "journal": {"folder": str(folder)}}
    settings = Settings.model_validate({**known, "sound": {"enabled": False}, **sections})
    app = KitchenApp(settings, key_table(), FixedToken(evening.token))
    try:
        async with app.run_test(size=size) as pilot:
            taker = PictureTaker(app, pilot)
            await taker.until_live()
            yield taker
    finally:
        await app.end_serving()
