"""How sure the parser must be: every threshold of understanding, in one place.

Scores go from 0 to 1. They were set on the tables in tests/voice/unit, which hold two menus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

ACCEPT: Final = 0.82
"""Least likeness with which words are taken for a menu item or a modifier."""

ACCEPT_LONGER: Final = 0.93
"""The same where more words were heard than the name has: one was split, none stands beside it."""

SUGGEST: Final = 0.66
"""Least likeness with which an item is offered in a question about words not understood."""

MARGIN: Final = 0.04
"""Two items closer than this are both meant, as far as one can hear: the guest is asked which."""

PARTIAL: Final = 0.88
"""Score of a part of a name that only one item has ("salmon" for "Cedar Salmon")."""

DERIVED: Final = 0.94
"""Score of an item named by what it is with ("cheeseburger" for a burger with added cheese)."""

HOMOPHONE: Final = 0.85
"""Score of a number that was written as another word ("to burgers")."""

COVERAGE: Final = 0.5
"""At least this part of the words that matter must be understood, or nothing is done: talk that
mentions a dish is not an order."""


def confidence(scores: Sequence[float], understood: int, unmatched: int) -> float:
    """Tell how sure the parser is of an utterance.

    Args:
        scores: of the pieces that were understood.
        understood: how many words are in them.
        unmatched: how many words are in none, fillers aside.

    Returns:
        0 (nothing understood) to 1 (every word, exactly).
    """
    if not scores:
        return 0.0
    mean = sum(scores) / len(scores)
    return round(min(mean, (mean + min(scores)) / 2) * understood / (understood + unmatched), 3)


def least_score(heard: Sequence[str], name: Sequence[str]) -> float:
    """Tell how alike a name must be to be taken for what was heard, both as words."""
    return ACCEPT_LONGER if len(heard) > len(name) else ACCEPT


def acts(understood: int, unmatched: int, *, ordered: bool) -> bool:
    """Tell whether enough was understood to do anything at all.

    Args:
        understood: how many words.
        unmatched: how many words, fillers aside.
        ordered: an item or a cook's command is among what was understood; a table alone is weak.
    """
    if understood == 0 or (understood == 1 and unmatched):
        return False
    share = understood / (understood + unmatched)
    return share > COVERAGE or (ordered and share == COVERAGE)
