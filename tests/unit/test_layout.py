"""The grid: every ticket has room, stands still while it is looked at, and can be reached."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kds_tui.core.cards import Card, Direction, cards, hit, neighbour, ticket_in_slot
from kds_tui.core.density import Density
from kds_tui.core.layout import MIN_HEIGHT, MIN_WIDTH, Grid, Request, Slots, fit_grid, place

sizes = st.tuples(
    st.integers(MIN_WIDTH, 90),
    st.integers(MIN_HEIGHT, 30),
    st.integers(0, 6),
    st.integers(0, 9),
    st.sampled_from(Density),
)
grids = sizes.map(lambda size: fit_grid(*size)).filter(bool)


def requests_of(lengths: Sequence[int]) -> list[Request]:
    return [Request(f"t{number}", lines) for number, lines in enumerate(lengths)]


lengths = st.integers(1, 12) | st.integers(1, 12) | st.integers(1, 90)
wishes = st.lists(lengths, max_size=15).map(requests_of)


def cards_of(grid: Grid, pages: Sequence[Slots]) -> list[list[Card]]:
    return [cards(grid, pages, page) for page in range(len(pages))]


def check_pages(requests: Sequence[Request], grid: Grid, pages: Sequence[Slots]) -> None:
    """Every ticket stands once, with room for its lines, and no card lies on another one."""
    shown = cards_of(grid, pages)
    assert {card.ticket_id for page in shown for card in page} == {r.ticket_id for r in requests}
    for ticket_id, lines in requests:
        pieces = [card for page in shown for card in page if card.ticket_id == ticket_id]
        assert sum(piece.height - grid.edges for piece in pieces) >= lines
        room_before_last = sum(piece.height - grid.edges for piece in pieces[:-1])
        assert room_before_last < lines, "no card without a line"
    for page in shown:
        check_rectangles(grid, page)


def check_marks(grid: Grid, pages: Sequence[Slots], ticket_id: str) -> None:
    """The cards of a ticket, on pages that follow each other, tell how to read on."""
    on = [number for number, slots in enumerate(pages) if ticket_id in slots]
    assert on == list(range(on[0], on[-1] + 1))
    pieces = [
        [card for card in cards(grid, pages, page) if card.ticket_id == ticket_id] for page in on
    ]
    together = [card for page in pieces for card in page]
    assert [card.first for card in together] == [True] + [False] * (len(together) - 1)
    assert [card.last for card in together] == [False] * (len(together) - 1) + [True]
    for own in pieces:
        following = [card.slot for card in own[1:]] + [None if own is pieces[-1] else 0]
        assert [card.next_slot for card in own] == following


def check_rectangles(grid: Grid, page: Sequence[Card]) -> None:
    for place_in_page, card in enumerate(page):
        for other in page[:place_in_page]:
            beside = other.x + other.width <= card.x or card.x + card.width <= other.x
            assert beside or other.y + other.height <= card.y or card.y + card.height <= other.y
        assert card.x >= 0
        assert card.y >= 0
        assert card.x + card.width < grid.width + 1
        assert card.y + card.height <= grid.height
        assert card.width >= grid.cell_width - 1
        assert card.height - grid.edges >= 2
        corners = [(card.x, card.y), (card.x + card.width - 1, card.y + card.height - 1)]
        assert all(hit(page, x, y) is card for x, y in corners)
        assert hit(page, card.x + card.width, card.y) is not card, "the gap is nobody's"
        numbers = range(card.slot, card.slot + card.cells)
        assert {ticket_in_slot(page, slot) for slot in numbers} == {card.ticket_id}


@given(grids, wishes)
def test_every_ticket_stands_once_with_room_for_its_lines(
    grid: Grid, requests: list[Request]
) -> None:
    pages = place(requests, grid)
    check_pages(requests, grid, pages)
    for request in requests:
        check_marks(grid, pages, request.ticket_id)


@given(grids, wishes)
def test_a_fresh_look_puts_the_tickets_in_order(grid: Grid, requests: list[Request]) -> None:
    shown = [card.ticket_id for page in cards_of(grid, place(requests, grid)) for card in page]
    page_of: dict[str, int] = {}
    for number, page in enumerate(cards_of(grid, place(requests, grid))):
        for card in page:
            page_of.setdefault(card.ticket_id, number)
    for place_in_line, request in enumerate(requests):
        for younger in requests[place_in_line + 1 :]:
            if page_of[younger.ticket_id] < page_of[request.ticket_id]:
                assert younger.lines < request.lines, "overtaken where there was room for it"
    pages = place(requests, grid)
    for number, slots in enumerate(pages[1:], start=1):
        waited = [each.ticket_id for each in requests if page_of[each.ticket_id] >= number]
        if waited and slots[0] not in pages[number - 1]:
            assert slots[0] == waited[0], "who was overtaken has the first choice of the next page"
    assert not requests or shown[0] == requests[0].ticket_id


changes = st.lists(
    st.tuples(st.sampled_from(["go", "come", "grow", "shrink"]), st.integers(0, 60), lengths),
    max_size=6,
)


def change(requests: list[Request], number: int, what: str, at: int, lines: int) -> list[Request]:
    """Let a ticket come or go, or change its length by a line."""
    changed = list(requests)
    at %= len(changed) + 1
    if what == "come":
        changed.insert(at, Request(f"new{number}", lines))
    elif at < len(changed) and what == "go":
        del changed[at]
    elif at < len(changed):
        ticket_id, known = changed[at]
        changed[at] = Request(ticket_id, known + 1 if what == "grow" else max(1, known - 1))
    return changed


@settings(max_examples=300)
@given(grids, wishes, changes, st.integers(0, 5))
def test_on_the_page_that_is_looked_at_no_ticket_moves(
    grid: Grid, requests: list[Request], course: list[tuple[str, int, int]], page: int
) -> None:
    pages = place(requests, grid)
    page %= len(pages)
    for number, (what, at, lines) in enumerate(course):
        before, known = pages, dict(requests)
        requests = change(requests, number, what, at, lines)
        pages = place(requests, grid, page, before)
        check_pages(requests, grid, pages)
        if page >= len(pages):
            break  # nothing is left there
        for ticket_id, length in requests:
            if ticket_id in before[page] and known[ticket_id] == length:
                assert cells_of(pages[page], ticket_id) == cells_of(before[page], ticket_id)
            if ticket_id in pages[page]:
                check_marks(grid, pages, ticket_id)
        came = [t for t, _ in requests if t in pages[page] and t not in before[page]]
        passed = [t for t, _ in requests if not any(t in slots for slots in pages[: page + 1])]
        order = [ticket_id for ticket_id, _ in requests]
        stood = any(t in before[page] and t in pages[page] for t, _ in requests)
        assert not (stood and came and passed) or order.index(came[-1]) < order.index(passed[0]), (
            "nobody is overtaken by one that came into a hole"
        )


def cells_of(slots: Slots, ticket_id: str) -> list[int]:
    return [cell for cell, holder in enumerate(slots) if holder == ticket_id]


@given(grids, wishes)
def test_nothing_moves_while_nothing_happens(grid: Grid, requests: list[Request]) -> None:
    pages = place(requests, grid)
    assert place(requests, grid, 0, pages) == pages


def small() -> Grid:
    """Two columns of two cells, eight rows each: six lines on a card, fourteen on a tall one."""
    return Grid(60, 16, 2, 2)


def standing(text: str) -> list[Slots]:
    return [tuple(None if c == "." else c for c in page) for page in text.split()]


def as_text(pages: Sequence[Slots]) -> str:
    return " ".join("".join(t or "." for t in page) for page in pages)


@pytest.mark.parametrize(
    ("wanted", "page", "before", "after"),
    [
        pytest.param("a6 b6 c14 d6", 0, "", "abcc d...", id="columns fill from the top"),
        pytest.param("a6 b14 c6", 0, "", "acbb", id="torn over the end of a column"),
        pytest.param("a6 b6 d6 e6", 0, "abcd e...", "abed", id="the next one fills the hole"),
        pytest.param("a6 b6 d6 e12", 0, "abcd e...", "ab.d ee..", id="too long for the hole"),
        pytest.param("a6 b6 d6 e12 f1", 0, "abcd e...", "ab.d eef.", id="and nobody overtakes it"),
        pytest.param("z6 a6 b6 c6 d6", 0, "abcd", "abcd z...", id="an older one waits for a hole"),
        pytest.param("a7 b6", 0, "a.b.", "aab.", id="grows into the cell below"),
        pytest.param("a7 b6 c6", 0, "abc.", "abca", id="grows into a cell elsewhere"),
        pytest.param("a15 b6 c6 d6", 0, "abcd", ".bcd aaa.", id="grows beyond the room"),
        pytest.param("a6 b6", 0, "aab.", "a.b.", id="shrinks where it stands"),
        pytest.param("a40 b6", 0, "", "aaaa aab.", id="longer than a page"),
        pytest.param("z6 a40 b6", 0, "aaaa aab.", "aaaa aazb", id="a giant stays on its page"),
        pytest.param("z6 a40 b6", 1, "aaaa aab.", "aaaa aabz", id="and so does its end"),
        pytest.param(
            "g40 e6", 1, "abcd e...", ".... e... gggg gg..", id="a giant is not torn over the page"
        ),
        pytest.param("b6 c6", 1, "aaaa aab.", "c... ..b.", id="a giant goes"),
    ],
)
def test_standing_still(wanted: str, page: int, before: str, after: str) -> None:
    requests = [Request(word[0], int(word[1:])) for word in wanted.split()]
    assert as_text(place(requests, small(), page, standing(before))) == after


@given(grids, wishes, st.integers(0, 5))
def test_arrows_lead_from_every_ticket_to_every_other(
    grid: Grid, requests: list[Request], page: int
) -> None:
    pages = place(requests, grid)
    check_reachable(cards(grid, pages, page % len(pages)))


@given(grids, st.lists(st.sampled_from("abcdef") | st.none(), min_size=80, max_size=80))
def test_arrows_lead_over_holes(grid: Grid, draw: list[str | None]) -> None:
    page = (draw * 10)[: grid.capacity]
    check_reachable(cards(grid, [tuple(page)], 0))


def test_arrows_lead_to_a_column_that_stands_beside_every_line() -> None:
    # d . e    Right of d stands e in line, right of h stands c: the next column comes first, or b
    # . b .    could not be reached.
    # h . c
    check_reachable(cards(Grid(78, 18, 3, 3), standing("d.h.b.e.c"), 0))


def check_reachable(page: Sequence[Card]) -> None:
    tickets = {card.ticket_id for card in page}
    for start in tickets:
        reached, ways = {start}, [start]
        while ways:
            at = ways.pop()
            found = {neighbour(page, at, direction) for direction in Direction} - {None}
            ways += [t for t in found if t not in reached]
            reached |= found
        assert reached == tickets


def test_arrows_on_a_page_with_a_torn_ticket() -> None:
    # a | c    b goes on at the top of the second column; from a the right arrow leads to c
    # b | d    because b's second card is b, not a place of its own.
    grid = Grid(78, 24, 2, 3)
    page = cards(grid, standing("abbbcd"), 0)
    moves = {
        ("a", Direction.DOWN): "b",
        ("b", Direction.UP): "a",
        ("a", Direction.RIGHT): "c",
        ("b", Direction.RIGHT): "c",
        ("c", Direction.UP): "a",
        ("d", Direction.UP): "c",
        ("d", Direction.LEFT): "b",
        ("c", Direction.LEFT): "b",
        ("a", Direction.UP): None,
        ("a", Direction.LEFT): None,
        ("d", Direction.RIGHT): None,
        ("d", Direction.DOWN): None,
    }
    assert {key: neighbour(page, *key) for key in moves} == moves
    assert neighbour(page, "unknown", Direction.UP) == "a"
    assert neighbour([], "unknown", Direction.UP) is None


@pytest.mark.parametrize(
    ("size", "cells"),
    [
        ((80, 22), (3, 4)),
        ((120, 33), (4, 6)),
        ((240, 64), (9, 12)),
        ((MIN_WIDTH, MIN_HEIGHT), (1, 1)),
        ((MIN_WIDTH - 1, MIN_HEIGHT), None),
        ((MIN_WIDTH, MIN_HEIGHT - 1), None),
        ((80, 22, 2, 1), (2, 1)),
        ((80, 22, 99, 99), (3, 4)),
        ((85, 22, 0, 0, Density.NEAR), (3, 5)),
        ((120, 34, 0, 0, Density.NEAR), (5, 8)),
        ((200, 48, 0, 0, Density.NEAR), (8, 12)),
        ((85, 22, 0, 0, Density.FAR), (2, 2)),
        ((120, 34, 0, 0, Density.FAR), (3, 3)),
        ((200, 48, 0, 0, Density.FAR), (5, 5)),
        ((39, 22, 0, 0, Density.FAR), (1, 4)),
        ((85, 8, 0, 0, Density.FAR), (3, 1)),
        ((85, 22, 0, 9, Density.FAR), (2, 2)),
    ],
)
def test_cells_of_a_screen(size: tuple[Any, ...], cells: tuple[int, int] | None) -> None:
    grid = fit_grid(*size)
    assert (grid and (grid.columns, grid.rows)) == cells


def calls(work: Callable[[], object]) -> int:
    """Count the Python functions that are called: work, whatever the machine does meanwhile."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("lines", [1, 8, 30, 500])
def test_a_thousand_tickets_cost_a_thousand_times_one(lines: int) -> None:
    grid = fit_grid(200, 56)
    assert grid is not None
    few, many = requests_of([lines] * 250), requests_of([lines] * 1000)
    for page in (0, 2):
        seen_few, seen_many = place(few, grid), place(many, grid)
        once = calls(lambda: place(few, grid, page, seen_few))  # noqa: B023 - called at once
        assert calls(lambda: place(many, grid, page, seen_many)) < 5 * once  # noqa: B023
