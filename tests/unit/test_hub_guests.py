"""The simulation decides by its seed alone, and what it makes up can be ordered."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest

from kds_tui.core.order import OPEN, OrderStatus
from kds_tui.hub.guests import (
    QUIET_RATE,
    RUSH_PERIOD,
    RUSH_RATE,
    Choice,
    Dish,
    Table,
    gap_until_next,
    make_order,
    rate_at,
)
from kds_tui.hub.menu import load_menu
from kds_tui.hub.order_request import OrderAsked, read_body
from kds_tui.hub.orders import new_order
from kds_tui.hub.shift import USUAL_OPEN, Deed, SeenLine, SeenMetadata, SeenOrder, Step, next_steps

MENU = load_menu(None)
DISHES = [
    Dish(
        item.id,
        item.name,
        item.price,
        True,
        item.prep_minutes,
        [Choice(modifier.name, modifier.name, modifier.price) for modifier in item.modifiers],
        item.category,
    )
    for item in MENU.items
]
TABLES = [Table(table.label, table.seats) for table in MENU.tables]
NOW = 1_795_000_000.0


def _evening(seed: int, count: int = 400) -> list[dict[str, Any]]:
    rng = Random(seed)
    return [make_order(rng, DISHES, TABLES, NOW) for _ in range(count)]


def test_the_same_seed_gives_the_same_evening() -> None:
    assert _evening(5) == _evening(5)
    assert _evening(5) != _evening(6)


def test_every_order_is_one_that_the_hub_takes_and_all_kinds_occur() -> None:
    rows = [
        new_order(
            read_body(msgspec.json.encode(body), OrderAsked),
            order_id="o",
            number=1,
            restaurant_id="r",
            menu=MENU,
            tax_rate=0.1,
            now=NOW,
        )
        for body in _evening(1)
    ]
    assert {len(row.items) for row in rows} == set(range(1, 9))
    assert {row.metadata["uiType"] for row in rows} == {
        "dine-in",
        "takeout",
        "delivery",
        "drive-thru",
        "online",
    }
    lines = [item for row in rows for item in row.items]
    names = [modifier.name.casefold() for item in lines for modifier in item.modifiers]
    for found in (
        any(row.is_scheduled for row in rows),
        any(row.notes for row in rows),
        any(row.seat_number for row in rows),
        any(item.seat_number for item in lines),
        any(item.special_instructions for item in lines),
        any("allergy" in name for name in names),
        any(name.startswith("no ") for name in names),
        any(row.covers for row in rows),
        {row.payment_status for row in rows} == {"paid", "unpaid"},
        any(row.metadata["source"] == "voice" for row in rows),
        any(item.held for item in lines),
        {item.course for item in lines} == {None, "1", "2", "3"},
    ):
        assert found
    assert all(item.station and item.category for item in lines)


def test_the_first_course_of_a_table_is_never_held() -> None:
    for body in _evening(3):
        courses = {line["course"]: line["held"] for line in body["items"] if "course" in line}
        assert not courses or (len(courses) > 1 and not courses[min(courses)])


def test_guests_come_in_a_rush_curve() -> None:
    rates = [rate_at(seconds) for seconds in range(int(RUSH_PERIOD))]
    assert min(rates) == pytest.approx(QUIET_RATE, abs=0.01)
    assert max(rates) == pytest.approx(RUSH_RATE, abs=0.01)
    rng = Random(2)
    gaps = [gap_until_next(rng, 0.0) for _ in range(4000)]
    assert sum(gaps) / len(gaps) == pytest.approx(1 / rate_at(0.0), rel=0.1)


@pytest.mark.parametrize("autopilot", [True, False])
def test_a_shift_without_a_hub(autopilot: bool) -> None:
    """Ten simulated minutes at a steady rate, the steps applied to a dictionary."""
    rng, seen, opened = Random(4), dict[str, SeenOrder](), list[int]()
    done: set[Deed] = set()
    for second in range(600):
        number = f"{second:04d}"
        seen[number] = SeenOrder(
            number,
            OrderStatus.PENDING,
            number,
            items=(SeenLine("1", course="1"), SeenLine("2", course="2", held=second % 3 == 0)),
            payment_status="unpaid",
            metadata=SeenMetadata(simulated=True),
        )
        for step in next_steps(
            rng, list(seen.values()), now=NOW, elapsed=1.0, rate=1.0, autopilot=autopilot
        ):
            done.add(step.deed)
            statuses = step.statuses()
            if step.deed is Deed.CANCEL or step.deed is Deed.COMPLETE:
                del seen[step.order.id]
            elif statuses:
                seen[step.order.id] = msgspec.structs.replace(step.order, status=statuses[-1])
            elif step.deed in (Deed.FIRE_COURSE, Deed.HOLD_COURSE):
                fired = step.deed is Deed.FIRE_COURSE
                assert (step.order.next_course if fired else step.order.last_course) == "2"
                soup, steak = step.order.items
                items = (soup, msgspec.structs.replace(steak, held=not fired))
                seen[step.order.id] = msgspec.structs.replace(step.order, items=items)
        opened.append(sum(order.status in OPEN for order in seen.values()))
    if autopilot:
        late = opened[200:]
        assert min(late) >= 8
        assert max(late) <= 2 * USUAL_OPEN
        assert done == set(Deed) - {Deed.FIRE}
    else:
        cooks = {Deed.START, Deed.BUMP, Deed.COMPLETE}
        assert done == set(Deed) - cooks - {Deed.FIRE}, "nobody cooks but the display"


def test_cooks_do_not_bump_what_is_held() -> None:
    held = SeenOrder("o", OrderStatus.PREPARING, "", items=(SeenLine("1", course="2", held=True),))
    deeds = {
        step.deed
        for seed in range(300)
        for step in next_steps(Random(seed), [held], now=NOW, elapsed=1.0, rate=0.0, autopilot=True)
    }
    assert deeds == {Deed.FIRE_COURSE}


def test_guests_leave_alone_what_somebody_else_ordered() -> None:
    spoken = SeenOrder("o", OrderStatus.PENDING, "", payment_status="unpaid")
    deeds = {
        step.deed
        for seed in range(300)
        for step in next_steps(
            Random(seed), [spoken], now=NOW, elapsed=10.0, rate=1.0, autopilot=True
        )
    }
    assert deeds == {Deed.START, Deed.BUMP}


def test_a_scheduled_order_is_left_alone_until_its_time() -> None:
    waiting = SeenOrder("o", OrderStatus.PENDING, "", True, "2099-01-01T00:00:00Z")
    deeds = {
        step.deed
        for seed in range(300)
        for step in next_steps(
            Random(seed), [waiting], now=NOW, elapsed=1.0, rate=1.0, autopilot=True
        )
    }
    assert deeds == {Deed.FIRE}
    assert Step(Deed.BUMP, waiting).statuses() == ("confirmed", "preparing", "ready")
