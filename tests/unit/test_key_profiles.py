"""Bump bars: what each key of theirs sends and does, and which two go together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from kds_tui.core.layout import Grid
from kds_tui.ui.key_profiles import CUSTOM, PLAIN, PROFILES
from kds_tui.ui.key_table import SECOND_BAR, KeyLayers, KeymapError, key_table
from kds_tui.ui.keymap import ACTIONS, RIGHT_SLOTS
from voice_tui.terminal import ALONE, KEYPAD

IDS = {action.id for action in ACTIONS}

CODES = {f"left_control{ALONE}", "subtract", "down", "left", "right", "space", "enter"}
CODES |= set("0123456789")

# Legend sheet -> what its keys have printed, in the order of the codes: left Ctrl, numpad minus,
# down, left, right, space, 0, 1 ... 9, Enter.
PRINTED = {
    "a": "Ctrl - Down Left Right Space 0 1 2 3 4 5 6 7 8 9 Enter",
    "b": "BUMP RECALL SUM PAGE UP DOWN 1 2 3 4 5 6 7 8 9 10 REDRAW",
    "c": "BUMP_ITEM Left Right Up Down BUMP_TICKET 0 1 2 3 4 5 6 7 8 9 Menu",
    "d": "BUMP RECALL Scroll Mode Home Summary 0/10 1 2 3 4 5 6 7 8 9 Enter",
    "e": "View Park Language Zoom Recall Bump Reset 1 2 3 4 5 6 7 8 Left Right",
    "g": "BUMP_ITEM Recall Summary Park/Serve In_progress Menu 0 1 2 3 4 5 6 7 8 9 Enter",
}
ORDER = [f"left_control{ALONE}", "subtract", "down", "left", "right", "space"]
ORDER += [*"0123456789", "enter"]


def does(name: str, *keys: str) -> list[str]:
    """Tell what keys do with one bar."""
    table = key_table(KeyLayers(profiles=[name]))
    return [found.action.id if (found := table.at(key)) else "" for key in keys]


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_names_actions_that_there_are_and_keys_once(name: str) -> None:
    profile = PROFILES[name]
    sent = [key.sends for key in profile.keys if key.sends]
    assert {key.action for key in profile.keys} <= IDS
    assert len(sent) == len(set(sent))
    assert len({key.legend for key in profile.keys}) == len(profile.keys)
    key_table(KeyLayers(profiles=[name]))


@pytest.mark.parametrize("letter", PRINTED)
def test_every_sheet_has_the_seventeen_codes_of_the_bar_and_its_own_legends(letter: str) -> None:
    keys = {key.sends: key.legend.replace(" ", "_") for key in PROFILES[f"kb1700-{letter}"].keys}
    assert set(keys) == CODES
    assert " ".join(keys[code] for code in ORDER) == PRINTED[letter]


def test_on_sheet_b_the_printed_1_sends_0() -> None:
    slots = does("kb1700-b", *"0123456789")
    assert slots == [f"board.slot_{slot}" for slot in range(1, 11)]


@pytest.mark.parametrize("name", ["kb1700-a", "kb1700-c", "kb1700-d", "kb1700-g"])
def test_on_the_other_sheets_a_number_sends_itself_and_0_is_ten(name: str) -> None:
    assert does(name, *"1234567890") == [f"board.slot_{slot}" for slot in range(1, 11)]


@pytest.mark.parametrize(
    ("name", "key", "action"),
    [
        ("kb1700-b", f"left_control{ALONE}", "board.bump"),
        ("kb1700-b", "subtract", "board.recall"),
        ("kb1700-b", "minus", "board.recall"),  # as a plain terminal tells it
        ("kb1700-b", "right", "board.up"),
        ("kb1700-b", "space", "board.down"),
        ("kb1700-b", "enter", "board.tidy"),
        ("kb1700-b", "down", "view.all_day"),
        ("kb1700-c", f"left_control{ALONE}", "board.bump_item"),
        ("kb1700-e", "left", "view.focus"),
        ("kb1700-g", "right", "board.start"),
        ("kb1700-c", "subtract", "board.left"),
        ("kb1700-c", "down", "board.right"),
        ("kb1700-c", "left", "board.up"),
        ("kb1700-c", "right", "board.down"),
        ("kb1700-c", "space", "board.bump"),
        ("kb1700-d", f"left_control{ALONE}", "board.bump"),
        ("kb1700-e", "9", "board.left"),
        ("kb1700-e", "0", "board.clear"),
        ("numpad", "kp_enter", "board.bump"),
        ("numpad", "enter", "board.bump"),
        ("numpad", "kp_7", "board.slot_7"),
        ("numpad", "7", "board.slot_7"),
        ("numpad", "minus", "board.recall"),
    ],
)
def test_a_bars_key_does_what_is_printed_on_it(name: str, key: str, action: str) -> None:
    assert does(name, key) == [action]


def test_a_bar_adds_its_keys_and_takes_them_from_whoever_had_them_by_default() -> None:
    table = key_table(KeyLayers(profiles=["kb1700-b"]))
    bump = table.of("board.bump")
    assert [(each.key, each.source) for each in bump] == [(f"left_control{ALONE}", "kb1700-b")]
    assert [each.key for each in table.of("board.right")] == ["l"]
    assert table.of("board.digit_1") == []
    assert [each.words for each in table.of("board.recall")] == ["RECALL", "RECALL", "r"]


@pytest.mark.parametrize("names", [(), (PLAIN,), (CUSTOM,), ("toast",)])
def test_what_has_no_codes_leaves_the_default_keys(names: tuple[str, ...]) -> None:
    assert key_table(KeyLayers(profiles=names)).bound == key_table().bound


def test_two_bars_that_send_different_keys_have_a_half_of_the_screen_each() -> None:
    table = key_table(KeyLayers(profiles=["kb1700-b", "numpad"]))

    def does(key: str) -> str:
        found = table.at(key)
        assert found is not None
        return found.action.id

    assert does("1") == "board.slot_2"
    assert does("kp_1") == f"{SECOND_BAR}1"
    assert does("kp_0") == f"{SECOND_BAR}10"
    assert does("kp_enter") == "board.bump"
    assert does("enter") == "board.tidy"  # of the first bar: it sends that one itself
    assert RIGHT_SLOTS == 10


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        (
            ["kb1700-b", "kb1700-b"],
            "'0' is board.slot_1 (1 of kb1700-b) and board.right_slot_1 (1 of kb1700-b), and so"
            " with 9 more keys",
        ),
        (["kb1700-c", "numpad"], "'subtract' is board.left (Left of kb1700-c) and board.recall"),
        (["kb1700"], "there is no profile 'kb1700'; there are pc, kb1700-a"),
    ],
)
def test_bars_that_do_not_go_together_are_refused_by_name(profiles: list[str], words: str) -> None:
    with pytest.raises(KeymapError) as caught:
        key_table(KeyLayers(profiles=profiles))
    ((key, told),) = caught.value.problems
    assert key == "bump_bar.profiles"
    assert words in told


def test_what_was_learned_counts_more_than_a_bar_and_that_more_than_a_default() -> None:
    table = key_table(
        KeyLayers(profiles=["kb1700-b"], learned={"board.bump": "space", "board.tidy": "j,f1"})
    )
    owners = {each.key: (each.action.id, each.source) for each in table.bound}
    assert owners["space"] == ("board.bump", "learned")
    assert owners["j"] == ("board.tidy", "learned")
    assert owners[f"left_control{ALONE}"] == ("board.bump", "kb1700-b")
    assert table.of("board.slot_1")[0].key == "0"


def test_the_config_gives_an_action_exactly_its_keys_also_where_a_bar_is() -> None:
    keys = {"board.bump": "f20", "board.start_over": "x"}
    with pytest.raises(KeymapError):
        key_table(KeyLayers(keys, ["kb1700-b"]))
    table = key_table(KeyLayers({"board.bump": "f20"}, ["kb1700-b"], {"board.bump": "f9"}))
    assert [each.key for each in table.of("board.bump")] == ["f20"]
    assert table.at(f"left_control{ALONE}") is None


@pytest.mark.parametrize(
    ("keys", "learned", "key", "words"),
    [
        (
            {"board.tidy": "space"},
            {},
            "keys.board.tidy",
            "'space' is the key of board.down (DOWN of kb1700-b) already; give one another key",
        ),
        (
            {"board.tidy": "f9"},
            {"board.recall": "f9"},
            "keys.board.tidy",
            "'f9' is the key of board.recall (learned) already; give one another key",
        ),
        (
            {"board.bump": "1"},
            {},
            "keys.board.slot_2",
            "'1' is the key of board.bump already for board.slot_2 (2 of kb1700-b); give one"
            " another key",
        ),
        (
            {},
            {"board.bump": "f9", "board.recall": "f9"},
            "bump_bar.learned.board.recall",
            "'f9' was learned for board.bump already; learn one of them anew",
        ),
        (
            {},
            {"board.bmp": "f9"},
            "bump_bar.learned.board.bmp",
            "there is no such action; did you mean board.bump?",
        ),
    ],
)
def test_a_conflict_names_both(
    keys: dict[str, str], learned: dict[str, str], key: str, words: str
) -> None:
    with pytest.raises(KeymapError) as caught:
        key_table(KeyLayers(keys, ["kb1700-b"], learned))
    assert (key, words) in caught.value.problems


@given(
    st.dictionaries(
        st.sampled_from(sorted(IDS)), st.sampled_from(sorted(CODES | {"f1", "b", "kp_1"}))
    ),
    st.lists(st.sampled_from(sorted(PROFILES)), max_size=2),
)
def test_no_key_ever_does_two_things(learned: dict[str, str], profiles: list[str]) -> None:
    try:
        table = key_table(KeyLayers(profiles=profiles, learned=learned))
    except KeymapError:
        return
    keys = [each.key for each in table.bound]
    assert len(keys) == len(set(keys))
    for action, key in learned.items():
        found = table.at(key)
        assert found is not None
        assert found.action.id == action


def test_twins_are_named_as_textual_names_them() -> None:
    twins = {"minus": "-", "plus": "+", "slash": "/", "asterisk": "*", "full_stop": "."}
    twins |= {"comma": ",", "equals_sign": "="}
    for _, twin in KEYPAD.values():
        if twin not in ("enter", *"0123456789"):
            assert _character_to_key(twins[twin]) == twin


@pytest.mark.parametrize(
    ("columns", "column", "begins"),
    [(6, 0, 3), (5, 0, 3), (2, 0, 1), (1, 0, 0), (6, 1, 0), (6, 5, 4), (4, 9, 3)],
)
def test_a_second_bar_counts_from_its_column(columns: int, column: int, begins: int) -> None:
    grid = Grid(120, 36, columns, 4)
    assert grid.slot_from(column, 1) == begins * 4 + 1
    assert grid.slot_from(column, 3) == begins * 4 + 3
