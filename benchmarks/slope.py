"""Whether a figure grows: the line through its samples, and how sure one can be of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression
from typing import Final

SURE: Final = 2.0
"""Standard errors by which a slope must lie above a limit to count: about 97 in 100."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A line through samples."""

    per_hour: float
    """Units an hour."""

    error: float
    """Standard error of it, units an hour."""

    def exceeds(self, limit: float) -> bool:
        """Tell whether the growth is certainly above a limit.

        Args:
            limit: units an hour.
        """
        return self.per_hour - SURE * self.error > limit

    def is_within(self, limit: float) -> bool:
        """Tell whether the growth is certainly not above a limit.

        Args:
            limit: units an hour.
        """
        return self.per_hour + SURE * self.error <= limit


def slope(moments: Sequence[float], values: Sequence[float]) -> Slope:
    """Draw the line of least squares.

    Args:
        moments: seconds, three or more, not all alike.
        values: as many.

    Returns:
        Its slope an hour.
    """
    line = linear_regression(moments, values)
    middle = fmean(moments)
    spread = sum((moment - middle) ** 2 for moment in moments)
    misses = sum(
        (value - line.slope * moment - line.intercept) ** 2
        for moment, value in zip(moments, values, strict=True)
    )
    error = math.sqrt(misses / (len(moments) - 2) / spread)
    return Slope(line.slope * 3600, error * 3600)


def lowest_rises(values: Sequence[float]) -> bool:
    """Tell whether a count goes up for good: what leaks is missing at quiet moments too.

    Args:
        values: samples in order, three or more.

    Returns:
        Whether the least of the last third is above the least of the first.
    """
    third = max(1, len(values) // 3)
    return min(values[-third:]) > min(values[:third])
