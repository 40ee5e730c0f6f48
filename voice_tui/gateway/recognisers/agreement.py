"""Did two engines hear the same?

One hears only the menu, the other any English: where they agree, it was about the menu and clear.
"""

from __future__ import annotations

from collections.abc import Sequence

import jellyfish
from rapidfuzz import fuzz

from voice_tui.core.number_words import ONES, TENS

AGREED = 85.0
"""Similarity, of 100, from which two texts are the same: 96 % of clear orders, no other talk."""
RELATED = 60.0
"""From here on both heard something of the menu, though not the same."""

_IDLE = frozenset({"a", "an", "the", "and", "please", "with", "i'll", "i", "have", "i'd", "like"})
_DECISIVE = frozenset(
    {*ONES, *TENS, "hundred", "dozen", "couple", "half", "no", "without", "hold", "extra", "light",
     "small", "medium", "large", "regular", "double", "rare", "bump", "recall", "scratch", "remove",
     "cancel", "confirm", "yes", "add", "table", "seat", "order", "all", "undo"}
)  # fmt: skip
"""One of these heard otherwise makes it another order, however alike the rest is."""


def similarity(one: str, other: str) -> float:
    """Tell how alike two texts are in letters and in sound.

    Args:
        one: words.
        other: words.

    Returns:
        0 to 100: the mean of both, without the words that change no order.
    """
    first, second = _telling(one), _telling(other)
    if not first or not second:
        return 100.0 if first == second else 0.0
    letters = fuzz.ratio("".join(first), "".join(second))
    sounds = fuzz.ratio(_sound(first), _sound(second))
    return (letters + sounds) / 2


def same_order(one: str, other: str) -> bool:
    """Tell whether two texts order the same: alike, and of the same numbers and verbs."""
    return similarity(one, other) >= AGREED and _decisive(one) == _decisive(other)


def _telling(text: str) -> list[str]:
    return [word for word in text.split() if word not in _IDLE]


def _decisive(text: str) -> list[str]:
    return [word for word in text.split() if word in _DECISIVE]


def _sound(words: Sequence[str]) -> str:
    return "".join(jellyfish.metaphone(word) for word in words)
