"""Help: every key that there is, found by looking or by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.ui.card_lines import wrap
from kds_tui.ui.help_words import help_parts, lay_out, matching
from kds_tui.ui.key_table import KeyTable
from voice_tui.ui.touch import closes

CLOSING = "escape,q,enter,space"


class HelpDialog(ModalScreen[None]):
    """Shows every action and its keys.

    Args:
        keys: what the keys do now.
        warning: what cannot arrive on this terminal; empty when everything can.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(CLOSING, "close", "Close", show=False),
        Binding("slash", "search", "Search", show=False),
    ]

    DEFAULT_CSS = """
    HelpDialog {
        align: center middle;
        & > VerticalScroll {
            width: 124; max-width: 98%; height: auto; max-height: 100%; padding: 0 1;
            scrollbar-gutter: stable;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
            & > Static { height: auto; }
        }
    }
    """

    def __init__(self, keys: KeyTable, warning: str = "") -> None:
        super().__init__()
        self._parts = help_parts(keys)
        self._warning = warning
        self._wanted: str | None = None  # what is searched for, while it is typed
        for key in keys.closing("app.help"):
            self._bindings.bind(key, "close", "Close", show=False)

    def compose(self) -> ComposeResult:
        """Lay out the list.

        Yields:
            The scrolling list of keys.
        """
        box = VerticalScroll(Static(markup=False))
        box.border_title = "Keys"
        yield box

    def on_mount(self) -> None:
        """Take the keyboard: the arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Lay the list out for the new width."""
        # Behind the layout of the box, which tells how much room there is.
        self.call_after_refresh(self._show)

    def on_click(self, event: events.Click) -> None:
        """Close where Esc would.

        Args:
            event: the click.
        """
        if closes(self.query_one(VerticalScroll), event):
            self.action_close()

    def on_key(self, event: events.Key) -> None:
        """Take what is typed while searching.

        Args:
            event: a key; others than letters do what they always do.
        """
        if self._wanted is None:
            return
        if event.key == "backspace":
            self._wanted = self._wanted[:-1]
        elif event.is_printable and event.character is not None:
            self._wanted += event.character
        else:
            return
        event.stop()
        event.prevent_default()
        self._show()

    def action_search(self) -> None:
        """Begin to search."""
        self._wanted = ""
        self._show()

    def action_close(self) -> None:
        """End the search, else go back to the tickets."""
        if self._wanted is not None:
            self._wanted = None
            self._show()
        elif self.is_current:
            self.dismiss()

    def _show(self) -> None:
        box, words = self.query_one(VerticalScroll), self.query_one(Static)
        parts = self._parts if not self._wanted else matching(self._parts, self._wanted)
        width = max(2, words.content_size.width)
        lines = (
            [] if not self._warning else [[(line, "bold $kds-bad")] for line in self._warned(width)]
        )
        lines += lay_out(parts, width) if parts else [[("Nothing has that in it.", "")]]
        words.update(Content("\n").join(Content.assemble(*line) for line in lines))
        if self._wanted is None:
            box.border_subtitle = "/ searches   Esc closes"
        else:
            typed = (f"{self._wanted}▏", "bold")
            box.border_subtitle = Content.assemble("search: ", typed, "   Esc ends it")
            box.scroll_home(animate=False)

    def _warned(self, width: int) -> Sequence[str]:
        return [*wrap(self._warning, width), ""]
