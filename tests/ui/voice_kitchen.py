"""A still kitchen with the voice panel on its board; the voice client is a test's puppet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kds_tui.voice.commands import DisplayCommands
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen
from tests.voice.order_desks import DEADLINE, ScriptedDesk
from tests.voice.ui.still_voice import StillVoice
from voice_tui.core.turn import TurnState
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.ui.panel import VoicePanel

ORDER = "two classic burgers no onion and a large french fries for table five"


class VoiceKitchen:
    """The kitchen, and what is said in it."""

    def __init__(
        self, kitchen: StillKitchen, voice: StillVoice, dialogue: OrderDialogue, desk: ScriptedDesk
    ) -> None:
        self.kitchen = kitchen
        self.voice = voice
        self.dialogue = dialogue
        self.desk = desk
        self.panel = VoicePanel(voice, dialogue, kitchen.app.board_screen.talk_key)

    async def order(self) -> None:
        """Talk until the order stands on the panel and waits for a yes."""
        await self.kitchen.press("t", "t")
        self.voice.hears(ORDER)
        self.dialogue.type_text(ORDER)
        self.voice.becomes(turn=TurnState.IDLE)
        await self.kitchen.settle()

    async def shows(self, words: str) -> None:
        await self.kitchen.until(lambda: words in self.kitchen.text)
        await self.kitchen.settle()

    @property
    def has_keys(self) -> bool:
        """Whether keys go to the panel."""
        return self.panel.has_focus

    @property
    def places(self) -> list[tuple[str, int, int]]:
        """Where each ticket stands: id, slot, row of the grid."""
        return [(card.ticket_id, card.slot, card.y) for card in self.kitchen.cards]


@asynccontextmanager
async def voice_kitchen(run: Run, *args: Any, **options: Any) -> AsyncIterator[VoiceKitchen]:
    """Run the app on a board with the panel beside it, ready to be talked to."""
    async with run(*args, **options) as kitchen:
        commands = DisplayCommands(kitchen.app.kitchen, kitchen.app.wishes)
        voice, desk = StillVoice(), ScriptedDesk()
        dialogue = OrderDialogue(desk, commands)
        dialogue.start()
        dialogue.hear_from(voice.conversation.transcripts)
        await dialogue._menu.ready(DEADLINE)
        it = VoiceKitchen(kitchen, voice, dialogue, desk)
        await kitchen.app.board_screen.show_panel(it.panel)
        await kitchen.settle()
        try:
            yield it
        finally:
            desk.open_.set()
            await dialogue.close()
