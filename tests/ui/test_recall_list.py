"""The recall list: the whole shift, searched as one types; by key, mouse and bump bar."""

from __future__ import annotations

import re

import pytest

from kds_tui.core.command import Verb
from kds_tui.core.link import LinkState
from kds_tui.core.shift_log import Reading
from kds_tui.ui.search_list import MAX_ROWS
from tests.hostile.oracle import forbidden
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.lists import dialog, gone, hostile_shift, rows, search, shift
from tests.ui.still_kitchen import StillKitchen, order, orders
from tests.ui.test_bump_bars import press

SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}"
)


async def open_list(kitchen: StillKitchen) -> None:
    """Tell what has left the board too, and open the list."""
    await kitchen.tell(*(row for row in shift() if row["status"] in ("completed", "cancelled")))
    await kitchen.press("R")


def numbers(shown: list[str]) -> list[str]:
    return re.findall(r" (\d{4}) ", "\n".join(shown))


async def test_the_whole_shift_is_there_and_what_left_last_is_at_the_top(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        shown = await rows(kitchen)
        assert numbers(shown) == ["0041", "0043", "0046", "0042", "0044", "0045"]
        assert shown[0].startswith("▸ 12:33   4:00 0041  TABLE 12")
        assert "Cedar Salmon" in shown[0]
        assert shown[0].endswith("READY")
        assert [row.split()[-1] for row in shown[1:]] == [
            "UP", "CANCELLED", "READY", "CLOSED", "CLOSED",
        ]  # fmt: skip
        assert "6 orders · Esc closes" in kitchen.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("42", ["0042"]),
        ("salm", ["0041"]),
        ("table 7", ["0044"]),
        ("müll", ["0042"]),
        ("wings cola", ["0043"]),
        ("lobster", []),
    ],
)
async def test_typing_searches(run: Run, typed: str, found: list[str]) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        assert numbers(await search(kitchen, typed)) == found
        assert len(await search(kitchen, "")) == 6


async def test_enter_brings_the_marked_order_back_and_shows_it(run: Run) -> None:
    async with run(shift()) as kitchen:
        await open_list(kitchen)
        await kitchen.press("m", "ü", "enter")
        (command,) = kitchen.app.kitchen.outbox
        assert (command.verb, command.order_id) == (Verb.RECALL, "o42")
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.selected == "o42"
        assert "RECALLED" in kitchen.text


async def test_the_arrows_move_the_mark_and_it_stays_on_its_order(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        await kitchen.press("down", "down", "down")
        assert (await rows(kitchen))[3].startswith("▸ 12:25  18:20 0042")
        await kitchen.tell(gone(50, 1))
        shown = await rows(kitchen)
        assert numbers(shown)[0] == "0050"
        assert shown[4].startswith("▸ 12:25  18:20 0042")
        await kitchen.press("up", "pagedown")
        assert (await rows(kitchen))[-1].startswith("▸ 10:34")


async def test_without_an_arrow_the_mark_stays_on_the_newest(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        await kitchen.tell(gone(50, 1))
        assert (await rows(kitchen))[0].startswith("▸ 12:33   4:00 0050")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("46", "#0046 was cancelled: it does not come back."),
        ("45", "#0045 was closed more than 30 minutes ago: order it anew at the till."),
    ],
)
async def test_what_cannot_come_back_says_why_and_the_list_stays(
    run: Run, number: str, why: str
) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        await kitchen.press(*number, "enter")
        await rows(kitchen)
        assert why in kitchen.text
        assert kitchen.bumped == []


async def test_a_closed_order_comes_back_where_the_server_can_and_else_says_why(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        kitchen.app.kitchen.capabilities = frozenset()
        await kitchen.press("4", "4", "enter")
        assert "TABLE 7 is closed, and this order server opens no closed orders." in kitchen.text
        kitchen.app.kitchen.capabilities = frozenset({"recall"})
        await kitchen.press("enter")
        assert kitchen.bumped == ["o44"]


async def test_escape_closes_and_the_keys_of_the_board_are_letters_here(run: Run) -> None:
    async with run(shift()) as kitchen:
        await open_list(kitchen)
        await kitchen.press("r", "R", "q", "1", "space", "escape")
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.bumped == []


async def test_a_click_brings_a_row_back_and_a_click_beside_closes(run: Run) -> None:
    async with run(shift(), (200, 50)) as kitchen:
        await open_list(kitchen)
        await rows(kitchen)
        region = dialog(kitchen)._list.region
        await kitchen.pilot.click(offset=(region.x + 20, region.y + 3))
        await kitchen.settle()
        assert kitchen.bumped == ["o42"]
        await kitchen.press("R")
        await kitchen.pilot.click(offset=(2, 2))
        await kitchen.settle()
        assert kitchen.app.screen is kitchen.app.board_screen


async def test_an_enter_that_is_held_down_does_not_bump_it_again(run: Run) -> None:
    async with run(shift()) as kitchen:
        await open_list(kitchen)
        await kitchen.hold("enter")
        assert [command.verb for command in kitchen.app.kitchen.outbox] == [Verb.RECALL]


async def test_the_keys_of_a_bar_work_here_too(run: Run) -> None:
    bar = {"bump_bar": {"profiles": ("kb1700-b",)}}
    async with run(shift(), **bar) as kitchen:
        await open_list(kitchen)
        for key in ("space", "space", "right"):  # DOWN, DOWN, UP
            await press(kitchen, key)
        assert (await rows(kitchen))[1].startswith("▸")
        await press(kitchen, "left_control_alone")  # BUMP
        assert kitchen.bumped == ["o43"]


async def test_offline_it_says_that_it_shows_what_this_display_saw(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await kitchen.lose_link()
        await kitchen.press("R")
        assert numbers(await rows(kitchen)) == ["0041", "0043", "0042"]
        assert "3 orders · OFFLINE: what this display saw · Esc closes" in kitchen.text
        await kitchen.press("enter")
        assert kitchen.bumped == ["o41"]


async def test_how_much_of_the_shift_is_read_is_said(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        reader = kitchen.app.terminal.looked_up.shift
        assert reader._wanted, "the list has it read"
        for known, words in (
            ((Reading.READING, ""), "6 orders · reading the rest"),
            ((Reading.FAILED, "No answer [/]."), "6 orders · not all: No answer [/]."),
            ((Reading.READ, ""), "6 orders · Esc"),
        ):
            reader.known = known
            await rows(kitchen)
            assert words in kitchen.text


async def test_with_nothing_bumped_it_says_so(run: Run) -> None:
    async with run(orders(3), (85, 24)) as kitchen:
        await kitchen.press("R", "enter")
        assert "Nothing was bumped yet." in kitchen.text
        assert kitchen.bumped == []


async def test_a_long_shift_is_shown_in_part_and_searched_whole(run: Run) -> None:
    many = [gone(number, float(number)) for number in range(1, MAX_ROWS + 51)]
    async with run(many, (85, 24)) as kitchen:
        await kitchen.press("R")
        await rows(kitchen)
        assert dialog(kitchen)._list.option_count == MAX_ROWS
        await kitchen.press(*"250", every=0)
        assert numbers(await rows(kitchen)) == ["0250"]


async def test_an_order_that_somebody_else_brings_back_leaves_the_list(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        await kitchen.tell(order(41, status="preparing", version=5))
        assert "0041" not in numbers(await rows(kitchen))


async def test_hostile_text_is_harmless_and_searched(run: Run) -> None:
    async with run([order(99)], (85, 24)) as kitchen:
        await kitchen.tell(*hostile_shift())
        await kitchen.press("R")
        for _ in range(30):
            await rows(kitchen)
            assert forbidden(kitchen.text) == []
            await kitchen.press("pagedown", every=0)
        await kitchen.press(*"[bold", every=0)
        await rows(kitchen)
        assert forbidden(kitchen.text) == []


@SIZES
async def test_golden_recall_list(run: Run, size: tuple[int, int]) -> None:
    async with run(shift(), size) as kitchen:
        await open_list(kitchen)
        await kitchen.press("down")
        await rows(kitchen)
        await kitchen.tick(0)  # else the heads show the time only if a second passed outside
        check_golden(kitchen.app, f"recall-list-{size[0]}x{size[1]}")


async def test_golden_recall_list_offline_and_searched(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        await kitchen.link_is(LinkState.RECONNECTING, silent=75, retry_in=9, attempt=4)
        await kitchen.press(*"4", every=0)
        await rows(kitchen)
        check_golden(kitchen.app, "recall-list-offline-85x24")


async def test_golden_recall_list_hostile(run: Run) -> None:
    async with run([order(99)], (85, 24)) as kitchen:
        await kitchen.tell(*hostile_shift())
        await kitchen.press("R")
        await rows(kitchen)
        check_golden(kitchen.app, "recall-list-hostile-85x24")


async def test_what_is_not_found_is_not_called_nothing(run: Run) -> None:
    async with run(shift(), (85, 24)) as kitchen:
        await open_list(kitchen)
        assert await search(kitchen, "lobster") == []
        assert "No order that is known here has that in it." in kitchen.text
        assert "Nothing was bumped" not in kitchen.text
