"""Function calls: once each, answered once, followed up when all is said."""

from __future__ import annotations

import pytest

from voice_tui.core.calls import MAX_CALLS_OF_RESPONSE, Call, Calls
from voice_tui.core.events import ArgumentsDone, OutputItem, ResponseDone


def arguments(call_id: str = "c1", name: str = "add", response_id: str = "r1") -> ArgumentsDone:
    return ArgumentsDone(
        response_id=response_id, item_id=f"i-{call_id}", call_id=call_id, name=name, arguments="{}"
    )


def done(*call_ids: str, status: str = "completed", response_id: str = "r1") -> ResponseDone:
    output = tuple(
        OutputItem(kind="function_call", call_id=call_id, name="add", arguments="{}")
        for call_id in call_ids
    )
    return ResponseDone(response_id=response_id, status=status, output=output)


@pytest.fixture
def calls() -> Calls:
    return Calls()


def test_a_call_is_given_once_however_often_it_is_told(calls: Calls):
    assert calls.arguments_done(arguments()) == Call("c1", "add", "{}", "r1")
    assert calls.arguments_done(arguments()) is None
    assert calls.response_done(done("c1")) == []
    assert calls.response_done(done("c1", response_id="r2")) == []


def test_a_call_whose_own_event_was_lost_comes_with_the_end(calls: Calls):
    assert calls.response_done(done("c1")) == [Call("c1", "add", "{}", "r1")]


def test_what_was_cut_short_is_not_executed(calls: Calls):
    assert calls.response_done(done("c1", status="incomplete")) == []


def test_beta_names_come_with_the_item(calls: Calls):
    calls.item_seen(OutputItem(item_id="i-c1", kind="function_call", call_id="c1", name="add"))
    assert calls.arguments_done(arguments(name="")) == Call("c1", "add", "{}", "r1")
    assert calls.arguments_done(arguments("c2", name="")) is None


@pytest.mark.parametrize("order", ["answers first", "end first"])
def test_the_follow_up_waits_for_every_answer_and_the_end(calls: Calls, order: str):
    for call_id in ("c1", "c2"):
        calls.arguments_done(arguments(call_id))
    if order == "end first":
        calls.response_done(done("c1", "c2"))
    assert calls.answered("c1") == "r1"
    assert not calls.wants_follow_up("r1")
    assert calls.answered("c2") == "r1"
    if order == "answers first":
        assert not calls.wants_follow_up("r1")
        calls.response_done(done("c1", "c2"))
    assert calls.wants_follow_up("r1")


def test_only_the_first_answer_of_a_known_call_counts(calls: Calls):
    calls.arguments_done(arguments())
    assert calls.answered("unknown") is None
    assert calls.answered("c1") == "r1"
    assert calls.answered("c1") is None


def test_a_lost_session_wants_no_answers_and_its_calls_are_not_given_again(calls: Calls):
    calls.arguments_done(arguments())
    calls.forget_session()
    assert calls.answered("c1") is None
    assert calls.arguments_done(arguments()) is None


def test_calls_of_one_response_are_bounded(calls: Calls):
    many = [f"c{number}" for number in range(MAX_CALLS_OF_RESPONSE + 5)]
    assert len(calls.response_done(done(*many))) == MAX_CALLS_OF_RESPONSE
