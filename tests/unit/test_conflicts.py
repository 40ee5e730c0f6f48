"""Every row of the table of conflicts: what a cook asked for, and what happened meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.command import MENU_VERBS, Verb
from kds_tui.core.conflicts import (
    RECALL_WINDOW,
    Apply,
    ApplyPartly,
    Conflict,
    Decision,
    Line,
    Nothing,
    Refuse,
    Standing,
    Wish,
    decide,
    standing_of,
)
from kds_tui.core.order import FINISHED, OPEN, READY, Item, Order, OrderStatus

S = OrderStatus
NOW = 1_795_000_000.0
APPLY, NOTHING = Apply(), Nothing()
CANCELLED, SUPERSEDED = Refuse(Conflict.CANCELLED), Refuse(Conflict.SUPERSEDED)
CLOSED, ITEM_GONE = Refuse(Conflict.CLOSED), Refuse(Conflict.ITEM_GONE)

BUMP = Wish(Verb.BUMP, 3, terminal="grill")
RECALL = Wish(Verb.RECALL, 3, terminal="grill")
MARK = Wish(Verb.BUMP_ITEM, 3, terminal="grill", item_id="burger")
UNMARK = replace(MARK, verb=Verb.UNBUMP_ITEM)
RUSH, UNRUSH = Wish(Verb.RUSH, 3), Wish(Verb.UNRUSH, 3)
FIRE = Wish(Verb.FIRE)
PICK_UP = Wish(Verb.PICK_UP, 3, terminal="grill")
START, SERVE = Wish(Verb.START, 3, terminal="grill"), Wish(Verb.SERVE, 3, terminal="grill")
HOLD = Wish(Verb.HOLD, 3, terminal="grill")
HOLD_FRIES, FIRE_FRIES = (
    Wish(verb, 3, terminal="grill", item_ids=("fries",)) for verb in (Verb.HOLD, Verb.FIRE)
)
HOLD_MAINS, FIRE_MAINS = (
    Wish(verb, 3, terminal="grill", course="mains") for verb in (Verb.HOLD, Verb.FIRE)
)

BUMP_FRIES, RECALL_FRIES = (replace(wish, item_ids=("fries",)) for wish in (BUMP, RECALL))
BUMP_MAINS = replace(BUMP, course="mains")

BURGER, FRIES = Line("burger"), Line("fries")
SEEN = Standing(S.PREPARING, 3, (BURGER, FRIES))
"""The order as the cook saw it."""

MEANWHILE = replace(SEEN, version=5)
"""Touched, but nothing that matters to a fresh command."""

RECALLED = replace(MEANWHILE, recalled_version=5, recalled_by="fry", touched_by="fry")
ADDED = replace(MEANWHILE, lines=(BURGER, FRIES, Line("shake", changed_version=4)))
ENLARGED = replace(MEANWHILE, lines=(Line("burger", changed_version=5), FRIES))
DONE_BURGER = replace(MEANWHILE, lines=(Line("burger", is_done=True), FRIES))
HELD_FRIES = replace(MEANWHILE, lines=(BURGER, Line("fries", is_held=True)))
DONE_FRIES = replace(MEANWHILE, lines=(BURGER, Line("fries", is_done=True)))
FIRED_FRIES = replace(
    MEANWHILE, lines=(BURGER, Line("fries", fired_version=5)), touched_by="fry", touched_since=4
)
MAINS = replace(MEANWHILE, lines=(BURGER, Line("fries", course="mains", is_held=True)))
ALL_HELD = replace(MEANWHILE, lines=(Line("burger", is_held=True), Line("fries", is_held=True)))
UNDONE_FRIES = replace(
    MEANWHILE, lines=(BURGER, Line("fries", undone_version=5)), touched_by="fry", touched_since=4
)
WAITS = replace(SEEN, status=S.PENDING)
READY_ORDER = replace(MEANWHILE, status=S.READY)

_TABLE: list[tuple[str, Wish, Standing, Decision]] = [
    ("bump: as seen", BUMP, SEEN, APPLY),
    ("bump: touched, nothing that matters", BUMP, MEANWHILE, APPLY),
    ("bump: a line recalled by another", BUMP, UNDONE_FRIES, ApplyPartly(frozenset({"burger"}))),
    ("bump: a held line fired by another", BUMP, FIRED_FRIES, ApplyPartly(frozenset({"burger"}))),
    ("bump: fired here", BUMP, replace(FIRED_FRIES, touched_by="grill"), APPLY),
    ("bump: firing was seen", replace(BUMP, base_version=5), FIRED_FRIES, APPLY),
    ("bump: its own mark taken off", replace(BUMP, terminal="fry"), UNDONE_FRIES, APPLY),
    (
        "bump: a line recalled by another, then touched from here",
        BUMP,
        replace(UNDONE_FRIES, version=6, touched_by="grill", touched_since=5),
        ApplyPartly(frozenset({"burger"})),
    ),
    ("bump: seen that it was recalled", replace(BUMP, base_version=5), UNDONE_FRIES, APPLY),
    ("bump: cancelled", BUMP, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("bump: bumped by another", BUMP, replace(MEANWHILE, status=S.READY), NOTHING),
    ("bump: served", BUMP, replace(MEANWHILE, status=S.PICKED_UP), NOTHING),
    ("bump: closed", BUMP, replace(MEANWHILE, status=S.COMPLETED), NOTHING),
    ("bump: line added", BUMP, ADDED, ApplyPartly(frozenset({"burger", "fries"}))),
    ("bump: line enlarged", BUMP, ENLARGED, ApplyPartly(frozenset({"fries"}))),
    (
        "bump: line added, the rest done",
        BUMP,
        replace(ADDED, lines=(Line("burger", is_done=True), Line("shake", changed_version=4))),
        ApplyPartly(frozenset()),
    ),
    (
        "bump: line added and done already",
        BUMP,
        replace(ADDED, lines=(BURGER, Line("shake", is_done=True, changed_version=4))),
        APPLY,
    ),
    ("bump: the added line was seen", replace(BUMP, base_version=4), ADDED, APPLY),
    ("bump: recalled unseen", BUMP, RECALLED, SUPERSEDED),
    ("bump: recall was seen", replace(BUMP, base_version=5), RECALLED, APPLY),
    ("bump: recalled here", BUMP, replace(RECALLED, recalled_by="grill"), APPLY),
    (
        "bump: recalled nobody knows where",
        replace(BUMP, terminal=""),
        replace(RECALLED, recalled_by=""),
        SUPERSEDED,
    ),
    ("bump: recalled and bumped again", BUMP, replace(RECALLED, status=S.READY), NOTHING),
    ("bump: no version given", Wish(Verb.BUMP), replace(ADDED, recalled_version=5), APPLY),
    ("late bump: untouched", replace(BUMP, late=True), SEEN, APPLY),
    ("late bump: touched", replace(BUMP, late=True), MEANWHILE, SUPERSEDED),
    (
        "late bump: touched from here only",
        replace(BUMP, late=True),
        replace(MEANWHILE, touched_by="grill", touched_since=3),
        APPLY,
    ),
    (
        "late bump: touched from here, but before that by another",
        replace(BUMP, late=True),
        replace(MEANWHILE, touched_by="grill", touched_since=4),
        SUPERSEDED,
    ),
    (
        "late bump: touched nobody knows where",
        replace(BUMP, late=True, terminal=""),
        replace(MEANWHILE, touched_since=3),
        SUPERSEDED,
    ),
    ("late bump: bumped by another", replace(BUMP, late=True), replace(MEANWHILE, status=S.READY),
     NOTHING),
    ("bump of lines: others owe", BUMP_FRIES, SEEN, ApplyPartly(frozenset({"fries"}))),
    ("bump of lines: the last ones", BUMP_FRIES, DONE_BURGER, APPLY),
    ("bump of lines: done by another", BUMP_FRIES, DONE_FRIES, ApplyPartly(frozenset())),
    ("bump of lines: held", BUMP_FRIES, HELD_FRIES, ApplyPartly(frozenset())),
    ("bump of lines: others enlarged", BUMP_FRIES, ENLARGED, ApplyPartly(frozenset({"fries"}))),
    ("bump of lines: bumped by another", BUMP_FRIES, READY_ORDER, NOTHING),
    ("bump of a course", BUMP_MAINS, replace(MAINS, lines=(BURGER, Line("fries", course="mains"))),
     ApplyPartly(frozenset({"fries"}))),
    ("recall of lines: bumped", RECALL_FRIES, READY_ORDER, APPLY),
    ("recall of lines: done", RECALL_FRIES, DONE_FRIES, APPLY),
    ("recall of lines: others are done", RECALL_FRIES, DONE_BURGER, NOTHING),
    ("recall: bumped", RECALL, replace(SEEN, status=S.READY), APPLY),
    ("recall: served", RECALL, replace(MEANWHILE, status=S.PICKED_UP), APPLY),
    (
        "recall: closed just now",
        RECALL,
        replace(MEANWHILE, status=S.COMPLETED, completed_at=NOW - RECALL_WINDOW),
        APPLY,
    ),
    (
        "recall: closed too long ago",
        RECALL,
        replace(MEANWHILE, status=S.COMPLETED, completed_at=NOW - RECALL_WINDOW - 1),
        CLOSED,
    ),
    ("recall: closed nobody knows when", RECALL, replace(SEEN, status=S.COMPLETED), CLOSED),
    ("recall: cancelled", RECALL, replace(SEEN, status=S.CANCELLED), CANCELLED),
    ("recall: open anyway", RECALL, MEANWHILE, NOTHING),
    ("recall: bumped in part", RECALL, DONE_BURGER, APPLY),
    (
        "recall: brought back by another, who began again",
        RECALL,
        replace(DONE_BURGER, recalled_version=4),
        NOTHING,
    ),
    ("recall: open, no version given", Wish(Verb.RECALL), DONE_BURGER, NOTHING),
    ("late recall: touched", replace(RECALL, late=True), replace(MEANWHILE, status=S.READY),
     SUPERSEDED),
    ("late recall: untouched", replace(RECALL, late=True), replace(SEEN, status=S.READY), APPLY),
    ("mark: open", MARK, MEANWHILE, APPLY),
    ("mark: done already", MARK, DONE_BURGER, NOTHING),
    ("mark: bumped", MARK, replace(MEANWHILE, status=S.READY), NOTHING),
    ("mark: cancelled", MARK, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("mark: taken off", MARK, replace(MEANWHILE, lines=(FRIES,)), ITEM_GONE),
    ("mark: taken off a bumped one", MARK, Standing(S.READY, 5, (FRIES,)), ITEM_GONE),
    ("mark: enlarged", MARK, ENLARGED, SUPERSEDED),
    ("mark: another line was enlarged", replace(MARK, item_id="fries"), ENLARGED, APPLY),
    ("mark: recalled unseen", MARK, RECALLED, SUPERSEDED),
    ("mark: recalled here", MARK, replace(RECALLED, recalled_by="grill"), APPLY),
    ("late mark: touched", replace(MARK, late=True), MEANWHILE, SUPERSEDED),
    ("unmark: done", UNMARK, DONE_BURGER, APPLY),
    ("unmark: open anyway", UNMARK, MEANWHILE, NOTHING),
    ("unmark: open anyway, recalled", UNMARK, RECALLED, NOTHING),
    ("unmark: bumped", UNMARK, replace(DONE_BURGER, status=S.READY), SUPERSEDED),
    ("late unmark: touched", replace(UNMARK, late=True), DONE_BURGER, SUPERSEDED),
    ("rush: open", RUSH, MEANWHILE, APPLY),
    ("rush: twice", RUSH, replace(MEANWHILE, rush=True), NOTHING),
    ("rush: bumped", RUSH, replace(MEANWHILE, status=S.READY), NOTHING),
    ("rush: closed", RUSH, replace(MEANWHILE, status=S.COMPLETED), CLOSED),
    ("rush: cancelled", RUSH, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("unrush: rushed", UNRUSH, replace(MEANWHILE, rush=True), APPLY),
    ("unrush: not rushed", UNRUSH, MEANWHILE, NOTHING),
    ("fire: waits", FIRE, replace(SEEN, status=S.PENDING), APPLY),
    ("fire: confirmed", FIRE, replace(SEEN, status=S.CONFIRMED), APPLY),
    ("fire: twice", FIRE, replace(SEEN, status=S.PENDING, is_fired=True), NOTHING),
    ("fire: started meanwhile", FIRE, MEANWHILE, NOTHING),
    ("fire: cancelled", FIRE, replace(SEEN, status=S.CANCELLED), CANCELLED),
    ("fire: something is held", FIRE, HELD_FRIES, APPLY),
    ("fire: a line that is held", FIRE_FRIES, HELD_FRIES, APPLY),
    ("fire: a line that is not held", FIRE_FRIES, SEEN, NOTHING),
    ("fire: a line of an order that waits", FIRE_FRIES, WAITS, NOTHING),
    ("fire: a line that was taken off", FIRE_FRIES, replace(SEEN, lines=(BURGER,)), ITEM_GONE),
    ("fire: a course", FIRE_MAINS, MAINS, APPLY),
    ("fire: a course that is not there", FIRE_MAINS, HELD_FRIES, ITEM_GONE),
    ("fire: held, and bumped", FIRE_FRIES, replace(HELD_FRIES, status=S.READY), NOTHING),
    ("late fire: held, touched", replace(FIRE_FRIES, late=True), HELD_FRIES, SUPERSEDED),
    ("bump: a line is held", BUMP, HELD_FRIES, ApplyPartly(frozenset({"burger"}))),
    ("bump: all lines are held", BUMP, ALL_HELD, ApplyPartly(frozenset())),
    ("bump: a line is held, and done", BUMP,
     replace(SEEN, lines=(BURGER, Line("fries", is_done=True, is_held=True))), APPLY),
    ("hold: all", HOLD, SEEN, APPLY),
    ("hold: the rest", HOLD, HELD_FRIES, APPLY),
    ("hold: held already", HOLD, ALL_HELD, NOTHING),
    ("hold: a line", HOLD_FRIES, MEANWHILE, APPLY),
    ("hold: a line that is held", HOLD_FRIES, HELD_FRIES, NOTHING),
    ("hold: a line that is done", HOLD_FRIES, DONE_FRIES, SUPERSEDED),
    ("hold: a line that was taken off", HOLD_FRIES, replace(SEEN, lines=(BURGER,)), ITEM_GONE),
    ("hold: a line fired by another", HOLD_FRIES, FIRED_FRIES, SUPERSEDED),
    ("hold: fired here", HOLD_FRIES, replace(FIRED_FRIES, touched_by="grill"), APPLY),
    (
        "hold: fired by another, then touched from here",
        HOLD_FRIES,
        replace(FIRED_FRIES, version=6, touched_by="grill", touched_since=5),
        SUPERSEDED,
    ),
    ("hold: firing was seen", replace(HOLD_FRIES, base_version=5), FIRED_FRIES, APPLY),
    ("hold: a course", HOLD_MAINS, replace(MAINS, lines=(Line("x", course="mains"),)), APPLY),
    ("hold: a course that is not there", HOLD_MAINS, SEEN, ITEM_GONE),
    ("hold: bumped", HOLD, READY_ORDER, SUPERSEDED),
    ("hold: cancelled", HOLD, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("late hold: touched", replace(HOLD, late=True), MEANWHILE, SUPERSEDED),
    ("start: waits", START, WAITS, APPLY),
    ("start: confirmed", START, replace(WAITS, status=S.CONFIRMED), APPLY),
    ("start: started by another", START, MEANWHILE, NOTHING),
    ("start: bumped", START, READY_ORDER, NOTHING),
    ("start: cancelled", START, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("late start: touched", replace(START, late=True), replace(WAITS, version=5), APPLY),
    ("serve: ready", SERVE, READY_ORDER, APPLY),
    ("serve: picked up", SERVE, replace(MEANWHILE, status=S.PICKED_UP), APPLY),
    ("serve: served by another", SERVE, replace(MEANWHILE, status=S.COMPLETED), NOTHING),
    ("serve: brought back", SERVE, MEANWHILE, SUPERSEDED),
    ("serve: brought back and bumped again", SERVE, replace(RECALLED, status=S.READY), SUPERSEDED),
    ("serve: added to and bumped again", SERVE, replace(ADDED, status=S.READY), SUPERSEDED),
    ("serve: the added line was seen", replace(SERVE, base_version=4),
     replace(ADDED, status=S.READY), APPLY),
    ("serve: seen that it was brought back", replace(SERVE, base_version=5),
     replace(RECALLED, status=S.READY), APPLY),
    ("serve: cancelled", SERVE, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("pick-up: ready", PICK_UP, READY_ORDER, APPLY),
    ("pick-up: by another", PICK_UP, replace(MEANWHILE, status=S.PICKED_UP), NOTHING),
    ("pick-up: served by another", PICK_UP, replace(MEANWHILE, status=S.COMPLETED), NOTHING),
    ("pick-up: brought back", PICK_UP, MEANWHILE, SUPERSEDED),
    ("pick-up: brought back and bumped again", PICK_UP, replace(RECALLED, status=S.READY),
     SUPERSEDED),
    ("pick-up: cancelled", PICK_UP, replace(MEANWHILE, status=S.CANCELLED), CANCELLED),
    ("late pick-up: touched", replace(PICK_UP, late=True), READY_ORDER, SUPERSEDED),
    ("late serve: touched", replace(SERVE, late=True), READY_ORDER, SUPERSEDED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "order", "becomes"), [pytest.param(*row[1:], id=row[0]) for row in _TABLE]
)
def test_the_table(wish: Wish, order: Standing, becomes: Decision) -> None:
    assert decide(wish, order, NOW) == becomes


def test_the_menu_knows_no_conflict() -> None:
    for verb in MENU_VERBS:
        with pytest.raises(ValueError, match="not asked of an order"):
            decide(Wish(verb), SEEN, NOW)


_ORDER_VERBS = [verb for verb in Verb if verb not in MENU_VERBS]

standings = st.builds(
    Standing,
    status=st.sampled_from(OrderStatus),
    version=st.integers(1, 6),
    lines=st.lists(
        st.builds(
            Line,
            st.sampled_from("abc"),
            st.booleans(),
            st.integers(0, 6),
            st.sampled_from(["", "mains"]),
            st.booleans(),
            st.integers(0, 6),
        ),
        max_size=3,
        unique_by=lambda line: line.id,
    ).map(tuple),
    rush=st.booleans(),
    is_fired=st.booleans(),
    completed_at=st.none() | st.sampled_from([NOW, NOW - RECALL_WINDOW - 1]),
    recalled_version=st.integers(0, 6),
    recalled_by=st.sampled_from(["", "grill", "fry"]),
    touched_by=st.sampled_from(["", "grill", "fry"]),
    touched_since=st.integers(0, 6),
)
wishes = st.builds(
    Wish,
    verb=st.sampled_from(_ORDER_VERBS),
    base_version=st.none() | st.integers(1, 6),
    late=st.booleans(),
    terminal=st.sampled_from(["", "grill", "fry"]),
    item_id=st.sampled_from("abc"),
    item_ids=st.lists(st.sampled_from("abc"), max_size=2).map(tuple),
    course=st.sampled_from(["", "mains", "desserts"]),
)


@given(wishes, standings)
def test_nothing_is_cooked_or_bumped_against_the_rules(wish: Wish, order: Standing) -> None:
    decision = decide(wish, order, NOW)
    if order.status is S.CANCELLED:
        assert decision == CANCELLED
    if wish.verb is Verb.BUMP and order.status not in OPEN:
        assert decision in (NOTHING, CANCELLED), "what is done stays done"
    unseen = {
        line.id
        for line in order.lines
        if not line.is_done and line.changed_version > (wish.base_version or 99)
    }
    if wish.verb is Verb.BUMP and unseen and order.status in OPEN:
        assert decision != APPLY, "a line that the cook never saw would be lost"
        if isinstance(decision, ApplyPartly):
            assert not decision.done & unseen
    held = {line.id for line in order.lines if line.is_held and not line.is_done}
    if wish.verb is Verb.BUMP and held and order.status in OPEN:
        assert decision != APPLY, "a line that nobody cooked would be lost"
        if isinstance(decision, ApplyPartly):
            assert not decision.done & held
    if wish.verb is Verb.HOLD and decision == APPLY:
        assert order.status in OPEN
    if wish.late and decision == APPLY and wish.verb in (Verb.BUMP, Verb.BUMP_ITEM):
        untouched = wish.base_version in (None, order.version)
        assert untouched or order.touched_by == wish.terminal != ""


@given(wishes, standings)
def test_being_late_never_lets_more_through(wish: Wish, order: Standing) -> None:
    fresh = decide(replace(wish, late=False), order, NOW)
    late = decide(replace(wish, late=True), order, NOW)
    assert late in (fresh, SUPERSEDED)


def test_a_server_that_keeps_no_marks_tells_enough_for_the_rules() -> None:
    items = (Item("burger", "", "Burger", is_done=True), Item("fries", "", "Fries"))
    order = Order("a", "1", S.PREPARING, items=items, version=5, rush=True)
    standing = standing_of(order)
    assert standing.lines == (Line("burger", is_done=True), FRIES)
    assert (standing.status, standing.version, standing.rush) == (S.PREPARING, 5, True)
    assert decide(BUMP, standing, NOW) == APPLY
    assert decide(replace(BUMP, late=True), standing, NOW) == SUPERSEDED
    for status in READY | FINISHED:
        other = decide(BUMP, standing_of(replace(order, status=status)), NOW)
        assert other == (CANCELLED if status is S.CANCELLED else NOTHING)
