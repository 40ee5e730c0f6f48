"""Orders for tests: builders with sensible defaults, and strategies that draw untidy ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from kds_tui.core.board import Board, SnapshotListed, SnapshotStarted
from kds_tui.core.frames import OrderRemoved, OrderUpserted
from kds_tui.core.order import (
    OPEN,
    Item,
    Modifier,
    ModifierKind,
    Order,
    OrderStatus,
    OrderType,
    modifier_kind,
)
from kds_tui.core.text import clean


def make_item(name: str = "Burger", *modifiers: str, **fields: Any) -> Item:
    """Build an item; its modifiers are sorted as the wire module sorts them."""
    kinds = list(ModifierKind)
    made = [Modifier(modifier, modifier_kind(modifier)) for modifier in modifiers]
    made.sort(key=lambda modifier: kinds.index(modifier.kind))
    return Item(name, name, name, modifiers=tuple(made), **fields)


def make_order(order_id: str = "a", **fields: Any) -> Order:
    """Build an order that is being cooked, with one burger."""
    values: dict[str, Any] = {
        "order_number": f"20261123-{order_id}",
        "status": OrderStatus.PREPARING,
        "items": (make_item(),),
    }
    return Order(order_id, **{**values, **fields})


def upserted(order: Order) -> OrderUpserted:
    """The event that tells an order."""
    return OrderUpserted(order, created=False)


def removed(order_id: str) -> OrderRemoved:
    """The event that takes an order away."""
    return OrderRemoved(order_id)


def list_all(board: Board, orders: Sequence[Order]) -> frozenset[str]:
    """List all orders while nothing else happens."""
    board.apply(SnapshotStarted())
    return board.apply(SnapshotListed(tuple(orders)))


words = st.text(
    st.sampled_from("abcdeno nut漢字é̈e\u0301\u200d👩👧🏽🌶️ا"), min_size=1, max_size=30
).map(clean)
"""Clean words, some wide, some combining, some joined, some longer than a line."""

sentences = st.lists(words, max_size=8).map(" ".join).map(lambda text: clean(text, 512))

items = st.builds(
    make_item,
    words.filter(bool),
    *[words.filter(bool) | st.sampled_from(["No onions", "peanut allergy", "Extra bacon"])] * 2,
    quantity=st.sampled_from([1, 2, 12, 9999, -3]),
    notes=sentences | st.sampled_from(["", "shellfish allergy: clean pan"]),
    seat_number=st.none() | st.sampled_from([1, 12, 999_999_999]),
    station=st.sampled_from(["", "grill", "Fry"]),
    category=st.sampled_from(["", "Mains", "Sides"]),
    is_done=st.booleans(),
    changed_version=st.sampled_from([0, 0, 3]),
    added_at=st.none() | st.just(5.0),
    previous_quantity=st.sampled_from([None, None, 1, 9999]),
    course=st.sampled_from(["", "", "1", "2", "Mains"]),
    is_held=st.booleans(),
    fired_at=st.none() | st.just(7.0),
)

open_orders = st.builds(
    make_order,
    st.sampled_from("abcdefgh"),
    status=st.sampled_from(sorted(OPEN)),
    type=st.sampled_from(OrderType),
    items=st.lists(items, max_size=6).map(tuple),
    table_number=st.sampled_from(["", "7", "Patio"]) | words,
    customer_name=st.sampled_from(["", "Maria"]) | words,
    seat_number=st.none() | st.integers(1, 99),
    notes=sentences,
    created_at=st.integers(0, 9).map(float),
    recalled=st.booleans(),
    rush=st.booleans(),
    voided_items=st.lists(items, max_size=2).map(tuple),
    covers=st.none() | st.sampled_from([1, 4, 9999]),
    is_paid=st.none() | st.booleans(),
    is_voice=st.booleans(),
    server_name=st.sampled_from(["", "Alex"]) | words,
)
"""Orders to be cooked, of all kinds."""

_small_items = st.builds(
    make_item,
    st.sampled_from(["Burger", "Fries", "Nut pie", "Tea"]),
    station=st.sampled_from(["", "grill", "Bar"]),
    category=st.sampled_from(["", "Sides"]),
    is_done=st.booleans(),
)

small_boards = st.lists(
    st.builds(
        make_order,
        status=st.sampled_from([OrderStatus.PREPARING, OrderStatus.PENDING, OrderStatus.READY]),
        type=st.sampled_from(OrderType),
        items=st.lists(_small_items, max_size=4).map(tuple),
        created_at=st.integers(0, 9).map(float),
    ),
    max_size=5,
).map(lambda orders: [replace(order, id=str(at)) for at, order in enumerate(orders)])
"""All orders of a small kitchen, with the ids 0, 1, 2 and so on."""
