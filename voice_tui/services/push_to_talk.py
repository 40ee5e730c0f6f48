"""Voice as a whole: the client, the order dialogue, and how they begin and end together."""

from __future__ import annotations

from typing import Self

from voice_tui.config import VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.instructions import INSTRUCTIONS
from voice_tui.core.tools import tool_definitions
from voice_tui.services.client import VoiceClient
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.services.http import TokenGiver
from voice_tui.services.kitchen_commands import KitchenCommands
from voice_tui.services.microphone import Microphone
from voice_tui.services.orders import OrderDesk
from voice_tui.services.portaudio_microphone import PortAudioMicrophone


class PushToTalk:
    """Ties a voice client to an order dialogue; to be used in `async with`.

    It has to be entered and left on the event loop of the screen, and left after the panel is gone.

    Args:
        settings: the `[voice]` section.
        desk: has the menu and takes orders; it must outlive this.
        kitchen: carries out cooks' commands; None where there is no kitchen display.
        microphone: where sound comes from; this machine's if not given.
        token: gives the backend's token, where that server gives those of voice too.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        desk: OrderDesk,
        kitchen: KitchenCommands | None = None,
        microphone: Microphone | None = None,
        token: TokenGiver | None = None,
    ) -> None:
        self.dialogue = OrderDialogue(desk, kitchen)
        """The order."""
        config = SessionConfig(
            INSTRUCTIONS,
            tool_definitions(),
            transcription_model=settings.transcription_model,
            language=settings.language,
        )
        self.client = VoiceClient(
            settings,
            config,
            PortAudioMicrophone(settings.device) if microphone is None else microphone,
            self.dialogue.call_tool,
            token=token,
        )
        """Microphone, connection and turns."""
        self.dialogue.hear_from(self.client.conversation.transcripts)

    async def __aenter__(self) -> Self:
        """Begin: the status of the client tells how it goes."""
        try:
            self.dialogue.start()
            await self.client.start()
        except BaseException:  # cancelled half-way: a microphone may be opening already
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """End: first whoever calls the dialogue, then the dialogue."""
        await self.client.close()
        await self.dialogue.close()
