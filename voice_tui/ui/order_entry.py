"""An order by keyboard."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

MAX_LENGTH: Final = 500
"""Characters in one go; a spoken order of 45 s has about 600."""


class OrderEntry(Input):
    """A line to type an order or a command in; there only while it is used."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Close", show=False)]

    DEFAULT_CSS = """
    OrderEntry {
        display: none; height: 1; border: none; padding: 0 1;
        background: $kds-card; color: $kds-text;
        &:focus { border: none; background-tint: $kds-card 0%; }
        &.-open { display: block; }
    }
    """

    class Typed(Message):
        """Enter was pressed.

        Args:
            text: what was typed; perhaps nothing.
        """

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Nothing is to be typed after all."""

    def __init__(self) -> None:
        super().__init__(
            placeholder="two burgers, table 5", max_length=MAX_LENGTH, select_on_focus=False
        )

    def open(self) -> None:
        """Show it, empty, and type into it."""
        self.value = ""
        self.add_class("-open")
        self.focus()

    def close(self) -> None:
        """Take it away."""
        self.remove_class("-open")

    def action_leave(self) -> None:
        """Take it away unused."""
        self.post_message(self.Left())

    async def action_submit(self) -> None:
        """Hand over what was typed."""
        self.post_message(self.Typed(self.value))
