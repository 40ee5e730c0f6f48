"""What is heard of what happens to tickets: once, and never what was done here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kds_tui.core.alert_watch import AlertWatch
from kds_tui.core.alerts import (
    LINK_PATIENCE,
    LINK_QUIET,
    Alert,
    Happened,
    LinkWatch,
    together,
)
from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.command import Answered
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.order import FINISHED, Order, OrderStatus
from kds_tui.core.results import Result, Stamp
from tests.unit.orders import make_item, make_order, upserted

S = OrderStatus
LATE = UrgencyRules().default.late


class Ears:
    """A kitchen, what happens in it, and what would be heard of it."""

    def __init__(self, *orders: Order, station: str = "all") -> None:
        self.now = 1000.0
        self.kitchen = Kitchen(station)
        self.kitchen.capabilities = frozenset({"recall"})
        self.watch = AlertWatch(self.kitchen, UrgencyRules())
        self.first = self.list(*orders)

    def order(self, order_id: str = "a", **fields: object) -> Order:
        return make_order(order_id, **{"created_at": self.now, "updated_at": self.now, **fields})

    def list(self, *orders: Order) -> list[Happened]:
        self.kitchen.feed(SnapshotStarted())
        return self.look(self.kitchen.feed(SnapshotListed(orders, authoritative=True)))

    def hear(self, *orders: Order) -> list[Happened]:
        """Tell orders, one event after the other, as one turn of the event loop."""
        return self.look(frozenset().union(*(self.kitchen.feed(upserted(each)) for each in orders)))

    def does(self, result: Result, order_id: str = "a") -> list[Happened]:
        assert result
        return self.look(frozenset((order_id,)))

    def look(self, order_ids: frozenset[str]) -> list[Happened]:
        return self.watch.look(self.kitchen.tickets.update(order_ids, 0.0), self.now)

    def wait(self, seconds: float) -> list[Happened]:
        self.now += seconds
        return self.watch.late(self.now)

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.now, 7)


def test_the_first_board_is_no_news() -> None:
    orders = [make_order(str(number), created_at=1000.0) for number in range(50)]
    assert Ears(*orders).first == []


def test_a_new_ticket_is_heard_once_and_named() -> None:
    ears = Ears()
    order = ears.order(table_number="5")
    assert ears.hear(order) == [Happened(Alert.NEW, ("TABLE 5",))]
    assert ears.hear(order) == []
    assert ears.hear(replace(order, status=S.READY, version=2)) == [
        Happened(Alert.READY, ("TABLE 5",))
    ]


def test_fifty_that_came_while_the_link_was_lost_are_one_sound() -> None:
    ears = Ears(make_order("old", created_at=900.0))
    ears.now += 60
    happened = ears.list(*(ears.order(str(number)) for number in range(50)))
    heard = together(happened)
    assert heard is not None
    assert heard.alert is Alert.NEW
    assert heard.words == "NEW 50 tickets"


def test_a_change_is_heard_though_nobody_took_notice_of_the_ticket_yet() -> None:
    ears = Ears()
    order = ears.order()
    ears.hear(order)
    more = replace(order, items=(*order.items, make_item("Fries")), version=2)
    assert ears.hear(more) == [Happened(Alert.CHANGED, (order.label,))]
    assert ears.hear(replace(more, notes="no salt", version=3))[0].alert is Alert.CHANGED
    assert ears.hear(replace(more, notes="no salt", status=S.CONFIRMED, version=4)) == []


def test_a_cancelled_ticket_is_heard() -> None:
    ears = Ears()
    order = ears.order(table_number="5")
    ears.hear(order)
    cancelled = replace(order, status=S.CANCELLED, version=2)
    assert ears.hear(cancelled) == [Happened(Alert.CANCELLED, ("TABLE 5",))]
    assert ears.watch.waiting == {Alert.CANCELLED}
    ears.look(ears.kitchen.acknowledge().order_ids)
    assert ears.watch.waiting == frozenset()


def test_what_another_screen_brings_back_is_heard() -> None:
    ears = Ears()
    order = ears.order()
    ears.hear(order)
    ears.hear(replace(order, status=S.READY, version=2))
    back = ears.hear(replace(order, recalled=True, version=3))
    assert back == [Happened(Alert.RECALLED, (order.label,))]


def test_what_is_done_here_is_not_heard() -> None:
    ears = Ears()
    order = ears.order()
    ears.hear(order)
    assert ears.does(ears.kitchen.bump("a", ears.stamp)) == []
    command = next(iter(ears.kitchen.outbox))
    ready = replace(order, status=S.READY, version=2)
    ears.kitchen.outbox.end(command)
    assert ears.look(ears.kitchen.end(Answered(command, ready))) == []
    assert ears.hear(ready) == []
    assert ears.does(ears.kitchen.recall_last(ears.stamp)) == []
    recall = next(iter(ears.kitchen.outbox))
    ears.kitchen.outbox.end(recall)
    back = replace(order, recalled=True, version=3)
    assert ears.look(ears.kitchen.end(Answered(recall, back))) == []
    assert ears.hear(back) == []


def test_what_was_brought_back_here_only_and_bumped_again_is_not_heard() -> None:
    ears = Ears()
    ears.kitchen.capabilities = frozenset()
    ears.hear(ears.order(status=S.READY))
    assert ears.does(ears.kitchen.recall_last(ears.stamp)) == []
    assert ears.does(ears.kitchen.bump("a", ears.stamp)) == []
    assert ears.kitchen.tickets.get("a") is None
    ears.hear(ears.order(status=S.PREPARING, version=2, recalled=True))
    ready = ears.hear(ears.order(status=S.READY, version=3))
    assert [each.alert for each in ready] == [Alert.READY], "another screen's is"


def test_a_ticket_that_turns_late_is_heard_once() -> None:
    ears = Ears()
    order = ears.order(table_number="5")
    ears.hear(order)
    assert ears.wait(LATE - 1) == []
    assert ears.wait(1) == [Happened(Alert.LATE, ("TABLE 5",))]
    assert ears.wait(100) == []
    ears.hear(replace(order, status=S.READY, version=2))
    ears.hear(replace(order, recalled=True, version=3))
    assert ears.wait(1) == [], "it was late before it was bumped"


def test_one_leaves_while_another_turns_late() -> None:
    ears = Ears()
    ears.hear(ears.order("a"))
    ears.now += 60
    ears.hear(ears.order("b"))
    ears.wait(LATE - 60)
    ears.now += 60
    ears.hear(ears.order("a", status=S.READY, version=2))
    assert [each.labels for each in ears.wait(0)] == [("#b",)]


def test_what_is_held_is_not_late_when_another_is() -> None:
    ears = Ears()
    ears.hear(ears.order("held", items=(make_item(is_held=True),)), ears.order("b"))
    assert [each.labels for each in ears.wait(LATE)] == [("#b",)]
    ears.hear(ears.order("held", version=2, items=(make_item(fired_at=ears.now),)))
    assert [each.labels for each in ears.wait(LATE)] == [("#held",)]


def test_a_scheduled_order_is_heard_when_its_time_comes() -> None:
    ears = Ears()
    later = {"status": S.PENDING, "is_scheduled": True, "fire_at": ears.now + 500}
    orders = [ears.order(order_id, **later) for order_id in "abcd"]
    ears.hear(*orders)
    ears.look(ears.kitchen.acknowledge().order_ids)
    assert ears.watch.due(ears.now + 499) == []
    fired = replace(orders[0], version=2, fire_at=ears.now)
    assert ears.hear(fired) == [Happened(Alert.NEW, ("#a",))], "by another screen"
    ears.kitchen.capabilities = frozenset({"fire"})
    assert ears.does(ears.kitchen.fire("b", ears.stamp), "b") == [], "by this one"
    ears.hear(replace(orders[2], version=2, status=S.CANCELLED))
    assert ears.watch.due(ears.now + 500) == [Happened(Alert.NEW, ("#d",))]
    assert ears.watch.due(ears.now + 501) == []


def test_what_comes_late_is_no_news_of_being_late() -> None:
    ears = Ears()
    ears.list(ears.order("a", created_at=ears.now - LATE - 5))
    assert ears.wait(1) == []
    assert [each.labels for each in ears.wait(LATE)] == []


def test_a_station_hears_its_own_tickets_only() -> None:
    ears = Ears(station="grill")
    salad = make_item("Caesar Salad", station="cold")
    assert ears.hear(ears.order("a", items=(salad,))) == []
    assert ears.hear(ears.order("b", items=(salad, make_item("Steak", station="grill")))) != []


class AnyKitchen(RuleBasedStateMachine):
    """Whatever happens: one sound at most for what happened together, and late once a ticket."""

    def __init__(self) -> None:
        super().__init__()
        self.ears = Ears()
        self.orders: dict[str, Order] = {}
        self.late: Counter[str] = Counter()
        self.heard: list[Happened] = []

    def _take(self, happened: list[Happened]) -> None:
        self.heard = happened
        self.late.update(
            label for each in happened if each.alert is Alert.LATE for label in each.labels
        )

    @rule(order_id=st.sampled_from("abcde"), status=st.sampled_from(OrderStatus))
    def told(self, order_id: str, status: OrderStatus) -> None:
        known = self.orders.get(order_id)
        order = replace(
            known or self.ears.order(order_id),
            status=status,
            version=known.version + 1 if known else 1,
        )
        self.orders[order_id] = order
        self._take(self.ears.hear(order))

    @rule(order_id=st.sampled_from("abcde"), notes=st.sampled_from(["", "no salt", "spicy"]))
    def changed(self, order_id: str, notes: str) -> None:
        if order_id in self.orders:
            known = self.orders[order_id]
            self.orders[order_id] = order = replace(known, notes=notes, version=known.version + 1)
            self._take(self.ears.hear(order))

    @rule()
    def listed(self) -> None:
        listed = (each for each in self.orders.values() if each.status not in FINISHED)
        self._take(self.ears.list(*listed))

    @rule(seconds=st.sampled_from([1.0, 60.0, LATE]))
    def time_passes(self, seconds: float) -> None:
        self._take(self.ears.wait(seconds))

    @rule(order_id=st.sampled_from("abcde"))
    def bumped_here(self, order_id: str) -> None:
        happened = self.ears.does(self.ears.kitchen.bump(order_id, self.ears.stamp), order_id)
        assert happened == []

    @rule()
    def noticed_here(self) -> None:
        assert self.ears.look(self.ears.kitchen.acknowledge().order_ids) == []

    @invariant()
    def late_is_heard_once_a_ticket(self) -> None:
        assert all(count == 1 for count in self.late.values())

    @invariant()
    def what_happened_together_is_one_sound(self) -> None:
        heard = together(self.heard)
        assert (heard is None) == (not self.heard)
        tickets = [(each.alert, label) for each in self.heard for label in each.labels]
        assert len(set(tickets)) == len(tickets), "nothing is told twice"


TestAnyKitchen = AnyKitchen.TestCase
TestAnyKitchen.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


LIVE, LOST = LinkStatus(LinkState.LIVE), LinkStatus(LinkState.RECONNECTING)


def heard_at(*looks: tuple[float, LinkStatus]) -> list[float]:
    watch = LinkWatch()
    return [now for now, status in looks if watch.look(status, now)]


def seconds(begin: float, end: float, status: LinkStatus) -> list[tuple[float, LinkStatus]]:
    return [(float(now), status) for now in range(int(begin), int(end))]


def test_a_link_that_comes_and_goes_is_heard_once_in_a_while() -> None:
    looks = [(0.0, LIVE)]
    for begin in range(1, 51, 10):
        looks += [*seconds(begin, begin + 7, LOST), *seconds(begin + 7, begin + 10, LIVE)]
    assert heard_at(*looks) == [1 + LINK_PATIENCE]


def test_a_link_that_comes_and_goes_and_stays_away_is_heard_again() -> None:
    looks = [(0.0, LIVE), *seconds(1, 10, LOST), *seconds(10, 20, LIVE), *seconds(20, 600, LOST)]
    first = 1 + LINK_PATIENCE
    assert heard_at(*looks) == [first, first + LINK_QUIET]
