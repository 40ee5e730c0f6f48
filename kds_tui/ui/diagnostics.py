"""The diagnostics screen: everything about this display that a person on the phone may be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.core.text import clean
from kds_tui.ui.ticket_strips import truncate, wrap

LABEL: Final = 16
"""Columns of a label, the space after it included."""

TWO_COLUMNS: Final = 64
"""Columns from which sections stand beside each other."""

GAP: Final = 4
"""Columns between two that stand beside each other."""

VALUE_LINES: Final = 2
"""Most lines of a value; a longer one is cut."""

VALUE_LIMIT: Final = 400
"""Most characters of a value that are looked at."""

_MARKS: Final = {True: ("● ", "$kds-good"), False: ("✖ ", "$kds-bad"), None: ("  ", "")}


@dataclass(frozen=True, slots=True)
class Row:
    """One fact."""

    label: str
    value: str
    """May come from outside: it is cleaned here, and never read as markup."""

    ok: bool | None = None
    """Whether it is as it should be; None for what is neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that belong together."""

    title: str
    rows: Sequence[Row]


Line = list[tuple[str, str]]
"""A line as pieces of text, each with its style."""


def lay_out(sections: Sequence[Section], width: int) -> list[Line]:
    """Put sections on lines: the first one over the whole width, the others in two columns.

    Args:
        sections: the most telling one first.
        width: columns that there are.

    Returns:
        The lines, none wider than `width`.
    """
    if not sections:
        return []
    first, *rest = sections
    lines = _lines(first, width)
    if not rest:
        return lines
    if width < TWO_COLUMNS:
        for section in rest:
            lines += [[], *_lines(section, width)]
        return lines
    column = (width - GAP) // 2
    left, right = _halves(rest, column)
    lines.append([])
    for row in range(max(len(left), len(right))):
        there = left[row] if row < len(left) else []
        filler = " " * (column + GAP - sum(cell_len(text) for text, _ in there))
        lines.append([*there, (filler, ""), *(right[row] if row < len(right) else [])])
    return lines


def _halves(sections: Sequence[Section], width: int) -> tuple[list[Line], list[Line]]:
    """Share sections out to two columns, in their sequence, as evenly as they let themselves be."""
    splits = (
        (_column(sections[:split], width), _column(sections[split:], width))
        for split in range(1, len(sections) + 1)
    )
    return min(splits, key=lambda columns: max(len(columns[0]), len(columns[1])))


def _column(sections: Sequence[Section], width: int) -> list[Line]:
    lines: list[Line] = []
    for section in sections:
        lines += [[], *_lines(section, width)] if lines else _lines(section, width)
    return lines


def _lines(section: Section, width: int) -> list[Line]:
    lines: list[Line] = [[(truncate(section.title, width), "bold $kds-caution")]]
    for row in section.rows:
        mark, style = _MARKS[row.ok]
        label = f"{truncate(row.label, LABEL - 1):<{LABEL}}"
        indent = cell_len(mark) + cell_len(label)
        value = _wrapped(clean(row.value, VALUE_LIMIT), max(2, width - indent))
        lines.append([(mark, style), (label, ""), (value[0], style)])
        lines += [[(" " * indent, ""), (line, style)] for line in value[1:]]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    lines = wrap(text, width)
    if len(lines) > VALUE_LINES:
        last = truncate(" ".join(lines[VALUE_LINES - 1 :]), width)
        lines = [*lines[: VALUE_LINES - 1], last]
    return lines


class DiagnosticsDialog(ModalScreen[None]):
    """Shows the facts, and looks again every second.

    Args:
        facts: asked for them; must not block.
        keys: that close it, besides Esc: the ones that opened it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space", "close", "Close", show=False)
    ]

    DEFAULT_CSS = """
    DiagnosticsDialog {
        align: center middle;
        & > VerticalScroll {
            width: 100; max-width: 98%; height: auto; max-height: 100%; padding: 0 2;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
            & > Static { height: auto; }
        }
    }
    """

    def __init__(self, facts: Callable[[], Sequence[Section]], keys: Sequence[str] = ()) -> None:
        super().__init__()
        self._facts = facts
        self._shown: list[Line] = []
        for key in keys:
            self._bindings.bind(key, "close", "Close", show=False)

    def compose(self) -> ComposeResult:
        """Lay out the box.

        Yields:
            It.
        """
        box = VerticalScroll(Static(markup=False))
        box.border_title = "Diagnostics"
        box.border_subtitle = "Esc closes"
        yield box

    def on_mount(self) -> None:
        """Look again every second from now on."""
        self.query_one(VerticalScroll).focus()
        self.set_interval(1.0, self.look)

    def on_resize(self) -> None:
        """Lay the facts out for the new width."""
        # Behind the layout of the box, which tells how much room there is.
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Look at the facts, and show what changed."""
        words = self.query_one(Static)
        lines = lay_out(self._facts(), words.content_size.width)
        if lines == self._shown:
            return
        higher = len(lines) != len(self._shown)
        self._shown = lines
        text = Content("\n").join(Content.assemble(*line) for line in lines)
        words.update(text, layout=higher)

    def action_close(self) -> None:
        """Go back to the tickets."""
        if self.is_current:
            self.dismiss()
