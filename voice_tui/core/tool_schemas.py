"""The tools' descriptions and JSON schemas, as a model reads them.

Names and shapes are those of Restaurant OS where it has the tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ORDER_TYPES: Final = ("dine-in", "takeout")

_NAME: Final = {"type": "string", "description": "The item's name as on the menu"}
_LINE: Final = {"type": "integer", "minimum": 1, "description": "Its line in the cart, from 1"}
_SEAT: Final = {"type": "integer", "minimum": 1}
_TEXTS: Final = {"type": "array", "items": {"type": "string"}}


def _quantity(least: int) -> dict[str, object]:
    return {"type": "integer", "minimum": least, "maximum": 99}


def _parameters(required: tuple[str, ...] = (), **properties: object) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


PARAMETERS: Final[Mapping[str, Mapping[str, object]]] = {
    "add_to_order": _parameters(
        ("items",),
        items={
            "type": "array",
            "items": _parameters(
                ("name", "quantity"),
                name=_NAME,
                quantity=_quantity(1),
                modifications={**_TEXTS, "description": "Changes: no onion, well done, large"},
                specialInstructions={"type": "string"},
                allergyNotes={"type": "string"},
                seat_number=_SEAT,
            ),
        },
        table_number={"type": "string"},
        seat_number=_SEAT,
        customer_name={"type": "string"},
        order_type={"type": "string", "enum": list(ORDER_TYPES)},
        allergyNotes={**_TEXTS, "description": "What a guest is allergic to, for the whole order"},
    ),
    "remove_from_order": _parameters(
        ("itemName",), itemName=_NAME, quantity=_quantity(1), line=_LINE
    ),
    "change_quantity": _parameters(
        ("itemName", "quantity"), itemName=_NAME, quantity=_quantity(0), line=_LINE
    ),
    "confirm_order": _parameters(
        ("action",), action={"type": "string", "enum": ["submit", "review"]}
    ),
    "cancel_order": _parameters(),
    "bump_order": _parameters(order_number={"type": "string"}, table_number={"type": "string"}),
    "recall_order": _parameters(order_number={"type": "string"}, table_number={"type": "string"}),
    "work_on_ticket": _parameters(
        ("action",),
        action={
            "type": "string",
            "enum": ["start", "rush", "unrush", "hold", "fire", "pick-up", "serve", "acknowledge"],
        },
        order_number={"type": "string"},
        table_number={"type": "string"},
        part={
            "type": "string",
            "description": "A course or an item of it: mains, 2, salmon; all with acknowledge",
        },
    ),
    "mark_unavailable": _parameters(
        ("itemName",), itemName=_NAME, available={"type": "boolean", "default": False}
    ),
    "what_is_all_day": _parameters(itemName=_NAME),
}

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "add_to_order": "Add items to the order, and note its table, seat, guest name or allergies. "
    "Only items that are on the menu and not sold out. With no items it notes the rest.",
    "remove_from_order": "Take an item out of the order; without a quantity, all of it.",
    "change_quantity": "Set how many of an item are in the order.",
    "confirm_order": "submit sends the order to the kitchen, only after the guest has heard it "
    "read back and agreed; review reads it back.",
    "cancel_order": "Throw the order away.",
    "bump_order": "For cooks: mark an order as done, by its number or its table.",
    "recall_order": "For cooks: bring a bumped order back; without a number, the last one.",
    "work_on_ticket": "For cooks: start an order, rush it to the front or take it back from there, "
    "hold it or a part of it, fire what is held, say that the guests have it, or acknowledge that "
    "it is new or changed; without a number, the order that is selected on the display.",
    "mark_unavailable": "For cooks: put an item out of stock (86), or back in stock.",
    "what_is_all_day": "For cooks: how many of an item are open in total; without a name, of all.",
}
