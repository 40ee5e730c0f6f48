"""A diagnosis as plain text: for `kds-tui doctor` and the support bundle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kds_tui.core.decision import Diagnosis, Walk
from kds_tui.core.display_status import DisplayStatus, Seen
from kds_tui.core.limits import Level
from kds_tui.core.readings import Group, ago, duration

LEVEL: Final = 9
LABEL: Final = 18
VALUE: Final = 38
"""Columns of each part of a line, the space after it included."""


def headline(status: DisplayStatus, seen: Seen) -> str:
    """Say which display it is.

    Args:
        status: what it told of itself.
        seen: what is seen of it.

    Returns:
        One line.
    """
    runs = f"running for {duration(status.process.up_for)}" if seen.is_running else "not running"
    told = f", told {ago(seen.age)}" if seen.age >= 1 else ""
    return f"display {status.station}: process {status.pid}, {runs}{told}"


def diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Write what the tree says.

    Args:
        diagnosis: walked.

    Yields:
        The sentence and what to do, the branch, and the other symptoms.
    """
    yield from _said(diagnosis.walk)
    branch = " > ".join(f"{step.question} {step.answer}" for step in diagnosis.walk.steps)
    yield f"  asked: {branch}"
    for walk in diagnosis.also:
        yield from _said(walk)


def _said(walk: Walk) -> Iterator[str]:
    yield f"  {walk.leaf.level.upper()}: {walk.sentence}"
    if walk.leaf.do:
        yield f"  do: {walk.leaf.do}"


def table_lines(groups: Sequence[Group]) -> Iterator[str]:
    """Write the figures beside their limits.

    Args:
        groups: as read.

    Yields:
        A line for each group and each figure.
    """
    for group in groups:
        yield f"  {group.title}"
        for reading in group.readings:
            level = reading.level if reading.level is not Level.NONE else "-"
            start = f"    {level:<{LEVEL}}{reading.label:<{LABEL}}"
            value = " ".join(reading.value.split())
            limit = f"limit {reading.limit}" if reading.limit else ""
            yield f"{start}{value:<{VALUE}}{limit}".rstrip()
