"""The line in which a cook types what to look for; it covers the key line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

MAX_TYPED: Final = 60
"""Most letters of a search."""


class _Field(Input):
    """The field itself: Esc ends the search, wherever the cursor stands."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "End", show=False)]

    def action_leave(self) -> None:
        """End the search."""
        self.post_message(SearchLine.Ended())


class SearchLine(Horizontal):
    """What is looked for, and how much was found."""

    DEFAULT_CSS = """
    SearchLine {
        height: 1; background: $kds-bar-back; color: $kds-bar; padding: 0 1;
        & > Static { width: auto; height: 1; }
        & > #found { width: 1fr; text-align: right; text-style: bold; color: $kds-caution; }
        & > Input, & > Input:focus {
            width: 26; height: 1; border: none; padding: 0;
            background: $kds-card; color: $kds-text; background-tint: $kds-card 0%;
            & > .input--cursor {
                background: $kds-text; color: $kds-card; text-style: none;
            }
            & > .input--selection { background: $kds-text; color: $kds-card; }
            & > .input--placeholder, & > .input--suggestion { color: $kds-muted; }
        }
    }
    """

    @dataclass
    class Typed(Message):
        """Another text is looked for."""

        text: str

    class Kept(Message):
        """The keyboard goes back to the tickets; the search stays."""

    class Ended(Message):
        """All tickets are to be shown again."""

    def compose(self) -> ComposeResult:
        """Lay the line out.

        Yields:
            A word, the field, what was found.
        """
        yield Static("Find ", markup=False)
        yield _Field(
            placeholder="number, table, name, item",
            max_length=MAX_TYPED,
            select_on_focus=False,
            compact=True,
        )
        yield Static("", id="found", markup=False)

    def on_mount(self) -> None:
        """Keep the cursor from blinking: nothing on a kitchen screen moves without a reason."""
        self.query_one(_Field).cursor_blink = False

    def begin(self, text: str) -> None:
        """Take the keyboard.

        Args:
            text: what was looked for last.
        """
        field = self.query_one(_Field)
        with self.prevent(Input.Changed):
            field.value = text
        field.cursor_position = len(text)
        field.focus()

    def show_found(self, count: int, total: int) -> None:
        """Say how much was found.

        Args:
            count: tickets that match.
            total: all tickets.
        """
        self.query_one("#found", Static).update(f"{count} of {total}   Enter keeps  Esc ends")

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Typed(message.value))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Kept())

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leave the search as it is when something else was clicked.

        Args:
            event: the field has lost the keyboard.
        """
        self.post_message(self.Kept())
