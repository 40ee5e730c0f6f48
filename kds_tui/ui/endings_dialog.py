"""What became of commands that did not do what they were meant to, to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.core.endings import Ending
from kds_tui.core.time_of_day import time_of_day
from kds_tui.ui.card_lines import wrap
from voice_tui.ui.touch import closes

ACTION: Final = "board.endings"

_NONE: Final = "Every command of this run did what it was meant to."
_MARGIN: Final = 9
"""Columns of the time, and of the word for a sentence that did not show by itself."""


class EndingsDialog(ModalScreen[None]):
    """Shows the sentences.

    Args:
        endings: the last one first.
        keys: that close it, beside Esc.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space", "close", "Close", show=False)
    ]

    DEFAULT_CSS = """
    EndingsDialog {
        align: center middle;
        & > VerticalScroll {
            width: 102; max-width: 98%; height: auto; max-height: 100%; padding: 0 1;
            scrollbar-gutter: stable;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text; border-subtitle-color: $kds-text;
            & > Static { height: auto; }
        }
    }
    """

    def __init__(self, endings: Sequence[Ending], keys: Sequence[str]) -> None:
        super().__init__()
        self._endings = endings
        for key in keys:
            self._bindings.bind(key, "close", "Close", show=False)

    def compose(self) -> ComposeResult:
        """Lay out the list.

        Yields:
            The scrolling list of sentences.
        """
        box = VerticalScroll(Static(markup=False))
        box.border_title = "What did not count, and why"
        box.border_subtitle = "Esc closes"
        yield box

    def on_mount(self) -> None:
        """Take the keyboard: the arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Write the sentences for the new width."""
        # Behind the layout of the box, which tells how much room there is.
        self.call_after_refresh(self._show)

    def on_click(self, event: events.Click) -> None:
        """Close where Esc would.

        Args:
            event: the click.
        """
        if closes(self.query_one(VerticalScroll), event):
            self.action_close()

    def action_close(self) -> None:
        """Go back to the tickets."""
        if self.is_current:
            self.dismiss()

    def _show(self) -> None:
        words = self.query_one(Static)
        width = max(2, words.content_size.width - _MARGIN)
        lines = [line for ending in self._endings for line in _lines(ending, width)]
        words.update(Content("\n").join(lines) if lines else Content(_NONE))


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
