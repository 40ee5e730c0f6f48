"""What a command makes of an order on the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.command import PART_VERBS, Command, Verb, course_of, course_subject
from kds_tui.core.effects import part_of, shown_after
from kds_tui.core.order import OPEN, READY, Item, Order, OrderStatus

S = OrderStatus
NOW = 500.0

SOUP = Item("i1", "", "Soup", course="1")
STEAK = Item("i2", "", "Steak", course="2")
COKE = Item("i3", "", "Coke")
ORDER = Order("a", "1", S.PREPARING, items=(SOUP, STEAK, COKE))
MAINS = course_subject("2")


def given_command(verb: Verb, subject_id: str = "") -> Command:
    return Command("c1", verb, "a", "TABLE 1", 1, NOW, subject_id)


def after(verb: Verb, order: Order = ORDER, subject_id: str = "") -> Order:
    return shown_after(order, given_command(verb, subject_id))


def held(order: Order) -> str:
    return " ".join(item.name for item in order.items if item.is_held)


@given(st.text())
def test_a_course_is_a_subject_and_back(course: str) -> None:
    assert course_of(course_subject(course)) == course
    assert course_of("") is None
    assert course_of("i1") is None


@pytest.mark.parametrize(
    ("subject_id", "names"),
    [("", "Soup Steak Coke"), ("i2", "Steak"), (MAINS, "Steak"), (course_subject("9"), "")],
)
def test_what_is_held_is_the_part_that_was_meant(subject_id: str, names: str) -> None:
    on_hold = after(Verb.HOLD, subject_id=subject_id)
    assert held(on_hold) == names
    fired = after(Verb.FIRE, on_hold, subject_id)
    assert held(fired) == ""
    when = {item.name: item.fired_at for item in fired.items if item.fired_at is not None}
    assert when == dict.fromkeys(names.split(), NOW)


def test_firing_a_course_leaves_the_others_held() -> None:
    fired = after(Verb.FIRE, after(Verb.HOLD), MAINS)
    assert held(fired) == "Soup Coke"
    assert fired.items[1].fired_at == NOW


def test_what_is_done_is_not_held() -> None:
    done = replace(ORDER, items=(replace(SOUP, is_done=True), STEAK))
    assert held(after(Verb.HOLD, done)) == "Steak"
    assert part_of(done, "i1") == ()


def test_a_bump_leaves_what_is_held() -> None:
    on_hold = after(Verb.HOLD, subject_id=MAINS)
    bumped = after(Verb.BUMP, on_hold)
    assert bumped.status is S.PREPARING
    assert [item.is_done for item in bumped.items] == [True, False, True]
    assert after(Verb.BUMP, after(Verb.FIRE, bumped, MAINS)).status is S.READY


@pytest.mark.parametrize(("subject_id", "fire_at"), [("", NOW), (MAINS, 900.0)])
def test_firing_a_scheduled_order_as_a_whole_starts_it(subject_id: str, fire_at: float) -> None:
    waits = replace(ORDER, status=S.PENDING, is_scheduled=True, fire_at=900.0)
    assert after(Verb.FIRE, waits, subject_id).fire_at == fire_at


def test_start_pick_up_and_serve_take_the_order_on() -> None:
    started = after(Verb.START, replace(ORDER, status=S.PENDING))
    assert (started.status, started.preparing_at) == (S.PREPARING, NOW)
    picked_up = after(Verb.PICK_UP, replace(ORDER, status=S.READY))
    assert picked_up.status is S.PICKED_UP
    assert after(Verb.PICK_UP, picked_up) == picked_up
    assert after(Verb.SERVE, picked_up).status is S.COMPLETED
    assert after(Verb.SERVE, replace(ORDER, status=S.READY)).status is S.COMPLETED


@given(st.sampled_from(Verb), st.sampled_from(OrderStatus), st.sampled_from(["", "i1", MAINS]))
def test_a_command_that_makes_no_sense_changes_nothing(
    verb: Verb, status: OrderStatus, subject_id: str
) -> None:
    before = replace(ORDER, status=status)
    shown = after(verb, before, subject_id)
    sensible = READY if verb in (Verb.RECALL, Verb.PICK_UP, Verb.SERVE) else OPEN
    if status not in sensible:
        assert shown == before
    if verb in PART_VERBS:
        assert shown.status is status
