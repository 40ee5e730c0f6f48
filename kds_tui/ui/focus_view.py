"""One card in large letters over the whole view, to be read from across the kitchen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kds_tui.core.cards import Direction
from kds_tui.ui.block_letters import LETTER_ROWS, LETTER_WIDTH, block_rows
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.card_lines import CardLine, Line, Role, item_ids, truncate
from kds_tui.ui.messages import BoardChanged

_STYLES: Final = {
    Role.TEXT: "",
    Role.MUTED: "$kds-muted",
    Role.ITEM: "bold",
    Role.ALLERGY: "$kds-allergy on $kds-allergy-back",
    Role.REMOVAL: "$kds-removal",
    Role.ADDITION: "$kds-addition",
    Role.OTHER: "$kds-other",
    Role.DINE_IN: "$kds-dine-in",
    Role.TO_GO: "$kds-to-go",
    Role.NOTE: "$kds-note on $kds-note-back",
    Role.NOTICE: "$kds-note on $kds-note-back",
    Role.VOIDED: "$kds-muted strike",
}

_HEADS: Final = frozenset({"on-time", "warning", "late", "later"})


class FocusView(BoardView):
    """A card of another view, in large letters.

    All keys act as they do there: bump, items, recall. Up and down scroll, left and right go to the
    card beside it. A double click closes it.

    Args:
        under: the view below, which stays as it is.
    """

    DEFAULT_CSS = """
    FocusView {
        layer: focus; background: $kds-card; color: $kds-text;
        & > Static { height: auto; }
        & > VerticalScroll { height: 1fr; background: $kds-card; }
        & > VerticalScroll > Static { height: auto; }
    }
    """

    class Closed(Message):
        """The card is gone, or nobody wants to see it any more."""

    def __init__(self, under: BoardView) -> None:
        super().__init__(id="focus")
        self.under = under
        """The view whose card it is."""

        self._card_id = ""
        self._written: object = None
        self._is_open = False

    def open(self, under: BoardView) -> None:
        """Show the selected card of a view.

        Args:
            under: the view.
        """
        self.under = under
        self._card_id, self._is_open = under.selected or "", True
        self.display = True
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self.look()

    def compose(self) -> ComposeResult:
        """Lay the card out.

        Yields:
            Its head, and all that stands under it.
        """
        yield Static(id="focus-head", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static(id="focus-body", markup=False)

    @property
    def selected(self) -> str | None:
        """The id of the card that shows."""
        return self._card_id if self._is_open else None

    @property
    def has_cards(self) -> bool:
        """Whether there is a card; there always is one."""
        return True

    @property
    def page_words(self) -> str:
        """Nothing: a card has no pages."""
        return ""

    def bump_word(self, card_id: str) -> str:
        """Say what the bump key does with the card; see the view below."""
        return self.under.bump_word(card_id)

    @property
    def bump_fires(self) -> bool:
        """Whether the bump key fires the card."""
        return self.under.bump_fires

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the card that the item keys mean; empty for none."""
        return self.under.items

    def move_item(self, step: int) -> bool:
        """Go from item to item of the card.

        Args:
            step: 1 for the next item, -1 for the one before.

        Returns:
            Whether there is one.
        """
        found = self.under.move_item(step)
        self.look()
        return found

    def wish(self, card_id: str) -> Message:
        """Say what the bump key asks for; see the view below."""
        return self.under.wish(card_id)

    def table_wish(self, order_id: str) -> Message:
        """Say what the key for a whole table asks for; see the view below."""
        return self.under.table_wish(order_id)

    def orders_of(self, card_id: str) -> Sequence[str] | None:
        """Tell which orders the card stands for; see the view below."""
        return self.under.orders_of(card_id)

    def take(self, message: BoardChanged, now: float) -> None:
        """Draw what changed; the view below has taken it already."""
        self._write(now)

    def begin(self, now: float) -> None:
        """Show the card."""
        self._write(now)

    def tick(self, now: float) -> None:
        """Move the clock on."""
        self._write(now)

    def look(self) -> None:
        """Write the card anew."""
        self._written = None
        self._write(self.under.now())

    def on_resize(self) -> None:
        """Suit the size."""
        self.look()

    def on_click(self, event: events.Click) -> None:
        """Close on a double click, as one opens it.

        Args:
            event: the click; a third one in a row does nothing.
        """
        if event.chain == 2:
            self._close()

    def in_slot(self, slot: int) -> str | None:
        """Find nothing: the slots cannot be seen."""
        return None

    def select(self, card_id: str | None) -> None:
        """Close with None; another card is not to be seen here."""
        if card_id is None:
            self._close()

    def select_again(self) -> bool:
        """Tell that the card is selected."""
        return self._is_open

    def reveal(self, card_id: str) -> bool:
        """Turn to a card in the view below, and show that.

        Args:
            card_id: which one.

        Returns:
            Whether it is there.
        """
        found = self.under.reveal(card_id)
        self._follow()
        return found

    def move(self, direction: Direction) -> None:
        """Scroll, or go to the card beside it.

        Args:
            direction: which arrow.
        """
        if direction in (Direction.UP, Direction.DOWN):
            rows = LETTER_ROWS if direction is Direction.DOWN else -LETTER_ROWS
            self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
        else:
            self.under.move(direction)
            self._follow()
        self.post_message(self.Moved())

    def turn(self, step: int) -> None:
        """Scroll by as much as is seen.

        Args:
            step: 1 down, -1 up.
        """
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=step * max(1, scroll.size.height - LETTER_ROWS), animate=False)
        self.post_message(self.Moved())

    def tidy(self) -> None:
        """Do nothing: there is one card."""

    def take_focus(self) -> None:
        """Leave the keyboard where it is: the screen hands the keys over."""

    def right_words(self, now: float) -> str:
        """Say that there is more below.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Words for the right end of the footer; empty when everything shows.
        """
        scroll = self.query_one(VerticalScroll)
        return "more below ▼" if scroll.max_scroll_y > scroll.scroll_offset.y else ""

    def _follow(self) -> None:
        selected = self.under.selected
        if selected is not None and selected != self._card_id:
            self._card_id = selected
            self.query_one(VerticalScroll).scroll_home(animate=False)
        self.look()

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self.post_message(self.Closed())

    def _write(self, now: float) -> None:
        if not self._is_open:
            return
        found = self.under.card(self._card_id)
        if found is None:
            self._close()
            return
        columns = self.size.width // LETTER_WIDTH
        # Hardly wider than its scroll bar, it would be laid out for ever (Textual 8.2.8).
        self.query_one(VerticalScroll).display = columns >= 2
        if columns < 2:
            return
        entry, face = found
        head, lines = face.head(entry, now), face.body(entry, columns)
        shown = [line.at(now) if isinstance(line, CardLine) else line for line in lines]
        marked = frozenset(self.under.items)
        written = (head, shown, marked, columns)
        if written == self._written:
            return
        self._written = written
        look = f"bold $kds-{head.look} on $kds-{head.look}-back" if head.look in _HEADS else "bold"
        width = self.size.width
        self.query_one("#focus-head", Static).update(
            _head(head.short or head.name, head.name, head.clock, columns, width, look)
        )
        rows = [
            row
            for line, as_shown in zip(lines, shown, strict=True)
            for row in _rows(as_shown, is_marked=bool(marked.intersection(item_ids(line))))
        ]
        self.query_one("#focus-body", Static).update(Content("\n").join(rows))
        # Whether there is more below is known once it is laid out.
        self.call_after_refresh(self.post_message, self.Moved())


def _head(short: str, name: str, clock: str, columns: int, width: int, look: str) -> Content:
    """The name and the clock on one line where both find room, else on two."""
    together = f"{name} {clock}"
    texts = [together] if len(together) <= columns else [truncate(name, columns), clock]
    if len(texts) == 2 and len(f"{short} {clock}") <= columns:
        texts = [f"{short} {clock}"]
    rows = [row.ljust(width) for text in texts for row in block_rows(text)]
    return Content("\n").join(Content.styled(row, look) for row in rows)


def _rows(line: Line, *, is_marked: bool) -> list[Content]:
    pieces: list[list[tuple[str, str]]] = [[] for _ in range(LETTER_ROWS)]
    for text, role in line:
        style = f"{_STYLES[role]} reverse".strip() if is_marked else _STYLES[role]
        for row, part in zip(pieces, block_rows(text), strict=True):
            row.append((part, style))
    return [Content.assemble(*row) for row in pieces]
