"""Tables and scheduled orders as views: all of a card is done with one key."""

from __future__ import annotations

import pytest
from textual.widgets._toast import ToastHolder

from kds_tui.core.clock import format_time
from kds_tui.core.command import Verb
from tests.ui.conftest import Run
from tests.ui.still_kitchen import NOW, Row, StillApp, StillKitchen, item, order
from tests.ui.test_focus import shows

TABLES = {"view": "tables"}
SCHEDULED = {"view": "scheduled"}

ANA = {"serverName": "Ana"}

ROOM = [
    order(1, "Burger", item("Fries", status="ready"), table_number="7", age=700, metadata=ANA),
    order(2, "Salad", table_number="7", age=100, covers=4),
    order(3, "Soup", status="ready", table_number="9", age=300),
    order(4, "Cake", customer_name="Maria Lopez"),
]


def given(kitchen: StillKitchen) -> list[tuple[Verb, str]]:
    return [(command.verb, command.order_id) for command in kitchen.app.kitchen.outbox]


def later(number: int, fire_in: float) -> Row:
    times = {"auto_fire_time": format_time(NOW + fire_in)}
    times["scheduled_pickup_time"] = format_time(NOW + fire_in + 900)
    return order(number, is_scheduled=True, status="pending", **times)


async def test_a_table_shows_all_of_its_orders(run: Run) -> None:
    async with run(ROOM, display=TABLES) as kitchen:
        assert kitchen.shown == ["table:7", "table:9", "type:takeout"]
        for words in (
            "2 orders",
            "1/3",
            "est. 15 min",
            "Ana · 4 covers",
            "✓ 1 Fries",
            "11:40▲SOON",
        ):
            assert words in kitchen.text
        assert "owes GRILL 1 SALAD 1" in kitchen.text


async def test_a_table_is_bumped_with_one_key_and_taken_back_with_one(run: Run) -> None:
    async with run(ROOM, display=TABLES, bump={"undo_seconds": 3}) as kitchen:
        await kitchen.press("right", "space")
        assert given(kitchen) == [(Verb.BUMP, "o1"), (Verb.BUMP, "o2")]
        assert "undo 3 s" in kitchen.text
        await kitchen.press("r")
        assert given(kitchen) == []


async def test_a_click_on_the_foot_of_a_bumped_table_takes_it_back(run: Run) -> None:
    async with run(ROOM, display=TABLES, bump={"undo_seconds": 3}) as kitchen:
        await kitchen.press("right", "space")
        card = kitchen.card("table:7")
        await kitchen.click(card.x + 5, card.y + card.height - 1)
        assert given(kitchen) == []


async def test_taking_notice_of_a_table_is_about_all_of_its_orders(run: Run) -> None:
    async with run([], display=TABLES) as kitchen:
        await kitchen.tell(*ROOM)
        attention = kitchen.app.kitchen.attention
        assert [attention.waiting(key) is not None for key in ("o1", "o2", "o4")] == [True] * 3
        await kitchen.press("right", "a")
        assert [attention.waiting(key) is not None for key in ("o1", "o2", "o4")] == [
            False,
            False,
            True,
        ]
        await kitchen.tell(order(5, table_number="7"))
        assert attention.waiting("o5") is not None
        card = kitchen.card("table:7")
        await kitchen.click(card.x + 2, card.y)
        assert attention.waiting("o5") is None
        await kitchen.press("down", "down", "a")
        await kitchen.until(lambda: "of several guests" in kitchen.text)


async def test_an_estimate_that_has_passed_says_how_far_behind_the_table_is(run: Run) -> None:
    soup = item("Soup", prep_time_minutes=4)
    async with run([order(1, soup, table_number="7", age=60)], display=TABLES) as kitchen:
        assert "est. 12:37" in kitchen.text
        await kitchen.tick(181)
        assert "est. now" in kitchen.text
        await kitchen.tick(240)
        assert "4m behind" in kitchen.text
        await kitchen.press("right", "z")
        assert shows(kitchen, "4M BEHIND")


async def test_the_footer_says_what_enter_does_with_the_table_that_is_typed(run: Run) -> None:
    async with run(ROOM, display=TABLES) as kitchen:
        await kitchen.press("right", "3")
        assert "Slot 3" in kitchen.text
        assert "Enter serves all" in kitchen.text


async def test_a_key_for_a_line_says_where_lines_are_marked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(StillApp, "on_notify", lambda _, each: said.append(each), raising=False)
    async with run(ROOM, display=TABLES) as kitchen:
        for number, key in enumerate(("i", "x"), 1):
            await kitchen.press("right")
            await kitchen.hold(key)
            await kitchen.until(lambda: "No line can be chosen here" in kitchen.text)
            assert len(said) == number, "said once for one press"
            kitchen.app.clear_notifications()
        assert given(kitchen) == []


async def test_what_is_so_of_all_orders_of_a_table_is_said_once(run: Run) -> None:
    rows = [order(number, table_number="7") for number in range(1, 7)]
    async with run(rows, (85, 24), display=TABLES) as kitchen:
        for key, words in (("p", "is not ready yet"), ("f", "does not wait")):
            await kitchen.press("right", key)
            await kitchen.until(lambda words=words: words in kitchen.text)
            await kitchen.press(key)
            assert kitchen.text.count(words) == 1
        assert len(kitchen.app.screen.query(ToastHolder)) == 2, "none of them is left behind"
        assert given(kitchen) == []


async def test_the_rush_of_a_table_is_taken_back_though_nothing_was_answered_yet(run: Run) -> None:
    rows = [order(1, table_number="7"), order(2, table_number="7", status="ready")]
    async with run([*rows, order(3, table_number="7")], display=TABLES) as kitchen:
        await kitchen.press("right", "!")
        assert given(kitchen) == [(Verb.RUSH, "o1"), (Verb.RUSH, "o3")]
        await kitchen.press("!")
        assert given(kitchen) == [
            (Verb.RUSH, "o1"),
            (Verb.UNRUSH, "o1"),
            (Verb.RUSH, "o3"),
            (Verb.UNRUSH, "o3"),
        ]


async def test_a_ready_table_is_served(run: Run) -> None:
    async with run(ROOM, display=TABLES) as kitchen:
        await kitchen.press("right", "down")
        assert kitchen.selected == "table:9"
        assert "Space serve all" in kitchen.text
        await kitchen.press("space")
        assert given(kitchen) == [(Verb.SERVE, "o3")]
        assert kitchen.shown == ["table:7", "type:takeout"]


async def test_a_table_is_not_served_by_the_key_that_bumped_it(run: Run) -> None:
    async with run(ROOM, display=TABLES) as kitchen:
        await kitchen.press("right")
        await kitchen.hold("space")
        assert given(kitchen) == [(Verb.BUMP, "o1"), (Verb.BUMP, "o2")]
        await kitchen.press("space")
        assert given(kitchen)[1::2] == [(Verb.SERVE, "o1"), (Verb.SERVE, "o2")]


async def test_orders_of_several_guests_are_not_bumped_together(run: Run) -> None:
    async with run(ROOM, display=TABLES) as kitchen:
        await kitchen.press("right", "down", "down", "space")
        assert kitchen.selected == "type:takeout"
        assert given(kitchen) == []
        assert "These orders are of several guests" in " ".join(kitchen.text.split())
        await kitchen.press("s", "T", "w")
        assert given(kitchen) == []


async def test_keys_are_about_all_orders_of_a_table(run: Run) -> None:
    rows = [{**row, "status": "confirmed"} for row in ROOM[:2]]
    async with run(rows, display=TABLES) as kitchen:
        await kitchen.press("right", "s", "!", "w")
        verbs = (Verb.START, Verb.RUSH, Verb.HOLD)
        assert given(kitchen) == [(verb, key) for key in ("o1", "o2") for verb in verbs]
        await kitchen.press("T")
        assert given(kitchen)[-1:] != [(Verb.BUMP, "o2")], "what is held is not bumped"


async def test_tables_are_sorted_by_what_is_wanted(run: Run) -> None:
    rows = [order(1, table_number="7"), order(2, table_number="9", age=99, status="ready")]
    async with run(rows, display=TABLES) as kitchen:
        seen = [kitchen.shown]
        for _ in range(4):
            await kitchen.press("y")
            seen.append(kitchen.shown)
        assert [shown[0][-1] for shown in seen] == ["9", "9", "7", "9", "9"]
        assert "Sorted by table." in kitchen.text


async def test_an_order_is_found_on_its_table(run: Run) -> None:
    async with run(ROOM) as kitchen:
        await kitchen.press("right", "right")
        order_id = kitchen.selected
        await kitchen.press("tab", "tab")
        holding = {"o1": "table:7", "o2": "table:7", "o4": "type:takeout"}
        assert kitchen.selected == holding[order_id or ""]


async def test_scheduled_orders_count_down_and_are_fired_early_or_now(run: Run) -> None:
    rows = [later(1, -20), later(2, 100), later(3, 110), later(4, 900)]
    async with run(rows, display=SCHEDULED) as kitchen:
        assert len(kitchen.shown) == 3
        for words in ("FIRE NOW!", "in 1:40▲SOON", "in 15:00", "2 orders", "Pickup 12:50"):
            assert words in kitchen.text
        await kitchen.press("right", "space")
        assert given(kitchen) == [(Verb.START, "o1")]
        assert len(kitchen.shown) == 2
        await kitchen.press("right", "f")
        assert given(kitchen)[1:] == [(Verb.FIRE, "o2"), (Verb.FIRE, "o3")]


async def test_what_is_scheduled_is_not_bumped_as_a_table(run: Run) -> None:
    async with run([later(2, 100), later(3, 110)], display=SCHEDULED) as kitchen:
        await kitchen.press("right", "T")
        assert given(kitchen) == []
        assert "fired before they are bumped" in kitchen.text


async def test_what_is_for_later_is_a_line_in_the_kitchen_until_its_time_has_come(run: Run) -> None:
    rows = [order(9), later(1, 150), later(2, 400)]
    async with run(rows) as kitchen:
        assert kitchen.shown == ["o9"]
        assert "▲SOON 2 scheduled, next in 3 min" in kitchen.text
        assert "1 open" in kitchen.text
        await kitchen.tick(149)
        assert "2 scheduled, next in 1 s" in kitchen.text
        await kitchen.tick(1)
        assert sorted(kitchen.shown) == ["o1", "o9"]
        assert "1 scheduled, next in 5 min" in kitchen.text
        assert "2 open" in kitchen.text


async def test_nothing_scheduled_is_said(run: Run) -> None:
    async with run(ROOM, display=SCHEDULED) as kitchen:
        assert "Nothing is scheduled" in kitchen.text
        await kitchen.tell(later(9, 50))
        assert "FIRE 12:34" in kitchen.text
        await kitchen.tick(60)
        assert "FIRE NOW!" in kitchen.text
