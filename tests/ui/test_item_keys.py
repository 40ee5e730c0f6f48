"""The item cursor, marks of items by key and mouse, and what hold and fire make of it."""

from __future__ import annotations

from tests.ui.conftest import Run
from tests.ui.still_kitchen import Row, StillKitchen, item, order, orders
from tests.ui.test_verbs import given


def row_of(kitchen: StillKitchen, words: str) -> int:
    """The row of the grid on which something stands."""
    lines = kitchen.text.splitlines()
    return next(y for y, line in enumerate(lines) if words in line) - kitchen.top


def three() -> list[Row]:
    return [order(1, "Soup", "Steak", "Cake"), order(2)]


async def test_the_keys_go_from_item_to_item_and_round(run: Run) -> None:
    async with run(three()) as kitchen:
        await kitchen.press("i")
        assert kitchen.selected == "o1"
        assert "►1 Soup" in kitchen.text
        await kitchen.press("i", "i")
        assert "►1 Cake" in kitchen.text
        await kitchen.press("i")
        assert "►1 Soup" in kitchen.text
        await kitchen.press("I")
        assert "►1 Cake" in kitchen.text
        await kitchen.press("down")
        assert kitchen.selected == "o2"
        assert "►1 Cake" not in kitchen.text, "another ticket has its own items"


async def test_the_chosen_item_is_marked_and_unmarked_and_never_twice(run: Run) -> None:
    async with run(three()) as kitchen:
        await kitchen.press("x")
        assert given(kitchen) == [], "the first press chooses an item"
        await kitchen.press("i")
        await kitchen.hold("x", 5)
        assert given(kitchen) == ["bump-item o1 i1"]
        assert "►✓ 1 Steak" in kitchen.text
        await kitchen.press("x")
        assert given(kitchen) == ["bump-item o1 i1", "unbump-item o1 i1"]
        assert "✓" not in kitchen.text


async def test_identical_items_on_one_line_are_marked_together(run: Run) -> None:
    async with run([order(1, "Burger", "Fries", "Burger")]) as kitchen:
        await kitchen.press("x", "x")
        assert given(kitchen) == ["bump-item o1 i0", "bump-item o1 i2"]


async def test_a_click_on_an_item_of_the_selected_card_marks_it(run: Run) -> None:
    async with run(three()) as kitchen:
        card = kitchen.card("o1")
        y = row_of(kitchen, "1 Steak")
        await kitchen.click(card.x + 3, y)
        assert (kitchen.selected, given(kitchen)) == ("o1", []), "the first click selects"
        await kitchen.click(card.x + 8, y)
        assert given(kitchen) == ["bump-item o1 i1"]
        assert "►✓ 1 Steak" in kitchen.text
        # A double click is meant as one.
        await kitchen.pilot.double_click(kitchen.grid, offset=(card.x + 5, row_of(kitchen, "Soup")))
        await kitchen.settle()
        assert given(kitchen) == ["bump-item o1 i1", "bump-item o1 i0"]


async def test_the_chosen_item_is_held_and_fired_by_itself(run: Run) -> None:
    async with run(three()) as kitchen:
        await kitchen.press("i", "i", "w", "f")
        assert given(kitchen) == ["hold o1 i1", "fire o1 i1"]


async def test_without_marks_on_the_server_they_are_kept_here_and_that_is_said(run: Run) -> None:
    async with run(three()) as kitchen:
        kitchen.app.kitchen.capabilities = frozenset()
        await kitchen.press("x", "x")
        assert given(kitchen) == []
        assert "►✓ 1 Soup" in kitchen.text
        await kitchen.until(lambda: "has no marks for lines" in kitchen.text)


async def test_an_item_that_is_taken_off_is_not_chosen_any_more(run: Run) -> None:
    async with run(three()) as kitchen:
        await kitchen.press("i", "i", "i")
        await kitchen.tell(order(1, "Soup", "Steak"))
        await kitchen.press("x")
        assert given(kitchen) == [], "it chooses the first one"
        assert "►1 Soup" in kitchen.text


async def test_the_cursor_stays_on_the_page(run: Run) -> None:
    rows = [order(1, *(item(f"Dish {place}") for place in range(60)))]
    async with run(rows, (85, 24)) as kitchen:
        await kitchen.press("I")
        last = kitchen.app.board_screen.view.items
        assert "►1 Dish" in kitchen.text
        await kitchen.press("]", "I")
        assert kitchen.app.board_screen.view.items > last
        assert "►1 Dish" in kitchen.text


async def test_the_item_keys_do_nothing_without_tickets(run: Run) -> None:
    async with run([]) as kitchen:
        await kitchen.press("i", "I", "x", "s", "!", "w", "f", "v", "T")
        assert given(kitchen) == []


async def test_no_item_of_a_bumped_ticket_is_left_chosen(run: Run) -> None:
    async with run(orders(2)) as kitchen:
        await kitchen.press("x", "space")
        assert kitchen.app.board_screen.view.items == ()
