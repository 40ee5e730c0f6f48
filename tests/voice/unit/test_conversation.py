"""The conversation: every server's manners, lost, late and doubled events, and never a dead end."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.core.conversation import MAX_FOLLOW_UPS, Action, Conversation, Execute, Send
from voice_tui.core.events import (
    AnswerDelta,
    ArgumentsDone,
    BufferCleared,
    BufferCommitted,
    ErrorEvent,
    OutputItem,
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
from voice_tui.core.turn import Deadlines, Respond, TurnState
from voice_tui.core.turn_effects import Outcome, ShowNotice, TurnEnded

CLEAR, COMMIT = "input_audio_buffer.clear", "input_audio_buffer.commit"
CREATE, CANCEL = "response.create", "response.cancel"
GRACE = Deadlines().commit_grace


class Desk:
    """A conversation, its clock, and what it did."""

    def __init__(self, respond: Respond = Respond.EXPLICIT, **options: bool):
        ids = count(1)
        self.conversation = Conversation(lambda: f"me{next(ids)}", respond=respond, **options)
        self.now = 0.0
        self.done: list[Action] = []

    @property
    def state(self) -> TurnState:
        return self.conversation.machine.state

    def note(self, actions: list[Action]) -> list[Action]:
        self.done += actions
        return actions

    def press(self) -> list[Action]:
        return self.note(self.conversation.press(self.now))

    def release(self, heard: bool = True) -> list[Action]:
        """Release the key and let the grace pass."""
        first = self.note(self.conversation.release(heard, 1_000, self.now))
        return first + self.wait(GRACE)

    def wait(self, seconds: float) -> list[Action]:
        self.now += seconds
        return self.note(self.conversation.tick(self.now))

    def hear(self, *events: ServerEvent) -> list[Action]:
        return [
            action
            for event in events
            for action in self.note(self.conversation.receive(event, self.now))
        ]

    def speak(self, item_id: str = "") -> None:
        """Say something; with an item id, the server acknowledges it."""
        self.press()
        self.release()
        if item_id:
            self.hear(BufferCleared(), BufferCommitted(item_id=item_id))

    def id_of(self, kind: str) -> str:
        """Our id of the latest event of a kind."""
        return [str(event["event_id"]) for event in sends(self.done) if event["type"] == kind][-1]

    def words(self) -> list[tuple[int | None, str]]:
        return [(entry.turn, entry.text) for entry in self.conversation.transcripts.entries()]


def sends(actions: list[Action]) -> list[dict[str, object]]:
    return [action.event for action in actions if isinstance(action, Send)]


def kinds(actions: list[Action]) -> list[object]:
    return [event["type"] for event in sends(actions)]


def outcomes(actions: list[Action]) -> list[Outcome]:
    return [action.outcome for action in actions if isinstance(action, TurnEnded)]


def notices(actions: list[Action]) -> list[str]:
    return [action.text for action in actions if isinstance(action, ShowNotice)]


def said(item_id: str, text: str = "two burgers") -> TranscriptCompleted:
    return TranscriptCompleted(item_id=item_id, transcript=text)


def call(call_id: str = "c1", response_id: str = "r1") -> ArgumentsDone:
    return ArgumentsDone(response_id=response_id, call_id=call_id, name="add", arguments="{}")


def ended(response_id: str = "r1", status: str = "completed") -> ResponseDone:
    return ResponseDone(response_id=response_id, status=status)


def test_a_whole_turn_as_openai_has_it():
    desk = Desk()
    assert kinds(desk.press()) == [CLEAR]
    assert kinds(desk.release()) == [COMMIT]
    assert kinds(desk.hear(BufferCleared(), BufferCommitted(item_id="i1"))) == [CREATE]
    desk.hear(ResponseCreated(response_id="r1"), TranscriptDelta(item_id="i1", delta="two"))
    desk.hear(said("i1"), AnswerDelta(response_id="r1", item_id="a1", delta="Two burgers."))
    assert desk.state is TurnState.WAITING_RESPONSE
    assert outcomes(desk.hear(ended())) == [Outcome.DONE]
    assert desk.words() == [(1, "two burgers"), (1, "Two burgers.")]


@pytest.mark.parametrize(("understands", "end_ms"), [(True, 1_200), (False, None)])
def test_where_the_utterance_ends_is_told_to_our_gateway_only(
    understands: bool, end_ms: int | None
):
    desk = Desk(send_end_position=understands)
    desk.speak()
    assert sends(desk.done)[-1].get("audio_end_ms") == end_ms


def test_nothing_heard_sends_no_commit():
    desk = Desk()
    desk.press()
    assert kinds(desk.release(heard=False)) == [CLEAR]
    assert notices(desk.done) == ["Nothing heard"]
    assert desk.state is TurnState.IDLE


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "message", "names_it"),
        [
            ("input_audio_buffer_commit_empty", "", True),
            ("input_audio_buffer_commit_empty", "", False),
            ("", "buffer too small. Expected at least 100ms", False),
        ],
    )
    def test_an_empty_commit_ends_the_turn_at_once(self, code: str, message: str, names_it: bool):
        desk = Desk()
        desk.speak()
        name = desk.id_of(COMMIT) if names_it else ""
        actions = desk.hear(ErrorEvent(code=code, message=message, client_event_id=name))
        assert (outcomes(actions), notices(actions)) == ([Outcome.NOTHING_HEARD], ["Nothing heard"])
        assert CREATE not in kinds(desk.done)

    def test_an_error_tied_to_the_commit_ends_the_turn(self):
        desk = Desk()
        desk.speak()
        error = ErrorEvent(code="x", message="no", client_event_id=desk.id_of(COMMIT))
        assert outcomes(desk.hear(error)) == [Outcome.COMMIT_REFUSED]

    def test_an_error_tied_to_an_acknowledged_commit_ends_the_turn(self):
        desk = Desk()
        desk.speak("i1")
        error = ErrorEvent(code="x", message="no", client_event_id=desk.id_of(COMMIT))
        assert outcomes(desk.hear(error)) == [Outcome.COMMIT_REFUSED]

    def test_an_error_tied_to_an_earlier_commit_does_not(self):
        desk = Desk()
        desk.speak()
        error = ErrorEvent(code="x", client_event_id=desk.id_of(COMMIT))
        desk.press()
        assert outcomes(desk.hear(error)) == []
        assert desk.state is TurnState.RECORDING

    def test_an_error_tied_to_nothing_is_shown_and_moves_nothing(self):
        desk = Desk()
        desk.speak("i1")
        assert notices(desk.hear(ErrorEvent(code="x", message="odd"))) == ["Voice server: odd"]
        assert desk.state is TurnState.WAITING_USER_FINAL

    def test_localais_failed_transcription_is_one(self):
        desk = Desk()
        desk.speak("i1")
        error = ErrorEvent(code="transcription_failed", message="no", client_event_id="event_TODO")
        assert outcomes(desk.hear(error)) == [Outcome.TRANSCRIPTION_FAILED]

    def test_a_cancel_that_came_too_late_is_nothing(self):
        assert Desk().hear(ErrorEvent(code="response_cancel_not_active")) == []

    def test_a_refused_response_fails_and_the_words_are_still_awaited(self):
        desk = Desk()
        desk.speak("i1")
        error = ErrorEvent(code="x", message="quota", client_event_id=desk.id_of(CREATE))
        assert notices(desk.hear(error)) == ["The answer failed: quota"]
        assert outcomes(desk.hear(said("i1"))) == [Outcome.DONE]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (SpeechDetected(started=True), "The voice server listens by itself, although asked not to"),
        (
            RateLimits(limits=(("requests", 1, 100, 2.5), ("tokens", 9, 10, 1))),
            "Voice server: 1 of 100 requests left for 2 s",
        ),
    ],
)
def test_what_is_shown_and_moves_nothing(event: ServerEvent, told: str):
    desk = Desk()
    desk.press()
    assert desk.hear(event) == [ShowNotice(told)]
    assert desk.state is TurnState.RECORDING


class TestLateAndLost:
    def test_a_press_while_words_are_awaited_keeps_them_for_their_own_turn(self):
        desk = Desk()
        desk.speak("i1")
        desk.speak("i2")
        assert outcomes(desk.hear(said("i1", "late"))) == []
        assert desk.state is TurnState.WAITING_USER_FINAL
        desk.hear(said("i2", "now"))
        assert desk.words() == [(1, "late"), (2, "now")]
        assert desk.state is TurnState.WAITING_RESPONSE

    def test_an_acknowledgement_that_arrives_during_the_next_turn_is_not_its_own(self):
        desk = Desk()
        desk.speak()
        desk.speak()
        desk.hear(BufferCleared(), BufferCommitted(item_id="i1"))
        assert desk.state is TurnState.COMMITTING
        desk.hear(BufferCleared(), BufferCommitted(item_id="i2"))
        assert desk.state is TurnState.WAITING_USER_FINAL
        desk.hear(said("i1", "first"))
        assert desk.words() == [(1, "first"), (2, "")]

    @pytest.mark.parametrize("answers_clears", [True, False])
    def test_a_lost_acknowledgement_shifts_none_that_follow(self, answers_clears: bool):
        desk = Desk()
        cleared = [BufferCleared()] if answers_clears else []
        desk.speak()
        desk.hear(*cleared)
        desk.wait(5.0)
        assert desk.state is TurnState.IDLE
        for item_id in ("i2", "i3"):
            desk.speak()
            desk.hear(*cleared, BufferCommitted(item_id=item_id))
            assert desk.state is TurnState.WAITING_USER_FINAL
            desk.hear(said(item_id, item_id))
        assert desk.words() == [(1, ""), (2, "i2"), (3, "i3")]

    def test_three_names_for_one_item_are_one_turn(self):
        desk = Desk(Respond.SERVER)
        desk.speak()
        desk.hear(BufferCommitted(item_id="a"), ResponseCreated(response_id="r1"))
        desk.hear(said("b"), ended())
        assert desk.words() == [(1, "two burgers")]
        assert desk.state is TurnState.IDLE

    def test_a_turn_that_ended_without_words_does_not_take_the_next_ones(self):
        desk = Desk(Respond.SERVER)
        desk.speak("a")
        assert outcomes(desk.wait(10.0)) == [Outcome.NO_TRANSCRIPT]
        desk.speak("b")
        desk.hear(said("another name"))
        assert desk.words() == [(1, ""), (2, "two burgers")]

    def test_a_turn_left_behind_is_not_open_for_ever(self):
        desk = Desk(Respond.SERVER)
        desk.speak("a")
        desk.press()
        desk.release()
        desk.now += 10.0  # No tick: the next thing that happens is the transcript.
        desk.hear(said("another name"))
        assert desk.words() == [(1, ""), (2, "two burgers")]

    def test_words_that_may_be_of_either_turn_move_neither(self):
        desk = Desk()
        desk.speak("i1")
        desk.speak("i2")
        assert desk.hear(said("who knows")) == []
        assert desk.state is TurnState.WAITING_USER_FINAL

    def test_a_doubled_event_counts_once(self):
        desk = Desk()
        desk.speak("i1")
        delta = TranscriptDelta(event_id="e", item_id="i1", delta="two")
        desk.hear(delta, delta)
        assert desk.words() == [(1, "two")]

    def test_words_without_a_turn_are_kept_and_move_nothing(self):
        desk = Desk()
        assert desk.hear(said("who knows")) == []
        assert desk.words() == [(None, "two burgers")]

    def test_a_lost_link_ends_the_turn_and_its_session(self):
        desk = Desk()
        desk.speak("i1")
        desk.hear(call())
        actions = desk.note(desk.conversation.link_lost("gone", desk.now))
        assert notices(actions) == ["Connection lost: gone"]
        assert desk.conversation.answer("c1", "ok", desk.now) == []
        desk.speak("i2")
        assert kinds(desk.done)[-1] == CREATE, "the lost session's response blocks nothing"


class TestResponses:
    def test_a_press_cancels_by_name(self):
        desk = Desk()
        desk.speak("i1")
        desk.hear(ResponseCreated(response_id="r1"), said("i1"))
        cancel, clear = sends(desk.press())
        assert (cancel["type"], cancel["response_id"], clear["type"]) == (CANCEL, "r1", CLEAR)

    def test_one_that_was_cancelled_before_it_began_is_cancelled_when_it_does(self):
        desk = Desk()
        desk.speak("i1")
        desk.hear(said("i1"))
        assert CANCEL not in kinds(desk.press())
        actions = desk.hear(ResponseCreated(response_id="r1"))
        assert [event.get("response_id") for event in sends(actions)] == ["r1"]
        assert [
            action for action in desk.hear(call(), ended()) if isinstance(action, Execute)
        ] == []
        assert desk.state is TurnState.RECORDING

    def test_the_next_is_asked_for_when_the_running_one_is_done(self):
        desk = Desk()
        desk.speak("i1")
        desk.hear(ResponseCreated(response_id="r1"))
        desk.press()
        desk.release()
        assert kinds(desk.hear(BufferCleared(), BufferCommitted(item_id="i2"))) == []
        assert kinds(desk.hear(ended("r1"))) == [CREATE]

    def test_a_refusal_because_another_runs_is_tried_again_once(self):
        desk = Desk()
        desk.speak("i1")
        for tries in (1, 0):
            name = desk.id_of(CREATE)
            busy = ErrorEvent(code="conversation_already_has_active_response", client_event_id=name)
            desk.hear(busy)
            again = desk.hear(ended(f"foreign{tries}"))
            assert kinds(again).count(CREATE) == tries

    def test_an_answer_that_never_ends_does_not_block_the_next_turn(self):
        desk = Desk()
        desk.speak("i1")
        desk.hear(ResponseCreated(response_id="r1"), said("i1"))
        actions = desk.wait(15.0)
        assert (outcomes(actions), kinds(actions)) == ([Outcome.NO_RESPONSE], [CANCEL])
        desk.speak("i2")
        assert kinds(desk.done)[-1] == CREATE

    def test_calls_are_executed_answered_and_followed_up(self):
        desk = Desk()
        desk.speak("i1")
        item = OutputItem(item_id="f1", kind="function_call", call_id="c1", name="add")
        desk.hear(said("i1"), OutputItemSeen(response_id="r1", item=item))
        first = desk.hear(ArgumentsDone(response_id="r1", item_id="f1", arguments="{}"))
        assert [action.call.name for action in first if isinstance(action, Execute)] == ["add"]
        answered = desk.note(desk.conversation.answer("c1", "done", desk.now))
        assert kinds(answered) == ["conversation.item.create"], "r1 still runs"
        assert kinds(desk.hear(ended("r1"))) == [CREATE]
        assert outcomes(desk.hear(ended("r2"))) == [Outcome.DONE]

    def test_a_model_that_calls_for_ever_is_stopped(self):
        desk = Desk()
        desk.speak("i1")
        desk.hear(said("i1"))
        for number in range(MAX_FOLLOW_UPS + 1):
            desk.hear(call(f"c{number}", f"r{number}"))
            desk.conversation.answer(f"c{number}", "ok", desk.now)
            desk.hear(ended(f"r{number}"))
        assert desk.state is TurnState.IDLE

    def test_a_failed_response_says_why(self):
        desk = Desk()
        desk.speak("i1")
        failed = ResponseDone(response_id="r1", status="failed", message="quota")
        assert notices(desk.hear(said("i1"), failed)) == ["The answer failed: quota"]

    def test_typed_orders_are_turns(self):
        desk = Desk()
        actions = desk.note(desk.conversation.type_text("two burgers", desk.now))
        assert kinds(actions) == ["conversation.item.create", CREATE]
        assert outcomes(desk.hear(ResponseCreated(response_id="r1"), ended())) == [Outcome.DONE]
        assert desk.words() == [(1, "two burgers")]


ITEMS, RESPONSES = st.sampled_from(["", "i1", "i2"]), st.sampled_from(["", "r1", "r2"])
ANSWERS = st.one_of(
    st.builds(BufferCleared),
    st.builds(BufferCommitted, item_id=ITEMS),
    st.builds(TranscriptCompleted, item_id=ITEMS, transcript=st.sampled_from(["", "fries"])),
    st.builds(TranscriptFailed, item_id=ITEMS),
    st.builds(ResponseCreated, response_id=RESPONSES),
    st.builds(call, st.sampled_from(["c1", "c2"]), RESPONSES),
    st.builds(ended, RESPONSES, st.sampled_from(["completed", "failed", "cancelled"])),
    st.builds(
        ErrorEvent,
        code=st.sampled_from(["", "conversation_already_has_active_response", "other"]),
        client_event_id=st.sampled_from(["", "me1", "me4", "me5"]),
    ),
)


@given(
    st.sampled_from(Respond),
    st.lists(st.one_of(ANSWERS, st.sampled_from(["press", "release", "lost", "answer", "pass"]))),
)
def test_whatever_a_server_does_it_ends_in_idle_and_the_key_works(respond: Respond, story):
    desk = Desk(respond)
    for step in story:
        match step:
            case "press":
                desk.press()
            case "release":
                desk.release()
            case "lost":
                desk.conversation.link_lost("", desk.now)
            case "answer":
                desk.conversation.answer("c1", "ok", desk.now)
            case "pass":
                desk.wait(3.0)
            case event:
                desk.hear(event)
    desk.wait(45.0)
    for _ in range(3):
        desk.wait(15.0)
    assert desk.state is TurnState.IDLE
    desk.press()
    assert desk.state is TurnState.RECORDING
    executed = [action.call.call_id for action in desk.done if isinstance(action, Execute)]
    assert len(executed) == len(set(executed))
