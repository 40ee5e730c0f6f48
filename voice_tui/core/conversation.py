"""The pure whole of a voice session: turns, transcripts, responses and calls behind one door.

A client moves bytes and sound; everything there is to decide is decided here. Feed it keys, server
events and time; carry out what comes back, in order: `Send` on the data channel, the gate of the
microphone, calls to execute, words to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from voice_tui.core import client_requests as requests
from voice_tui.core.calls import Call, Calls
from voice_tui.core.commits import Commits
from voice_tui.core.events import (
    AnswerDelta,
    AnswerDone,
    AnswerSound,
    ArgumentsDone,
    BufferCleared,
    BufferCommitted,
    ErrorEvent,
    OutputItemSeen,
    RateLimits,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SpeechDetected,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
)
from voice_tui.core.responses import Responses
from voice_tui.core.transcripts import Transcripts
from voice_tui.core.turn import Deadlines, On, Respond, TurnEvent, TurnMachine, TurnState
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

MAX_FOLLOW_UPS: Final = 8
"""Responses that one turn may draw by function calls: a model that calls for ever is stopped."""


SCARCE: Final = 0.05
"""Part of a rate limit under which its rest is shown."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send this on the data channel."""

    event: requests.ClientEvent


@dataclass(frozen=True, slots=True)
class Execute:
    """Execute this function call and hand its output to `Conversation.answer`."""

    call: Call
    turn: int | None


Action = Send | Execute | OpenGate | CloseGate | ShowNotice | TurnStarted | TurnEnded


class Conversation:
    """The decisions of one client, over all its sessions.

    Args:
        new_id: Makes a fresh event id, such as `lambda: uuid4().hex`.
        deadlines: How long each wait may last.
        respond: Who asks for responses.
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
        self._new_id = new_id
        self._send_end_position = send_end_position
        self._commits = Commits()
        self._responses = Responses()
        self._calls = Calls()
        self._committed_turn: int | None = None
        self._follow_ups = 0
        self._typed = ""
        self._sounding = False
        self._superseded: dict[int, float] = {}

    def press(self, now: float) -> list[Action]:
        """The talk key went down."""
        return self._feed(TurnEvent(On.PRESS), now)

    def release(self, heard: bool, position_ms: int, now: float) -> list[Action]:
        """The talk key came up.

        Args:
            heard: The local gate found speech (`SpeechGate.heard`).
            position_ms: Sound sent so far, in milliseconds since the track's first frame.
            now: Seconds.
        """
        on = On.RELEASE if heard else On.UNHEARD
        return self._feed(TurnEvent(on, position_ms=position_ms), now)

    def type_text(self, text: str, now: float) -> list[Action]:
        """An order was typed: a turn without sound."""
        if self.machine.state in (TurnState.RECORDING, TurnState.COMMITTING):
            return [ShowNotice("Finish speaking first")]
        self._typed = text
        actions = self._feed(TurnEvent(On.TYPED), now)
        self._typed = ""
        return actions

    def abandon(self, why: str, now: float) -> list[Action]:
        """Focus, microphone or the person's wish went away: end the turn and say why."""
        return self._feed(TurnEvent(On.ABANDON, note=why), now)

    def link_lost(self, why: str, now: float) -> list[Action]:
        """The connection is gone, and with it all that its session had under way."""
        actions = self._feed(TurnEvent(On.LINK_LOST, note=why), now)
        self._commits, self._responses = Commits(), Responses()
        self._calls.forget_session()
        self._committed_turn = None
        self._sounding = False
        self._superseded.clear()
        self.transcripts.close_all()
        return actions

    def answer(self, call_id: str, output: str, now: float) -> list[Action]:
        """A function call was executed; `output` is the text for the model."""
        response_id = self._calls.answered(call_id)
        if response_id is None:
            return []
        reply = requests.item_create_function_output(self._new_id(), call_id, output)
        return [Send(reply), *self._follow_up(response_id, now)]

    def receive(self, event: ServerEvent, now: float) -> list[Action]:
        """Take one server event; one that was seen before counts for nothing."""
        self._close_superseded(now)
        if not self.transcripts.first_time(event.event_id):
            return []
        match event:
            case BufferCleared():
                self._commits.cleared()
            case BufferCommitted():
                return self._committed(event, now)
            case TranscriptCompleted():
                return self._transcript(event, now)
            case TranscriptFailed():
                turn = self.transcripts.failed(event.item_id, event.message)
                return self._of_turn(On.TRANSCRIPT_FAILED, turn, now, event.message)
            case ErrorEvent():
                return self._error(event, now)
            case SpeechDetected() if event.started:
                return [ShowNotice("The voice server listens by itself, although asked not to")]
            case RateLimits():
                return _scarce(event)
            case AnswerSound():
                self._sounding = event.state == "started"
            case ResponseCreated() | OutputItemSeen() | ArgumentsDone() | ResponseDone():
                return self._response(event, now)
            case TranscriptDelta() | AnswerDelta() | AnswerDone():
                self._more_words(event)
            case _:
                pass  # Of the session, for the connection; or unknown, for the log.
        return []

    def next_deadline(self) -> float | None:
        """When `tick` is due; None while nothing waits."""
        return self.machine.next_deadline()

    def tick(self, now: float) -> list[Action]:
        """Run what is due."""
        self._close_superseded(now)
        return self._carry_out(self.machine.tick(now), now)

    def force_reset(self, now: float) -> list[Action]:
        """To idle, whatever the state."""
        return self._carry_out(self.machine.force_reset(now), now)

    def _feed(self, event: TurnEvent, now: float) -> list[Action]:
        return self._carry_out(self.machine.feed(event, now), now)

    def _of_turn(self, on: On, turn: int | None, now: float, note: str = "") -> list[Action]:
        """Tell the machine; what no turn is known of must not move the current one."""
        return [] if turn is None else self._feed(TurnEvent(on, turn, note), now)

    def _committed(self, event: BufferCommitted, now: float) -> list[Action]:
        turn = self._commits.committed()
        if turn is None:
            return []
        self._committed_turn = turn
        self.transcripts.bind(turn, event.item_id)
        return self._of_turn(On.COMMITTED, turn, now)

    def _more_words(self, event: TranscriptDelta | AnswerDelta | AnswerDone) -> None:
        match event:
            case TranscriptDelta():
                self.transcripts.delta(event.item_id, event.delta)
            case AnswerDelta():
                turn = self._responses.turn_of(event.response_id)
                self.transcripts.answer_delta(turn, event.item_id, event.delta)
            case AnswerDone():
                turn = self._responses.turn_of(event.response_id)
                self.transcripts.answer_done(turn, event.item_id, event.text)

    def _transcript(self, event: TranscriptCompleted, now: float) -> list[Action]:
        turn = self.transcripts.completed(
            event.item_id, event.transcript, event.confidence, event.agreed
        )
        return self._of_turn(On.TRANSCRIPT if event.transcript else On.SILENCE, turn, now)

    def _error(self, event: ErrorEvent, now: float) -> list[Action]:
        if event.is_cancel_not_active:
            return []
        turn = self._commits.refused(event.client_event_id)
        if turn is None and event.is_commit_empty:
            turn = self._commits.refused_unnamed()
        if turn is not None:
            on = On.COMMIT_EMPTY if event.is_commit_empty else On.COMMIT_ERROR
            return self._of_turn(on, turn, now, "" if event.is_commit_empty else event.message)
        if event.is_transcription_failed:
            turn = self.transcripts.failed("", event.message)
            return self._of_turn(On.TRANSCRIPT_FAILED, turn, now, event.message)
        turn = self._responses.refused(event.client_event_id)
        if turn is None:
            return [ShowNotice(f"Voice server: {event.message or event.code or 'error'}")]
        if event.is_active_response and self._responses.try_again(turn):
            return []
        return self._of_turn(On.RESPONSE_ERROR, turn, now, event.message)

    def _response(
        self,
        event: ResponseCreated | OutputItemSeen | ArgumentsDone | ResponseDone,
        now: float,
    ) -> list[Action]:
        name = event.response_id
        actions: list[Action] = []
        if self._responses.began(name, self._committed_turn):
            actions += self._cancel([name])
        turn = self._responses.turn_of(name)
        calls: list[Call] = []
        match event:
            case ResponseCreated():
                if not self._responses.is_cancelled(name):
                    actions += self._of_turn(On.RESPONSE_STARTED, turn, now)
            case OutputItemSeen():
                self._calls.item_seen(event.item)
            case ArgumentsDone():
                call = self._calls.arguments_done(event)
                calls = [call] if call else []
            case ResponseDone():
                calls = self._calls.response_done(event)
                self._responses.ended(name)
        if not self._responses.is_cancelled(name):
            actions += [Execute(call, turn) for call in calls]
        if isinstance(event, ResponseDone):
            actions += self._response_done(event, turn, now)
        return actions

    def _response_done(self, event: ResponseDone, turn: int | None, now: float) -> list[Action]:
        actions: list[Action] = []
        if not self._responses.is_cancelled(event.response_id):
            if event.status in ("failed", "cancelled"):
                note = event.message or event.status
                actions += self._of_turn(On.RESPONSE_ERROR, turn, now, note)
            elif self._calls.has_calls(event.response_id) and self._follow_ups < MAX_FOLLOW_UPS:
                actions += self._of_turn(On.CALLS_PENDING, turn, now)
                actions += self._follow_up(event.response_id, now)
            else:
                actions += self._of_turn(On.RESPONSE_DONE, turn, now)
        postponed = self._responses.postponed
        if postponed is not None:
            actions += self._ask(postponed)
        return actions

    def _follow_up(self, response_id: str, now: float) -> list[Action]:
        if not self._calls.wants_follow_up(response_id):
            return []
        self._follow_ups += 1
        return self._of_turn(On.OUTPUTS_SENT, self._responses.turn_of(response_id), now)

    def _ask(self, turn: int) -> list[Action]:
        if not self._responses.may_ask:
            self._responses.postponed = turn
            return []
        event_id = self._new_id()
        self._responses.asked(turn, event_id)
        return [Send(requests.response_create(event_id))]

    def _cancel(self, response_ids: Iterable[str]) -> list[Action]:
        actions: list[Action] = [
            Send(requests.response_cancel(self._new_id(), name)) for name in response_ids
        ]
        if actions and self._sounding:
            actions.append(Send(requests.output_clear(self._new_id())))
        return actions

    def _carry_out(self, effects: Iterable[Effect], now: float) -> list[Action]:
        actions: list[Action] = []
        for effect in effects:
            event_id = self._new_id()
            match effect:
                case ClearInput():
                    self._commits.clear_sent(effect.turn, event_id)
                    actions.append(Send(requests.input_clear(event_id)))
                case Commit():
                    self._commits.commit_sent(effect.turn, event_id)
                    self.transcripts.expect(effect.turn)
                    end_ms = effect.end_ms if self._send_end_position else None
                    actions.append(Send(requests.input_commit(event_id, end_ms)))
                case CreateResponse():
                    actions += self._ask(effect.turn)
                case CancelResponse():
                    actions += self._cancel(self._responses.cancel())
                case TurnStarted():
                    self._follow_ups = 0
                    actions.append(effect)
                    if self._typed:
                        self.transcripts.typed(effect.turn, self._typed)
                        actions.append(Send(requests.item_create_text(event_id, self._typed)))
                case TurnEnded():
                    self._turn_ended(effect, now)
                    actions.append(effect)
                case OpenGate() | CloseGate() | ShowNotice():
                    actions.append(effect)
                case _:
                    assert_never(effect)
        return actions

    def _turn_ended(self, effect: TurnEnded, now: float) -> None:
        if effect.outcome is Outcome.SUPERSEDED:
            self._superseded[effect.turn] = now + self.machine.deadlines.transcript
        elif effect.outcome is not Outcome.DONE:
            self.transcripts.close(effect.turn, effect.outcome.value.replace("_", " "))

    def _close_superseded(self, now: float) -> None:
        """A turn that was left behind waits for its transcript no longer than any other."""
        for turn in [turn for turn, until in self._superseded.items() if until <= now]:
            del self._superseded[turn]
            self.transcripts.close(turn, Outcome.NO_TRANSCRIPT.value.replace("_", " "))


def _scarce(event: RateLimits) -> list[Action]:
    return [
        ShowNotice(f"Voice server: {left:g} of {limit:g} {name} left for {seconds:.0f} s")
        for name, left, limit, seconds in event.limits
        if left < limit * SCARCE
    ]
