"""What became of commands that did not do what they were meant to, to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.content import Content

from kds_tui.core.endings import Ending
from kds_tui.core.time_of_day import time_of_day
from kds_tui.ui.box_dialog import BoxDialog
from kds_tui.ui.card_lines import wrap

ACTION: Final = "board.endings"

_NONE: Final = "Every command of this run did what it was meant to."
_MARGIN: Final = 9
"""Columns of the time, and of the word for a sentence that did not show by itself."""


class EndingsDialog(BoxDialog):
    """Shows the sentences.

    Args:
        endings: the last one first.
        keys: that close it, beside Esc.
    """

    TITLE: ClassVar[str | None] = "What did not count, and why"

    DEFAULT_CSS = """
    EndingsDialog > VerticalScroll { border-subtitle-color: $kds-text; }
    """

    def __init__(self, endings: Sequence[Ending], keys: Sequence[str]) -> None:
        super().__init__(keys)
        self._endings = endings

    def look(self) -> None:
        """Write the sentences."""
        width = max(2, self.words.content_size.width - _MARGIN)
        lines = [line for ending in self._endings for line in _lines(ending, width)]
        self.words.update(Content("\n").join(lines) if lines else Content(_NONE))


def _lines(ending: Ending, width: int) -> list[Content]:
    """Write a sentence with its time; one that did not show by itself says so under the time."""
    margin = [time_of_day(ending.at), *(["UNREAD"] if ending.is_unread else [])]
    text = wrap(ending.words, width)
    height = max(len(margin), len(text))
    margin += [""] * (height - len(margin))
    text += [""] * (height - len(text))
    style = "bold" if ending.is_unread else ""
    return [
        Content.assemble((left.ljust(_MARGIN), "$kds-muted"), (right, style))
        for left, right in zip(margin, text, strict=True)
    ]
