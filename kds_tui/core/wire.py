"""Frames and REST bodies of the Restaurant OS protocol: bytes to values, and back.

Real data is untidy: modifiers are strings or objects, `total` or `total_amount`, both spellings of
an id, dotted and colon event names, a payload wrapped or bare, a status of null. All of it is read
here, all foreign text is cleaned here, and nothing behind this module has to think of either.
A field that cannot be read costs that field, never the order, and the card says so: a ticket that
is not there at all is worse than one that sends the cook to the till.

    WireError            what cannot be read; counted and skipped by the caller
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from kds_tui.core.clock import parse_time
from kds_tui.core.json_text import UNREADABLE, read_json
from kds_tui.core.json_text import WireError as WireError
from kds_tui.core.order import (
    Item,
    Modifier,
    ModifierKind,
    Order,
    OrderStatus,
    OrderType,
    mentions_allergy,
    modifier_kind,
)
from kds_tui.core.text import ELLIPSIS, NOTE_LIMIT, clean
from kds_tui.core.wire_rows import ItemRow, Loose, ModifierRow, OrderRow

MAX_ITEMS: Final = 500
"""Most items of one order that are read; the card says how many more there were."""

MAX_MODIFIERS: Final = 50
"""Most modifiers of one item that are kept, allergies first; one more says how many were not."""

MAX_MODIFIERS_READ: Final = 200
"""Most modifiers of one item that are looked at, to find the allergies among them: 500 items of
that many take 0.2 s."""

MAX_READ: Final = 16 * NOTE_LIMIT
"""How far a text that is too long to show is searched for an allergy, in characters."""

FURTHER_ON: Final = "ALLERGY further on: "
"""What a text begins with that mentions an allergy only where it was cut off."""

ASK: Final = " ask the till"
"""What stands behind the ellipsis of a text that was cut."""

MAX_QUANTITY: Final = 9999
"""Largest quantity shown as it is."""

MAX_COVERS: Final = 9999
"""Most guests of one order; a number beyond is none."""

COURSE_LIMIT: Final = 20
"""Longest name of a course that is shown."""

MAX_PREP_MINUTES: Final = 600
"""Longest time that a dish takes; what is longer is a mistake of the menu."""

ID_LIMIT: Final = 200
"""Longest id of a line, which the server is told again: the longest that the hub takes."""


def text_of(value: Loose | UnsetType, limit: int = 80) -> str:
    """Read a scalar as clean text.

    Args:
        value: what the server sent.
        limit: longest result in characters.

    Returns:
        The text; empty for null, true, false and what was absent.
    """
    if value is None or isinstance(value, bool | UnsetType):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value), limit)


def _words(value: Loose | UnsetType) -> str:
    """Read what a cook must not miss a word of; where it is cut, an allergy behind is told."""
    words = text_of(value, NOTE_LIMIT)
    if not words.endswith(ELLIPSIS):
        return words
    whole = text_of(value, MAX_READ)
    if whole == words:
        return words
    ahead = "" if mentions_allergy(words) or not mentions_allergy(whole) else FURTHER_ON
    return clean(ahead + whole, NOTE_LIMIT - len(ASK)) + ASK


def _whole(value: Loose | UnsetType, default: int | None) -> int | None:
    if isinstance(value, str):
        value = value.strip()
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    # NaN and the infinities are not between any bounds.
    return int(value) if -1e9 < value < 1e9 else default


def _moment(value: Loose) -> float | None:
    if isinstance(value, str):
        return parse_time(value)
    return None


def _first(*values: Loose | UnsetType) -> Loose:
    for value in values:
        if value is not None and value is not UNSET and value != "":
            return cast("Loose", value)
    return None


_KIND_ORDER: Final = {kind: place for place, kind in enumerate(ModifierKind)}


def _modifiers(row: ItemRow) -> tuple[Modifier, ...]:
    found: dict[str, Modifier] = {}
    entries = (row.modifiers or []) + (row.modifications or [])
    for entry in entries[:MAX_MODIFIERS_READ]:
        name = _words(entry.name if isinstance(entry, ModifierRow) else entry)
        if name:
            # The web client may send the same words as modifiers and as modifications.
            found.setdefault(name.casefold(), Modifier(name, modifier_kind(name)))
    unread = len(entries[MAX_MODIFIERS_READ:])
    return _most_important(found, unread)


def _most_important(found: dict[str, Modifier], unread: int) -> tuple[Modifier, ...]:
    modifiers = sorted(found.values(), key=lambda modifier: _KIND_ORDER[modifier.kind])
    missing = unread + len(modifiers[MAX_MODIFIERS:])
    if missing:
        more = Modifier(f"and {missing} more: ask the till", ModifierKind.OTHER)
        modifiers[MAX_MODIFIERS:] = [more]
    return tuple(modifiers)


def _item(row: ItemRow, place: int) -> Item:
    quantity = _whole(row.quantity, None)
    notes = _first(row.special_instructions, row.specialInstructions, row.notes)
    return Item(
        id=text_of(row.id, ID_LIMIT) or str(place),
        menu_item_id=text_of(row.menu_item_id),
        name=_words(row.name) or "(no name)",
        quantity=1 if quantity is None else max(-MAX_QUANTITY, min(MAX_QUANTITY, quantity)),
        modifiers=_modifiers(row),
        notes=_words(notes),
        seat_number=_whole(_first(row.seat_number, row.seatNumber), None),
        station=text_of(row.station),
        is_done=text_of(row.status).casefold() in _ITEM_DONE,
        changed_version=_whole(row.changed_version, 0) or 0,
        added_at=_moment(row.added_at),
        previous_quantity=_whole(row.previous_quantity, None),
        course=text_of(row.course, COURSE_LIMIT),
        is_held=row.held is True,
        fired_at=_moment(row.fired_at),
        category=text_of(row.category),
        prep_minutes=_prep_minutes(row),
    )


def _prep_minutes(row: ItemRow) -> int | None:
    minutes = _whole(row.prep_time_minutes, None)
    return minutes if minutes is not None and 1 <= minutes <= MAX_PREP_MINUTES else None


_ITEM_DONE: Final = frozenset({"ready", "completed"})


def _items(rows: list[ItemRow]) -> tuple[Item, ...]:
    items = [_item(row, place) for place, row in enumerate(rows[:MAX_ITEMS])]
    ids = [item.id for item in items]
    if len(set(ids)) < len(ids):
        # A server that keeps what it was sent may have the same id twice; a mark is on one line.
        items = [
            replace(item, id=f"{item.id}@{place}") if item.id in ids[:place] else item
            for place, item in enumerate(items)
        ]
    if len(rows) > MAX_ITEMS:
        rest = rows[MAX_ITEMS:]
        allergies = {
            modifier.name.casefold(): modifier
            for row in rest[:MAX_ITEMS]
            for modifier in _modifiers(row)
            if modifier.kind is ModifierKind.ALLERGY
        }
        name = f"and {len(rest)} more items: ask the till"
        items.append(Item("more", "", name, modifiers=_most_important(allergies, 0)))
    return tuple(items)


_STATUS_SPELLINGS: Final[dict[str, OrderStatus]] = {
    **{status.value: status for status in OrderStatus},
    "picked_up": OrderStatus.PICKED_UP,
    "canceled": OrderStatus.CANCELLED,
    "in-progress": OrderStatus.PREPARING,
}

_TYPE_SPELLINGS: Final[dict[str, OrderType]] = {
    "dine-in": OrderType.DINE_IN,
    "kiosk": OrderType.DINE_IN,
    "takeout": OrderType.TAKEOUT,
    "pickup": OrderType.TAKEOUT,
    "delivery": OrderType.DELIVERY,
    "drive-thru": OrderType.DRIVE_THRU,
    "online": OrderType.ONLINE,
}


def status_of(value: Loose) -> OrderStatus:
    """Read a status.

    Args:
        value: as sent; null stands for `new`.

    Returns:
        The status. One that nobody knows counts as `pending`: an order with a strange status must
        be seen by a cook, not lost.
    """
    if value is None or value == "":
        return OrderStatus.NEW
    return _STATUS_SPELLINGS.get(text_of(value).casefold(), OrderStatus.PENDING)


def _order_type(row: OrderRow, table_number: str) -> OrderType:
    metadata = row.metadata or {}
    # The server folds seven types into three and keeps the real one in its metadata.
    for value in (metadata.get("uiType"), metadata.get("originalType"), row.type):
        spelled = value.casefold().replace("_", "-") if isinstance(value, str) else ""
        if spelled in _TYPE_SPELLINGS and not (spelled == "online" and table_number):
            return _TYPE_SPELLINGS[spelled]
    return OrderType.DINE_IN if table_number else OrderType.ONLINE


_PAYMENTS: Final = {"paid": True, "unpaid": False, "pending": False, "failed": False}
"""What a payment's status means at the pass; of any other, a refund too, nothing is said."""


def _covers(row: OrderRow, metadata: dict[str, Any]) -> int | None:
    for value in (row.covers, metadata.get("covers"), metadata.get("guestCount")):
        covers = _whole(value, None)
        if covers is not None and 1 <= covers <= MAX_COVERS:
            return covers
    return None


def _is_voice(row: OrderRow, metadata: dict[str, Any]) -> bool:
    kinds = (metadata.get("source"), metadata.get("originalType"), row.type)
    return any(isinstance(kind, str) and kind.casefold() == "voice" for kind in kinds)


def order_of(row: OrderRow) -> Order:
    """Turn a row into an order, its text cleaned.

    Args:
        row: as decoded.

    Returns:
        The order.

    Raises:
        WireError: the row has no id, so that nothing could be done with it.
    """
    order_id = text_of(_first(row.id, row.orderId, row.order_id))
    if not order_id:
        raise WireError("an order without an id")
    table_number = text_of(_first(row.table_number, row.tableNumber))
    customer_name = text_of(_first(row.customer_name, row.customerName))
    metadata = row.metadata or {}
    server_name = metadata.get("serverName")
    scheduled = row.is_scheduled is True
    created_at = _moment(row.created_at) or 0.0
    return Order(
        id=order_id,
        order_number=text_of(row.order_number) or order_id[:8],
        status=status_of(row.status),
        type=_order_type(row, table_number),
        items=_items(row.items or []),
        table_number=table_number,
        seat_number=_whole(_first(row.seat_number, row.seatNumber), None),
        customer_name="" if customer_name.casefold() == "guest" else customer_name,
        notes=_words(row.notes),
        server_name=clean(server_name) if isinstance(server_name, str) else "",
        created_at=created_at,
        updated_at=_moment(row.updated_at) or created_at,
        preparing_at=_moment(row.preparing_at),
        ready_at=_moment(row.ready_at),
        fire_at=_moment(_first(row.auto_fire_time, row.scheduled_pickup_time))
        if scheduled
        else None,
        is_scheduled=scheduled,
        pickup_at=_moment(row.scheduled_pickup_time) if scheduled else None,
        version=_whole(row.version, 1) or 1,
        restaurant_id=text_of(row.restaurant_id),
        recalled=metadata.get("recalled") is True,
        recalled_version=_whole(row.recalled_version, 0) or 0,
        rush=row.rush is True,
        voided_items=_items(row.voided_items or []),
        covers=_covers(row, metadata),
        is_paid=_PAYMENTS.get(text_of(row.payment_status).casefold()),
        is_voice=_is_voice(row, metadata),
    )


_order_decoder: Final = msgspec.json.Decoder(OrderRow)
_list_decoder: Final = msgspec.json.Decoder(list[Raw])
_fields_decoder: Final = msgspec.json.Decoder(dict[str, Raw])

_RowT = TypeVar("_RowT", bound=Struct)

_MISSED_BY_NOBODY: Final = frozenset(
    {
        *("metadata", "price", "subtotal", "tax", "total", "total_amount", "payment_status"),
        *("covers", "category", "fired_at", "prep_time_minutes", "recalled_version"),
    }
)
"""Fields that a cook does not need to know are unreadable."""

_NOT_READ: Final = ItemRow(id="unread", name="part of this order is unreadable: ask the till")


def decode_order(body: bytes | Raw) -> Order:
    """Read one order row.

    Args:
        body: JSON.

    Returns:
        The order.

    Raises:
        WireError: not JSON, not an order, or without an id.
    """
    return read_json(body, _decode_order)


def _decode_order(body: str | bytes | Raw) -> Order:
    try:
        return order_of(_order_decoder.decode(body))
    except msgspec.ValidationError:
        return order_of(_salvaged_order(body))


def _salvaged_order(body: str | bytes | Raw) -> OrderRow:
    fields = _fields_decoder.decode(body)
    items = fields.pop("items", None)
    row, complete = _salvaged(OrderRow, fields)
    row.items = []
    if items is not None:
        row.items, items_complete = _salvaged_items(items)
        complete = complete and items_complete
    if not complete:
        row.items.insert(0, _NOT_READ)
    return row


def _salvaged_items(body: Raw) -> tuple[list[ItemRow], bool]:
    rows: list[ItemRow] = []
    complete = True
    try:
        raw_items = _list_decoder.decode(body)
    except UNREADABLE:
        return [], bytes(body).strip() == b"null"
    for raw in raw_items[:MAX_ITEMS]:
        try:
            row, row_complete = _salvaged(ItemRow, _fields_decoder.decode(raw))
        except UNREADABLE:
            complete = False
        else:
            rows.append(row)
            complete = complete and row_complete
    return rows, complete and len(raw_items) <= MAX_ITEMS


def _salvaged(row_type: type[_RowT], fields: dict[str, Raw]) -> tuple[_RowT, bool]:
    kept: dict[str, object] = {}
    complete = True
    for field in msgspec.structs.fields(row_type):
        if field.encode_name in fields:
            try:
                kept[field.name] = msgspec.json.decode(fields[field.encode_name], type=field.type)
            except UNREADABLE:
                complete = complete and field.name in _MISSED_BY_NOBODY
    return row_type(**kept), complete


def decode_orders(body: bytes) -> tuple[list[Order], int]:
    """Read a list of order rows; one bad row does not cost the others.

    Args:
        body: a JSON array, or an object that wraps it as `orders`.

    Returns:
        The orders in the server's order, and how many rows could not be read.

    Raises:
        WireError: it is not such a list at all.
    """
    rows = read_json(body, _rows)
    orders: list[Order] = []
    bad = 0
    for row in rows:
        try:
            orders.append(decode_order(row))
        except WireError:
            bad += 1
    return orders, bad


def _rows(body: str | bytes | Raw) -> list[Raw]:
    start = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    if start.lstrip()[:1] == "{":
        return _list_decoder.decode(_fields_decoder.decode(body).get("orders", Raw(b"")))
    return _list_decoder.decode(body)
