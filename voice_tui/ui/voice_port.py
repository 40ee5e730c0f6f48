"""What the panel needs of a voice client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from voice_tui.core.conversation import Conversation
from voice_tui.services.listeners import Unsubscribe
from voice_tui.services.microphone import InputDevice
from voice_tui.services.voice_status import VoiceStatus


class VoicePort(Protocol):
    """Push-to-talk, as `VoiceClient` offers it."""

    @property
    def status(self) -> VoiceStatus:
        """Tell how everything is now."""
        ...

    @property
    def conversation(self) -> Conversation:
        """Give turns and transcripts, to be looked at."""
        ...

    def subscribe(self, handler: Callable[[VoiceStatus], None]) -> Unsubscribe:
        """Be told of changes."""
        ...

    def press(self) -> None:
        """Begin a recording."""
        ...

    def release(self) -> None:
        """End it and send it."""
        ...

    def abandon(self, why: str) -> None:
        """End it without sending it."""
        ...

    def force_reset(self) -> None:
        """Go back to idle."""
        ...

    async def devices(self) -> tuple[InputDevice, ...]:
        """List the microphones that can be chosen."""
        ...

    async def choose_device(self, device: str) -> None:
        """Use another microphone; empty takes the system's own choice."""
        ...
