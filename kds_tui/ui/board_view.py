"""One way to look at the orders: all that stands between the header and the footer.

The screen shows one of its views at a time, tells it what changed and hands it the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.containers import Container
from textual.message import Message

from kds_tui.core.cards import Direction
from kds_tui.core.command import Verb
from kds_tui.ui.card_face import Face
from kds_tui.ui.messages import BoardChanged, WishRequested


class BoardView(Container):
    """What every view can do. A view that does not show is told of changes, and draws nothing."""

    DEFAULT_CSS = """
    BoardView { width: 1fr; height: 1fr; }
    """

    TITLE: ClassVar[str] = ""
    """What the header calls the view; empty for the one that it need not name."""

    class ItemChosen(Message):
        """An item of the selected card was clicked: it is the one that `items` tells."""

    class Moved(Message):
        """Page, selection or size are others: the words around the view are to be written anew."""

    @property
    def selected(self) -> str | None:
        """The id of the selected card; an order's id but for cards that stand for several."""
        raise NotImplementedError

    @property
    def has_cards(self) -> bool:
        """Whether there is a card to be selected."""
        raise NotImplementedError

    @property
    def page_words(self) -> str:
        """Which page of how many; empty when there is one only."""
        raise NotImplementedError

    @property
    def sorted_by(self) -> str:
        """What the cards are sorted by, in a word; empty for the usual, and where none are seen."""
        return ""

    def bump_word(self, card_id: str) -> str:
        """Say what the bump key does with a card.

        Args:
            card_id: which one; empty for any.

        Returns:
            A word or two.
        """
        return "bump"

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the selected card that the item keys mean; empty for none."""
        return ()

    def move_item(self, step: int) -> bool:
        """Go from item to item of the selected card.

        Args:
            step: 1 for the next item, -1 for the one before.

        Returns:
            Whether there is one.
        """
        return False

    @property
    def bump_fires(self) -> bool:
        """Whether the bump key fires the selected card: then the key for firing does the same."""
        return False

    def wish(self, card_id: str) -> Message:
        """Say what the bump key asks for.

        Args:
            card_id: the card that is bumped.

        Returns:
            The message for the app.
        """
        raise NotImplementedError

    def table_wish(self, order_id: str) -> Message:
        """Say what the key for a whole table asks for.

        Args:
            order_id: one of the table's orders.

        Returns:
            The message for the app.
        """
        return WishRequested(Verb.BUMP, order_id, whole_table=True)

    def orders_of(self, card_id: str) -> Sequence[str] | None:
        """Tell which orders a card stands for.

        Args:
            card_id: of a card that stands for several orders, or could.

        Returns:
            Their ids, none where they do not belong together; None for a card that is an order.
        """
        return None

    def card(self, card_id: str) -> tuple[Any, Face] | None:
        """Look a card up, for who wants to write it elsewhere.

        Args:
            card_id: its id.

        Returns:
            What it is made from, and its face; None when there is no such card.
        """
        raise NotImplementedError

    def now(self) -> float:
        """Tell the server's time, in seconds since the epoch."""
        raise NotImplementedError

    def take(self, message: BoardChanged, now: float) -> None:
        """Draw what changed, and nothing else.

        Args:
            message: what became of the orders.
            now: the server's time, in seconds since the epoch.
        """
        raise NotImplementedError

    def begin(self, now: float) -> None:
        """Take the place of the view before, with all that changed meanwhile.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        raise NotImplementedError

    def tick(self, now: float) -> None:
        """Move the clocks on.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        raise NotImplementedError

    def look(self) -> None:
        """Choose between cards and words anew: the link may be another one."""
        raise NotImplementedError

    def in_slot(self, slot: int) -> str | None:
        """Find the card that a slot number means on this page.

        Args:
            slot: 1 for the first one.

        Returns:
            Its id, or None for a hole.
        """
        raise NotImplementedError

    def is_new_in(self, slot: int) -> bool:
        """Tell whether another card stood in a slot just now, and nobody means what stands there.

        Args:
            slot: 1 for the first one.
        """
        return False

    def mark_second_bar(self, column: int) -> None:
        """Show on the cards by which key a second bump bar reaches them, where there are columns.

        Args:
            column: where its slots begin, as in `slot_from`.
        """

    def slot_from(self, column: int, slot: int) -> int:
        """Find the slot that a second bump bar means, whose slots begin further to the right.

        Args:
            column: where its slots begin, 1 for the leftmost; 0 for the right half.
            slot: 1 for its first one.

        Returns:
            The number of the slot on the page; in a view without columns, the same.
        """
        return slot

    def select(self, card_id: str | None) -> None:
        """Select a card of this page.

        Args:
            card_id: which one; None for none.
        """
        raise NotImplementedError

    def select_again(self) -> bool:
        """Select the card where the selection was last, or next to it.

        Returns:
            Whether there was one.
        """
        raise NotImplementedError

    def reveal(self, card_id: str) -> bool:
        """Turn to a card and select it.

        Args:
            card_id: which one.

        Returns:
            Whether it is there.
        """
        raise NotImplementedError

    def move(self, direction: Direction) -> None:
        """Move the selection with an arrow key; past an edge the page turns.

        Args:
            direction: which arrow.
        """
        raise NotImplementedError

    def turn(self, step: int) -> None:
        """Turn the page.

        Args:
            step: 1 or -1.
        """
        raise NotImplementedError

    def turn_around(self) -> None:
        """Turn to the next page, and from the last one to the first, where there are pages."""
        self.turn(1)

    def tidy(self) -> None:
        """Put the cards in order again."""
        raise NotImplementedError

    def warning(self, now: float) -> str:
        """Say what the view does not show that a cook counts on.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            A sentence for a banner; empty when there is nothing to say.
        """
        return ""

    def take_focus(self) -> None:
        """Take the keyboard."""
        raise NotImplementedError

    def right_words(self, now: float) -> str:
        """Say what is not on this page.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Words for the right end of the footer; empty when everything shows.
        """
        raise NotImplementedError
