"""Whatever there is to say, it fits, and what has to be answered stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.ui.still_voice import READY
from voice_tui.core.cart import Cart, CartLine, CartModifier, Heard
from voice_tui.core.transcripts import Entry
from voice_tui.core.turn import TurnState
from voice_tui.services.dialogue_view import DialogueView
from voice_tui.services.microphone import MicrophoneState, MicrophoneStatus
from voice_tui.ui.meter import meter
from voice_tui.ui.panel_words import Picture, body_lines, slash_words, talk_words

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "M", "Z"), include_characters=" "),
    max_size=90,
)
LINES = st.builds(
    CartLine,
    item_id=st.just("1"),
    name=WORDS,
    quantity=st.integers(1, 99),
    price=st.floats(0, 99),
    modifiers=st.lists(st.builds(CartModifier, WORDS), max_size=3).map(tuple),
    note=WORDS,
)
CARTS = st.builds(
    Cart,
    id=st.just("cart"),
    lines=st.lists(LINES, max_size=9).map(tuple),
    table_number=st.none() | WORDS,
    allergies=st.lists(WORDS, max_size=2).map(tuple),
)
VIEWS = st.builds(
    DialogueView,
    cart=CARTS,
    heard=st.lists(st.builds(Heard, WORDS, WORDS), max_size=4).map(tuple),
    questions=st.lists(WORDS, max_size=3).map(tuple),
    pending=WORDS,
    sending=st.booleans(),
    unsettled=st.booleans(),
    notice=WORDS,
    menu_problem=WORDS,
)


@given(VIEWS, WORDS, st.integers(0, 8), st.integers(30, 80), st.integers(0, 30))
def test_it_fits(view: DialogueView, said: str, selected: int, width: int, height: int) -> None:
    picture = Picture(READY, view, [Entry("person", 1, said, final=True)], said, selected)
    lines = body_lines(picture, width, height)
    assert len(lines) <= height
    assert all(line.cell_length <= width for line in lines)
    text = "\n".join(line.plain for line in lines)
    if height >= 1 and view.asks:
        assert "y " in text
    if height >= 1 and view.sending:
        assert "Sending" in text


@pytest.mark.parametrize(("rows", "shown"), [(30, range(12)), (9, range(8, 10)), (4, range(9, 10))])
def test_a_long_order_is_shown_around_the_chosen_line(rows: int, shown: range) -> None:
    lines = tuple(CartLine("1", f"Dish {place}", 1, 1.0) for place in range(12))
    picture = Picture(READY, DialogueView(Cart("cart", lines)), [], selected=9)
    text = "\n".join(line.plain for line in body_lines(picture, 34, rows))
    for place in shown:
        assert f"Dish {place}" in text
    assert "y place" in text


@pytest.mark.parametrize(
    ("turn", "holds", "words"),
    [
        (TurnState.IDLE, False, "Tap F9"),
        (TurnState.IDLE, True, "Hold F9"),
        (TurnState.RECORDING, False, "F9 ends"),
        (TurnState.RECORDING, True, "Release F9"),
        (TurnState.WAITING_USER_FINAL, False, "Tap F9"),
    ],
)
def test_the_talk_key_says_what_it_does(turn: TurnState, holds: bool, words: str) -> None:
    status = type(READY)(READY.link, turn, READY.microphone, -96.0, 0, ())
    assert talk_words(status, "F9", holds=holds) == words


def test_where_slash_searches_it_says_that_the_talk_key_comes_first() -> None:
    nobody = replace(READY, microphone=MicrophoneStatus(MicrophoneState.NO_DEVICE, "None."))
    assert talk_words(nobody, "F9", holds=False) == "/ types"
    slash = slash_words("F9", active=False)
    assert talk_words(nobody, "F9", holds=False, slash=slash) == "F9 and / types"
    assert slash_words("F9", active=True) == "/"
    for keys, hint in (("/", "or / to type one."), (slash, "or F9 and / to type one.")):
        picture = Picture(READY, DialogueView(Cart("cart")), [], slash=keys)
        (line,) = body_lines(picture, 60, 9)
        assert line.plain == f"Say an order, {hint}"


@pytest.mark.parametrize(
    ("level", "full"), [(-96.0, 0), (-60.0, 0), (-33.0, 5), (-6.0, 10), (0.0, 10)]
)
def test_the_meter_goes_from_a_quiet_room_to_loud_speech(level: float, full: int) -> None:
    assert meter(level, 10) == "█" * full + "░" * (10 - full)
