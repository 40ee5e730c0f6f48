"""An order as programs read it: what `kds-tui orders --json` and `kds-tui watch` write.

The keys are promised (docs/shell.md): one may be added, none is renamed or taken away. Every key
is always there. Times are ISO 8601 in UTC, null where there is none; text is clean.
"""

from __future__ import annotations

from kds_tui.core.clock import format_time
from kds_tui.core.order import Item, Order
from kds_tui.core.stations import Routing

Fields = dict[str, object]
"""Of a JSON object."""


def order_fields(order: Order, routing: Routing) -> Fields:
    """Write an order for programs.

    Args:
        order: any.
        routing: which item goes to which station.

    Returns:
        Its fields, to be encoded as JSON.
    """
    return {
        "id": order.id,
        "number": order.order_number,
        "short_number": order.short_number,
        "label": order.label,
        "status": order.status.value,
        "type": order.type.value,
        "table": order.table_number,
        "seat": order.seat_number,
        "customer": order.customer_name,
        "server": order.server_name,
        "covers": order.covers,
        "notes": order.notes,
        "rush": order.rush,
        "recalled": order.recalled,
        "held": order.is_held,
        "scheduled": order.is_scheduled,
        "voice": order.is_voice,
        "paid": order.is_paid,
        "created_at": _moment(order.created_at),
        "begins_at": _moment(order.begins_at),
        "ready_at": _moment(order.ready_at),
        "updated_at": _moment(order.updated_at),
        "version": order.version,
        "items": [_item_fields(item, order, routing) for item in order.items],
        "voided_items": [_item_fields(item, order, routing) for item in order.voided_items],
    }


def _item_fields(item: Item, order: Order, routing: Routing) -> Fields:
    station, *copies = routing.stations_of(item, order.type)
    return {
        "id": item.id,
        "menu_item_id": item.menu_item_id,
        "name": item.name,
        "quantity": item.quantity,
        "modifiers": [
            {"name": modifier.name, "kind": modifier.kind.value} for modifier in item.modifiers
        ],
        "notes": item.notes,
        "seat": item.seat_number,
        "course": item.course,
        "category": item.category,
        "station": station,
        "copied_to": copies,
        "held": item.is_held,
        "fired_at": _moment(item.fired_at),
        "done": item.is_done,
    }


def _moment(seconds: float | None) -> str | None:
    return format_time(seconds) if seconds else None
