"""Growth by the hour: after the warm-up, from enough samples, whatever noise is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.trend import EVERY, SPAN, WARM_UP, WINDOW, Trend

BEGAN = 5000.0


def trend(rate: float, seconds: float, start: float = 1e8, every: float = 5.0) -> Trend:
    """A program that takes memory fast while it loads, and then at a rate by the hour."""
    made = Trend(BEGAN)
    for step in range(int(seconds / every) + 1):
        passed = step * every
        loading = min(passed, WARM_UP) * 1e6
        made.note(BEGAN + passed, start + loading + max(0.0, passed - WARM_UP) * rate / 3600)
    return made


@pytest.mark.parametrize("rate", [0.0, 12e6, -3e6])
def test_growth_is_told_by_the_hour_and_without_the_warm_up(rate: float) -> None:
    assert trend(rate, WARM_UP + 2 * WINDOW).per_hour == pytest.approx(rate, abs=1.0)


def test_nothing_is_told_too_early() -> None:
    assert trend(12e6, WARM_UP + SPAN - EVERY).per_hour is None
    assert trend(12e6, WARM_UP + SPAN).per_hour == pytest.approx(12e6, rel=0.01)


def test_how_long_it_takes_is_told() -> None:
    fresh = Trend(BEGAN)
    assert fresh.known_in(BEGAN) == WARM_UP + SPAN
    assert trend(0.0, WARM_UP + 60).known_in(BEGAN + WARM_UP + 60) == SPAN - 60
    assert trend(0.0, WARM_UP + SPAN).known_in(BEGAN + WARM_UP + SPAN) == 0.0


@given(st.floats(-1e9, 1e9), st.integers(1, 50))
def test_only_the_last_hour_counts(jump: float, hours: int) -> None:
    made = trend(0.0, WARM_UP + WINDOW)
    begun = BEGAN + WARM_UP + WINDOW + hours * 3600
    for step in range(int(WINDOW / EVERY) + 1):
        made.note(begun + step * EVERY, 1e8 + jump)
    assert made.per_hour == pytest.approx(0.0, abs=1e-3)
