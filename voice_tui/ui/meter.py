"""How loud it is, as a bar."""

from __future__ import annotations

from typing import Final

QUIET_DBFS: Final = -60.0
"""An empty bar: rooms are measured from here."""

LOUD_DBFS: Final = -6.0
"""A full bar: louder speech is cut off at its peaks."""


def meter(level: float, width: int) -> str:
    """Draw a level.

    Args:
        level: RMS in dBFS.
        width: cells.
    """
    part = (level - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)
    full = round(min(max(part, 0.0), 1.0) * width)
    return "█" * full + "░" * (width - full)
