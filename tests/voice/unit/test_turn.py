"""The turn machine: the table as a whole, each rule by itself, and no dead end from anywhere."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.core.turn import (
    HISTORY_LENGTH,
    TABLE,
    Deadlines,
    On,
    Phase,
    Respond,
    TurnEvent,
    TurnMachine,
    TurnState,
)
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

EXPLICIT, AFTER, SERVER = Respond.EXPLICIT, Respond.AFTER_TRANSCRIPT, Respond.SERVER
SENT = (On.PRESS, On.RELEASE, On.DEADLINE)

WAYS: dict[Phase, tuple[Respond, tuple[On, ...]]] = {
    Phase.IDLE: (EXPLICIT, ()),
    Phase.RECORDING: (EXPLICIT, SENT[:1]),
    Phase.GRACE: (EXPLICIT, SENT[:2]),
    Phase.COMMITTING: (EXPLICIT, SENT),
    Phase.WAITING_TRANSCRIPT: (AFTER, (*SENT, On.COMMITTED)),
    Phase.WAITING_BOTH: (EXPLICIT, (*SENT, On.COMMITTED)),
    Phase.LAST_WORD: (EXPLICIT, (*SENT, On.COMMITTED, On.RESPONSE_DONE)),
    Phase.SETTLING: (AFTER, (*SENT, On.COMMITTED, On.TRANSCRIPT)),
    Phase.WAITING_RESPONSE: (EXPLICIT, (*SENT, On.COMMITTED, On.TRANSCRIPT)),
}
"""How to get into each phase."""

WAITING = tuple(phase for phase in Phase if phase is not Phase.IDLE)
HAPPENINGS = [on for on in On if on is not On.DEADLINE]
FOR_TRANSCRIPT = (Phase.WAITING_TRANSCRIPT, Phase.WAITING_BOTH, Phase.LAST_WORD)


def happen(machine: TurnMachine, on: On, now: float, **details: object) -> list[Effect]:
    if on is On.DEADLINE:
        due = machine.next_deadline()
        return machine.tick(now if due is None else max(now, due))
    return machine.feed(TurnEvent(on, **details), now)


def machine_in(phase: Phase, respond: Respond | None = None) -> TurnMachine:
    usual, way = WAYS[phase]
    machine = TurnMachine(respond=respond or usual)
    for on in way:
        happen(machine, on, 0.0)
    return machine


def until_idle(machine: TurnMachine) -> float:
    """Let time pass and nothing else happen; returns when idle was reached."""
    now = 0.0
    for _ in range(len(Phase)):
        due = machine.next_deadline()
        if due is None:
            return now
        now = due
        machine.tick(now)
    raise AssertionError(f"no way out of {machine.phase}")


def outcomes(effects: list[Effect]) -> list[Outcome]:
    return [effect.outcome for effect in effects if isinstance(effect, TurnEnded)]


def notices(effects: list[Effect]) -> list[str]:
    return [effect.text for effect in effects if isinstance(effect, ShowNotice)]


class TestTheTable:
    @pytest.mark.parametrize("phase", WAITING)
    def test_every_wait_has_a_deadline_a_reset_and_an_end_with_the_link(self, phase: Phase):
        assert {(phase, on) for on in (On.DEADLINE, On.RESET, On.LINK_LOST)} <= TABLE.keys()
        assert machine_in(phase).next_deadline() is not None

    @pytest.mark.parametrize("respond", Respond)
    @pytest.mark.parametrize("on", On)
    @pytest.mark.parametrize("phase", Phase)
    def test_from_every_pair_time_alone_leads_to_idle(self, phase: Phase, on: On, respond: Respond):
        machine = machine_in(phase)
        machine.respond = respond
        happen(machine, on, 0.0)
        until_idle(machine)
        machine.feed(TurnEvent(On.PRESS), 1_000.0)
        assert machine.state is TurnState.RECORDING

    @pytest.mark.parametrize("phase", Phase)
    def test_the_ways_lead_where_they_say(self, phase: Phase):
        assert machine_in(phase).phase is phase

    @pytest.mark.parametrize("phase", Phase)
    def test_a_press_is_never_refused(self, phase: Phase):
        machine = machine_in(phase)
        happen(machine, On.PRESS, 0.0)
        assert machine.state is TurnState.RECORDING

    @pytest.mark.parametrize("phase", Phase)
    def test_reset_from_everywhere(self, phase: Phase):
        machine = machine_in(phase)
        machine.force_reset(0.0)
        assert machine.state is TurnState.IDLE

    @pytest.mark.parametrize("on", HAPPENINGS)
    @pytest.mark.parametrize("phase", Phase)
    def test_what_names_an_earlier_turn_changes_nothing(self, phase: Phase, on: On):
        machine = machine_in(phase)
        assert happen(machine, on, 0.0, turn=machine.turn - 1) == []
        assert machine.phase is phase


LENGTHS = asdict(Deadlines())


@given(
    respond=st.sampled_from(Respond),
    story=st.lists(
        st.tuples(
            st.sampled_from(HAPPENINGS),
            st.sampled_from([None, -1, 0]),
            st.sampled_from([0.0, 0.05, 0.2, 1.0, 5.0, 10.0, 15.0, 45.0, 1e6]),
            st.booleans(),
        ),
        max_size=40,
    ),
)
def test_whatever_happens_it_is_idle_within_the_sum_of_its_deadlines(respond: Respond, story):
    machine, now = TurnMachine(respond=respond), 0.0
    gate_open = False
    for on, offset, later, ticks in story:
        turn = None if offset is None else machine.turn + offset
        now += later
        effects = machine.tick(now) if ticks else []
        for effect in effects + machine.feed(TurnEvent(on, turn), now):
            gate_open = isinstance(effect, OpenGate) or (
                gate_open and not isinstance(effect, CloseGate)
            )
        recording = machine.state is TurnState.RECORDING
        assert gate_open == (recording or machine.phase is Phase.GRACE)
        assert len(machine.history) <= HISTORY_LENGTH
    end = now + sum(LENGTHS.values())
    while (due := machine.next_deadline()) is not None:
        assert due <= end, machine.phase
        machine.tick(max(now, due))
    assert machine.state is TurnState.IDLE
    assert all(a.after is b.before for a, b in pairwise(machine.history))


class TestSpeaking:
    def test_a_press_clears_then_opens(self):
        machine = TurnMachine()
        assert happen(machine, On.PRESS, 0.0) == [TurnStarted(1), ClearInput(1), OpenGate()]

    def test_sound_flows_through_the_grace_and_the_commit_tells_where_it_ended(self):
        machine = TurnMachine(Deadlines(commit_grace=0.3))
        happen(machine, On.PRESS, 0.0)
        assert happen(machine, On.RELEASE, 2.0, position_ms=5_000) == []
        assert machine.state is TurnState.COMMITTING
        assert machine.tick(2.29) == []
        assert machine.tick(2.31) == [CloseGate(), Commit(1, 5_310)]

    def test_a_press_in_the_grace_continues_the_utterance(self):
        machine = TurnMachine()
        happen(machine, On.PRESS, 0.0)
        happen(machine, On.RELEASE, 2.0)
        assert happen(machine, On.PRESS, 2.1) == []
        assert machine.tick(3.0) == []
        assert (machine.turn, machine.state) == (1, TurnState.RECORDING)
        assert machine.next_deadline() == 45.0, "both parts are one recording"

    def test_nothing_heard_is_not_sent(self):
        machine = machine_in(Phase.RECORDING)
        effects = happen(machine, On.UNHEARD, 0.1)
        ended = TurnEnded(1, Outcome.NOTHING_HEARD)
        assert effects == [CloseGate(), ClearInput(1), ended, ShowNotice("Nothing heard")]
        assert machine.state is TurnState.IDLE

    def test_a_forgotten_key_ends_after_45_seconds(self):
        machine = machine_in(Phase.RECORDING)
        assert machine.tick(44.9) == []
        effects = machine.tick(45.0)
        assert outcomes(effects) == [Outcome.TOO_LONG]
        assert CloseGate() in effects
        assert not any(isinstance(effect, Commit) for effect in effects)


class TestWaitingForTheTranscript:
    @pytest.mark.parametrize("phase", FOR_TRANSCRIPT)
    @pytest.mark.parametrize(
        ("on", "outcome"),
        [
            (On.TRANSCRIPT_FAILED, Outcome.TRANSCRIPTION_FAILED),
            (On.COMMIT_ERROR, Outcome.COMMIT_REFUSED),
            (On.COMMIT_EMPTY, Outcome.NOTHING_HEARD),
            (On.LINK_LOST, Outcome.LINK_LOST),
            (On.DEADLINE, Outcome.NO_TRANSCRIPT),
        ],
    )
    def test_each_exit_ends_the_turn_and_says_why(self, phase: Phase, on: On, outcome: Outcome):
        machine = machine_in(phase)
        effects = happen(machine, on, 0.0)
        assert machine.state is TurnState.IDLE
        assert outcomes(effects) == [outcome]
        assert all(notices(effects))
        assert notices(effects)

    @pytest.mark.parametrize("phase", FOR_TRANSCRIPT)
    def test_the_transcript_is_the_fifth_exit(self, phase: Phase):
        machine = machine_in(phase)
        happen(machine, On.TRANSCRIPT, 0.0)
        assert machine.state in (TurnState.WAITING_RESPONSE, TurnState.IDLE)

    def test_ten_seconds_without_words_and_the_key_works_again(self):
        machine = machine_in(Phase.WAITING_BOTH)
        began = machine.history[-1].at
        assert machine.tick(began + 9.9) == []
        effects = machine.tick(began + 10.0)
        assert "10 s" in notices(effects)[0]
        assert CancelResponse(1) in effects
        happen(machine, On.PRESS, began + 11)
        assert machine.state is TurnState.RECORDING

    def test_the_transcript_clears_its_deadline(self):
        machine = machine_in(Phase.WAITING_BOTH)
        happen(machine, On.TRANSCRIPT, 9.9)
        assert machine.tick(11.0) == []
        assert machine.next_deadline() == pytest.approx(9.9 + 15.0)

    @pytest.mark.parametrize(
        "order", [(On.TRANSCRIPT, On.RESPONSE_DONE), (On.RESPONSE_DONE, On.TRANSCRIPT)]
    )
    def test_transcript_and_response_in_either_order_are_one_done_turn(self, order: tuple[On, On]):
        machine = machine_in(Phase.WAITING_BOTH)
        assert outcomes(happen(machine, order[0], 1.0)) == []
        assert outcomes(happen(machine, order[1], 2.0)) == [Outcome.DONE]

    def test_a_response_that_is_done_does_not_restart_the_wait(self):
        machine = machine_in(Phase.WAITING_BOTH)
        due = machine.next_deadline()
        happen(machine, On.RESPONSE_DONE, 5.0)
        assert machine.next_deadline() == due

    def test_silence_draws_no_response(self):
        machine = machine_in(Phase.WAITING_TRANSCRIPT)
        assert outcomes(happen(machine, On.SILENCE, 0.0)) == [Outcome.NOTHING_HEARD]

    def test_a_press_starts_the_next_turn_and_leaves_the_response_alone(self):
        machine = machine_in(Phase.WAITING_BOTH)
        assert happen(machine, On.PRESS, 1.0) == [
            TurnEnded(1, Outcome.SUPERSEDED),
            TurnStarted(2),
            ClearInput(2),
            OpenGate(),
        ]


class TestTheResponse:
    def test_a_press_interrupts_it(self):
        machine = machine_in(Phase.WAITING_RESPONSE)
        assert happen(machine, On.PRESS, 1.0) == [
            TurnEnded(1, Outcome.INTERRUPTED),
            CancelResponse(1),
            TurnStarted(2),
            ClearInput(2),
            OpenGate(),
        ]

    @pytest.mark.parametrize(
        ("respond", "at_commit", "at_transcript"),
        [(EXPLICIT, 1, 0), (AFTER, 0, 0), (SERVER, 0, 0)],
    )
    def test_who_asks(self, respond: Respond, at_commit: int, at_transcript: int):
        machine = machine_in(Phase.COMMITTING, respond)
        create = CreateResponse(1)
        assert happen(machine, On.COMMITTED, 1.0).count(create) == at_commit
        assert happen(machine, On.TRANSCRIPT, 2.0).count(create) == at_transcript
        assert machine.tick(2.5).count(create) == (respond is AFTER)
        assert machine.phase is Phase.WAITING_RESPONSE

    @pytest.mark.parametrize("when", [On.COMMITTED, On.TRANSCRIPT])
    def test_a_server_that_begins_by_itself_is_not_asked_as_well(self, when: On):
        machine = machine_in(Phase.COMMITTING, AFTER)
        story = [On.COMMITTED, On.TRANSCRIPT]
        story.insert(story.index(when) + 1, On.RESPONSE_STARTED)
        effects = [effect for on in story for effect in happen(machine, on, 1.0)]
        effects += machine.tick(5.0)
        assert CreateResponse(1) not in effects
        assert machine.phase is Phase.WAITING_RESPONSE

    def test_a_lost_acknowledgement_loses_nothing(self):
        machine = machine_in(Phase.COMMITTING)
        assert happen(machine, On.TRANSCRIPT, 1.0) == [CreateResponse(1)]
        assert machine.phase is Phase.WAITING_RESPONSE

    def test_after_function_calls_the_follow_up_has_its_own_wait(self):
        machine = machine_in(Phase.WAITING_RESPONSE)
        happen(machine, On.CALLS_PENDING, 14.0)
        assert happen(machine, On.OUTPUTS_SENT, 20.0) == [CreateResponse(1)]
        assert machine.next_deadline() == 35.0
        assert outcomes(happen(machine, On.RESPONSE_DONE, 30.0)) == [Outcome.DONE]

    def test_a_typed_order_is_a_turn_with_its_own_wait(self):
        machine = machine_in(Phase.WAITING_RESPONSE)
        effects = happen(machine, On.TYPED, 10.0)
        assert effects[-2:] == [TurnStarted(2), CreateResponse(2)]
        assert machine.next_deadline() == 25.0


def test_the_history_tells_when_and_what():
    machine = machine_in(Phase.COMMITTING)
    told = [(entry.before, entry.on, entry.after) for entry in machine.history]
    assert told == [
        (Phase.IDLE, On.PRESS, Phase.RECORDING),
        (Phase.RECORDING, On.RELEASE, Phase.GRACE),
        (Phase.GRACE, On.DEADLINE, Phase.COMMITTING),
    ]
    for _ in range(HISTORY_LENGTH):
        happen(machine, On.PRESS, 1.0)
        happen(machine, On.UNHEARD, 1.0)
    assert len(machine.history) == HISTORY_LENGTH
