"""The rules of orders, pure: what a new order becomes, and which changes it may undergo.

`now` is in seconds since the epoch everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypedDict

from msgspec.structs import replace

from kds_tui.core.clock import format_time, parse_time
from kds_tui.core.order import LEGAL_STEPS, OrderStatus
from kds_tui.hub.errors import Refusal
from kds_tui.hub.menu import Menu
from kds_tui.hub.order_request import (
    ItemAsked,
    ModifierAsked,
    OrderAsked,
    PaymentAsked,
    check_metadata,
)
from kds_tui.hub.order_row import ItemKept, ModifierKept, OrderKept

DEFAULT_PREP_MINUTES: Final = 15
"""How long before its pickup a scheduled order is started, when the menu does not say longer."""

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


class Totals(TypedDict):
    """What an order costs, in dollars."""

    subtotal: float
    tax: float
    total_amount: float


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
    items = new_items(asked.items, menu)
    check_seats(table_number, (seat, *(item.seat_number for item in items)), menu)
    check_metadata(asked.metadata or {})
    moment = format_time(now)
    order = OrderKept(
        id=order_id,
        restaurant_id=restaurant_id,
        order_number=f"{moment[:10].replace('-', '')}-{number:04d}",
        type=_ROW_TYPES.get(asked.type, "online"),
        status=OrderStatus.PENDING.value,
        items=items,
        **totals(items, tax_rate, asked.tip),
        notes=asked.notes or None,
        customer_name=asked.customerName or asked.customer_name,
        table_number=table_number,
        seat_number=seat,
        metadata=_metadata(asked),
        covers=asked.covers,
        payment_status=asked.payment_status or asked.paymentStatus or "unpaid",
        payment_method=asked.payment_method or asked.paymentMethod,
        created_at=moment,
        updated_at=moment,
    )
    pickup = asked.scheduledPickupTime or asked.scheduled_pickup_time
    return order if pickup is None else _scheduled(order, pickup)


def change_status(
    order: OrderKept, status: str, notes: str | None, now: float, *, terminal: str = ""
) -> OrderKept:
    """Take an order one step further, or change its note.

    Args:
        order: as it is.
        status: where it is to go; where it is already is no error, for a bump may come twice.
        notes: the order's new note; None keeps it.
        now: the time.
        terminal: where the step was asked for; empty when nobody tells.

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
        return changed(order, now, terminal=terminal, notes=notes or None)
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
    return changed(order, now, terminal=terminal, **fields)


def pay(order: OrderKept, asked: PaymentAsked, now: float) -> OrderKept:
    """Note how the payment of an order stands.

    As in Restaurant OS this is no new version: a payment must not stand in the way of a bump that
    was given before it.

    Args:
        order: as it is, in any status.
        asked: how its payment stands.
        now: the time.

    Returns:
        The order as it becomes; the same object when nothing changes.
    """
    method = asked.payment_method or order.payment_method
    if (asked.payment_status, method) == (order.payment_status, order.payment_method):
        return order
    return replace(
        order,
        payment_status=asked.payment_status,
        payment_method=method,
        updated_at=format_time(now),
    )


def cancel(order: OrderKept, reason: str | None, now: float) -> OrderKept:
    """Cancel an order; one that is cancelled already stays as it is.

    Raises:
        Refusal: it is completed (409).
    """
    cancelled = change_status(order, OrderStatus.CANCELLED, None, now)
    if cancelled is order or not reason:
        return cancelled
    return replace(cancelled, metadata={**order.metadata, "cancelReason": reason})


def changed(order: OrderKept, now: float, *, terminal: str = "", **fields: Any) -> OrderKept:
    """Make the next version of an order.

    Args:
        order: as it is.
        now: the time.
        terminal: where the change was asked for; empty when nobody tells.
        fields: what changes.

    Returns:
        The order as it becomes, with the note of whose hands it went through.
    """
    same_hand = bool(terminal) and order.touched_by == terminal
    return replace(
        order,
        version=order.version + 1,
        updated_at=format_time(now),
        touched_by=terminal or None,
        touched_since=order.touched_since if same_hand else order.version,
        **fields,
    )


def new_items(
    lines: Sequence[ItemAsked], menu: Menu, taken: Iterable[str] = ()
) -> tuple[ItemKept, ...]:
    """Make lines out of what was asked for.

    Args:
        lines: as asked.
        menu: gives stations and preparation times.
        taken: ids that the order has already.

    Returns:
        The lines; an id that comes twice gets a number behind it, or a mark on one line would be a
        mark on both.
    """
    known = set(taken)
    seen: Counter[str] = Counter()
    made: list[ItemKept] = []
    for line in lines:
        item = _item(line, menu)
        while item.id in known:
            seen[line.id] += 1
            item = replace(item, id=f"{line.id}-{seen[line.id] + 1}")
        known.add(item.id)
        made.append(item)
    return tuple(made)


def totals(items: Iterable[ItemKept], tax_rate: float, tip: float) -> Totals:
    """Add up what an order costs.

    Args:
        items: its lines.
        tax_rate: a fraction of the price.
        tip: in dollars.

    Returns:
        The fields of the row.
    """
    subtotal = sum(line_cents(item) for item in items)
    tax = _round(Decimal(subtotal) * Decimal(str(tax_rate)))
    total = subtotal + tax + _cents(tip)
    return {"subtotal": subtotal / 100, "tax": tax / 100, "total_amount": total / 100}


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
        category=known.category if known else line.category,
        course=None if line.course is None else str(line.course),
        held=line.held,
    )
    return replace(item, subtotal=line_cents(item) / 100)


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


def check_seats(table_number: str | None, seats: Iterable[int | None], menu: Menu) -> None:
    """Refuse a seat that the table does not have; a table that the menu does not know has any.

    Raises:
        Refusal: there is one (400).
    """
    table = menu.table(table_number) if table_number is not None else None
    for seat in seats:
        if table is not None and seat is not None and seat > table.seats:
            raise Refusal(
                400,
                f"Seat number {seat} exceeds table capacity of {table.seats}"
                f" for table {table.label}",
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


def line_cents(item: ItemKept) -> int:
    """Tell what a line costs, all its pieces and modifiers, in cents."""
    each = _cents(item.price) + sum(_cents(modifier.price) for modifier in item.modifiers)
    return each * item.quantity
