"""Help: every key can be found, on any screen, and a bar's legends stand there too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.containers import VerticalScroll

from kds_tui.ui.help_words import help_parts, lay_out, lone_modifier_words, matching
from kds_tui.ui.key_profiles import PROFILES
from kds_tui.ui.key_table import KeyLayers, KeyTable, key_table
from kds_tui.ui.keymap import ACTIONS, NUMBERED
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import StillKitchen, orders
from voice_tui.terminal import KeyProtocol

SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}"
)

BOARD = orders(6)
WORDS = {action.id: action.words for action in ACTIONS}


def told(keys: KeyTable, width: int = 80) -> str:
    """Give all of the help as text, without line breaks within a row."""
    return " ".join(
        " ".join("".join(text for text, _ in line).split())
        for line in lay_out(help_parts(keys), width)
    )


def rows(keys: KeyTable) -> dict[str, str]:
    return {label: words for part in help_parts(keys) for label, words in part.rows}


async def read_all(kitchen: StillKitchen) -> str:
    """Scroll through the dialog, and give every screen."""
    box = kitchen.app.screen.query_one(VerticalScroll)
    screens = [kitchen.text]
    while box.scroll_y < box.max_scroll_y:
        await kitchen.press("pagedown")
        box.scroll_to(y=box.scroll_target_y, animate=False)
        await kitchen.settle()
        screens.append(kitchen.text)
    return "\n".join(screens)


@SIZES
async def test_golden_help(run: Run, size: tuple[int, int]) -> None:
    async with run(BOARD, size) as kitchen:
        await kitchen.press("question_mark", every=0)
        check_golden(kitchen.app, f"help-{size[0]}x{size[1]}")


@SIZES
async def test_golden_help_with_a_bar_that_the_terminal_cannot_hear(
    run: Run, size: tuple[int, int]
) -> None:
    async with run(BOARD, size, bump_bar={"profiles": ["kb1700-b"]}) as kitchen:
        await kitchen.press("question_mark", every=0)
        check_golden(kitchen.app, f"help-bar-{size[0]}x{size[1]}")


async def test_every_key_is_found_by_scrolling_on_the_smallest_screen(run: Run) -> None:
    async with run(BOARD, (80, 24)) as kitchen:
        await kitchen.press("question_mark")
        text = await read_all(kitchen)
        for action in ACTIONS:
            first = next(iter(kitchen.app.board_screen.keys.of(action.id)), None)
            if first is not None and not action.id.startswith(NUMBERED):
                assert first.words in text, action.id


async def test_a_key_is_found_by_what_it_does(run: Run) -> None:
    async with run(BOARD, (85, 24)) as kitchen:
        await kitchen.press("question_mark", "slash", *"PAGE")
        assert "Next page" in kitchen.text
        assert "Bump the selected" not in kitchen.text
        await kitchen.press("backspace", "backspace", "backspace", "backspace", *"qui")
        assert "search: qui" in kitchen.text
        assert "Next page" not in kitchen.text
        await kitchen.press(*"zz")
        assert "Nothing has that in it." in kitchen.text
        await kitchen.press("escape")
        assert "Bump the selected" in kitchen.text
        await kitchen.press("escape")
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.app.is_running


@pytest.mark.parametrize("flags", [None, 27])
async def test_help_says_when_the_terminal_tells_no_lone_ctrl(run: Run, flags: int | None) -> None:
    async with run(BOARD, (85, 24), bump_bar={"profiles": ["kb1700-b"]}) as kitchen:
        if flags is not None:
            kitchen.app.post_message(KeyProtocol(flags))
        await kitchen.press("question_mark")
        assert ("does not tell a lone Ctrl: BUMP" in kitchen.text) == (flags is None)


def test_the_warning_names_the_key_that_does_not_arrive() -> None:
    def warned(*profiles: str, **learned: str) -> str:
        keys = key_table(KeyLayers(profiles=profiles, learned=learned))
        return lone_modifier_words(keys, tells_lone_modifiers=False)

    assert "BUMP does not arrive" in warned("kb1700-b")
    assert warned("numpad") == warned("pc") == ""
    assert (
        lone_modifier_words(key_table(KeyLayers(profiles=["kb1700-b"])), tells_lone_modifiers=True)
        == ""
    )


def test_a_bars_keys_stand_under_what_is_printed_on_them() -> None:
    said = rows(key_table(KeyLayers(profiles=["kb1700-b"])))
    assert said["h j ↑ k l"] == "Select the next ticket that way"
    assert said["RECALL"] == WORDS["board.recall"]
    assert said["REDRAW"] == WORDS["board.tidy"]
    assert said["1-10"] == "Bump that slot"
    assert "1-99 Enter" not in said
    two = [part for part in help_parts(key_table(KeyLayers(profiles=["kb1700-b", "numpad"])))][:2]
    assert [part.title for part in two] == ["Bar kb1700-b", "Bar numpad"]
    assert ("1-0", "Bump that slot of the right half") in two[1].rows


def test_a_bar_whose_codes_are_not_known_says_what_was_learned() -> None:
    assert rows(key_table(KeyLayers(profiles=["toast"])))["RECALL LAST"] == "not learned yet"
    said = rows(key_table(KeyLayers(profiles=["toast"], learned={"board.recall": "f20"})))
    assert said["RECALL LAST"] == WORDS["board.recall"]
    assert said["UP"] == "not learned yet"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("width", [40, 78, 120, 196])
def test_no_line_is_wider_than_the_box(profile: str, width: int) -> None:
    parts = help_parts(key_table(KeyLayers(profiles=[profile])))
    lines = lay_out(parts, width)
    assert max(sum(cell_len(text) for text, _ in line) for line in lines) <= width
    assert "Bump" in told(key_table(KeyLayers(profiles=[profile])), width)


@given(st.text(max_size=12))
def test_searching_shows_rows_and_nothing_else(wanted: str) -> None:
    parts = help_parts(key_table())
    every = {row for part in parts for row in part.rows}
    assert {row for part in matching(parts, wanted) for row in part.rows} <= every
    if not wanted.split():
        assert {row for part in matching(parts, wanted) for row in part.rows} == every
