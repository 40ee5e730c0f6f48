"""Dialogs: the keys, and the question before leaving."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.keymap import ACTIONS, NUMBERED

MOVES: Final = ("board.left", "board.down", "board.up", "board.right")
"""Actions that help shows in one line."""


class HelpDialog(ModalScreen[None]):
    """Shows every action and its keys.

    Args:
        keys: what the keys do now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss", "Close", show=False)
    ]

    DEFAULT_CSS = """
    HelpDialog {
        align: center middle;
        & > VerticalScroll {
            width: 64; max-width: 96%; height: auto; max-height: 92%; padding: 0 2;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
        }
    }
    """

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Lay out the list.

        Yields:
            The scrolling list of keys.
        """
        box = VerticalScroll(Static(self._words(), markup=False))
        box.border_title = "Keys"
        box.border_subtitle = "Esc closes"
        yield box

    def _words(self) -> Content:
        lines: list[Content] = []
        for action in ACTIONS:
            if action.id == MOVES[0]:
                lines.append(_line(self._words_of(*MOVES), "Select the next ticket that way"))
            elif action.id in MOVES or action.id.startswith(NUMBERED):
                continue
            elif self._keys.of(action.id):
                lines.append(_line(self._words_of(action.id), action.words))
        lines.append(_line("1-99 Enter", "Bump the ticket in that slot"))
        lines.append(_line("F1-F12", "Bump the ticket in that slot at once"))
        lines.append(_line("mouse", "Click selects a card, its foot bumps it"))
        lines.append(Content(""))
        lines.append(Content("Head of a card: OK on time, SOON due, LATE over time."))
        lines.append(Content("- without   + extra   ! allergy   ~ how done   » note"))
        return Content("\n").join(lines)

    def _words_of(self, *action_ids: str) -> str:
        return " ".join(each.words for name in action_ids for each in self._keys.of(name))


def _line(keys: str, words: str) -> Content:
    return Content.assemble((f"{keys:<15}  ", "bold $kds-caution"), words)


class QuitDialog(ModalScreen[bool]):
    """Asks before leaving while commands are unsent.

    Args:
        unsent: how many commands the server has not answered.
        in_memory: how many of them are not on the disk, and lost by leaving.
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

    def __init__(self, unsent: int, in_memory: int) -> None:
        super().__init__()
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
                " quit all the same     ",
                ("n", "bold $kds-caution"),
                " stay",
            ),
            markup=False,
        )

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
