"""What the tests of the panel share."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.voice.order_desks import DEADLINE, ScriptedDesk, ScriptedKitchen
from tests.voice.ui.still_voice import PanelApp, StillVoice
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.terminal import screen_text

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass
class Booth:
    """A panel on a screen, and everything around it."""

    app: PanelApp
    pilot: Pilot[Any]
    voice: StillVoice
    dialogue: OrderDialogue
    desk: ScriptedDesk
    kitchen: ScriptedKitchen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def text(self) -> str:
        """The screen, once everything is drawn."""
        await self.pilot.pause()
        return screen_text(self.app)

    async def shows(self, words: str) -> str:
        """Wait until words are on the screen."""
        for _ in range(200):
            if words in (text := await self.text()):
                return text
        raise AssertionError(f"{words!r} is not on the screen:\n{text}")

    async def check_golden(self, name: str) -> None:
        """Compare the screen with its file, or write that when KDS_GOLDEN_UPDATE is set."""
        size = self.app.size
        picture = (await self.text()).rstrip("\n") + "\n"
        path = GOLDEN / f"{name}-{size.width}x{size.height}.txt"
        if os.environ.get("KDS_GOLDEN_UPDATE"):
            path.write_text(picture)
        assert picture == path.read_text(), f"{path} differs; if that is meant, run make golden"


Enter = Callable[..., AbstractAsyncContextManager[Booth]]


@asynccontextmanager
async def booth(size: tuple[int, int] = (34, 24)) -> AsyncIterator[Booth]:
    """Show the panel with the menu known."""
    desk, kitchen, voice = ScriptedDesk(), ScriptedKitchen(), StillVoice()
    dialogue = OrderDialogue(desk, kitchen)
    dialogue.start()
    await dialogue._menu.ready(DEADLINE)
    dialogue.hear_from(voice.conversation.transcripts)
    app = PanelApp(voice, dialogue)
    async with app.run_test(size=size) as pilot:
        app.panel.focus()
        await pilot.pause()
        yield Booth(app, pilot, voice, dialogue, desk, kitchen)
    await dialogue.close()


@pytest.fixture
def enter() -> Enter:
    """Show the panel: `async with enter((34, 24)) as booth`."""
    return booth
