from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.unit.menus import MATCHERS
from voice_tui.core.cart import Cart, hear
from voice_tui.core.confidence import confidence
from voice_tui.core.parser import parse
from voice_tui.core.tools import AddToOrder, AskedItem, decode_call, encode_call
from voice_tui.core.understood import PieceKind
from voice_tui.core.utterance import words_of

_SPOKEN = """
two to for four a the and no with without on burger fries coke salmon onions cheese large rare
medium make that change scratch actually table seat five twenty one of them both name maria
allergic peanuts send it cancel order bump recall last eighty six out how many all day blorf
instead another more half dozen couple extra add sub side salad , . é 7 2x
"""
WORDS = _SPOKEN.split()
SPEECH = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), st.text(max_size=80)
)


def cart_of(spoken: str, menu: str) -> Cart:
    cart = Cart("cart")
    return hear(cart, parse(spoken, MATCHERS[menu], cart), MATCHERS[menu]).cart


@given(SPEECH, SPEECH, st.sampled_from(sorted(MATCHERS)))
def test_every_word_ends_up_in_exactly_one_piece(before: str, spoken: str, menu: str) -> None:
    understood = parse(spoken, MATCHERS[menu], cart_of(before, menu))
    heard = [word for piece in understood.pieces for word in piece.heard.split()]
    assert heard == [word.text for word in words_of(spoken)]


@given(SPEECH, SPEECH, st.sampled_from(sorted(MATCHERS)))
def test_nothing_is_dropped_without_a_question(before: str, spoken: str, menu: str) -> None:
    understood = parse(spoken, MATCHERS[menu], cart_of(before, menu))
    asked = {question.heard for question in understood.questions}
    assert set(understood.unmatched) <= asked
    assert all(question.text for question in understood.questions)


@given(SPEECH, SPEECH, st.sampled_from(sorted(MATCHERS)))
def test_only_what_the_menu_serves_gets_into_the_cart(before: str, spoken: str, menu: str) -> None:
    cart = cart_of(before, menu)
    matcher = MATCHERS[menu]
    after = hear(cart, parse(spoken, matcher, cart), matcher).cart
    for line in after.lines:
        item = matcher.menu.find(line.item_id)
        assert item is not None
        assert item.available
        assert 1 <= line.quantity <= 99
    assert not after.confirmed or after.lines == cart.lines


@given(SPEECH, SPEECH, st.sampled_from(sorted(MATCHERS)))
def test_calls_survive_the_way_over_the_wire(before: str, spoken: str, menu: str) -> None:
    for call in parse(spoken, MATCHERS[menu], cart_of(before, menu)).calls:
        assert decode_call(*encode_call(call)) == call


@given(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
def test_a_word_that_means_nothing_never_makes_it_surer(spoken: str) -> None:
    cart = Cart("cart")
    known = parse(spoken, MATCHERS["hub"], cart)
    assert 0 <= known.confidence <= 1
    if known.calls:
        assert parse(f"zzyzx, {spoken}", MATCHERS["hub"], cart).confidence <= known.confidence


@pytest.mark.parametrize("menu", sorted(MATCHERS))
def test_each_item_is_found_by_its_name_and_aliases(menu: str) -> None:
    for item in MATCHERS[menu].menu.items:
        for name in (item.name, *item.aliases):
            understood = parse(f"three {name}", MATCHERS[menu], Cart("cart"))
            if item.available:
                assert understood.calls == (AddToOrder((AskedItem(item.name, 3),)),), name
            else:
                assert not understood.calls
                assert understood.questions


@pytest.mark.parametrize("menu", sorted(MATCHERS))
def test_each_modifier_is_found_on_its_item(menu: str) -> None:
    for item in MATCHERS[menu].menu.items:
        for modifier in item.modifiers if item.available else ():
            cart = cart_of(f"{item.name} {modifier.name}", menu)
            assert [each.id for line in cart.lines for each in line.modifiers] == [modifier.id], (
                item.name,
                modifier.name,
            )


def test_a_speech_of_many_words_is_not_taken_apart() -> None:
    understood = parse("burger " * 400, MATCHERS["hub"], Cart("cart"))
    assert not understood.calls
    assert [piece.kind for piece in understood.pieces] == [PieceKind.UNMATCHED]


def test_confidence_falls_with_every_doubt() -> None:
    assert confidence([], 0, 3) == 0.0
    assert confidence([1.0, 1.0], 4, 0) == 1.0
    assert confidence([1.0, 0.8], 4, 0) < 1.0
    assert confidence([1.0], 2, 2) == 0.5
