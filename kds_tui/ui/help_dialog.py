"""Help: every key that there is, found by looking or by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from kds_tui.ui.box_dialog import BoxDialog
from kds_tui.ui.card_lines import wrap
from kds_tui.ui.help_words import help_parts, lay_out, matching
from kds_tui.ui.key_table import KeyTable


class HelpDialog(BoxDialog):
    """Shows every action and its keys.

    Args:
        keys: what the keys do now.
        warning: what cannot arrive on this terminal; empty when everything can.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", show=False),
    ]

    TITLE: ClassVar[str | None] = "Keys"

    DEFAULT_CSS = """
    HelpDialog > VerticalScroll { width: 124; }
    """

    def __init__(self, keys: KeyTable, warning: str = "") -> None:
        super().__init__(keys.closing("app.help"))
        self._parts = help_parts(keys)
        self._warning = warning
        self._wanted: str | None = None  # what is searched for, while it is typed

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
        self.look()

    def action_search(self) -> None:
        """Begin to search."""
        self._wanted = ""
        self.look()

    def action_close(self) -> None:
        """End the search, else go back to the tickets."""
        if self._wanted is not None:
            self._wanted = None
            self.look()
        else:
            super().action_close()

    def look(self) -> None:
        """Lay the list out, or what is found of it."""
        box, words = self.box, self.words
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
