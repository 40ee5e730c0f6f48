"""Where tickets stand: tickets and a size in, rectangles and pages out.

The screen is a grid of cells of one size, numbered down the columns: a cook learns that slot 3 is
the top of the second column. A long ticket takes as many cells as it needs; cells that lie under
each other become one tall card. On the page that is looked at a ticket never moves: one that leaves
makes a hole, and the next ticket that is not on the page fills it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

CELL_WIDTH: Final = 26
"""Narrowest useful cell in columns: a table, an age and a word for its urgency on one line."""

CELL_HEIGHT: Final = 11
"""Lowest useful cell in rows: the head, and about four items with their modifiers."""

MIN_WIDTH: Final = 24
"""Below this many columns nothing useful can be drawn."""

MIN_HEIGHT: Final = 6
"""Likewise in rows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a screen."""

    width: int
    height: int
    columns: int
    rows: int

    @property
    def capacity(self) -> int:
        """How many cells a page has."""
        return self.columns * self.rows

    @property
    def cell_height(self) -> int:
        """Rows of the lowest cell; the last ones of a column may be taller by one."""
        return self.height // self.rows

    @property
    def cell_width(self) -> int:
        """Columns of the narrowest cell, the gap to its neighbour included."""
        return self.width // self.columns

    def left(self, column: int) -> int:
        """Tell where a column of cells begins.

        Args:
            column: 0 for the leftmost; `columns` for the right edge.

        Returns:
            The x of its first character.
        """
        return column * self.width // self.columns

    def top(self, row: int) -> int:
        """Tell where a row of cells begins.

        Args:
            row: 0 for the uppermost; `rows` for the bottom edge.

        Returns:
            The y of its first line.
        """
        return row * self.height // self.rows


def fit_grid(width: int, height: int, columns: int = 0, rows: int = 0) -> Grid | None:
    """Choose the cells for a screen.

    Args:
        width: columns of the terminal that the grid may use.
        height: rows likewise.
        columns: cells beside each other; 0 chooses by the width.
        rows: cells above each other; 0 chooses by the height.

    Returns:
        The grid, or None when the screen is too small for a single ticket.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return None
    most_columns, most_rows = width // MIN_WIDTH, height // MIN_HEIGHT
    columns = min(columns or max(1, width // CELL_WIDTH), most_columns)
    rows = min(rows or max(1, height // CELL_HEIGHT), most_rows)
    return Grid(width, height, columns, rows)


@dataclass(frozen=True, slots=True)
class Request:
    """A ticket that wants a place."""

    ticket_id: str
    cells: int
    """How many cells its lines need."""


Slots = tuple[str | None, ...]
"""Which ticket each cell of a page holds, by cell number."""


def place(
    requests: Sequence[Request], capacity: int, page: int = 0, standing: Slots = ()
) -> list[Slots]:
    """Give every ticket its cells.

    Args:
        requests: the tickets, the one to be cooked first at the front.
        capacity: cells a page.
        page: the page that is looked at; its tickets stay where they stand.
        standing: what stands on that page now; empty on a first look or to put all in order again.

    Returns:
        The pages, at least one; the last one is not empty unless it is the only one.
    """
    wanted = {request.ticket_id: request.cells for request in requests}
    held = _keep(wanted, standing if len(standing) == capacity else (), capacity)
    kept = {ticket_id for ticket_id in held if ticket_id is not None}
    waiting = [(request.ticket_id, request.cells) for request in requests][::-1]
    waiting = [entry for entry in waiting if entry[0] not in kept]
    pages: list[Slots] = []
    while waiting or len(pages) <= page:
        cells: list[str | None] = held if len(pages) == page else [None] * capacity
        while waiting:
            ticket_id, count = waiting[-1]
            here = min(count, capacity)
            chosen = _choose(cells, here)
            if chosen is None:
                break
            waiting.pop()
            for cell in chosen:
                cells[cell] = ticket_id
            if count > here:  # longer than a page: the rest begins the next one
                waiting.append((ticket_id, count - here))
                break
        pages.append(tuple(cells))
    while len(pages) > 1 and not any(pages[-1]):
        pages.pop()
    return pages


def _keep(wanted: Mapping[str, int], standing: Slots, capacity: int) -> list[str | None]:
    """Leave the tickets of the page where they stand, and give room to those that grew."""
    cells: list[str | None] = [None] * capacity
    held: dict[str, list[int]] = {}
    for cell, ticket_id in enumerate(standing):
        if ticket_id is not None and ticket_id in wanted:
            held.setdefault(ticket_id, []).append(cell)
    for ticket_id, places in held.items():
        for cell in places[: wanted[ticket_id]]:
            cells[cell] = ticket_id
    for ticket_id, places in held.items():
        missing = min(wanted[ticket_id], capacity) - len(places)
        if wanted[ticket_id] > capacity:
            # Longer than a page: it stands where the flow puts it.
            missing = capacity
        if missing <= 0:
            continue
        following = [cell for cell in range(places[-1] + 1, capacity) if cells[cell] is None]
        if len(following) >= missing:
            for cell in following[:missing]:
                cells[cell] = ticket_id
        else:
            for cell in places:
                cells[cell] = None
    return cells


def _choose(cells: Sequence[str | None], count: int) -> list[int] | None:
    """Choose free cells: beside each other if there are such, else the first ones."""
    free = [cell for cell, holder in enumerate(cells) if holder is None]
    if len(free) < count:
        return None
    for start in range(len(free) - count + 1):
        if free[start + count - 1] - free[start] == count - 1:
            return free[start : start + count]
    return free[:count]


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
    for cell, ticket_id in enumerate(slots):
        if ticket_id is None:
            continue
        below_last = bool(runs) and runs[-1][-1] == cell - 1 and cell % grid.rows != 0
        if below_last and slots[cell - 1] == ticket_id:
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
                width=grid.left(column + 1) - x - 1,
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
        The nearest other ticket that way, rather in line than near; None at the edge.
    """
    at = next((card for card in shown if card.ticket_id == ticket_id), None)
    if at is None:
        return shown[0].ticket_id if shown else None
    dx, dy = direction.value
    best: tuple[int, int, int] | None = None
    found: str | None = None
    for card in shown:
        along = (card.x - at.x) * dx + (card.y - at.y) * dy
        if card.ticket_id == ticket_id or along <= 0:
            continue
        # How far it lies beside the line that the arrow points along.
        if dx:
            aside = max(0, card.y - (at.y + at.height - 1), at.y - (card.y + card.height - 1))
        else:
            aside = abs(card.x - at.x)
        distance = (aside, along, abs(card.y - at.y) + abs(card.x - at.x))
        if best is None or distance < best:
            best, found = distance, card.ticket_id
    return found


def following(shown: Sequence[Card], ticket_id: str, step: int) -> str | None:
    """Find the next or previous ticket in the order of the slots.

    Args:
        shown: the cards of the page.
        ticket_id: the selected ticket.
        step: 1 for the next one, -1 for the one before.

    Returns:
        The ticket, or None at either end.
    """
    order = list(dict.fromkeys(card.ticket_id for card in shown))
    if ticket_id not in order:
        return order[0] if order else None
    index = order.index(ticket_id) + step
    return order[index] if 0 <= index < len(order) else None


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
