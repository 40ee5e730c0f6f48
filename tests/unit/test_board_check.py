"""Board and server compared: what is believed, and when the orders are listed anew."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kds_tui.core.board import Board
from kds_tui.core.board_check import (
    FUTILE_INTERVAL,
    FUTILE_LISTINGS,
    LIST_INTERVAL,
    RECOUNT_INTERVAL,
    BoardCheck,
    Verdict,
)
from kds_tui.core.digest import BoardDigest
from kds_tui.core.order import OrderStatus
from tests.unit.orders import make_order, upserted

BEAT = 2.0


class Display:
    """A board, its check, and what the server says."""

    def __init__(self) -> None:
        self.now = 100.0
        self.check = BoardCheck()
        self.board = Board()
        for name in "abc":
            self.board.apply(upserted(make_order(name)))
        self.board.recount()
        self.server: BoardDigest = self.board.digest()

    def beat(self, seconds: float = BEAT) -> Verdict:
        self.now += seconds
        return self.check.compare(self.board, self.server, self.now).verdict

    def lose_one(self) -> None:
        self.board.apply(upserted(make_order("a", status=OrderStatus.COMPLETED, version=9)))


def test_what_agrees_is_confirmed() -> None:
    display = Display()
    assert display.check.confirmed_at is None
    assert display.beat() is Verdict.AGREES
    assert display.check.confirmed_at == display.now
    assert display.check.confirmed == BoardDigest(3, display.board.digest().digest)
    assert display.check.mismatches == 0


def test_one_difference_alone_is_an_answer_that_overtook_its_event() -> None:
    display = Display()
    display.lose_one()
    assert display.beat() is Verdict.SUSPECTED
    display.server = display.board.digest()
    assert display.beat() is Verdict.AGREES
    assert display.check.mismatches == display.check.listings == 0


def test_two_in_a_row_are_a_difference_and_the_orders_are_listed_anew() -> None:
    display = Display()
    display.beat()
    confirmed_at = display.now
    display.lose_one()
    assert [display.beat(), display.beat()] == [Verdict.SUSPECTED, Verdict.LIST_ANEW]
    assert display.check.confirmed_at == confirmed_at
    compared = display.check.compared
    assert compared is not None
    assert (compared.ours.open_count, compared.theirs.open_count) == (2, 3)


def test_listings_are_half_a_minute_apart_and_those_that_do_not_help_an_hour() -> None:
    display = Display()
    display.lose_one()
    listed_at: list[float] = []
    for _ in range(int(3 * FUTILE_INTERVAL / BEAT)):
        if display.beat() is Verdict.LIST_ANEW:
            listed_at.append(display.now)
    apart = [after - before for before, after in pairwise(listed_at)]
    assert apart[: FUTILE_LISTINGS - 1] == [LIST_INTERVAL] * (FUTILE_LISTINGS - 1)
    assert apart[FUTILE_LISTINGS - 1 :] == [FUTILE_INTERVAL, FUTILE_INTERVAL]


def test_a_listing_that_helped_makes_the_next_one_soon_again() -> None:
    display = Display()
    for _ in range(FUTILE_LISTINGS + 2):
        agreed, before = display.board.digest(), display.check.listings
        display.server = BoardDigest(9, "f" * 16)
        began = display.now
        while display.beat() is not Verdict.LIST_ANEW:
            assert display.now - began < LIST_INTERVAL + 2 * BEAT
        assert display.check.listings == before + 1
        display.server = agreed
        assert display.beat() is Verdict.AGREES


@pytest.mark.parametrize("harm", ["an order dropped", "an old version"])
def test_the_digest_is_of_the_orders_and_not_of_what_was_said_about_them(harm: str) -> None:
    display = Display()
    display.beat()
    if harm == "an order dropped":
        del display.board._orders["a"]
    else:
        display.board._orders["a"] = make_order("a", version=0)
    assert display.beat() is Verdict.AGREES, "not counted anew yet"
    assert display.beat(RECOUNT_INTERVAL) is Verdict.SUSPECTED
    assert display.beat() is Verdict.LIST_ANEW


def test_a_digest_that_went_wrong_by_itself_is_mended_without_a_listing() -> None:
    display = Display()
    display.beat()
    display.board._digest.drop("a")
    assert display.board.digest() != display.server
    assert display.beat() is Verdict.AGREES
