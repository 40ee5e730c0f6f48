"""Scheduled orders wait for their time, and no longer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.command import Command, Verb
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.scheduled import SOON, ScheduledOrders, fire_groups
from tests.unit.orders import make_order, removed, upserted

S = OrderStatus


def later(order_id: str, fire_at: float | None, **fields: object) -> Order:
    values = {"status": S.PENDING, "is_scheduled": True, "fire_at": fire_at, **fields}
    return make_order(order_id, **values)


class Evening:
    """A kitchen, its scheduled orders, and a clock."""

    def __init__(self, *orders: Order, now: float = 0.0) -> None:
        self.kitchen = Kitchen()
        self.scheduled = ScheduledOrders(self.kitchen)
        self.now = now
        self.hear(*orders)

    def hear(self, *orders: Order) -> None:
        for order in orders:
            self.scheduled.update(self.kitchen.feed(upserted(order)), self.now)

    @property
    def waiting(self) -> str:
        return "".join(key for key in "abcdefgh" if self.scheduled.waits(key))


@pytest.mark.parametrize(
    ("order", "waits", "counts"),
    [
        pytest.param(later("a", 50.0), True, True, id="its time is to come"),
        pytest.param(later("a", 50.0, status=S.CONFIRMED), True, True, id="confirmed"),
        pytest.param(later("a", -1.0), False, True, id="its time has come, and nobody started it"),
        pytest.param(later("a", 50.0, status=S.PREPARING), False, False, id="started early"),
        pytest.param(later("a", None), False, False, id="without a time it is cooked like others"),
        pytest.param(make_order("a", fire_at=50.0), False, False, id="not scheduled"),
        pytest.param(later("a", 50.0, status=S.CANCELLED), False, False, id="cancelled"),
    ],
)
def test_which_orders_wait(order: Order, waits: bool, counts: bool) -> None:
    evening = Evening(order)
    assert evening.scheduled.waits("a") is waits
    assert list(evening.scheduled.waiting) == ["a"] * waits
    assert len(evening.scheduled) == counts
    assert not waits or evening.scheduled.fire_at("a") == order.fire_at


def test_each_is_told_once_when_its_time_has_come() -> None:
    evening = Evening(later("a", 50.0), later("b", 40.0), later("c", 60.0))
    due = [sorted(evening.scheduled.advance(now)) for now in (0, 39.9, 40, 41, 60, 99)]
    assert due == [[], [], ["b"], [], ["a", "c"], []]
    assert evening.waiting == ""
    assert len(evening.scheduled) == 3, "they are to be started still"


def test_a_fired_order_waits_no_longer() -> None:
    evening = Evening(later("a", 50.0), now=10.0)
    evening.kitchen.outbox.add(Command("c", Verb.FIRE, "a", "", 1, 10.0))
    evening.scheduled.update(["a"], 10.0)
    assert evening.waiting == ""
    evening.scheduled.update(evening.kitchen.feed(removed("a")), 11.0)
    assert len(evening.scheduled) == 0


def test_orders_of_one_minute_are_fired_together() -> None:
    orders = [later("a", 119.0), later("b", 61.0), later("c", 120.0), later("d", 62.0)]
    groups = fire_groups(orders[:3])
    assert [(g.fire_at, "".join(o.id for o in g.orders)) for g in groups] == [
        (61.0, "ba"),
        (120.0, "c"),
    ]
    first = groups[0]
    assert [first.is_due(now) for now in (60.9, 61.0)] == [False, True]
    assert [first.is_soon(now) for now in (61 - SOON - 0.1, 61 - SOON)] == [False, True]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 9), st.sampled_from(S))
        | st.integers(0, 9)
    )
)
def test_what_waits_is_what_its_clock_says(course: list[tuple[str, int, S] | int]) -> None:
    evening = Evening()
    for version, step in enumerate(course, 1):
        if isinstance(step, int):
            evening.now = max(evening.now, float(step))
            evening.scheduled.advance(evening.now)
        else:
            order_id, fire_at, status = step
            order = later(order_id, float(fire_at), status=status)
            evening.hear(replace(order, version=version))
        waiting = [o for o in evening.kitchen.board if o.started_at(evening.now) is None]
        assert evening.waiting == "".join(sorted(order.id for order in waiting))
        times = {order.id: order.begins_at for order in waiting}
        scheduled = evening.scheduled
        assert {key: scheduled.fire_at(key) for key in scheduled.waiting} == times
