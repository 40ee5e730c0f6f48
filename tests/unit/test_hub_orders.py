"""The hub's rules of orders, by tables."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kds_tui.core.order import LEGAL_STEPS, OrderStatus
from kds_tui.core.wire import decode_order
from kds_tui.hub import orders
from kds_tui.hub.errors import Refusal
from kds_tui.hub.menu import load_menu
from kds_tui.hub.order_request import InvalidBody, OrderAsked, PaymentAsked, read_body
from kds_tui.hub.order_row import OrderKept, decode_row, encode_row

MENU = load_menu(None)
NOW = 1_795_000_000.0
LINE = {"id": "1", "menu_item_id": "burger", "name": "Burger", "quantity": 1, "price": 10}

ROW_KEYS = [
    "id",
    "restaurant_id",
    "order_number",
    "type",
    "status",
    "items",
    "subtotal",
    "tax",
    "total_amount",
    "notes",
    "customer_name",
    "table_number",
    "seat_number",
    "metadata",
    "created_at",
    "updated_at",
    "preparing_at",
    "ready_at",
    "completed_at",
    "cancelled_at",
    "scheduled_pickup_time",
    "auto_fire_time",
    "is_scheduled",
    "manually_fired",
    "version",
    "payment_status",
    "payment_method",
    "payment_amount",
    "cash_received",
    "change_given",
    "payment_id",
    "check_closed_at",
    "closed_by_user_id",
    # What the hub adds.
    "rush",
    "voided_items",
    "covers",
    "recalled_version",
    "recalled_by",
    "touched_by",
    "touched_since",
]


def make(tax_rate: float = 0.08, **fields: Any) -> OrderKept:
    body = msgspec.json.encode({"items": [LINE], **fields})
    return orders.new_order(
        read_body(body, OrderAsked),
        order_id="o1",
        number=7,
        restaurant_id="r1",
        menu=MENU,
        tax_rate=tax_rate,
        now=NOW,
    )


def in_status(status: OrderStatus, **fields: Any) -> OrderKept:
    return replace(make(), status=status.value, **fields)


def test_a_row_has_all_keys_and_is_read_back() -> None:
    order = make(tableNumber="4", type="dine-in")
    row = encode_row(order)
    assert list(msgspec.json.decode(row)) == ROW_KEYS
    assert decode_row(row) == order
    seen = decode_order(row)  # by the display
    assert (seen.table_number, seen.items[0].station, seen.type) == ("4", "grill", "dine-in")


@pytest.mark.parametrize(
    ("line", "tip", "tax_rate", "totals"),
    [
        ({"quantity": 2, "price": 14, "modifiers": [{"name": "x", "price": 1.5}]}, 0, 0.08,
         (31, 2.48, 33.48)),
        ({"price": 0.1, "quantity": 3}, 0, 0, (0.3, 0, 0.3)),
        ({"price": 1.005}, 0, 0, (1.01, 0, 1.01)),
        ({"price": 10}, 2.5, 0.0825, (10, 0.83, 13.33)),
        ({"price": 10, "modifiers": [{"name": "less", "price": -1}]}, 0, 0, (9, 0, 9)),
    ],
)  # fmt: skip
def test_totals_are_reckoned_in_cents(
    line: dict[str, Any], tip: float, tax_rate: float, totals: tuple[float, ...]
) -> None:
    order = make(tax_rate, items=[{**LINE, **line}], tip=tip)
    assert (order.subtotal, order.tax, order.total_amount) == totals


@pytest.mark.parametrize(
    ("sent", "row_type", "ui_type"),
    [
        ("dine-in", "online", "dine-in"),
        ("dine_in", "online", "dine-in"),
        ("kiosk", "online", "kiosk"),
        ("voice", "online", "voice"),
        ("takeout", "pickup", "takeout"),
        ("drive-thru", "pickup", "drive-thru"),
        ("delivery", "delivery", "delivery"),
    ],
)
def test_types_are_folded_and_kept(sent: str, row_type: str, ui_type: str) -> None:
    order = make(type=sent)
    assert order.type == row_type
    assert (order.metadata["originalType"], order.metadata["uiType"]) == (sent, ui_type)


def test_courses_covers_and_payment_are_kept_and_the_menu_gives_the_category() -> None:
    strange = {**LINE, "menu_item_id": "x", "category": "specials", "course": "Mains"}
    order = make(
        items=[{**LINE, "course": 1, "category": "mine"}, {**strange, "held": True}],
        covers=4,
        payment_status="paid",
        payment_method="card",
    )
    assert [(item.category, item.course, item.held) for item in order.items] == [
        ("mains", "1", False),
        ("specials", "Mains", True),
    ]
    seen = decode_order(encode_row(order))
    assert (seen.covers, seen.is_paid, order.payment_method) == (4, True, "card")
    assert make().payment_status == "unpaid"


@pytest.mark.parametrize(
    "wrong",
    [{"covers": 0}, {"payment_status": "maybe"}, {"items": [{**LINE, "course": "x" * 21}]}],
)
def test_wrong_courses_covers_and_payments_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidBody) as caught:
        make(**wrong)
    assert caught.value.field == next(iter(wrong))


def test_a_payment_is_newer_and_no_new_version() -> None:
    order = make()
    paid = orders.pay(order, PaymentAsked("paid", "card"), NOW + 5)
    assert (paid.payment_status, paid.payment_method, paid.version) == ("paid", "card", 1)
    assert paid.updated_at > order.updated_at
    assert orders.pay(paid, PaymentAsked("paid"), NOW + 9) is paid
    seen, known = decode_order(encode_row(paid)), decode_order(encode_row(order))
    assert seen.supersedes(known)
    assert not known.supersedes(seen)


@pytest.mark.parametrize(
    ("camel", "snake", "field", "value"),
    [
        ("tableNumber", "table_number", "table_number", "12"),
        ("seatNumber", "seat_number", "seat_number", 2),
        ("customerName", "customer_name", "customer_name", "Ada"),
        ("scheduledPickupTime", "scheduled_pickup_time", "scheduled_pickup_time",
         "2099-01-01T12:00:00.000Z"),
    ],
)  # fmt: skip
def test_both_spellings_are_stored(camel: str, snake: str, field: str, value: Any) -> None:
    assert getattr(make(**{camel: value}), field) == value
    assert getattr(make(**{snake: value}), field) == value


def test_modifiers_are_always_objects() -> None:
    line = {
        **LINE,
        "modifiers": ["No onion", {"id": "m", "name": "Extra cheese", "price": 1.5}],
        "modifications": ["no onion", "Well done"],
    }
    (item,) = make(items=[line]).items
    assert [(entry.name, entry.price) for entry in item.modifiers] == [
        ("No onion", 0),
        ("Extra cheese", 1.5),
        ("Well done", 0),
    ]
    assert all(entry.id for entry in item.modifiers)


@pytest.mark.parametrize(("table", "seat", "fine"), [("1", 2, True), ("1", 3, False)])
@pytest.mark.parametrize("where", ["order", "item"])
def test_a_seat_must_be_at_its_table(table: str, seat: int, fine: bool, where: str) -> None:
    fields = {"seatNumber": seat} if where == "order" else {"items": [{**LINE, "seatNumber": seat}]}
    make(tableNumber="no such table", **fields)
    if fine:
        make(tableNumber=table, **fields)
    else:
        with pytest.raises(Refusal, match="exceeds table capacity"):
            make(tableNumber=table, **fields)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b'{"items":' + b"[" * 3000, b'{"items":[{"id":1}]}']
)
def test_a_body_of_another_shape(body: bytes) -> None:
    with pytest.raises(InvalidBody):
        read_body(body, OrderAsked)


@pytest.mark.parametrize(("start", "target"), [*itertools.product(OrderStatus, OrderStatus)])
def test_every_step(start: OrderStatus, target: OrderStatus) -> None:
    order = in_status(start)
    if target is start:
        assert orders.change_status(order, target, None, NOW) is order
    elif target in LEGAL_STEPS[start]:
        changed = orders.change_status(order, target, "hot", NOW + 60)
        assert (changed.status, changed.version, changed.notes) == (target, 2, "hot")
        assert changed.updated_at > order.updated_at
    else:
        with pytest.raises(Refusal) as refused:
            orders.change_status(order, target, None, NOW)
        assert (refused.value.status, refused.value.code) == (409, "ILLEGAL_TRANSITION")


def test_a_note_changes_without_a_step() -> None:
    order = in_status(OrderStatus.PENDING, notes="old")
    assert orders.change_status(order, "pending", "old", NOW) is order
    changed = orders.change_status(order, "pending", "new", NOW)
    assert (changed.status, changed.notes, changed.version) == ("pending", "new", 2)


def test_lines_that_come_with_the_same_id_get_their_own() -> None:
    order = make(items=[LINE, LINE, {**LINE, "id": "1-2"}, LINE])
    assert [item.id for item in order.items] == ["1", "1-2", "1-2-2", "1-3"]
    many = make(items=[LINE] * 500)
    assert len({item.id for item in many.items}) == 500


def test_a_row_of_the_first_version_of_the_hub_is_read() -> None:
    row = msgspec.json.decode(encode_row(make()))
    for field in ROW_KEYS[-6:]:
        del row[field]
    for field in ("status", "ready_at", "changed_version", "added_at", "previous_quantity"):
        del row["items"][0][field]
    assert decode_row(msgspec.json.encode(row)) == make()
