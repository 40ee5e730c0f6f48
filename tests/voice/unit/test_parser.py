from __future__ import annotations

import json

import pytest

from tests.voice.unit.menus import MATCHERS
from tests.voice.unit.spoken_corpus import CANTINA, COOKS, HUB
from voice_tui.core.cart import Cart, hear
from voice_tui.core.parser import parse
from voice_tui.core.tools import ConfirmOrder, encode_call


def said(menu: str, dialogue: str) -> str:
    """What comes of a dialogue, written as in the corpus."""
    cart = Cart("cart")
    for turn in dialogue.split(" / "):
        cart = hear(cart, parse(turn, MATCHERS[menu], cart), MATCHERS[menu]).cart
    told = sorted(line.text for line in cart.lines)
    told += [f"@{cart.table_number}"] if cart.table_number else []
    told += [f"seat {cart.seat_number}"] if cart.seat_number else []
    told += [f"name {cart.customer_name}"] if cart.customer_name else []
    told += [cart.order_type] if cart.order_type else []
    told += [f"allergy {what}" for what in cart.allergies]
    told += [f"?{question.heard}" for question in cart.open_questions]
    return "; ".join(sorted(told))


@pytest.mark.parametrize(
    ("menu", "dialogue", "expected"),
    [("hub", *case) for case in HUB] + [("cantina", *case) for case in CANTINA],
)
def test_what_is_said_becomes_the_cart(menu: str, dialogue: str, expected: str) -> None:
    assert said(menu, dialogue) == "; ".join(sorted(filter(None, expected.split("; "))))


@pytest.mark.parametrize(("spoken", "name", "arguments"), COOKS)
def test_what_cooks_say_becomes_a_call(
    spoken: str, name: str, arguments: dict[str, object]
) -> None:
    understood = parse(spoken, MATCHERS["hub"], Cart("cart"))
    (call,) = understood.calls
    called, written = encode_call(call)
    assert (called, json.loads(written)) == (name, arguments)
    assert not understood.questions


@pytest.mark.parametrize(
    "spoken", ["yes send it", "that is all", "yes", "send the order", "that's it"]
)
def test_agreeing_to_what_was_shown_confirms(spoken: str) -> None:
    cart = Cart("cart")
    cart = hear(cart, parse("a burger", MATCHERS["hub"], cart), MATCHERS["hub"]).cart
    assert parse(spoken, MATCHERS["hub"], cart).calls == (ConfirmOrder(),)


@pytest.mark.parametrize(
    "spoken",
    [
        "could you bump table five please",
        "two cokes that's all",
        "send it and add a coke",
        "a blorf and send it",
        "send it",
    ],
)
def test_what_was_not_shown_or_is_unclear_is_only_read_back(spoken: str) -> None:
    cart = Cart("cart")
    if spoken != "send it":
        cart = hear(cart, parse("a burger", MATCHERS["hub"], cart), MATCHERS["hub"]).cart
    assert ConfirmOrder() not in parse(spoken, MATCHERS["hub"], cart).calls
