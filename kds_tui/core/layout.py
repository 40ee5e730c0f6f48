"""Where tickets stand: tickets and a size in, rectangles and pages out.

The screen is a grid of cells of one size, numbered down the columns: a cook learns where slot 5 is.
A ticket takes as many cells as its lines need; cells under each other become one card, and where a
column ends the ticket continues in another one. On the page that is looked at a ticket never moves:
one that leaves makes a hole, and the next ticket that is not on the page fills it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from kds_tui.core.density import CELLS, Density

SIDES: Final = 2
"""Columns of a card that are not text of its ticket."""

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
    head_rows: int = 1
    """Rows of a card's head."""

    @property
    def edges(self) -> int:
        """Rows of a card that are not lines of its ticket: its head and its foot."""
        return self.head_rows + 1

    @property
    def capacity(self) -> int:
        """How many cells a page has."""
        return self.columns * self.rows

    @property
    def cell_width(self) -> int:
        """Columns of the narrowest cell, the gap to its neighbour included."""
        return self.width // self.columns

    def slot_from(self, column: int, slot: int) -> int:
        """Tell which slot is so many further on from the top of a column.

        Args:
            column: 1 for the leftmost; 0 for the first one of the right half, which is the smaller
                half where their number is odd.
            slot: 1 for the one at the top of the column.

        Returns:
            The slot's number on the page; a column that is not there means the last one.
        """
        begins = column - 1 if column else -(-self.columns // 2)
        return min(begins, self.columns - 1) * self.rows + slot

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


def fit_grid(
    width: int, height: int, columns: int = 0, rows: int = 0, density: Density = Density.LINE
) -> Grid | None:
    """Choose the cells for a screen.

    Args:
        width: columns of the terminal that the grid may use.
        height: rows likewise.
        columns: cells beside each other; 0 chooses by the width.
        rows: cells above each other; 0 chooses by the height.
        density: how large cells are; a screen without room for one large cell has smaller ones.

    Returns:
        The grid, or None when the screen is too small for a single ticket.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return None
    cells = CELLS[density]
    if width < cells.width or height < cells.height:
        cells = CELLS[Density.LINE]
    lowest = min(cells.height, CELLS[Density.LINE].height + cells.head_rows - 1)
    columns = min(columns or max(1, width // cells.width), width // MIN_WIDTH)
    rows = min(rows or max(1, height // cells.height), height // lowest)
    return Grid(width, height, columns, rows, cells.head_rows)


LOOK_AHEAD: Final = 8
"""How many tickets may be too long for what is left of a page before it is taken for full."""


class Request(NamedTuple):
    """A ticket that wants a place."""

    ticket_id: str
    lines: int
    """How many lines it has to show."""


Slots = tuple[str | None, ...]
"""Which ticket each cell of a page holds, by cell number."""


def place(
    requests: Sequence[Request], grid: Grid, page: int = 0, standing: Sequence[Slots] = ()
) -> list[Slots]:
    """Give every ticket its cells.

    Args:
        requests: the tickets, the one to be cooked first at the front.
        grid: the screen's cells.
        page: the page that is looked at; its tickets stay where they stand.
        standing: the pages as they are now; empty on a first look or to put all in order again.

    Returns:
        The pages, at least one; the last one is not empty unless it is the only one.
    """
    held, rest = _stand(dict(requests), grid, page, standing)
    kept = {ticket_id for cells in held.values() for ticket_id in cells}
    waiting = [request for request in reversed(requests) if request.ticket_id not in kept]
    pages: list[Slots] = []
    first_held = min(held, default=0)
    while waiting or len(pages) <= page:
        if len(pages) not in held:
            pages.append(_flow(waiting, grid, max(0, first_held - len(pages))))
            continue
        pages.append(_fill(held[len(pages)], waiting, grid))
        if rest is not None and len(pages) == page + 1:
            waiting.append(rest)
    while len(pages) > 1 and not any(pages[-1]):
        pages.pop()
    return pages


def _stand(
    lines: dict[str, int], grid: Grid, page: int, standing: Sequence[Slots]
) -> tuple[dict[int, list[str | None]], Request | None]:
    """Leave the page that is looked at as it stands.

    A ticket longer than a page fills whole pages and the beginning of one more. Where it goes on
    the page that is looked at, the pages before that hold it stay as well.

    Returns:
        The cells of the pages that stay, and what follows of a ticket that goes on behind them.
    """
    if page >= len(standing) or len(standing[page]) != grid.capacity:
        return {}, None
    began, whole = page, _room(range(grid.capacity), grid)
    long = standing[page - 1][0] if page else None
    if long is not None and long in standing[page]:
        while began and standing[began - 1][0] == long:
            began -= 1
        lines[long] = lines.get(long, 0) - whole * (page - began)
    wanted = {ticket_id: count for ticket_id, count in lines.items() if count > 0}
    cells = _keep(wanted, grid, standing[page])
    held: dict[int, list[str | None]] = {page: cells} if any(cells) else {}
    if long in cells:
        held.update({before: [long] * grid.capacity for before in range(began, page)})
    only = cells[0]
    if only is not None and cells.count(only) == grid.capacity and wanted[only] > whole:
        return held, Request(only, wanted[only] - whole)
    return held, None


def _flow(waiting: list[Request], grid: Grid, pages_left: int) -> Slots:
    """Fill an empty page; takes the tickets off the end of the list.

    A ticket that finds no room begins the next page, and those behind it that do fit go first: a
    third of a screen must not stay empty while tickets wait. It does not wait for ever: on a page
    that stands (`_fill`) nobody overtakes, so the next room there is its own.

    A ticket longer than a page begins here only when it ends before the pages that stay as they
    are: `pages_left` tells how many there are till then, 0 that none follows.

    The columns fill from the top, so their heights are all that has to be looked at: with hundreds
    of tickets waiting this is most of the work.
    """
    cells: list[str | None] = [None] * grid.capacity
    tops = _tops(grid)
    used = [0] * grid.columns
    passed: list[Request] = []
    while waiting and len(passed) < LOOK_AHEAD:
        ticket_id, lines = waiting[-1]
        for column, row in enumerate(used):
            end = bisect_left(tops, tops[row] + lines + grid.edges)
            if end <= grid.rows:
                waiting.pop()
                first = column * grid.rows
                cells[first + row : first + end] = [ticket_id] * (end - row)
                used[column] = end
                break
        else:
            chosen = _choose(cells, lines, grid)
            if chosen is None and not any(used):
                return _fill(cells, waiting, grid, pages_left)
            request = waiting.pop()
            if chosen is None:
                passed.append(request)
                continue
            for cell in chosen:
                cells[cell] = ticket_id
                used[cell // grid.rows] += 1
    waiting.extend(reversed(passed))
    return tuple(cells)


def _fill(
    cells: list[str | None], waiting: list[Request], grid: Grid, pages_left: int = 0
) -> Slots:
    """Fill what is free on a page; nobody overtakes a ticket that finds no room there."""
    while waiting:
        ticket_id, lines = waiting[-1]
        empty = not any(cells)
        chosen = _choose(cells, lines, grid)
        if chosen is None:  # longer than a page, or than what is free of this one
            every = list(range(grid.capacity))
            room = _room(every, grid)
            if not empty or (pages_left and lines > pages_left * room):
                break
            waiting[-1] = Request(ticket_id, lines - room)  # the rest begins the next page
            chosen = every
        else:
            waiting.pop()
        for cell in chosen:
            cells[cell] = ticket_id
    return tuple(cells)


def _keep(wanted: Mapping[str, int], grid: Grid, standing: Slots) -> list[str | None]:
    """Leave the tickets of the page where they stand, and give room to those that grew."""
    cells: list[str | None] = [None] * grid.capacity
    held: dict[str, list[int]] = {}
    for cell, ticket_id in enumerate(standing):
        if ticket_id is not None and ticket_id in wanted:
            held.setdefault(ticket_id, []).append(cell)
    for ticket_id, own in held.items():
        while len(own) > 1 and _room(own[:-1], grid) >= wanted[ticket_id]:
            own.pop()
        for cell in own:
            cells[cell] = ticket_id
    for ticket_id, own in held.items():
        for cell in range(own[-1] + 1, grid.capacity):
            if _room(own, grid) >= wanted[ticket_id]:
                break
            if cells[cell] is None:
                own.append(cell)
        fits = _room(own, grid) >= wanted[ticket_id] or len(own) == grid.capacity
        for cell in own:
            cells[cell] = ticket_id if fits else None
    return cells


def runs_of(cells: Sequence[int], grid: Grid) -> list[list[int]]:
    """Group cells that lie under each other: each group becomes a card.

    Args:
        cells: their numbers, ascending.
        grid: how many lie under each other.

    Returns:
        The groups, in the order of the cells.
    """
    runs: list[list[int]] = []
    for cell in cells:
        if runs and runs[-1][-1] == cell - 1 and cell % grid.rows:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _room(cells: Sequence[int], grid: Grid) -> int:
    """How many lines fit on cells."""
    tops = _tops(grid)
    return sum(_height(run, tops, grid) - grid.edges for run in runs_of(cells, grid))


@lru_cache(maxsize=8)
def _tops(grid: Grid) -> tuple[int, ...]:
    """Where the rows of cells begin, and where the last one ends."""
    return tuple(grid.top(row) for row in range(grid.rows + 1))


def _height(run: Sequence[int], tops: Sequence[int], grid: Grid) -> int:
    row = run[0] % grid.rows
    return tops[row + len(run)] - tops[row]


def _choose(cells: Sequence[str | None], lines: int, grid: Grid) -> list[int] | None:
    """Choose free cells for a ticket: one card if there is room for it, else two.

    In more pieces than two a ticket cannot be read: it waits for better room, unless it needs the
    better part of a page that is empty.
    """
    free = runs_of([cell for cell, holder in enumerate(cells) if holder is None], grid)
    tops = _tops(grid)

    def part(run: list[int], wanted: int) -> list[int]:
        """As much of a run as so many lines need."""
        row = run[0] % grid.rows
        return run[: bisect_left(tops, tops[row] + wanted + grid.edges) - row]

    def room(run: list[int]) -> int:
        return _height(run, tops, grid) - grid.edges

    for run in free:
        if room(run) >= lines:
            return part(run, lines)
    for first, second in pairwise(free):
        if room(first) + room(second) >= lines:
            return first + part(second, lines - room(first))
    if any(cells):
        return None
    chosen: list[int] = []
    for run in free:
        chosen += part(run, lines)
        lines -= room(run)
        if lines <= 0:
            return chosen
    return None
