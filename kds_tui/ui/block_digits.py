"""Large figures out of half blocks: what is to be read from across the kitchen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

ROWS: Final = 3
"""Height of a figure in terminal cells; the lowest half of it is empty."""

# Each pixel is half a cell high, and so about a square.
_PIXELS: Final = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    "h": ("#  ", "#  ", "###", "# #", "# #"),
    "d": ("  #", "  #", "###", "# #", "###"),
}

_BLOCKS: Final = {(" ", " "): " ", ("#", " "): "▀", (" ", "#"): "▄", ("#", "#"): "█"}


def can_draw(text: str) -> bool:
    """Tell whether there is a figure for each character.

    Args:
        text: any.

    Returns:
        True when it can be drawn; nothing can be.
    """
    return all(character in _PIXELS for character in text)


def width_of(text: str) -> int:
    """Tell how wide a text is when drawn.

    Args:
        text: of what can be drawn.

    Returns:
        In terminal cells; a cell of space stands between two figures.
    """
    return sum(len(_PIXELS[character][0]) + 1 for character in text) - bool(text)


def draw(text: str) -> tuple[str, ...]:
    """Draw a text.

    Args:
        text: of what can be drawn.

    Returns:
        `ROWS` lines of the same width.
    """
    pixels = [" ".join(row) for row in zip(*(_PIXELS[each] for each in text), strict=True)]
    pixels = pixels or [""] * 5
    return tuple(_row(upper, lower) for upper, lower in _pairs([*pixels, " " * len(pixels[0])]))


def _pairs(pixels: list[str]) -> Iterable[tuple[str, str]]:
    return zip(pixels[::2], pixels[1::2], strict=True)


def _row(upper: str, lower: str) -> str:
    return "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
