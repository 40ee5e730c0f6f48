"""Tickets: the open orders of a station, in the order in which they are to be cooked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.board import Board
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.command import Command, Outbox, Verb
from kds_tui.core.frames import OrderRemoved, OrderUpserted
from kds_tui.core.order import OPEN, READY, Order, OrderStatus
from kds_tui.core.tickets import Changes, TicketList
from tests.unit.orders import make_item, make_order, open_orders, removed, upserted

S = OrderStatus


def listed(*orders: Order, station: str = "all") -> TicketList:
    board = Board()
    tickets = TicketList(board, Outbox(), station)
    for order in orders:
        tickets.update(board.apply(upserted(order)))
    return tickets


_SCHEDULED = make_order("s", status=S.PENDING, created_at=0.0, is_scheduled=True, fire_at=50.0)


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param([make_order("b", created_at=1.0), make_order("a", created_at=2.0)], id="age"),
        pytest.param(
            [make_order("b", order_number="1"), make_order("a", order_number="2")], id="number"
        ),
        pytest.param([make_order("a"), make_order("b", order_number="20261123-a")], id="id"),
        pytest.param(
            [make_order("a", created_at=49.0), _SCHEDULED, make_order("b", created_at=51.0)],
            id="a scheduled one by its time",
        ),
        pytest.param(
            [
                make_order("a", created_at=9.0),
                replace(_SCHEDULED, status=S.PREPARING, preparing_at=10.0),
                make_order("b", created_at=11.0),
            ],
            id="fired early",
        ),
        pytest.param(
            [
                make_order("c", created_at=8.0, rush=True),
                make_order("d", created_at=9.0, rush=True),
                make_order("a", created_at=1.0),
            ],
            id="rush before all",
        ),
    ],
)
def test_the_one_to_be_cooked_first_is_at_the_front(orders: list[Order]) -> None:
    assert listed(*reversed(orders)).ids() == [order.id for order in orders]


def test_a_station_sees_its_own_items_and_counts_its_own_orders() -> None:
    both = make_order("a", items=(make_item("Burger"), make_item("Fries")))
    other = make_order("b", items=(make_item("Fries"),))
    tickets = listed(both, other, replace(other, id="c", status=S.READY), station="Grill")
    assert tickets.ids() == ["a"]
    ticket = tickets.get("a")
    assert ticket is not None
    assert [item.name for item in ticket.order.items] == ["Burger"]
    assert tickets.ready_count == 0
    assert listed(both, other, replace(other, id="c", status=S.READY)).ready_count == 1


def test_what_changed_is_told() -> None:
    board, outbox = Board(), Outbox()
    tickets = TicketList(board, outbox)
    order = make_order("a", version=1)
    assert tickets.update(board.apply(upserted(order))) == Changes(frozenset("a"), frozenset())
    assert tickets.update(["a", "unknown"]) == Changes(frozenset(), frozenset())
    outbox.add(Command("c1", Verb.BUMP, "a", "", 1, 0.0))
    assert tickets.update(["a"]) == Changes(frozenset(), frozenset("a"))
    assert tickets.ready_count == 1
    assert tickets.update(board.apply(removed("a"))) == Changes(frozenset(), frozenset())
    assert (len(tickets), tickets.ready_count) == (0, 0)


def test_late_tickets_are_counted() -> None:
    tickets = listed(make_order("a", created_at=0.0), make_order("b", created_at=1.0), _SCHEDULED)
    assert [tickets.late_count(now, UrgencyRules()) for now in (899, 900, 901, 951)] == [0, 1, 2, 3]


orders = st.builds(
    replace,
    open_orders,
    status=st.sampled_from(OrderStatus),
    is_scheduled=st.booleans(),
    fire_at=st.none() | st.integers(0, 9).map(float),
    version=st.integers(1, 9),
)
steps = st.one_of(
    orders.map(upserted),
    st.sampled_from("abcdefgh").map(removed),
    st.tuples(st.sampled_from(Verb), st.sampled_from("abcdefgh")),
    st.sampled_from(["end", "recall here", "release here"]),
)


@given(st.lists(steps, max_size=30), st.sampled_from(["all", "grill", "FRY"]))
def test_kept_up_to_date_is_the_same_as_built_anew(
    course: list[OrderUpserted | OrderRemoved | tuple[Verb, str] | str], station: str
) -> None:
    board, outbox = Board(), Outbox()
    tickets = TicketList(board, outbox, station)
    for number, step in enumerate(course):
        before = {ticket.id: ticket for ticket in tickets}
        if isinstance(step, tuple):
            verb, order_id = step
            outbox.add(Command(f"c{number}", verb, order_id, "", 1, 0.0))
            touched = {order_id}
        elif isinstance(step, str):
            touched = do_something(step, board, outbox)
        else:
            touched = board.apply(step)
        told = tickets.update(touched)
        after = {ticket.id: ticket for ticket in tickets}
        assert told.changed == {i for i, ticket in after.items() if before.get(i) != ticket}
        assert told.removed == before.keys() - after.keys()
    fresh = TicketList(board, outbox, station)
    fresh.update([order.id for order in board])
    assert list(tickets) == list(fresh)
    assert tickets.ids() == [ticket.id for ticket in tickets]
    assert tickets.ready_count == fresh.ready_count
    assert all(ticket.order.status in OPEN for ticket in tickets)


def do_something(what: str, board: Board, outbox: Outbox) -> set[str]:
    if what == "end":
        command = next(iter(outbox), None)
        if command is not None:
            outbox.end(command)
        return {command.order_id} if command is not None else set()
    for order in board:
        if what == "recall here" and outbox.effective(order).status in READY:
            outbox.recall_here(order)
            return {order.id}
        if what == "release here" and outbox.release_here(order.id):
            return {order.id}
    return set()
