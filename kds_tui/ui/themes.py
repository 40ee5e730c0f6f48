"""The themes to choose from, and the one that fits a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from textual.app import App
from textual.theme import Theme

from kds_tui.ui.palettes import (
    BLUE_YELLOW_SAFE,
    CONSOLE,
    CONTRAST,
    DARK,
    LIGHT,
    MONO,
    RED_GREEN_SAFE,
    Palette,
)

DEFAULT_THEME: Final = "kitchen-dark"
CONSOLE_THEME: Final = "console"
MONO_THEME: Final = "mono"


def _theme(name: str, colours: Palette, *, dark: bool, ansi: bool) -> Theme:
    return Theme(
        name=name,
        primary=colours["kds-on-time-back"],
        warning=colours["kds-warning-back"],
        error=colours["kds-late-back"],
        success=colours["kds-good"],
        accent=colours["kds-caution"],
        foreground=colours["kds-text"],
        background=colours["kds-page"],
        surface=colours["kds-card"],
        panel=colours["kds-bar-back"],
        dark=dark,
        ansi=ansi,
        text_alpha=1.0,
        variables=dict(colours),
    )


THEMES: Final = (
    _theme(DEFAULT_THEME, DARK, dark=True, ansi=False),
    _theme("kitchen-light", LIGHT, dark=False, ansi=False),
    _theme("high-contrast", CONTRAST, dark=True, ansi=False),
    _theme("red-green-safe", RED_GREEN_SAFE, dark=True, ansi=False),
    _theme("blue-yellow-safe", BLUE_YELLOW_SAFE, dark=True, ansi=False),
    _theme(CONSOLE_THEME, CONSOLE, dark=True, ansi=True),
    _theme(MONO_THEME, MONO, dark=True, ansi=True),
)

DEFAULT_VARIABLES: Final[Mapping[str, str]] = DARK
"""What the style sheet falls back on under a theme that is not ours."""


def install_themes(app: App[Any], wanted: str) -> None:
    """Give an app our themes, which know what a late ticket is, and no others to choose from.

    Args:
        app: not running yet.
        wanted: the theme to begin with.
    """
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = wanted
    for name in set(app.available_themes) - {theme.name for theme in THEMES}:
        app.unregister_theme(name)


def fitting_theme(wanted: str, color_system: str | None, *, no_color: bool) -> str:
    """Choose the theme for a terminal.

    Args:
        wanted: the theme that the config names.
        color_system: `truecolor`, `256`, `standard` (16 colours) or None (no colours), as Rich
            finds it.
        no_color: whether the user set NO_COLOR.

    Returns:
        The wanted theme; where its colours cannot be shown, one that needs fewer.
    """
    if no_color or color_system is None:
        return MONO_THEME
    if color_system == "standard" and wanted != MONO_THEME:
        return CONSOLE_THEME
    return wanted
