"""The tools of the order dialogue: what a model may call, and how its arguments are read.

One table publishes the schemas for `session.update` and reads the calls that come back, from the
model or from our gateway's own parser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

import msgspec

from voice_tui.core import tool_schemas
from voice_tui.core.numbers import MAX_QUANTITY, number_at
from voice_tui.core.text import clean

MAX_ARGUMENTS: Final = 20_000
"""Longest arguments read, in characters: a hundred items with their changes."""

_MAX_LIST: Final = 50
_TEXT_LIMIT: Final = 120
_NOTE_LIMIT: Final = 500


class ToolError(Exception):
    """A call that cannot be carried out; the text can be sent back as the call's output."""


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item in `add_to_order`.

    Args:
        name: as on the menu, or as it was said.
        quantity: 1 to 99.
        modifications: changes, in words.
        note: anything else for the kitchen.
        seat: whose it is; None leaves it to the order.
    """

    name: str
    quantity: int = 1
    modifications: tuple[str, ...] = ()
    note: str = ""
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class AddToOrder:
    """Put items in the cart, and say for whom they are; what is None or empty stays as it is."""

    items: tuple[AskedItem, ...] = ()
    table_number: str | None = None
    seat_number: int | None = None
    customer_name: str | None = None
    order_type: str | None = None
    allergies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveFromOrder:
    """Take an item out of the cart; no quantity takes all, `line` tells apart two lines of it."""

    item_name: str
    quantity: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeQuantity:
    """Set how many of an item are in the cart; none takes it out."""

    item_name: str
    quantity: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmOrder:
    """Send the cart to the kitchen, or with `review` only read it back."""

    review: bool = False


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Empty the cart."""


@dataclass(frozen=True, slots=True)
class BumpOrder:
    """Mark an order done; exactly one of both is given."""

    order_number: str | None = None
    table_number: str | None = None


@dataclass(frozen=True, slots=True)
class RecallOrder:
    """Bring a bumped order back; neither means the last one."""

    order_number: str | None = None
    table_number: str | None = None


class TicketWork(StrEnum):
    """What a cook does with a ticket beyond bumping it."""

    START = "start"
    RUSH = "rush"
    UNRUSH = "unrush"
    HOLD = "hold"
    FIRE = "fire"
    PICK_UP = "pick-up"
    SERVE = "serve"
    ACKNOWLEDGE = "acknowledge"
    """Take notice of what is new on it."""


ALL_TICKETS: Final = "all"
"""In place of a part: every ticket is meant."""


@dataclass(frozen=True, slots=True)
class WorkOnTicket:
    """Do something with a ticket; neither number nor table means the selected one."""

    action: TicketWork
    order_number: str | None = None
    table_number: str | None = None
    part: str | None = None
    """A course or an item of it, as it was said; None for the whole ticket. `ALL_TICKETS` with
    `ACKNOWLEDGE`."""


@dataclass(frozen=True, slots=True)
class MarkUnavailable:
    """Put an item out of stock, or back with `available`."""

    item_name: str
    available: bool = False


@dataclass(frozen=True, slots=True)
class WhatIsAllDay:
    """Ask how many of an item are open in total; None asks for all of them."""

    item_name: str | None = None


OrderCall = AddToOrder | RemoveFromOrder | ChangeQuantity | ConfirmOrder | CancelOrder
"""What changes the cart."""

CookCall = BumpOrder | RecallOrder | WorkOnTicket | MarkUnavailable | WhatIsAllDay
"""What goes to the kitchen display."""

ToolCall = OrderCall | CookCall


def tool_definitions() -> list[dict[str, object]]:
    """Give the tools as `session.update` wants them, flat as OpenAI's GA interface reads them."""
    return [
        {
            "type": "function",
            "name": name,
            "description": tool_schemas.DESCRIPTIONS[name],
            "parameters": tool_schemas.PARAMETERS[name],
        }
        for name in _READERS
    ]


def decode_call(name: str, arguments: str) -> ToolCall:
    """Read a function call.

    Numbers may come as text, changes as `modifications` or `modifiers`, both as a text or a list.
    Arguments that were cut off are refused whole: half an order may have lost its "no nuts".

    Args:
        name: of the function.
        arguments: JSON as the model wrote it.

    Returns:
        The call.

    Raises:
        ToolError: there is no such tool, or its arguments cannot be understood.
    """
    read = _READERS.get(name)
    if read is None:
        raise ToolError(f"There is no tool {clean(name, 40)!r}")
    if len(arguments) > MAX_ARGUMENTS:
        raise ToolError("The arguments are too long")
    try:
        value: object = msgspec.json.decode(arguments.encode("utf-8", "replace").strip() or b"{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise ToolError("The arguments are not complete JSON: call again") from error
    if not isinstance(value, dict):
        raise ToolError("The arguments must be an object")
    return read(cast("dict[str, object]", value))


def encode_call(call: ToolCall) -> tuple[str, str]:
    """Write a call as a function's name and its JSON arguments, as a model would."""
    match call:
        case AddToOrder():
            body: dict[str, object] = {
                "items": [
                    {
                        "name": item.name,
                        "quantity": item.quantity,
                        "modifications": list(item.modifications),
                        **_given(specialInstructions=item.note, seat_number=item.seat),
                    }
                    for item in call.items
                ],
                **_given(
                    table_number=call.table_number,
                    seat_number=call.seat_number,
                    customer_name=call.customer_name,
                    order_type=call.order_type,
                    allergyNotes=list(call.allergies),
                ),
            }
        case RemoveFromOrder():
            body = _given(itemName=call.item_name, quantity=call.quantity, line=call.line)
        case ChangeQuantity():
            body = {"itemName": call.item_name, "quantity": call.quantity, **_given(line=call.line)}
        case ConfirmOrder():
            body = {"action": "review" if call.review else "submit"}
        case CancelOrder():
            body = {}
        case BumpOrder() | RecallOrder():
            body = _given(order_number=call.order_number, table_number=call.table_number)
        case WorkOnTicket():
            body = {
                "action": call.action.value,
                **_given(
                    order_number=call.order_number, table_number=call.table_number, part=call.part
                ),
            }
        case MarkUnavailable():
            body = {"itemName": call.item_name, "available": call.available}
        case WhatIsAllDay():
            body = _given(itemName=call.item_name)
    return _NAMES[type(call)], msgspec.json.encode(body).decode()


def needs_confirmation(call: CookCall, *, engines_agreed: bool) -> bool:
    """Tell whether a cook's spoken command must be confirmed by key or voice before it is done.

    Two engines that agree are still wrong for 3 to 9 in 100 utterances, so only what can be taken
    back is done at once. Putting an item out of stock turns guests away meanwhile.

    Args:
        call: the command.
        engines_agreed: two recognisers heard the same.
    """
    match call:
        case BumpOrder() | RecallOrder() | WorkOnTicket():
            return not engines_agreed
        case MarkUnavailable():
            return True
        case WhatIsAllDay():
            return False


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _add(fields: Mapping[str, object]) -> ToolCall:
    value = fields.get("items", [])
    rows = cast("list[object]", value) if isinstance(value, list) else [value]
    if isinstance(value, str) or len(rows) > _MAX_LIST:
        raise ToolError(f"items must be a list of at most {_MAX_LIST}")
    order_type = _optional(fields, "order_type", "orderType")
    return AddToOrder(
        tuple(_asked(row) for row in rows),
        _optional(fields, "table_number", "tableNumber"),
        _count(fields, "seat_number", "seatNumber"),
        _optional(fields, "customer_name", "customerName"),
        order_type if order_type in tool_schemas.ORDER_TYPES else None,
        _texts(fields, "allergyNotes", "allergies", "allergy_notes"),
    )


def _asked(row: object) -> AskedItem:
    if isinstance(row, str):
        row = {"name": row}
    if not isinstance(row, dict):
        raise ToolError("an item must be an object with a name")
    fields = cast("dict[str, object]", row)
    quantity = _count(fields, "quantity")
    note = _text(
        _first(fields, "specialInstructions", "special_instructions", "notes"), _NOTE_LIMIT
    )
    allergies = _texts(fields, "allergyNotes", "allergies", "allergy_notes")
    changes = (*_texts(fields, "modifications"), *_texts(fields, "modifiers"))
    if fields.get("rushOrder") is True:
        changes = (*changes, "Rush")
    return AskedItem(
        _required(fields, "name", "itemName", "item_name"),
        1 if quantity is None else quantity,
        tuple(dict.fromkeys((*changes, *(f"Allergy: {words}" for words in allergies)))),
        note,
        _count(fields, "seat_number", "seatNumber"),
    )


def _remove(fields: Mapping[str, object]) -> ToolCall:
    name = _required(fields, "itemName", "item_name", "name")
    return RemoveFromOrder(name, _count(fields, "quantity"), _count(fields, "line"))


def _change(fields: Mapping[str, object]) -> ToolCall:
    name = _required(fields, "itemName", "item_name", "name")
    quantity = _count(fields, "quantity", least=0)
    if quantity is None:
        raise ToolError("quantity is missing")
    return ChangeQuantity(name, quantity, _count(fields, "line"))


def _confirm(fields: Mapping[str, object]) -> ToolCall:
    action = _text(fields.get("action", "submit"))
    if action == "cancel":
        return CancelOrder()
    if action not in {"submit", "checkout", "review"}:
        raise ToolError("action must be submit or review")
    return ConfirmOrder(review=action == "review")


def _cancel(fields: Mapping[str, object]) -> ToolCall:
    return CancelOrder()


def _bump(fields: Mapping[str, object]) -> ToolCall:
    order, table = _ticket(fields)
    if (order is None) == (table is None):
        raise ToolError("give either order_number or table_number")
    return BumpOrder(order, table)


def _recall(fields: Mapping[str, object]) -> ToolCall:
    return RecallOrder(*_ticket(fields))


def _work(fields: Mapping[str, object]) -> ToolCall:
    try:
        action = TicketWork(_text(fields.get("action")))
    except ValueError as error:
        actions = ", ".join(TicketWork)
        raise ToolError(f"action must be one of {actions}") from error
    return WorkOnTicket(action, *_ticket(fields), _optional(fields, "part", "course"))


def _ticket(fields: Mapping[str, object]) -> tuple[str | None, str | None]:
    return (
        _optional(fields, "order_number", "orderNumber"),
        _optional(fields, "table_number", "tableNumber"),
    )


def _mark(fields: Mapping[str, object]) -> ToolCall:
    name = _required(fields, "itemName", "item_name", "name")
    return MarkUnavailable(name, fields.get("available") in (True, "true"))


def _all_day(fields: Mapping[str, object]) -> ToolCall:
    return WhatIsAllDay(_optional(fields, "itemName", "item_name", "name"))


_READERS: Final[Mapping[str, Callable[[Mapping[str, object]], ToolCall]]] = {
    "add_to_order": _add,
    "remove_from_order": _remove,
    "change_quantity": _change,
    "confirm_order": _confirm,
    "cancel_order": _cancel,
    "bump_order": _bump,
    "recall_order": _recall,
    "work_on_ticket": _work,
    "mark_unavailable": _mark,
    "what_is_all_day": _all_day,
}
_NAMES: Final[Mapping[type, str]] = {
    AddToOrder: "add_to_order",
    RemoveFromOrder: "remove_from_order",
    ChangeQuantity: "change_quantity",
    ConfirmOrder: "confirm_order",
    CancelOrder: "cancel_order",
    BumpOrder: "bump_order",
    RecallOrder: "recall_order",
    WorkOnTicket: "work_on_ticket",
    MarkUnavailable: "mark_unavailable",
    WhatIsAllDay: "what_is_all_day",
}


def _first(fields: Mapping[str, object], *names: str) -> object:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _text(value: object, limit: int = _TEXT_LIMIT) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return clean(str(value), limit)


def _optional(fields: Mapping[str, object], *names: str) -> str | None:
    return _text(_first(fields, *names)) or None


def _required(fields: Mapping[str, object], *names: str) -> str:
    text = _optional(fields, *names)
    if text is None:
        raise ToolError(f"{names[0]} is missing")
    return text


def _count(fields: Mapping[str, object], *names: str, least: int = 1) -> int | None:
    """Read a whole number, also written as a text or in words."""
    value = _first(fields, *names)
    if value is None or value == "":
        return None
    number: float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) < 40:
        words = value.casefold().removesuffix(".0").replace("-", " ").split()
        said = number_at(words, 0)
        number = said.value if said and said.length == len(words) else None
    if number is None or number != number // 1 or not least <= number <= MAX_QUANTITY:
        raise ToolError(f"{names[0]} must be a whole number from {least} to {MAX_QUANTITY}")
    return int(number)


def _texts(fields: Mapping[str, object], *names: str) -> tuple[str, ...]:
    value = _first(fields, *names)
    rows = cast("list[object]", value) if isinstance(value, list) else [value]
    texts: list[str] = []
    for row in rows[:_MAX_LIST]:
        named = cast("dict[str, object]", row).get("name") if isinstance(row, dict) else row
        text = _text(named)
        if text:
            texts.append(text)
    return tuple(texts)
