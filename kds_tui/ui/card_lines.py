"""Lines of a card: pieces of text with a role each, whose items they are about, broken to a width.

The grid turns them into strips, in the colours of the theme, and keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Self

from rich.cells import cell_len, chop_cells, set_cell_size

ELLIPSIS: Final = "…"

AGE_WIDTH: Final = 4
"""Most cells of an age at the end of a line, below 100 hours."""


class Role(StrEnum):
    """What a piece of text is; the style sheet has a `grid--<role>` for each."""

    TEXT = "text"
    MUTED = "muted"
    ITEM = "item"
    ALLERGY = "allergy"
    REMOVAL = "removal"
    ADDITION = "addition"
    OTHER = "other"
    DINE_IN = "dine-in"
    TO_GO = "to-go"
    """The two kinds of order, which a cook plates or packs."""

    NOTE = "note"
    NOTICE = "notice"
    """A word that draws the eye until a cook has taken notice."""

    VOIDED = "voided"
    """What is not to be cooked any more: struck through, where the terminal can."""


Span = tuple[str, Role]
Line = tuple[Span, ...]
"""One line of a card's body; shorter than the card or just as wide."""


class CardLine(tuple[Span, ...]):
    """A line that knows which items it is about, or whose age it tells."""

    item_ids: tuple[str, ...]
    """The items of the order that it belongs to: several where identical ones are combined."""

    since: float | None
    """The moment whose age stands at its end, in seconds since the epoch; None for no age."""

    def __new__(
        cls, spans: Iterable[Span], item_ids: tuple[str, ...] = (), since: float | None = None
    ) -> Self:
        """Make a line.

        Args:
            spans: its pieces.
            item_ids: the items that it is about.
            since: the moment whose age stands at its end.
        """
        line = super().__new__(cls, spans)
        line.item_ids = item_ids
        line.since = since
        return line

    def at(self, now: float) -> Line:
        """Write the line as it is at a moment.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            The line, with its age at the end.
        """
        if self.since is None or not self:
            return self
        *before, (text, role) = self
        return (*before, (f"{text} {minutes_words(now - self.since)}", role))


def item_ids(line: Line) -> tuple[str, ...]:
    """Tell which items a line is about.

    Args:
        line: of a card's body.

    Returns:
        Their ids; empty for a line that is about the order.
    """
    return line.item_ids if isinstance(line, CardLine) else ()


def minutes_words(age: float) -> str:
    """Write an age that matters by the minute: `3m`, from an hour on `1h05`.

    Args:
        age: seconds; a negative one shows as zero.

    Returns:
        At most `AGE_WIDTH` characters below ten hours.
    """
    minutes = max(0, int(age)) // 60
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}"


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines at its spaces; a word that is too long is broken anywhere.

    Args:
        text: clean text without line breaks.
        width: in terminal cells, at least 2.

    Returns:
        Lines of at most that width, at least one.
    """
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [word]
        lines.extend(full)
    lines.append(line)
    return lines


def truncate(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis where something was cut.

    Args:
        text: clean text.
        width: in terminal cells.

    Returns:
        The text, or as much of it as fits.
    """
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + ELLIPSIS if width > 0 else ""


def marked(mark: str, text: str, role: Role, indent: str, width: int) -> list[Line]:
    """Write lines that begin with a mark; on the following ones the text stays right of its indent.

    Args:
        mark: such as `- `; one of more than two cells is part of the running text.
        text: clean text.
        role: of both.
        indent: spaces before.
        width: in terminal cells.

    Returns:
        At least one line.
    """
    room = width - len(indent)
    if len(mark) > 2:
        return [((indent, Role.TEXT), (line, role)) for line in wrap(mark + text, room)]
    first, *rest = wrap(text, max(2, room - len(mark)))
    lines: list[Line] = [((indent, Role.TEXT), (mark + first, role))]
    lines += [((indent, Role.TEXT), (" " * len(mark) + line, role)) for line in rest]
    return lines


def width_of(spans: Sequence[Span]) -> int:
    """Measure a line.

    Args:
        spans: its pieces.

    Returns:
        Its width in terminal cells.
    """
    return sum(cell_len(text) for text, _ in spans)
