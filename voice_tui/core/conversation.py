"""The pure whole of a voice session: turns, transcripts, responses and calls behind one door.

A client moves bytes and sound; everything it must decide is decided here: feed keys and server events, carry out
what comes back (`Send` for the data channel, gate effects for the microphone, calls to execute).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.core.calls import Call
from voice_tui.core.client_requests import ClientEvent
from voice_tui.core.events import ServerEvent
from voice_tui.core.transcripts import Transcripts
from voice_tui.core.turn import (
    CloseGate,
    Deadlines,
    OpenGate,
    Respond,
    ShowNotice,
    TurnEnded,
    TurnMachine,
    TurnStarted,
)


@dataclass(frozen=True, slots=True)
class Send:
    """Send this on the data channel."""

    event: ClientEvent


@dataclass(frozen=True, slots=True)
class Execute:
    """Execute this function call and hand its output to `Conversation.answer`."""

    call: Call
    turn: int | None


Action = Send | Execute | OpenGate | CloseGate | ShowNotice | TurnStarted | TurnEnded


class Conversation:
    """Sans-I/O voice session.

    Args:
        deadlines: How long each wait may last.
        respond: Who asks for responses.
        new_id: Makes a fresh event id, such as `lambda: uuid4().hex`.
        send_end_position: Whether a commit may carry `audio_end_ms` (our gateway only).
    """

    def __init__(
        self,
        new_id: Callable[[], str],
        deadlines: Deadlines | None = None,
        respond: Respond = Respond.EXPLICIT,
        *,
        send_end_position: bool = False,
    ) -> None:
        self.machine = TurnMachine(deadlines, respond)
        self.transcripts = Transcripts()

    def press(self, now: float) -> list[Action]:
        """The talk key went down."""
        raise NotImplementedError

    def release(self, heard: bool, position_ms: int, now: float) -> list[Action]:
        """The talk key came up.

        Args:
            heard: The local gate found speech (`SpeechGate.heard`).
            position_ms: Sound sent so far, in milliseconds since the track's first frame.
            now: Seconds.
        """
        raise NotImplementedError

    def abandon(self, why: str, now: float) -> list[Action]:
        """Focus, microphone or the person's wish went away: end the turn and say why."""
        raise NotImplementedError

    def link_lost(self, why: str, now: float) -> list[Action]:
        """The connection is gone; forgets what the old session had outstanding."""
        raise NotImplementedError

    def receive(self, event: ServerEvent, now: float) -> list[Action]:
        """Take one server event."""
        raise NotImplementedError

    def answer(self, call_id: str, output: str, now: float) -> list[Action]:
        """A function call was executed; `output` is the text for the model."""
        raise NotImplementedError

    def next_deadline(self) -> float | None:
        """When `tick` is due; None while nothing waits."""
        raise NotImplementedError

    def tick(self, now: float) -> list[Action]:
        """Run what is due."""
        raise NotImplementedError

    def force_reset(self, now: float) -> list[Action]:
        """To idle, whatever the state."""
        raise NotImplementedError
