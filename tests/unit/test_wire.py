"""Rows of the order server: untidy data read, foreign text cleaned, only `WireError` raised."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.frames import decode_frame
from kds_tui.core.order import Modifier, ModifierKind, Order, OrderStatus, OrderType
from kds_tui.core.wire import (
    MAX_ITEMS,
    MAX_MODIFIERS,
    WireError,
    decode_order,
    decode_orders,
)
from kds_tui.core.wire_rows import OrderRow


def read(**fields: Any) -> Order:
    return decode_order(json.dumps({"id": "o1", **fields}).encode())


def item(**fields: Any) -> dict[str, Any]:
    return {"id": "i1", "menu_item_id": "m1", "name": "Soup", "quantity": 1, **fields}


def test_the_longest_id_of_a_line_that_the_hub_takes_is_told_back_whole() -> None:
    long = "till 7, " + 190 * "x"
    assert read(items=[item(id=long)]).items[0].id == long


_SPELLINGS = [
    ({"table_number": "12"}, "table_number", "12"),
    ({"tableNumber": 12}, "table_number", "12"),
    ({"table_number": None, "tableNumber": "12"}, "table_number", "12"),
    ({"order_number": 20261123}, "order_number", "20261123"),
    ({"order_number": 7.0}, "order_number", "7"),
    ({"order_number": 10**300}, "order_number", "1" + "0" * 78 + "…"),
    ({"order_number": None}, "order_number", "o1"),
    ({"seatNumber": "3"}, "seat_number", 3),
    ({"seat_number": 10**300}, "seat_number", None),
    ({"customerName": "Ann\x1b[2J"}, "customer_name", "Ann"),
    ({"customer_name": "guest"}, "customer_name", ""),
    ({"notes": "no nuts\nplease"}, "notes", "no nuts please"),
    ({"status": None}, "status", OrderStatus.NEW),
    ({"status": "picked_up"}, "status", OrderStatus.PICKED_UP),
    ({"status": "canceled"}, "status", OrderStatus.CANCELLED),
    ({"status": "flambéed"}, "status", OrderStatus.PENDING),
    ({"version": "7"}, "version", 7),
    ({"version": None}, "version", 1),
    ({"created_at": "2026-11-23T00:48:18.182+00:00"}, "created_at", 1795394898.182),
    ({"created_at": "2026-11-23T00:48:18.182Z"}, "created_at", 1795394898.182),
    ({"created_at": "2026-11-23T00:48:18"}, "created_at", 1795394898.0),
    ({"created_at": "yesterday"}, "created_at", 0.0),
    ({"type": "pickup"}, "type", OrderType.TAKEOUT),
    ({"type": "online", "metadata": {"uiType": "drive-thru"}}, "type", OrderType.DRIVE_THRU),
    ({"type": "online", "table_number": "4"}, "type", OrderType.DINE_IN),
    ({"type": "kiosk"}, "type", OrderType.DINE_IN),
    ({"covers": "4"}, "covers", 4),
    ({"covers": 0, "metadata": {"covers": 5, "guestCount": 6}}, "covers", 5),
    ({"metadata": {"guestCount": "6"}}, "covers", 6),
    ({"covers": 10**6}, "covers", None),
    ({"covers": [4]}, "covers", None),
    ({"payment_status": "PAID"}, "is_paid", True),
    ({"payment_status": "pending"}, "is_paid", False),
    ({"payment_status": "refunded"}, "is_paid", None),
    ({}, "is_paid", None),
    ({"type": "voice"}, "is_voice", True),
    ({"type": "dine-in", "metadata": {"source": "voice"}}, "is_voice", True),
    ({"type": "online", "metadata": {"originalType": "voice"}}, "is_voice", True),
    ({"metadata": {"source": ["voice"]}}, "is_voice", False),
    ({"auto_fire_time": "2026-11-23T00:48:18Z"}, "fire_at", None),
    ({"auto_fire_time": "2026-11-23T00:48:18Z", "is_scheduled": True}, "fire_at", 1795394898.0),
    ({"metadata": {"recalled": True}}, "recalled", True),
]


@pytest.mark.parametrize(("fields", "name", "value"), _SPELLINGS)
def test_untidy_fields_are_read(fields: dict[str, Any], name: str, value: object) -> None:
    assert getattr(read(**fields), name) == value


@pytest.mark.parametrize("name", ["id", "orderId", "order_id"])
def test_an_order_is_known_by_any_spelling_of_its_id(name: str) -> None:
    assert decode_order(json.dumps({name: "o9"}).encode()).id == "o9"


@pytest.mark.parametrize(
    ("modifiers", "names"),
    [
        (["No onions", "Nut allergy"], ["Nut allergy", "No onions"]),
        ([{"id": "1", "name": "Extra cheese", "price": 1.5}], ["Extra cheese"]),
        ([{"name": None}, None, True, "", "Rare"], ["Rare"]),
        (None, []),
    ],
)
def test_modifiers_are_texts_or_objects_with_allergies_first(
    modifiers: object, names: list[str]
) -> None:
    (soup,) = read(items=[item(modifiers=modifiers)]).items
    assert [modifier.name for modifier in soup.modifiers] == names


def test_modifications_are_modifiers_and_the_same_words_count_once() -> None:
    (soup,) = read(items=[item(modifiers=["No salt"], modifications=["no salt", "Hot"])]).items
    assert [modifier.name for modifier in soup.modifiers] == ["No salt", "Hot"]


@pytest.mark.parametrize(("sent", "read_as"), [(2, 2), ("3", 3), (None, 1), ("two", 1), (0, 0)])
def test_quantities(sent: object, read_as: int) -> None:
    assert read(items=[item(quantity=sent)]).items[0].quantity == read_as


def test_what_is_left_out_is_said_on_the_card() -> None:
    names = [f"dip {number}" for number in range(MAX_MODIFIERS + 2)]
    soup = read(items=[item(modifiers=names)]).items[0]
    assert soup.modifiers[-1] == Modifier("and 2 more: ask the till", ModifierKind.OTHER)
    last = read(items=[item()] * (MAX_ITEMS + 3)).items[-1]
    assert last.name == "and 3 more items: ask the till"


_UNREADABLE = "part of this order is unreadable: ask the till"


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"items": [item(), "Bread", item(name="Tea")]}, [_UNREADABLE, "Soup", "Tea"]),
        ({"items": [item(modifiers="no nuts")]}, [_UNREADABLE, "Soup"]),
        ({"items": [item(), item(name={"en": "Tea"})]}, [_UNREADABLE, "Soup", "(no name)"]),
        ({"items": "Soup", "table_number": "4"}, [_UNREADABLE]),
        ({"items": [item()], "notes": {"text": "no nuts"}}, [_UNREADABLE, "Soup"]),
        ({"items": [item(price=[])], "metadata": "none"}, ["Soup"]),
        ({"items": None, "metadata": []}, []),
    ],
)
def test_an_unreadable_field_does_not_cost_the_order(
    fields: dict[str, Any], names: list[str]
) -> None:
    found = read(status="preparing", **fields)
    assert found.status is OrderStatus.PREPARING
    assert [line.name for line in found.items] == names


@pytest.mark.parametrize(
    ("body", "ids", "bad"),
    [
        (b"[]", [], 0),
        (b'[{"id": "a"}, 7, {"id": "b"}, {}]', ["a", "b"], 2),
        (b' {"orders": [{"id": "a"}], "total": 1}', ["a"], 0),
    ],
)
def test_one_bad_row_does_not_cost_the_others(body: bytes, ids: list[str], bad: int) -> None:
    orders, bad_count = decode_orders(body)
    assert ([order.id for order in orders], bad_count) == (ids, bad)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"7",
        b"null",
        b'{"orders": null}',
        b'{"rows": []}',
        b"[1",
        b"\xff\xfe",
        b"[" * 9999,
    ],
)
def test_what_is_no_list_is_an_error(body: bytes) -> None:
    with pytest.raises(WireError):
        decode_orders(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": null}',
        b'{"id": ""}',
        b'{"id": {}}',
        b'{"id": "\xff"',
        b'{"a":' * 9999,
    ],
)
def test_what_is_no_order_is_an_error_that_quotes_nothing(body: bytes) -> None:
    with pytest.raises(WireError) as caught:
        decode_order(body)
    assert "\\xff" not in str(caught.value)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["1e999", "2026-11-23T00:48:18Z", "9999-12-31T23:59:59-14:00", "\x1b[2J"]),
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_FIELDS = st.sampled_from(sorted(OrderRow.__struct_fields__))
_ITEMS = st.lists(
    st.dictionaries(st.sampled_from(sorted(item(modifiers=0, notes=0))), _JSON) | _JSON
)
_ROWS = st.dictionaries(_FIELDS, _JSON).flatmap(
    lambda row: st.builds(lambda items: {**row, "items": items, "id": "o1"}, _ITEMS)
)


@given(_ROWS)
def test_any_row_with_an_id_becomes_an_order(row: dict[str, Any]) -> None:
    assert decode_order(json.dumps(row).encode()).id == "o1"


_FRAMES = st.dictionaries(
    st.sampled_from(["type", "payload", "order", "error", "seq", "epoch", "head_seq"]),
    _JSON
    | _ROWS
    | st.sampled_from(["order:updated", "order.status.changed", "heartbeat", "error"]),
)


@pytest.mark.parametrize("decode", [decode_order, decode_orders, decode_frame])
@given(
    body=st.binary(max_size=200) | (_FRAMES | _JSON).map(lambda value: json.dumps(value).encode())
)
def test_only_wire_errors_ever_escape(decode: Any, body: bytes) -> None:
    with suppress(WireError):
        decode(body)


def test_what_became_of_a_line() -> None:
    order = decode_order(
        b'{"id":"a","rush":true,"items":[{"id":"1","name":"Burger","quantity":3,"status":"ready",'
        b'"changed_version":4,"added_at":"1970-01-01T00:01:00Z","previous_quantity":1},'
        b'{"id":"2","name":"Fries","changed_version":5},{"id":"3","name":"Shake"}],'
        b'"voided_items":[{"id":"4","name":"Soup"}]}'
    )
    burger, fries, shake = order.items
    assert (burger.is_done, burger.changed_version, burger.added_at) == (True, 4, 60.0)
    assert (burger.previous_quantity, shake.is_done, shake.changed_version) == (1, False, 0)
    assert order.new_items == (fries,)
    assert (order.rush, [item.name for item in order.voided_items]) == (True, ["Soup"])


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"course": 2}, "course", "2"),
        ({"course": "Mains\x1b[2J"}, "course", "Mains"),
        ({"course": "x" * 30}, "course", "x" * 19 + "…"),
        ({"course": True}, "course", ""),
        ({"held": True}, "is_held", True),
        ({"held": "yes"}, "is_held", False),
        ({"fired_at": "2026-11-23T00:48:18Z"}, "fired_at", 1795394898.0),
        ({"fired_at": 7}, "fired_at", None),
        ({"category": "mains"}, "category", "mains"),
    ],
)
def test_courses_of_a_line(fields: dict[str, Any], name: str, value: object) -> None:
    (line,) = read(items=[item(**fields)]).items
    assert getattr(line, name) == value


def test_a_category_that_is_an_object_is_no_unreadable_order() -> None:
    (line,) = read(items=[item(category={"id": 1}, fired_at={})]).items
    assert (line.name, line.category, line.fired_at) == ("Soup", "", None)


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        ([], False),
        ([{"held": True}, {"held": True}], True),
        ([{"held": True}, {"held": False}], False),
        ([{"held": True}, {"held": False, "status": "ready"}], True),
        ([{"held": True, "status": "ready"}], False),
    ],
)
def test_an_order_is_held_when_all_that_is_open_of_it_is(
    lines: list[dict[str, Any]], held: bool
) -> None:
    order = read(items=[item(id=str(place), **line) for place, line in enumerate(lines)])
    assert order.is_held is held


def test_lines_with_one_id_are_told_apart() -> None:
    line = b'{"id":"burger","name":"Burger"}'
    order = decode_order(b'{"id":"a","items":[' + b",".join([line] * 3) + b"]}")
    assert [item.id for item in order.items] == ["burger", "burger@1", "burger@2"]
