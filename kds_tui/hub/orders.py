"""The rules of orders, pure: what a new order becomes, and which changes it may undergo.

`now` is in seconds since the epoch everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from msgspec.structs import replace

from kds_tui.core.clock import format_time, parse_time
from kds_tui.core.order import LEGAL_STEPS, OrderStatus
from kds_tui.hub.errors import Refusal
from kds_tui.hub.menu import Menu
from kds_tui.hub.order_request import ItemAsked, ModifierAsked, OrderAsked, check_metadata
from kds_tui.hub.order_row import ItemKept, ModifierKept, OrderKept

DEFAULT_PREP_MINUTES: Final = 15
"""How long before its pickup a scheduled order is started, when the menu does not say longer."""

RECALL_WINDOW: Final = 1800.0
"""Seconds after its completion in which an order can still be brought back."""

_ROW_TYPES: Final[Mapping[str, str]] = {
    "drive-thru": "pickup",
    "takeout": "pickup",
    "pickup": "pickup",
    "delivery": "delivery",
}
"""Restaurant OS folds its types into three; the real one stays in `metadata.uiType`."""

_STAGE_FIELDS: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.PREPARING: "preparing_at",
    OrderStatus.READY: "ready_at",
    OrderStatus.COMPLETED: "completed_at",
    OrderStatus.CANCELLED: "cancelled_at",
}


def new_order(
    asked: OrderAsked,
    *,
    order_id: str,
    number: int,
    restaurant_id: str,
    menu: Menu,
    tax_rate: float,
    now: float,
) -> OrderKept:
    """Make an order out of what was asked for.

    Args:
        asked: the body, checked for its shape.
        order_id: a new UUID.
        number: the order's place in its day.
        restaurant_id: whose order it is.
        menu: gives stations, preparation times and tables.
        tax_rate: a fraction of the price.
        now: the time.

    Returns:
        The order, pending.

    Raises:
        Refusal: a seat that the table does not have, a pickup time that cannot be read, or too
            much metadata.
    """
    table = asked.tableNumber if asked.tableNumber is not None else asked.table_number
    table_number = None if table is None else str(table)
    seat = asked.seatNumber or asked.seat_number
    items = tuple(_item(line, menu) for line in asked.items)
    for wanted in (seat, *(item.seat_number for item in items)):
        _check_seat(table_number, wanted, menu)
    subtotal = sum(_line_cents(item) for item in items)
    tax = _round(Decimal(subtotal) * Decimal(str(tax_rate)))
    check_metadata(asked.metadata or {})
    moment = format_time(now)
    order = OrderKept(
        id=order_id,
        restaurant_id=restaurant_id,
        order_number=f"{moment[:10].replace('-', '')}-{number:04d}",
        type=_ROW_TYPES.get(asked.type, "online"),
        status=OrderStatus.PENDING.value,
        items=items,
        subtotal=subtotal / 100,
        tax=tax / 100,
        total_amount=(subtotal + tax + _cents(asked.tip)) / 100,
        notes=asked.notes or None,
        customer_name=asked.customerName or asked.customer_name,
        table_number=table_number,
        seat_number=seat,
        metadata=_metadata(asked),
        created_at=moment,
        updated_at=moment,
    )
    pickup = asked.scheduledPickupTime or asked.scheduled_pickup_time
    return order if pickup is None else _scheduled(order, pickup)


def change_status(order: OrderKept, status: str, notes: str | None, now: float) -> OrderKept:
    """Take an order one step further, or change its note.

    Args:
        order: as it is.
        status: where it is to go; where it is already is no error, for a bump may come twice.
        notes: the order's new note; None keeps it.
        now: the time.

    Returns:
        The order as it becomes; the same object when nothing changes.

    Raises:
        Refusal: there is no such status (400), or no legal step leads to it (409).
    """
    try:
        target = OrderStatus(status)
    except ValueError as error:
        raise Refusal(400, f"There is no status {status[:40]!r}", "INVALID_STATUS") from error
    current = OrderStatus(order.status)
    if target is current:
        if notes is None or notes == (order.notes or ""):
            return order
        return _changed(order, now, notes=notes or None)
    if target not in LEGAL_STEPS[current]:
        following = ", ".join(LEGAL_STEPS[current]) or "none"
        raise Refusal(
            409,
            f"Invalid state transition: {current} → {target}. Valid next states: {following}",
            "ILLEGAL_TRANSITION",
        )
    fields: dict[str, Any] = {"status": target.value}
    if target in _STAGE_FIELDS:
        fields[_STAGE_FIELDS[target]] = format_time(now)
    if notes is not None:
        fields["notes"] = notes or None
    return _changed(order, now, **fields)


def cancel(order: OrderKept, reason: str | None, now: float) -> OrderKept:
    """Cancel an order; one that is cancelled already stays as it is.

    Raises:
        Refusal: it is completed (409).
    """
    cancelled = change_status(order, OrderStatus.CANCELLED, None, now)
    if cancelled is order or not reason:
        return cancelled
    return replace(cancelled, metadata={**order.metadata, "cancelReason": reason})


def recall(order: OrderKept, now: float) -> OrderKept:
    """Bring a bumped order back to the kitchen.

    Raises:
        Refusal: it is not bumped, is cancelled, or was completed more than half an hour ago (409).
    """
    status = OrderStatus(order.status)
    if status is OrderStatus.PREPARING and order.metadata.get("recalled") is True:
        return order
    if status is OrderStatus.COMPLETED:
        completed_at = parse_time(order.completed_at) or 0.0
        if now - completed_at > RECALL_WINDOW:
            raise Refusal(
                409,
                f"Order was completed more than {RECALL_WINDOW / 60:.0f} minutes ago",
                "RECALL_EXPIRED",
            )
    elif status not in (OrderStatus.READY, OrderStatus.PICKED_UP):
        raise Refusal(409, f"An order that is {status} cannot be recalled", "ILLEGAL_TRANSITION")
    return _changed(
        order,
        now,
        status=OrderStatus.PREPARING.value,
        ready_at=None,
        completed_at=None,
        metadata={**order.metadata, "recalled": True},
    )


def fire(order: OrderKept, now: float) -> OrderKept:
    """Start a scheduled order now; one fired already stays as it is.

    Raises:
        Refusal: it is not scheduled, or the kitchen has it already (409).
    """
    if order.manually_fired:
        return order
    waiting = (OrderStatus.NEW, OrderStatus.PENDING, OrderStatus.CONFIRMED)
    if not order.is_scheduled or order.status not in waiting:
        raise Refusal(409, "Only a scheduled order that waits can be fired", "ILLEGAL_TRANSITION")
    return _changed(order, now, manually_fired=True, auto_fire_time=format_time(now))


def _changed(order: OrderKept, now: float, **fields: Any) -> OrderKept:
    return replace(order, version=order.version + 1, updated_at=format_time(now), **fields)


def _item(line: ItemAsked, menu: Menu) -> ItemKept:
    menu_item_id = line.menu_item_id or line.menuItemId or ""
    known = menu.find(menu_item_id)
    item = ItemKept(
        id=line.id,
        menu_item_id=menu_item_id,
        name=line.name,
        quantity=line.quantity,
        price=line.price,
        subtotal=0.0,
        modifiers=_modifiers(line),
        special_instructions=line.special_instructions or line.specialInstructions or None,
        notes=line.notes or None,
        seat_number=line.seat_number or line.seatNumber,
        station=known.station if known else None,
        prep_time_minutes=known.prep_minutes if known else None,
    )
    return replace(item, subtotal=_line_cents(item) / 100)


def _modifiers(line: ItemAsked) -> tuple[ModifierKept, ...]:
    kept: dict[str, ModifierKept] = {}
    for asked in (line.modifiers or []) + (line.modifications or []):
        entry = asked if isinstance(asked, ModifierAsked) else ModifierAsked(asked)
        # The same words may come as modifier and as modification: one is meant.
        kept.setdefault(
            entry.name.casefold(),
            ModifierKept(entry.id or f"modifier-{len(kept) + 1}", entry.name, entry.price),
        )
    return tuple(kept.values())


def _check_seat(table_number: str | None, seat: int | None, menu: Menu) -> None:
    table = menu.table(table_number) if table_number is not None else None
    if table is not None and seat is not None and seat > table.seats:
        raise Refusal(
            400,
            f"Seat number {seat} exceeds table capacity of {table.seats} for table {table.label}",
            "INVALID_SEAT",
        )


def _metadata(asked: OrderAsked) -> dict[str, Any]:
    own = {
        "originalType": asked.type,
        "uiType": asked.type.replace("_", "-"),
        "customerEmail": asked.customerEmail or asked.customer_email,
        "customerPhone": asked.customerPhone or asked.customer_phone,
        "tip": asked.tip or None,
    }
    return {**(asked.metadata or {}), **{key: value for key, value in own.items() if value}}


def _scheduled(order: OrderKept, pickup: str) -> OrderKept:
    pickup_at = parse_time(pickup)
    if pickup_at is None:
        raise Refusal(400, "scheduledPickupTime is not an ISO 8601 time", "INVALID_REQUEST")
    longest = max((item.prep_time_minutes or 0 for item in order.items), default=0)
    fire_at = pickup_at - 60 * (longest or DEFAULT_PREP_MINUTES)
    return replace(
        order,
        is_scheduled=True,
        scheduled_pickup_time=format_time(pickup_at),
        auto_fire_time=format_time(fire_at),
    )


def _round(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _cents(dollars: float) -> int:
    # By way of the text: 1.005 is meant as it was written, not as the float below it.
    return _round(Decimal(str(dollars)) * 100)


def _line_cents(item: ItemKept) -> int:
    each = _cents(item.price) + sum(_cents(modifier.price) for modifier in item.modifiers)
    return each * item.quantity
