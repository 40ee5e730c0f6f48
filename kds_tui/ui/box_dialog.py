"""A box of words over the board: it scrolls, and closes by key or touch."""

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

from voice_tui.ui.touch import closes


class BoxDialog(ModalScreen[None]):
    """The box; what is in it says a class for each.

    Args:
        keys: that close it, beside Esc.
    """

    TITLE: ClassVar[str | None] = ""
    FOOT: ClassVar[str] = "Esc closes"
    """What stands on the lower edge."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space", "close", "Close", show=False)
    ]

    DEFAULT_CSS = """
    BoxDialog {
        align: center middle;
        & > VerticalScroll {
            width: 102; max-width: 98%; height: auto; max-height: 100%; padding: 0 1;
            scrollbar-gutter: stable;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
            & > Static { height: auto; }
        }
    }
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        super().__init__()
        for key in keys:
            self._bindings.bind(key, "close", "Close", show=False)

    def look(self) -> None:
        """Write what is in the box, for its width."""
        raise NotImplementedError

    @property
    def box(self) -> VerticalScroll:
        """The box."""
        return self.query_one(VerticalScroll)

    @property
    def words(self) -> Static:
        """What is in it."""
        return self.query_one(Static)

    def compose(self) -> ComposeResult:
        """Lay out the box.

        Yields:
            It.
        """
        box = VerticalScroll(Static(markup=False))
        box.border_title = Content(self.TITLE or "")
        box.border_subtitle = Content(self.FOOT)
        yield box

    def on_mount(self) -> None:
        """Take the keyboard: the arrows scroll."""
        self.box.focus()

    def on_resize(self) -> None:
        """Write it for the new width."""
        # Behind the layout of the box, which tells how much room there is.
        self.call_after_refresh(self.look)

    def on_click(self, event: events.Click) -> None:
        """Close where Esc would.

        Args:
            event: the click.
        """
        if closes(self.box, event):
            self.action_close()

    def action_close(self) -> None:
        """Go back to the tickets."""
        if self.is_current:
            self.dismiss()
