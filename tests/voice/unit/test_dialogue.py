"""The order dialogue: nothing unconfirmed, nothing twice, every failure in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.voice.order_desks import DEADLINE, ScriptedDesk, ScriptedKitchen, settled
from voice_tui.core.cart import Cart
from voice_tui.core.transcripts import Transcripts
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.services.orders import OrderError, OrderUncertain

BURGERS = {"items": [{"name": "Classic Burger", "quantity": 2}], "table_number": "5"}


@dataclass
class Talk:
    """A dialogue, what is around it, and a guest who speaks."""

    desk: ScriptedDesk = field(default_factory=ScriptedDesk)
    kitchen: ScriptedKitchen = field(default_factory=ScriptedKitchen)
    transcripts: Transcripts = field(default_factory=Transcripts)
    turn: int = 0

    def __post_init__(self) -> None:
        self.dialogue = OrderDialogue(self.desk, self.kitchen)
        self.dialogue.hear_from(self.transcripts)

    def say(self, text: str, confidence: float = 0.9, agreed: bool | None = True) -> None:
        """An utterance that the gateway has heard."""
        self.turn += 1
        self.transcripts.expect(self.turn)
        self.transcripts.bind(self.turn, f"item{self.turn}")
        self.transcripts.completed(f"item{self.turn}", text, confidence, agreed)

    async def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """A function call of the model."""
        return json.loads(await self.dialogue.call_tool(name, json.dumps(arguments)))

    def lines(self) -> list[str]:
        return [line.text for line in self.dialogue.view.cart.lines]

    async def order(self) -> None:
        """A confirmed-to-be order on the screen."""
        self.dialogue.type_text("two classic burgers for table five")
        assert self.lines() == ["2 Classic Burger"]

    async def yes(self) -> None:
        """The key for yes, and what comes of it."""
        self.dialogue.confirm(self.dialogue.view.cart)
        await settled(self.dialogue, lambda view: not view.sending)


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    talk = Talk()
    talk.dialogue.start()
    async with asyncio.timeout(DEADLINE):
        await talk.dialogue._menu.ready(DEADLINE)
    yield talk
    await talk.dialogue.close()


async def test_a_typed_order_is_placed_once_with_its_words(talk: Talk) -> None:
    await talk.order()
    first = talk.dialogue.view.cart.id
    assert talk.desk.placed == []
    await talk.yes()
    ((body, _),) = talk.desk.placed
    assert body["tableNumber"] == body["table_number"] == "5"
    assert body["metadata"]["source"] == "voice"
    assert body["metadata"]["transcript"] == "two classic burgers for table five"
    assert 0.5 < body["metadata"]["confidence"] <= 1
    view = talk.dialogue.view
    assert view.notice == "Order 0042 is in the kitchen."
    assert view.cart == Cart(view.cart.id)
    assert view.cart.id != first


async def test_a_spoken_order_is_confirmed_by_an_utterance_of_its_own(talk: Talk) -> None:
    talk.say("two burgers for table five", 0.8)
    told = await talk.call("add_to_order", **BURGERS)
    assert "2 Classic Burger for table 5" in told["read_back"]
    talk.say("and a coke", 0.6)
    await talk.call("change_quantity", itemName="Classic Burger", quantity=3)
    talk.say("yes send it", 0.3)
    told = await talk.call("confirm_order", action="submit")
    assert told["message"] == "Order 0042 is in the kitchen."
    ((body, _),) = talk.desk.placed
    assert body["metadata"]["transcript"] == "two burgers for table five / and a coke"
    assert body["metadata"]["confidence"] == 0.6


async def test_a_model_does_not_agree_with_itself(talk: Talk) -> None:
    talk.say("two burgers for table five")
    await talk.call("add_to_order", **BURGERS)
    for _ in range(3):
        told = await talk.call("confirm_order", action="submit")
        assert "agree" in told["error"]
    await talk.call("confirm_order", action="review")
    assert "error" in await talk.call("confirm_order", action="submit")
    assert talk.desk.placed == []


async def test_yes_is_to_what_was_on_the_screen(talk: Talk) -> None:
    await talk.order()
    seen = talk.dialogue.view.cart
    talk.say("and a coke")
    await talk.call("add_to_order", **BURGERS)
    talk.dialogue.confirm(seen)
    assert talk.desk.placed == []
    assert "changed just now" in talk.dialogue.view.notice
    await talk.yes()
    assert len(talk.desk.placed) == 1


async def test_a_second_yes_while_it_is_sent_does_nothing(talk: Talk) -> None:
    await talk.order()
    talk.desk.open_.clear()
    for _ in range(3):
        talk.dialogue.confirm(talk.dialogue.view.cart)
        talk.dialogue.cancel()
        talk.dialogue.change_quantity(0, 5)
        talk.dialogue.type_text("a coke")
    talk.say("a coke")
    assert "being sent" in (await talk.call("add_to_order", **BURGERS))["error"]
    assert talk.dialogue.view.sending
    assert talk.lines() == ["2 Classic Burger"]
    talk.desk.open_.set()
    await settled(talk.dialogue, lambda view: not view.sending)
    talk.dialogue.confirm(talk.dialogue.view.cart)
    assert len(talk.desk.placed) == 1
    assert talk.dialogue.view.notice == "There is no order yet."


async def test_a_refused_order_can_be_changed_and_sent_again_under_its_key(talk: Talk) -> None:
    talk.desk.failures = [OrderError("The table is closed.")]
    await talk.order()
    await talk.yes()
    view = talk.dialogue.view
    assert (view.notice, view.unsettled) == ("The table is closed.", False)
    talk.dialogue.change_quantity(0, 1)
    assert talk.lines() == ["3 Classic Burger"]
    await talk.yes()
    (_, key), (body, again) = talk.desk.placed
    assert key == again
    assert body["items"][0]["quantity"] == 3
    assert "in the kitchen" in talk.dialogue.view.notice


@pytest.mark.parametrize("failure", [OrderUncertain("Nobody knows."), ValueError("a bug")])
async def test_an_uncertain_order_is_sent_again_as_it_was_or_given_up(
    talk: Talk, failure: Exception
) -> None:
    talk.desk.failures = [failure, OrderError("Refused.")]
    await talk.order()
    cart_id = talk.dialogue.view.cart.id
    await talk.yes()
    assert talk.dialogue.view.unsettled
    talk.dialogue.change_quantity(0, 3)
    talk.dialogue.type_text("and a coke")
    talk.say("and a coke")
    assert "not known" in (await talk.call("add_to_order", **BURGERS))["error"]
    assert talk.lines() == ["2 Classic Burger"]
    await talk.yes()
    # A refusal says nothing about the first try.
    assert talk.dialogue.view.unsettled
    assert talk.dialogue.view.cart.id == cart_id
    await talk.yes()
    (body, key), *tries = talk.desk.placed
    assert all(again is body and same == key for again, same in tries)
    assert len(tries) == 2
    assert not talk.dialogue.view.unsettled
    assert talk.dialogue.view.cart.lines == ()


async def test_the_model_hears_why_an_order_was_not_placed(talk: Talk) -> None:
    talk.desk.failures = [OrderError("The table is closed.")]
    talk.say("two burgers")
    await talk.call("add_to_order", **BURGERS)
    talk.say("send it")
    assert (await talk.call("confirm_order"))["error"] == "The table is closed."
    talk.say("send it again")
    assert "in the kitchen" in (await talk.call("confirm_order"))["message"]
    talk.say("send it")
    assert "no order" in (await talk.call("confirm_order"))["error"]


async def test_giving_an_uncertain_order_up_begins_a_new_one(talk: Talk) -> None:
    talk.desk.failures = [OrderUncertain("Nobody knows.")]
    await talk.order()
    await talk.yes()
    talk.dialogue.cancel()
    assert "may have the order" in talk.dialogue.view.notice
    await talk.order()
    await talk.yes()
    (_, key), (_, other) = talk.desk.placed
    assert key != other


async def test_who_gives_up_waiting_leaves_no_order_half_placed(talk: Talk) -> None:
    talk.say("two burgers")
    await talk.call("add_to_order", **BURGERS)
    talk.desk.open_.clear()
    talk.say("send it")
    waiting = asyncio.create_task(talk.call("confirm_order", action="submit"))
    await settled(talk.dialogue, lambda view: view.sending)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert talk.dialogue.view.sending
    talk.desk.open_.set()
    await settled(talk.dialogue, lambda view: "in the kitchen" in view.notice)
    assert len(talk.desk.placed) == 1


async def test_no_throws_the_order_away(talk: Talk) -> None:
    await talk.order()
    first = talk.dialogue.view.cart.id
    talk.dialogue.cancel()
    assert talk.lines() == []
    assert talk.dialogue.view.cart.id != first
    await talk.order()
    talk.dialogue.type_text("cancel the order")
    assert talk.lines() == []
    assert talk.desk.placed == []


@pytest.mark.parametrize(
    ("line", "delta", "left"),
    [
        (0, 1, ["3 Classic Burger", "1 French Fries"]),
        (0, 500, ["99 Classic Burger", "1 French Fries"]),
        (0, -1, ["1 Classic Burger", "1 French Fries"]),
        (1, -1, ["2 Classic Burger"]),
        (2, 1, ["2 Classic Burger", "1 French Fries"]),
        (-1, 1, ["2 Classic Burger", "1 French Fries"]),
    ],
)
async def test_lines_change_by_key(talk: Talk, line: int, delta: int, left: list[str]) -> None:
    talk.dialogue.type_text("two classic burgers and a french fries")
    talk.dialogue.change_quantity(line, delta)
    assert talk.lines() == left
    talk.dialogue.remove(0)
    assert talk.lines() == left[1:]


async def test_what_is_not_understood_is_asked_about(talk: Talk) -> None:
    talk.dialogue.type_text("two classic burgers and a blorf")
    view = talk.dialogue.view
    assert talk.lines() == ["2 Classic Burger"]
    assert any("blorf" in question for question in view.questions)
    assert any("blorf" in pair.heard for pair in view.heard)
    talk.say("a flurb")
    told = await talk.call("add_to_order", items=[{"name": "flurb", "quantity": 1}])
    assert "flurb" in told["message"]
    assert talk.lines() == ["2 Classic Burger"]


async def test_what_was_sold_out_meanwhile_is_not_sent(talk: Talk) -> None:
    await talk.order()
    talk.desk.sell_out("Classic Burger")
    talk.dialogue.refresh_menu()
    await settled(talk.dialogue, lambda view: view.questions)
    assert "out of Classic Burger" in talk.dialogue.view.questions[0]
    await talk.yes()
    talk.say("yes send it")
    assert "Take it out" in (await talk.call("confirm_order", action="submit"))["error"]
    assert talk.desk.placed == []
    talk.dialogue.remove(0)
    assert talk.dialogue.view.questions == ()


@pytest.mark.parametrize(
    ("name", "arguments", "agreed", "asked", "done"),
    [
        ("bump_order", {"order_number": "12"}, True, "", "bump 12"),
        ("bump_order", {"order_number": "12"}, False, "Bump order 12?", "bump 12"),
        ("bump_order", {"table_number": "5"}, None, "Bump table 5?", "bump 5"),
        ("recall_order", {}, False, "Bring the last order back?", "recall last"),
        ("work_on_ticket", {"action": "rush", "table_number": "5"}, True, "", "rush 5"),
        (
            "work_on_ticket",
            {"action": "fire", "order_number": "12", "part": "mains"},
            False,
            "Fire mains of order 12?",
            "fire 12 mains",
        ),
        ("work_on_ticket", {"action": "hold"}, False, "Hold the selected ticket?", "hold selected"),
        ("mark_unavailable", {"itemName": "french fries"}, True, "86 French Fries", "86 French"),
        ("what_is_all_day", {"itemName": "french fries"}, False, "", "all day French Fries"),
        ("what_is_all_day", {}, False, "", "all day"),
    ],
)
async def test_cooks_are_asked_where_a_mistake_costs(
    talk: Talk, name: str, arguments: dict[str, str], agreed: bool | None, asked: str, done: str
) -> None:
    talk.say("a command", agreed=agreed)
    told = await talk.call(name, **arguments)
    if asked:
        assert talk.kitchen.done == []
        assert talk.dialogue.view.pending.startswith(asked)
        assert told["waits_for_yes"] == talk.dialogue.view.pending
        assert "error" in await talk.call("confirm_order", action="submit")
        assert talk.kitchen.done == []
        talk.say("yes")
        await talk.call("confirm_order", action="review")
    (what,) = talk.kitchen.done
    assert what.startswith(done)
    assert talk.dialogue.view.pending == ""


async def test_no_or_anything_else_forgets_a_cooks_command(talk: Talk) -> None:
    for forget in (talk.dialogue.cancel, lambda: talk.dialogue.type_text("a coke")):
        talk.say("bump twelve", agreed=False)
        await talk.call("bump_order", order_number="12")
        assert talk.dialogue.view.pending
        forget()
        assert talk.dialogue.view.pending == ""
    talk.say("bump twelve", agreed=False)
    await talk.call("bump_order", order_number="12")
    talk.say("read it back")
    await talk.call("confirm_order", action="review")
    assert talk.kitchen.done == []


async def test_a_yes_is_not_for_a_ticket_that_was_selected_meanwhile(talk: Talk) -> None:
    for now, done in (("b", []), ("a", ["hold selected"])):
        talk.kitchen.selected = "a"
        talk.say("hold it", agreed=False)
        await talk.call("work_on_ticket", action="hold")
        talk.kitchen.selected = now
        talk.dialogue.confirm(talk.dialogue.view.cart)
        await settled(talk.dialogue, lambda view: view.notice and not view.pending)
        assert talk.kitchen.done == done
        if not done:
            assert talk.dialogue.view.notice == "Another ticket is selected now: say it again."


async def test_a_typed_command_is_heard_surely(talk: Talk) -> None:
    talk.dialogue.type_text("bump order 12")
    await settled(talk.dialogue, lambda view: view.notice == "bump 12.")
    talk.dialogue.type_text("86 the french fries")
    await settled(talk.dialogue, lambda view: view.pending)
    talk.dialogue.type_text("yes")
    await settled(talk.dialogue, lambda view: view.notice == "86 French Fries.")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("no_such_tool", "{}"), ("add_to_order", '{"items": [{"na'), ("bump_order", "[]")],
)
async def test_a_call_that_cannot_be_read_is_answered(
    talk: Talk, name: str, arguments: str
) -> None:
    assert json.loads(await talk.dialogue.call_tool(name, arguments))["error"]


async def test_without_a_kitchen_cooks_are_told_so(talk: Talk) -> None:
    dialogue = OrderDialogue(talk.desk)
    dialogue.start()
    told = json.loads(await dialogue.call_tool("bump_order", '{"order_number": "12"}'))
    assert "no kitchen display" in told["message"]
    await dialogue.close()


async def test_a_menu_that_cannot_be_had_is_said_and_found_later() -> None:
    desk = ScriptedDesk(menu_error=OrderError("The hub does not answer."))
    dialogue = OrderDialogue(desk)
    dialogue.start()
    await settled(dialogue, lambda view: view.menu_problem)
    dialogue.type_text("two burgers")
    assert dialogue.view.notice == "The hub does not answer."
    desk.menu_error = None
    dialogue.refresh_menu()
    await settled(dialogue, lambda view: not view.menu_problem)
    dialogue.type_text("two classic burgers")
    assert dialogue.view.cart.lines
    await dialogue.close()


@pytest.mark.parametrize("turns", range(5))
async def test_a_wish_for_the_menu_in_the_last_moment_does_not_hold_up_the_end(turns: int) -> None:
    dialogue = OrderDialogue(ScriptedDesk())
    dialogue.start()
    await dialogue._menu.ready(DEADLINE)
    await settled(dialogue, lambda view: not view.menu_problem)
    for _ in range(5):
        await asyncio.sleep(0)
    dialogue.refresh_menu()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(DEADLINE):
        await dialogue.close()


async def test_orders_that_were_begun_and_those_in_the_kitchen_are_counted(talk: Talk) -> None:
    def counted() -> tuple[int, int]:
        return talk.dialogue.orders_started, talk.dialogue.orders_completed

    assert counted() == (0, 0)
    await talk.order()
    talk.dialogue.type_text("and a coke")
    assert counted() == (1, 0)
    await talk.yes()
    assert counted() == (1, 1)
    await talk.order()
    talk.dialogue.cancel()
    assert counted() == (2, 1)
    talk.desk.failures = [OrderError("No.")]
    await talk.order()
    await talk.yes()
    assert counted() == (3, 1)
    await talk.yes()
    assert counted() == (3, 2)
    talk.dialogue.type_text("86 the coke")
    assert counted() == (3, 2)


async def test_that_the_menu_is_not_here_is_said_until_it_is() -> None:
    dialogue = OrderDialogue(ScriptedDesk())
    dialogue.type_text("two classic burgers")
    assert "not here yet" in dialogue.view.notice
    dialogue.start()
    await settled(dialogue, lambda view: not view.notice)
    dialogue.type_text("two classic burgers")
    assert dialogue.view.cart.lines
    await dialogue.close()
