"""Tables: each order is on one, and each table says truly how far it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kds_tui.core.clock import UrgencyRules
from kds_tui.core.command import Command, Verb
from kds_tui.core.expo import place_in_kitchen
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus, OrderType
from kds_tui.core.order_list import OrderList
from kds_tui.core.tables import Table, Tables, TableSort, TableStatus, is_unclosed
from tests.unit.orders import make_item, make_order, open_orders, removed, upserted

S = OrderStatus
DONE = make_item("Salad", is_done=True)


def tables_of(*orders: Order, sort: TableSort = TableSort.URGENCY) -> Tables:
    kitchen = Kitchen()
    tables = Tables(OrderList(kitchen, is_unclosed, place_in_kitchen), UrgencyRules(), sort)
    for order in orders:
        tables.look_at(kitchen.feed(upserted(order)))
    return tables


def table_of(*orders: Order) -> Table:
    tables = tables_of(*orders)
    (table_id,) = tables.ids()
    table = tables.get(table_id)
    assert table is not None
    return table


def at(order_id: str, status: S, number: str = "12", **fields: Any) -> Order:
    return make_order(order_id, status=status, table_number=number, **fields)


@pytest.mark.parametrize(
    ("orders", "status", "words"),
    [
        pytest.param([at("a", S.PENDING)], "pending", "0/1", id="nobody began"),
        pytest.param([at("a", S.NEW), at("b", S.CONFIRMED)], "in progress", "0/2", id="accepted"),
        pytest.param([at("a", S.PENDING, items=(DONE,))], "in progress", "1/1", id="a line done"),
        pytest.param([at("a", S.READY), at("b", S.NEW)], "partly ready", "1/2", id="one is ready"),
        pytest.param([at("a", S.READY), at("b", S.PICKED_UP)], "ready", "2/2", id="all are"),
        pytest.param([at("a", S.READY), at("b", S.COMPLETED)], "ready", "1/1", id="one is closed"),
    ],
)
def test_a_table_says_how_far_it_is(orders: list[Order], status: str, words: str) -> None:
    table = table_of(*orders)
    assert table.status == TableStatus(status)
    assert f"{table.progress.done}/{table.progress.total}" == words


def test_a_table_knows_its_people_and_its_oldest_order() -> None:
    first = at("a", S.PREPARING, created_at=5.0, server_name="Ana", covers=2)
    second = at("b", S.READY, created_at=3.0, server_name="Ben", covers=4)
    table = table_of(first, second, at("c", S.NEW, created_at=9.0, server_name="Ana"))
    assert [order.id for order in table.orders] == ["b", "a", "c"]
    assert (table.begins_at, table.covers, table.servers) == (3.0, 4, ("Ben", "Ana"))
    assert [order.id for order in table.open_orders] == ["a", "c"]


@pytest.mark.parametrize(
    ("orders", "name"),
    [
        pytest.param([make_order("a", type=OrderType.TAKEOUT)], "TAKEOUT", id="takeout"),
        pytest.param([make_order("a", type=OrderType.DELIVERY)], "DELIVERY", id="delivery"),
        pytest.param([make_order("a", type=OrderType.DRIVE_THRU)], "DRIVE-THRU", id="drive-thru"),
        pytest.param([make_order("a", type=OrderType.ONLINE)], "ONLINE", id="online"),
        pytest.param([make_order("a", type=OrderType.DINE_IN)], "NO TABLE", id="nobody knows"),
    ],
)
def test_orders_without_a_table_are_not_lost(orders: list[Order], name: str) -> None:
    table = table_of(*orders)
    assert (table.name, table.number) == (name, "")


def test_tables_are_sorted_by_what_is_wanted() -> None:
    late = UrgencyRules().default.late
    orders = [
        at("a", S.READY, "10", created_at=100.0),
        at("b", S.NEW, "9", created_at=50.0, items=(make_item(), DONE)),
        at("c", S.NEW, "Bar", created_at=70.0),
        make_order("d", type=OrderType.TAKEOUT, created_at=1.0),
    ]
    sorted_by = {
        mode: [table_id.split(":")[1] for table_id in tables_of(*orders, sort=mode).ids()]
        for mode in TableSort
    }
    assert sorted_by == {
        TableSort.URGENCY: ["9", "bar", "10", "takeout"],
        TableSort.COMPLETION: ["10", "9", "bar", "takeout"],
        TableSort.TABLE: ["9", "10", "bar", "takeout"],
        TableSort.AGE: ["9", "bar", "10", "takeout"],
    }
    rules = UrgencyRules()
    assert table_of(*orders[:1]).late_at(rules) == 100.0 + late
    assert TableSort.AGE.following is TableSort.URGENCY


@given(st.lists(st.text("5A b", min_size=1, max_size=4), max_size=6, unique_by=str.casefold))
@example(["5A", "Bar 2", "5", "Bar"])
def test_tables_of_any_name_have_an_order(numbers: list[str]) -> None:
    orders = [at(str(place), S.NEW, number) for place, number in enumerate(numbers)]
    ids = tables_of(*orders, sort=TableSort.TABLE).ids()
    assert sorted(ids) == sorted(f"table:{number.casefold()}" for number in numbers)
    assert ids == tables_of(*reversed(orders), sort=TableSort.TABLE).ids()


@pytest.mark.parametrize(
    ("items", "cooked_at"),
    [
        pytest.param((make_item(prep_minutes=8), make_item(prep_minutes=3)), 580.0, id="longest"),
        pytest.param(
            (make_item(prep_minutes=8, is_done=True), make_item(prep_minutes=3)), 280.0, id="open"
        ),
        pytest.param((make_item(prep_minutes=3, added_at=400.0),), 580.0, id="added later"),
        pytest.param((make_item(prep_minutes=3, fired_at=500.0),), 680.0, id="fired later"),
        pytest.param((make_item(prep_minutes=3), make_item()), None, id="one is not told"),
        pytest.param((DONE,), None, id="nothing is left"),
    ],
)
def test_when_a_table_is_cooked(items: tuple[Any, ...], cooked_at: float | None) -> None:
    assert table_of(at("a", S.PREPARING, created_at=100.0, items=items)).cooked_at == cooked_at


@pytest.mark.parametrize(("count", "minutes"), [(1, 15), (3, 15), (4, 20)])
def test_how_long_a_table_takes_as_a_rule(count: int, minutes: int) -> None:
    table = table_of(*(at("abcd"[number], S.PREPARING) for number in range(count)))
    assert table.usual_wait == 60 * minutes


def test_a_table_can_be_taken_back_when_all_of_it_can() -> None:
    kitchen = Kitchen()
    tables = Tables(OrderList(kitchen, is_unclosed, place_in_kitchen), UrgencyRules())
    tables.look_at(kitchen.feed(upserted(at("a", S.READY))))
    tables.look_at(kitchen.feed(upserted(at("b", S.READY))))
    commands = [Command(f"c{key}", Verb.SERVE, key, "", 1, 0.0) for key in "ab"]
    windows: list[float | None] = []
    for command in commands:
        kitchen.outbox.add(command)
        kitchen.outbox.open_window([command], 3.0)
        tables.look_at("ab")
        table = tables.get("table:12")
        assert table is not None
        windows.append(table.undo_until)
    assert windows == [None, 3.0]


orders = st.builds(
    replace,
    open_orders,
    status=st.sampled_from(S),
    table_number=st.sampled_from(["", "", "7", "12", "Patio"]),
    version=st.integers(1, 9),
)


@given(st.lists(orders | st.sampled_from("abcdefgh"), max_size=30), st.sampled_from(TableSort))
def test_every_order_is_on_one_table(course: list[Order | str], sort: TableSort) -> None:
    kitchen = Kitchen()
    tables = Tables(OrderList(kitchen, is_unclosed, place_in_kitchen), UrgencyRules(), sort)
    behind = Tables(OrderList(kitchen, is_unclosed, place_in_kitchen), UrgencyRules(), sort)
    for number, step in enumerate(course):
        before = {key: tables.get(key) for key in tables.ids()}
        event = upserted(step) if isinstance(step, Order) else removed(step)
        told = tables.look_at(kitchen.feed(event))
        after = {key: tables.get(key) for key in tables.ids()}
        assert told.removed == before.keys() - after.keys() | (told.removed - before.keys())
        assert all(after[key] is before.get(key) for key in after.keys() - told.changed)
        if number == len(course) // 2:
            behind.rebuild()
    on_tables = [order.id for key in tables.ids() for order in (tables.get(key) or _none()).orders]
    assert sorted(on_tables) == sorted(o.id for o in kitchen.board if is_unclosed(o))
    behind.rebuild()
    assert behind.ids() == tables.ids()
    assert [behind.get(key) for key in behind.ids()] == [tables.get(key) for key in tables.ids()]
    assert all(tables.holding(order_id) is not None for order_id in on_tables)


def _none() -> Table:
    raise AssertionError
