"""A list to search as one types: the shift's past orders, the menu.

The search line has the keyboard all the time: letters and digits go there, arrows move the list.
A key of a bump bar does here what it does on the board: up, down, bump chooses, clear closes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.keys import key_to_character
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from kds_tui.core.lookup import name_words
from kds_tui.ui.card_lines import truncate
from kds_tui.ui.held_key import HOLD_GAP, HeldKey
from kds_tui.ui.key_table import DEFAULT, SETTINGS, KeyTable
from voice_tui.ui.touch import closes

MAX_TYPED: Final = 40
"""Characters of a search: more than a name has."""

MAX_ROWS: Final = 200
"""Most rows that are shown at once: nobody pages further, typing is quicker."""

MARKER: Final = "▸ "
"""Before the row that Enter means; colour alone would not do."""

_KEYS: Final[Mapping[str, str]] = {
    "board.up": "move(-1)",
    "board.down": "move(1)",
    "board.page_previous": "page(-1)",
    "board.page_next": "page(1)",
    "board.bump": "choose",
    "board.clear": "leave",
    "app.palette": "leave",
}
"""What the keys of the board's actions do here. A bar that has no key to clear has one for the
menu, by which it came here."""

_FIXED: Final = {
    "up": "move(-1)",
    "down": "move(1)",
    "pageup": "page(-1)",
    "pagedown": "page(1)",
    "enter": "choose",
    "escape": "leave",
}
"""What works unless a bar has it for another one of these: one with Enter on its menu key."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of the list."""

    id: str
    """What it stands for; empty for a heading, which cannot be chosen."""

    parts: tuple[tuple[str, str], ...]
    """Pieces of clean text with their styles, together as wide as the list at most."""


class _Line(Input):
    """The search line.

    Args:
        placeholder: what can be searched for.
        taken: keys that do something else here, though they would type.
    """

    def __init__(self, placeholder: str, taken: Container[str]) -> None:
        super().__init__(placeholder=placeholder, max_length=MAX_TYPED, select_on_focus=False)
        self._taken = taken

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell whether a key types; one that does comes before every binding."""
        return key not in self._taken and super().check_consume_key(key, character)


class _Rows(OptionList, can_focus=False):
    """The rows. The search line keeps the keyboard."""

    def __init__(self) -> None:
        super().__init__(compact=True, markup=False)


class SearchList(ModalScreen[ResultT]):
    """The dialog; what is in it says a class for each list.

    Args:
        keys: of the board.
        own: the id of the action that opens it: its keys close it again.
        monotonic: the monotonic clock, in seconds.
    """

    TITLE: ClassVar[str | None] = ""
    PLACEHOLDER: ClassVar[str] = ""
    FOLLOWS_FIRST: ClassVar[bool] = False
    """Whether the mark goes to a row that comes to the top, as long as nothing was looked for."""

    DEFAULT_CSS = """
    SearchList {
        align: center middle;
        & > Vertical {
            width: 120; max-width: 100%; height: 100%; max-height: 40; padding: 0 1;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text; border-subtitle-color: $kds-text;
            & > Static { height: 1; color: $kds-muted; }
            & > .foot { color: $kds-text; }
            & > Input {
                height: 1; border: none; padding: 0; background: $kds-card; color: $kds-text;
                &:focus { border: none; background-tint: $kds-card 0%; }
                & > .input--placeholder { color: $kds-muted; }
            }
            & > _Rows {
                height: 1fr; background: $kds-card; color: $kds-text; scrollbar-gutter: stable;
                scrollbar-size-vertical: 1;
                & > .option-list--option-highlighted {
                    color: $kds-text; background: $kds-later-back; text-style: bold;
                }
                & > .option-list--option-hover { background: $kds-card; }
                & > .option-list--option-disabled { color: $kds-muted; }
            }
        }
    }
    """

    def __init__(self, keys: KeyTable, own: str, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._held_key = HeldKey()
        self._rows: list[ListRow] = []
        self._marked: int | None = None
        self._chose = False  # where the mark stands, by an arrow
        self._why = ""
        bound = list_keys(keys, own)
        for key, action in bound.items():
            # Before the search line's own, which would take Enter.
            self._bindings.key_to_bindings[key] = [Binding(key, action, show=False, priority=True)]
        # Made here: the screen may be looked at before it is laid out, and while it closes.
        self._line = _Line(self.PLACEHOLDER, bound)
        self._head = Static(markup=False)
        self._head.display = bool(self.head(MAX_TYPED))
        self._list = _Rows()
        self._foot = Static(markup=False, classes="foot")
        self._box = Vertical(self._line, self._head, self._list, self._foot)
        self._box.border_title = Content(self.TITLE or "")

    def rows(self, words: Sequence[str], width: int) -> list[ListRow]:
        """Make the rows.

        Args:
            words: that were typed, as `lookup.name_words` gives them.
            width: columns of a row.

        Returns:
            The first `MAX_ROWS` at most are shown.
        """
        raise NotImplementedError

    def head(self, width: int) -> str:
        """Name the columns.

        Args:
            width: columns of a row.
        """
        raise NotImplementedError

    def foot(self) -> str:
        """Say what Enter does with the marked row, or what is to be known about the list."""
        raise NotImplementedError

    def subtitle(self) -> str:
        """Say how much there is."""
        raise NotImplementedError

    def choose(self, row_id: str) -> str:
        """Do what Enter means.

        Args:
            row_id: of the marked row.

        Returns:
            Why nothing was done; empty when it was.
        """
        raise NotImplementedError

    @property
    def marked(self) -> str:
        """The id of the row that Enter means; empty for none."""
        place = self._list.highlighted
        return self._rows[place].id if place is not None and place < len(self._rows) else ""

    @property
    def is_searching(self) -> bool:
        """Whether something is searched for."""
        return bool(name_words(self._line.value))

    def compose(self) -> ComposeResult:
        """Lay the dialog out.

        Yields:
            Search line, names of the columns, rows, a line about the marked one.
        """
        yield self._box

    def on_mount(self) -> None:
        """Look again every second from now on."""
        self._line.focus()
        self.set_interval(1.0, self.look)

    def on_resize(self) -> None:
        """Write the rows for the new width."""
        # Behind the layout of the box, which tells how much room there is.
        self.call_after_refresh(self.look)

    def on_click(self, event: events.Click) -> None:
        """Close where Esc would."""
        if closes(self._box, event):
            self.action_leave()

    def look(self) -> None:
        """Look at the facts, and show what changed."""
        follows = self.FOLLOWS_FIRST and not self._chose and not self.is_searching
        self._show("" if follows else self.marked)

    def _show(self, keep: str) -> None:
        """Show the rows; the mark stays on one of them, or goes to the first."""
        shown = self._list
        width = shown.scrollable_content_region.width
        if width <= len(MARKER):
            return
        words = name_words(self._line.value)
        room = width - len(MARKER)
        rows = self.rows(words, room)[:MAX_ROWS]
        if rows != self._rows:
            self._rows, self._marked = rows, None
            options = [
                Option(Content.assemble(*_pieces(row, is_marked=False)), disabled=not row.id)
                for row in rows
            ]
            shown.set_options(options)
            places = [place for place, row in enumerate(rows) if row.id]
            kept = [place for place in places if rows[place].id == keep]
            shown.highlighted = next(iter(kept or places), None)
        self._mark()
        self._head.update(" " * len(MARKER) + self.head(room), layout=False)
        self._show_words()

    def _show_words(self) -> None:
        width = self._foot.content_size.width
        words = truncate(self._why or self.foot(), width)
        self._foot.update(words, layout=False)
        self._box.border_subtitle = Content(f"{self.subtitle()} · Esc closes")

    def _mark(self) -> None:
        shown, place = self._list, self._list.highlighted
        if place == self._marked:
            return
        for each, is_marked in ((self._marked, False), (place, True)):
            if each is not None and each < len(self._rows):
                prompt = Content.assemble(*_pieces(self._rows[each], is_marked=is_marked))
                shown.replace_option_prompt_at_index(each, prompt)
        self._marked = place

    @on(Input.Changed)
    def _search(self) -> None:
        self._why, self._chose = "", False
        self._held_key.released()
        self._show("")

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._why = ""
        self._mark()
        self._show_words()

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        if self.is_current and not self._is_again() and message.option_index < len(self._rows):
            self._chosen(self._rows[message.option_index].id)

    def _is_again(self) -> bool:
        """Whether a key is held down, or a finger came twice: the rows have moved meanwhile."""
        return self._held_key.repeats("choose", self._monotonic(), HOLD_GAP)

    def action_move(self, step: int) -> None:
        """Move the mark.

        Args:
            step: 1 down, -1 up.
        """
        self._chose = True
        self._held_key.released()
        (self._list.action_cursor_down if step > 0 else self._list.action_cursor_up)()

    def action_page(self, step: int) -> None:
        """Move the mark by a page.

        Args:
            step: 1 down, -1 up.
        """
        self._chose = True
        self._held_key.released()
        (self._list.action_page_down if step > 0 else self._list.action_page_up)()

    def action_choose(self) -> None:
        """Do what Enter means with the marked row."""
        if not self._is_again() and self.marked:
            self._chosen(self.marked)

    def _chosen(self, row_id: str) -> None:
        self._chose = True
        self._why = self.choose(row_id)
        if self.is_current:
            self.look()

    def action_leave(self) -> None:
        """Close."""
        if self.is_current:
            self.dismiss(None)


def list_keys(keys: KeyTable, own: str) -> dict[str, str]:
    """Tell what each key does in a list that types nothing: bars' keys all, a keyboard's that are
    no text.

    Args:
        keys: of the board.
        own: the id of the action that opens the list: its keys close it again.

    Returns:
        Key to action: move, page, choose or leave.
    """
    found: dict[str, str] = {}
    for each in keys.bound:
        action = "leave" if each.action.id == own else _KEYS.get(each.action.id)
        character = key_to_character(each.key)
        types = character is not None and character.isprintable()
        if action is not None and (not types or each.source not in (DEFAULT, SETTINGS)):
            found[each.key] = action
    return _FIXED | found


def _pieces(row: ListRow, *, is_marked: bool) -> tuple[str | tuple[str, str], ...]:
    marker = MARKER if is_marked else " " * len(MARKER)
    return (marker if row.id else "", *row.parts)


def column(text: str, width: int, *, right: bool = False) -> str:
    """Fit a text into a column.

    Args:
        text: clean.
        width: columns that it gets.
        right: whether it stands at the right edge.

    Returns:
        The text, cut where it is longer, and spaces.
    """
    cut = truncate(text, width) if width > 0 else ""
    gap = " " * max(0, width - cell_len(cut))
    return gap + cut if right else cut + gap
