"""A grid of cards as a view: pages, selection, and words where there are no cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from kds_tui.core.cards import Direction
from kds_tui.core.command import Verb
from kds_tui.core.density import Density
from kds_tui.core.layout import Grid, fit_grid
from kds_tui.core.tickets import Changes
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.card_face import CardSource, Face, is_leaving
from kds_tui.ui.messages import (
    BoardChanged,
    NoticeTaken,
    Refused,
    WishRequested,
    slot_changed_words,
)
from kds_tui.ui.notice import Notice, too_small_words
from kds_tui.ui.order_grid import OrderGrid
from kds_tui.ui.paging import Paging
from kds_tui.ui.slot_number import TakenSlots


class Cards(CardSource, Protocol):
    """A source that keeps itself up to date while its view shows."""

    def update(self, message: BoardChanged, /) -> Changes:
        """Look at the orders again that changed; what became of the cards."""
        ...

    def rebuild(self) -> None:
        """Look at all orders again: much changed while nobody was told."""
        ...


def bump_wish(order_id: str) -> Message:
    """Ask for a bump: what the bump key does in the kitchen.

    Args:
        order_id: of the ticket.

    Returns:
        The message for the app.
    """
    return WishRequested(Verb.BUMP, order_id)


@dataclass(frozen=True, slots=True)
class GridSetup:
    """What a grid view is made from."""

    cards: Cards
    face: Face
    server_now: Callable[[], float]
    """The server's time, in seconds since the epoch."""

    empty: Callable[[], tuple[str, str]]
    """Why there are no cards: a headline and an explanation."""

    wish: Callable[[str], Message] = bump_wish
    bump_word: str = "bump"
    columns: int = 0
    """Cells beside each other; 0 chooses by the width."""

    rows: int = 0
    """Cells above each other; 0 chooses by the height."""

    density: Callable[[], Density] = lambda: Density.LINE
    """How large the cards are now."""


class GridView(BoardView):
    """A grid of cards.

    Args:
        setup: whose cards, and what stands on them.
        id: of the widget.
    """

    def __init__(self, setup: GridSetup, id: str | None = None) -> None:
        super().__init__(id=id)
        self._setup = setup
        self._is_behind = True
        self._wanted: str | None = None
        self._taken = TakenSlots()
        self.paging = Paging(setup.cards, setup.face)

    def compose(self) -> ComposeResult:
        """Lay the view out.

        Yields:
            The grid, and the words that take its place.
        """
        yield OrderGrid(self._setup.cards, self.paging, self._setup.face)
        yield Notice()

    @property
    def selected(self) -> str | None:
        """The id of the selected card."""
        return self.paging.selected

    @property
    def has_cards(self) -> bool:
        """Whether there is a card to be selected."""
        return bool(self.paging.cards)

    @property
    def page_words(self) -> str:
        """Which page of how many; empty when there is one only."""
        count = self.paging.page_count
        return f"page {self.paging.page + 1}/{count}" if count > 1 else ""

    def bump_word(self, card_id: str) -> str:
        """Say what the bump key does with a card; all of them are of one kind here."""
        return self._setup.bump_word

    def wish(self, card_id: str) -> Message:
        """Say what the bump key asks for.

        Args:
            card_id: the card that is bumped.

        Returns:
            The message for the app.
        """
        return self._setup.wish(card_id)

    def card(self, card_id: str) -> tuple[Any, Face] | None:
        """Look a card up; see `BoardView.card`."""
        entry = self._setup.cards.get(card_id)
        return None if entry is None else (entry, self._setup.face)

    def now(self) -> float:
        """Tell the server's time, in seconds since the epoch."""
        return self._setup.server_now()

    def take(self, message: BoardChanged, now: float) -> None:
        """Draw what changed, and nothing else.

        Args:
            message: what became of the orders.
            now: the server's time, in seconds since the epoch.
        """
        if not self.display:
            self.miss()
            return
        changes, before = self._setup.cards.update(message), self.paging.slots
        if self.paging.update(changes):
            self._taken.note(before, self.paging.slots, now)
            self._grid.redraw(now)
            self.look()
        else:
            self._grid.redraw_tickets(changes.changed, now)
        bumped = self.paging.selected
        if bumped in changes.changed and self.paging.leave_bumped():
            self._redraw_selection(bumped)

    def miss(self) -> None:
        """Take note that orders changed, and do nothing until the view shows again."""
        self._is_behind = True

    def begin(self, now: float) -> None:
        """Take the place of the view before, with all that changed meanwhile.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        if self._is_behind:
            self._is_behind = False
            self._setup.cards.rebuild()
            self.paging.forget()
        if self.size:  # else it has never shown, and is told its size before it is drawn
            self._fit(self.size.width, self.size.height)

    def on_resize(self) -> None:
        """Suit the size: the terminal's changed, or something beside it came or went."""
        before = self.paging.slots
        self._fit(self.size.width, self.size.height)
        self._taken.note(before, self.paging.slots, self._setup.server_now())
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.reveal(wanted)
        self.post_message(self.Moved())

    def refit(self) -> None:
        """Suit another density."""
        if self.size.area:
            self._fit(self.size.width, self.size.height)

    def tick(self, now: float) -> None:
        """Move the clocks on.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        self._grid.tick(now)

    def look(self) -> None:
        """Show the grid, or say why there is none."""
        fits = self._fitting(self.size.width, self.size.height) is not None
        show_grid = fits and len(self._setup.cards) > 0
        self._grid.display = show_grid
        notice = self.query_one(Notice)
        notice.display = not show_grid
        if not fits:
            notice.show(too_small_words(self.screen.size, self.size))
        elif not show_grid:
            notice.show(self._setup.empty())

    def in_slot(self, slot: int) -> str | None:
        """Find the card that a slot number means on this page.

        Args:
            slot: 1 for the first one.

        Returns:
            Its id, or None for a hole.
        """
        return self.paging.in_slot(slot)

    def is_new_in(self, slot: int) -> bool:
        """Tell whether another card stood in a slot just now; see `BoardView.is_new_in`."""
        card_id = self.in_slot(slot)
        return card_id is not None and self._taken.is_new(slot, card_id, self.now())

    def mark_second_bar(self, column: int) -> None:
        """Show on the cards by which key a second bump bar reaches them.

        Args:
            column: where its slots begin, as in `slot_from`.
        """
        self.paging.second_bar = column

    def slot_from(self, column: int, slot: int) -> int:
        """Find the slot that a second bump bar means, whose slots begin further to the right.

        Args:
            column: where its slots begin, 1 for the leftmost; 0 for the right half.
            slot: 1 for its first one.

        Returns:
            The number of the slot on the page.
        """
        grid = self._fitting(self.size.width, self.size.height)
        return slot if grid is None else grid.slot_from(column, slot)

    def select(self, card_id: str | None) -> None:
        """Select a card of this page.

        Args:
            card_id: which one; None for none.
        """
        before = self.paging.selected
        self.paging.select(card_id)
        self._redraw_selection(before)

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the selected card that the item keys mean; empty for none."""
        return self.paging.item

    def move_item(self, step: int) -> bool:
        """Go from item to item of the selected card.

        Args:
            step: 1 for the next item, -1 for the one before.

        Returns:
            Whether there is one.
        """
        found = self.paging.move_item(step)
        self._redraw_selection(None)
        return found

    def select_again(self) -> bool:
        """Select the card where the selection was last, or next to it.

        Returns:
            Whether there was one.
        """
        before = self.paging.selected
        found = self.paging.select_again()
        if found:
            self._redraw_selection(before)
        return found

    def reveal(self, card_id: str) -> bool:
        """Turn to a card and select it.

        Args:
            card_id: which one.

        Returns:
            Whether it is there.
        """
        if not self.paging.capacity:  # it has no size yet
            self._wanted = card_id
        return self._moves(lambda: self.paging.reveal(card_id))

    def move(self, direction: Direction) -> None:
        """Move the selection with an arrow key; past an edge the page turns.

        Args:
            direction: which arrow.
        """
        self._moves(lambda: self.paging.move(direction))

    def step(self, direction: Direction) -> bool:
        """Move the selection with an arrow key, on this page only.

        Args:
            direction: which arrow.

        Returns:
            Whether there was a card that way.
        """
        return self._moves(lambda: self.paging.step(direction))

    def enter(self, direction: Direction, y: int) -> bool:
        """Select a card coming from what stands beside this view; see `Paging.enter`."""
        return self._moves(lambda: self.paging.enter(direction, y))

    def number_from(self, offset: int) -> None:
        """Number the slots from another number on; see `Paging.number_from`."""
        if self.paging.number_from(offset):
            self._grid.redraw(self._setup.server_now())

    def turn(self, step: int) -> None:
        """Turn the page.

        Args:
            step: 1 or -1.
        """
        self._moves(lambda: self.paging.turn(step))

    def turn_around(self) -> None:
        """Turn to the next page, and from the last one to the first."""
        is_last = self.paging.page + 1 >= self.paging.page_count
        self.turn(-self.paging.page if is_last else 1)

    def tidy(self) -> None:
        """Put the cards in order again."""
        self.paging.tidy()
        self._grid.redraw(self._setup.server_now())
        self.post_message(self.Moved())

    def take_focus(self) -> None:
        """Take the keyboard."""
        self._grid.focus()

    def right_words(self, now: float) -> str:
        """Say what is not on this page.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            How many cards, and how old the first of them is; empty when everything shows.
        """
        count, first = self.paging.elsewhere()
        entry = self._setup.cards.get(first) if first else None
        if entry is None:
            return ""
        return f"{count} more, oldest {self._setup.face.head(entry, now).clock}"

    @on(OrderGrid.Selected)
    def _select_clicked(self, message: OrderGrid.Selected) -> None:
        message.stop()
        self.select(message.ticket_id)
        for order_id in self._orders(message.ticket_id):
            self.post_message(NoticeTaken(order_id))

    @on(OrderGrid.Bumped)
    def _bump_clicked(self, message: OrderGrid.Bumped) -> None:
        message.stop()
        # Clicked twice where one click was meant, a bump would be undone in the same breath, or the
        # ticket bumped that has just taken the slot.
        if message.again:
            return
        slots = self.paging.slots.items()
        own = [slot for slot, card_id in slots if card_id == message.ticket_id]
        if any(map(self.is_new_in, own)):
            self.post_message(Refused(slot_changed_words(own[0])))
            return
        orders = self._orders(message.ticket_id)
        if orders and is_leaving(self._setup.cards.get(message.ticket_id)):
            for order_id in orders:
                self.post_message(WishRequested(Verb.RECALL, order_id))
        else:
            self.post_message(self.wish(message.ticket_id))

    @on(OrderGrid.ItemClicked)
    def _item_clicked(self, message: OrderGrid.ItemClicked) -> None:
        message.stop()
        self.paging.item = message.item_ids
        self._redraw_selection(None)
        self.post_message(self.ItemChosen())

    def _orders(self, card_id: str) -> Sequence[str]:
        together = self.orders_of(card_id)
        return (card_id,) if together is None else together

    @property
    def _grid(self) -> OrderGrid:
        return self.query_one(OrderGrid)

    def _fitting(self, width: int, height: int) -> Grid | None:
        setup = self._setup
        return fit_grid(width, height, setup.columns, setup.rows, setup.density())

    def _fit(self, width: int, height: int) -> None:
        self.paging.resize(self._fitting(width, height))
        self.look()
        self._grid.redraw(self._setup.server_now())

    def _moves(self, step: Callable[[], bool]) -> bool:
        before, page = self.paging.selected, self.paging.page
        moved = step()
        if moved and page != self.paging.page:
            self._grid.redraw(self._setup.server_now())
            self.post_message(self.Moved())
        elif moved:
            self._redraw_selection(before)
        return moved

    def _redraw_selection(self, before: str | None) -> None:
        both = [card_id for card_id in (before, self.paging.selected) if card_id]
        self._grid.redraw_tickets(both, self._setup.server_now())
        self.post_message(self.Moved())
