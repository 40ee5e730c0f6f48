"""Orders: the legal steps, the kinds of modifiers, times and versions."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from kds_tui.core.order import (
    FINISHED,
    LEGAL_STEPS,
    LISTED,
    OPEN,
    READY,
    ModifierKind,
    Order,
    OrderStatus,
    mentions_allergy,
    modifier_kind,
    steps_between,
)

S = OrderStatus

_WAYS = [
    (S.NEW, S.READY, (S.PENDING, S.CONFIRMED, S.PREPARING, S.READY)),
    (S.PENDING, S.READY, (S.CONFIRMED, S.PREPARING, S.READY)),
    (S.PREPARING, S.READY, (S.READY,)),
    (S.READY, S.READY, ()),
    (S.READY, S.COMPLETED, (S.COMPLETED,)),
    (S.READY, S.PREPARING, None),
    (S.PICKED_UP, S.READY, None),
    (S.CANCELLED, S.READY, None),
    (S.PENDING, S.CANCELLED, (S.CANCELLED,)),
]


@pytest.mark.parametrize(("status", "target", "way"), _WAYS)
def test_the_way_to_a_status(
    status: OrderStatus, target: OrderStatus, way: tuple[OrderStatus, ...] | None
) -> None:
    assert steps_between(status, target) == way


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("target", OrderStatus)
def test_every_way_consists_of_legal_steps(status: OrderStatus, target: OrderStatus) -> None:
    for step in steps_between(status, target) or ():
        assert step in LEGAL_STEPS[status]
        status = step


def test_every_status_is_open_ready_or_finished_and_the_unfinished_are_listed() -> None:
    assert set(OrderStatus) == OPEN | READY | FINISHED
    assert set(LISTED) == OPEN | READY
    assert {status for status, steps in LEGAL_STEPS.items() if not steps} == FINISHED
    for earlier, later in pairwise(LISTED):
        assert later in LEGAL_STEPS[earlier], "one that moves on must not be missed"


_KINDS = [
    ("No onions", ModifierKind.REMOVAL),
    ("NO NUTS", ModifierKind.ALLERGY),
    ("Peanut allergy", ModifierKind.ALLERGY),
    ("gluten free", ModifierKind.ALLERGY),
    ("without salt", ModifierKind.REMOVAL),
    ("hold the mayo", ModifierKind.REMOVAL),
    ("Extra cheese", ModifierKind.ADDITION),
    ("double patty", ModifierKind.ADDITION),
    ("medium rare", ModifierKind.TEMPERATURE),
    ("sub fries", ModifierKind.SUBSTITUTION),
    ("salad instead", ModifierKind.SUBSTITUTION),
    ("dressing on the side", ModifierKind.OTHER),
]


@pytest.mark.parametrize(("name", "kind"), _KINDS)
def test_modifier_kinds(name: str, kind: ModifierKind) -> None:
    assert modifier_kind(name) is kind


@pytest.mark.parametrize(
    ("number", "short"),
    [("20261123-0042", "0042"), ("7", "0007"), ("A-12b", "12b"), ("", "")],
)
def test_the_number_that_people_call_out(number: str, short: str) -> None:
    assert Order("1", number, S.NEW).short_number == short


_SCHEDULED = Order("1", "1", S.PENDING, created_at=100, is_scheduled=True, fire_at=500)


@pytest.mark.parametrize(
    ("order", "now", "started"),
    [
        pytest.param(Order("1", "1", S.PENDING, created_at=100), 900, 100, id="cooked now"),
        pytest.param(_SCHEDULED, 499, None, id="waits"),
        pytest.param(_SCHEDULED, 500, 500, id="due"),
        pytest.param(
            replace(_SCHEDULED, status=S.PREPARING, preparing_at=300), 400, 300, id="fired early"
        ),
        pytest.param(
            replace(_SCHEDULED, status=S.PREPARING, preparing_at=700), 800, 500, id="fired late"
        ),
    ],
)
def test_from_when_the_clock_of_an_order_runs(
    order: Order, now: float, started: float | None
) -> None:
    assert order.started_at(now) == started


@pytest.mark.parametrize(
    ("version", "updated_at", "supersedes"),
    [(5, 0, True), (4, 60, True), (4, 50, True), (4, 49, False), (3, 99, False)],
)
def test_the_version_decides_then_the_time(
    version: int, updated_at: float, supersedes: bool
) -> None:
    known = Order("1", "1", S.NEW, version=4, updated_at=50)
    incoming = replace(known, version=version, updated_at=updated_at)
    assert incoming.supersedes(known) is supersedes


@pytest.mark.parametrize(
    ("note", "is_one"),
    [
        ("severe NUT allergy!", True),
        ("allergic to shellfish", True),
        ("no walnuts please", True),
        ("coeliac guest", True),
        ("10 minutes", False),
        ("butternut soup first", False),
        ("two doughnuts to go", False),
        ("", False),
    ],
)
def test_a_note_is_about_an_allergy_by_whole_words(note: str, is_one: bool) -> None:
    assert mentions_allergy(note) is is_one
