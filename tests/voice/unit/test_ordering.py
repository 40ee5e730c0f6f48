from __future__ import annotations

import msgspec
import pytest

from kds_tui.hub.order_request import OrderAsked, read_body
from tests.voice.unit.menus import MATCHERS
from voice_tui.core.cart import Cart, apply, hear, show
from voice_tui.core.ordering import NotConfirmed, idempotency_key, order_body
from voice_tui.core.parser import parse
from voice_tui.core.tools import ConfirmOrder

SPOKEN = (
    "two cheeseburgers no onions and a large fries for table five seat two "
    "under the name maria nut allergy"
)


def confirmed(spoken: str, menu: str = "hub") -> Cart:
    matcher = MATCHERS[menu]
    cart = hear(Cart("cart"), parse(spoken, matcher, Cart("cart")), matcher).cart
    return apply(show(cart), ConfirmOrder(), matcher).cart


def test_the_body_is_what_the_hub_reads() -> None:
    body = order_body(confirmed(SPOKEN), MATCHERS["hub"].menu, SPOKEN, 0.9634)
    asked = read_body(msgspec.json.encode(body), OrderAsked)
    assert (asked.type, asked.tableNumber, asked.seatNumber) == ("dine-in", "5", 2)
    assert (asked.customerName, asked.notes) == ("Maria", "Allergy: nut")
    assert asked.metadata == {"source": "voice", "transcript": SPOKEN, "confidence": 0.963}
    assert [(line.name, line.quantity, line.price) for line in asked.items] == [
        ("Classic Burger", 2, 13.5),
        ("French Fries", 1, 5.0),
    ]
    assert body["items"][0]["modifiers"] == [
        {"id": "burger-7", "name": "Add cheese", "price": 1.5},
        {"id": "burger-5", "name": "No onion", "price": 0.0},
        {"id": "voice-allergy-1", "name": "Allergy: nut", "price": 0.0},
    ]


def test_both_spellings_are_sent() -> None:
    body = order_body(confirmed(SPOKEN), MATCHERS["hub"].menu, SPOKEN, 1.0)
    for camel, snake in (
        ("tableNumber", "table_number"),
        ("seatNumber", "seat_number"),
        ("customerName", "customer_name"),
    ):
        assert body[camel] == body[snake] is not None


def test_each_guest_keeps_the_seat() -> None:
    cart = confirmed("burger for seat one salmon for seat two table nine")
    body = order_body(cart, MATCHERS["hub"].menu, "", 1.0)
    assert [line["seatNumber"] for line in body["items"]] == [1, 2]
    assert body["notes"] == "Seat 1: Classic Burger, Seat 2: Cedar Salmon"


def test_the_uuid_of_an_item_goes_along() -> None:
    cart = confirmed("a sprite", "cantina")
    (item,) = order_body(cart, MATCHERS["cantina"].menu, "", 1.0)["items"]
    assert item["menu_item_id"] == item["menuItemId"] == cart.lines[0].item_id


@pytest.mark.parametrize("cart", [Cart("cart"), Cart("cart", confirmed=True)])
def test_nothing_unconfirmed_or_empty_is_written(cart: Cart) -> None:
    with pytest.raises(NotConfirmed):
        order_body(cart, MATCHERS["hub"].menu, "", 1.0)


def test_an_unconfirmed_order_is_not_written() -> None:
    cart = hear(Cart("c"), parse(SPOKEN, MATCHERS["hub"], Cart("c")), MATCHERS["hub"]).cart
    with pytest.raises(NotConfirmed):
        order_body(cart, MATCHERS["hub"].menu, "", 1.0)


def test_a_retry_has_the_key_of_the_first_try() -> None:
    cart = confirmed(SPOKEN)
    assert idempotency_key(cart) == idempotency_key(show(cart))
    assert idempotency_key(cart) != idempotency_key(Cart("another"))


def test_free_text_passes_the_filter_of_a_production_server() -> None:
    body = order_body(confirmed("a coke"), MATCHERS["hub"].menu, "a;b|c\n$in (x) `d`", 1.0)
    assert body["metadata"]["transcript"] == "a b c in x d"
