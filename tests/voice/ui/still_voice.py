"""A voice client that stands still in a state of the test's choice, and a screen with the panel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from textual.app import App, ComposeResult

from voice_tui.core.conversation import Conversation
from voice_tui.core.pcm import SILENCE_DBFS
from voice_tui.core.turn import TurnState
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.services.link import LinkState, LinkStatus
from voice_tui.services.listeners import Listeners, Unsubscribe
from voice_tui.services.microphone import InputDevice, MicrophoneState, MicrophoneStatus
from voice_tui.services.voice_status import Notice, VoiceStatus
from voice_tui.ui.colours import voice_variables
from voice_tui.ui.panel import VoicePanel

READY = VoiceStatus(
    LinkStatus(LinkState.CONNECTED, ""),
    TurnState.IDLE,
    MicrophoneStatus(MicrophoneState.LISTENING, "", "USB Mic"),
    SILENCE_DBFS,
    0,
    (),
)


@dataclass
class StillVoice:
    """Remembers what it was told; press and release move it, nothing else does."""

    status: VoiceStatus = READY
    told: list[str] = field(default_factory=list)
    found: tuple[InputDevice, ...] = (InputDevice("USB Mic", True), InputDevice("Webcam", False))

    def __post_init__(self) -> None:
        self.conversation = Conversation(lambda: "event")
        self.listeners: Listeners[VoiceStatus] = Listeners()

    def time(self) -> float:
        """The clock of notices."""
        return asyncio.get_running_loop().time()

    def subscribe(self, handler: Callable[[VoiceStatus], None]) -> Unsubscribe:
        return self.listeners.add(handler)

    def press(self) -> None:
        self.told.append("press")
        self.becomes(turn=TurnState.RECORDING)

    def release(self) -> None:
        self.told.append("release")
        self.becomes(turn=TurnState.COMMITTING)

    def abandon(self, why: str) -> None:
        self.told.append(f"abandon: {why}")
        self.becomes(turn=TurnState.IDLE)

    def force_reset(self) -> None:
        self.told.append("reset")
        self.becomes(turn=TurnState.IDLE)

    async def devices(self) -> tuple[InputDevice, ...]:
        return self.found

    async def choose_device(self, device: str) -> None:
        self.told.append(f"device: {device}")

    def becomes(
        self,
        turn: TurnState | None = None,
        link: LinkStatus | None = None,
        microphone: MicrophoneStatus | None = None,
        level: float | None = None,
        notice: str = "",
    ) -> None:
        """Change, and tell."""
        now = self.status
        self.status = VoiceStatus(
            link or now.link,
            turn or now.turn,
            microphone or now.microphone,
            now.level if level is None else level,
            len(self.conversation.transcripts.entries()),
            (*now.notices, Notice(self.time(), notice)) if notice else now.notices,
        )
        self.listeners.tell(self.status)

    def hears(self, text: str, *, final: bool = True, agreed: bool | None = True) -> None:
        """Words come in for the turn."""
        transcripts = self.conversation.transcripts
        turn = len(transcripts.entries()) + 1
        transcripts.expect(turn)
        transcripts.bind(turn, f"item{turn}")
        if final:
            transcripts.completed(f"item{turn}", text, 0.9, agreed)
        else:
            transcripts.delta(f"item{turn}", text)
        self.listeners.tell(self.status)


class PanelApp(App[None]):
    """The panel beside something else that can have the keyboard."""

    def __init__(self, voice: StillVoice, dialogue: OrderDialogue) -> None:
        super().__init__()
        self.voice = voice
        self.dialogue = dialogue
        self.panel = VoicePanel(voice, dialogue)
        self.finished = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return voice_variables()

    def compose(self) -> ComposeResult:
        yield self.panel

    def on_voice_panel_finished(self) -> None:
        self.finished += 1
