"""The question before leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

_QUIT: Final = " quit all the same"


class QuitDialog(ModalScreen[bool]):
    """Asks before leaving while commands are unsent.

    Args:
        unsent: how many commands the server has not answered.
        in_memory: how many of them are not on the disk, and lost by leaving.
        keys: that stay, besides Esc.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Quit", show=False),
        Binding("n,escape,enter,space,q", "answer(False)", "Stay", show=False),
    ]

    DEFAULT_CSS = """
    QuitDialog {
        align: center middle;
        & > Static {
            width: 52; max-width: 96%; height: auto; padding: 1 2;
            background: $kds-card; color: $kds-text; border: solid $kds-late-back;
        }
    }
    """

    def __init__(self, unsent: int, in_memory: int, keys: Sequence[str] = ()) -> None:
        super().__init__()
        for key in keys:
            self._bindings.bind(key, "answer(False)", "Stay", show=False)
        self._unsent = unsent
        self._in_memory = min(in_memory, unsent)

    def compose(self) -> ComposeResult:
        """Lay out the question.

        Yields:
            The question.
        """
        yield Static(
            Content.assemble(
                f"{self.question}\n\n",
                ("y", "bold $kds-caution"),
                f"{_QUIT}     ",
                ("n", "bold $kds-caution"),
                " stay",
            ),
            markup=False,
        )

    def on_click(self, event: events.Click) -> None:
        """Take the answer that was clicked; a click beside the question stays.

        Args:
            event: the click.
        """
        box = self.query_one(Static)
        answers, place = box.content_region, event.screen_x - box.content_region.x
        if not box.region.contains(event.screen_x, event.screen_y):
            self.action_answer(False)
        elif event.screen_y == answers.bottom - 1 and 0 <= place < answers.width:
            if place <= len(_QUIT):
                self.action_answer(True)
            elif place >= len(_QUIT) + 6:
                self.action_answer(False)

    @property
    def question(self) -> str:
        """What becomes of the commands by leaving."""
        unsent = self._unsent
        what = "1 bump has" if unsent == 1 else f"{unsent} bumps have"
        words = f"{what} not reached the order server yet: other screens still show "
        words += "its ticket. " if unsent == 1 else "their tickets. "
        kept = unsent - self._in_memory
        if kept:
            which = (
                "It is"
                if unsent == 1
                else "They are"
                if not self._in_memory
                else f"{kept} of them are"
            )
            words += f"{which} kept, and sent when this display runs again. "
        if self._in_memory:
            lost = "it" if unsent == 1 else "them" if not kept else str(self._in_memory)
            words += f"The disk did not take bumps: leaving now loses {lost}."
        return words.strip()

    def action_answer(self, leave: bool) -> None:
        """Close with the cook's answer.

        Args:
            leave: whether to quit.
        """
        if self.is_current:
            self.dismiss(leave)
