"""Spoken numbers: quantities, and the labels of tables and orders.

Recognisers write "to" for "two" and "for" for "four". Such a homophone is read as a number only
where the caller knows that a number must stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MAX_QUANTITY: Final = 99
"""Most of one item in one order: more is a mishearing or a banquet, and is asked about."""

_UNIT_WORDS: Final = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_UNITS: Final[Mapping[str, int]] = {word: value for value, word in enumerate(_UNIT_WORDS.split())}
_TENS: Final[Mapping[str, int]] = {
    word: value * 10
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
HOMOPHONES: Final[Mapping[str, int]] = {
    "to": 2,
    "too": 2,
    "for": 4,
    "fore": 4,
    "ate": 8,
    "won": 1,
}
"""What recognisers write for a number where the language model does not know better."""

ORDINALS: Final[Mapping[str, int]] = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "last": -1,
    "other": -1,
}
"""Places, counted from 1; -1 is the last."""

_PHRASES: Final[tuple[tuple[tuple[str, ...], int], ...]] = (
    (("half", "a", "dozen"), 6),
    (("a", "half", "dozen"), 6),
    (("half", "dozen"), 6),
    (("a", "dozen"), 12),
    (("dozen",), 12),
    (("a", "couple", "of"), 2),
    (("a", "couple"), 2),
    (("couple", "of"), 2),
    (("couple",), 2),
    (("a", "pair", "of"), 2),
    (("a", "single"), 1),
    (("another",), 1),
    (("some",), 1),
    (("a",), 1),
    (("an",), 1),
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was said.

    Args:
        value: what it is.
        length: how many words it takes.
        sure: false for a homophone.
    """

    value: int
    length: int
    sure: bool = True


def number_at(words: Sequence[str], at: int, *, homophones: bool = False) -> Number | None:
    """Read a cardinal number.

    Args:
        words: of the utterance.
        at: where it would begin.
        homophones: whether "to", "for" and "ate" count.

    Returns:
        The number, or None when none stands there.
    """
    if at >= len(words):
        return None
    word = words[at]
    if word.isdecimal() and word.isascii() and len(word) <= 6:
        return Number(int(word), 1)
    if homophones and word in HOMOPHONES:
        return Number(HOMOPHONES[word], 1, sure=False)
    if word in {"a", "one"} and words[at + 1 : at + 2] == ["hundred"]:
        rest = _hundreds(words, at + 2)
        return Number(100 + rest.value, 2 + rest.length)
    small = _below_hundred(words, at)
    if small and small.value < 10 and words[at + 1 : at + 2] == ["hundred"]:
        rest = _hundreds(words, at + 2)
        return Number(small.value * 100 + rest.value, 2 + rest.length)
    return small


def quantity_at(words: Sequence[str], at: int, *, homophones: bool = False) -> Number | None:
    """Read how many: a number, or "a couple of", "half a dozen", "another", "a".

    Args:
        words: of the utterance.
        at: where it would begin.
        homophones: whether "to", "for" and "ate" count.

    Returns:
        The quantity, or None when none stands there.
    """
    number = number_at(words, at, homophones=homophones)
    if number:
        following = words[at + number.length : at + number.length + 1]
        if following == ["dozen"]:
            return Number(number.value * 12, number.length + 1)
        if following == ["more"]:
            return Number(number.value, number.length + 1, number.sure)
        return number
    for phrase, value in _PHRASES:
        if tuple(words[at : at + len(phrase)]) == phrase:
            return Number(value, len(phrase))
    return None


def label_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Read the number of a table or an order, also said digit by digit ("one oh five").

    Args:
        words: of the utterance.
        at: where it would begin.

    Returns:
        The label in digits and how many words it takes, or None.
    """
    first = number_at(words, at) or number_at(words, at, homophones=True)
    if first is None:
        return None
    end = at + first.length
    digits = str(first.value)
    if words[at] in {*_UNITS, "oh"} or words[at].isdecimal():
        # "one oh five", "one twenty three"; "five two burgers" is table five, which the "oh" or
        # the tens word tells apart.
        if words[end : end + 1] == ["oh"]:
            last = number_at(words, end + 1)
            if last and last.value < 10:
                return f"{digits}0{last.value}", first.length + 1 + last.length
        if len(digits) == 1 and end < len(words) and words[end] in _TENS:
            last = _below_hundred(words, end)
            if last:
                return f"{digits}{last.value}", first.length + last.length
    return digits, first.length


def is_number(word: str) -> bool:
    """Tell whether a word is a number by itself, homophones not counted."""
    return word in _UNITS or word in _TENS or (word.isdecimal() and word.isascii())


def _below_hundred(words: Sequence[str], at: int) -> Number | None:
    if at >= len(words):
        return None
    if words[at] in _TENS:
        unit = _UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
        if 0 < unit < 10:
            return Number(_TENS[words[at]] + unit, 2)
        return Number(_TENS[words[at]], 1)
    if words[at] in _UNITS:
        return Number(_UNITS[words[at]], 1)
    return None


def _hundreds(words: Sequence[str], at: int) -> Number:
    """Read what follows "hundred", which may be nothing."""
    skip = 1 if words[at : at + 1] == ["and"] else 0
    rest = _below_hundred(words, at + skip)
    return Number(rest.value, rest.length + skip) if rest else Number(0, 0)
