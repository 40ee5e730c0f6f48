"""What is left out where not everything fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content


@dataclass(slots=True)
class Section:
    """Lines that belong together.

    Args:
        weight: the lightest section gives way first.
        lines: in full.
        short: one line in place of them; None where they are left out or shown whole.
        around: the line that must stay while some are cut off; None where none may be.
    """

    weight: int
    lines: list[Content]
    short: Content | None = None
    around: int | None = None

    def cut(self, over: int) -> None:
        """Give up lines.

        Args:
            over: how many are too many.
        """
        room = len(self.lines) - over
        if self.around is not None and room >= 3:
            self.lines = _window(self.lines, self.around, room)
        else:
            self.lines = [] if self.short is None else [self.short]


def fit(sections: Sequence[Section], height: int) -> list[Content]:
    """Put sections below each other.

    Args:
        sections: from top to bottom.
        height: lines that there are.

    Returns:
        At most `height` lines.
    """
    by_weight = sorted(sections, key=lambda section: section.weight)
    for section in by_weight:
        over = _count(sections) - height
        if over > 0:
            section.cut(over)
    for section in by_weight:
        if _count(sections) > height:
            section.lines = []
    return [line for section in sections for line in section.lines]


def _count(sections: Sequence[Section]) -> int:
    return sum(len(section.lines) for section in sections)


def _window(lines: list[Content], around: int, room: int) -> list[Content]:
    """Show a part of a list, and how many lines there are besides."""
    kept = room - 1
    start = min(max(around - kept // 2, 0), len(lines) - kept)
    more = Content.styled(f"  ... {len(lines) - kept} more lines", "$kds-muted")
    return [*lines[start : start + kept], more]
