"""The dialog of filters: what can be filtered by, how many there are of each, what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.core.filters import Choice, FilterKind, FilterOption
from kds_tui.ui.card_lines import truncate
from kds_tui.ui.key_table import KeyTable
from voice_tui.ui.touch import closes

_TITLES: Final = {
    FilterKind.PHASE: "Status",
    FilterKind.TYPE: "Type",
    FilterKind.COURSE: "Course",
    FilterKind.STATION: "Station",
}

_WIDTH: Final = 22
"""Columns for what a choice is called."""

_REFRESH: Final = 1.0
"""Seconds after which the counts are counted anew."""


_KEYS: Final = {
    "board.up": "move(-1)",
    "board.down": "move(1)",
    "board.bump": "choose",
    "board.clear": "dismiss",
    "board.filters": "dismiss",
    "app.palette": "dismiss",
}
"""What the keys of the board's actions do here: a bump bar has no Esc."""


class FilterDialog(ModalScreen[None]):
    """Lets a cook choose; the tickets behind it follow at once.

    Args:
        options: tells what can be chosen at this moment.
        toggle: chooses something, or not any longer.
        clear: chooses nothing.
        keys: of the board.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("space,enter", "choose", "Choose", show=False),
        Binding("0", "clear", "Show all", show=False),
        *(Binding(str(digit), f"choose({digit})", "Choose", show=False) for digit in range(1, 10)),
    ]

    DEFAULT_CSS = """
    FilterDialog {
        align: center middle;
        & > VerticalScroll {
            width: 42; max-width: 96%; height: auto; max-height: 92%; padding: 0 1;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
        }
    }
    """

    def __init__(
        self,
        options: Callable[[], Sequence[FilterOption]],
        toggle: Callable[[Choice], None],
        clear: Callable[[], None],
        keys: KeyTable,
    ) -> None:
        super().__init__()
        for each in keys.bound:
            if action := _KEYS.get(each.action.id):
                self._bindings.key_to_bindings[each.key] = [Binding(each.key, action, show=False)]
        self._count = options
        self._toggle = toggle
        self._clear = clear
        self._options = options()
        self._at = 0
        self._rows: dict[int, int] = {}

    def compose(self) -> ComposeResult:
        """Lay out the list.

        Yields:
            The scrolling list of choices.
        """
        box = VerticalScroll(Static(self._words(), markup=False), can_focus=False)
        box.border_title = "Show only"
        box.border_subtitle = "Space chooses  0 all  Esc closes"
        yield box

    def on_mount(self) -> None:
        """Keep the counts up to date while it is open."""
        self.set_interval(_REFRESH, self._draw)

    def action_move(self, step: int) -> None:
        """Go to the next choice.

        Args:
            step: 1 or -1.
        """
        self._at = max(0, min(len(self._options) - 1, self._at + step))
        self._draw()
        row = next(row for row, place in self._rows.items() if place == self._at)
        box = self.query_one(VerticalScroll)
        if not box.scroll_offset.y <= row < box.scroll_offset.y + box.scrollable_size.height:
            box.scroll_to(y=row - box.scrollable_size.height // 2, animate=False)

    def action_choose(self, number: int = 0) -> None:
        """Choose, or choose no longer.

        Args:
            number: which line, 1 for the first; 0 for the marked one.
        """
        place = number - 1 if number else self._at
        if place < len(self._options):
            self._at = place
            chosen = self._options[place].choice
            self._toggle(chosen)
            self._draw()

    def action_clear(self) -> None:
        """Show all tickets again."""
        self._clear()
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the pointer, or close where Esc would.

        Args:
            event: the click.
        """
        box, words = self.query_one(VerticalScroll), self.query_one(Static)
        if closes(box, event):
            self.dismiss()
            return
        place = self._rows.get(event.screen_y - words.region.y)
        if place is not None:
            self.action_choose(place + 1)

    def _draw(self) -> None:
        marked = self._options[self._at].choice
        self._options = self._count()
        choices = [option.choice for option in self._options]
        # What is marked stays so while orders come and go.
        self._at = choices.index(marked) if marked in choices else min(self._at, len(choices) - 1)
        self.query_one(Static).update(self._words())

    def _words(self) -> Content:
        lines: list[Content] = []
        self._rows = {}
        kind: FilterKind | None = None
        for place, option in enumerate(self._options):
            if option.choice.kind is not kind:
                kind = option.choice.kind
                lines.append(Content.styled(_TITLES[kind], "$kds-muted"))
            self._rows[len(lines)] = place
            lines.append(self._line(place, option))
        return Content("\n").join(lines)

    def _line(self, place: int, option: FilterOption) -> Content:
        mark = "►" if place == self._at else " "
        key = str(place + 1) if place < 9 else " "
        box = "[x]" if option.is_chosen else "[ ]"
        name = f"{truncate(option.choice.words, _WIDTH):<{_WIDTH}}"
        return Content.assemble(
            mark,
            (key, "bold $kds-caution"),
            (f" {box} {name} {option.count:>4}", "bold" if option.is_chosen else ""),
        )
