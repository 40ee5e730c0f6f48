"""Bump bars on the display: what their keys do there, one bar or two."""

from __future__ import annotations

import pytest

from kds_tui.ui import key_screen
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, order, orders
from voice_tui.terminal import KeyPress, KeyProtocol

# On 120x36 each of these takes one cell: four columns of six, so 24 on the first page.
BOARD = orders(40)


async def press(
    kitchen: StillKitchen, key: str, keypad: str = "", every: float = 1.0, repeats: bool = False
) -> None:
    """Press a key as the terminal's parser tells it."""
    kitchen.clock.passed += every
    kitchen.app.post_message(KeyPress(key, None, "", keypad, repeats=repeats))
    await kitchen.settle()


def bars(*profiles: str, **settings: object) -> dict[str, object]:
    return {"bump_bar": {"profiles": profiles, **settings}}


async def test_the_numbers_of_sheet_b_bump_the_slots_that_are_printed_on_them(run: Run) -> None:
    async with run(BOARD, **bars("kb1700-b")) as kitchen:
        for code in "0123456789":
            await press(kitchen, code)
        assert kitchen.bumped == [f"o{slot}" for slot in range(1, 11)]


async def test_the_keys_of_sheet_b_select_and_bump(run: Run) -> None:
    async with run(BOARD, **bars("kb1700-b")) as kitchen:
        assert "BUMP select" in kitchen.text
        await press(kitchen, "space")  # DOWN
        await press(kitchen, "space")
        await press(kitchen, "right")  # UP
        assert kitchen.selected == "o1"
        await press(kitchen, "left_control")
        assert kitchen.bumped == []
        await press(kitchen, "left_control_alone")
        assert kitchen.bumped == ["o1"]
        page = kitchen.app.board_screen.view.page_words
        await press(kitchen, "left")  # PAGE, the only one that turns them
        assert kitchen.app.board_screen.view.page_words != page
        await press(kitchen, "left")
        assert kitchen.app.board_screen.view.page_words == page


@pytest.mark.parametrize(
    ("column", "first"), [(0, 13), (2, 7), (4, 19)], ids=["the right half", "2", "4"]
)
async def test_the_slots_of_a_second_bar_begin_further_to_the_right(
    run: Run, column: int, first: int
) -> None:
    async with run(BOARD, **bars("kb1700-b", "numpad", second_from_column=column)) as kitchen:
        await press(kitchen, "1", "kp_1")
        await press(kitchen, "3", "kp_3")
        await press(kitchen, "1")
        assert kitchen.bumped == [f"o{first}", f"o{first + 2}", "o2"]


async def test_a_key_of_the_pad_is_its_twin_where_nothing_tells_them_apart(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await press(kitchen, "1", "kp_1")
        await press(kitchen, "2", "kp_2")
        await press(kitchen, "enter", "kp_enter")
        assert kitchen.bumped == ["o12"]
        await press(kitchen, "question_mark")
        await press(kitchen, "enter", "kp_enter")
        assert kitchen.app.screen is kitchen.app.board_screen


async def test_a_key_of_the_pad_closes_a_dialog_also_where_a_bar_has_it(run: Run) -> None:
    async with run(BOARD, **bars("kb1700-b", "numpad")) as kitchen:
        await press(kitchen, "question_mark")
        await press(kitchen, "enter", "kp_enter")
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.bumped == []


async def test_a_key_held_down_moves_on_and_bumps_once_however_slow_it_comes(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await press(kitchen, "down")
        for _ in range(3):
            await press(kitchen, "down", repeats=True)
        assert kitchen.selected == "o4"
        await press(kitchen, "space")
        for _ in range(6):
            await press(kitchen, "space", every=5.0, repeats=True)
        assert kitchen.bumped == ["o4"]


async def test_cards_show_by_which_key_of_the_second_bar_they_are_reached(run: Run) -> None:
    async with run(BOARD, **bars("kb1700-b", "numpad")) as kitchen:
        assert " 12 #0012" in kitchen.text
        assert " 13→1 #0013" in kitchen.text
        assert " 22→10 #0022" in kitchen.text
        assert " 23 #0023" in kitchen.text
    async with run(BOARD, **bars("kb1700-b")) as kitchen:
        assert "→" not in kitchen.text


async def test_at_the_pass_the_second_bar_is_for_what_is_ready_and_the_cards_say_so(
    run: Run,
) -> None:
    rows = [order(1), order(2, status="ready"), order(3, status="ready")]
    async with run(rows, display={"view": "expo"}, **bars("kb1700-b", "numpad")) as kitchen:
        offset = kitchen.app.board_screen.view.ready.paging.offset
        assert f" {offset + 1}→1 #0002" in kitchen.text
        assert f" {offset + 2}→2 #0003" in kitchen.text
        assert " 1 #0001" in kitchen.text


@pytest.mark.parametrize("flags", [None, 27])
async def test_a_key_that_cannot_arrive_is_told_some_seconds_after_the_start(
    run: Run, monkeypatch: pytest.MonkeyPatch, flags: int | None
) -> None:
    monkeypatch.setattr(key_screen, "ANSWER_S", 600.0)
    async with run(BOARD, **bars("kb1700-b")) as kitchen:
        if flags is not None:
            kitchen.app.post_message(KeyProtocol(flags))
            await kitchen.settle()
        kitchen.app.board_screen._warn_of_lone_modifier()
        await kitchen.settle()
        told = [notification.message for notification in kitchen.app._notifications]
        assert any("does not tell a lone Ctrl" in words for words in told) == (flags is None)


@pytest.mark.parametrize("profile", ["kb1700-c", "kb1700-g"])
@pytest.mark.parametrize("action", ["filters", "stock", "recall_list", "endings"])
async def test_a_bar_without_a_key_to_clear_leaves_what_it_came_to_by_its_menu(
    run: Run, profile: str, action: str
) -> None:
    async with run(BOARD, **bars(profile)) as kitchen:
        (menu,) = (key for key in kitchen.app.board_screen.keys.of("app.palette") if key.legend)
        await kitchen.app.board_screen.run_action(action)
        await kitchen.settle()
        assert kitchen.app.screen is not kitchen.app.board_screen
        await press(kitchen, menu.key)
        assert kitchen.app.screen is kitchen.app.board_screen


@pytest.mark.parametrize("profile", ["kb1700-c", "kb1700-g"])
async def test_the_menu_key_of_a_bar_opens_the_palette_and_leaves_it(
    run: Run, profile: str
) -> None:
    async with run(BOARD, **bars(profile)) as kitchen:
        keys = {each.legend: each.key for each in kitchen.app.board_screen.keys.bound}
        for legends in (("Menu", "Menu"), ("Menu", "1", "2", "Menu")):
            for legend in legends:
                await press(kitchen, keys[legend])
            assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.bumped == []


@pytest.mark.parametrize("key", ["f14", "f15"])
@pytest.mark.parametrize("action", ["palette", "help", "diagnostics", "looks", "quit"])
async def test_a_bar_of_keys_that_were_learned_leaves_every_dialog(
    run: Run, action: str, key: str
) -> None:
    keys = {"board.clear": "f14", "app.palette": "f15"}
    async with run(BOARD, keys=keys, bump={"undo_seconds": 3}) as kitchen:
        await kitchen.press("f1")  # or quitting asks nothing
        await kitchen.app.board_screen.run_action(action)
        await kitchen.settle()
        assert kitchen.app.screen is not kitchen.app.board_screen
        await press(kitchen, key)
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.app.is_running


async def test_a_bar_runs_a_command_of_the_palette_by_its_own_keys(run: Run) -> None:
    async with run(BOARD, **bars("kb1700-c")) as kitchen:
        keys = {each.legend: each.key for each in kitchen.app.board_screen.keys.bound}
        await press(kitchen, keys["Menu"])
        await kitchen.until(lambda: "view.all_day" in kitchen.text)
        for legend in ("Down", "Down", "Up", "Up", "BUMP TICKET"):
            await press(kitchen, keys[legend])
        await kitchen.until(lambda: "ALL DAY" in kitchen.text)
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.bumped == []


async def test_the_keys_of_a_bar_choose_a_filter(run: Run) -> None:
    rows = [*orders(3), order(9, status="ready")]
    async with run(rows, **bars("kb1700-c")) as kitchen:
        keys = {
            each.action.id: each.key for each in kitchen.app.board_screen.keys.bound if each.legend
        }
        await kitchen.app.board_screen.run_action("filters")
        await kitchen.settle()
        for action in ("board.down", "board.bump", "app.palette"):
            await press(kitchen, keys[action])
        assert kitchen.shown == ["o9"]
