"""The settings of bump bars."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kds_tui.config.sections import KeySettings, Section


class BumpBarSettings(Section):
    """Bump bars: which ones the cooks press. A bar adds its keys to the default ones and takes them
    from the actions that had them; [keys] has the last word. `kds-tui keys profiles` lists the bars
    that are known; any other is learned on the display (ctrl+k) or with `kds-tui keys learn`."""

    profiles: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("pc",)
    """The bars on this terminal: kb1700-a, -b, -c, -d, -e or -g (the letter of the legend sheet),
    numpad, toast, custom, or pc for a plain keyboard. Two bars have to send different keys: a
    terminal does not tell which one a key comes from. The slot keys of the second one count from
    the right half of the screen."""

    second_from_column: Annotated[int, Field(ge=0, le=16)] = 0
    """Column of tickets from which the slot keys of the second bar count; 0: the right half."""

    learned: Annotated[
        KeySettings,
        Field(json_schema_extra={"sample": '[bump_bar.learned]\n"board.bump" = "f13"'}),
    ] = Field(default_factory=dict)
    """Keys that were learned: action id = keys with commas between. `kds-tui keys learn` writes
    them to keys.toml in the settings folder, which counts less than this file."""
