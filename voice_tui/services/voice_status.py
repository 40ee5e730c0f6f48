"""What can be seen of a voice client at one moment, and what it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from voice_tui.core.turn import TurnState
from voice_tui.core.turn_effects import Outcome
from voice_tui.services.link import LinkStatus
from voice_tui.services.microphone import MicrophoneStatus


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know."""

    at: float
    """When, in seconds of the event loop's clock."""

    text: str


@dataclass(frozen=True, slots=True)
class VoiceStatus:
    """A snapshot."""

    link: LinkStatus
    turn: TurnState
    microphone: MicrophoneStatus
    level: float
    """How loud it is now, RMS in dBFS."""

    transcripts: int
    """Entries that are kept."""

    notices: tuple[Notice, ...]
    """The newest ones, oldest first."""


@dataclass(slots=True)
class VoiceCounters:
    """Plain counts since the client was made, for diagnosis and metrics."""

    turns_started: int = 0
    turns_ended: Counter[Outcome] = field(default_factory=Counter[Outcome])
    """By how they ended."""

    events_received: int = 0
    events_unknown: int = 0
    events_sent: int = 0
    server_errors: int = 0
    """`error` events, those that do no harm included."""

    calls_executed: int = 0
    calls_failed: int = 0
    """Those whose tool raised or took too long."""
