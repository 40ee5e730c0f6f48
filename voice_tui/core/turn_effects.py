"""What the turn machine asks of the client: values, carried out in the order in which they come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class Outcome(StrEnum):
    """How a turn ended."""

    DONE = auto()
    NOTHING_HEARD = auto()
    ABANDONED = auto()
    TOO_LONG = auto()
    SUPERSEDED = auto()
    """The next turn began while the transcript was outstanding; it still goes to its own entry."""

    INTERRUPTED = auto()
    """The next turn began while the response was outstanding."""

    COMMIT_REFUSED = auto()
    NOT_COMMITTED = auto()
    TRANSCRIPTION_FAILED = auto()
    NO_TRANSCRIPT = auto()
    RESPONSE_FAILED = auto()
    NO_RESPONSE = auto()
    LINK_LOST = auto()
    RESET = auto()


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A turn began; its number names it from now on."""

    turn: int


@dataclass(frozen=True, slots=True)
class ClearInput:
    """Send input_audio_buffer.clear."""

    turn: int


@dataclass(frozen=True, slots=True)
class OpenGate:
    """Let the microphone into the track."""


@dataclass(frozen=True, slots=True)
class CloseGate:
    """Let silence into the track."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Send input_audio_buffer.commit.

    `end_ms` is where the utterance ends, in milliseconds since the track's first frame.
    """

    turn: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class CreateResponse:
    """Send response.create for this turn."""

    turn: int


@dataclass(frozen=True, slots=True)
class CancelResponse:
    """Cancel this turn's response, if there is one."""

    turn: int


@dataclass(frozen=True, slots=True)
class ShowNotice:
    """Tell the person why."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over for the machine; late words still reach its transcript."""

    turn: int
    outcome: Outcome


Effect = (
    TurnStarted
    | ClearInput
    | OpenGate
    | CloseGate
    | Commit
    | CreateResponse
    | CancelResponse
    | ShowNotice
    | TurnEnded
)
