"""Asks which part of a ticket is to be held or fired: a course, a line, or all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kds_tui.core.courses import Part
from kds_tui.ui.key_table import KeyTable
from voice_tui.ui.touch import closes

NUMBERED: Final = 9
"""How many parts have a digit of their own."""

_CLOSE: Final = ("board.clear", "board.hold", "board.fire", "app.palette")
"""Actions whose keys close it, beside Esc."""


class PartDialog(ModalScreen[str | None]):
    """Shows the parts of a ticket; answers with the subject of the chosen one, or None.

    It can be used with a bump bar: its arrows move, its bump key chooses, and the key of a slot
    chooses the line with that number.

    Args:
        title: what is asked.
        parts: what can be chosen, the likeliest first.
        keys: what the keys of the board do.
    """

    DEFAULT_CSS = """
    PartDialog {
        align: center middle;
        & > Vertical {
            width: 56; max-width: 96%; height: auto; max-height: 80%; padding: 0 1;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
        }
        & Static { text-style: bold; }
        & .keys { text-style: none; color: $kds-muted; }
        & OptionList {
            height: auto; max-height: 60vh; padding: 0; border: none;
            background: $kds-card; color: $kds-text;
            &:focus { border: none; background-tint: $kds-card 0%; }
            & > .option-list--option-highlighted {
                background: $kds-text; color: $kds-card; text-style: bold;
            }
        }
    }
    """

    def __init__(self, title: str, parts: Sequence[Part], keys: KeyTable) -> None:
        super().__init__()
        self._title = title
        self._parts = tuple(parts)
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Lay out the list.

        Yields:
            A line for each part.
        """
        with Vertical():
            yield Static(Content(self._title), markup=False)
            yield OptionList(
                *(
                    Option(Content(_numbered(place, _words(part))))
                    for place, part in enumerate(self._parts, 1)
                ),
                markup=False,
            )
            yield Static("Enter chooses, Esc closes", classes="keys")

    def on_click(self, event: events.Click) -> None:
        """Close where Esc would.

        Args:
            event: the click.
        """
        if self.is_current and closes(self.query_one(Vertical), event):
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Take the keys of the board that mean something here.

        Args:
            event: the key.
        """
        bound = self._keys.at(event.key)
        action = bound.action.id if bound is not None else ""
        name, _, number = action.rpartition("_")
        box = self.query_one(OptionList)
        if event.key == "escape" or action in _CLOSE:
            self.dismiss(None)
        elif action == "board.bump" or event.key == "enter":
            box.action_select()
        elif action == "board.up":
            box.action_cursor_up()
        elif action == "board.down":
            box.action_cursor_down()
        elif name in ("board.slot", "board.digit") and 1 <= int(number) <= len(self._parts):
            self._answer(int(number) - 1)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the chosen line.

        Args:
            event: which one.
        """
        event.stop()
        self._answer(event.option_index)

    def _answer(self, place: int) -> None:
        if self.is_current:
            self.dismiss(self._parts[place].subject_id)


def _numbered(place: int, words: str) -> str:
    return f"{place if place <= NUMBERED else '':>2}  {words}"


def _words(part: Part) -> str:
    """Name a part by its course and what is in it."""
    items = ", ".join(
        f"{item.quantity} {item.name}" if item.quantity != 1 else item.name for item in part.items
    )
    if part.name:
        course = f"Course {part.name}" if part.name.isdecimal() else part.name
        return f"{course}: {items}"
    return items if part.subject_id else f"All {len(part.items)}: {items}"
