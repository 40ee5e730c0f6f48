"""Keys: every action has its own, and a mistake in the config is named."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from kds_tui.ui.board_screen import BoardScreen
from kds_tui.ui.key_table import KeyLayers, KeymapError, key_table
from kds_tui.ui.keymap import ACTIONS, key_words


def test_the_keys_as_delivered_are_all_different_and_none_is_missing() -> None:
    bound = key_table().bindings()
    assert max(Counter(binding.key for binding in bound).values()) == 1
    assert {binding.id for binding in bound} == {action.id for action in ACTIONS if action.keys}
    keys = {binding.key for binding in bound}
    assert {"space", "enter", "left_square_bracket", "question_mark", "ctrl+p", "f12"} <= keys


def test_ids_and_words_are_unique_and_every_action_can_be_run() -> None:
    assert max(Counter(action.id for action in ACTIONS).values()) == 1
    assert max(Counter(action.words for action in ACTIONS).values()) == 1
    for action in ACTIONS:
        name = re.match(r"\w+", action.action)
        assert name is not None
        assert callable(getattr(BoardScreen, f"action_{name[0]}"))


def test_the_config_gives_an_action_other_keys() -> None:
    keys = {"board.recall": "u, [", "board.page_previous": "pageup"}
    bound = key_table(KeyLayers(keys)).bindings()
    by_id = {(b.id, b.key): b.action for b in bound}
    assert by_id["board.recall", "u"] == "recall"
    assert by_id["board.recall", "left_square_bracket"] == "recall"
    assert ("board.recall", "r") not in by_id
    assert by_id["board.up", "k"] == "move('UP')"


@pytest.mark.parametrize(
    ("keymap", "problems"),
    [
        pytest.param(
            {"board.recal": "u"},
            [("keys.board.recal", "there is no such action; did you mean board.recall?")],
            id="unknown, with the nearest",
        ),
        pytest.param({"zzz": "u"}, [("keys.zzz", "there is no such action")], id="unknown"),
        pytest.param(
            {"board.recall": "k", "board.up": "k"},
            [("keys.board.up", "'k' is the key of board.recall already; give one another key")],
            id="a key for two actions",
        ),
        pytest.param(
            {"app.help": "[", "board.page_previous": "left_square_bracket"},
            [
                (
                    "keys.app.help",
                    "'left_square_bracket' is the key of board.page_previous already; "
                    "give one another key",
                )
            ],
            id="the character of a key that has a name",
        ),
        pytest.param(
            {"board.recall": "", "app.help": "x,,y"},
            [
                ("keys.board.recall", "'' cannot be used: Can not bind empty string in ''"),
                ("keys.app.help", "'x,,y' cannot be used: Can not bind empty string in 'x,,y'"),
            ],
            id="no key at all",
        ),
    ],
)
def test_mistakes_are_named_all_at_once(
    keymap: dict[str, str], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(KeymapError) as caught:
        key_table(KeyLayers(keymap))
    assert list(caught.value.problems) == problems
    assert all(key in str(caught.value) for key, _ in problems)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("space", "Space"),
        ("left_square_bracket", "["),
        ("ctrl+p", "^p"),
        ("ctrl+left", "^←"),
        ("f3", "F3"),
        ("f", "f"),
        ("r", "r"),
        ("1", "1"),
    ],
)
def test_keys_are_named_as_they_are_printed(key: str, words: str) -> None:
    assert key_words(key) == words
