"""How much foreign text a card takes; it is cleaned once, when a frame is decoded.

The cleaning itself is voice's too, and lives there: voice never imports the display.
"""

from __future__ import annotations

from typing import Final

from voice_tui.core.text import ELLIPSIS as ELLIPSIS
from voice_tui.core.text import clean as clean_to

NAME_LIMIT: Final = 80
"""Longest name (table, guest, restaurant) kept, in characters."""

NOTE_LIMIT: Final = 512
"""Longest note, item or modifier kept, in characters: longer than any that a person reads during
service, and long enough for a list of allergies."""


def clean(foreign: str, limit: int = NAME_LIMIT) -> str:
    """Make foreign text safe for a terminal, without losing a word of it.

    Args:
        foreign: what came over the wire.
        limit: longest result in characters; a longer text ends in a visible ellipsis.

    Returns:
        The text to show; empty when nothing readable was in it.
    """
    return clean_to(foreign, limit)
