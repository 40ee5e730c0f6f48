"""Learning a bump bar: what is asked for, what a press means, and what is kept of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.ui.key_profiles import PROFILES
from kds_tui.ui.key_table import KeyLayers, key_table
from kds_tui.ui.keymap import ACTIONS
from kds_tui.ui.lesson import Lesson, Outcome, readable

WORDS = {action.id: action.words for action in ACTIONS}
RECALL, BUMP = WORDS["board.recall"], WORDS["board.bump"]
CTRL = ("left_control", "left_control_alone")


def lesson(**layers: object) -> Lesson:
    given = KeyLayers(**layers)  # type: ignore[arg-type]
    return Lesson(key_table(given), given.learned)


def asked(of: Lesson) -> list[str]:
    return [step.name for step in of.steps]


def press(of: Lesson, *keys: str) -> Lesson:
    for key in keys:
        of.press(key)
    return of


def go_to(of: Lesson, action: str) -> Lesson:
    while of.step is not None and of.step.action.id != action:
        of.skip()
    assert of.step is not None
    return of


def told(of: Lesson) -> str:
    assert of.heard is not None
    return of.heard.told


def test_a_bar_is_asked_for_by_what_is_printed_on_it_the_bump_key_first() -> None:
    names = asked(lesson(profiles=["kb1700-b"]))
    assert names[:2] == ["BUMP", "RECALL"]
    assert {"PAGE", "UP", "DOWN", "REDRAW", "1", "10"} <= set(names)
    assert len(names) == len(set(names))


def test_another_bar_is_asked_for_by_what_the_keys_do() -> None:
    names = asked(lesson())
    assert names[0] == BUMP
    assert {WORDS[each] for each in ("board.slot_1", "board.slot_10", "app.help")} <= set(names)


def test_the_second_bar_is_asked_for_too() -> None:
    actions = [step.action.id for step in lesson(profiles=["kb1700-b", "numpad"]).steps]
    assert {"board.slot_1", "board.right_slot_1"} <= set(actions)


def test_a_key_is_learned_and_the_next_one_asked_for() -> None:
    one = press(lesson(profiles=["toast"]), "f13")
    assert one.new == one.learned == {"board.bump": "f13"}
    assert one.outcomes[0] is Outcome.LEARNED
    assert told(one) == "learned for ENTER"
    assert one.at == 1
    assert one.has_news


def test_what_it_was_until_now_is_said_and_what_has_no_key_any_more() -> None:
    one = press(lesson(), "r")
    assert told(one) == (f"learned for {BUMP}; until now: {RECALL}, which has no key now")
    assert f"; until now: {WORDS['board.down']}" in told(press(lesson(), "down"))
    assert "no key now" not in told(press(lesson(), "down"))


def test_the_key_that_it_has_already_stays_and_nothing_is_learned() -> None:
    one = press(lesson(), "space")
    assert (one.new, one.outcomes[0], one.at) == ({}, Outcome.SAME, 1)
    assert not one.has_news


def test_a_key_of_another_action_of_this_lesson_is_refused() -> None:
    one = go_to(lesson(), "board.recall")
    press(one, "f13", "f13")
    assert told(one) == f"that is the key for: {RECALL}. Press another."
    assert one.heard is not None
    assert not one.heard.good
    assert one.new == {"board.recall": "f13"}


def test_the_bump_key_says_that_the_bar_has_no_such_key() -> None:
    one = press(lesson(profiles=["toast"]), "f13", "f13", "f14")
    assert one.outcomes[:3] == [Outcome.LEARNED, Outcome.SKIPPED, Outcome.LEARNED]
    assert one.new["board.bump"] == "f13"
    assert len(one.new) == 2


def test_keys_of_the_config_cannot_be_learned_away() -> None:
    one = lesson(keys={"board.recall": "f20"})
    assert one.fixed == 1
    assert "board.recall" not in [step.action.id for step in one.steps]
    press(one, "f20")
    assert f"[keys] in your config gives it to: {RECALL}" in told(one)
    assert one.new == {}


def test_a_lone_modifier_counts_when_it_comes_up() -> None:
    one = press(lesson(profiles=["toast"]), *CTRL)
    assert one.new == {"board.bump": "left_control_alone"}
    assert one.at == 1


def test_the_talk_key_is_held_so_its_press_counts() -> None:
    one = go_to(lesson(), "voice.talk")
    press(one, "right_control", "right_control_alone")
    assert one.new == {"voice.talk": "right_control"}
    assert one.is_over


def test_a_key_of_the_pad_is_learned_under_its_own_name() -> None:
    one = lesson(profiles=["toast"])
    one.press("1", "kp_1", "\x1b[57400;129;49u")
    assert one.new == {"board.bump": "kp_1"}
    assert one.heard is not None
    assert (one.heard.key, one.heard.arrived) == ("pad 1", "ESC [57400;129;49u")
    assert one.means_bump("1", "kp_1")
    assert not one.means_bump("1")


def test_what_was_learned_before_stays_but_for_what_is_learned_anew() -> None:
    before = {"board.bump": "f13", "board.recall": "f14,f15", "board.tidy": "f16"}
    one = press(lesson(learned=before), "f14")
    assert f"until now: {RECALL} (learned)" in told(one)
    assert one.learned == {"board.bump": "f14", "board.recall": "f15", "board.tidy": "f16"}


def test_one_step_back_forgets_what_it_learned() -> None:
    one = press(lesson(), "f13")
    one.back()
    assert (one.at, one.new, one.has_news) == (0, {}, False)
    assert one.outcomes[0] is Outcome.OPEN
    one.back()
    assert one.at == 0


@pytest.mark.parametrize(
    ("arrived", "shown"),
    [("\x1b[57442;5u", "ESC [57442;5u"), ("\r", "^M"), ("\x7f", "^?"), ("a", "a"), (" ", "Space")],
)
def test_what_arrived_can_be_read_to_somebody_on_the_phone(arrived: str, shown: str) -> None:
    assert readable(arrived) == shown


KEYS = ["space", "r", "f13", "f14", "minus", "1", "down", "left_control", "left_control_alone"]


@given(
    st.sampled_from([[], *([name] for name in PROFILES), ["kb1700-b", "numpad"]]),
    st.lists(
        st.sampled_from([*((key, "") for key in KEYS), ("1", "kp_1"), ("minus", "subtract")]),
        max_size=40,
    ),
    st.dictionaries(
        st.sampled_from(["board.bump", "board.recall", "board.tidy"]), st.sampled_from(KEYS)
    ),
)
def test_whatever_is_pressed_what_is_kept_can_be_used(
    profiles: list[str], keys: list[tuple[str, str]], before: dict[str, str]
) -> None:
    doubles = len(set(before.values())) < len(before)
    one = lesson(profiles=profiles, learned={} if doubles else before)
    for key, keypad in keys:
        one.press(key, keypad)
    table = key_table(KeyLayers(profiles=profiles, learned=one.learned))
    for action, key in one.new.items():
        found = table.at(key)
        assert found is not None
        assert found.action.id == action
