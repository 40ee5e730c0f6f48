"""Colours: every one is defined, and can be read on what lies under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from textual.color import Color
from textual.theme import Theme

from kds_tui.ui.alert_bar import AlertBar
from kds_tui.ui.notice import Notice
from kds_tui.ui.order_grid import OrderGrid
from kds_tui.ui.status_line import Banner, KeyLine, StatusLine
from kds_tui.ui.themes import (
    CONSOLE_THEME,
    DEFAULT_THEME,
    DEFAULT_VARIABLES,
    MONO_THEME,
    THEMES,
    fitting_theme,
)

WIDGETS = (OrderGrid, Notice, StatusLine, Banner, KeyLine, AlertBar)
IN_THE_BARS = ("kds-good", "kds-caution", "kds-bad")
"""What the status line colours single words with, on its own background."""

_READABLE = 4.5
"""Contrast ratio that text needs: WCAG 2.2, success criterion 1.4.3."""

by_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


def pairs() -> Iterator[tuple[str, str]]:
    """Text and background of every rule in the style sheets that colours both."""
    for widget in WIDGETS:
        for rule in re.findall(r"\{([^{}]*)\}?", widget.DEFAULT_CSS):
            back = re.search(r"background: \$([\w-]+)", rule)
            text = re.search(r"(?<![\w-])color: \$([\w-]+)", rule)
            if back and text:
                yield text[1], back[1]
    yield from ((name, "kds-bar-back") for name in IN_THE_BARS)


def contrast(one: str, other: str) -> float:
    """Tell two colours apart, by the formula of WCAG 2.2 for relative luminance."""

    def luminance(text: str) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in Color.parse(text).normalized
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_and_the_pairs_are_what_they_should_be() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    found = set(pairs())
    assert {("kds-allergy", "kds-allergy-back"), ("kds-removal", "kds-card")} <= found
    assert len(found) >= 18


@by_theme
def test_text_can_be_read_on_its_background(theme: Theme) -> None:
    colours = theme.variables
    if theme.ansi:
        # The console chooses the shades; a text in the colour of its background it cannot save.
        same = [(text, back) for text, back in pairs() if colours[text] == colours[back]]
        assert theme.name == MONO_THEME or not same
        return
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs()}
    # A card's edge is no text: 3:1 is enough for it (WCAG 1.4.11), and where it is selected its
    # thick lines tell.
    too_faint = {
        f"{text} on {back}": round(ratio, 2)
        for (text, back), ratio in ratios.items()
        if ratio < (1.0 if text == "kds-border" else _READABLE)
    }
    assert not too_faint


@by_theme
def test_every_theme_knows_every_variable(theme: Theme) -> None:
    used = {name for w in WIDGETS for name in re.findall(r"\$(kds-[\w-]+)", w.DEFAULT_CSS)}
    assert used | set(IN_THE_BARS) <= theme.variables.keys()
    ours = {name for name in theme.variables if name.startswith("kds-")}
    assert ours == DEFAULT_VARIABLES.keys()  # Textual adds some of its own to its ANSI themes


@by_theme
def test_urgencies_look_different_in_every_theme(theme: Theme) -> None:
    looks = [looks_of(theme.variables, name) for name in ("on-time", "warning", "late", "later")]
    assert len(set(looks)) == len(looks)
    assert looks_of(theme.variables, "allergy") != looks_of(theme.variables, "note")


def looks_of(colours: Mapping[str, str], name: str) -> tuple[str, str, str]:
    return colours[f"kds-{name}"], colours[f"kds-{name}-back"], colours[f"kds-{name}-style"]


@pytest.mark.parametrize(
    ("wanted", "color_system", "no_color", "fitting"),
    [
        (DEFAULT_THEME, "truecolor", False, DEFAULT_THEME),
        (DEFAULT_THEME, "256", False, DEFAULT_THEME),
        (DEFAULT_THEME, "standard", False, CONSOLE_THEME),
        (DEFAULT_THEME, None, False, MONO_THEME),
        (DEFAULT_THEME, "truecolor", True, MONO_THEME),
        (CONSOLE_THEME, "truecolor", False, CONSOLE_THEME),
        (MONO_THEME, "standard", False, MONO_THEME),
        (CONSOLE_THEME, "standard", True, MONO_THEME),
    ],
)
def test_a_theme_that_the_terminal_can_show(
    wanted: str, color_system: str | None, no_color: bool, fitting: str
) -> None:
    assert fitting_theme(wanted, color_system, no_color=no_color) == fitting
