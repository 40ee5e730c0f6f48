"""Endless hostile text from a seed: the corpus cut, joined, doubled and mixed with chance."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from tests.hostile.corpus import ALL

MAX_LENGTH: Final = 600

_WORDS: Final = ("nuts", "peanut", "allergy", "no", "gluten", "milk", "é", "寿司", "نمی", "ñoquis")
_BITS: Final = (
    *("\x1b", "\x9b", "\x1b[", "\x1b]", "\x1bP", "\x9d", "\x90", "\x07", "\x1b\\", "\x9c"),
    *("[", "]", "[/", "[/]", "[@click=", "\\", "\x00", "\n", "\r", "\t", "\x7f", "\x85", "\u2028"),
    *("\u200b", "\u200c", "\u200d", "\u202e", "\u2066", "\ufe0f", "\u0301", "\u0335", "\ud800"),
    *("\udfff", "\U000e0041", "👩", "🍳", " ", ";", "m", "0", "2J", "31m", "$", "{", "}", "%s"),
    *('"', "'"),
)
_RANGES: Final = (
    (0x00, 0x20),
    (0x20, 0x7F),
    (0x7F, 0xA0),
    (0xA0, 0x250),
    (0x300, 0x370),
    (0x590, 0x700),
    (0x900, 0xE80),
    (0x1100, 0x1200),
    (0x2000, 0x2070),
    (0x2500, 0x2C00),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A4),
    (0xD800, 0xE000),
    (0xFB00, 0x10000),
    (0x1F000, 0x1FB00),
    (0xE0000, 0xE0200),
    (0x00, 0x110000),
)


def hostile_texts(seed: int) -> Iterator[str]:
    """Make texts without end; the same ones for the same seed."""
    chance = Random(seed)
    while True:
        pieces = [_piece(chance) for _ in range(chance.randint(1, 6))]
        text = "".join(pieces)
        if chance.random() < 0.3 and text:
            text = _disturb(chance, text)
        yield text[:MAX_LENGTH] if chance.random() < 0.98 else text * 3


def _piece(chance: Random) -> str:
    match chance.randrange(6):
        case 0 | 1:
            text = chance.choice(ALL)
            start = chance.randint(0, len(text)) if chance.random() < 0.4 else 0
            return text[start : start + chance.randint(1, 80)]
        case 2:
            return chance.choice(_WORDS) + chance.choice(("", " "))
        case 3:
            return "".join(chance.choices(_BITS, k=chance.randint(1, 5)))
        case 4:
            low, high = chance.choice(_RANGES)
            return "".join(chr(chance.randrange(low, high)) for _ in range(chance.randint(1, 12)))
        case _:
            return chance.choice(_BITS) + chance.choice(_WORDS) + chance.choice(_BITS)


def _disturb(chance: Random, text: str) -> str:
    at = chance.randrange(len(text))
    match chance.randrange(4):
        case 0:
            return text[:at] + chance.choice(_BITS) + text[at:]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[at:] + text[:at]
        case _:
            return text[:at] + text[at : at + 8] * chance.randint(2, 9) + text[at:]
