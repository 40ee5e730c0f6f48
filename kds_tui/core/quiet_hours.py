"""The hours in which a kitchen is to be quieter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def minute_of_day(text: str) -> int:
    """Read a time of day.

    Args:
        text: `HH:MM`, from 00:00 to 23:59.

    Returns:
        Minutes since midnight.

    Raises:
        ValueError: it is none.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("should be a time of day such as 22:30")
    return int(found[1]) * 60 + int(found[2])


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day until another; over midnight where the end is before the beginning."""

    begin: int
    """Minutes since midnight, in the kitchen's time zone."""

    end: int
    """Likewise; no longer quiet then. The same as `begin`: quiet all day."""

    def holds(self, minute: int) -> bool:
        """Tell whether it is quiet at a time of day.

        Args:
            minute: minutes since midnight, in the kitchen's time zone.

        Returns:
            True when it is.
        """
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end
