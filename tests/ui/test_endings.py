"""Many commands come to nothing at once: three sentences show, the others wait to be read."""

from __future__ import annotations

import pytest

from kds_tui.ui.endings_dialog import EndingsDialog
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import StillKitchen, orders

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=lambda s: f"{s[0]}x{s[1]}")


async def decline_all(kitchen: StillKitchen) -> None:
    """Bump the first seven tickets, each of which the server refuses."""
    for number in range(1, 8):
        kitchen.app.wishes.bump(f"o{number}")
    for number, command in enumerate(list(kitchen.app.kitchen.outbox), 1):
        words = f"#000{number} was brought back meanwhile, so your bump does not count: bump it"
        await kitchen.decline(command, f"{words} again when it is done.")


def toasts(kitchen: StillKitchen) -> list[str]:
    return [each.message.split()[0] for each in kitchen.app._notifications]


@SIZES
async def test_golden_of_seven_at_once(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(9), size) as kitchen:
        await decline_all(kitchen)
        await kitchen.tick(0.0)
        assert toasts(kitchen) == ["#0001", "#0002", "#0003"]
        check_golden(kitchen.app, f"endings-unread-{size[0]}x{size[1]}")


@SIZES
async def test_golden_of_all_to_be_read(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(9), size) as kitchen:
        await decline_all(kitchen)
        kitchen.app.clear_notifications()
        await kitchen.press("e")
        await kitchen.tick(0.0)
        assert "UNREAD" not in kitchen.text.splitlines()[-1]
        check_golden(kitchen.app, f"endings-{size[0]}x{size[1]}")


async def test_they_are_unread_until_they_are_read_and_can_be_read_again(run: Run) -> None:
    async with run(orders(9)) as kitchen:
        await decline_all(kitchen)
        await kitchen.tick(60.0)
        assert "e 4 UNREAD" in kitchen.text
        await kitchen.press("e")
        await kitchen.tick()
        assert isinstance(kitchen.app.screen, EndingsDialog)
        assert kitchen.text.count("UNREAD") == 4
        await kitchen.press("e")
        assert kitchen.app.screen is kitchen.app.board_screen
        await kitchen.tick()
        assert "UNREAD" not in kitchen.text
        await kitchen.press("e")
        assert "#0007 was brought back" in kitchen.text
        assert "UNREAD" not in kitchen.text


async def test_when_nothing_went_wrong_it_says_so(run: Run) -> None:
    async with run(orders(1)) as kitchen:
        await kitchen.press("e")
        assert "Every command of this run did what it was meant to." in kitchen.text
