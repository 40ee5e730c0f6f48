"""A confirmed cart as the body of `POST /api/v1/orders`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from voice_tui.core.cart import Cart, CartLine
from voice_tui.core.menu import Menu

MAX_TRANSCRIPT: Final = 2000
"""Characters of the transcript that go along: metadata is broadcast with every change."""

_NAMESPACE: Final = UUID("0b6f7c1e-93f0-4a6d-9d0d-3a7c5e1b8f42")
_REFUSED: Final = re.compile(r"[\x00-\x1f;|`$\\<>(){}*&=]+")
"""Characters that a Restaurant OS server in production takes for an attack."""


class NotConfirmed(Exception):
    """A cart that nobody has agreed to must not reach the kitchen."""


def idempotency_key(cart: Cart) -> str:
    """Make the `Idempotency-Key` of a cart: the same for every try, so that it is placed once."""
    return str(uuid5(_NAMESPACE, cart.id))


def order_body(cart: Cart, menu: Menu, transcript: str, confidence: float) -> dict[str, object]:
    """Write the order.

    Both spellings of a field are sent, for a Restaurant OS server checks both and stores only
    camelCase. Allergies stand on every line, for each station sees only its own lines, and in the
    notes.

    Args:
        cart: what the guest has agreed to.
        menu: knows the items' UUIDs.
        transcript: what was said.
        confidence: how sure the parser was, 0 to 1.

    Returns:
        The body.

    Raises:
        NotConfirmed: the guest has not agreed to the cart as it is, or it is empty.
    """
    if not cart.confirmed or not cart.lines:
        raise NotConfirmed("the order was not confirmed")
    body: dict[str, object] = {
        "type": cart.order_type or ("dine-in" if cart.table_number else "voice"),
        "items": [_item(line, place, cart, menu) for place, line in enumerate(cart.lines, 1)],
        "metadata": {
            "source": "voice",
            "transcript": _plain(transcript, MAX_TRANSCRIPT),
            "confidence": round(confidence, 3),
        },
    }
    if cart.table_number is not None:
        body |= _both("tableNumber", "table_number", _plain(cart.table_number, 40))
    if cart.seat_number is not None:
        body |= _both("seatNumber", "seat_number", cart.seat_number)
    if cart.customer_name is not None:
        body |= _both("customerName", "customer_name", _plain(cart.customer_name, 100))
    notes = [f"Allergy: {', '.join(cart.allergies)}"] if cart.allergies else []
    notes += [f"Seat {line.seat}: {line.name}" for line in cart.lines if line.seat]
    if notes:
        body["notes"] = _plain(", ".join(notes), 1000)
    return body


def _item(line: CartLine, place: int, cart: Cart, menu: Menu) -> Mapping[str, object]:
    known = menu.find(line.item_id)
    uuid = known.menu_item_id if known else line.item_id
    modifiers: list[Mapping[str, object]] = [
        {"id": each.id or f"voice-{at}", "name": _plain(each.name, 200), "price": each.price}
        for at, each in enumerate(line.modifiers, 1)
    ]
    modifiers += [
        {"id": f"voice-allergy-{at}", "name": _plain(f"Allergy: {what}", 200), "price": 0.0}
        for at, what in enumerate(cart.allergies, 1)
    ]
    item: dict[str, object] = {
        "id": f"{line.item_id}-{place}",
        **_both("menuItemId", "menu_item_id", uuid),
        "name": line.name,
        "quantity": line.quantity,
        "price": line.price,
        "modifiers": modifiers,
    }
    if line.note:
        note = _plain(line.note, 500)
        item |= _both("specialInstructions", "special_instructions", note)
    if line.seat is not None:
        item |= _both("seatNumber", "seat_number", line.seat)
    return item


def _both(camel: str, snake: str, value: object) -> dict[str, object]:
    return {camel: value, snake: value}


def _plain(text: str, limit: int) -> str:
    return " ".join(_REFUSED.sub(" ", text).split())[:limit]
