"""The colours of each theme: what every state looks like, by semantic names.

A state is never told by colour alone: the card says LATE, SOON or OK in words too. The default goes
from blue over amber to red, which most colour-blind people can tell apart by brightness. The two
safe palettes go further: tests look at them as colour-blind people see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Palette = Mapping[str, str]
"""Variable of the style sheet to colour."""

DARK: Final[Palette] = {
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
    "kds-dine-in": "#5fd3c4",
    "kds-to-go": "#7db4ff",
    "kds-note": "#101010",
    "kds-note-back": "#e8dc9a",
    "kds-note-style": "none",
    "kds-bar": "#f2f5f8",
    "kds-bar-back": "#1a222d",
    "kds-good": "#8be28f",
    "kds-caution": "#ffc757",
    "kds-bad": "#ff9d94",
}

LIGHT: Final[Palette] = {
    **DARK,
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
    "kds-dine-in": "#00695c",
    "kds-to-go": "#1b4fa8",
    "kds-bar": "#10151b",
    "kds-bar-back": "#e9edf1",
    "kds-good": "#12692a",
    "kds-caution": "#7a4b00",
    "kds-bad": "#b3160c",
}

CONTRAST: Final[Palette] = {
    **DARK,
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
    "kds-dine-in": "#00ffff",
    "kds-to-go": "#ffffff",
    "kds-note": "#000000",
    "kds-note-back": "#00ffff",
    "kds-bar": "#ffffff",
    "kds-bar-back": "#000000",
    "kds-good": "#ffffff",
    "kds-caution": "#ffff00",
    "kds-bad": "#ff9a3c",
}

RED_GREEN_SAFE: Final[Palette] = {
    **DARK,
    "kds-on-time-back": "#0a6fd6",
    "kds-warning-back": "#ffd23f",
    "kds-late-back": "#b93a00",
    "kds-later-back": "#2b3037",
    "kds-allergy-back": "#7b2cff",
    "kds-removal": "#ffb000",
    "kds-addition": "#4aa0ff",
    "kds-dine-in": "#fff0a0",
    "kds-to-go": "#4aa0ff",
    "kds-good": "#6fb7ff",
    "kds-caution": "#fff0a0",
    "kds-bad": "#cc7722",
}
"""From blue to yellow to rust: for eyes without red (protan) or green (deutan)."""

BLUE_YELLOW_SAFE: Final[Palette] = {
    **DARK,
    "kds-on-time-back": "#007a87",
    "kds-warning-back": "#f4f4f4",
    "kds-late-back": "#c9182b",
    "kds-later-back": "#2b3037",
    "kds-allergy-back": "#c2185b",
    "kds-note-back": "#bfeee6",
    "kds-removal": "#ff8f8f",
    "kds-addition": "#6be8da",
    "kds-dine-in": "#6be8da",
    "kds-to-go": "#ff8f8f",
    "kds-good": "#4fe0d0",
    "kds-caution": "#ffe3e3",
    "kds-bad": "#ff5c5c",
}
"""From teal to white to red: for eyes without blue (tritan)."""

# What Textual 8.2 itself needs from a theme of console colours.
_ANSI_BASE: Final[Palette] = {
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
CONSOLE: Final[Palette] = {
    **DARK,
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
    "kds-dine-in": "ansi_green",
    "kds-to-go": "ansi_yellow",
    "kds-note": "ansi_black",
    "kds-note-back": "ansi_green",
    "kds-bar": "ansi_white",
    "kds-bar-back": "ansi_black",
    "kds-good": "ansi_green",
    "kds-caution": "ansi_yellow",
    "kds-bad": "ansi_red",
}

MONO: Final[Palette] = {
    **_ANSI_BASE,
    **{name: "ansi_default" for name, value in DARK.items() if value.startswith("#")},
    "kds-on-time-style": "bold",
    "kds-warning-style": "bold underline",
    "kds-late-style": "bold reverse",
    "kds-later-style": "none",
    "kds-allergy-style": "bold reverse",
    "kds-removal-style": "bold",
    "kds-addition-style": "none",
    "kds-note-style": "underline",
}
