"""The diagnosis on lines of the screen: what is the matter first, then the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len

from kds_tui.core.decision import Diagnosis, Walk
from kds_tui.core.limits import Level
from kds_tui.core.readings import Group, Reading
from kds_tui.core.text import clean
from kds_tui.ui.card_lines import truncate, wrap

LABEL: Final = 17
"""Columns of a figure's name, the space after it included."""

LIMIT: Final = 15
"""Columns of its limit, the space before it included."""

WORD: Final = 9
"""Columns of the word for it, the space before it included."""

TWO_COLUMNS: Final = 150
"""Columns from which groups stand beside each other."""

GAP: Final = 4
"""Columns between two that stand beside each other."""

VALUE_LINES: Final = 2
"""Most lines of a value; a longer one is cut."""

SAID_LINES: Final = 3
"""Most lines of a sentence."""

MOST_STEPS: Final = 6
"""Steps that are told one by one: those past all symptoms are more, and tell nothing."""

VALUE_LIMIT: Final = 400
"""Most characters of a value that are looked at."""

MARKS: Final = {
    Level.OK: ("● ", "$kds-good"),
    Level.WARNING: ("▲ ", "$kds-caution"),
    Level.CRITICAL: ("✖ ", "$kds-bad"),
    Level.NONE: ("  ", ""),
}

TITLE: Final = "bold $kds-caution"
DIM: Final = "$kds-text 70%"

Line = list[tuple[str, str]]
"""A line as pieces of text, each with its style."""


def diagnosis_lines(diagnosis: Diagnosis, told: str, width: int) -> list[Line]:
    """Put on lines what the decision tree says.

    Args:
        diagnosis: walked.
        told: what came of the last action; empty without.
        width: columns that there are.

    Returns:
        The lines, none wider than `width`.
    """
    lines = _walk_lines(diagnosis.walk, width)
    steps = diagnosis.walk.steps
    asked = " › ".join(f"{step.question} {step.answer}" for step in steps)
    if len(steps) > MOST_STEPS:
        asked = f"all {len(steps)} questions of the decision tree"
    lines += _paragraph("  ", f"Asked: {asked}", DIM, width)
    for walk in diagnosis.also:
        lines += _walk_lines(walk, width)
    if told:
        lines += _paragraph("→ ", told, "bold", width)
    return lines


def _walk_lines(walk: Walk, width: int) -> list[Line]:
    mark, style = MARKS[walk.leaf.level]
    said = f"{walk.leaf.level.upper()}: {walk.sentence}"
    lines = _paragraph(mark, said, f"bold {style}", width)
    if walk.leaf.do:
        lines += _paragraph("  ", f"Do: {walk.leaf.do}", "", width)
    return lines


def group_lines(groups: Sequence[Group], width: int) -> list[Line]:
    """Put figures on lines: in one column, or in two where there is room.

    Args:
        groups: the most telling one first.
        width: columns that there are.

    Returns:
        The lines, none wider than `width`.
    """
    if width < TWO_COLUMNS:
        return _column(groups, width)
    column = (width - GAP) // 2
    left, right = _halves(groups, column)
    lines: list[Line] = []
    for row in range(max(len(left), len(right))):
        there = left[row] if row < len(left) else []
        filler = " " * (column + GAP - sum(cell_len(text) for text, _ in there))
        lines.append([*there, (filler, ""), *(right[row] if row < len(right) else [])])
    return lines


def _halves(groups: Sequence[Group], width: int) -> tuple[list[Line], list[Line]]:
    """Share groups out to two columns, in their sequence, as evenly as they let themselves be."""
    splits = (
        (_column(groups[:split], width), _column(groups[split:], width))
        for split in range(1, len(groups) + 1)
    )
    return min(splits, key=lambda columns: max(len(columns[0]), len(columns[1])))


def _column(groups: Iterable[Group], width: int) -> list[Line]:
    lines: list[Line] = []
    for group in groups:
        heads = not lines
        if lines:
            lines.append([])
        lines.append(_title(group.title, width, with_limit=heads))
        for reading in group.readings:
            lines += _reading_lines(reading, width)
    return lines


def _title(title: str, width: int, *, with_limit: bool) -> Line:
    room = width - LIMIT - WORD + 1
    if not with_limit or room < LABEL:
        return [(truncate(title, width), TITLE)]
    return [(f"{truncate(title, room - 1):<{room}}", TITLE), ("limit", DIM)]


def _reading_lines(reading: Reading, width: int) -> list[Line]:
    mark, style = MARKS[reading.level]
    label = f"{truncate(reading.label, LABEL - 1):<{LABEL}}"
    start = cell_len(mark) + LABEL
    judged = bool(reading.limit) and width >= start + LIMIT + WORD + VALUE_LINES
    room = max(2, width - start - (LIMIT + WORD if judged else 0))
    value = _wrapped(clean(reading.value, VALUE_LIMIT), room, VALUE_LINES)
    first: Line = [(mark, style), (label, ""), (value[0], style)]
    if judged:
        filler = " " * (room - cell_len(value[0]) + 1)
        limit = f"{truncate(reading.limit, LIMIT - 1):<{LIMIT - 1}}"
        word = f" {reading.level or '-':<{WORD - 1}}"
        first += [(filler + limit, DIM), (word, style)]
    return [first, *([(" " * start, ""), (line, style)] for line in value[1:])]


def _paragraph(mark: str, text: str, style: str, width: int) -> list[Line]:
    lines = _wrapped(clean(text, VALUE_LIMIT), max(2, width - cell_len(mark)), SAID_LINES)
    rest = " " * cell_len(mark)
    return [[(mark if row == 0 else rest, style), (line, style)] for row, line in enumerate(lines)]


def _wrapped(text: str, width: int, most: int) -> list[str]:
    lines = wrap(text, width)
    if len(lines) > most:
        last = truncate(" ".join(lines[most - 1 :]), width)
        lines = [*lines[: most - 1], last]
    return lines
