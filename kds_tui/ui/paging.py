"""What is on the screen: which page of the grid, which ticket is selected, and what is cut off.

Knows tickets and sizes, no widgets. The selection is an id, so it stays on its ticket through every
change around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kds_tui.core.cards import Card, Direction, cards, neighbour, ticket_in_slot
from kds_tui.core.layout import SIDES, Grid, Request, Slots, place
from kds_tui.core.tickets import Changes
from kds_tui.ui.card_face import CardSource, Face, is_leaving
from kds_tui.ui.card_lines import Line, item_ids
from kds_tui.ui.keymap import RIGHT_SLOTS


@dataclass(frozen=True, slots=True)
class _Body:
    entry: Any
    lines: Sequence[Line]


class Paging:
    """The page that is looked at.

    Args:
        cards: all that may be shown.
        face: what stands on them.
    """

    def __init__(self, cards: CardSource, face: Face) -> None:
        self.page = 0
        self.selected: str | None = None
        self.cards: list[Card] = []
        """The rectangles of the page, in the order of their slots."""

        self.offset = 0
        """How many slots are numbered before these; from the next plan on."""

        self.second_bar: int | None = None
        """Column from which the slot keys of a second bump bar count, 0 for the right half; None
        where there is no such bar."""

        self.item: tuple[str, ...] = ()
        """The items of the selected ticket that the item keys mean: several where identical ones
        are combined; empty for none."""

        self._anchor = 1
        self._source = cards
        self._face = face
        self._grid: Grid | None = None
        self._pages: list[Slots] = [()]
        self._bodies: dict[str, _Body] = {}

    @property
    def page_count(self) -> int:
        """How many pages there are, at least one."""
        return len(self._pages)

    @property
    def capacity(self) -> int:
        """How many slots a page has; 0 while the screen is too small for any."""
        return self._grid.capacity if self._grid is not None else 0

    def bar_number(self, slot: int) -> int | None:
        """Tell by which of its slot keys a second bump bar reaches a slot.

        Args:
            slot: its number on the page.

        Returns:
            1 for the bar's first key; None where there is no bar or no key for it.
        """
        if self.second_bar is None or self._grid is None:
            return None
        number = slot - self.offset - self._grid.slot_from(self.second_bar, 1) + 1
        return number if 1 <= number <= RIGHT_SLOTS else None

    def number_from(self, offset: int) -> bool:
        """Number the slots from another number on.

        Args:
            offset: how many are numbered before these.

        Returns:
            Whether they had other numbers.
        """
        if offset == self.offset:
            return False
        self.offset = offset
        self._plan(self._pages)
        return True

    def resize(self, grid: Grid | None) -> None:
        """Take a new size.

        Where it has as many cells as before (a banner came or went), tickets stay where they
        stand; else they are put in order again.

        Args:
            grid: the cells of the screen; None when it is too small for any.
        """
        before, self._grid = self._grid, grid
        self._bodies.clear()
        if grid and before and (grid.columns, grid.rows) == (before.columns, before.rows):
            self._plan(self._pages)
            self._drop_lost_selection()
        else:
            self.page = 0
            self.tidy()

    def forget(self) -> None:
        """Forget what the cards said, before a size is taken: much changed while nobody looked."""
        self._bodies.clear()
        self._pages, self._grid = [()], None

    def tidy(self) -> None:
        """Put the tickets of the page in order again, the one to be cooked first at the front."""
        self._plan(standing=())
        self._show_selected()

    def update(self, changes: Changes) -> bool:
        """Take what became of the tickets.

        Args:
            changes: from the ticket list.

        Returns:
            Whether cards came, went or changed their size, so that the page is a different one.
        """
        moved = False
        for ticket_id in changes.removed:
            moved = self._bodies.pop(ticket_id, None) is not None or moved
        for ticket_id in changes.changed:
            known = self._bodies.get(ticket_id)
            fresh = self._body(ticket_id)
            # One line more can be too much where a ticket is torn into several cards.
            same = known is not None and fresh is not None and len(known.lines) == len(fresh.lines)
            moved = moved or not same
        if moved:
            self._plan(self._pages)
            self._drop_lost_selection()
        self._drop_lost_item()
        return moved

    def turn(self, step: int) -> bool:
        """Turn the page.

        The tickets stay on the pages where they are, or one that has not been seen could change to
        the page that is turned away from.

        Args:
            step: 1 for the next page, -1 for the one before.

        Returns:
            Whether there was such a page.
        """
        page = self.page + step
        if not 0 <= page < self.page_count:
            return False
        self.page = page
        if self._grid is not None and any(self._pages[page]):
            self.cards = self._cards(self._grid, page)
        else:  # emptied while another one was looked at
            self._plan(standing=())
        self.select(self.cards[0].ticket_id if self.cards else None)
        return True

    def move(self, direction: Direction) -> bool:
        """Move the selection with an arrow key; past the left or right edge the page turns.

        Args:
            direction: which arrow.

        Returns:
            Whether it moved.
        """
        if self.selected is None:
            return self.select_again()
        if self.step(direction):
            return True
        if direction is Direction.RIGHT:
            return self.turn(1)
        if direction is Direction.LEFT and self.turn(-1):
            self.select(self.cards[-1].ticket_id if self.cards else None)
            return True
        return False

    def step(self, direction: Direction) -> bool:
        """Move the selection with an arrow key, on this page only.

        Args:
            direction: which arrow.

        Returns:
            Whether there was a ticket that way.
        """
        if self.selected is None:
            return False
        found = neighbour(self.cards, self.selected, direction)
        if found is not None:
            self.select(found)
        return found is not None

    def enter(self, direction: Direction, y: int) -> bool:
        """Select a ticket coming from what stands beside this page.

        Args:
            direction: RIGHT comes in from the left, LEFT from the right.
            y: the row to come in at.

        Returns:
            Whether there was a ticket.
        """
        if not self.cards:
            return False
        edge = (min if direction is Direction.RIGHT else max)(card.x for card in self.cards)
        column = [card for card in self.cards if card.x == edge]
        self.select(min(column, key=lambda card: abs(card.y - y)).ticket_id)
        return True

    def select(self, ticket_id: str | None) -> None:
        """Select a ticket of this page.

        Args:
            ticket_id: which one; None for none.
        """
        if ticket_id != self.selected:
            self.item = ()
        self.selected = ticket_id
        slot = next((card.slot for card in self.cards if card.ticket_id == ticket_id), None)
        self._anchor = slot or self._anchor

    def reveal(self, ticket_id: str) -> bool:
        """Select a ticket wherever it stands, and turn to its page.

        Args:
            ticket_id: which one.

        Returns:
            Whether it was found.
        """
        for page, slots in enumerate(self._pages):
            if ticket_id in slots:
                if page != self.page:
                    self.turn(page - self.page)
                self.select(ticket_id)
                return True
        return False

    def select_again(self) -> bool:
        """Select the ticket that stands where the selection was last, or next to it.

        After a bump nothing is selected, so that a key held down too long does not bump the next
        ticket too; this is what the next key press does instead.

        Returns:
            Whether there was a ticket to select.
        """
        staying = [card for card in self.cards if not is_leaving(self._source.get(card.ticket_id))]
        if not staying:
            return False
        nearest = min(staying, key=lambda card: (abs(card.slot - self._anchor), card.slot))
        self.select(nearest.ticket_id)
        return True

    def leave_bumped(self) -> bool:
        """Select nothing any more where the selected card only waits to be taken back.

        Returns:
            Whether it was so.
        """
        if self.selected is None or not is_leaving(self._source.get(self.selected)):
            return False
        self.select(None)
        return True

    def move_item(self, step: int) -> bool:
        """Go from item to item of the selected ticket, as far as it is on this page.

        Args:
            step: 1 for the next item, -1 for the one before; past an end it begins again.

        Returns:
            Whether there is one.
        """
        items = self._items_here()
        if not items:
            self.item = ()
        elif self.item in items:
            self.item = items[(items.index(self.item) + step) % len(items)]
        else:
            self.item = items[0 if step > 0 else -1]
        return bool(self.item)

    def _items_here(self) -> list[tuple[str, ...]]:
        own = [card for card in self.cards if card.ticket_id == self.selected]
        found = (item_ids(line) for card in own for line in self.lines(card))
        return list(dict.fromkeys(ids for ids in found if ids))

    def _drop_lost_item(self) -> None:
        if self.item and self.item not in self._items_here():
            self.item = ()

    def in_slot(self, slot: int) -> str | None:
        """Find the ticket that a slot number means on this page.

        Args:
            slot: 1 for the first cell.

        Returns:
            The ticket, or None for a hole.
        """
        return ticket_in_slot(self.cards, slot)

    @property
    def slots(self) -> dict[int, str]:
        """Which ticket each slot of this page holds; none for a hole."""
        return {
            slot: card.ticket_id
            for card in self.cards
            for slot in range(card.slot, card.slot + card.cells)
        }

    @property
    def head_rows(self) -> int:
        """Rows of a card's head."""
        return self._grid.head_rows if self._grid is not None else 1

    def lines(self, card: Card) -> Sequence[Line]:
        """Tell what stands on a card.

        Args:
            card: one of this page.

        Returns:
            The lines of its body, at most as many as fit.
        """
        shown = self._bodies.get(card.ticket_id)
        if shown is None or self._grid is None:
            return ()
        start = self._first_line(card)
        return shown.lines[start : start + card.height - self._grid.edges]

    def elsewhere(self) -> tuple[int, str | None]:
        """Tell what the other pages hold.

        Returns:
            How many tickets are not on this page, and the one of them to be cooked first.
        """
        here = {card.ticket_id for card in self.cards if self._source.get(card.ticket_id)}
        first = next((card_id for card_id in self._source.ids() if card_id not in here), None)
        return len(self._source) - len(here), first

    def _plan(self, standing: Sequence[Slots]) -> None:
        if self._grid is None:
            self._pages, self.cards = [()], []
            return
        requests = [
            Request(ticket_id, len(shown.lines))
            for ticket_id in self._source.ids()
            if (shown := self._bodies.get(ticket_id) or self._body(ticket_id)) is not None
        ]
        self._pages = place(requests, self._grid, self.page, standing)
        if self.page >= len(self._pages):
            self.page = len(self._pages) - 1
        if not any(self._pages[self.page]) and self.page > 0:
            self.page = 0
        self.cards = self._cards(self._grid, self.page)

    def _cards(self, grid: Grid, page: int) -> list[Card]:
        placed = cards(grid, self._pages, page)
        if not self.offset:
            return placed
        return [
            replace(
                card,
                slot=card.slot + self.offset,
                next_slot=card.next_slot + self.offset if card.next_slot else card.next_slot,
            )
            for card in placed
        ]

    def _drop_lost_selection(self) -> None:
        if self.selected is not None and not any(
            card.ticket_id == self.selected for card in self.cards
        ):
            self.selected, self.item = None, ()

    def _show_selected(self) -> None:
        if self.selected is not None:
            for page, slots in enumerate(self._pages):
                if self.selected in slots and page != self.page:
                    self.page = page
                    self._plan(standing=())
                    break
        # A key must not bump what cannot be seen.
        self._drop_lost_selection()

    def _body(self, ticket_id: str) -> _Body | None:
        entry = self._source.get(ticket_id)
        if entry is None or self._grid is None:
            return None
        known = self._bodies.get(ticket_id)
        if known is not None and known.entry is entry:
            return known
        lines = self._face.body(entry, self._grid.cell_width - 1 - SIDES)
        self._bodies[ticket_id] = _Body(entry, lines)
        return self._bodies[ticket_id]

    def _first_line(self, card: Card) -> int:
        """How many lines of the ticket stand on cards before this one."""
        if card.first or self._grid is None:
            return 0
        own = [other for other in self.cards if other.slot < card.slot]
        page = self.page
        while page and card.ticket_id in self._pages[page - 1]:
            page -= 1
            own += cards(self._grid, self._pages, page)
        edges = self._grid.edges
        return sum(other.height - edges for other in own if other.ticket_id == card.ticket_id)
