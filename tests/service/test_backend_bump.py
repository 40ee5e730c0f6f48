"""Bumping on a server that answers 500 for whatever it does not like."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from kds_tui.core import conflicts
from kds_tui.core.order import OrderStatus
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import (
    BackendError,
    BadAnswer,
    Conflict,
    NotFound,
    Refused,
    Unreachable,
)
from kds_tui.services.credentials import FixedToken
from tests.doubles.restaurant_os import RestaurantOS, make_token
from tests.service.commands import bump


@pytest.fixture
async def double() -> AsyncIterator[RestaurantOS]:
    async with RestaurantOS() as double:
        yield double


@pytest.fixture
async def backend(double: RestaurantOS) -> AsyncIterator[Backend]:
    async with Backend(double.url, FixedToken(make_token())) as backend:
        yield backend


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (None, ["pending", "confirmed", "preparing", "ready"]),
        ("new", ["pending", "confirmed", "preparing", "ready"]),
        ("pending", ["confirmed", "preparing", "ready"]),
        ("preparing", ["ready"]),
        ("ready", []),
        ("picked-up", []),
        ("completed", []),
    ],
)
async def test_a_bump_walks_the_legal_steps_one_by_one(
    double: RestaurantOS, backend: Backend, status: str | None, steps: list[str]
) -> None:
    order_id = double.add(status)
    order = await bump(backend, order_id, "c1")
    assert order.status not in (OrderStatus.PREPARING, OrderStatus.CANCELLED)
    assert double.idempotency_keys == [f"c1:{step}" for step in steps]


async def test_a_cancelled_order_is_told_apart(double: RestaurantOS, backend: Backend) -> None:
    with pytest.raises(Conflict, match="was cancelled meanwhile"):
        await bump(backend, double.add("cancelled"), "c1")


async def test_an_order_that_is_gone_is_told_apart(backend: Backend) -> None:
    with pytest.raises(NotFound):
        await bump(backend, "nowhere", "c1")


@pytest.mark.parametrize(
    ("moved_to", "ends"),
    [("preparing", "ready"), ("ready", "ready"), ("completed", "completed")],
)
async def test_another_terminal_may_advance_the_order_meanwhile(
    double: RestaurantOS, backend: Backend, moved_to: str, ends: str
) -> None:
    order_id = double.add("pending")

    async def race(request: web.Request) -> None:
        if request.method == "PATCH":
            double.before = None
            double.force(order_id, moved_to)

    double.before = race
    assert (await bump(backend, order_id, "c1")).status.value == ends
    assert double.orders[order_id]["status"] == ends


async def test_a_cancellation_between_two_steps_wins(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("pending")

    async def cancel(request: web.Request) -> None:
        if len(double.idempotency_keys) == 2:
            double.force(order_id, "cancelled")

    double.before = cancel
    with pytest.raises(Conflict, match="was cancelled meanwhile"):
        await bump(backend, order_id, "c1")


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_a_step_whose_answer_is_lost_is_not_made_twice(
    double: RestaurantOS, backend: Backend, lost: int
) -> None:
    order_id = double.add("pending")
    double.lose_answers = lost
    assert (await bump(backend, order_id, "c1")).status is OrderStatus.READY
    assert double.idempotency_keys == ["c1:confirmed", "c1:preparing", "c1:ready"]


async def test_one_failure_of_the_server_is_got_over(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("preparing")

    async def fail_once(request: web.Request) -> None:
        if request.method == "PATCH":
            double.before = None
            double.fail(1)

    double.before = fail_once
    assert (await bump(backend, order_id, "c1")).status is OrderStatus.READY


@pytest.mark.parametrize(
    ("status", "kind", "patches"),
    [(500, Refused, 2), (409, BadAnswer, 2), (502, Unreachable, 2), (400, Refused, 1)],
)
async def test_a_server_that_always_fails_is_left_for_later(
    double: RestaurantOS, backend: Backend, status: int, kind: type[BackendError], patches: int
) -> None:
    order_id = double.add("preparing")

    async def fail(request: web.Request) -> None:
        if request.method == "PATCH":
            double.fail(1, status)

    double.before = fail
    with pytest.raises(kind) as caught:
        await bump(backend, order_id, "c1")
    assert caught.value.retryable is (status != 400)
    assert [method for method, _ in double.requests].count("PATCH") == patches


async def test_a_server_that_asks_to_wait_is_not_asked_again(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("preparing")

    async def limit(request: web.Request) -> None:
        if request.method == "PATCH":
            double.fail(1, 429, text="slow down", headers={"Retry-After": "9"})

    double.before = limit
    with pytest.raises(Unreachable, match="slow down"):
        await bump(backend, order_id, "c1")
    assert [method for method, path in double.requests if "/orders/" in path] == ["GET", "PATCH"]


async def test_a_lagging_read_does_not_undo_what_the_answer_told(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("confirmed")
    double.stale_rows = copy.deepcopy(double.orders)
    assert (await bump(backend, order_id, "c1")).status is OrderStatus.READY
    # The read still says `confirmed`, and every step from there is illegal: later, not for ever.
    with pytest.raises(Refused) as caught:
        await bump(backend, order_id, "c2")
    assert caught.value.retryable


async def test_a_server_that_is_unwell_still_gets_its_bumps(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("preparing")

    async def unwell(request: web.Request) -> None:
        if request.path.endswith("/health"):
            double.fail(1, 503)

    double.before = unwell
    assert (await bump(backend, order_id, "c1")).status is OrderStatus.READY


@pytest.mark.parametrize(
    ("base_version", "late", "bumped"),
    [(1, False, True), (1, True, False), (2, True, True)],
)
async def test_a_late_bump_meets_nobody_elses_work(
    double: RestaurantOS, backend: Backend, base_version: int, late: bool, bumped: bool
) -> None:
    order_id = double.add("preparing", version=2)
    if bumped:
        order = await bump(backend, order_id, "c1", base_version, late=late)
        assert order.status is OrderStatus.READY
        return
    with pytest.raises(Conflict) as caught:
        await bump(backend, order_id, "c1", base_version, late=late)
    assert caught.value.conflict is conflicts.Conflict.SUPERSEDED
    assert (await backend.get_order(order_id)).status is OrderStatus.PREPARING


async def test_a_late_bump_that_was_broken_off_goes_on(
    double: RestaurantOS, backend: Backend
) -> None:
    order_id = double.add("pending")
    patches = 0

    async def break_off(request: web.Request) -> None:
        nonlocal patches
        patches += request.method == "PATCH"
        if request.method == "PATCH" and patches == 2:
            double.fail(1, 429, text="slow down", headers={"Retry-After": "9"})

    double.before = break_off
    with pytest.raises(Unreachable):
        await bump(backend, order_id, "c1", late=True)
    assert (await bump(backend, order_id, "c1", late=True)).status is OrderStatus.READY
