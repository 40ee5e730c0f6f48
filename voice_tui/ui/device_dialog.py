"""The choice of a microphone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from voice_tui.services.microphone import InputDevice
from voice_tui.ui.touch import closes


class DeviceDialog(ModalScreen[str | None]):
    """Asks which microphone to use; answers with its name, empty for the system's own choice.

    Args:
        devices: that there are.
        current: the name of the one in use.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "Close", show=False)]

    DEFAULT_CSS = """
    DeviceDialog {
        align: center middle;
        & > OptionList {
            width: 60; max-width: 96%; height: auto; max-height: 80%; padding: 0 1;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
        }
    }
    """

    def __init__(self, devices: Sequence[InputDevice], current: str) -> None:
        super().__init__()
        self._devices = devices
        self._current = current

    def compose(self) -> ComposeResult:
        """Lay out the list.

        Yields:
            The system's choice, then every device.
        """
        options = [Option("The system's own choice", id="0")]
        for place, device in enumerate(self._devices, 1):
            marks = [
                word
                for word, true in (
                    ("in use", device.name == self._current),
                    ("default", device.is_default),
                )
                if true
            ]
            words = f"{device.name} ({', '.join(marks)})" if marks else device.name
            options.append(Option(Content(words), id=str(place)))
        box = OptionList(*options, markup=False)
        box.border_title = "Microphone" if self._devices else "No microphone found"
        box.border_subtitle = "Enter chooses, Esc closes"
        yield box

    def on_click(self, event: events.Click) -> None:
        """Close on a touch beside the list, or on its lower edge.

        Args:
            event: the click.
        """
        if closes(self.query_one(OptionList), event):
            self.action_leave()

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        place = int(message.option_id or "0")
        if self.is_current:
            self.dismiss(self._devices[place - 1].name if place else "")

    def action_leave(self) -> None:
        """Close without a choice."""
        if self.is_current:
            self.dismiss(None)
