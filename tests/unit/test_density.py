"""Densities: figures, and from how far a screen is read."""

from __future__ import annotations

import pytest

from kds_tui.core.density import FIGURE, reading_distance
from kds_tui.ui.block_digits import ROWS, can_draw, draw, width_of


@pytest.mark.parametrize(
    ("panel", "rows", "comfortable", "at_most"),
    # The table of kds-features, worked out by hand: 0.58 of a cell, 20 and 16 minutes of arc.
    [(21.5, 24, 1.1, 1.4), (21.5, 36, 0.74, 0.93), (32, 24, 1.7, 2.1), (43, 36, 1.5, 1.9)],
)
def test_reading_distances_of_known_panels(
    panel: float, rows: int, comfortable: float, at_most: float
) -> None:
    reading = reading_distance(panel, rows)
    assert reading.comfortable == pytest.approx(comfortable, rel=0.04)
    assert reading.at_most == pytest.approx(at_most, rel=0.04)


def test_figures_are_read_from_four_times_as_far() -> None:
    words, figures = reading_distance(21.5, 36), reading_distance(21.5, 36, FIGURE)
    assert figures.comfortable / words.comfortable == pytest.approx(FIGURE / 0.58)
    assert words.words == "0.7 m, at most 0.9 m"


def test_a_figure_looks_like_one() -> None:
    assert draw("12:4") == (
        "▄█  ▀▀█ ▄ █ █",
        " █  █▀▀ ▄ ▀▀█",
        "▀▀▀ ▀▀▀     ▀",
    )


@pytest.mark.parametrize("text", ["0123456789", "1h05", "12d", "0:00", "7", ""])
def test_figures_are_as_wide_as_they_say(text: str) -> None:
    assert can_draw(text)
    assert {len(row) for row in draw(text)} == {width_of(text)}
    assert len(draw(text)) == ROWS


def test_no_two_figures_look_alike() -> None:
    drawn = {draw(digit) for digit in "0123456789:hd"}
    assert len(drawn) == 13
    assert not can_draw("12 A")
