"""What the doctor tells about a display that runs on this machine: for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Self

from msgspec import Struct

from kds_tui.core.decision import Diagnosis, Facts
from kds_tui.core.diagnosis import diagnose
from kds_tui.core.diagnosis_text import diagnosis_lines, headline, table_lines
from kds_tui.core.display_status import DisplayStatus
from kds_tui.core.limits import Level
from kds_tui.core.readings import Group, read_status, worst_level
from kds_tui.core.symptoms import is_frozen
from kds_tui.services.running_displays import FoundDisplay


class Finding(Struct):
    """Where a walk through the decision tree ended."""

    id: str
    level: str
    sentence: str
    do: str
    asked: list[tuple[str, str]]
    """Question and answer, in order."""


class Figure(Struct):
    """A figure beside its limit."""

    group: str
    name: str
    value: str
    limit: str
    level: str
    source: str
    """Where the limit is from."""


class DisplayReport(Struct):
    """One display."""

    folder: str
    pid: int
    is_running: bool
    is_frozen: bool
    """Whether the process lives and tells nothing."""

    age: float
    """Seconds since it last told its status."""

    good: bool
    findings: list[Finding]
    """The one that matters most first; empty when the display has told nothing yet."""

    figures: list[Figure]
    status: DisplayStatus | None

    @classmethod
    def of(cls, found: FoundDisplay) -> Self:
        """Examine a display.

        Args:
            found: as it was found.
        """
        status = _now(found)
        diagnosis = _diagnosis(found, status)
        groups = read_status(status) if status is not None else ()
        ids = {finding.id for finding in _findings(diagnosis)}
        return cls(
            folder=str(found.folder),
            pid=found.pid,
            is_running=found.seen.is_running,
            is_frozen=bool(ids & {"frozen", "stopped"}),
            age=round(found.seen.age, 1),
            good=_is_good(diagnosis, groups),
            findings=_findings(diagnosis),
            figures=_figures(groups),
            status=status,
        )


def report_lines(found: FoundDisplay) -> Iterator[str]:
    """Write about a display for a person.

    Args:
        found: as it was found.

    Yields:
        Lines.
    """
    status = _now(found)
    if status is None:
        yield f"display in {found.folder}: process {found.pid} has told nothing yet"
        if (diagnosis := _diagnosis(found, None)) is not None:
            yield from diagnosis_lines(diagnosis)
        return
    yield f"{headline(status, found.seen)}, in {found.folder}"
    yield from diagnosis_lines(diagnose(status, found.seen))
    yield from table_lines(read_status(status))


def _diagnosis(found: FoundDisplay, status: DisplayStatus | None) -> Diagnosis | None:
    if status is not None:
        return diagnose(status, found.seen)
    # One that has just started gets its time; then it is as silent as one that told something once.
    untold = DisplayStatus(pid=found.pid)
    return diagnose(untold, found.seen) if is_frozen(Facts(untold, found.seen)) else None


def _now(found: FoundDisplay) -> DisplayStatus | None:
    """Give a display's status, with the time of an end that went on since it was told."""
    status = found.status
    if status is None or status.ending_for is None:
        return status
    return replace(status, ending_for=status.ending_for + found.seen.age)


def _is_good(diagnosis: Diagnosis | None, groups: tuple[Group, ...]) -> bool:
    levels = () if diagnosis is None else (diagnosis.walk, *diagnosis.also)
    worst = {walk.leaf.level for walk in levels} | {worst_level(groups)}
    return Level.CRITICAL not in worst


def _findings(diagnosis: Diagnosis | None) -> list[Finding]:
    walks = () if diagnosis is None else (diagnosis.walk, *diagnosis.also)
    return [
        Finding(
            walk.leaf.id,
            walk.leaf.level,
            walk.sentence,
            walk.leaf.do,
            [(step.question, step.answer) for step in walk.steps],
        )
        for walk in walks
    ]


def _figures(groups: tuple[Group, ...]) -> list[Figure]:
    return [
        Figure(
            group.title,
            reading.label,
            reading.value,
            reading.limit,
            reading.level,
            reading.source,
        )
        for group in groups
        for reading in group.readings
    ]
