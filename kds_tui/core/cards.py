"""The cards of a page: where each stands, which was hit, and which is beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from kds_tui.core.layout import Grid, Slots, runs_of


@dataclass(frozen=True, slots=True)
class Card:
    """A rectangle of the screen that shows a ticket, or a part of one."""

    ticket_id: str
    slot: int
    """The number that the cook calls it by: 1 for the first cell of the page."""

    cells: int
    """How many cells under each other it covers."""

    x: int
    y: int
    width: int
    height: int
    first: bool
    """Whether the ticket begins here."""

    last: bool
    """Whether it ends here."""

    next_slot: int | None = None
    """Where it continues; None when it ends here, 0 when that is on the next page."""

    def contains(self, x: int, y: int) -> bool:
        """Tell whether a point lies in it.

        Args:
            x: column of the grid.
            y: row of the grid.

        Returns:
            True when it does; the gap to the right belongs to nobody.
        """
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def cards(grid: Grid, pages: Sequence[Slots], page: int) -> list[Card]:
    """Turn a page's slots into rectangles.

    Args:
        grid: the screen's cells.
        pages: as `place` gave them.
        page: which one.

    Returns:
        The cards in the order of their slots.
    """
    slots = pages[page]
    runs: list[list[int]] = []
    for run in runs_of(range(grid.capacity), grid):
        for cell in run:
            if slots[cell] is None:
                continue
            if (
                cell != run[0]
                and runs
                and runs[-1][-1] == cell - 1
                and slots[cell - 1] == slots[cell]
            ):
                runs[-1].append(cell)
            else:
                runs.append([cell])
    found: list[Card] = []
    for place_in_page, run in enumerate(runs):
        ticket_id = slots[run[0]]
        if ticket_id is None:
            continue
        later = [other for other in runs[place_in_page + 1 :] if slots[other[0]] == ticket_id]
        earlier = any(slots[other[0]] == ticket_id for other in runs[:place_in_page])
        began_before = earlier or (page > 0 and ticket_id in pages[page - 1])
        goes_on = page + 1 < len(pages) and ticket_id in pages[page + 1]
        column, row = divmod(run[0], grid.rows)
        x, y = grid.left(column), grid.top(row)
        next_slot = later[0][0] + 1 if later else (0 if goes_on else None)
        found.append(
            Card(
                ticket_id=ticket_id,
                slot=run[0] + 1,
                cells=len(run),
                x=x,
                y=y,
                width=grid.cell_width - 1,
                height=grid.top(row + len(run)) - y,
                first=not began_before,
                last=next_slot is None,
                next_slot=next_slot,
            )
        )
    return found


class Direction(Enum):
    """Where to move the selection."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


def hit(shown: Sequence[Card], x: int, y: int) -> Card | None:
    """Find the card under a point.

    Args:
        shown: the cards of the page.
        x: column of the grid.
        y: row of the grid.

    Returns:
        The card, or None between and beside them.
    """
    return next((card for card in shown if card.contains(x, y)), None)


def neighbour(shown: Sequence[Card], ticket_id: str, direction: Direction) -> str | None:
    """Find the ticket to which an arrow key leads.

    Args:
        shown: the cards of the page.
        ticket_id: the selected ticket.
        direction: which arrow.

    Returns:
        The nearest other ticket that way; None at the edge. Left and right lead to the next
        column, up and down stay in theirs while they can: so every ticket can be reached.
    """
    # A ticket is where it begins: its other cards would lead the selection in a circle.
    begins: dict[str, Card] = {}
    for card in shown:
        begins.setdefault(card.ticket_id, card)
    at = begins.get(ticket_id)
    if at is None:
        return shown[0].ticket_id if shown else None
    dx, dy = direction.value
    best: tuple[int, int, int] | None = None
    found: str | None = None
    for card in begins.values():
        along = (card.x - at.x) * dx + (card.y - at.y) * dy
        if along <= 0:
            continue
        if dx:  # how far above or below the rows of the selected card, then of its head
            beside = max(0, card.y - (at.y + at.height - 1), at.y - (card.y + card.height - 1))
            distance = (along, beside, abs(card.y - at.y))
        else:
            distance = (abs(card.x - at.x), along, card.x)
        if best is None or distance < best:
            best, found = distance, card.ticket_id
    return found


def ticket_in_slot(shown: Sequence[Card], slot: int) -> str | None:
    """Find the ticket that a slot number means.

    Args:
        shown: the cards of the page.
        slot: 1 for the first cell.

    Returns:
        The ticket whose card begins at that cell or covers it; None for a hole.
    """
    for card in shown:
        if card.slot <= slot < card.slot + card.cells:
            return card.ticket_id
    return None
