"""Frames and bodies that no honest server sends: read as far as can be, or one kind of error."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from kds_tui.core.frames import OrderUpserted, decode_frame
from kds_tui.core.order import ModifierKind
from kds_tui.core.wire import (
    FURTHER_ON,
    MAX_ITEMS,
    MAX_MODIFIERS,
    WireError,
    decode_order,
    decode_orders,
)
from tests.hostile.frames import VALUES, frames, replaced_fields
from tests.hostile.oracle import lost_words

NUTS = "allergy: peanuts"


def row(**raw: str) -> bytes:
    """Write an order whose fields are JSON as it stands."""
    fields = {"id": '"o1"', "status": '"preparing"', "notes": json.dumps(NUTS), **raw}
    return ("{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}").encode()


def framed(order: bytes) -> bytes:
    return b'{"type":"order:updated","seq":3,"payload":{"order":' + order + b"}}"


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:20])
def test_a_field_of_any_kind_costs_that_field_and_not_the_order(value: str) -> None:
    for name, order in replaced_fields(value):
        read = decode_order(order.encode())
        assert read.id == "o1", name
        if name not in ("notes", "items"):
            assert read.notes == NUTS, name
        if name != "items" and not name.startswith("items."):
            assert [modifier.name for modifier in read.items[-1].modifiers] == ["No onion"], name


@pytest.mark.parametrize(
    "bad",
    [
        '"half \\ud83d emoji"',
        '"\\udf54 other half"',
        '"a\u0001raw\u001bcontrol"',
        '"cut\nline"',
        "NaN",
        "-Infinity",
    ],
    ids=ascii,
)
def test_a_text_or_number_that_is_no_json_costs_neither_order_nor_list(bad: str) -> None:
    order = row(customer_name=bad, total=bad, items=f'[{{"name":"Soup","notes":{bad}}}]')
    read = decode_order(order)
    assert (read.notes, read.items[0].name) == (NUTS, "Soup")
    if bad.startswith('"'):
        assert lost_words(json.loads(bad, strict=False), read.items[0].notes) == []
    frame = decode_frame(framed(order))
    assert isinstance(frame.content, OrderUpserted)
    assert (frame.seq, frame.content.order) == (3, read)
    listed, unread = decode_orders(b'[{"id":"o0"},' + order + b',{"id":"o2"}]')
    assert ([each.id for each in listed], unread) == (["o0", "o1", "o2"], 0)
    wrapped, _ = decode_orders(b'{"orders":[' + order + b"]}")
    assert wrapped == [read]


def test_a_text_in_another_encoding_costs_its_letters_only() -> None:
    order = row(customer_name='"Jos\\u00e9"').replace(b"\\u00e9", "é".encode("latin-1"))
    assert decode_order(order).customer_name == "Jos�"
    assert decode_order(order).notes == NUTS


@pytest.mark.parametrize("decode", [decode_frame, decode_order, decode_orders])
@pytest.mark.parametrize("depth", [500, 100_000])
@pytest.mark.parametrize("nest", ["[%s]", '{"a":%s}', '{"order":%s}', '{"payload":%s}'])
def test_any_depth_is_an_error_or_is_passed_over(
    decode: Callable[[bytes], object], depth: int, nest: str
) -> None:
    before, after = nest.split("%s")
    deep = before * depth + "1" + after * depth
    for text in (
        deep,
        before * depth,
        f'{{"type":"order:created","payload":{deep}}}',
        f'{{"id":"o1","metadata":{deep}}}',
        f'{{"id":"o1","items":[{{"modifiers":[{deep}]}}]}}',
        f'{{"orders":[{deep}]}}',
    ):
        with suppress(WireError):
            decode(text.encode())


def test_the_last_of_two_equal_keys_counts() -> None:
    assert decode_order(row(notes='"a","notes":"b"')).notes == "b"


def test_bad_frames_leave_nothing_behind() -> None:
    def decode(count: int, seed: int) -> None:
        for _, frame in zip(range(count), frames(seed), strict=False):
            with suppress(WireError):
                decode_frame(frame)

    decode(1_000, seed=1)  # fills the caches
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        decode(3_000, seed=2)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000  # 33 bytes a frame


def modifiers_of(row: dict[str, Any]) -> list[str]:
    order = decode_order(json.dumps({"id": "o1", "items": [row]}).encode())
    return [modifier.name for modifier in order.items[0].modifiers]


def test_an_allergy_among_a_hundred_modifiers_is_kept() -> None:
    many = [f"extra cheese {number}" for number in range(100)]
    shown = modifiers_of({"name": "Soup", "modifiers": [*many, NUTS]})
    assert shown[0] == NUTS
    assert shown[-1] == "and 51 more: ask the till"
    assert len(shown) == MAX_MODIFIERS + 1


def test_an_allergy_in_items_that_are_not_shown_is_told() -> None:
    items = [{"name": f"Soup {number}"} for number in range(MAX_ITEMS + 20)]
    items[-1]["modifiers"] = [NUTS]  # type: ignore[assignment]
    order = decode_order(json.dumps({"id": "o1", "items": items}).encode())
    last = order.items[-1]
    assert last.name == "and 20 more items: ask the till"
    assert [(each.name, each.kind) for each in last.modifiers] == [(NUTS, ModifierKind.ALLERGY)]


@pytest.mark.parametrize("place", ["notes", "item notes", "modifier", "item"])
def test_an_allergy_where_a_text_is_cut_is_told(place: str) -> None:
    text = "please " * 100 + NUTS
    item = {"name": "Soup", "notes": "", "modifiers": [""]}
    fields: dict[str, Any] = {"id": "o1", "notes": "", "items": [item]}
    match place:
        case "notes":
            fields["notes"] = text
        case "item notes":
            item["notes"] = text
        case "modifier":
            item["modifiers"] = [text]
        case _:
            item["name"] = text
    order = decode_order(json.dumps(fields).encode())
    line = order.items[0]
    shown = [order.notes, line.notes, line.name, *(each.name for each in line.modifiers)]
    assert [
        each for each in shown if each.startswith(FURTHER_ON) and each.endswith("… ask the till")
    ]


def test_a_list_of_allergies_is_not_cut_like_a_name() -> None:
    text = "allergy: " + ", ".join(["peanuts", "tree nuts", "sesame", "shellfish", "celery"] * 3)
    assert modifiers_of({"name": "Soup", "modifiers": [text]}) == [text]
