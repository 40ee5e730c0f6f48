"""Dialogs without a keyboard: a touch beside one, or on its lower edge, closes it."""

from __future__ import annotations

import pytest
from textual.screen import ModalScreen
from textual.widget import Widget

from kds_tui.ui.dialogs import QuitDialog
from kds_tui.ui.part_dialog import PartDialog
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, item, order, orders

OPENING = ("question_mark", "ctrl+d", "c", "R", "e", "m", "ctrl+o", "f")

ROW = order(1, item("Soup", course="1", held=True), item("Steak", course="2", held=True))


def box(kitchen: StillKitchen) -> Widget:
    return kitchen.app.screen.children[-1]


async def touch(kitchen: StillKitchen, x: int, y: int) -> None:
    await kitchen.pilot.click(offset=(x, y))
    await kitchen.settle()


@pytest.mark.parametrize("key", OPENING)
@pytest.mark.parametrize("size", [(85, 24), (120, 36)])
async def test_the_lower_edge_closes(run: Run, key: str, size: tuple[int, int]) -> None:
    async with run([ROW], size) as kitchen:
        await kitchen.press("right", key)
        assert isinstance(kitchen.app.screen, ModalScreen)
        region = box(kitchen).region
        if not isinstance(kitchen.app.screen, PartDialog):  # a touch on a part chooses it
            await touch(kitchen, region.x + 5, region.y + 2)
            assert isinstance(kitchen.app.screen, ModalScreen)
        await touch(kitchen, region.x + 5, region.bottom - 1)
        assert not isinstance(kitchen.app.screen, ModalScreen)


@pytest.mark.parametrize("key", OPENING)
async def test_a_touch_beside_closes(run: Run, key: str) -> None:
    async with run([ROW], (200, 50)) as kitchen:
        await kitchen.press("right", key)
        await touch(kitchen, 0, 0)
        assert not isinstance(kitchen.app.screen, ModalScreen)
        assert kitchen.bumped == []


async def test_looks_are_kept_on_the_lower_edge_and_forgotten_beside(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        former = kitchen.app.theme
        await kitchen.press("ctrl+o", "down")
        await touch(kitchen, 0, 0)
        assert kitchen.app.theme == former
        await kitchen.press("ctrl+o", "down")
        region = box(kitchen).region
        await touch(kitchen, region.x + 5, region.bottom - 1)
        assert not isinstance(kitchen.app.screen, ModalScreen)
        assert kitchen.app.theme != former


@pytest.mark.parametrize(("word", "leaves"), [("quit all", True), ("stay", False)])
async def test_the_question_before_leaving_is_answered(run: Run, word: str, leaves: bool) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("right", "space", "q")
        assert isinstance(kitchen.app.screen, QuitDialog)
        answers: list[bool | None] = []
        kitchen.app._quit_answered = answers.append  # type: ignore[method-assign]
        await kitchen.press("n", "q")
        rows = kitchen.text.splitlines()
        y, row = next((y, row) for y, row in enumerate(rows) if "quit all" in row)
        await touch(kitchen, row.index(word), y)
        assert answers[-1] is leaves
