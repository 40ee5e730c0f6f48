"""The colours of the panel where no kitchen display gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_VARIABLES: Final[Mapping[str, str]] = {
    "kds-page": "#080b10",
    "kds-card": "#171c24",
    "kds-text": "#f2f5f8",
    "kds-muted": "#9aa7b4",
    "kds-border": "#3d4855",
    "kds-selected": "#ffffff",
    "kds-late": "#ffffff",
    "kds-late-back": "#c9302c",
    "kds-late-style": "bold",
    "kds-allergy": "#ffffff",
    "kds-allergy-back": "#a3138f",
    "kds-other": "#d5dde5",
    "kds-bar": "#f2f5f8",
    "kds-bar-back": "#1a222d",
    "kds-good": "#8be28f",
    "kds-caution": "#ffc757",
    "kds-bad": "#ff9d94",
}


def voice_variables() -> dict[str, str]:
    """Give a colour for every variable that the panel's style sheet uses.

    Returns:
        Variable to colour, for `App.get_theme_variable_defaults`. The themes of a kitchen display
        have the same names and win.
    """
    return dict(_VARIABLES)
