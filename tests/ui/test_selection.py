"""The selected ticket stays selected, by its id, whatever happens around it."""

from __future__ import annotations

import pytest

from kds_tui.core.link import LinkState
from kds_tui.ui.themes import THEMES
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, item, order, orders


def mark(kitchen: StillKitchen) -> str:
    """Tell at which order's card the mark of the selection is drawn."""
    (card,) = [card for card in kitchen.cards if card.ticket_id == kitchen.selected]
    head = kitchen.text.split("\n")[card.y + kitchen.top][card.x :]
    assert kitchen.text.count("►") == 1
    assert head.startswith(f"►{card.slot} ")
    return card.ticket_id


async def test_tickets_that_come_go_and_change_leave_the_selection(run: Run) -> None:
    async with run(orders(30)) as kitchen:
        card = kitchen.card("o8")
        await kitchen.click(card.x, card.y)
        slot = card.slot
        for change in (
            kitchen.remove("o7", "o1"),
            kitchen.tell(order(50, age=900), order(9, "Soup", "Bread", "Cake", "Tea", "Pie")),
            kitchen.tell(order(8, "Burger", "Fries")),
            kitchen.list_orders([*orders(20), order(8, "Burger", "Fries", version=3)]),
            kitchen.link_is(LinkState.LIVE),
        ):
            await change
            assert mark(kitchen) == "o8"
            assert kitchen.card("o8").slot == slot


async def test_a_banner_moves_no_ticket(run: Run) -> None:
    async with run(orders(40), (80, 24)) as kitchen:
        await kitchen.press("]", "right")
        await kitchen.remove(kitchen.shown[1])  # so that slots are not in the order of a fresh look
        before = kitchen.selected, [(card.slot, card.ticket_id) for card in kitchen.cards]
        await kitchen.lose_link()
        assert (kitchen.selected, [(c.slot, c.ticket_id) for c in kitchen.cards]) == before
        assert max(card.y + card.height for card in kitchen.cards) == kitchen.grid.size.height
        await kitchen.link_is(LinkState.LIVE)
        assert (kitchen.selected, [(c.slot, c.ticket_id) for c in kitchen.cards]) == before
        assert max(card.y + card.height for card in kitchen.cards) == kitchen.grid.size.height


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (60, 18), (121, 37)])
async def test_a_resize_shows_the_selected_ticket(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(60)) as kitchen:
        await kitchen.press("]", "right", "down")
        chosen = mark(kitchen)
        await kitchen.pilot.resize_terminal(*size)
        await kitchen.settle()
        assert mark(kitchen) == chosen


async def test_every_theme_draws_the_selection(run: Run) -> None:
    async with run(orders(12)) as kitchen:
        await kitchen.press("right", "right")
        for theme in THEMES:
            kitchen.app.theme = theme.name
            await kitchen.settle()
            assert mark(kitchen) == "o7"


async def test_a_selected_ticket_that_leaves_passes_its_place_on(run: Run) -> None:
    async with run(orders(6)) as kitchen:
        await kitchen.press("right", "down", "down")
        await kitchen.remove("o3")
        assert kitchen.selected is None
        assert "Space select" in kitchen.text
        await kitchen.press("space")
        assert mark(kitchen) in ("o2", "o4")


async def test_a_selected_ticket_that_grows_out_of_its_cell_stays_selected(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("right", "down")
        await kitchen.tell(order(2, *(item(f"Dish {place}") for place in range(9))))
        assert kitchen.selected == "o2"
