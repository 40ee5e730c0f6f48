"""All-day counts: kept up to date they are those of all tickets."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.all_day import AllDay, AllDayCount, AllDayMode
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order
from tests.unit.orders import make_item, make_order, open_orders, removed, upserted


class Line:
    """A kitchen, and the counts of it."""

    def __init__(self, *orders: Order, station: str = "all", waits: str = "") -> None:
        self.kitchen = Kitchen(station)
        self.all_day = AllDay(self.kitchen.tickets, lambda order_id: order_id in waits)
        for order in orders:
            self.hear(order)

    def hear(self, order: Order | str) -> None:
        event = upserted(order) if isinstance(order, Order) else removed(order)
        touched = self.kitchen.feed(event)
        self.kitchen.tickets.update(touched, 0.0)
        self.all_day.look_at(touched)


def test_what_is_done_held_for_later_or_elsewhere_is_not_counted() -> None:
    items = (
        make_item("Burger", quantity=2),
        make_item("Burger", is_done=True),
        make_item("Steak", is_held=True),
        make_item("French Fries"),
    )
    orders = [make_order("a", items=items), make_order("b"), make_order("c")]
    line = Line(*orders, waits="c")
    assert line.all_day.counts() == [AllDayCount(3, "Burger"), AllDayCount(1, "French Fries")]
    assert Line(*orders, station="fry").all_day.counts() == [AllDayCount(1, "French Fries")]


def test_modifiers_make_kinds_of_a_dish() -> None:
    plain, without = make_item("Burger", quantity=2), make_item("Burger", "No onion", quantity=3)
    fries = make_item("Fries", quantity=4)
    line = Line(make_order("a", items=(plain, fries)), make_order("b", items=(without, plain)))
    assert line.all_day.counts() == [AllDayCount(7, "Burger"), AllDayCount(4, "Fries")]
    assert line.all_day.counts(by_modifiers=True) == [
        AllDayCount(4, "Burger"),
        AllDayCount(3, "Burger", ("No onion",)),
        AllDayCount(4, "Fries"),
    ]


def test_the_key_goes_through_what_is_counted() -> None:
    seen = [AllDayMode.OFF]
    while len(seen) < 4:
        seen.append(seen[-1].following)
    assert seen == [AllDayMode.OFF, AllDayMode.ITEMS, AllDayMode.MODIFIERS, AllDayMode.OFF]


@given(st.lists(open_orders | st.sampled_from("abcdefgh"), max_size=30))
def test_kept_up_to_date_is_the_same_as_counted_anew(course: list[Order | str]) -> None:
    line = Line()
    for step in course:
        line.hear(step)
    counted: Counter[str] = Counter()
    for ticket in line.kitchen.tickets:
        for item in ticket.order.items:
            counted[item.name] += 0 if item.is_done or item.is_held else item.quantity
    told = {each.name: each.count for each in line.all_day.counts()}
    assert {name: n for name, n in told.items() if n} == {k: n for k, n in counted.items() if n}
    by_modifiers: Counter[str] = Counter()
    for each in line.all_day.counts(by_modifiers=True):
        by_modifiers[each.name] += each.count
    assert {name: n for name, n in by_modifiers.items() if n} == {
        k: n for k, n in told.items() if n
    }
    fresh = AllDay(line.kitchen.tickets, lambda _: False)
    fresh.rebuild()
    line.all_day.rebuild()
    assert line.all_day.counts(by_modifiers=True) == fresh.counts(by_modifiers=True)
