"""What is off the grid: bumped here or elsewhere, closed, cancelled; and what can come back."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.conflicts import RECALL_WINDOW
from kds_tui.core.frames import OrderRemoved, OrderStatusChanged
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.lookup import name_words
from kds_tui.core.order import OPEN, Order, OrderStatus
from kds_tui.core.results import Given, NotDone, Stamp
from kds_tui.core.shift_log import MAX_PAST
from tests.unit.orders import make_item, make_order, upserted

NOW = 10_000.0


def past_ids(kitchen: Kitchen, words: str = "") -> list[str]:
    return [past.id for past in kitchen.shift.past(name_words(words))]


def finished(order_id: str, status: OrderStatus = OrderStatus.COMPLETED, **fields: Any) -> Order:
    return make_order(order_id, **{"status": status, "version": 9, "updated_at": NOW, **fields})


def kitchen_of(*orders: Order, station: str = "all") -> Kitchen:
    kitchen = Kitchen(station)
    kitchen.capabilities = frozenset({"recall"})
    for order in orders:
        kitchen.tickets.update(kitchen.feed(upserted(order)), 0.0)
    return kitchen


def test_the_last_one_to_leave_is_at_the_front() -> None:
    kitchen = kitchen_of(
        make_order("open"),
        make_order("ready", status=OrderStatus.READY, ready_at=300.0),
        make_order("picked", status=OrderStatus.PICKED_UP, ready_at=100.0),
        finished("closed", ready_at=200.0),
        finished("cancelled", OrderStatus.CANCELLED, updated_at=400.0),
    )
    assert past_ids(kitchen) == ["cancelled", "ready", "closed", "picked"]


def test_what_was_bumped_here_counts_before_the_server_knows() -> None:
    kitchen = kitchen_of(make_order("a", created_at=NOW - 100))
    given_ = kitchen.bump("a", Stamp(NOW, 1))
    assert isinstance(given_, Given)
    (past,) = kitchen.shift.past()
    assert (past.id, past.status, past.off_at, past.took) == ("a", OrderStatus.READY, NOW, 100.0)
    kitchen.recall("a", Stamp(NOW, 2))
    assert past_ids(kitchen) == []


def test_an_order_that_leaves_without_its_lines_is_remembered_with_them() -> None:
    kitchen = kitchen_of(
        make_order("a", status=OrderStatus.READY, ready_at=1.0, customer_name="Zoë")
    )
    kitchen.feed(OrderStatusChanged("a", OrderStatus.COMPLETED))
    (past,) = kitchen.shift.past()
    assert (past.status, past.items, past.customer) == (OrderStatus.COMPLETED, "Burger", "Zoë")
    kitchen.feed(OrderRemoved("unknown"))
    assert past_ids(kitchen) == ["a"]


def test_an_order_that_is_back_on_the_grid_is_not_past() -> None:
    kitchen = kitchen_of(finished("a"))
    assert past_ids(kitchen) == ["a"]
    kitchen.feed(upserted(make_order("a", version=10)))
    assert past_ids(kitchen) == []
    kitchen.feed(upserted(finished("a", version=11)))
    assert past_ids(kitchen) == ["a"]


def test_a_list_that_is_older_than_an_event_changes_nothing() -> None:
    kitchen = kitchen_of(finished("a", OrderStatus.CANCELLED, version=12))
    kitchen.shift.note((finished("a", version=11), make_order("open")))
    (past,) = kitchen.shift.past()
    assert past.status is OrderStatus.CANCELLED


def test_a_station_sees_its_own() -> None:
    fries = (make_item("Fries", station="fry"),)
    kitchen = kitchen_of(finished("f", items=fries), finished("g"), station="fry")
    assert past_ids(kitchen) == ["f"]


def test_a_stations_part_that_is_done_can_be_looked_up_while_others_owe_theirs() -> None:
    burger, fries = make_item(station="grill"), make_item("Fries", station="fry")
    kitchen = kitchen_of(make_order("a", items=(burger, fries)), station="grill")
    kitchen.capabilities = frozenset({"recall", "parts"})
    assert past_ids(kitchen) == []
    assert isinstance(kitchen.bump("a", Stamp(NOW, 1)), Given)
    (past,) = kitchen.shift.past(["fries"])
    assert (past.id, past.off_at) == ("a", NOW)
    assert isinstance(kitchen.recall("a", Stamp(NOW, 2)), Given)
    assert past_ids(kitchen) == []


def test_search_is_by_number_table_name_and_dish() -> None:
    kitchen = kitchen_of(
        finished("a", order_number="20261123-0042", table_number="12", customer_name="Zoë Müller"),
        finished("b", order_number="20261123-0142", items=(make_item("Cedar Salmon"),)),
    )
    for words in ("42", "0042", "table 12", "zoë", "müll", "burger", "TABLE zo"):
        assert past_ids(kitchen, words) == ["a"], words
    assert past_ids(kitchen, "salmon cedar") == ["b"]
    assert past_ids(kitchen, "salmon 42") == []


def test_closed_orders_come_back_for_a_while_and_cancelled_ones_never() -> None:
    kitchen = kitchen_of(
        finished("late", updated_at=NOW - RECALL_WINDOW - 1),
        finished("closed", updated_at=NOW - 60, table_number="7"),
        finished("cancelled", OrderStatus.CANCELLED),
    )
    given_ = kitchen.recall("closed", Stamp(NOW, 1))
    assert isinstance(given_, Given)
    assert (given_.command.order_id, given_.command.base_version) == ("closed", 9)
    assert given_.command.label == "TABLE 7"
    for order_id, why in (("late", "30 minutes"), ("cancelled", "was cancelled"), ("x", "bumped")):
        refused = kitchen.recall(order_id, Stamp(NOW, 2))
        assert isinstance(refused, NotDone)
        assert why in refused.reason
    kitchen.capabilities = frozenset()
    refused = kitchen.recall("closed", Stamp(NOW, 3))
    assert isinstance(refused, NotDone)
    assert "opens no closed orders" in refused.reason


def test_what_is_remembered_is_bounded_and_the_oldest_goes() -> None:
    kitchen = kitchen_of()
    kitchen.shift.note(finished(f"n{at}", ready_at=float(at)) for at in range(1, MAX_PAST + 51))
    ids = past_ids(kitchen)
    assert len(ids) == MAX_PAST
    assert (ids[0], ids[-1]) == (f"n{MAX_PAST + 50}", "n51")


statuses = st.sampled_from(OrderStatus)
told = st.lists(st.tuples(st.sampled_from("abc"), statuses, st.integers(1, 9)), max_size=12)


@given(told)
def test_an_order_is_to_be_cooked_or_past_and_never_both(
    rows: list[tuple[str, OrderStatus, int]],
) -> None:
    kitchen = kitchen_of()
    for order_id, status, version in rows:
        order = make_order(order_id, status=status, version=version)
        kitchen.tickets.update(kitchen.feed(upserted(order)), 0.0)
    past = past_ids(kitchen)
    to_cook = {order.id for order in kitchen.board if order.status in OPEN}
    assert not set(past) & to_cook
    assert {order.id for order in kitchen.board} - to_cook <= set(past)
    assert len(set(past)) == len(past)
    kitchen.feed(SnapshotStarted())
    kitchen.feed(SnapshotListed(tuple(kitchen.board)))
    assert past_ids(kitchen) == past
