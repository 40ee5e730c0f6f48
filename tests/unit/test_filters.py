"""Filters and search: what is looked at, what is hidden, and how many there are of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.command import Command, Verb
from kds_tui.core.filters import (
    ACTIVE,
    IS_READY,
    Choice,
    FilteredTickets,
    FilterKind,
    Filters,
)
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus, OrderType
from kds_tui.core.tickets import Changes
from tests.unit.orders import make_item, make_order, removed, small_boards, upserted

S, K = OrderStatus, FilterKind
TAKEOUT, READY = Choice(K.TYPE, "takeout"), Choice(K.PHASE, IS_READY)


class Screen:
    """A screen with a filter; brought up to date after every step, as the app does."""

    def __init__(self, *orders: Order, station: str = "all") -> None:
        self.kitchen = Kitchen(station)
        self.filtered = FilteredTickets(self.kitchen.tickets)
        self.hear(*orders)

    def hear(self, *orders: Order) -> Changes:
        touched = frozenset[str]().union(*(self.kitchen.feed(upserted(it)) for it in orders))
        return self.touch(touched)

    def touch(self, order_ids: frozenset[str]) -> Changes:
        return self.filtered.update(self.kitchen.tickets.update(order_ids, 0.0), order_ids)

    def look_for(self, *choices: Choice, text: str = "") -> str:
        self.filtered.look_for(Filters(frozenset(choices), text))
        return "".join(self.filtered.ids())


ORDERS = (
    make_order(
        "a",
        created_at=1.0,
        type=OrderType.TAKEOUT,
        items=(make_item("Burger", course="2"), make_item("Fries", course="1")),
        customer_name="José Núñez",
    ),
    make_order(
        "b",
        created_at=2.0,
        type=OrderType.DINE_IN,
        items=(make_item("Crème brûlée", "No nuts", course="10"),),
        table_number="12",
        notes="birthday, candle please",
    ),
    make_order("c", created_at=3.0, type=OrderType.DINE_IN, items=(make_item("Fries"),)),
    make_order("d", status=S.READY, type=OrderType.TAKEOUT, ready_at=9.0),
    make_order("e", status=S.READY, type=OrderType.DINE_IN, ready_at=8.0),
)


@pytest.mark.parametrize(
    ("choices", "ids"),
    [
        ([], "abc"),
        ([TAKEOUT], "a"),
        ([TAKEOUT, Choice(K.TYPE, "dine-in")], "abc"),
        ([READY], "ed"),
        ([READY, Choice(K.PHASE, ACTIVE)], "abced"),
        ([READY, TAKEOUT], "d"),
        ([Choice(K.COURSE, "10")], "b"),
        ([Choice(K.STATION, "fry")], "ac"),
        ([Choice(K.STATION, "fry"), TAKEOUT], "a"),
        ([Choice(K.TYPE, "delivery")], ""),
    ],
)
def test_of_each_kind_one_choice_is_enough_and_every_kind_counts(
    choices: list[Choice], ids: str
) -> None:
    screen = Screen(*ORDERS)
    assert screen.look_for(*choices) == ids
    assert len(screen.filtered) == len(ids)
    for order in ORDERS:
        assert (screen.filtered.get(order.id) is not None) == (order.id in ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("  ", "abc"),
        ("fries", "ac"),
        ("FRI", "ac"),
        ("jose nunez", "a"),
        ("nunez jose", "a"),
        ("Núñ", "a"),
        ("creme", "b"),
        ("no nuts", "b"),
        ("table 12", "b"),
        ("12", "b"),
        ("candle", "b"),
        ("20261123-c", "c"),
        ("fries candle", ""),
    ],
)
def test_a_search_looks_at_everything_that_stands_on_a_ticket(text: str, ids: str) -> None:
    assert Screen(*ORDERS).look_for(text=text) == ids


def test_words_say_what_is_filtered_by() -> None:
    filters = Filters().toggled(Choice(K.STATION, "fry")).toggled(TAKEOUT).toggled(READY)
    assert filters.toggled(Choice(K.COURSE, "2")).words == "READY, TAKEOUT, course 2, FRY"
    assert filters.searching(" ab c ").words == 'READY, TAKEOUT, FRY, "ab c"'
    assert filters.toggled(READY).toggled(Choice(K.STATION, "fry")).words == "TAKEOUT"
    assert not filters.toggled(READY).toggled(Choice(K.STATION, "fry")).toggled(TAKEOUT)
    assert (Filters(text="  ").words, bool(Filters(text=" "))) == ("", False)


def test_what_is_hidden_is_counted_and_what_a_cook_must_know_of_it() -> None:
    screen = Screen()
    screen.kitchen.feed(SnapshotStarted())
    screen.touch(screen.kitchen.feed(SnapshotListed(ORDERS)))

    def told(now: float = 0.0) -> str:
        return screen.filtered.hidden_words(now)

    assert (screen.filtered.hidden(), told(9e9)) == ((), "")
    screen.look_for(TAKEOUT)
    assert [ticket.id for ticket in screen.filtered.hidden()] == ["b", "c"]
    assert told() == "2 hidden by filter: TAKEOUT"
    assert told(902.5) == "2 hidden, 1 LATE, by filter: TAKEOUT"
    screen.hear(make_order("f", created_at=4.0))
    assert told() == "3 hidden, 1 NEW, by filter: TAKEOUT"
    screen.hear(make_order("b", status=S.CANCELLED, version=9))
    assert told(903.5) == "3 hidden, 1 LATE, 1 NEW, 1 CANCELLED, by filter: TAKEOUT"
    screen.hear(make_order("f", created_at=4.0, version=2, items=(make_item(is_held=True),)))
    assert told(9e9) == told(903.5), "what is held is not late"
    screen.look_for(text="20261123-")
    assert told() == 'Nothing hidden by filter: "20261123-"'


def test_what_waits_for_its_time_is_neither_hidden_nor_counted() -> None:
    screen = Screen(*ORDERS)
    filtered = FilteredTickets(screen.kitchen.tickets, lambda order_id: order_id == "b")
    filtered.look_for(Filters(frozenset((TAKEOUT,))))
    assert [ticket.id for ticket in filtered.hidden()] == ["c"]
    assert filtered.options()[0].count == 1


def test_a_cancelled_ticket_that_still_shows_is_looked_at_as_any_other() -> None:
    screen = Screen(*ORDERS)
    screen.look_for(text="fries")
    screen.hear(make_order("c", status=S.CANCELLED, items=ORDERS[2].items, version=9))
    assert screen.filtered.ids() == ["a", "c"]
    assert len(screen.filtered) == 2
    screen.look_for()
    assert screen.filtered.ids() == screen.kitchen.tickets.ids()
    assert len(screen.filtered) == 3


def test_what_changes_under_a_filter_is_told_for_what_is_looked_at_only() -> None:
    screen = Screen(*ORDERS)
    screen.look_for(TAKEOUT)
    hidden = make_order("f", type=OrderType.DINE_IN)
    assert screen.hear(hidden) == Changes(frozenset(), frozenset())
    seen = make_order("f", type=OrderType.TAKEOUT, version=2)
    assert screen.hear(seen) == Changes(frozenset("f"), frozenset())
    assert screen.hear(hidden.__class__("f", "1", S.PREPARING, version=3)).removed == frozenset("f")
    screen.look_for(READY)
    assert screen.hear(make_order("a", status=S.READY, version=2)).changed == frozenset("a")
    gone = screen.kitchen.feed(removed("a"))
    assert screen.touch(gone) == Changes(frozenset(), frozenset("a"))


def test_the_options_are_what_the_tickets_differ_in() -> None:
    screen = Screen(*ORDERS)
    told = [(o.choice.words, o.count, o.is_chosen) for o in screen.filtered.options()]
    assert told == [
        ("ACTIVE", 3, False),
        ("READY", 2, False),
        ("DINE-IN", 2, False),
        ("TAKEOUT", 1, False),
        ("course 1", 1, False),
        ("course 2", 1, False),
        ("course 10", 1, False),
        ("FRY", 2, False),
        ("GRILL", 2, False),
    ]
    screen.look_for(READY)
    counts = {o.choice.words: o.count for o in screen.filtered.options()}
    assert (counts["ACTIVE"], counts["READY"], counts["TAKEOUT"]) == (3, 2, 1)
    one = Screen(ORDERS[2])
    assert [o.choice.words for o in one.filtered.options()] == ["ACTIVE", "READY"]


choices = st.frozensets(
    st.sampled_from(
        [
            *(Choice(K.TYPE, it.value) for it in OrderType),
            *(Choice(K.PHASE, it) for it in (ACTIVE, IS_READY)),
            *(Choice(K.STATION, it) for it in ("grill", "fry", "bar")),
        ]
    ),
    max_size=4,
)


@given(small_boards, choices, st.sampled_from(["all", "grill"]), st.sampled_from(["", "", "no"]))
def test_what_is_looked_at_and_what_is_hidden_are_all_there_is(
    orders: list[Order], chosen: frozenset[Choice], station: str, text: str
) -> None:
    screen = Screen(*orders, station=station)
    tickets = screen.kitchen.tickets
    screen.filtered.look_for(Filters(chosen, text))
    seen, hidden = set(screen.filtered.ids()), {it.id for it in screen.filtered.hidden()}
    assert not seen & hidden
    assert set(tickets.ids()) <= seen | hidden
    assert seen <= {*tickets.ids(), *(it.id for it in tickets.ready)}
    options = screen.filtered.options()
    for kind in (K.PHASE, K.TYPE):
        # A ticket has one phase and one type: the counts of all of them are the tickets that the
        # other kinds leave, and those of the chosen ones what is looked at.
        of_kind = [option for option in options if option.choice.kind is kind]
        if of_kind and any(option.is_chosen for option in of_kind):
            assert sum(option.count for option in of_kind if option.is_chosen) == len(seen)


@given(small_boards, small_boards, choices, st.data())
def test_kept_up_to_date_is_the_same_as_filtered_anew(
    before: list[Order], after: list[Order], chosen: frozenset[Choice], data: st.DataObject
) -> None:
    screen = Screen(*before)
    screen.filtered.look_for(Filters(chosen))
    for order in after:
        shown = {it: screen.filtered.get(it) for it in screen.filtered.ids()}
        if data.draw(st.booleans()):
            screen.kitchen.outbox.add(Command(order.id, Verb.BUMP, order.id, "", 1, 0.0))
            told = screen.touch(frozenset((order.id,)))
        else:
            told = screen.hear(make_order(order.id, type=order.type, version=2))
        now = {it: screen.filtered.get(it) for it in screen.filtered.ids()}
        assert told.removed == shown.keys() - now.keys()
        assert told.changed == {it for it, ticket in now.items() if shown.get(it) != ticket}
    anew = FilteredTickets(screen.kitchen.tickets)
    anew.look_for(Filters(chosen))
    assert anew.ids() == screen.filtered.ids()


def test_an_empty_kitchen_can_be_filtered_by_phase_only() -> None:
    assert [option.count for option in Screen().filtered.options()] == [0, 0]
