"""A click selects a card; on its foot it bumps."""

from __future__ import annotations

from textual.command import CommandPalette

from kds_tui.ui.status_line import KeyLine
from tests.ui.conftest import Run
from tests.ui.still_kitchen import item, order, orders


async def test_a_click_selects_and_a_click_on_the_foot_bumps(run: Run) -> None:
    async with run(orders(12)) as kitchen:
        card = kitchen.card("o9")
        for y in range(card.y, card.y + card.height - 1):
            await kitchen.click(card.x, y)
            assert kitchen.selected == "o9"
            await kitchen.press("escape")
        assert kitchen.bumped == []
        await kitchen.click(card.x + card.width - 1, card.y + card.height - 1)
        assert kitchen.bumped == ["o9"]


async def test_a_click_takes_notice_of_a_ticket_and_a_cancelled_one_goes(run: Run) -> None:
    async with run([order(1), order(2, age=50)]) as kitchen:
        attention = kitchen.app.kitchen.attention
        await kitchen.tell(order(1, status="cancelled"), order(2, age=50, notes="no salt"))
        assert (kitchen.shown, attention.ids()) == (["o1", "o2"], ["o1", "o2"])
        for order_id in ("o2", "o1"):
            card = kitchen.card(order_id)
            await kitchen.click(card.x + 3, card.y + 1)
        assert (kitchen.shown, attention.ids(), kitchen.bumped) == (["o2"], [], [])


async def test_a_double_click_on_a_foot_does_not_bump_what_takes_the_slot(run: Run) -> None:
    async with run(orders(30)) as kitchen:
        card = kitchen.card("o2")
        foot = (card.x + 5, card.y + card.height - 1)
        await kitchen.pilot.double_click(kitchen.grid, offset=foot)
        await kitchen.settle()
        assert kitchen.bumped == ["o2"]


async def test_a_click_does_not_bump_what_took_the_place_before_anybody_could_see_it(
    run: Run,
) -> None:
    async with run(orders(30), bump={"undo_seconds": 3}) as kitchen:
        card = kitchen.card("o2")
        foot = (card.x + 5, card.y + card.height - 1)
        await kitchen.click(*foot)
        assert "undo 2" in kitchen.text
        await kitchen.remove("o2")  # as somebody means to take it back
        taken = kitchen.shown[1]
        assert taken != "o2"
        kitchen.clock.passed += 0.2
        await kitchen.click(*foot)
        await kitchen.until(lambda: "Slot 2 changed just now." in kitchen.text)
        assert taken not in kitchen.bumped
        kitchen.clock.passed += 1
        await kitchen.click(*foot)
        assert taken in kitchen.bumped


async def test_a_click_beside_the_cards_does_nothing(run: Run) -> None:
    async with run(orders(2)) as kitchen:
        card = kitchen.card("o2")
        await kitchen.press("right")
        for x, y in ((card.x + card.width, card.y), (card.x, card.y + card.height), (100, 30)):
            await kitchen.click(x, y)
        assert (kitchen.selected, kitchen.bumped) == ("o1", [])


async def test_a_long_ticket_is_bumped_at_its_end_only(run: Run) -> None:
    rows = [order(1, *(item(f"Dish {place}") for place in range(40)))]
    async with run(rows) as kitchen:
        first, last = kitchen.cards
        assert (first.next_slot, last.last) == (last.slot, True)
        await kitchen.click(first.x + 5, first.y + first.height - 1)
        assert (kitchen.selected, kitchen.bumped) == ("o1", [])
        await kitchen.click(last.x + 5, last.y + last.height - 1)
        assert kitchen.bumped == ["o1"]


async def test_a_tap_on_the_footer_shows_all_commands(run: Run) -> None:
    async with run(orders(2)) as kitchen:
        await kitchen.pilot.click(KeyLine)
        await kitchen.until(lambda: isinstance(kitchen.app.screen, CommandPalette))
