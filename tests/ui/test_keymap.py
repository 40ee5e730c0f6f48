"""The keys of the settings: what is wrong with them is told at the start, with names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.config import ConfigError
from kds_tui.config.settings import Settings
from kds_tui.display import check_screen_settings
from kds_tui.ui.key_table import KeyLayers, KeymapError, key_table
from kds_tui.ui.keymap import ACTIONS, KeyAction, key_words


def test_the_default_keys_do_not_clash() -> None:
    bound = key_table().bindings()
    keys = [binding.key for binding in bound]
    assert len(keys) == len(set(keys))
    assert {binding.id for binding in bound} == {action.id for action in ACTIONS if action.keys}


@pytest.mark.parametrize(
    ("keymap", "key", "reason"),
    [
        ({"board.tidy": "f19", "board.recall": "f19"}, "keys.board.tidy", "key of board.recall"),
        ({"board.tidy": "[", "board.recall": "["}, "keys.board.tidy", "key of board.recall"),
        ({"board.bmp": "b"}, "keys.board.bmp", "did you mean board.bump?"),
    ],
)
def test_keys_that_cannot_be_used_are_named(keymap: dict[str, str], key: str, reason: str) -> None:
    with pytest.raises(KeymapError) as caught:
        key_table(KeyLayers(keymap))
    ((named, words),) = caught.value.problems
    assert named == key
    assert reason in words


@given(st.sampled_from(ACTIONS), st.sampled_from([each for each in ACTIONS if each.keys]))
def test_a_person_s_key_wins_over_any_default(mine: KeyAction, other: KeyAction) -> None:
    (key, *_) = key_table().of(other.id)
    table = key_table(KeyLayers({mine.id: key.key}))
    owner = table.at(key.key)
    assert owner is not None
    assert (owner.action, owner.source) == (mine, "[keys]")
    assert table.taken_from(other) == ([owner] if mine != other else [])
    assert key.key not in {each.key for each in table.of(other.id)} or mine == other


def test_a_key_may_change_hands() -> None:
    bound = key_table(KeyLayers({"board.recall": "space", "board.bump": "r"})).bindings()
    assert [binding.action for binding in bound if binding.key == "space"] == ["recall"]


def test_all_problems_of_the_screen_are_told_at_once() -> None:
    settings = Settings.model_validate(
        {
            "keys": {"board.tidy": "f19", "board.recall": "f19", "no.such": "x"},
            "display": {"theme": "blue"},
        }
    )
    with pytest.raises(ConfigError) as caught:
        check_screen_settings(settings, "file kds.toml")
    told = str(caught.value)
    for words in ("display.theme", "keys.board.tidy", "keys.no.such", "kds.toml", "kitchen-dark"):
        assert words in told


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("space", "Space"),
        ("ctrl+r", "^r"),
        ("f3", "F3"),
        ("question_mark", "?"),
        ("f", "f"),
        ("left", "←"),
    ],
)
def test_keys_are_named_as_they_are_printed(key: str, words: str) -> None:
    assert key_words(key) == words


def test_every_binding_is_hidden_from_textuals_own_footer() -> None:
    assert not any(binding.show for binding in key_table().bindings())
