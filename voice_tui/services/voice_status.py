"""What can be seen of a voice client at one moment, and what it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypedDict

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


class VoiceReport(TypedDict):
    """What `VoiceClient.get_status` tells. Durations are in seconds."""

    connection_state: str
    turn_state: str
    transcript_map_size: int
    """Turns whose words are still to come; 0 when idle."""

    has_data_channel: bool
    data_channel_ready: bool
    reason: str
    """Why there is no connection; empty when all is well."""

    down_for: float | None
    """Since it was connected, or since the start; None while it is."""

    turn_for: float
    """For how long the turn has been in its state."""

    transcripts_kept: int
    microphone: str
    """Its name, or why it does not record."""

    records: bool
    deaf_for: float | None
    """Since it recorded, or since the start; None while it does."""

    last_outcome: str
    """How the last turn ended; empty before the first."""

    silent_turns: int
    """Turns in a row in which nothing was heard."""

    last_turn_heard: bool
    """Whether sound was sent in the last turn."""

    last_turn_events: int
    """Transcript events that came for it."""

    connections_attempted: int
    connections_successful: int
    open_connections: int
    state_timeouts: int
    """Turns that the deadline of a waiting state ended."""
