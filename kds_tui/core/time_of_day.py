"""A moment as a clock on the wall shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

UNTELLABLE: Final = "--:--"


def time_of_day(moment: float, form: str = "%H:%M") -> str:
    """Tell a moment by the terminal's time zone.

    Args:
        moment: in seconds since the epoch; a server may tell one that no calendar has, or that
            this time zone puts into the year 10000.
        form: how, in the terms of `strftime`.

    Returns:
        For example `19:05`.
    """
    try:
        return datetime.fromtimestamp(moment).astimezone().strftime(form)
    except (ValueError, OverflowError, OSError):
        return UNTELLABLE
