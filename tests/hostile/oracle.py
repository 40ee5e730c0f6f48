"""What no text from outside may do, said without the code that keeps it from doing so."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

JOINERS: Final = frozenset("\u200c\u200d")
"""Part of words in Persian, and of emoji."""

VISIBLE_FORMAT: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Format characters that are drawn: number signs of Arabic, Syriac and Kaithi."""

_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category, and invisible."""

_TURNS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_RUN: Final = re.compile(r"[^\W\d_]{2,}")
_PLAIN: Final = re.compile(r"[ -~]*")


@lru_cache(maxsize=65536)
def _is_forbidden(character: str) -> bool:
    if character in JOINERS | VISIBLE_FORMAT:
        return False
    return (
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(character) in _TURNS
    )


def forbidden(shown: str, breaks: str = "\n") -> list[str]:
    """List the characters of a screen that a terminal would obey, or that turn text around.

    Args:
        shown: what stands there.
        breaks: the ends of its lines.
    """
    if _PLAIN.fullmatch(shown):
        return []
    return [c for c in shown if c not in breaks and _is_forbidden(c)]


def _letters(text: str) -> str:
    # Without case: the card writes the word "allergy" at the front of a note as its mark.
    apart = unicodedata.normalize("NFD", text)
    return "".join(
        c for c in apart if unicodedata.category(c)[0] != "M" and c not in _FILLERS | JOINERS
    ).casefold()


def lost_words(text: str, shown: str) -> list[str]:
    """List the words of a text that do not stand, in its order, in what is shown of it.

    A word is a run of two and more letters; marks and case do not count.
    """
    left = _letters(shown)
    lost: list[str] = []
    at = 0
    for word in _RUN.findall(_letters(text)):
        found = left.find(word, at)
        if found < 0:
            lost.append(word)
        else:
            at = found + len(word)
    return lost
