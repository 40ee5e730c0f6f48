"""The real app with its real link to a real hub, in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from kds_tui.app import KitchenApp
from kds_tui.config.settings import Settings
from kds_tui.core.link import LinkState
from kds_tui.services.credentials import FixedToken
from kds_tui.ui.key_table import key_table
from voice_tui.services.microphone import Microphone
from voice_tui.terminal import screen_text

PATIENCE = 30.0
"""Seconds that a test waits for something before it fails; a loaded machine needs them."""


class LiveDisplay:
    """A running display."""

    def __init__(self, app: KitchenApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def state(self) -> LinkState:
        return self.app.terminal.status.state

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; fail, and show the screen, when it does not become so."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():  # noqa: ASYNC110 - what is waited for raises no event
                    await asyncio.sleep(0.002)
        except TimeoutError:
            raise AssertionError(f"not so in {PATIENCE:g} s. The screen:\n{self.text}") from None

    async def shows(self, *words: str) -> None:
        """Wait until the screen shows all of some words."""
        await self.until(lambda: all(word in self.text for word in words))

    async def hides(self, *words: str) -> None:
        """Wait until the screen shows none of some words."""
        await self.until(lambda: not any(word in self.text for word in words))


@asynccontextmanager
async def live_display(
    url: str, token: str, microphone: Microphone | None = None, **sections: Any
) -> AsyncIterator[LiveDisplay]:
    """Run a display of 120 by 36 on a server, until the `with` is left."""
    with TemporaryDirectory(prefix="kds-tui-test-") as folder:
        known = {
            "server": {"url": url},
            "link": {"backoff_initial": 0.01, "backoff_cap": 0.05},
            "journal": {"folder": folder},
            "bump": {"undo_seconds": 0},
        }
        settings = Settings.model_validate({**known, **sections})
        app = KitchenApp(settings, key_table(), FixedToken(token), microphone)
        try:
            async with app.run_test(size=(120, 36), notifications=True) as pilot:
                yield LiveDisplay(app, pilot)
        finally:
            await app.end_serving()
