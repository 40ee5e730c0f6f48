from __future__ import annotations

import pytest

from tests.voice.unit.menus import MATCHERS
from voice_tui.core.cart import Cart, CartChange, Effect, Heard, apply, hear, read_back, show
from voice_tui.core.parser import parse
from voice_tui.core.tools import (
    AddToOrder,
    AskedItem,
    CancelOrder,
    ChangeQuantity,
    ConfirmOrder,
    OrderCall,
    RemoveFromOrder,
)
from voice_tui.core.understood import Reason

HUB = MATCHERS["hub"]


def after(*calls: OrderCall, menu: str = "hub") -> CartChange:
    change = CartChange(Cart("cart"))
    for call in calls:
        change = apply(change.cart, call, MATCHERS[menu])
    return change


BURGER = AddToOrder((AskedItem("burger", 2, ("no onions", "Cut in half")),), table_number="5")


def test_a_models_own_wording_is_matched_to_the_menu() -> None:
    (line,) = after(BURGER).cart.lines
    assert (line.item_id, line.name, line.quantity, line.price) == (
        "burger",
        "Classic Burger",
        2,
        13.5,
    )
    assert [(each.name, each.id) for each in line.modifiers] == [
        ("No onion", "burger-5"),
        ("Cut in half", ""),
    ]


def test_what_was_heard_stands_beside_what_was_understood() -> None:
    assert after(BURGER).heard == (
        Heard("2 burger no onions Cut in half", "2 Classic Burger (No onion, Cut in half)"),
    )


def test_the_same_again_is_counted_on_the_same_line() -> None:
    assert [line.quantity for line in after(BURGER, BURGER).cart.lines] == [4]


@pytest.mark.parametrize(
    ("menu", "name", "reason"),
    [
        ("hub", "unicorn", Reason.UNMATCHED),
        ("hub", "salad", Reason.WHICH_ITEM),
        ("cantina", "tiramisu", Reason.SOLD_OUT),
    ],
)
def test_what_cannot_be_ordered_is_asked_about(menu: str, name: str, reason: Reason) -> None:
    change = after(AddToOrder((AskedItem(name),)), menu=menu)
    assert not change.cart.lines
    assert [question.reason for question in change.questions] == [reason]
    assert change.cart.open_questions == change.questions


@pytest.mark.parametrize(
    ("call", "left"),
    [
        (RemoveFromOrder("burger"), []),
        (RemoveFromOrder("burger", 1), [2, 2]),
        (RemoveFromOrder("burger", 4), [1]),
        (RemoveFromOrder("burger", line=1), [3]),
        (ChangeQuantity("burger", 7, 2), [2, 7]),
        (ChangeQuantity("burger", 7), [7]),
        (ChangeQuantity("burger", 0, 1), [3]),
        (RemoveFromOrder("coke"), [2, 3]),
    ],
)
def test_lines_are_changed_by_name_and_number(call: OrderCall, left: list[int]) -> None:
    two = AddToOrder((AskedItem("burger", 2), AskedItem("burger", 3, ("rare",))))
    assert [line.quantity for line in after(two, call).cart.lines] == left


def test_removing_what_is_not_there_is_said() -> None:
    (question,) = after(BURGER, RemoveFromOrder("coke")).questions
    assert question.reason is Reason.NOT_IN_ORDER


def test_nothing_is_placed_that_was_not_shown() -> None:
    unseen = after(BURGER, ConfirmOrder())
    assert (unseen.effect, unseen.cart.confirmed) == (Effect.SHOW, False)
    seen = apply(unseen.cart, ConfirmOrder(), HUB)
    assert (seen.effect, seen.cart.confirmed) == (Effect.PLACE, True)


def test_a_change_takes_the_agreement_back() -> None:
    agreed = apply(show(after(BURGER).cart), ConfirmOrder(), HUB).cart
    changed = apply(agreed, ChangeQuantity("burger", 1), HUB).cart
    assert (agreed.confirmed, changed.confirmed, changed.shown) == (True, False, False)


def test_an_empty_order_is_never_placed() -> None:
    assert apply(show(Cart("cart")), ConfirmOrder(), HUB).effect is Effect.SHOW


def test_cancelling_empties_the_cart() -> None:
    change = after(BURGER, CancelOrder())
    assert (change.cart, change.effect) == (Cart("cart"), Effect.CANCELLED)


def test_read_back_says_everything() -> None:
    cart = Cart("cart")
    spoken = "two burgers no onion and a blorf for table five nut allergy"
    cart = hear(cart, parse(spoken, HUB, cart), HUB).cart
    assert read_back(cart) == (
        "2 Classic Burger (No onion) for table 5, 27.00 dollars. Allergy: nut. "
        "I did not understand “blorf”."
    )
    assert read_back(Cart("cart")) == "The order is empty."


def test_the_total_counts_modifiers_per_piece() -> None:
    assert after(AddToOrder((AskedItem("burger", 2, ("add cheese",)),))).cart.total == 30.0
