"""Did two engines hear the same?

One hears only the menu, the other any English: where they agree, it was about the menu and clear.
"""

from __future__ import annotations

from collections.abc import Sequence

import jellyfish
from rapidfuzz import fuzz

from voice_tui.core.number_words import ONES, TENS

AGREED = 85.0
"""Similarity, of 100, from which two texts are the same (measured: no other talk reaches it)."""
RELATED = 68.0
"""From here on both heard something of the menu, though not the same."""
BACKED = 67.0
"""Two letters of three: "scampis" has its like in "campes", "burger" has none in "over"."""

_IDLE = frozenset(
    {"a", "an", "the", "and", "please", "with", "of", "for", "on", "at", "to", "i", "we", "us",
     "me", "you", "i'll", "i'd", "we'll", "we'd", "will", "would", "could", "can", "have", "like",
     "get", "thanks", "thank", "okay"}
)  # fmt: skip
"""Words that change no order."""
_DECISIVE = frozenset(
    {*ONES, *TENS, "hundred", "dozen", "couple", "half", "no", "without", "hold", "extra", "light",
     "small", "medium", "large", "regular", "double", "rare", "bump", "recall", "scratch", "remove",
     "cancel", "confirm", "rush", "fire", "start", "serve", "yes", "add", "table", "seat", "order",
     "all", "undo"}
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
    """Tell whether two texts order the same: alike, of the same numbers and verbs, and no word of
    either without its like in the other.
    """
    return (
        similarity(one, other) >= AGREED
        and _decisive(one) == _decisive(other)
        and _backed(one, other)
        and _backed(other, one)
    )


def _telling(text: str) -> list[str]:
    return [word for word in text.split() if word not in _IDLE]


def _decisive(text: str) -> list[str]:
    return [word for word in text.split() if word in _DECISIVE]


def _backed(one: str, other: str) -> bool:
    """Tell whether each word of one is somewhere in the other: a dish is easily put in between."""
    letters = "".join(other.split())
    return all(fuzz.partial_ratio(word, letters) >= BACKED for word in _telling(one))


def _sound(words: Sequence[str]) -> str:
    return "".join(jellyfish.metaphone(word) for word in words)
