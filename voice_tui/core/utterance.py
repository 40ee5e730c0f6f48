"""What was said, as words: the one form in which spoken and written text are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MAX_WORDS: Final = 250
"""Most words of one utterance: 45 s of speech, the longest recording, has about 150."""

_PARTS: Final = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*|[.,;:!?]")
_SENTENCE_MARKS: Final = frozenset(".,;:!?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an utterance.

    Args:
        text: lower case, without accents.
        after_pause: a comma or a full stop stood before it.
    """

    text: str
    after_pause: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """Split a text into words, without case, accents and punctuation.

    Args:
        text: what a recogniser gave, or what somebody typed.

    Returns:
        All its words, numbers as digits or as words just as they came.
    """
    found: list[Word] = []
    pause = False
    for part in _PARTS.findall(_folded(text)):
        if part in _SENTENCE_MARKS:
            pause = bool(found)
            continue
        found.append(Word(part, pause))
        pause = False
    return tuple(found)


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """Reduce a word to the form in which singular and plural are the same.

    It is a key to compare by, not English: "fries" and "fry" both give "fry", "brownie" "browny".
    """
    if len(word) > 3:
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
            return word[:-2]
        if word.endswith("s") and not word.endswith(("ss", "'s")):
            return singular(word[:-1])
    if len(word) == 3 and word[1] in "bdglmnprt" and word[2] == "s":
        return word[:2]
    if len(word) > 2 and word.endswith("ie"):
        return word[:-2] + "y"
    return word


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("&", " and "))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).casefold()
