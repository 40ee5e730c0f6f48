"""The turn machine: one press-to-talk exchange at a time, and never a dead end (incident 4).

The rules, in the order in which they win:

1. `TABLE` is the whole machine: (phase, happening) -> step. A pair without a row changes nothing. What
   may follow a commit depends on who asks for the response, so those rows hold one step for each `Respond`.
2. Phases are finer than the five states that are shown, so that a row needs no flag beside it: "transcript
   outstanding, response done" is a phase of its own, and that is the joint exit of a turn whose response
   overtook its transcript.
3. Every phase but idle has a timer, and every timer a row `(phase, DEADLINE)`. Rows of DEADLINE never form a circle.
4. A happening that names an earlier turn never moves the machine.
5. A press is never refused: it continues the utterance within the grace after a release, and starts the next
   turn everywhere else. While a response is awaited it interrupts that response.
6. RESET leads to idle from everywhere.

Times are seconds on any monotonic clock; the caller gives them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Final

HISTORY_LENGTH: Final = 50
"""Transitions kept for diagnosis."""


class TurnState(StrEnum):
    """What the panel shows."""

    IDLE = auto()
    RECORDING = auto()
    COMMITTING = auto()
    WAITING_USER_FINAL = auto()
    WAITING_RESPONSE = auto()


class Phase(StrEnum):
    """Where the turn truly is."""

    IDLE = "idle"
    RECORDING = "recording"
    GRACE = "committing: last words"
    """Released; audio still flows for `commit_grace`, because the commit overtakes the audio on its way."""

    COMMITTING = "committing: sent"
    """Commit sent, not yet acknowledged."""

    WAITING_TRANSCRIPT = "waiting_user_final: no response asked"
    WAITING_BOTH = "waiting_user_final: response under way"
    LAST_WORD = "waiting_user_final: response done"
    SETTLING = "waiting_response: may come by itself"
    """Transcript here; some servers answer unasked, and asking them too would cut their answer off."""

    WAITING_RESPONSE = "waiting_response"


class On(StrEnum):
    """What can happen to a turn."""

    PRESS = auto()
    RELEASE = auto()
    """The key came up and there is something to send."""

    UNHEARD = auto()
    """The key came up, and the local gate found nothing worth sending."""

    ABANDON = auto()
    """The person, the screen or the microphone went away."""

    COMMITTED = auto()
    COMMIT_EMPTY = auto()
    COMMIT_ERROR = auto()
    TRANSCRIPT = auto()
    SILENCE = auto()
    """The transcript came and is empty."""

    TRANSCRIPT_FAILED = auto()
    RESPONSE_STARTED = auto()
    CALLS_PENDING = auto()
    """The response is done and left function calls whose outputs are still to be sent."""

    OUTPUTS_SENT = auto()
    RESPONSE_DONE = auto()
    RESPONSE_ERROR = auto()
    LINK_LOST = auto()
    DEADLINE = auto()
    RESET = auto()


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


class Respond(StrEnum):
    """Who asks for the response to an utterance."""

    EXPLICIT = auto()
    """We do, once the commit is acknowledged (OpenAI)."""

    AFTER_TRANSCRIPT = auto()
    """We do, once the transcript is here and the server has not begun by itself."""

    SERVER = auto()
    """The server does, by itself, after every commit (LocalAI)."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each wait may last, in seconds."""

    recording: float = 45.0
    """Longest utterance: a release that was never reported is an open microphone."""

    commit: float = 5.0
    transcript: float = 10.0
    response: float = 15.0
    commit_grace: float = 0.2
    """Audio is 85-230 ms behind the data channel; without this the last word is cut off."""

    respond_delay: float = 0.2
    """With `Respond.AFTER_TRANSCRIPT`: how long a server may take to begin an answer unasked."""


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """One happening.

    Attributes:
        on: What happened.
        turn: The turn it belongs to; None means the current one (keys, connection, timers).
        note: Why, in words for a person; shown instead of the outcome's own notice.
        position_ms: With RELEASE: the end of the audio sent so far, in milliseconds since the track's first frame.
    """

    on: On
    turn: int | None = None
    note: str = ""
    position_ms: int = 0


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
    """Send input_audio_buffer.commit; `end_ms` is where the utterance ends, since the track's first frame."""

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


@dataclass(frozen=True, slots=True)
class Transition:
    """One entry of the history."""

    at: float
    turn: int
    before: Phase
    on: On
    after: Phase


class TurnMachine:
    """One machine per client; feed it, carry out its effects, tick it at `next_deadline()`."""

    def __init__(
        self, deadlines: Deadlines | None = None, respond: Respond = Respond.EXPLICIT
    ) -> None:
        self.deadlines = deadlines or Deadlines()
        self.respond = respond
        self.turn = 0
        """Number of the current or latest turn; 0 before the first."""
        self.phase = Phase.IDLE
        self.history: deque[Transition] = deque(maxlen=HISTORY_LENGTH)

    @property
    def state(self) -> TurnState:
        """The state that is shown."""
        raise NotImplementedError

    def feed(self, event: TurnEvent, now: float) -> list[Effect]:
        """Take one happening.

        Returns:
            What to do now, in order.
        """
        raise NotImplementedError

    def next_deadline(self) -> float | None:
        """When `tick` is due; None in idle."""
        raise NotImplementedError

    def tick(self, now: float) -> list[Effect]:
        """Run what is due at `now`; harmless when nothing is."""
        raise NotImplementedError

    def force_reset(self, now: float) -> list[Effect]:
        """Go to idle whatever the phase: the way out for a person."""
        raise NotImplementedError
