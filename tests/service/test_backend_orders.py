"""Reading all open orders while they come, go and move on."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.order import Order, OrderStatus
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BadAnswer, NotOffered, Refused
from kds_tui.services.credentials import FixedToken
from kds_tui.services.order_pages import MAX_PAGES, MAX_SWEEPS, OVERLAP, PAGE, read_all
from tests.doubles.restaurant_os import RestaurantOS, make_token
from tests.service.commands import recall


@pytest.fixture
async def double() -> AsyncIterator[RestaurantOS]:
    async with RestaurantOS() as double:
        yield double


@pytest.fixture
async def backend(double: RestaurantOS) -> AsyncIterator[Backend]:
    async with Backend(double.url, FixedToken(make_token())) as backend:
        yield backend


async def listed(backend: Backend) -> dict[str, OrderStatus]:
    orders = await backend.list_orders(lambda: None)
    found = {order.id: order.status for order in orders}
    assert len(found) == len(orders), "each order once"
    return found


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 99, 100, 101, 180, 250])
async def test_all_open_orders_are_listed(
    double: RestaurantOS, backend: Backend, count: int
) -> None:
    expected = {double.add("preparing") for _ in range(count)}
    double.add("completed")
    double.add("cancelled")
    assert set(await listed(backend)) == expected


async def test_every_unfinished_status_is_listed(double: RestaurantOS, backend: Backend) -> None:
    statuses = ["new", "pending", "confirmed", "preparing", "ready", "picked-up"]
    expected = {double.add(status): OrderStatus(status) for status in statuses}
    assert await listed(backend) == expected


async def test_each_page_is_told(double: RestaurantOS, backend: Backend) -> None:
    for _ in range(120):
        double.add("preparing")
    pages: list[int] = []
    await backend.list_orders(lambda: pages.append(1))
    assert len(pages) == len(double.requests) == 7


async def test_orders_that_leave_between_pages_cost_no_other(
    double: RestaurantOS, backend: Backend
) -> None:
    orders = [double.add("preparing") for _ in range(150)]
    leaving = orders[-OVERLAP - 5 :]

    async def finish_some(request: web.Request) -> None:
        if request.query.get("offset") == str(PAGE - OVERLAP):
            for order_id in leaving:
                double.orders[order_id]["status"] = "completed"

    double.before = finish_some
    found = set(await listed(backend))
    assert set(orders) - set(leaving) <= found


async def test_an_order_that_moves_on_meanwhile_is_listed_once_in_its_new_state(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("pending")

    async def move_on(request: web.Request) -> None:
        if request.query["status"] == "confirmed":
            double.force(order_id, "preparing")

    double.before = move_on
    assert await listed(backend) == {order_id: OrderStatus.PREPARING}


async def test_a_row_that_cannot_be_read_is_counted_and_skipped(
    double: RestaurantOS, backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = double.add("ready"), double.add("ready")
    double.orders[bad]["id"] = None
    assert set(await listed(backend)) == {good}
    (line,) = [record for record in caplog.records if record.message.startswith("rows")]
    assert vars(line)["rows"] == 1


async def test_a_failed_page_fails_the_list(double: RestaurantOS, backend: Backend) -> None:
    double.fail(1)
    with pytest.raises(Refused):
        await backend.list_orders(lambda: None)


async def test_restaurant_os_offers_nothing_more(double: RestaurantOS, backend: Backend) -> None:
    assert await backend.capabilities() == frozenset()
    with pytest.raises(NotOffered):
        await recall(backend, double.add("ready"), "c1")
    assert len(double.requests) == 1, "asked once"
    backend.forget_capabilities()
    await backend.capabilities()
    assert len(double.requests) == 2


class _List:
    """A list as a server pages it, changed by a script after each page."""

    def __init__(self, count: int, changes: list[tuple[int, int]], most: int = PAGE) -> None:
        self.rows = [self._row(number) for number in range(count)]
        self.stayed = set(self.rows)
        self.changes = iter(changes)
        self.most = most
        self.pages = 0

    def _row(self, number: int) -> Order:
        return Order(f"o{number}", "1", OrderStatus.PREPARING)

    async def fetch(self, limit: int, offset: int) -> tuple[list[Order], int]:
        page = self.rows[offset : offset + min(limit, self.most)]
        self.pages += 1
        added, removed = next(self.changes, (0, 0))
        self.stayed -= set(self.rows[:removed])
        new = [self._row(10_000 * self.pages + number) for number in range(added)]
        self.rows = new + self.rows[removed:]
        return page, 0


_CHANGES = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=12)


@given(st.integers(0, 400), _CHANGES, st.sampled_from([50, 70, PAGE]))
async def test_no_order_that_stays_is_missed_whatever_comes_and_goes(
    count: int, changes: list[tuple[int, int]], most: int
) -> None:
    rows = _List(count, changes, most)
    try:
        found = await read_all(rows.fetch, "preparing")
    except BadAnswer:
        return
    assert rows.stayed <= set(found)


async def test_a_list_that_never_holds_still_is_given_up() -> None:
    rows = _List(5_000, [(0, 100)] * 100)
    with pytest.raises(BadAnswer, match="changes faster"):
        await read_all(rows.fetch, "preparing")
    assert rows.pages == 2 * MAX_SWEEPS


async def test_a_server_that_ignores_the_offset_does_not_hold_us_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = _List(100, [])

    async def fetch(limit: int, _: int) -> tuple[list[Order], int]:
        return await rows.fetch(limit, 0)

    with caplog.at_level(logging.WARNING):
        assert set(await read_all(fetch, "ready")) == set(rows.rows)
    assert rows.pages == MAX_PAGES
    assert "list too long" in caplog.text
