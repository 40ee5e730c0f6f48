"""The colours of the kitchen: one place, semantic names, checked for contrast by a test.

A state is never told by colour alone: the card says LATE, SOON or OK in words too. The default
goes from blue over amber to red, which most colour-blind people can tell apart by brightness.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from textual.app import App
from textual.theme import Theme

DEFAULT_THEME: Final = "kitchen-dark"
CONSOLE_THEME: Final = "console"
MONO_THEME: Final = "mono"

_DARK: Final[Mapping[str, str]] = {
    "kds-page": "#080b10",
    "kds-card": "#171c24",
    "kds-text": "#f2f5f8",
    "kds-muted": "#9aa7b4",
    "kds-border": "#3d4855",
    "kds-selected": "#ffffff",
    "kds-on-time": "#ffffff",
    "kds-on-time-back": "#1f5a9e",
    "kds-on-time-style": "bold",
    "kds-warning": "#101010",
    "kds-warning-back": "#f2b134",
    "kds-warning-style": "bold",
    "kds-late": "#ffffff",
    "kds-late-back": "#c9302c",
    "kds-late-style": "bold",
    "kds-later": "#f2f5f8",
    "kds-later-back": "#44505e",
    "kds-later-style": "none",
    "kds-allergy": "#ffffff",
    "kds-allergy-back": "#a3138f",
    "kds-allergy-style": "bold",
    "kds-removal": "#ff9d94",
    "kds-removal-style": "bold",
    "kds-addition": "#8be28f",
    "kds-addition-style": "none",
    "kds-other": "#d5dde5",
    "kds-note": "#101010",
    "kds-note-back": "#e8dc9a",
    "kds-note-style": "none",
    "kds-bar": "#f2f5f8",
    "kds-bar-back": "#1a222d",
    "kds-good": "#8be28f",
    "kds-caution": "#ffc757",
    "kds-bad": "#ff9d94",
}

_LIGHT: Final[Mapping[str, str]] = {
    **_DARK,
    "kds-page": "#c9d0d8",
    "kds-card": "#ffffff",
    "kds-text": "#10151b",
    "kds-muted": "#4d5966",
    "kds-border": "#8a96a3",
    "kds-selected": "#000000",
    "kds-later": "#10151b",
    "kds-later-back": "#d3dae1",
    "kds-removal": "#b3160c",
    "kds-addition": "#12692a",
    "kds-other": "#2c3641",
    "kds-bar": "#10151b",
    "kds-bar-back": "#e9edf1",
    "kds-good": "#12692a",
    "kds-caution": "#7a4b00",
    "kds-bad": "#b3160c",
}

_CONTRAST: Final[Mapping[str, str]] = {
    **_DARK,
    "kds-page": "#000000",
    "kds-card": "#000000",
    "kds-text": "#ffffff",
    "kds-muted": "#ffffff",
    "kds-border": "#ffffff",
    "kds-selected": "#ffff00",
    "kds-on-time-back": "#0000c8",
    "kds-warning": "#000000",
    "kds-warning-back": "#ffff00",
    "kds-late": "#000000",
    "kds-late-back": "#ff9a3c",
    "kds-later": "#ffffff",
    "kds-later-back": "#000000",
    "kds-later-style": "underline",
    "kds-allergy": "#000000",
    "kds-allergy-back": "#ffffff",
    "kds-removal": "#ffff00",
    "kds-addition": "#ffffff",
    "kds-other": "#ffffff",
    "kds-note": "#000000",
    "kds-note-back": "#00ffff",
    "kds-bar": "#ffffff",
    "kds-bar-back": "#000000",
    "kds-good": "#ffffff",
    "kds-caution": "#ffff00",
    "kds-bad": "#ff9a3c",
}

# What Textual 8.2 itself needs from a theme of console colours.
_ANSI_BASE: Final[Mapping[str, str]] = {
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "border-blurred": "ansi_black",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-background": "ansi_white",
    "input-cursor-foreground": "ansi_white",
    "input-cursor-background": "ansi_black",
    "input-cursor-text-style": "none",
    "input-selection-foreground": "ansi_black",
    "input-selection-background": "ansi_white",
    "screen-selection-foreground": "ansi_black",
    "screen-selection-background": "ansi_white",
}

# The eight colours that every console has. Bright ones are not told from plain ones on many.
_CONSOLE: Final[Mapping[str, str]] = {
    **_DARK,
    **_ANSI_BASE,
    "kds-page": "ansi_black",
    "kds-card": "ansi_black",
    "kds-text": "ansi_white",
    "kds-muted": "ansi_cyan",
    "kds-border": "ansi_cyan",
    "kds-selected": "ansi_yellow",
    "kds-on-time": "ansi_white",
    "kds-on-time-back": "ansi_blue",
    "kds-warning": "ansi_black",
    "kds-warning-back": "ansi_yellow",
    "kds-late": "ansi_white",
    "kds-late-back": "ansi_red",
    "kds-later": "ansi_black",
    "kds-later-back": "ansi_cyan",
    "kds-allergy": "ansi_white",
    "kds-allergy-back": "ansi_magenta",
    "kds-removal": "ansi_red",
    "kds-addition": "ansi_green",
    "kds-other": "ansi_white",
    "kds-note": "ansi_black",
    "kds-note-back": "ansi_green",
    "kds-bar": "ansi_white",
    "kds-bar-back": "ansi_black",
    "kds-good": "ansi_green",
    "kds-caution": "ansi_yellow",
    "kds-bad": "ansi_red",
}

_MONO: Final[Mapping[str, str]] = {
    **_ANSI_BASE,
    **{name: "ansi_default" for name, value in _DARK.items() if value.startswith("#")},
    "kds-on-time-style": "bold",
    "kds-warning-style": "bold underline",
    "kds-late-style": "bold reverse",
    "kds-later-style": "none",
    "kds-allergy-style": "bold reverse",
    "kds-removal-style": "bold",
    "kds-addition-style": "none",
    "kds-note-style": "underline",
}


def _theme(name: str, colours: Mapping[str, str], *, dark: bool, ansi: bool) -> Theme:
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
    _theme(DEFAULT_THEME, _DARK, dark=True, ansi=False),
    _theme("kitchen-light", _LIGHT, dark=False, ansi=False),
    _theme("high-contrast", _CONTRAST, dark=True, ansi=False),
    _theme(CONSOLE_THEME, _CONSOLE, dark=True, ansi=True),
    _theme(MONO_THEME, _MONO, dark=True, ansi=True),
)

DEFAULT_VARIABLES: Final[Mapping[str, str]] = _DARK
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
