"""The gateway's own part in the order dialogue."""

from __future__ import annotations

import json

from voice_tui.core.menu import Menu, MenuItem, MenuModifier
from voice_tui.core.server_response import Answer
from voice_tui.gateway.dialogue import CallOutput, Said
from voice_tui.gateway.order_taker import DONE, NO_ORDER, OrderTaker

TOOLS = frozenset({"add_to_order", "change_quantity", "confirm_order", "bump_order"})
MENU = Menu(
    (
        MenuItem("1", "Cheeseburger", modifiers=(MenuModifier("m", "No onions"),), price=12.5),
        MenuItem("2", "French Fries", price=4.0),
    )
)


def say(taker: OrderTaker, text: str, tools: frozenset[str] = TOOLS) -> Answer:
    return taker.answer(Said(text), tools)


def test_an_order_becomes_a_function_call() -> None:
    (call,) = say(OrderTaker(lambda: MENU), "two cheeseburgers for table five").calls
    arguments = json.loads(call.arguments)
    assert (call.name, arguments["table_number"]) == ("add_to_order", "5")
    assert [(item["name"], item["quantity"]) for item in arguments["items"]] == [
        ("Cheeseburger", 2)
    ]


def test_a_correction_means_the_order_before() -> None:
    taker = OrderTaker(lambda: MENU)
    say(taker, "two cheeseburgers")
    (call,) = say(taker, "make that three").calls
    assert (call.name, json.loads(call.arguments)["quantity"]) == ("change_quantity", 3)


def test_only_functions_that_the_client_has_are_called() -> None:
    answer = say(OrderTaker(lambda: MENU), "two cheeseburgers", frozenset())
    assert answer == Answer("2 Cheeseburger, 25.00 dollars.")


def test_what_means_nothing_calls_nothing() -> None:
    answer = say(OrderTaker(lambda: MENU), "did you watch the game last night")
    assert not answer.calls
    assert answer.reply


def test_the_menu_of_now_counts() -> None:
    menus = [MENU, Menu((MenuItem("9", "Lentil Soup", price=6.0),))]
    taker = OrderTaker(lambda: menus[0])
    del menus[0]
    (call,) = say(taker, "a lentil soup").calls
    assert json.loads(call.arguments)["items"][0]["name"] == "Lentil Soup"


def test_after_the_order_is_placed_the_next_one_begins() -> None:
    taker = OrderTaker(lambda: MENU)
    say(taker, "two cheeseburgers")
    (call,) = say(taker, "yes that is right").calls
    assert call.name == "confirm_order"
    failed = CallOutput(call.name, call.arguments, '{"error": "No connection."}')
    assert taker.follow_up([failed]) == "No connection."
    placed = CallOutput(call.name, call.arguments, '{"message": "Order 12 is placed."}')
    assert taker.follow_up([placed]) == "Order 12 is placed."
    assert not say(taker, "make that three", TOOLS).calls


def test_outputs_are_told_in_words() -> None:
    taker = OrderTaker(lambda: MENU)
    outputs = [CallOutput("bump_order", "{}", text) for text in ('{"ok": true}', "[1]", "Bumped 7")]
    assert taker.follow_up(outputs) == f"{DONE} Bumped 7"
    assert NO_ORDER != DONE
