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

BURGER, FRIES = Line("burger"), Line("fries")
SEEN = Standing(S.PREPARING, 3, (BURGER, FRIES))
"""The order as the cook saw it."""

MEANWHILE = replace(SEEN, version=5)
"""Touched, but nothing that matters to a fresh command."""

RECALLED = replace(MEANWHILE, recalled_version=5, recalled_by="fry", touched_by="fry")
ADDED = replace(MEANWHILE, lines=(BURGER, FRIES, Line("shake", changed_version=4)))
ENLARGED = replace(MEANWHILE, lines=(Line("burger", changed_version=5), FRIES))
DONE_BURGER = replace(MEANWHILE, lines=(Line("burger", is_done=True), FRIES))

_TABLE: list[tuple[str, Wish, Standing, Decision]] = [
    ("bump: as seen", BUMP, SEEN, APPLY),
    ("bump: touched, nothing that matters", BUMP, MEANWHILE, APPLY),
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
        st.builds(Line, st.sampled_from("abc"), st.booleans(), st.integers(0, 6)),
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
