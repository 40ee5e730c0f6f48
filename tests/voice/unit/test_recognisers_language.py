"""What the recognisers make of a menu: its words, their sounds, and how likely they are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.core.spoken_orders import Dish, order_vocabulary, plural
from voice_tui.core.vocabulary import START, Vocabulary, is_slot, phrases, spoken_words
from voice_tui.gateway.recognisers.fusion import FLOOR, WEIGHT, MenuBonus, Spelling
from voice_tui.gateway.recognisers.g2p import Pronouncer, align
from voice_tui.gateway.recognisers.language_model import BEGIN, NgramModel
from voice_tui.gateway.recognisers.pocketsphinx import model_folder, read_dictionary

SMALL = order_vocabulary([Dish(("Ribeye Steak 12 oz", "steak"), ("No onion", "Add cheese"))])


@pytest.fixture(scope="module")
def model() -> NgramModel:
    return NgramModel(SMALL, sentences=500)


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return Pronouncer(read_dictionary(model_folder() / "cmudict-en-us.dict"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ribeye Steak 12 oz", "ribeye steak twelve ounce"),
        ("Jalapeño & Cheddar", "jalapeno and cheddar"),
        ("Mac 'n' Cheese", "mac and cheese"),
        ("7-Up", "seven up"),
        ("Chef’s 1/2 lb", "chef's one two pound"),
        ("寿司 \x1b[31m", "thirty one m"),
        ("!?", ""),
    ],
)
def test_a_written_name_as_it_is_said(written: str, said: str) -> None:
    assert " ".join(spoken_words(written)) == said


@given(st.text(max_size=60))
def test_whatever_is_written_is_said_in_plain_words(text: str) -> None:
    assert all(word.replace("'", "").isascii() and word.islower() for word in spoken_words(text))


@pytest.mark.parametrize(
    ("one", "many"),
    [("cup of soup", "cups of soup"), ("french fries", "french fries"), ("sandwich", "sandwiches"),
     ("apple pie", "apple pies"), ("stir fry", "stir fries"), ("of", "ofs")],
)  # fmt: skip
def test_more_than_one(one: str, many: str) -> None:
    assert " ".join(plural(tuple(one.split()))) == many


@pytest.mark.parametrize("dishes", [[], [Dish(("!!",), ("",))], [Dish(("Tea",), ("Sub milk",))]])
def test_every_slot_of_a_vocabulary_can_be_filled(dishes: list[Dish]) -> None:
    vocabulary = order_vocabulary(dishes, ["Bar 1", "7"])
    for ways in vocabulary.slots.values():
        assert ways
        for part in (part for way in ways for part in way.parts):
            assert not is_slot(part) or part in vocabulary.slots
    assert {"bar", "bump", "scratch", "table"} <= vocabulary.words()


@pytest.mark.parametrize("context", [(), (BEGIN,), ("two", "ribeye"), ("nobody", "knows")])
def test_probabilities_sum_to_one(model: NgramModel, context: tuple[str, ...]) -> None:
    assert sum(model.probability(word, context) for word in model.words) == pytest.approx(1)
    assert model.prefix_probability("", context) == pytest.approx(1)


def test_a_model_knows_what_follows_what() -> None:
    model = NgramModel(Vocabulary({START: phrases("two steaks", "two teas")}), sentences=400)
    assert model.probability("steaks", (BEGIN, "two")) == pytest.approx(0.5, abs=0.08)
    assert model.probability("two", ("two",)) < 0.01
    assert model.probability("pizza", ("two",)) == 0
    teas = model.probability("teas", ("two",))
    assert model.prefix_probability("te", ("two",)) == pytest.approx(teas)


def test_the_arpa_text_holds_what_the_model_says(model: NgramModel) -> None:
    text = model.arpa()
    sections = [part for part in text.split("\n\n") if "-grams:" in part]
    for length, section in enumerate(sections, start=1):
        lines = section.splitlines()[1:]
        assert f"ngram {length}={len(lines)}" in text
        for line in lines[::97]:
            logarithm, gram, *_ = line.split("\t")
            *context, word = gram.split()
            if word != BEGIN:
                expected = math.log10(model.probability(word, context))
                assert float(logarithm) == pytest.approx(expected, abs=1e-3)


def test_the_menu_raises_what_it_makes_likely_and_costs_other_talk_nothing(
    model: NgramModel,
) -> None:
    bonus = MenuBonus(model)
    ordered, talked = Spelling(), Spelling()
    for piece in (" two", " ri", "beye"):
        ordered = bonus.extend(ordered, piece)
    for piece in (" the", " wea", "ther"):
        talked = bonus.extend(talked, piece)
    first = WEIGHT * (math.log(model.probability("two", (BEGIN,))) - FLOOR)
    second = WEIGHT * (math.log(model.prefix_probability("ribeye", (BEGIN, "two"))) - FLOOR)
    assert ordered.bonus == pytest.approx(first + second)
    assert talked.bonus == talked.closed >= 0


def test_digits_are_raised_as_the_words_that_they_are(model: NgramModel) -> None:
    bonus = MenuBonus(model)
    written = bonus.end(bonus.extend(Spelling(), " Table 12."))
    assert written == pytest.approx(bonus.end(bonus.extend(Spelling(), " table twelve")))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("steak", "S T EY K"),
        ("margherita", "M AA R G EH R AH T AH"),
        ("ribeye", "R IH B AY"),
        ("sirloin", "S ER L OY N"),
        ("lattes", "L AA T EY Z"),
        ("jalapeno", "HH AE L AH P IY N Y OW"),
        ("bruschetta", "B R UW SH EH T AH"),
        ("scampi", "S K AE M P IY"),
        ("tartare", "T AA R T AA R"),
    ],
)
def test_how_a_word_is_said(pronouncer: Pronouncer, word: str, said: str) -> None:
    assert " ".join(pronouncer.pronounce(word)[0]) == said


def test_a_short_unknown_word_may_be_its_letters(pronouncer: Pronouncer) -> None:
    assert ("AY", "P", "IY", "EY") in pronouncer.pronounce("ipa")


@given(st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=12))
def test_any_word_gets_sounds_or_none(pronouncer: Pronouncer, word: str) -> None:
    sounds = {phone for phones in pronouncer.pronounce("bruschetta") for phone in phones}
    assert sounds
    assert all(phones for phones in pronouncer.pronounce(word))


def test_letters_are_matched_to_sounds() -> None:
    assert align("six", ("S", "IH", "K", "S")) == (("S",), ("IH",), ("K", "S"))
    assert align("cake", ("K", "EY", "K")) == (("K",), ("EY",), ("K",), ())
    assert align("mrs", ("M", "IH", "S", "IH", "Z")) is None
