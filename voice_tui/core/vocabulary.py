"""What can be said to the panel: words and weighted phrases, as plain data for a recogniser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from voice_tui.core.number_words import digit_words, number_words

START = "<sentence>"
"""The slot that every sentence is made from."""

_SYMBOLS = {"&": " and ", "+": " and ", "%": " percent ", "½": " half ", "#": " number "}
_UNITS = {"oz": "ounce", "lb": "pound", "pc": "piece", "pcs": "pieces", "w": "with", "n": "and"}
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+")


def spoken_words(text: str) -> tuple[str, ...]:
    """Turn a written name into the words that somebody says for it.

    Args:
        text: as on the menu: `"Ribeye Steak 12 oz"`, `"Jalapeño & Cheddar"`.

    Returns:
        Lower-case words without accents, digits or signs:
        `("ribeye", "steak", "twelve", "ounce")`. Empty where nothing can be said.
    """
    for sign, words in _SYMBOLS.items():
        text = text.replace(sign, words)
    text = text.replace("’", "'")
    decomposed = unicodedata.normalize("NFKD", text).lower()
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    said: list[str] = []
    for match in _WORD.finditer(plain):
        word = match[0]
        if word.isdigit():
            said += number_words(int(word)) if len(word) < 4 else digit_words(word)
        else:
            said.append(_UNITS.get(word, word))
    return tuple(said)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say a slot.

    Attributes:
        parts: words, and slots to fill written as `<slot>`.
        weight: how often this way is taken, against the others of its slot.
    """

    parts: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A grammar of what is likely to be said, not of what is allowed.

    Attributes:
        slots: the phrases of each slot. `START` is where a sentence begins. No slot leads back
            to itself.
    """

    slots: Mapping[str, tuple[Phrase, ...]]

    def words(self) -> frozenset[str]:
        """Tell every word that can be said."""
        return frozenset(
            part
            for phrases in self.slots.values()
            for phrase in phrases
            for part in phrase.parts
            if not is_slot(part)
        )


def is_slot(part: str) -> bool:
    """Tell whether a part of a phrase is a slot to fill, and not a word."""
    return part.startswith("<")


def phrases(*lines: str, weight: float = 1.0) -> tuple[Phrase, ...]:
    """Write phrases of one weight: `phrases("make that <number>", "make it <number>")`."""
    return tuple(Phrase(tuple(line.split()), weight) for line in lines)
