"""Colours as colour-blind people see them: states that share a place stay apart.

Simulated with full severity by the two methods that are in use: Brettel 1997 and, as a second
opinion, Machado 2009; distances are CIEDE2000, where 1 is a difference that is just seen.
"""

from __future__ import annotations

from itertools import combinations

import pytest
from coloraide import Color

from kds_tui.ui.themes import THEMES

HEADS = ("kds-on-time-back", "kds-warning-back", "kds-late-back", "kds-later-back")
LINES = ("kds-text", "kds-muted", "kds-removal", "kds-addition")
KINDS = ("kds-dine-in", "kds-to-go", "kds-muted")
FILLS = ("kds-allergy-back", "kds-note-back", "kds-card")
LINK = ("kds-good", "kds-caution", "kds-bad")

LARGE_ENOUGH = 20.0
"""For colours that fill a line or stand in a bar: told apart at a glance, from across a room."""

THIN_ENOUGH = 15.0
"""For thin strokes, which have their mark (-, +) beside them."""

SIGHTS = {
    "red-green-safe": ("protan", "deutan"),
    "blue-yellow-safe": ("tritan",),
}
PALETTES = {theme.name: theme.variables for theme in THEMES}


def seen(colour: str, sight: str, method: str) -> Color:
    """A colour as somebody with this sight sees it."""
    there = Color(colour)
    simulated = there.filter(sight, method=method) if sight else there
    return simulated.convert("srgb").clip()


def nearest(theme: str, names: tuple[str, ...], sight: str, method: str) -> tuple[float, str, str]:
    """The two colours of a theme that are seen nearest to each other, and how near."""
    colours = PALETTES[theme]
    return min(
        (
            seen(colours[one], sight, method).delta_e(
                seen(colours[other], sight, method), method="2000"
            ),
            one,
            other,
        )
        for one, other in combinations(names, 2)
    )


def test_the_simulation_sees_what_it_should() -> None:
    red, green = "#ff0000", "#00a000"
    for method in ("brettel", "machado"):
        apart = [
            seen(red, sight, method).delta_e(seen(green, sight, method), method="2000")
            for sight in ("", "deutan", "tritan")
        ]
        assert apart[0] > 50
        assert apart[1] < 30
        assert apart[2] > 50


@pytest.mark.parametrize("method", ["brettel", "machado"])
@pytest.mark.parametrize(
    ("theme", "sight"),
    [(theme, sight) for theme, sights in SIGHTS.items() for sight in ("", *sights)],
)
@pytest.mark.parametrize(
    ("names", "apart"),
    [
        (HEADS, LARGE_ENOUGH),
        (FILLS, LARGE_ENOUGH),
        (LINK, LARGE_ENOUGH),
        (LINES, THIN_ENOUGH),
        (KINDS, THIN_ENOUGH),
    ],
    ids=["heads", "fills", "link", "lines", "kinds"],
)
def test_in_a_safe_theme_states_that_share_a_place_stay_apart(
    theme: str, sight: str, method: str, names: tuple[str, ...], apart: float
) -> None:
    distance, one, other = nearest(theme, names, sight, method)
    assert distance >= apart, f"{one} and {other}"


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES if not theme.ansi])
def test_in_every_theme_heads_are_told_apart_by_any_eye(theme: str) -> None:
    for sight in ("", "protan", "deutan", "tritan"):
        distance, one, other = nearest(theme, HEADS, sight, "brettel")
        assert distance >= 12, f"{one} and {other}, {sight}"
