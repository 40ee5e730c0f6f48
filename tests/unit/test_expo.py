"""The pass: what is missing and where, and the gate that a second press opens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from kds_tui.core.clock import Urgency
from kds_tui.core.expo import ExpoRules, Progress, missing_words, owing, progress, ready_since
from kds_tui.core.expo_gate import ExpoGate
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.stations import Routing
from tests.unit.orders import make_item, make_order, open_orders

BURGERS = make_item("Burger", quantity=2)
FRIES = make_item("French Fries")
SALAD = make_item("Caesar Salad", is_done=True)
TABLE = make_order("a", table_number="12", items=(BURGERS, FRIES, SALAD))


def test_what_is_missing_is_said_with_its_station() -> None:
    words = "TABLE 12 is not done: GRILL owes 2 Burger; FRY owes 1 French Fries."
    assert missing_words(TABLE, Routing()) == words
    assert progress(TABLE) == Progress(1, 3)


def test_a_long_list_of_what_is_missing_is_counted() -> None:
    items = tuple(make_item(f"Steak {number}") for number in range(5))
    words = missing_words(make_order(items=items), Routing())
    assert words.endswith("GRILL owes 1 Steak 0, 1 Steak 1, 1 Steak 2, 2 more.")


@pytest.mark.parametrize("status", [OrderStatus.READY, OrderStatus.PICKED_UP])
def test_nothing_is_missing_of_a_ready_order(status: OrderStatus) -> None:
    ready = replace(TABLE, status=status)
    assert (progress(ready), missing_words(ready, Routing())) == (Progress(3, 3), "")


@given(open_orders)
def test_what_is_done_and_what_is_owed_are_all(order: Order) -> None:
    owed = [item for items in owing(Routing(), order).values() for item in items]
    count = progress(order)
    assert count.total - count.done == len(owed)
    assert 0 <= count.share <= 1
    assert bool(missing_words(order, Routing())) == bool(owed)


def test_a_ready_order_has_a_clock_of_its_own() -> None:
    order = make_order(status=OrderStatus.READY, created_at=0.0, updated_at=80.0, ready_at=100.0)
    assert (ready_since(order), ready_since(replace(order, ready_at=None))) == (100.0, 80.0)
    urgencies = [ExpoRules().urgency(order, 100.0 + age) for age in (299, 300, 599, 600)]
    assert urgencies == [Urgency.ON_TIME, Urgency.WARNING, Urgency.WARNING, Urgency.LATE]


HUB = frozenset({"items"})


@pytest.mark.parametrize(
    ("presses", "passes"),
    [
        pytest.param([("a", 0.0)], "-", id="the first press"),
        pytest.param([("a", 0.0), ("a", 4.0)], "-+", id="a second one in time"),
        pytest.param([("a", 0.0), ("a", 4.1)], "--", id="a second one too late"),
        pytest.param([("a", 0.0), ("b", 1.0), ("a", 2.0)], "---", id="of another order between"),
        pytest.param([("a", 0.0), ("a", 1.0), ("a", 2.0)], "-+-", id="each order anew"),
    ],
)
def test_the_gate_opens_by_a_second_press(presses: list[tuple[str, float]], passes: str) -> None:
    gate = ExpoGate(ExpoRules(), Routing())
    refusals = [gate.refusal(replace(TABLE, id=key), now, HUB) for key, now in presses]
    assert "".join("-" if words else "+" for words in refusals) == passes
    assert refusals[0].endswith("Bump it again within 4 s to send it all the same.")


@pytest.mark.parametrize(
    ("rules", "order", "capabilities"),
    [
        pytest.param(ExpoRules(), make_order(items=(SALAD,)), HUB, id="all is done"),
        pytest.param(ExpoRules(block_until_done=False), TABLE, HUB, id="not wanted"),
        pytest.param(ExpoRules(), TABLE, frozenset({"bump"}), id="the server marks no lines"),
    ],
)
def test_the_gate_is_open(
    rules: ExpoRules, order: Order, capabilities: frozenset[str] | None
) -> None:
    assert ExpoGate(rules, Routing()).refusal(order, 0.0, capabilities) == ""


def test_without_an_override_no_press_opens_it() -> None:
    gate = ExpoGate(ExpoRules(override_seconds=0), Routing())
    words = [gate.refusal(TABLE, now, None) for now in (0.0, 0.0, 1.0)]
    assert words == [missing_words(TABLE, Routing())] * 3
