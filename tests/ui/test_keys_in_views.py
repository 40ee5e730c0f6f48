"""Keys that look at something else do so from every view, and from large letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kds_tui.ui.filter_dialog import FilterDialog
from kds_tui.ui.search_line import SearchLine
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, order
from tests.ui.test_focus import is_large
from tests.ui.test_tables_view import later

VIEWS = ("kitchen", "expo", "tables", "scheduled")

ROWS = [
    order(1, "Burger", table_number="7", age=300),
    order(2, "Burger", table_number="8", status="ready"),
    order(3, "Salad", age=200),
    later(4, 900),
]

IN_EACH = pytest.mark.parametrize("large", [False, True], ids=["cards", "large"])
OF_EACH = pytest.mark.parametrize("view", VIEWS)


@asynccontextmanager
async def shown(run: Run, view: str, large: bool, station: str = "") -> AsyncIterator[StillKitchen]:
    display = {"view": view, "station": station} if station else {"view": view}
    async with run(ROWS, (85, 24), display=display) as kitchen:
        await kitchen.press("right", *["z"] * large)
        assert is_large(kitchen) is large
        yield kitchen


def view_of(kitchen: StillKitchen) -> str:
    return kitchen.app.board_screen._views.current.id or ""


def header(kitchen: StillKitchen) -> str:
    return kitchen.text.splitlines()[0]


@IN_EACH
@OF_EACH
async def test_filters_are_chosen_and_the_tickets_show(run: Run, view: str, large: bool) -> None:
    async with shown(run, view, large) as kitchen:
        await kitchen.press("c")
        assert isinstance(kitchen.app.screen, FilterDialog)
        await kitchen.press("2", "escape")
        assert (view_of(kitchen), is_large(kitchen)) == ("kitchen", False)
        assert kitchen.shown == ["o2"]


@IN_EACH
@OF_EACH
async def test_a_search_shows_the_tickets_and_types(run: Run, view: str, large: bool) -> None:
    async with shown(run, view, large) as kitchen:
        await kitchen.press("slash")
        await kitchen.type("salad")
        assert (view_of(kitchen), is_large(kitchen)) == ("kitchen", False)
        assert kitchen.shown == ["o3"]
        await kitchen.press("tab")
        assert not kitchen.app.board_screen.has_class("-searching")
        assert not kitchen.app.board_screen.query_one(SearchLine).has_focus_within
        await kitchen.press("shift+tab", "right", "space")
        assert kitchen.bumped == ["o3"]


@IN_EACH
@OF_EACH
async def test_the_sort_mode_changes_where_it_is_seen(run: Run, view: str, large: bool) -> None:
    async with shown(run, view, large) as kitchen:
        await kitchen.press("y")
        is_tables = view == "tables"
        assert view_of(kitchen) == ("tables" if is_tables else "kitchen")
        words = "Sorted by completion." if is_tables else "Sorted by age."
        await kitchen.until(lambda: words in kitchen.text)
        assert is_large(kitchen) is (large and is_tables)


@IN_EACH
@OF_EACH
async def test_a_station_joins_and_is_given_back(run: Run, view: str, large: bool) -> None:
    async with shown(run, view, large, "grill") as kitchen:
        assert "GRILL" in header(kitchen).upper()
        await kitchen.press("n")
        assert "SALAD" in header(kitchen).upper()
        assert view_of(kitchen) == view
        await kitchen.press("N")
        assert "SALAD" not in header(kitchen).upper()
        assert view_of(kitchen) == view


@OF_EACH
async def test_the_counts_come_and_go(run: Run, view: str) -> None:
    async with shown(run, view, large=False) as kitchen:
        for seen in (True, True, False):
            await kitchen.press("d")
            assert ("ALL DAY" in kitchen.text) is seen
            assert view_of(kitchen) == view


@OF_EACH
async def test_large_letters_come_and_go(run: Run, view: str) -> None:
    async with shown(run, view, large=False) as kitchen:
        selected = kitchen.selected
        for large in (True, False):
            await kitchen.press("z")
            assert is_large(kitchen) is large
            assert (view_of(kitchen), kitchen.selected) == (view, selected)


@IN_EACH
@OF_EACH
async def test_tab_goes_to_the_next_view(run: Run, view: str, large: bool) -> None:
    async with shown(run, view, large) as kitchen:
        await kitchen.press("tab")
        assert view_of(kitchen) == VIEWS[(VIEWS.index(view) + 1) % len(VIEWS)]
        assert not is_large(kitchen)


async def test_the_footer_names_what_the_cards_that_show_are_sorted_by(run: Run) -> None:
    async with run(ROWS, (120, 36)) as kitchen:
        await kitchen.press("y")
        seen = []
        for key in ("tab", "tab", "y", "shift+tab", "shift+tab"):
            seen.append("y by age" in kitchen.text)
            await kitchen.press(key)
        assert seen == [True, False, False, False, False]
        assert "y by age" in kitchen.text
        await kitchen.press("tab", "tab")
        assert "y by completion" in kitchen.text
