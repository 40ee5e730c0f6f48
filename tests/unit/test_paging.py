"""The page that is looked at: no line is lost on it, and the selection stays on its ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kds_tui.core.board import Board
from kds_tui.core.cards import Direction
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.layout import SIDES, Grid, fit_grid
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.core.tickets import TicketList
from kds_tui.ui.card_face import TicketFace
from kds_tui.ui.card_lines import Line
from kds_tui.ui.paging import Paging
from kds_tui.ui.ticket_strips import body
from tests.unit.orders import make_item, make_order, open_orders, removed, upserted

GRID = Grid(90, 20, 3, 2)
"""Six cells for tickets of up to eight lines; a burger needs two lines."""


class Wall:
    """A board, its tickets and the page of them that hangs on the wall."""

    def __init__(self, orders: Sequence[Order] = (), grid: Grid | None = GRID) -> None:
        self.board = Board()
        self.tickets = TicketList(self.board, Outbox())
        self.paging = Paging(self.tickets, TicketFace(UrgencyRules()))
        self.paging.resize(grid)
        self.hear(*orders)

    def hear(self, *orders: Order) -> bool:
        ids = [order_id for order in orders for order_id in self.board.apply(upserted(order))]
        return self.paging.update(self.tickets.update(ids, 0.0))

    def lose(self, order_id: str) -> None:
        self.paging.update(self.tickets.update(self.board.apply(removed(order_id)), 0.0))

    @property
    def slots(self) -> str:
        return " ".join(f"{card.slot}{card.ticket_id}" for card in self.paging.cards)


def burgers(ids: str) -> list[Order]:
    return [make_order(order_id, created_at=float(ord(order_id))) for order_id in ids]


def burger(order_id: str, count: int, version: int = 2) -> Order:
    """An order of so many items."""
    items = tuple(make_item(f"Item {number}") for number in range(count))
    return replace(burgers(order_id)[0], items=items, version=version)


def lines_on_all_pages(paging: Paging) -> dict[str, list[Line]]:
    """Turn from the first page to the last one, and read."""
    while paging.turn(-1):
        pass
    read: dict[str, list[Line]] = {}
    while True:
        for card in paging.cards:
            lines = paging.lines(card)
            assert len(lines) <= card.height - 2
            read.setdefault(card.ticket_id, []).extend(lines)
        if not paging.turn(1):
            return read


def check_lines(wall: Wall, grid: Grid) -> None:
    read = lines_on_all_pages(wall.paging)
    for ticket in wall.tickets:
        assert read.pop(ticket.id) == body(ticket, grid.cell_width - 1 - SIDES)
    assert not read


grids = st.tuples(st.integers(24, 90), st.integers(6, 30)).map(lambda size: fit_grid(*size))
courses = st.lists(
    open_orders | st.sampled_from("abcdefgh") | grids | st.integers(-1, 1), max_size=20
)


@settings(max_examples=200)
@given(grids, courses)
def test_every_line_is_shown_once_and_the_selection_stays(
    grid: Grid, course: list[Order | str | Grid | int]
) -> None:
    wall = Wall(grid=grid)
    paging = wall.paging
    for version, step in enumerate(course):
        before = paging.selected
        if isinstance(step, Order):
            wall.hear(replace(step, version=version))
        elif isinstance(step, str):
            wall.lose(step)
        elif isinstance(step, Grid):
            grid = step
            paging.resize(grid)
        else:
            paging.turn(step)
            before = paging.selected
        on_page = {card.ticket_id for card in paging.cards}
        assert paging.selected == (before if before in on_page else None)
        for card in paging.cards:  # what is looked at is whole without turning to it anew
            own = [other for other in paging.cards if other.ticket_id == card.ticket_id]
            ticket = wall.tickets.get(card.ticket_id)
            assert ticket is not None
            if own[0].first and own[-1].last:
                shown = [line for other in own for line in paging.lines(other)]
                assert shown == body(ticket, grid.cell_width - 1 - SIDES)
        if paging.selected is None:
            assert paging.select_again() == bool(paging.cards)
    check_lines(wall, grid)


@pytest.mark.parametrize("items", [5, 9, 30, 60, 200])
def test_no_line_of_a_long_ticket_is_lost(items: int) -> None:
    wall = Wall([*burgers("ab"), burger("c", items), *burgers("de")])
    check_lines(wall, GRID)
    wall.paging.turn(-1)
    for version in range(3, 9):  # it grows while a page in its middle is looked at
        wall.hear(burger("c", items + version, version))
        check_lines(wall, GRID)


def test_a_torn_ticket_that_grows_by_a_line_is_planned_anew() -> None:
    # Six lines in a cell at 90x16: nine items and a head are torn into two cards of six lines
    # each, though they would need but two cells as one card.
    wall = Wall(grid=Grid(90, 8, 3, 1))
    wall.hear(burger("a", 11, version=1))
    assert wall.slots == "1a 2a"
    assert wall.hear(burger("a", 12))
    check_lines(wall, Grid(90, 8, 3, 1))


def test_content_that_needs_no_other_room_leaves_the_page_as_it_is() -> None:
    wall = Wall(burgers("ab"))
    assert not wall.hear(replace(burgers("a")[0], status=OrderStatus.CONFIRMED, version=2))
    assert wall.hear(*burgers("c"))


def test_the_selection_is_a_ticket_and_goes_with_it() -> None:
    wall = Wall(burgers("abc"))
    wall.paging.select("b")
    wall.lose("a")
    wall.hear(*burgers("d"))
    assert (wall.paging.selected, wall.slots) == ("b", "1d 2b 3c")
    wall.lose("b")
    assert wall.paging.selected is None


@pytest.mark.parametrize(("gone", "next_one"), [("b", "a"), ("bg", "a"), ("ba", "c"), ("abc", "d")])
def test_the_next_selection_is_where_the_last_one_was(gone: str, next_one: str) -> None:
    wall = Wall(burgers("abcdef"))
    wall.paging.select("b")
    for order_id in gone:
        wall.lose(order_id)
    assert wall.paging.select_again()
    assert wall.paging.selected == next_one


def test_there_is_nothing_to_select_on_an_empty_board() -> None:
    wall = Wall()
    assert not wall.paging.select_again()
    assert not wall.paging.move(Direction.RIGHT)
    assert (wall.paging.page_count, wall.paging.elsewhere()) == (1, (0, None))


def test_arrows_move_and_turn_the_page_at_its_edges() -> None:
    wall = Wall(burgers("abcdefghi"))
    paging = wall.paging
    assert (wall.slots, paging.page_count) == ("1a 2b 3c 4d 5e 6f", 2)
    seen = []
    for direction in (Direction.RIGHT,) * 4 + (Direction.DOWN, Direction.LEFT):
        assert paging.move(direction)
        seen.append(f"{paging.page}{paging.selected}")
    assert seen == ["0a", "0c", "0e", "1g", "1h", "0f"]
    paging.select("a")
    assert not paging.move(Direction.UP)
    assert not paging.move(Direction.LEFT)
    assert paging.selected == "a"


def test_the_pages_are_turned_from_the_first_to_the_last() -> None:
    wall = Wall(burgers("abcdefgh"))
    paging = wall.paging
    assert paging.elsewhere() == (2, "g")
    assert not paging.turn(-1)
    assert paging.turn(1)
    assert (paging.page, paging.selected, wall.slots) == (1, "g", "1g 2h")
    assert paging.elsewhere() == (6, "a")
    assert not paging.turn(1)
    wall.lose("g")
    wall.lose("h")
    assert (paging.page, paging.page_count, len(paging.cards)) == (0, 1, 6)


def test_an_older_ticket_waits_on_the_next_page_and_is_found_there() -> None:
    wall = Wall(burgers("bcdefghi"))
    wall.lose("c")
    wall.hear(*burgers("a"))
    assert wall.slots == "1b 2h 3d 4e 5f 6g"
    assert wall.paging.elsewhere() == (2, "a")
    assert wall.paging.turn(1)
    assert wall.slots == "1a 2i"
    wall.paging.tidy()
    assert (wall.paging.page, wall.slots) == (0, "1a 2b 3d 4e 5f 6g"), "the selection is a"


def test_tidying_and_resizing_follow_the_selected_ticket_to_its_page() -> None:
    wall = Wall(burgers("abcdefgh"))
    wall.paging.select("f")
    wall.paging.resize(Grid(30, 20, 1, 2))
    assert (wall.paging.page, wall.paging.selected, wall.slots) == (2, "f", "1e 2f")


def test_a_screen_that_is_too_small_shows_and_selects_nothing() -> None:
    wall = Wall(burgers("abc"))
    wall.paging.select("b")
    wall.paging.resize(None)
    assert (wall.paging.cards, wall.paging.selected, wall.paging.in_slot(1)) == ([], None, None)
    wall.hear(*burgers("d"))
    wall.paging.resize(GRID)
    assert wall.slots == "1a 2b 3c 4d"


def test_a_slot_number_means_the_ticket_that_covers_the_cell() -> None:
    wall = Wall([burger("a", 9), *burgers("b")])
    assert [wall.paging.in_slot(slot) for slot in range(1, 5)] == ["a", "a", "b", None]
