"""What a cook wants is carried out once, shown, said and sent."""

from __future__ import annotations

import pytest

from kds_tui.core.command import CAPABILITY, MENU_VERBS, Answered, Command, Declined, Verb
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.outbox import MAX_PENDING
from kds_tui.core.results import Given, Kept, NotDone, Result, TakenBack
from kds_tui.core.stock import StockItem
from kds_tui.wishes import Wishes
from tests.unit.orders import make_order
from tests.unit.still_terminal import Screen, still_terminal

ALL_GONE = "There is no bumped ticket to bring back."


def made(*orders: Order, can_recall: bool = True) -> tuple[Wishes, Screen, Kitchen]:
    terminal, wishes, screen = still_terminal(*orders, can_recall=can_recall)
    return wishes, screen, terminal.kitchen


def bumped(order_id: str) -> Order:
    return make_order(order_id, status=OrderStatus.READY, table_number="7", ready_at=50.0)


def test_a_bump_is_shown_and_sent() -> None:
    wishes, screen, kitchen = made(make_order("a"))
    result = wishes.bump("a")
    assert isinstance(result, Given)
    assert (result.command.verb, result.command.given_at) == (Verb.BUMP, 100.0)
    assert screen.seen == ["touch a", "deliver"]
    assert len(kitchen.outbox) == 1


@pytest.mark.parametrize("order_id", ["a", None], ids=["a certain one", "the last one"])
def test_a_recall_is_shown_said_sent_and_turned_to(order_id: str | None) -> None:
    wishes, screen, _ = made(bumped("a"))
    assert isinstance(wishes.recall(order_id), Given)
    assert screen.seen == ["touch a", "TABLE 7 is back.", "reveal a", "deliver"]


def test_a_server_without_recall_is_told_of_once_and_not_asked() -> None:
    wishes, screen, kitchen = made(bumped("a"), bumped("b"), can_recall=False)
    results: list[Result] = [wishes.recall("a"), wishes.recall("b")]
    assert results == [Kept("a", Verb.RECALL), Kept("b", Verb.RECALL)]
    assert screen.seen == [
        "touch a",
        "This order server has no recall: other screens will not see it.",
        "reveal a",
        "touch b",
        "reveal b",
    ]
    assert len(kitchen.outbox) == 0


@pytest.mark.parametrize(
    ("order_id", "said"), [(None, ALL_GONE), ("a", "That ticket is not bumped.")]
)
def test_what_cannot_be_brought_back_is_said_and_nothing_sent(
    order_id: str | None, said: str
) -> None:
    wishes, screen, _ = made(make_order("a"))
    assert wishes.recall(order_id) == NotDone(said)
    assert screen.seen == [said]


def test_somebody_who_was_faster_is_no_news() -> None:
    wishes, screen, _ = made()
    assert wishes.bump("gone") == NotDone("")
    assert screen.seen == []


def test_a_full_outbox_is_said() -> None:
    wishes, screen, kitchen = made(make_order("a"))
    for number in range(MAX_PENDING):
        kitchen.outbox.add(Command(f"c{number}", Verb.BUMP, f"x{number}", "", 1, 0.0))
    assert isinstance(wishes.bump("a"), NotDone)
    assert screen.seen == ["Too many bumps wait for the order server. Call the manager."]


def test_what_the_server_declines_is_said_and_comes_back() -> None:
    terminal, wishes, screen = still_terminal(make_order("a"))
    result = wishes.bump("a")
    assert isinstance(result, Given)
    terminal.kitchen.outbox.end(result.command)
    screen.seen.clear()
    terminal.command_ended(Declined(result.command, "Order is cancelled."))
    assert screen.seen == ["touch a", "bad: Order is cancelled."]


def test_what_the_server_cannot_do_is_told_once_for_each_kind() -> None:
    wishes, screen, _ = made(make_order("a"), make_order("b"), can_recall=False)
    for order_id in ("a", "b"):
        wishes.rush(order_id)
        wishes.bump_item(order_id, "Burger")
        wishes.bump_item(order_id, "Burger", done=False)
    wishes.set_stock("salmon", "Salmon", available=False)
    told = [words for words in screen.seen if not words.startswith("touch")]
    assert told == [
        "This order server has no rush: other screens will not see it.",
        "This order server has no marks for lines: other screens will not see them.",
        "This order server has no 86: only this display knows. Tell the till.",
    ]


def test_a_bump_that_left_something_to_cook_is_told() -> None:
    wishes, screen, _ = made(make_order("a", table_number="7"))
    result = wishes.bump("a")
    assert isinstance(result, Given)
    screen.seen.clear()
    wishes.ended(Answered(result.command, make_order("a", version=3)))
    assert screen.seen == [
        "bad: TABLE 7 was changed meanwhile: what you bumped is done, Burger is still to cook."
    ]
    screen.seen.clear()
    wishes.ended(Answered(result.command, bumped("a")))
    assert screen.seen == []


def test_every_verb_of_an_order_is_carried_out_by_its_key() -> None:
    wishes, _, kitchen = made(make_order("a", status=OrderStatus.PENDING), bumped("b"))
    kitchen.capabilities = frozenset(CAPABILITY.values())
    for verb in (Verb.START, Verb.HOLD, Verb.FIRE, Verb.RUSH, Verb.UNRUSH, Verb.BUMP):
        assert isinstance(wishes.carry_out(verb, "a"), Given), verb
    assert isinstance(wishes.carry_out(Verb.SERVE, "b"), Given)
    kitchen.stock.take((StockItem("m", "Cedar Salmon"),))
    for verb in MENU_VERBS:
        result = wishes.carry_out(verb, subject_id="m")
        assert isinstance(result, Given)
        assert (result.command.label, result.command.lane) == ("Cedar Salmon", "menu:m")


def test_a_server_that_cannot_hold_is_told_of_once() -> None:
    wishes, screen, _ = made(make_order("a"), can_recall=False)
    wishes.carry_out(Verb.HOLD, "a")
    wishes.carry_out(Verb.FIRE, "a")
    wishes.carry_out(Verb.HOLD, "a")
    assert [words for words in screen.seen if not words.startswith("touch")] == [
        "This order server cannot hold orders: other screens will not see it.",
        "This order server cannot fire orders: other screens will not see it.",
    ]


def test_what_is_taken_back_is_said_and_turned_to() -> None:
    wishes, screen, kitchen = made(
        make_order("a", table_number="7"), make_order("b", table_number="7")
    )
    given = wishes.together([(Verb.BUMP, "a"), (Verb.BUMP, "b")])
    commands = [result.command for result in given if isinstance(result, Given)]
    kitchen.outbox.open_window(commands, 103.0)
    screen.seen.clear()
    assert wishes.recall(None) == TakenBack(tuple(commands))
    assert screen.seen == [
        "touch a",
        "touch b",
        "TABLE 7 is not bumped after all.",
        "reveal a",
    ]


def test_what_a_table_is_to_have_later_is_not_bumped_with_it() -> None:
    later = {"status": OrderStatus.PENDING, "is_scheduled": True, "fire_at": 900.0}
    tables = [make_order("a", table_number="5"), make_order("b", table_number="5", **later)]
    wishes, _, kitchen = made(*tables)
    wishes.bump_table("a")
    assert [command.order_id for command in kitchen.outbox] == ["a"]
