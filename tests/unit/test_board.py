"""The board: whatever is lost, doubled, late or out of order, it ends up as the server is."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kds_tui.core.board import (
    MAX_GONE,
    Board,
    FeedEvent,
    OrderAnswered,
    SnapshotListed,
    SnapshotStarted,
)
from kds_tui.core.frames import OrderStatusChanged
from kds_tui.core.order import FINISHED, LEGAL_STEPS, READY, Item, Order, OrderStatus
from tests.unit.orders import list_all, make_order, removed, upserted

S = OrderStatus


@dataclass
class Server:
    """Three orders at a server, and every event that it has sent about them."""

    orders: dict[str, Order | None] = field(default_factory=dict[str, Order | None])
    """None for one that was deleted: that is final."""

    sent: list[FeedEvent] = field(default_factory=list[FeedEvent])
    last: dict[str, int] = field(default_factory=dict[str, int])
    """The place of each order's last event among those sent."""

    def do(self, order_id: str, wish: str) -> None:
        """Let something happen to an order, if it is possible."""
        order = self.orders.get(order_id)
        if order is None:
            if order_id not in self.orders:
                self._tell(make_order(order_id, status=S.NEW, version=1, updated_at=1.0))
            return
        now = order.updated_at + 1
        if wish == "delete":
            self.orders[order_id] = None
            self.last[order_id] = len(self.sent)
            self.sent.append(removed(order_id))
        elif wish == "pay":  # no status change: the version stays
            self._tell(replace(order, updated_at=now))
        elif wish == "recall" and order.status in {*READY, S.COMPLETED}:
            changed = replace(order, status=S.PREPARING, recalled=True)
            self._tell(replace(changed, version=order.version + 1, updated_at=now))
        elif wish in ("step", "cancel") and order.status not in FINISHED:
            steps = LEGAL_STEPS[order.status]
            status = S.CANCELLED if wish == "cancel" else steps[0]
            self._tell(replace(order, status=status, version=order.version + 1, updated_at=now))

    def _tell(self, order: Order) -> None:
        self.orders[order.id] = order
        self.last[order.id] = len(self.sent)
        self.sent.append(upserted(order))

    def listed(self) -> tuple[Order, ...]:
        """What a list of the unfinished orders says now."""
        return tuple(o for o in self.orders.values() if o and o.status not in FINISHED)


happenings = st.tuples(
    st.just("happen"),
    st.sampled_from("abc"),
    st.sampled_from(["step"] * 4 + ["pay", "cancel", "recall", "recall", "delete"]),
)
deliveries = st.tuples(st.just("deliver"), st.integers(0, 50), st.just(""))
listings = st.tuples(st.just("list"), st.sampled_from(["start", "read", "end"]), st.just(""))


def content(board: Board) -> dict[str, Order]:
    return {order.id: order for order in board}


@settings(max_examples=400)
@given(
    st.lists(happenings | deliveries | listings, max_size=60),
    st.randoms(use_true_random=False),
    st.booleans(),
    st.booleans(),
)
def test_any_way_of_hearing_it_ends_in_the_same_board(
    course: list[tuple[str, str | int, str]],
    chance: Random,
    by_list: bool,
    authoritative: bool,
) -> None:
    server, board = Server(), Board()
    heard: set[int] = set()
    state: str | int = ""
    rows: tuple[Order, ...] = ()

    def tell(event: FeedEvent) -> None:
        before = content(board)
        changed = board.apply(event)
        after = content(board)
        assert changed == {i for i in before | after if before.get(i) != after.get(i)}
        kept = board.digest()
        board.recount()
        assert kept == board.digest()

    for kind, what, wish in course:
        if kind == "happen":
            server.do(str(what), wish)
        elif kind == "deliver" and server.sent:
            place = int(what) % len(server.sent)
            heard.add(place)
            tell(server.sent[place])
        elif (state, what) in {("", "start"), ("start", "start"), ("read", "start")}:
            state = "start"  # a list that was begun may be given up for another one
            tell(SnapshotStarted())
        elif (state, what) == ("start", "read"):
            state, rows = "read", server.listed()
        elif (state, what) == ("read", "end"):
            state = ""
            tell(SnapshotListed(rows, authoritative))
    if by_list:
        list_all(board, server.listed())
    else:
        missing = [place for place in server.last.values() if place not in heard]
        chance.shuffle(missing)
        for place in missing:
            tell(server.sent[place])
    assert content(board) == {order.id: order for order in server.listed()}


def stale(version: int, updated_at: float = 0.0, **fields: Any) -> Order:
    return make_order(version=version, updated_at=updated_at, **fields)


_LEAVING: list[Callable[[Board], object]] = [
    lambda board: board.apply(upserted(stale(3, status=S.COMPLETED))),
    lambda board: board.apply(upserted(stale(3, status=S.CANCELLED))),
    lambda board: board.apply(removed("a")),
    lambda board: board.apply(OrderStatusChanged("a", S.CANCELLED)),
    lambda board: list_all(board, []),
]


@pytest.mark.parametrize("leave", _LEAVING, ids=["done", "cancelled", "deleted", "status", "list"])
def test_a_late_event_never_brings_an_order_back(leave: Callable[[Board], object]) -> None:
    board = Board()
    board.apply(upserted(stale(2, 5.0)))
    leave(board)
    assert len(board) == 0
    for late in (stale(1, 3.0), stale(2, 4.0), stale(2, 5.0), stale(2, 5.0, notes="as listed")):
        assert board.apply(upserted(late)) == frozenset()
        assert board.get("a") is None


def test_a_list_read_before_an_order_was_done_does_not_bring_it_back() -> None:
    board = Board()
    board.apply(upserted(stale(2)))
    board.apply(SnapshotStarted())
    board.apply(upserted(stale(3, status=S.COMPLETED)))
    assert board.apply(SnapshotListed((stale(2),))) == frozenset()
    assert board.get("a") is None


def test_an_order_that_a_list_missed_is_back_with_the_next_one() -> None:
    board = Board()
    board.apply(upserted(stale(2)))
    assert list_all(board, []) == {"a"}
    assert list_all(board, [stale(2)]) == {"a"}
    assert board.get("a") == stale(2)


def test_an_answer_is_ahead_of_the_event_but_brings_nothing_back() -> None:
    """It may be a stored one, told again to a terminal that was off while the order left."""
    board = Board()
    assert board.apply(OrderAnswered(stale(3, status=S.READY))) == frozenset(), "unknown here"
    board.apply(upserted(stale(2)))
    assert board.apply(OrderAnswered(stale(3, status=S.READY))) == {"a"}
    assert board.apply(OrderAnswered(stale(2))) == frozenset(), "older"
    assert board.apply(OrderAnswered(stale(4, status=S.COMPLETED))) == {"a"}
    assert len(board) == 0


def test_an_answer_does_not_hold_against_a_list_that_is_being_read() -> None:
    board = Board()
    board.apply(upserted(stale(2)))
    board.apply(SnapshotStarted())
    board.apply(OrderAnswered(stale(3, status=S.READY)))  # stored: the order was served since
    assert board.apply(SnapshotListed((), authoritative=True)) == {"a"}
    assert len(board) == 0


def test_the_event_behind_an_answer_holds_against_a_list_that_is_being_read() -> None:
    board = Board()
    board.apply(upserted(stale(2)))
    board.apply(SnapshotStarted())
    board.apply(OrderAnswered(stale(3, status=S.READY)))
    board.apply(upserted(stale(3, status=S.READY)))
    assert board.apply(SnapshotListed((stale(2),), authoritative=True)) == frozenset()
    assert board.get("a") == stale(3, status=S.READY)


def test_what_comes_while_the_list_is_read_is_newer_than_the_list() -> None:
    board = Board()
    board.apply(SnapshotStarted())
    board.apply(upserted(stale(1)))
    assert board.apply(SnapshotListed(())) == frozenset()
    assert board.get("a") is not None


@pytest.mark.parametrize("authoritative", [False, True])
def test_a_list_that_holds_against_everything_undoes_what_was_wrong(authoritative: bool) -> None:
    board = Board()
    for name in "abc":
        board.apply(upserted(make_order(name, version=5)))
    board.apply(removed("a"))
    board.apply(upserted(make_order("b", version=6, status=S.COMPLETED)))
    listed = tuple(make_order(name, version=2) for name in "abc")
    board.apply(SnapshotStarted())
    board.apply(upserted(make_order("d", version=3)))
    changed = board.apply(SnapshotListed((*listed, make_order("d", version=2)), authoritative))
    assert changed == (frozenset("abc") if authoritative else frozenset())
    assert ({order.id: order.version for order in board} == dict(a=2, b=2, c=2, d=3)) is (
        authoritative
    ), "what came while the list was read is newer than the list"


def test_a_recall_brings_a_completed_order_back_and_a_deletion_is_final() -> None:
    board = Board()
    board.apply(upserted(stale(3, status=S.COMPLETED)))
    assert board.apply(upserted(stale(4))) == {"a"}
    board.apply(removed("a"))
    assert board.apply(upserted(stale(5))) == frozenset()
    assert list_all(board, [stale(6)]) == frozenset()


def test_a_status_without_the_order_moves_it_forward_only() -> None:
    board = Board()
    assert board.apply(OrderStatusChanged("a", S.READY)) == frozenset(), "unknown"
    board.apply(upserted(stale(2, status=S.CONFIRMED)))
    assert board.apply(OrderStatusChanged("a", S.PENDING)) == frozenset()
    assert board.apply(OrderStatusChanged("a", S.CONFIRMED)) == frozenset()
    assert board.apply(OrderStatusChanged("a", S.READY)) == {"a"}
    assert board.apply(upserted(stale(3, 9.0, status=S.PREPARING))) == frozenset(), "a late event"
    assert board.apply(upserted(stale(4, 9.0, status=S.READY))) == {"a"}, "the row itself"


def test_a_list_that_nobody_announced_takes_away_what_it_does_not_hold() -> None:
    board = Board()
    board.apply(upserted(make_order("a")))
    assert board.apply(SnapshotListed((make_order("b"),))) == {"a", "b"}
    assert [order.id for order in board] == ["b"]


def test_the_memory_of_gone_orders_is_bounded() -> None:
    board = Board()
    for number in range(MAX_GONE + 1):
        board.apply(upserted(make_order(f"o{number}", status=S.COMPLETED)))
    assert board.apply(upserted(make_order("o0"))) == {"o0"}, "forgotten: seen as a new one"
    assert board.apply(upserted(make_order("o2"))) == frozenset(), "still remembered"


def test_nothing_is_kept_of_the_lines_of_gone_orders() -> None:
    def lines() -> int:
        gc.collect()
        return sum(isinstance(thing, Item) for thing in gc.get_objects())

    board = Board()
    before = lines()
    for number in range(50):
        board.apply(upserted(make_order(f"o{number}")))
        board.apply(upserted(make_order(f"o{number}", status=S.COMPLETED, version=2)))
    assert lines() == before
