"""What `kds-tui watch` tells: every change once, whatever way it came."""

from __future__ import annotations

from typing import Any, cast

from kds_tui.core.board import Board, FeedEvent, SnapshotListed, SnapshotStarted
from kds_tui.core.event_lines import EventLines
from kds_tui.core.frames import MenuChanged, OrderRemoved, OrderStatusChanged, OrderUpserted
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.order_fields import order_fields
from kds_tui.core.stations import Routing
from tests.unit.orders import make_item, make_order

NOW = 1_795_437_240.0


class Told:
    """Lines of a feed, each as a few words."""

    def __init__(self, station: str = "all") -> None:
        self.lines = EventLines(Board(), Routing(), station)

    def feed(self, *events: FeedEvent) -> list[str]:
        return [_words(line) for event in events for line in self.lines.feed(event, NOW)]

    def listed(self, *orders: Order) -> list[str]:
        return self.feed(SnapshotStarted(), SnapshotListed(orders, authoritative=True))


def _words(line: dict[str, object]) -> str:
    if line["event"] != "order":
        return str(line["event"])
    order = cast("dict[str, Any]", line["order"])
    return f"{line['change']} {order['id']} {order['status']}"


def upserted(order: Order, *, created: bool = False) -> OrderUpserted:
    return OrderUpserted(order, created=created)


def test_an_order_from_its_first_line_to_its_last() -> None:
    told = Told()
    assert told.listed(make_order("a")) == ["listed a preparing", "listed"]
    assert told.feed(upserted(make_order("b"), created=True)) == ["new b preparing"]
    assert told.feed(upserted(make_order("b"), created=True)) == []
    ready = make_order("b", status=OrderStatus.READY, version=2)
    assert told.feed(upserted(ready)) == ["changed b ready"]
    done = make_order("b", status=OrderStatus.COMPLETED, version=3)
    assert told.feed(upserted(done)) == ["gone b completed"]
    assert told.feed(OrderStatusChanged("a", OrderStatus.CANCELLED)) == ["gone a cancelled"]
    assert told.feed(OrderRemoved("a"), MenuChanged()) == ["menu"]


def test_a_list_after_a_reconnect_tells_what_is_different_and_nothing_else() -> None:
    told = Told()
    same, left = make_order("same"), make_order("left")
    told.listed(same, left, make_order("moved"))
    moved = make_order("moved", version=2, rush=True)
    assert sorted(told.listed(same, moved, make_order("came"))) == [
        "changed moved preparing",
        "gone left preparing",
        "listed",
        "listed came preparing",
    ]


def test_a_listing_is_told_in_the_order_of_cooking() -> None:
    orders = [make_order(name, created_at=at) for name, at in (("c", 3.0), ("a", 1.0), ("b", 2.0))]
    assert Told().listed(*orders)[:3] == [f"listed {name} preparing" for name in "abc"]


def test_a_station_is_told_of_its_own_orders() -> None:
    told = Told("Fry")
    grill = make_order("g", items=(make_item("Burger", station="grill"),))
    fries = make_order("f", items=(make_item("Fries", station="fry"),))
    assert told.listed(grill, fries) == ["listed f preparing", "listed"]
    voided = make_order("f", version=2, items=(make_item("Burger", station="grill"),))
    assert told.feed(upserted(voided)) == ["gone f preparing"]
    added = make_order("g", version=2, items=(*grill.items, *fries.items))
    assert told.feed(upserted(added)) == ["listed g preparing"]


def test_the_link_is_told_once_a_state() -> None:
    lines = EventLines(Board(), Routing())
    live = LinkStatus(LinkState.LIVE, heard_at=1.0)
    assert [line["state"] for line in lines.link(live, NOW)] == ["live"]
    assert lines.link(LinkStatus(LinkState.LIVE, heard_at=2.0), NOW) == []
    (stale,) = lines.link(LinkStatus(LinkState.LIVE, stale=True), NOW)
    assert (stale["event"], stale["stale"], stale["at"]) == (
        "link",
        True,
        "2026-11-23T12:34:00.000Z",
    )


def test_the_keys_are_promised() -> None:
    """They stand in docs/shell.md: adding one is fine, taking one away is not."""
    fields = order_fields(make_order("a", created_at=NOW, voided_items=(make_item(),)), Routing())
    assert list(fields) == [
        "id", "number", "short_number", "label", "status", "type", "table", "seat", "customer",
        "server", "covers", "notes", "rush", "recalled", "held", "scheduled", "voice", "paid",
        "created_at", "begins_at", "ready_at", "updated_at", "version", "items", "voided_items",
    ]  # fmt: skip
    (item,) = cast("list[dict[str, object]]", fields["items"])
    assert list(item) == [
        "id", "menu_item_id", "name", "quantity", "modifiers", "notes", "seat", "course",
        "category", "station", "copied_to", "held", "fired_at", "done",
    ]  # fmt: skip
    assert (fields["created_at"], fields["ready_at"]) == ("2026-11-23T12:34:00.000Z", None)
