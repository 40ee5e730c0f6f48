"""Views: each is reached by key, header, palette and setting, and keeps what is selected."""

from __future__ import annotations

import pytest

from kds_tui.ui.keymap import VIEWS
from kds_tui.ui.status_line import StatusLine
from tests.ui.conftest import Run
from tests.ui.still_kitchen import order, orders

NAMES = [name for name, _ in VIEWS]


async def test_tab_goes_through_the_views_and_back(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        seen = []
        for key in ["tab"] * len(NAMES) + ["shift+tab"] * len(NAMES):
            await kitchen.press(key)
            seen.append(kitchen.app.board_screen.view.id)
        assert seen == [*NAMES[1:], *NAMES[:1], *reversed(NAMES)]


@pytest.mark.parametrize("name", NAMES)
async def test_a_view_can_be_begun_with_and_the_header_says_which(run: Run, name: str) -> None:
    async with run(orders(3), display={"view": name}) as kitchen:
        view = kitchen.app.board_screen.view
        assert view.id == name
        assert kitchen.text.splitlines()[0].strip().startswith(view.TITLE)


async def test_a_tap_on_the_header_shows_the_next_view(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.pilot.click(StatusLine)
        await kitchen.until(lambda: kitchen.app.board_screen.view.id == NAMES[1])


@pytest.mark.parametrize("name", NAMES)
async def test_the_palette_has_every_view(run: Run, name: str) -> None:
    async with run(orders(3)) as kitchen:
        for command in kitchen.app.get_system_commands(kitchen.app.screen):
            if command.help == f"view.{name}":
                await command.callback()
        assert kitchen.app.board_screen.view.id == name


async def test_the_selected_order_stays_selected_where_it_stands_too(run: Run) -> None:
    async with run(orders(60)) as kitchen:
        await kitchen.press("]")
        selected = kitchen.selected
        await kitchen.press("tab")
        assert kitchen.selected == selected
        await kitchen.press("shift+tab")
        assert kitchen.selected == selected


async def test_a_typed_number_is_forgotten_by_another_view(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("2", "tab", "enter")
        assert kitchen.bumped == []


async def test_a_hidden_view_does_no_work_and_shows_all_when_it_is_back(run: Run) -> None:
    async with run(orders(3), display={"view": "expo"}) as kitchen:
        await kitchen.press("tab", "shift+tab")
        while kitchen.app.board_screen.view.id != "kitchen":
            await kitchen.press("tab")
        expo = kitchen.app.board_screen._views.named("expo")
        looked = expo.activity._setup.cards.ids()
        await kitchen.tell(*orders(9), order(1, age=299, status="ready"))
        assert expo.activity._setup.cards.ids() == looked
        assert set(kitchen.shown) == {f"o{number}" for number in range(2, 10)}
        await kitchen.press("tab")
        assert expo.activity._setup.cards.ids() == [f"o{number}" for number in range(2, 10)]
        assert "READY FOR THE GUESTS 1" in kitchen.text
