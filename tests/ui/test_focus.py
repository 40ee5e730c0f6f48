"""One ticket in large letters, and the panel of all-day counts: both over or beside the tickets."""

from __future__ import annotations

from textual.containers import VerticalScroll

from kds_tui.core.command import Verb
from kds_tui.ui.all_day_panel import AllDayPanel
from kds_tui.ui.block_letters import block_rows
from kds_tui.ui.focus_view import FocusView
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, item, order, orders

ROWS = [
    order(1, item("Burger", "No onion"), "Fries", age=300, table_number="7"),
    order(2, *(f"Dish {place}" for place in range(9)), age=200),
]


def shows(kitchen: StillKitchen, text: str) -> bool:
    return all(row.rstrip() in kitchen.text for row in block_rows(text))


def is_large(kitchen: StillKitchen) -> bool:
    return isinstance(kitchen.app.board_screen.view, FocusView)


def given(kitchen: StillKitchen) -> list[tuple[Verb, str]]:
    return [(command.verb, command.order_id) for command in kitchen.app.kitchen.outbox]


async def test_a_ticket_is_shown_large_and_small_again(run: Run) -> None:
    async with run(ROWS) as kitchen:
        for close in ("z", "escape"):
            await kitchen.press("right", "z")
            for words in ("TABLE 7", "1 BURGER", "- NO ONION", "1 FRIES"):
                assert shows(kitchen, words)
            assert "LIVE" in kitchen.text
            await kitchen.press(close)
            assert not is_large(kitchen)
            assert kitchen.selected == "o1"
            await kitchen.press("escape")


async def test_a_double_click_shows_a_ticket_large(run: Run) -> None:
    async with run(ROWS) as kitchen:
        card = kitchen.card("o2")
        place = (card.x + 2, card.y + 1)
        await kitchen.pilot.double_click(kitchen.grid, offset=place)
        await kitchen.until(lambda: is_large(kitchen))
        assert kitchen.selected == "o2"


async def test_keys_act_on_the_ticket_that_is_shown_large(run: Run) -> None:
    async with run(ROWS) as kitchen:
        await kitchen.press("right", "z", "i", "x", "!")
        assert given(kitchen) == [(Verb.BUMP_ITEM, "o1"), (Verb.RUSH, "o1")]
        await kitchen.press("space")
        assert given(kitchen)[-1] == (Verb.BUMP, "o1")
        assert not is_large(kitchen), "its ticket is gone"
        await kitchen.press("right", "z", "space", "r")
        assert (Verb.RECALL, "o2") in given(kitchen)


async def test_it_scrolls_and_goes_to_the_ticket_beside(run: Run) -> None:
    async with run(ROWS, (85, 24)) as kitchen:
        await kitchen.press("right", "right", "z")
        assert kitchen.selected == "o2"
        await kitchen.until(lambda: "more below ▼" in kitchen.text)  # once it is laid out
        await kitchen.press("down", "down")
        assert kitchen.app.query_one("FocusView VerticalScroll", VerticalScroll).scroll_y == 6
        await kitchen.press("]", "]", "]", "]")
        await kitchen.until(lambda: "more below" not in kitchen.text)
        assert shows(kitchen, "1 DISH 8")
        await kitchen.press("left", "right")
        assert kitchen.selected == "o2"


async def test_it_follows_what_becomes_of_the_ticket(run: Run) -> None:
    async with run(ROWS) as kitchen:
        await kitchen.press("right", "z")
        await kitchen.tell(order(1, "Soup", age=300, table_number="7"))
        assert shows(kitchen, "1 SOUP")
        await kitchen.remove("o1")
        assert not is_large(kitchen)


async def test_another_view_closes_it(run: Run) -> None:
    async with run(ROWS) as kitchen:
        await kitchen.press("right", "z", "tab")
        assert kitchen.app.board_screen.view.id == "expo"
        await kitchen.press("z")
        assert is_large(kitchen)
        await kitchen.press("space")
        assert "is not done" in kitchen.text


async def test_all_day_counts_by_item_by_modifiers_and_off(run: Run) -> None:
    async with run(ROWS[:1] * 1 + orders(3)[1:]) as kitchen:
        assert "ALL DAY" not in kitchen.text
        await kitchen.press("d")
        assert "3 Burger" in kitchen.text
        await kitchen.press("d")
        assert "2 Burger" in kitchen.text
        assert "No onion" in kitchen.text.split("ALL DAY")[1]
        await kitchen.tell(order(9, "Burger", "Burger"))
        assert "4 Burger" in kitchen.text
        await kitchen.press("d")
        assert "ALL DAY" not in kitchen.text
        panel = kitchen.app.query_one(AllDayPanel)
        await kitchen.tell(order(10, "Burger"))
        assert sum(each.count for each in panel._all_day.counts()) == 6


async def test_the_panel_takes_room_on_a_wide_screen_only(run: Run) -> None:
    for size, over in (((85, 24), True), ((120, 36), False)):
        async with run(orders(40), size) as kitchen:
            before = kitchen.grid.size.width
            await kitchen.press("d")
            assert (kitchen.grid.size.width == before) is over


async def test_on_a_narrow_screen_the_counts_give_way_to_large_letters(run: Run) -> None:
    async with run(ROWS, (85, 24)) as kitchen:
        await kitchen.press("d")
        assert "ALL DAY" in kitchen.text
        await kitchen.press("right", "z")
        assert "ALL DAY" not in kitchen.text
        await kitchen.press("z")
        assert "ALL DAY" in kitchen.text


async def test_the_counts_give_way_when_the_screen_becomes_narrow_and_come_back(run: Run) -> None:
    async with run(ROWS, (120, 36)) as kitchen:
        await kitchen.press("d", "right", "z")
        assert "ALL DAY" in kitchen.text
        for size, is_seen in (((85, 24), False), ((120, 36), True)):
            await kitchen.pilot.resize_terminal(*size)
            await kitchen.settle()
            assert ("ALL DAY" in kitchen.text) is is_seen


async def test_who_asks_for_counts_on_a_narrow_screen_sees_them_and_not_the_letters(
    run: Run,
) -> None:
    async with run(ROWS, (85, 24)) as kitchen:
        for key, is_large_after in (("z", True), ("d", False), ("z", True), ("d", False)):
            await kitchen.press("right", key)
            assert is_large(kitchen) is is_large_after
        assert "ALL DAY" in kitchen.text


async def test_no_slot_is_said_to_be_empty_that_is_not_seen(run: Run) -> None:
    async with run(ROWS) as kitchen:
        await kitchen.press("right", "z", "f2")
        assert "is empty" not in kitchen.text
        assert "No slot is seen here: Esc shows the tickets again." in kitchen.text


async def test_a_double_click_shows_all_tickets_again(run: Run) -> None:
    async with run(ROWS) as kitchen:
        await kitchen.press("right", "z")
        await kitchen.pilot.click("#focus-body")
        await kitchen.settle()
        assert is_large(kitchen)
        await kitchen.pilot.double_click("#focus-body", offset=(9, 1))
        await kitchen.until(lambda: not is_large(kitchen))
        assert kitchen.selected == "o1"


async def test_large_letters_on_a_terminal_too_small_for_one_rest_and_come_back(run: Run) -> None:
    async with run(ROWS, (85, 24)) as kitchen:
        await kitchen.press("right", "right", "z")
        for size in ((1, 1), (2, 2), (3, 1), (1, 10)):
            await kitchen.pilot.resize_terminal(*size)
            await kitchen.settle()  # fails where it is laid out for ever
        await kitchen.pilot.resize_terminal(85, 24)
        await kitchen.settle()
        assert shows(kitchen, "1 DISH 0")
