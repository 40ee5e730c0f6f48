"""What waits for a cook's acknowledgement, and what takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from kds_tui.core.attention import (
    FRESH,
    GLANCE,
    MAX_CANCELLED,
    Attention,
    AttentionKept,
    Reason,
    Waiting,
)
from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.command import Answered
from kds_tui.core.frames import OrderStatusChanged
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.results import Noticed, Result, Stamp
from kds_tui.core.tickets import Ticket
from tests.unit.orders import make_item, make_order, removed, upserted

S = OrderStatus


class Cook:
    """A kitchen, and what happens in it."""

    def __init__(self, *orders: Order, station: str = "all") -> None:
        self.kitchen = Kitchen(station)
        self.list(*orders)

    def list(self, *orders: Order, authoritative: bool = True) -> None:
        self.kitchen.feed(SnapshotStarted())
        self._look(self.kitchen.feed(SnapshotListed(orders, authoritative)))

    def hear(self, *orders: Order) -> None:
        for order in orders:
            self._look(self.kitchen.feed(upserted(order)))

    def forget(self, order_id: str) -> None:
        self._look(self.kitchen.feed(removed(order_id)))

    def does(self, result: Result, order_id: str) -> None:
        assert result
        self._look({order_id})

    def notice(self, order_id: str | None = None) -> frozenset[str]:
        noticed = self.kitchen.acknowledge(order_id)
        self._look(noticed.order_ids)
        return noticed.order_ids

    def _look(self, order_ids: Iterable[str]) -> None:
        self.kitchen.tickets.update(order_ids, 0.0)

    @property
    def waiting(self) -> dict[str, Reason]:
        attention = self.kitchen.attention
        return {key: waits.why for key in attention.ids() if (waits := attention.waiting(key))}

    def ticket(self, order_id: str = "a") -> Ticket:
        ticket = self.kitchen.tickets.get(order_id)
        assert ticket is not None
        return ticket


AT = Stamp(100.0, 1)


def order(order_id: str = "a", version: int = 1, **fields: Any) -> Order:
    return make_order(order_id, version=version, updated_at=float(version), **fields)


def test_the_first_list_is_no_news_and_what_comes_after_it_is() -> None:
    cook = Cook(*(order(name, created_at=1.0) for name in "abc"))
    assert cook.waiting == {}
    cook.hear(order("d", created_at=5.0))
    assert cook.waiting == {"d": Reason.NEW}
    assert cook.ticket("d").waiting == Waiting(Reason.NEW, 1.0)
    assert cook.kitchen.attention.first == "d"


def test_a_list_after_an_outage_tells_news_of_what_came_meanwhile_only() -> None:
    cook = Cook(order("a", created_at=1000.0))
    cook.list(
        order("a", created_at=1000.0),
        order("old", created_at=900.0),
        order("long ago", created_at=1001.0),
        order("new", created_at=1002.0 + FRESH),
    )
    assert cook.waiting == {"new": Reason.NEW}


def test_the_first_order_of_the_day_is_news_though_it_came_during_an_outage() -> None:
    cook = Cook()
    cook.list(order("a", created_at=1000.0), order("long ago", created_at=999.0 - FRESH))
    assert cook.waiting == {"a": Reason.NEW}


def test_a_cancelled_ticket_that_is_to_be_cooked_after_all_says_so() -> None:
    cook = Cook(order())
    cook.hear(order(version=2, status=S.CANCELLED))
    assert cook.waiting == {"a": Reason.CANCELLED}
    cook.list(order())  # a hub that was restored from a backup
    assert (cook.ticket().is_cancelled, cook.waiting) == (False, {"a": Reason.RECALLED})


def test_a_closed_order_that_was_asked_for_here_is_no_news_though_the_answer_comes_first() -> None:
    cook = Cook(order("a", status=S.READY))
    kitchen = cook.kitchen
    cook.hear(order("a", version=2, status=S.COMPLETED))
    cook.does(kitchen.recall("a", AT), "a")
    (command,) = kitchen.outbox
    back = order("a", version=3, recalled=True)
    kitchen.outbox.end(command)
    assert kitchen.end(Answered(command, back)) == frozenset()
    cook.hear(back)
    assert (cook.ticket().order.recalled, cook.waiting) == (True, {})


LINE = make_item("Burger", quantity=2)


@pytest.mark.parametrize(
    "after",
    [
        {"items": (LINE, make_item("Fries", added_at=5.0, changed_version=2))},
        {"items": (replace(LINE, quantity=3, previous_quantity=2, changed_version=2),)},
        {"items": (replace(LINE, quantity=1, previous_quantity=2),)},
        {"items": (replace(LINE, notes="cut in half"),)},
        {"items": (make_item("Fries"),), "voided_items": (LINE,)},
        {"notes": "allergy: nuts"},
        {"table_number": "9"},
    ],
)
def test_a_change_that_a_cook_must_know_of_waits(after: dict[str, Any]) -> None:
    cook = Cook(order(items=(LINE,)))
    cook.hear(order(version=2, **{"items": (LINE,), **after}))
    assert cook.waiting == {"a": Reason.CHANGED}
    assert cook.notice("a") == {"a"}
    assert (cook.waiting, cook.ticket().waiting) == ({}, None)
    assert cook.notice("a") == frozenset()


@pytest.mark.parametrize(
    "after",
    [
        {"status": S.CONFIRMED},
        {"is_paid": True},
        {"rush": True},
        {"items": (replace(LINE, is_done=True),)},
        {"customer_name": "Ada"},
    ],
)
def test_a_change_of_no_concern_to_the_cooking_does_not_wait(after: dict[str, Any]) -> None:
    cook = Cook(order(items=(LINE,)))
    cook.hear(order(version=2, **{"items": (LINE,), **after}))
    assert cook.waiting == {}


def test_a_held_line_that_is_fired_elsewhere_is_a_change() -> None:
    cook = Cook(order(items=(replace(LINE, is_held=True),)))
    cook.hear(order(version=2, items=(replace(LINE, fired_at=9.0),)))
    assert cook.waiting == {"a": Reason.CHANGED}


def test_a_line_that_was_cooked_while_it_was_held_is_no_change_when_it_is_fired() -> None:
    cooked = replace(LINE, is_held=True, is_done=True)
    fries = make_item("Fries")
    cook = Cook(order(items=(cooked, fries)))
    cook.hear(order(version=2, items=(replace(cooked, is_held=False), fries)))
    cook.hear(order(version=3, items=(cooked, replace(fries, is_held=True))))
    cook.hear(order(version=4, items=(cooked, replace(fries, is_held=True, is_done=True))))
    assert cook.waiting == {}


def test_what_is_fired_here_is_no_change_where_the_server_cannot_hold() -> None:
    cook = Cook(order(items=(LINE,)))
    cook.kitchen.capabilities = frozenset()
    cook.does(cook.kitchen.hold("a", AT), "a")
    cook.does(cook.kitchen.fire("a", AT), "a")
    assert (cook.ticket().order.items[0].fired_at, cook.waiting) == (AT.now, {})


def test_lines_stand_out_until_they_are_acknowledged_and_again_when_they_change_again() -> None:
    fries = make_item("Fries", added_at=5.0, changed_version=2)
    cook = Cook(order(items=(LINE,)))
    cook.hear(order(version=2, items=(LINE, fries), voided_items=(make_item("Soup"),)))
    ticket = cook.ticket()
    assert [ticket.is_news(item) for item in ticket.order.items] == [False, True]
    assert [item.name for item in ticket.voided_items] == ["Soup"]
    cook.notice()
    ticket = cook.ticket()
    assert not any(ticket.is_news(item) for item in ticket.order.items)
    assert ticket.voided_items == ()
    more = replace(fries, quantity=2, previous_quantity=1, changed_version=3)
    cook.hear(order(version=3, items=(LINE, more), voided_items=(make_item("Soup"),)))
    ticket = cook.ticket()
    assert [ticket.is_news(item) for item in ticket.order.items] == [False, True]
    assert ticket.voided_items == ()


def test_a_cancelled_ticket_stays_until_it_is_acknowledged_and_is_no_work() -> None:
    cook = Cook(order(items=(LINE,)), order("b", created_at=9.0))
    cook.hear(order(version=2, status=S.CANCELLED, items=(LINE,)))
    tickets = cook.kitchen.tickets
    assert (tickets.ids(), [ticket.id for ticket in tickets]) == (["a", "b"], ["b"])
    assert (len(tickets), cook.waiting) == (1, {"a": Reason.CANCELLED})
    assert (cook.ticket().is_cancelled, cook.ticket().order.items) == (True, (LINE,))
    assert cook.notice("a") == {"a"}
    assert (tickets.ids(), cook.waiting) == (["b"], {})


def test_to_bump_a_cancelled_ticket_is_to_acknowledge_it() -> None:
    cook = Cook(order())
    cook.hear(order(version=2, status=S.CANCELLED))
    result = cook.kitchen.bump("a", AT)
    assert result == Noticed(frozenset("a"))
    cook.does(result, "a")
    assert (cook.kitchen.tickets.ids(), len(cook.kitchen.outbox)) == ([], 0)


@pytest.mark.parametrize(
    ("before", "gone"),
    [
        ({}, S.COMPLETED),
        ({"status": S.PENDING, "is_scheduled": True, "fire_at": 900.0}, S.CANCELLED),
        ({"status": S.PENDING, "items": (replace(LINE, is_held=True),)}, S.CANCELLED),
    ],
)
def test_what_is_served_or_was_not_begun_leaves_at_once(
    before: dict[str, Any], gone: OrderStatus
) -> None:
    cook = Cook(order(**before))
    cook.hear(order(version=2, **{**before, "status": gone}))
    assert (cook.kitchen.tickets.ids(), cook.waiting) == ([], {})


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"status": S.PENDING}, False),
        ({"status": S.PREPARING}, True),
        ({"status": S.PENDING, "items": (replace(LINE, is_done=True), LINE)}, True),
    ],
)
def test_what_nobody_has_seen_leaves_at_once_unless_it_was_begun(
    fields: dict[str, Any], stays: bool
) -> None:
    cook = Cook()
    cook.hear(order(**fields))
    cook.hear(order(version=2, **{**fields, "status": S.CANCELLED}))
    assert cook.kitchen.tickets.ids() == (["a"] if stays else [])
    seen = Cook(order(**fields))
    seen.hear(order(version=2, **{**fields, "status": S.CANCELLED}))
    assert seen.kitchen.tickets.ids() == ["a"]


@pytest.mark.parametrize(("seconds", "stays"), [(GLANCE - 1, False), (GLANCE, True)])
def test_a_new_ticket_that_stood_there_for_a_while_may_be_cooked_though_nobody_said_so(
    seconds: float, stays: bool
) -> None:
    cook = Cook()
    fresh = order(status=S.PENDING)
    cook.hear(fresh)
    gone = replace(fresh, version=2, status=S.CANCELLED, updated_at=fresh.updated_at + seconds)
    cook.hear(gone)
    assert cook.waiting == ({"a": Reason.CANCELLED} if stays else {})
    told_no_time = Cook()
    told_no_time.hear(fresh)
    changed = told_no_time.kitchen.feed(OrderStatusChanged("a", S.CANCELLED))
    told_no_time.kitchen.tickets.update(changed, fresh.updated_at + seconds)
    assert told_no_time.waiting == cook.waiting
    only_now = Cook()
    only_now.kitchen.tickets.update(only_now.kitchen.feed(upserted(fresh)), 5000.0)
    only_now.kitchen.tickets.update(only_now.kitchen.feed(upserted(gone)), 5000.0 + GLANCE - 1)
    assert only_now.waiting == {}, "it came while the link was down"


def test_what_the_server_takes_away_without_a_word_leaves_at_once() -> None:
    cook = Cook(order())
    cook.forget("a")
    assert cook.kitchen.tickets.ids() == []


def test_no_more_than_so_many_cancelled_tickets_are_kept() -> None:
    names = [f"o{number}" for number in range(MAX_CANCELLED + 1)]
    cook = Cook(*(order(name) for name in names))
    for name in names:
        cook.hear(order(name, version=2, status=S.CANCELLED))
    assert sorted(cook.waiting) == sorted(names[1:])
    assert sorted(cook.kitchen.tickets.ids()) == sorted(names[1:])


def test_a_ticket_that_comes_back_waits_unless_this_terminal_asked_for_it() -> None:
    cook = Cook(order("a", status=S.READY), order("b", status=S.READY))
    cook.hear(order("a", version=2, status=S.PREPARING, recalled=True))
    assert cook.waiting == {"a": Reason.RECALLED}
    cook.does(cook.kitchen.recall("b", AT), "b")
    cook.hear(order("b", version=2, status=S.PREPARING, recalled=True))
    assert cook.waiting == {"a": Reason.RECALLED}


def test_lines_added_to_a_bumped_order_are_a_change_of_it() -> None:
    cook = Cook(order(status=S.READY, items=(replace(LINE, is_done=True),)))
    fries = make_item("Fries", added_at=5.0, changed_version=2)
    cook.hear(order(version=2, items=(replace(LINE, is_done=True), fries)))
    assert cook.waiting == {"a": Reason.CHANGED}


@pytest.mark.parametrize("act", ["bump_item", "rush"])
def test_whoever_does_something_with_a_ticket_has_seen_it(act: str) -> None:
    cook = Cook()
    cook.hear(order(items=(LINE,)))
    assert cook.waiting == {"a": Reason.NEW}
    kitchen = cook.kitchen
    if act == "rush":
        cook.does(kitchen.rush("a", AT), "a")
    else:
        cook.does(kitchen.bump_item("a", LINE.id, AT), "a")
    assert cook.waiting == {}


def test_a_line_that_is_taken_off_a_station_stays_until_it_is_seen() -> None:
    burger, fries = make_item("Burger"), make_item("Fries")
    cook = Cook(order(items=(burger, fries)), station="grill")
    cook.hear(order(version=2, items=(fries,), voided_items=(burger,)))
    ticket = cook.ticket()
    assert (ticket.order.items, ticket.voided_items) == ((), (burger,))
    assert cook.waiting == {"a": Reason.CHANGED}
    cook.notice("a")
    assert cook.kitchen.tickets.ids() == []


def test_what_another_station_had_all_the_time_is_no_news_to_who_looks_at_it() -> None:
    burger, fries = make_item("Burger"), make_item("Fries")
    cook = Cook(order(items=(fries,)), order("b", items=(burger, fries)), station="grill")
    cook.kitchen.tickets.show_stations(("grill", "fry"))
    cook.kitchen.tickets.update([known.id for known in cook.kitchen.board], 0.0)
    assert (cook.kitchen.tickets.ids(), cook.waiting) == (["a", "b"], {})
    cook.hear(order("b", version=2, items=(burger, replace(fries, notes="no salt"))))
    cook.hear(order("c", items=(burger,)))
    assert cook.waiting == {"b": Reason.CHANGED, "c": Reason.NEW}


def test_a_ticket_that_went_to_another_station_and_is_back_complete_is_no_news() -> None:
    burger, fries = make_item("Burger"), make_item("Fries")
    cook = Cook(order(items=(burger, fries)), station="grill")
    cook.hear(order(version=2, items=(replace(burger, is_done=True), fries)))
    assert cook.kitchen.tickets.ids() == []
    done = tuple(replace(item, is_done=True) for item in (burger, fries))
    cook.hear(order(version=3, items=done))
    assert (cook.kitchen.tickets.ids(), cook.waiting) == (["a"], {})
    restarted = Cook(order(version=2, items=(done[0], fries)), station="grill")
    restarted.hear(order(version=3, items=done))
    assert (restarted.kitchen.tickets.ids(), restarted.waiting) == (["a"], {})


def test_what_waits_is_kept_over_a_restart() -> None:
    cook = Cook(order("a"), order("b", items=(LINE,)), order("c"))
    cook.hear(order("a", version=2, status=S.CANCELLED), order("d", created_at=3.0))
    cook.hear(order("b", version=2, items=(LINE,), voided_items=(make_item("Soup"),)))
    cook.notice("b")
    body = msgspec.json.encode(cook.kitchen.attention.kept)
    kept = msgspec.json.decode(body, type=AttentionKept)

    again = Kitchen()
    again.attention.restore(kept)
    again.feed(SnapshotStarted())
    listed = tuple(cook.kitchen.board)
    again.tickets.update(again.feed(SnapshotListed(listed)).union(again.attention.ids()), 0.0)
    assert again.attention.kept == cook.kitchen.attention.kept
    assert list(map(again.tickets.get, "abcd")) == list(map(cook.kitchen.tickets.get, "abcd"))


def test_nothing_is_kept_of_orders_that_are_gone() -> None:
    attention = Attention()
    attention.restore(
        AttentionKept({"x": Waiting(Reason.NEW, 1.0)}, {"x": frozenset({("i", 0, 0)})})
    )
    attention.prune([])
    assert attention.kept == AttentionKept()
