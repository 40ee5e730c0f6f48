"""How the benchmarks tell what they measured: medians, aims met or missed, a table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

from kds_tui import __version__

NUMBERS: Final = (60, 300, 1000)
"""Open tickets of the runs."""


def percentile(values: Sequence[float], percent: int) -> float:
    """Tell a percentile.

    Args:
        values: at least one.
        percent: 1 to 99.

    Returns:
        The interpolated value.
    """
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure and what it should be."""

    words: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is what it should be."""
        return self.value >= self.limit if self.at_least else self.value < self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<"
        verdict = "met" if self.met else "MISSED"
        wanted = f"{sign} {self.limit:g} {self.unit}"
        return f"  {self.words:<58} {self.value:8.2f} {self.unit:<5} {wanted:>12}  {verdict}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out a table.

    Args:
        head: the names of the columns.
        rows: as many cells each.

    Returns:
        Lines, the first column to the left and the others to the right.
    """
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines: list[str] = []
    for row in (head, *rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  " + "  ".join([row[0].ljust(len(first)), *others]))
    lines.insert(1, "  " + "-" * (len(lines[0]) - 2))
    return "\n".join(lines)


def circumstances() -> str:
    """Tell what was measured on, and how busy it was.

    Returns:
        One line.
    """
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"kds-tui {__version__}, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores, load {load}; pty of 200x60"
    )
