"""Tickets: the open orders of a station, in the order in which they are to be cooked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.attention import Attention, Reason
from kds_tui.core.board import Board
from kds_tui.core.clock import Thresholds, UrgencyRules
from kds_tui.core.command import Command, Verb
from kds_tui.core.frames import OrderRemoved, OrderUpserted
from kds_tui.core.order import OPEN, READY, Item, Order, OrderStatus, OrderType
from kds_tui.core.outbox import Outbox
from kds_tui.core.stations import Routing, StationRule, screen_stations
from kds_tui.core.ticket_order import SortMode
from kds_tui.core.tickets import Changes, Ticket, TicketList
from tests.unit.orders import make_item, make_order, open_orders, removed, small_boards, upserted

S = OrderStatus


def listed(*orders: Order, station: str = "all", **fields: Any) -> TicketList:
    board = Board()
    tickets = TicketList(board, Outbox(), station, **fields)
    for order in orders:
        tickets.update(board.apply(upserted(order)), 0.0)
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


def done(name: str, **fields: Any) -> Item:
    return make_item(name, is_done=True, **fields)


BURGER, FRIES, SALAD = make_item("Burger"), make_item("Fries"), make_item("Salad")


@pytest.mark.parametrize(
    ("items", "station", "here", "also_at"),
    [
        pytest.param((BURGER,), "grill", "Burger", "", id="alone"),
        pytest.param((BURGER, FRIES), "grill", "Burger", "fry: Fries", id="fry owes"),
        pytest.param((BURGER, done("Fries")), "grill", "Burger", "fry:", id="fry is done"),
        pytest.param(
            (BURGER, done("Fries"), SALAD, FRIES, done("Wings")),
            "grill",
            "Burger",
            "fry: Fries|salad: Salad",
            id="one of fry's is",
        ),
        pytest.param(
            (BURGER, done("Fries"), SALAD), "grill", "Burger", "salad: Salad|fry:", id="owing first"
        ),
        pytest.param((BURGER, FRIES), "Fry, grill", "Burger|Fries", "", id="both on one screen"),
        pytest.param((BURGER, FRIES), "all", "Burger|Fries", "", id="all"),
        pytest.param((done("Burger"), FRIES), "grill", None, "", id="it is fry's now"),
        pytest.param((done("Burger"), done("Fries")), "grill", "Burger", "fry:", id="all is done"),
        pytest.param((done("Burger"),), "grill", "Burger", "", id="to be made ready"),
        pytest.param((FRIES,), "grill", None, "", id="none of ours"),
    ],
)
def test_a_ticket_says_where_else_its_order_is_cooked(
    items: tuple[Item, ...], station: str, here: str | None, also_at: str
) -> None:
    ticket = listed(make_order("a", items=items), station=station).get("a")
    if ticket is None:
        assert here is None
        return
    assert "|".join(item.name for item in ticket.order.items) == here
    assert also_at == "|".join(
        f"{share.station}: {' '.join(item.name for item in share.owed)}".rstrip()
        for share in ticket.also_at
    )


def test_a_station_sees_what_was_taken_off_its_own_part() -> None:
    order = make_order("a", items=(BURGER, FRIES), voided_items=(make_item("Wings"), BURGER))
    ticket = listed(order, station="grill").get("a")
    assert ticket is not None
    assert ticket.order.voided_items == (BURGER,)


def test_a_screen_can_show_other_stations_and_then_its_own_again() -> None:
    orders = [
        make_order("a", items=(BURGER, FRIES), created_at=0.0),
        make_order("b", items=(FRIES,), created_at=1.0),
        make_order("c", items=(FRIES,), status=S.READY),
        make_order("d", items=(SALAD,), created_at=2.0),
    ]
    tickets = listed(*orders, station="grill")
    tickets.show_stations(("grill", "fry"))
    assert tickets.update("abcd", 0.0) == Changes(frozenset("ab"), frozenset())
    assert (tickets.ids(), tickets.ready_count, tickets.stations) == (
        ["a", "b"],
        1,
        ("grill", "fry"),
    )
    assert tickets.late_count(900.0, UrgencyRules()) == 1
    assert [ticket.id for ticket in tickets.ready] == ["c"]
    assert tickets.get_ready("c") is not None
    tickets.show_stations(("grill",))
    assert tickets.update("abcd", 0.0) == Changes(frozenset("a"), frozenset("b"))
    assert (tickets.ids(), tickets.ready_count) == (["a"], 0)
    tickets.show_stations(("all",))
    assert tickets.update("abcd", 0.0).changed == frozenset("abd")


@pytest.mark.parametrize("sort", [SortMode.URGENCY, SortMode.AGE])
def test_what_is_held_comes_last_and_is_never_late(sort: SortMode) -> None:
    held = make_order("h", created_at=0.0, items=(make_item(is_held=True),))
    tickets = listed(held, make_order("a", created_at=50.0), sort=sort)
    assert tickets.ids() == ["a", "h"]
    assert tickets.late_count(10_000.0, UrgencyRules()) == 1
    fired = replace(held, version=2, items=(make_item(fired_at=20.0),))
    again = listed(make_order("a", created_at=50.0), held, fired, sort=sort)
    assert again.ids() == ["h", "a"]
    assert again.late_count(10_000.0, UrgencyRules()) == 2


RULES = UrgencyRules(by_type={OrderType.DELIVERY: Thresholds(1.0, 2.0)})
SORTED = [
    make_order("a", created_at=1.0, order_number="10", table_number="Bar 2"),
    make_order("b", created_at=2.0, order_number="9", table_number="12"),
    make_order("c", created_at=3.0, order_number="A7", type=OrderType.DELIVERY),
    make_order("d", created_at=4.0, order_number="8", table_number="Bar 10"),
    make_order("e", created_at=5.0, order_number="8", table_number="9"),
    make_order("f", created_at=6.0, order_number="99", rush=True),
]


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        (SortMode.URGENCY, "fcabde"),
        (SortMode.AGE, "fabcde"),
        (SortMode.NUMBER, "fdebac"),
        (SortMode.TABLE, "febadc"),
    ],
)
def test_tickets_can_be_sorted_by(sort: SortMode, ids: str) -> None:
    tickets = listed(*reversed(SORTED), sort=sort, rules=RULES)
    assert "".join(tickets.ids()) == ids
    other = listed(*SORTED, rules=RULES)
    other.sort_by(sort)
    assert (other.ids(), other.sort) == (tickets.ids(), sort)


def test_the_sort_modes_come_round() -> None:
    mode, seen = SortMode.URGENCY, []
    for _ in SortMode:
        seen.append(mode)
        mode = mode.following
    assert (seen, mode) == (list(SortMode), SortMode.URGENCY)


def test_what_changed_is_told() -> None:
    board, outbox = Board(), Outbox()
    tickets = TicketList(board, outbox)
    order = make_order("a", version=1)
    assert tickets.update(board.apply(upserted(order)), 0.0) == Changes(frozenset("a"), frozenset())
    assert tickets.update(["a", "unknown"], 0.0) == Changes(frozenset(), frozenset())
    outbox.add(Command("c1", Verb.BUMP, "a", "", 1, 0.0))
    assert tickets.update(["a"], 0.0) == Changes(frozenset(), frozenset("a"))
    assert tickets.ready_count == 1
    assert tickets.update(board.apply(removed("a")), 0.0) == Changes(frozenset(), frozenset())
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


@given(
    st.lists(steps, max_size=30),
    st.sampled_from(["all", "grill", "FRY", "fry, grill"]),
    st.sampled_from(SortMode),
    st.sampled_from(["all", "grill", ""]),
)
def test_kept_up_to_date_is_the_same_as_built_anew(
    course: list[OrderUpserted | OrderRemoved | tuple[Verb, str] | str],
    station: str,
    sort: SortMode,
    began_as: str,
) -> None:
    board, outbox, attention = Board(), Outbox(), Attention()
    tickets = TicketList(board, outbox, began_as or station, attention=attention)
    for number, step in enumerate(course):
        before = on_screen(tickets)
        if isinstance(step, tuple):
            verb, order_id = step
            outbox.add(Command(f"c{number}", verb, order_id, "", 1, 0.0))
            touched = {order_id}
        elif isinstance(step, str):
            touched = do_something(step, board, outbox)
        else:
            touched = board.apply(step)
        told = tickets.update(touched, 0.0)
        after = on_screen(tickets)
        assert told.changed == {i for i, ticket in after.items() if before.get(i) != ticket}
        assert told.removed == before.keys() - after.keys()
        assert len(tickets) == len(list(tickets))
        assert set(attention.ids()) <= after.keys()
        gone = {ticket_id for ticket_id, ticket in after.items() if ticket.is_cancelled}
        assert gone == set(attention.ids(Reason.CANCELLED))
    tickets.show_stations(screen_stations(station))
    tickets.update([order.id for order in board], 0.0)
    tickets.sort_by(sort)
    notice_all(tickets, attention)
    built_anew = Attention()
    fresh = TicketList(board, outbox, station, sort=sort, attention=built_anew)
    fresh.update([order.id for order in board], 0.0)
    notice_all(fresh, built_anew)
    assert list(tickets) == list(fresh)
    assert tickets.ready == fresh.ready
    rush = [ticket.order.rush for ticket in tickets]
    assert rush == sorted(rush, reverse=True)
    assert tickets.ids() == [ticket.id for ticket in tickets]
    assert tickets.ready_count == fresh.ready_count
    assert all(ticket.order.status in OPEN for ticket in tickets)


def on_screen(tickets: TicketList) -> dict[str, Ticket]:
    return {i: ticket for i in tickets.ids() if (ticket := tickets.get(i)) is not None}


def notice_all(tickets: TicketList, attention: Attention) -> None:
    """Have a cook take notice of everything: what is left is what is to be cooked."""
    for ticket in on_screen(tickets).values():
        attention.acknowledge(ticket.order)
    tickets.update(tickets.ids(), 0.0)


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


@given(small_boards, st.booleans())
def test_no_item_is_without_a_screen(rows: list[Order], has_rules: bool) -> None:
    rules = (StationRule("fry", categories=("sides",)), StationRule("cold", words=("nut",)))
    routing = Routing(rules if has_rules else ())
    screens = [listed(*rows, station=station, routing=routing) for station in routing.known(rows)]
    for order in rows:
        tickets = [ticket for screen in screens if (ticket := screen.get(order.id))]
        seen = {id(item) for ticket in tickets for item in ticket.order.items}
        open_items = [item for item in order.items if not item.is_done]
        if order.status in OPEN:
            assert seen >= {id(item) for item in open_items}
            assert tickets or not order.items, "also when all is done, and nobody made it ready"
        else:
            assert not tickets
