"""The talk key beside the tickets: held where the terminal tells when it comes up, else tapped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, orders
from tests.voice.order_desks import ScriptedDesk, ScriptedKitchen
from tests.voice.ui.still_voice import StillVoice
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.terminal import KeyProtocol, KeyUp
from voice_tui.ui.panel import VoicePanel

Talk = Callable[..., AbstractAsyncContextManager[tuple[StillKitchen, StillVoice]]]

TELLS_ALL = 27


@pytest.fixture
def talk(run: Run, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """Run a display with a still voice, on a terminal with these flags of the Kitty protocol."""
    monkeypatch.setattr("voice_tui.ui.panel.REPEAT_S", 600.0)

    @asynccontextmanager
    async def begin(
        flags: int | None = None, *, late: bool = False, **settings: object
    ) -> AsyncIterator[tuple[StillKitchen, StillVoice]]:
        voice = StillVoice()
        panel = VoicePanel(voice, OrderDialogue(ScriptedDesk(), ScriptedKitchen()), "T")
        async with run(orders(3), **settings) as kitchen:
            if late:
                await kitchen.app.board_screen.show_panel(panel)
            if flags is not None:
                kitchen.app.post_message(KeyProtocol(flags))
                await kitchen.settle()
            if not late:
                await kitchen.app.board_screen.show_panel(panel)
            await kitchen.settle()
            yield kitchen, voice

    return begin


async def release(kitchen: StillKitchen, key: str, held: float = 1.0) -> None:
    kitchen.app.post_message(KeyUp(key, held))
    await kitchen.settle()


@pytest.mark.parametrize("late", [False, True], ids=["panel after", "panel before"])
async def test_it_is_held_where_the_terminal_tells(talk: Talk, late: bool) -> None:
    async with talk(TELLS_ALL, late=late) as (kitchen, voice):
        assert "Hold T" in kitchen.text

        await kitchen.hold("t")
        assert "Release T" in kitchen.text
        await release(kitchen, "r")
        assert voice.told == ["press"]
        await release(kitchen, "t")

        assert voice.told == ["press", "release"]


@pytest.mark.parametrize("flags", [None, 1])
async def test_it_is_tapped_elsewhere_and_its_repeats_do_nothing(
    talk: Talk, flags: int | None
) -> None:
    async with talk(flags) as (kitchen, voice):
        assert "Tap T" in kitchen.text

        await kitchen.hold("t")

        assert voice.told == ["press"]
        assert "T ends" in kitchen.text


async def test_another_key_is_held_when_the_config_says_so(talk: Talk) -> None:
    async with talk(TELLS_ALL, keys={"voice.talk": "right_control"}) as (kitchen, voice):
        await kitchen.press("right_control")
        await release(kitchen, "t")
        assert voice.told == ["press"]

        await release(kitchen, "right_control")

        assert voice.told == ["press", "release"]


async def test_a_key_that_comes_up_is_no_key_that_is_pressed(talk: Talk) -> None:
    async with talk(TELLS_ALL) as (kitchen, voice):
        for key in ("f1", "space", "r", "q", "ctrl+q", "ctrl+p", "escape", "1"):
            await release(kitchen, key)

        assert kitchen.bumped == []
        assert kitchen.app.is_running
        assert len(kitchen.app.screen_stack) == 1
        assert voice.told == []


async def test_it_comes_up_behind_a_dialog_too(talk: Talk) -> None:
    async with talk(TELLS_ALL) as (kitchen, voice):
        await kitchen.press("t")
        kitchen.app.board_screen.action_help()
        await kitchen.until(lambda: voice.told[-1].startswith("abandon"))
        await release(kitchen, "t")
        await kitchen.press("escape", "t")

        assert voice.told[-1] == "press"
