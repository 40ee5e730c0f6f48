"""The 86 list: the menu on the terminal; what is out on top, toggled by key and by touch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kds_tui.core.command import Answered, Verb
from kds_tui.core.link import LinkState
from kds_tui.core.stock import StockItem
from tests.hostile.oracle import forbidden
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.lists import HOSTILE_MENU, MENU, dialog, rows, search
from tests.ui.still_kitchen import REFUSED, StillKitchen, orders

SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}"
)


async def open_menu(kitchen: StillKitchen, menu: tuple[StockItem, ...] = MENU) -> None:
    kitchen.app.kitchen.stock.take(menu)
    await kitchen.press("m")


def asked(kitchen: StillKitchen) -> list[tuple[Verb, str]]:
    return [(command.verb, command.subject_id) for command in kitchen.app.kitchen.outbox]


async def test_what_is_out_is_on_top_and_the_rest_by_category(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        assert [row.strip() for row in await rows(kitchen)] == [
            "Out of stock",
            "▸ ✖ 86  Baby Back Ribs  (Mains)",
            "Mains",
            "Classic Burger",
            "Cedar Salmon",
            "Fish and Chips",
            "Sandwiches",
            "Chicken Club",
            "Starters",
            "Soup of the Day",
            "Drinks",
            "Cola",
        ]
        assert "1 out · Esc closes" in kitchen.text


async def test_enter_puts_an_item_out_shows_that_it_is_sent_and_counts_it(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        assert len(await search(kitchen, "salm")) == 2
        await kitchen.press("enter")
        assert asked(kitchen) == [(Verb.OUT_OF_STOCK, "salmon")]
        (row,) = (row for row in await rows(kitchen) if "Salmon" in row)
        assert row.startswith("▸ ✖ 86  Cedar Salmon")
        assert row.endswith("sending")
        (command,) = kitchen.app.kitchen.outbox
        assert command.label == "Cedar Salmon"
        kitchen.app.kitchen.outbox.end(command)
        kitchen.app.terminal.command_ended(Answered(command, None))
        (row,) = (row for row in await rows(kitchen) if "Salmon" in row)
        assert row.endswith("(Mains)")
        await kitchen.press("escape")
        await kitchen.tick()
        assert kitchen.text.split("\n")[-1].rstrip().endswith("86: 2")


async def test_enter_brings_back_what_is_out(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        assert "Enter puts Baby Back Ribs back on the menu." in kitchen.text
        await kitchen.press("enter")
        assert asked(kitchen) == [(Verb.IN_STOCK, "ribs")]
        shown = await rows(kitchen)
        assert "Out of stock" not in "".join(shown)
        assert next(row for row in shown if "Ribs" in row).startswith("▸ ")


async def test_the_arrows_pass_over_the_headings(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        await kitchen.press("down", "down", "down", "down", "enter")
        assert asked(kitchen) == [(Verb.OUT_OF_STOCK, "club")]


async def test_an_enter_that_is_held_down_and_a_finger_that_taps_twice_count_once(
    run: Run,
) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        await kitchen.hold("enter")
        assert asked(kitchen) == [(Verb.IN_STOCK, "ribs")]
        await rows(kitchen)
        kitchen.clock.passed += 5
        region = dialog(kitchen)._list.region
        for _ in range(2):
            await kitchen.pilot.click(offset=(region.x + 10, region.y + 1))
            await kitchen.settle()
            await rows(kitchen)
            kitchen.clock.passed += 0.2
        assert asked(kitchen)[1:] == [(Verb.OUT_OF_STOCK, "burger")]


def sold_out(*ids: str) -> tuple[StockItem, ...]:
    return tuple(replace(each, is_out=each.is_out or each.id in ids) for each in MENU)


async def test_the_mark_stays_on_its_item_when_another_display_puts_one_out(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        await search(kitchen, "c")
        marked = dialog(kitchen).marked
        assert marked == "burger"
        kitchen.app.kitchen.stock.take(sold_out("cola"))
        assert (await rows(kitchen))[1].strip().startswith("✖ 86  Cola")
        await kitchen.press("enter")
        assert asked(kitchen) == [(Verb.OUT_OF_STOCK, "burger")]


async def test_what_another_display_put_out_a_moment_ago_is_not_brought_back(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        await search(kitchen, "salm")
        kitchen.app.kitchen.stock.take(sold_out("salmon"))
        await rows(kitchen)
        await kitchen.press("enter", every=0.2)
        assert asked(kitchen) == []
        assert "Cedar Salmon changed just now." in kitchen.text
        await kitchen.press("enter")
        assert asked(kitchen) == [(Verb.IN_STOCK, "salmon")]


async def test_another_item_right_after_is_another_wish(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        await kitchen.press("enter", "down", "enter", every=0.1)
        assert len(asked(kitchen)) == 2


async def test_somebody_elses_86_comes_up_while_one_looks(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen)
        kitchen.app.kitchen.stock.take((*MENU[:-1], StockItem("cola", "Cola", is_out=True)))
        assert "  ✖ 86  Cola" in await rows(kitchen)
        assert "2 out" in kitchen.text


async def test_offline_the_last_known_menu_works_and_says_so(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await kitchen.lose_link()
        await open_menu(kitchen)
        assert "1 out · OFFLINE: the last known menu · Esc closes" in kitchen.text
        await kitchen.press("enter")
        assert asked(kitchen) == [(Verb.IN_STOCK, "ribs")]


async def test_a_server_without_86_is_told_of_once_and_the_row_says_it(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        kitchen.app.kitchen.capabilities = frozenset()
        await open_menu(kitchen)
        await search(kitchen, "cola")
        await kitchen.press("enter")
        (row,) = (row for row in await rows(kitchen) if "Cola" in row)
        assert row.startswith("▸ ✖ 86  Cola")
        assert row.endswith("this display only")
        await kitchen.until(lambda: "This order server has no 86" in kitchen.text)
        assert asked(kitchen) == []


async def test_without_a_menu_it_says_why(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        kitchen.app.terminal.looked_up.menu.problem = "You may not read the menu [/]."
        await open_menu(kitchen, ())
        assert "not fresh: You may not read the menu [/]." in kitchen.text
        await kitchen.press("enter")
        assert asked(kitchen) == []


async def test_hostile_names_are_harmless_and_can_be_put_out(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen, HOSTILE_MENU)
        for _ in range(40):
            await rows(kitchen)
            assert forbidden(kitchen.text) == []
            await kitchen.press("pagedown", "enter", every=1)
        assert asked(kitchen)
        await kitchen.until(lambda: forbidden(kitchen.text) == [])


@SIZES
async def test_golden_stock_list(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(2), size) as kitchen:
        await open_menu(kitchen)
        await kitchen.press("down", "enter")
        await rows(kitchen)
        await kitchen.tick(0)  # else the heads show the time only if a second passed outside
        check_golden(kitchen.app, f"stock-list-{size[0]}x{size[1]}")


async def test_golden_stock_list_offline_and_searched(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await kitchen.link_is(LinkState.RECONNECTING, silent=75, retry_in=9, reason=REFUSED)
        await open_menu(kitchen)
        await search(kitchen, "mains")
        check_golden(kitchen.app, "stock-list-offline-85x24")


async def test_golden_stock_list_hostile(run: Run) -> None:
    async with run(orders(2), (85, 24)) as kitchen:
        await open_menu(kitchen, HOSTILE_MENU)
        await rows(kitchen)
        check_golden(kitchen.app, "stock-list-hostile-85x24")


async def test_a_menu_that_is_not_known_is_not_called_searched(run: Run) -> None:
    async with run(()) as kitchen:
        await kitchen.press("m")
        assert "No menu is known yet." in kitchen.text
        await kitchen.type("x")
        assert "There is no such item on the menu." in kitchen.text
