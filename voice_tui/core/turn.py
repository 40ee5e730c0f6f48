"""The turn machine: one press-to-talk exchange at a time, and never a dead end (incident 4).

The rules, in the order in which they win:

1. `TABLE` is the whole machine: (phase, happening) -> step. A pair without a row changes nothing.
   What may follow a commit depends on who asks for the response, so those rows hold one step for
   each `Respond`.
2. Phases are finer than the five states that are shown, so that no row needs a flag beside it:
   "response done, transcript outstanding" is a phase of its own, and that is the joint exit of a
   turn whose response overtook its transcript.
3. Every phase but idle has a timer, and every timer a row `(phase, DEADLINE)`. Rows of DEADLINE
   never form a circle, so that a machine left alone is idle within the sum of its deadlines.
4. A happening that names another turn than the current one never moves the machine.
5. A press is never refused: within the grace after a release it continues the utterance, and
   elsewhere it starts the next turn. While a response is awaited it interrupts that response.
6. RESET leads to idle from everywhere.

Times are seconds on any monotonic clock; the caller gives them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final, assert_never

from voice_tui.core.turn_effects import (
    CancelResponse,
    ClearInput,
    CloseGate,
    Commit,
    CreateResponse,
    Effect,
    OpenGate,
    Outcome,
    ShowNotice,
    TurnEnded,
    TurnStarted,
)

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
    """Released; sound still flows for `commit_grace`: a commit overtakes sound on its way."""

    COMMITTING = "committing: sent"
    """Commit sent, not yet acknowledged."""

    WAITING_TRANSCRIPT = "waiting_user_final: no response asked"
    WAITING_BOTH = "waiting_user_final: response under way"
    LAST_WORD = "waiting_user_final: response done"
    SETTLING = "waiting_response: may come by itself"
    """The transcript is here. Some servers answer unasked; asking as well would cut that off."""

    WAITING_RESPONSE = "waiting_response"


class On(StrEnum):
    """What can happen to a turn."""

    PRESS = auto()
    RELEASE = auto()
    """The key came up and there is something to send."""

    UNHEARD = auto()
    """The key came up, and the local gate found nothing worth sending."""

    TYPED = auto()
    """An order was typed: a turn without sound."""

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


class Do(StrEnum):
    """What a row does; the machine makes the effect of it."""

    BEGIN = auto()
    """Begin the next turn; what follows in the row belongs to that."""

    CLEAR = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMIT = auto()
    CREATE = auto()
    CANCEL = auto()
    TELL = auto()
    """Show the happening's own note."""


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
        position_ms: With RELEASE: the end of the sound sent so far, in milliseconds since the
            track's first frame.
    """

    on: On
    turn: int | None = None
    note: str = ""
    position_ms: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    """One entry of the history."""

    at: float
    turn: int
    before: Phase
    on: On
    after: Phase


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: where to go, what to do on the way, how the turn ended if it did.

    `restart` begins the wait anew although its timer is the same.
    """

    to: Phase
    do: tuple[Do, ...] = ()
    outcome: Outcome | None = None
    restart: bool = False


def _end(outcome: Outcome, *do: Do) -> Step:
    return Step(Phase.IDLE, do, outcome)


def _next_turn(outcome: Outcome, *do: Do) -> Step:
    return Step(Phase.RECORDING, (*do, *_BEGIN), outcome)


def _typed(outcome: Outcome | None = None, *do: Do) -> Step:
    return Step(Phase.WAITING_RESPONSE, (*do, Do.BEGIN, Do.CREATE), outcome, restart=True)


_BEGIN: Final = (Do.BEGIN, Do.CLEAR, Do.OPEN)
_SHUT: Final = (Do.CLOSE, Do.CLEAR)

_CREATE: Final = (Do.CREATE,)

TABLE: Final[Mapping[tuple[Phase, On], Step | Mapping[Respond, Step]]] = {
    (Phase.IDLE, On.PRESS): Step(Phase.RECORDING, _BEGIN),
    (Phase.IDLE, On.TYPED): _typed(),
    (Phase.IDLE, On.RESET): Step(Phase.IDLE, (Do.CLOSE,)),
    # Speaking.
    (Phase.RECORDING, On.RELEASE): Step(Phase.GRACE),
    (Phase.RECORDING, On.UNHEARD): _end(Outcome.NOTHING_HEARD, *_SHUT),
    (Phase.RECORDING, On.ABANDON): _end(Outcome.ABANDONED, *_SHUT),
    (Phase.RECORDING, On.LINK_LOST): _end(Outcome.LINK_LOST, Do.CLOSE),
    (Phase.RECORDING, On.DEADLINE): _end(Outcome.TOO_LONG, *_SHUT),
    (Phase.RECORDING, On.RESET): _end(Outcome.RESET, *_SHUT),
    # Released, the last words under way.
    (Phase.GRACE, On.PRESS): Step(Phase.RECORDING),
    (Phase.GRACE, On.ABANDON): _end(Outcome.ABANDONED, *_SHUT),
    (Phase.GRACE, On.LINK_LOST): _end(Outcome.LINK_LOST, Do.CLOSE),
    (Phase.GRACE, On.DEADLINE): Step(Phase.COMMITTING, (Do.CLOSE, Do.COMMIT)),
    (Phase.GRACE, On.RESET): _end(Outcome.RESET, *_SHUT),
    # Commit sent. Its acknowledgement can be lost: whatever else shows that it arrived counts too.
    (Phase.COMMITTING, On.PRESS): _next_turn(Outcome.SUPERSEDED),
    (Phase.COMMITTING, On.TYPED): _typed(Outcome.SUPERSEDED),
    (Phase.COMMITTING, On.COMMITTED): {
        Respond.EXPLICIT: Step(Phase.WAITING_BOTH, _CREATE),
        Respond.AFTER_TRANSCRIPT: Step(Phase.WAITING_TRANSCRIPT),
        Respond.SERVER: Step(Phase.WAITING_BOTH),
    },
    (Phase.COMMITTING, On.TRANSCRIPT): {
        Respond.EXPLICIT: Step(Phase.WAITING_RESPONSE, _CREATE),
        Respond.AFTER_TRANSCRIPT: Step(Phase.SETTLING),
        Respond.SERVER: Step(Phase.WAITING_RESPONSE),
    },
    (Phase.COMMITTING, On.RESPONSE_STARTED): Step(Phase.WAITING_BOTH),
    (Phase.COMMITTING, On.CALLS_PENDING): Step(Phase.WAITING_BOTH),
    (Phase.COMMITTING, On.RESPONSE_DONE): Step(Phase.LAST_WORD),
    (Phase.COMMITTING, On.RESPONSE_ERROR): Step(Phase.LAST_WORD, (Do.TELL,)),
    (Phase.COMMITTING, On.COMMIT_EMPTY): _end(Outcome.NOTHING_HEARD),
    (Phase.COMMITTING, On.SILENCE): _end(Outcome.NOTHING_HEARD),
    (Phase.COMMITTING, On.COMMIT_ERROR): _end(Outcome.COMMIT_REFUSED),
    (Phase.COMMITTING, On.TRANSCRIPT_FAILED): _end(Outcome.TRANSCRIPTION_FAILED),
    (Phase.COMMITTING, On.ABANDON): _end(Outcome.ABANDONED),
    (Phase.COMMITTING, On.LINK_LOST): _end(Outcome.LINK_LOST),
    (Phase.COMMITTING, On.DEADLINE): _end(Outcome.NOT_COMMITTED),
    (Phase.COMMITTING, On.RESET): _end(Outcome.RESET),
    # Transcript outstanding, no response asked for (Respond.AFTER_TRANSCRIPT).
    (Phase.WAITING_TRANSCRIPT, On.PRESS): _next_turn(Outcome.SUPERSEDED),
    (Phase.WAITING_TRANSCRIPT, On.TYPED): _typed(Outcome.SUPERSEDED),
    (Phase.WAITING_TRANSCRIPT, On.TRANSCRIPT): Step(Phase.SETTLING),
    (Phase.WAITING_TRANSCRIPT, On.RESPONSE_STARTED): Step(Phase.WAITING_BOTH),
    (Phase.WAITING_TRANSCRIPT, On.CALLS_PENDING): Step(Phase.WAITING_BOTH),
    (Phase.WAITING_TRANSCRIPT, On.RESPONSE_DONE): Step(Phase.LAST_WORD),
    (Phase.WAITING_TRANSCRIPT, On.RESPONSE_ERROR): Step(Phase.LAST_WORD, (Do.TELL,)),
    (Phase.WAITING_TRANSCRIPT, On.SILENCE): _end(Outcome.NOTHING_HEARD),
    (Phase.WAITING_TRANSCRIPT, On.COMMIT_EMPTY): _end(Outcome.NOTHING_HEARD),
    (Phase.WAITING_TRANSCRIPT, On.COMMIT_ERROR): _end(Outcome.COMMIT_REFUSED),
    (Phase.WAITING_TRANSCRIPT, On.TRANSCRIPT_FAILED): _end(Outcome.TRANSCRIPTION_FAILED),
    (Phase.WAITING_TRANSCRIPT, On.ABANDON): _end(Outcome.ABANDONED),
    (Phase.WAITING_TRANSCRIPT, On.LINK_LOST): _end(Outcome.LINK_LOST),
    (Phase.WAITING_TRANSCRIPT, On.DEADLINE): _end(Outcome.NO_TRANSCRIPT),
    (Phase.WAITING_TRANSCRIPT, On.RESET): _end(Outcome.RESET),
    # Transcript and response outstanding. Without words the response is not wanted either.
    (Phase.WAITING_BOTH, On.PRESS): _next_turn(Outcome.SUPERSEDED),
    (Phase.WAITING_BOTH, On.TYPED): _typed(Outcome.SUPERSEDED),
    (Phase.WAITING_BOTH, On.TRANSCRIPT): Step(Phase.WAITING_RESPONSE),
    (Phase.WAITING_BOTH, On.RESPONSE_DONE): Step(Phase.LAST_WORD),
    (Phase.WAITING_BOTH, On.RESPONSE_ERROR): Step(Phase.LAST_WORD, (Do.TELL,)),
    (Phase.WAITING_BOTH, On.OUTPUTS_SENT): Step(Phase.WAITING_BOTH, _CREATE),
    (Phase.WAITING_BOTH, On.SILENCE): _end(Outcome.NOTHING_HEARD, Do.CANCEL),
    (Phase.WAITING_BOTH, On.COMMIT_EMPTY): _end(Outcome.NOTHING_HEARD, Do.CANCEL),
    (Phase.WAITING_BOTH, On.COMMIT_ERROR): _end(Outcome.COMMIT_REFUSED, Do.CANCEL),
    (Phase.WAITING_BOTH, On.TRANSCRIPT_FAILED): _end(Outcome.TRANSCRIPTION_FAILED, Do.CANCEL),
    (Phase.WAITING_BOTH, On.ABANDON): _end(Outcome.ABANDONED, Do.CANCEL),
    (Phase.WAITING_BOTH, On.LINK_LOST): _end(Outcome.LINK_LOST),
    (Phase.WAITING_BOTH, On.DEADLINE): _end(Outcome.NO_TRANSCRIPT, Do.CANCEL),
    (Phase.WAITING_BOTH, On.RESET): _end(Outcome.RESET, Do.CANCEL),
    # The response overtook the transcript.
    (Phase.LAST_WORD, On.PRESS): _next_turn(Outcome.SUPERSEDED),
    (Phase.LAST_WORD, On.TYPED): _typed(Outcome.SUPERSEDED),
    (Phase.LAST_WORD, On.TRANSCRIPT): _end(Outcome.DONE),
    (Phase.LAST_WORD, On.RESPONSE_STARTED): Step(Phase.WAITING_BOTH),
    (Phase.LAST_WORD, On.SILENCE): _end(Outcome.NOTHING_HEARD),
    (Phase.LAST_WORD, On.COMMIT_EMPTY): _end(Outcome.NOTHING_HEARD),
    (Phase.LAST_WORD, On.COMMIT_ERROR): _end(Outcome.COMMIT_REFUSED),
    (Phase.LAST_WORD, On.TRANSCRIPT_FAILED): _end(Outcome.TRANSCRIPTION_FAILED),
    (Phase.LAST_WORD, On.ABANDON): _end(Outcome.ABANDONED),
    (Phase.LAST_WORD, On.LINK_LOST): _end(Outcome.LINK_LOST),
    (Phase.LAST_WORD, On.DEADLINE): _end(Outcome.NO_TRANSCRIPT),
    (Phase.LAST_WORD, On.RESET): _end(Outcome.RESET),
    # The transcript is here; let the server begin by itself, or ask.
    (Phase.SETTLING, On.PRESS): _next_turn(Outcome.INTERRUPTED, Do.CANCEL),
    (Phase.SETTLING, On.TYPED): _typed(Outcome.INTERRUPTED, Do.CANCEL),
    (Phase.SETTLING, On.RESPONSE_STARTED): Step(Phase.WAITING_RESPONSE),
    (Phase.SETTLING, On.CALLS_PENDING): Step(Phase.WAITING_RESPONSE),
    (Phase.SETTLING, On.RESPONSE_DONE): _end(Outcome.DONE),
    (Phase.SETTLING, On.RESPONSE_ERROR): _end(Outcome.RESPONSE_FAILED),
    (Phase.SETTLING, On.ABANDON): _end(Outcome.ABANDONED, Do.CANCEL),
    (Phase.SETTLING, On.LINK_LOST): _end(Outcome.LINK_LOST),
    (Phase.SETTLING, On.DEADLINE): Step(Phase.WAITING_RESPONSE, _CREATE),
    (Phase.SETTLING, On.RESET): _end(Outcome.RESET, Do.CANCEL),
    # Response outstanding. Function calls make it several responses, each with its own wait.
    (Phase.WAITING_RESPONSE, On.PRESS): _next_turn(Outcome.INTERRUPTED, Do.CANCEL),
    (Phase.WAITING_RESPONSE, On.TYPED): _typed(Outcome.INTERRUPTED, Do.CANCEL),
    (Phase.WAITING_RESPONSE, On.RESPONSE_STARTED): Step(Phase.WAITING_RESPONSE, restart=True),
    (Phase.WAITING_RESPONSE, On.CALLS_PENDING): Step(Phase.WAITING_RESPONSE, restart=True),
    (Phase.WAITING_RESPONSE, On.OUTPUTS_SENT): Step(Phase.WAITING_RESPONSE, _CREATE, restart=True),
    (Phase.WAITING_RESPONSE, On.RESPONSE_DONE): _end(Outcome.DONE),
    (Phase.WAITING_RESPONSE, On.RESPONSE_ERROR): _end(Outcome.RESPONSE_FAILED),
    (Phase.WAITING_RESPONSE, On.ABANDON): _end(Outcome.ABANDONED, Do.CANCEL),
    (Phase.WAITING_RESPONSE, On.LINK_LOST): _end(Outcome.LINK_LOST),
    (Phase.WAITING_RESPONSE, On.DEADLINE): _end(Outcome.NO_RESPONSE, Do.CANCEL),
    (Phase.WAITING_RESPONSE, On.RESET): _end(Outcome.RESET, Do.CANCEL),
}
"""The machine. Read a row as: in this phase, on this, go there and do that."""

_SHOWN: Final[Mapping[Phase, TurnState]] = {
    Phase.IDLE: TurnState.IDLE,
    Phase.RECORDING: TurnState.RECORDING,
    Phase.GRACE: TurnState.COMMITTING,
    Phase.COMMITTING: TurnState.COMMITTING,
    Phase.WAITING_TRANSCRIPT: TurnState.WAITING_USER_FINAL,
    Phase.WAITING_BOTH: TurnState.WAITING_USER_FINAL,
    Phase.LAST_WORD: TurnState.WAITING_USER_FINAL,
    Phase.SETTLING: TurnState.WAITING_RESPONSE,
    Phase.WAITING_RESPONSE: TurnState.WAITING_RESPONSE,
}

_NOTICES: Final[Mapping[Outcome, str]] = {
    Outcome.DONE: "",
    Outcome.NOTHING_HEARD: "Nothing heard",
    Outcome.ABANDONED: "Recording stopped",
    Outcome.TOO_LONG: "Stopped after {0.recording:g} s: say it in shorter pieces",
    Outcome.SUPERSEDED: "",
    Outcome.INTERRUPTED: "",
    Outcome.COMMIT_REFUSED: "The voice server refused the recording",
    Outcome.NOT_COMMITTED: "The voice server did not take the recording in {0.commit:g} s",
    Outcome.TRANSCRIPTION_FAILED: "Could not understand that",
    Outcome.NO_TRANSCRIPT: "No words came back in {0.transcript:g} s: say it again",
    Outcome.RESPONSE_FAILED: "The answer failed",
    Outcome.NO_RESPONSE: "No answer in {0.response:g} s",
    Outcome.LINK_LOST: "Connection lost",
    Outcome.RESET: "Voice was reset",
}


class TurnMachine:
    """One machine per client: feed it, carry out its effects, tick it at `next_deadline()`."""

    def __init__(
        self, deadlines: Deadlines | None = None, respond: Respond = Respond.EXPLICIT
    ) -> None:
        self.deadlines = deadlines or Deadlines()
        self.respond = respond
        self.turn = 0
        """Number of the current or latest turn; 0 before the first."""
        self.phase = Phase.IDLE
        self.history: deque[Transition] = deque(maxlen=HISTORY_LENGTH)
        self._began = 0.0
        self._waiting_since = 0.0
        self._released = (0.0, 0)

    @property
    def state(self) -> TurnState:
        """The state that is shown."""
        return _SHOWN[self.phase]

    def feed(self, event: TurnEvent, now: float) -> list[Effect]:
        """Take one happening, then whatever is due at `now`.

        Returns:
            What to do now, in order.
        """
        stale = event.turn is not None and event.turn != self.turn
        return ([] if stale else self._take(event, now)) + self.tick(now)

    def next_deadline(self) -> float | None:
        """When `tick` is due; None in idle."""
        length = self._length(self.phase)
        return None if length is None else self._waiting_since + length

    def tick(self, now: float) -> list[Effect]:
        """Run what is due at `now`; harmless when nothing is."""
        effects: list[Effect] = []
        while (due := self.next_deadline()) is not None and due <= now:
            effects += self._take(TurnEvent(On.DEADLINE), now)
        return effects

    def force_reset(self, now: float) -> list[Effect]:
        """Go to idle whatever the phase: the way out for a person."""
        return self._take(TurnEvent(On.RESET), now)

    def _take(self, event: TurnEvent, now: float) -> list[Effect]:
        row = TABLE.get((self.phase, event.on))
        if row is None:
            return []
        step = row if isinstance(row, Step) else row[self.respond]
        before, turn = self.phase, self.turn
        if event.on is On.RELEASE:
            self._released = (now, event.position_ms)
        effects: list[Effect] = []
        if step.to is not Phase.IDLE and step.outcome is not None:
            effects.append(TurnEnded(turn, step.outcome))
        for do in step.do:
            effects.append(self._effect(do, event, now))
        if step.to is Phase.IDLE and step.outcome is not None:
            effects += self._ended(step.outcome, event.note)
        self._enter(step, now)
        self.history.append(Transition(now, turn, before, event.on, self.phase))
        return effects

    def _enter(self, step: Step, now: float) -> None:
        same_wait = _SHOWN[step.to] is _SHOWN[self.phase] is TurnState.WAITING_USER_FINAL
        if step.to is Phase.RECORDING:
            # A press in the grace continues the utterance: its greatest length is that of both.
            self._waiting_since = self._began
        elif not same_wait and (step.to is not self.phase or step.restart):
            self._waiting_since = now
        self.phase = step.to

    def _ended(self, outcome: Outcome, note: str) -> list[Effect]:
        effects: list[Effect] = [TurnEnded(self.turn, outcome)]
        told = [part for part in (_NOTICES[outcome].format(self.deadlines), note) if part]
        if told:
            effects.append(ShowNotice(": ".join(told)))
        return effects

    def _length(self, phase: Phase) -> float | None:
        waits = self.deadlines
        match phase:
            case Phase.IDLE:
                return None
            case Phase.RECORDING:
                return waits.recording
            case Phase.GRACE:
                return waits.commit_grace
            case Phase.COMMITTING:
                return waits.commit
            case Phase.WAITING_TRANSCRIPT | Phase.WAITING_BOTH | Phase.LAST_WORD:
                return waits.transcript
            case Phase.SETTLING:
                return waits.respond_delay
            case Phase.WAITING_RESPONSE:
                return waits.response
            case _:
                assert_never(phase)

    def _effect(self, do: Do, event: TurnEvent, now: float) -> Effect:
        match do:
            case Do.BEGIN:
                self.turn += 1
                self._began = now
                return TurnStarted(self.turn)
            case Do.CLEAR:
                return ClearInput(self.turn)
            case Do.OPEN:
                return OpenGate()
            case Do.CLOSE:
                return CloseGate()
            case Do.COMMIT:
                # The track is paced by the clock, so the end of its sound moved on as time did.
                released_at, position_ms = self._released
                return Commit(self.turn, position_ms + round((now - released_at) * 1000))
            case Do.CREATE:
                return CreateResponse(self.turn)
            case Do.CANCEL:
                return CancelResponse(self.turn)
            case Do.TELL:
                return ShowNotice(": ".join(filter(None, ("The answer failed", event.note))))
            case _:
                assert_never(do)
