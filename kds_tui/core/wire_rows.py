"""The rows of an order as servers send them, field by field, before anything is cleaned."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

Loose = str | int | float | bool | None
"""A scalar as foreign servers send it: a number where a text is due, or the other way round."""


class ModifierRow(Struct, omit_defaults=True):
    """A modifier as an object; plain strings stand for one with that name."""

    id: Loose = None
    name: Loose = None
    price: Loose = 0
    category: Loose = None


class ItemRow(Struct, omit_defaults=True):
    """An item as Restaurant OS stores it: verbatim what its creator sent."""

    id: Loose = None
    menu_item_id: Loose = None
    name: Loose = None
    quantity: Loose = 1
    price: Loose = 0
    subtotal: Loose = None
    modifiers: list[ModifierRow | Loose] | None = None
    modifications: list[ModifierRow | Loose] | None = None
    special_instructions: Loose = None
    specialInstructions: Loose = None
    notes: Loose = None
    seat_number: Loose = None
    seatNumber: Loose = None
    station: Loose = None
    status: Loose = None
    changed_version: Loose = 0
    added_at: Loose = None
    previous_quantity: Loose = None
    course: Loose = None
    held: Loose = False
    fired_at: Loose = None
    category: Loose = None
    prep_time_minutes: Loose = None


class OrderRow(Struct, kw_only=True):
    """An order row as REST answers and broadcasts carry it (the key set of the real server)."""

    id: Loose = None
    restaurant_id: Loose = None
    order_number: Loose = None
    type: Loose = None
    status: Loose = None
    items: list[ItemRow] | None = None
    subtotal: Loose = None
    tax: Loose = None
    total_amount: Loose = None
    total: Loose | UnsetType = UNSET
    notes: Loose = None
    customer_name: Loose = None
    customerName: Loose | UnsetType = UNSET
    table_number: Loose = None
    tableNumber: Loose | UnsetType = UNSET
    seat_number: Loose = None
    seatNumber: Loose | UnsetType = UNSET
    orderId: Loose | UnsetType = UNSET
    order_id: Loose | UnsetType = UNSET
    metadata: dict[str, Any] | None = None
    created_at: Loose = None
    updated_at: Loose = None
    preparing_at: Loose = None
    ready_at: Loose = None
    completed_at: Loose = None
    cancelled_at: Loose = None
    scheduled_pickup_time: Loose = None
    auto_fire_time: Loose = None
    is_scheduled: Loose = False
    manually_fired: Loose = False
    version: Loose = 1
    payment_status: Loose = None
    covers: Loose = None
    rush: Loose = False
    voided_items: list[ItemRow] | None = None
    recalled_version: Loose = 0
