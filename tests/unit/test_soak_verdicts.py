"""What a soak makes of its samples: what grows fails it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from benchmarks.soak import MB, Sample, judge
from kds_tui.process_figures import ProcessFigures

AT_REST: Final = ProcessFigures(
    rss_bytes=150 * MB, tasks=60, timers=19, threads=10, fds=33, sockets=17
)


def soaked(minutes: int, grown_mb: float = 0.0, lost_fds: int = 0) -> list[Sample]:
    """Samples of a process that grew evenly by so much in all."""
    return [
        Sample(
            minute * 60.0,
            replace(
                AT_REST,
                rss_bytes=int((150 + grown_mb * minute / minutes) * MB),
                fds=33 + lost_fds * minute // minutes,
            ),
        )
        for minute in range(minutes)
    ]


def verdicts(minutes: int, samples: list[Sample]) -> tuple[dict[str, str], bool]:
    rows, fine = judge("a display", samples, minutes * 60)
    return {row[1]: row[-1] for row in rows}, fine


def test_what_stays_as_it_was_passes() -> None:
    told, fine = verdicts(125, soaked(125))

    assert fine
    assert set(told.values()) == {"ok"}


@pytest.mark.parametrize(("grown_mb", "verdict"), [(1.8, "ok"), (2.4, "GROWS")])
def test_memory_may_grow_by_a_megabyte_an_hour(grown_mb: float, verdict: str) -> None:
    told, fine = verdicts(125, soaked(125, grown_mb))

    assert told["RSS"] == verdict
    assert fine == (verdict == "ok")


def test_a_short_soak_fails_too_and_says_what_else_it_may_be() -> None:
    told, fine = verdicts(30, soaked(30, grown_mb=3.0))

    assert told["RSS"] == "GROWS, or caches fill: soak 120 minutes"
    assert not fine


@pytest.mark.parametrize("minutes", [30, 125])
def test_descriptors_that_leak_fail_a_soak_of_any_length(minutes: int) -> None:
    told, fine = verdicts(minutes, soaked(minutes, lost_fds=10))

    assert told["fds"] == "GROWS"
    assert not fine
