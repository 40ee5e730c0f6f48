"""The large figures of a card's head: which table, and how old."""

from __future__ import annotations

import re
from typing import Final

from kds_tui.ui.block_digits import draw, width_of
from kds_tui.ui.card_head import Head

_NUMBER: Final = re.compile(r"0*(\d{1,4})$")
"""At the end of a card's name: `TABLE 12`, `Patio 3`, `#0042`."""

_TIME: Final = re.compile(r"(?:in )?(\d{1,3}:\d\d|\d{1,2}h\d\d|\d{1,3}d)")
"""At the beginning of its clock: `12:34■LATE`, `1h05`, `in 2:10`."""

_GAP: Final = 2
"""Fewest cells between the two."""


def figures(head: Head, width: int, *, is_first: bool) -> tuple[str, ...]:
    """Draw what is to be read from far away.

    Args:
        head: of the card.
        width: of the card, in terminal cells.
        is_first: whether the ticket begins here; where it continues, no age is drawn.

    Returns:
        Three rows of that width: the number at the left, the age at the right; where both find no
        room the age alone, then the number alone, then nothing.
    """
    found = _NUMBER.search(head.name) or _NUMBER.search(head.short)
    number = found[1] if found else ""
    timed = _TIME.match(head.clock) if is_first else None
    time = timed[1] if timed else ""
    for left, right in ((number, time), ("", time), (number, "")):
        room = width - 2 - width_of(left) - width_of(right)
        if room >= (_GAP if left and right else 0):
            rows = zip(draw(left), draw(right), strict=True)
            return tuple(f" {one}{' ' * room}{other} " for one, other in rows)
    return (" " * width,) * 3
