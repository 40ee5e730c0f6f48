"""The names of a menu as they are said, and how alike two of them are by spelling and by sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import jellyfish
from rapidfuzz import fuzz

from voice_tui.core.confidence import DERIVED
from voice_tui.core.menu import MenuItem
from voice_tui.core.number_words import number_words
from voice_tui.core.utterance import singular, words_of

_GENERIC_WORDS: Final = """
special plate platter fresh house hot warm cold new draft classic side day deluxe style homemade
the and with of in on a an n half whole small medium large regular extra add no
"""
GENERIC: Final = frozenset(_GENERIC_WORDS.split())
"""Words that name no dish by themselves, so that they never stand for one."""

_FOOD_WORDS: Final = """
onion onions tomato tomatoes lettuce pickle pickles cheese mayo mayonnaise ketchup mustard bacon
egg eggs ice salt pepper butter sauce dressing garlic mushrooms olives bun bread sugar milk
cream lemon lime nuts croutons avocado jalapenos peppers cilantro relish vinegar oil gravy syrup
ranch salsa guacamole beans rice chicken shrimp anchovies basil cucumber spinach chili
vegetables seeds sprouts
"""
FOODS: Final = frozenset(map(singular, _FOOD_WORDS.split()))
"""What a guest leaves out or adds even where the menu does not say that it is in."""

_MEASURE: Final = re.compile(
    r"\s*\(?\b\d+(?:[.,/]\d+)?\s*(?:oz|ounces?|g|kg|lbs?|ml|cl|l|inch|in|pcs?|pieces?)\b\.?\)?",
    re.I,
)
"""A portion in a name ("Ribeye Steak 12 oz"), which nobody says when ordering."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way to name an item.

    Args:
        item: its place on the menu.
        words: in the form of `singular`.
        weight: how well the name stands for the item, 0 to 1.
        implied: the name of a modifier that the name brings along; empty for none.
    """

    item: int
    words: tuple[str, ...]
    weight: float = 1.0
    implied: str = ""


def said_words(written: str) -> tuple[str, ...]:
    """Tell how a written name is said, as keys to compare by.

    Args:
        written: as on the menu: "Ribeye Steak 12 oz".

    Returns:
        Its words in the form of `singular`, digits as words: ("ribeye", "steak").
    """
    words = keys_of(word.text for word in words_of(_MEASURE.sub(" ", written)))
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def keys_of(words: Iterable[str]) -> tuple[str, ...]:
    """Bring words into the form in which names are compared: `singular`, digits as words."""
    keys: list[str] = []
    for word in words:
        if word.isdecimal() and word.isascii() and len(word) < 4:
            keys.extend(number_words(int(word)))
        else:
            keys.append("and" if word == "n" else singular(word))
    return tuple(keys)


def names_of(place: int, item: MenuItem) -> Iterator[Name]:
    """List the ways to name an item: its name, its aliases, its key if that is made of words.

    An item that offers "Add cheese" is also named with it: a "cheeseburger" is the burger, cheese
    added.

    Args:
        place: where the item is on the menu.
        item: the item.

    Yields:
        Each name once.
    """
    written = [item.name, *item.aliases]
    if re.fullmatch(r"[a-z]{3,}(?:-[a-z]+)*", item.id):
        written.append(item.id.replace("-", " "))
    known = dict.fromkeys(words for text in written if (words := said_words(text)))
    for words in known:
        yield Name(place, words)
    heads = {words[-1] for words in known} - GENERIC
    for modifier in item.modifiers:
        added = said_words(modifier.name)
        if len(added) == 2 and added[0] == "add":
            for rest in dict.fromkeys((*((head,) for head in sorted(heads)), *known)):
                if (added[1], *rest) not in known:
                    yield Name(place, (added[1], *rest), DERIVED, modifier.name)


def head_of(words: tuple[str, ...]) -> str:
    """Find the word that says what a dish is: "soup" in "soup of the day", "pie" in "apple pie"."""
    for joiner in ("of", "with"):
        if joiner in words[1:]:
            words = words[: words.index(joiner, 1)]
    return next((word for word in reversed(words) if word not in GENERIC), words[-1])


@lru_cache(maxsize=20_000)
def likeness(spoken: str, written: str) -> float:
    """Tell how alike two phrases are, written without blanks: words get split and joined.

    Spelling and sound count half each, for a recogniser mistakes words that sound alike. Up to
    three letters only the same letters count: too many short words sound alike.

    Args:
        spoken: what was heard, its words in the form of `singular`.
        written: a name, likewise.

    Returns:
        0 to 1.
    """
    if spoken == written:
        return 1.0
    if min(len(spoken), len(written)) <= 3:
        return 0.0
    spelling = fuzz.ratio(spoken, written) / 100
    if spelling < (0.7 if min(len(spoken), len(written)) <= 5 else 0.5):
        return spelling
    sound = fuzz.ratio(sound_of(spoken), sound_of(written)) / 100
    return min(max(spelling, (spelling + sound) / 2), 0.99)


@lru_cache(maxsize=20_000)
def sound_of(letters: str) -> str:
    """Give the consonants that a phrase is heard by; a vowel at its start is any vowel."""
    code = jellyfish.metaphone(letters)
    return "A" + code[1:] if code[:1] in set("AEIOU") else code
