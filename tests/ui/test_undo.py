"""A bumped ticket stays, greyed, with a countdown, until it can be taken back no more."""

from __future__ import annotations

from typing import Final

import pytest

from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import StillKitchen, item, order, orders
from tests.ui.test_verbs import given

UNDO: Final = {"undo_seconds": 60}


async def end_windows(kitchen: StillKitchen) -> None:
    """Let the undo windows end, as their timers would."""
    outbox, terminal = kitchen.app.kitchen.outbox, kitchen.app.terminal
    terminal._window_over(outbox.close_window(tuple(outbox)))
    await kitchen.settle()


async def test_a_bumped_ticket_stays_greyed_and_counts_down(run: Run) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        await kitchen.press("f2")
        assert kitchen.shown == ["o1", "o2", "o3"]
        assert "BUMPED 60s" in kitchen.text
        assert "undo 2" in kitchen.text
        assert "unsent" not in kitchen.text
        assert kitchen.link.delivered == 1, "told of the journal, with nothing to send"
        assert not list(kitchen.app.kitchen.outbox.sendable())
        await kitchen.tick(58.5)
        assert "BUMPED 2s" in kitchen.text
        await end_windows(kitchen)
        assert kitchen.shown == ["o1", "o3"]
        assert "1 unsent" in kitchen.text
        assert len(list(kitchen.app.kitchen.outbox.sendable())) == 1


async def test_recall_takes_it_back(run: Run) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        await kitchen.press("f2")
        assert "r undo" in kitchen.text
        await kitchen.press("r")
        assert (kitchen.shown, given(kitchen)) == (["o1", "o2", "o3"], [])
        assert kitchen.selected == "o2"
        assert "undo" not in kitchen.text
        await kitchen.until(lambda: "#0002 is not bumped after all." in kitchen.text)
        await end_windows(kitchen)
        assert kitchen.shown == ["o1", "o2", "o3"]


async def test_the_footer_does_not_offer_to_bump_what_is_bumped(run: Run) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        await kitchen.press("right", "z")
        assert "Space bump" in kitchen.text
        await kitchen.press("space")
        assert "Space bump" not in kitchen.text
        assert "r undo" in kitchen.text
        await kitchen.press("r")
        assert "Space bump" in kitchen.text


async def test_each_recall_takes_the_bump_before(run: Run) -> None:
    async with run(orders(4), bump=UNDO) as kitchen:
        await kitchen.press("f1", "f3", "r")
        assert given(kitchen) == ["bump o1"]
        await kitchen.press("r")
        assert given(kitchen) == []


async def test_the_foot_of_a_greyed_card_takes_it_back_but_not_by_a_double_click(
    run: Run,
) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        card = kitchen.card("o2")
        foot = (card.x + 5, card.y + card.height - 1)
        await kitchen.pilot.double_click(kitchen.grid, offset=foot)
        await kitchen.settle()
        assert given(kitchen) == ["bump o2"]
        await kitchen.click(*foot)
        assert given(kitchen) == []


@pytest.mark.parametrize("key", ["space", "f2"])
async def test_a_greyed_ticket_is_not_bumped_twice(run: Run, key: str) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        await kitchen.press("f2")
        await kitchen.press("right", "down", key, "f2")
        assert [one for one in given(kitchen) if one == "bump o2"] == ["bump o2"]


async def test_the_bump_key_goes_on_to_the_next_ticket(run: Run) -> None:
    async with run(orders(4), bump=UNDO) as kitchen:
        await kitchen.press("space", "space", "space", "space")
        assert given(kitchen) == ["bump o1", "bump o2"]
        await kitchen.hold("space")
        assert given(kitchen) == ["bump o1", "bump o2", "bump o3"], "held down it bumps one"


async def test_the_question_before_leaving_counts_what_can_be_taken_back(run: Run) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        await kitchen.press("f2", "q")
        assert "1 bump has not reached the order server yet" in kitchen.text


async def test_a_bump_of_another_display_ends_the_countdown(run: Run) -> None:
    async with run(orders(3), bump=UNDO) as kitchen:
        await kitchen.press("f2")
        await kitchen.tell(order(2, status="ready"))
        assert kitchen.shown == ["o1", "o3"]
        await kitchen.press("r")
        assert given(kitchen) == ["recall o2"]
        assert "RECALLED" in kitchen.text


@pytest.mark.parametrize("size", [(85, 24), (120, 36), (200, 50)])
async def test_golden_verbs(run: Run, size: tuple[int, int]) -> None:
    """A greyed ticket, a rushed one, and the item cursor on one with a held course."""
    rows = [
        order(1, "Burger", item("Fries", "no salt", "nut allergy"), table_number="4", age=400),
        order(
            2,
            item("Soup", course="1"),
            item("Steak", "rare", course="2", held=True),
            item("Fish", course="2", held=True),
            table_number="12",
            age=350,
        ),
        order(3, "Salad", rush=True, age=300),
    ]
    async with run(rows, size, bump={"undo_seconds": 3}) as kitchen:
        await kitchen.press("2", "enter", every=0.1)
        card = kitchen.card("o2")
        await kitchen.click(card.x, card.y)
        await kitchen.press("i", "i", every=0.1)
        check_golden(kitchen.app, f"verbs-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", [(85, 24), (120, 36), (200, 50)])
async def test_golden_which_part(run: Run, size: tuple[int, int]) -> None:
    rows = [
        order(
            1,
            item("Soup", course="1"),
            item("Steak", "rare", course="2", held=True),
            item("Fish", course="2", held=True, quantity=2),
            item("Cake [/]", course="Desserts", held=True),
            table_number="12",
        )
    ]
    async with run(rows, size) as kitchen:
        await kitchen.press("right", "f")
        check_golden(kitchen.app, f"fire-{size[0]}x{size[1]}")
