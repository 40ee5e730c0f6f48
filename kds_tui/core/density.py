"""How much stands on a screen, and from how far it can be read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Density(StrEnum):
    """Three sizes of cards; the names are those of the settings."""

    NEAR = "near"
    """As many tickets as can be: for a screen at arm's length."""

    LINE = "line"
    """Across a table of the line."""

    FAR = "far"
    """Few and roomy, with table and age in large figures: for a screen on the other wall."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The smallest cells of a density, in terminal cells."""

    width: int
    height: int
    head_rows: int = 1
    """Rows of a card's head; with more than one it has large figures."""


CELLS: Final = {
    Density.NEAR: Cells(24, 4),
    Density.LINE: Cells(26, 5),
    Density.FAR: Cells(40, 9, 4),
}
"""26 columns hold a table, an age and a word for its urgency; 24 do where they are short. 40 hold
them as figures of three rows."""

CAPITAL: Final = 0.58
"""Height of a capital letter, of its cell: of the fonts that terminals use."""

FIGURE: Final = 2.5
"""Height of a large figure, in cells."""

COMFORTABLE: Final = 20.0
AT_MOST: Final = 16.0
"""Visual angle in minutes of arc that characters need to be read with ease, and at all (NUREG-0700
1.3.1-4)."""

_WIDE: Final = 9 / math.hypot(16, 9)
"""Height of a panel of 16 by 9, of its diagonal."""


@dataclass(frozen=True, slots=True)
class Reading:
    """From how far something is read, in metres."""

    comfortable: float
    at_most: float

    @property
    def words(self) -> str:
        """Such as `0.7 m, at most 0.9 m`."""
        return f"{self.comfortable:.1f} m, at most {self.at_most:.1f} m"


def reading_distance(panel_inches: float, rows: int, height: float = CAPITAL) -> Reading:
    """Tell from how far a screen is read.

    Args:
        panel_inches: the diagonal of a panel of 16 by 9 that the terminal fills.
        rows: of the terminal.
        height: of what is read, in terminal cells.

    Returns:
        The distances.
    """
    metres = panel_inches * 0.0254 * _WIDE / rows * height

    def distance(minutes: float) -> float:
        return metres / math.tan(math.radians(minutes / 60))

    return Reading(distance(COMFORTABLE), distance(AT_MOST))
