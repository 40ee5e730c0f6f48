"""Looks: three densities, and the picker that shows them on the board."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kds_tui.config.looks_file import LooksFile
from kds_tui.core.density import Density
from kds_tui.ui.looks_dialog import LooksDialog
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import StillKitchen, order, orders
from tests.ui.test_golden import busy

BIG = re.compile("[█▀▄]")


def density(kitchen: StillKitchen) -> Density:
    return kitchen.app.looks.density


@pytest.mark.parametrize("size", [(85, 24), (120, 36), (200, 50)], ids=str)
@pytest.mark.parametrize("name", ["near", "far"])
async def test_golden_density(run: Run, name: str, size: tuple[int, int]) -> None:
    async with run(busy(), size, display={"density": name}) as kitchen:
        check_golden(kitchen.app, f"{name}-{size[0]}x{size[1]}")


async def test_golden_looks(run: Run) -> None:
    async with run(busy(), (85, 24)) as kitchen:
        await kitchen.press("ctrl+o", "right", every=0)
        # What lies under a dialog is drawn in its own time.
        await kitchen.until(lambda: bool(BIG.search(kitchen.text)))
        check_golden(kitchen.app, "looks-85x24")


async def test_near_shows_more_tickets_and_far_fewer_with_figures(run: Run) -> None:
    counts: dict[str, int] = {}
    for name in ("near", "line", "far"):
        async with run(orders(60), (120, 36), display={"density": name}) as kitchen:
            counts[name] = len(kitchen.shown)
            assert bool(BIG.search(kitchen.text)) == (name == "far")
    assert counts["near"] > counts["line"] > counts["far"] >= 9


async def test_the_figures_of_the_age_move_on(run: Run) -> None:
    rows = [order(1, age=59, type="dine-in", table_number="7")]
    async with run(rows, (85, 24), display={"density": "far"}) as kitchen:
        before = kitchen.text
        assert "▀▀█" in before  # the 7
        await kitchen.tick()
        after = kitchen.text
        changed = [a != b for a, b in zip(before.split("\n"), after.split("\n"), strict=True)]
        assert changed[1:5].count(True) >= 3, "the name's row and the figures under it"


@pytest.mark.parametrize("size", [(39, 24), (85, 9), (24, 8)], ids=str)
async def test_where_large_cells_find_no_room_there_are_others(
    run: Run, size: tuple[int, int]
) -> None:
    async with run(orders(5), size, display={"density": "far"}) as kitchen:
        assert "#0001" in kitchen.text
        assert not BIG.search(kitchen.text)


async def test_every_look_is_shown_at_once_and_escape_brings_the_former_ones_back(
    run: Run,
) -> None:
    async with run(orders(60), (120, 36)) as kitchen:
        before = kitchen.shown
        await kitchen.press("ctrl+o", "down", "right")
        assert kitchen.app.theme == "kitchen-light"
        assert density(kitchen) is Density.FAR
        assert len(kitchen.shown) < len(before)
        await kitchen.until(lambda: bool(BIG.search(kitchen.text)))
        await kitchen.press("escape")
        assert not isinstance(kitchen.app.screen, LooksDialog)
        assert (kitchen.app.theme, density(kitchen)) == ("kitchen-dark", Density.LINE)
        assert kitchen.shown == before


async def test_what_is_picked_is_kept_beside_the_settings(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "looks.toml"
    async with run(orders(2)) as kitchen:
        kitchen.app.looks.file = LooksFile(file, {"display.theme": "default"})
        await kitchen.press("ctrl+o", "down", "left", "enter")
        await kitchen.until(file.exists)
        assert tomllib.loads(file.read_text()) == {
            "display": {"theme": "kitchen-light", "density": "near"}
        }
        assert kitchen.app.theme == "kitchen-light"


async def test_it_says_when_the_settings_will_come_first_again(run: Run, tmp_path: Path) -> None:
    async with run(orders(2)) as kitchen:
        sources = {"display.theme": "file /etc/kds.toml", "display.density": "looks /x"}
        kitchen.app.looks.file = LooksFile(tmp_path / "looks.toml", sources)
        await kitchen.press("ctrl+o", "enter")
        await kitchen.until(lambda: "display.theme (file" in kitchen.text)
        assert "display.density" not in kitchen.text


async def test_it_says_when_it_cannot_be_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with run(orders(2)) as kitchen:
        kitchen.app.looks.file = LooksFile(tmp_path / "file" / "looks.toml", {})
        await kitchen.press("ctrl+o", "enter")
        await kitchen.until(lambda: "gone with the next start" in kitchen.text)


async def test_it_tells_from_how_far_the_panel_is_read(run: Run) -> None:
    async with run(orders(2), (120, 36), display={"panel_inches": 43}) as kitchen:
        await kitchen.press("ctrl+o")
        assert '43", 36 rows' in kitchen.text
        assert "words   1.5 m, at most 1.9 m" in kitchen.text
        assert "figures" not in kitchen.text.split("read from")[1]
        await kitchen.press("right")
        assert "figures 6.4 m, at most 8.0 m" in kitchen.text


async def test_a_click_picks(run: Run) -> None:
    async with run(orders(2), (120, 36)) as kitchen:
        await kitchen.press("ctrl+o")
        rows = kitchen.text.split("\n")
        for words in ("kitchen-light", "far "):
            y = next(place for place, row in enumerate(rows) if words in row)
            await kitchen.pilot.click(offset=(rows[y].index(words), y))
            await kitchen.settle()
        assert (kitchen.app.theme, density(kitchen)) == ("kitchen-light", Density.FAR)
