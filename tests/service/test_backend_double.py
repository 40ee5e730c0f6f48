"""The double has the faults that it stands for, or else the other tests would prove nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.doubles.restaurant_os import PIN, RESTAURANT_ID, RestaurantOS, make_token

ANOTHER = "22222222-2222-4222-8222-222222222222"
CSRF = {"Cookie": "csrf_token=x", "X-CSRF-Token": "x"}


@pytest.fixture
async def double() -> AsyncIterator[RestaurantOS]:
    async with RestaurantOS() as double:
        yield double


@pytest.fixture
async def http(double: RestaurantOS) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {make_token()}"}
    async with aiohttp.ClientSession(f"{double.url}/", headers=headers) as http:
        yield http


async def call(
    http: aiohttp.ClientSession, method: str, path: str, **kwargs: Any
) -> tuple[int, Any]:
    async with http.request(method, f"/api/v1{path}", **kwargs) as response:
        is_json = response.content_type == "application/json"
        return response.status, await (response.json() if is_json else response.text())


async def test_fields_in_snake_case_are_dropped(http: aiohttp.ClientSession) -> None:
    body = {"items": [], "table_number": "4", "customer_name": "Ann", "seatNumber": 2}
    status, row = await call(http, "POST", "/orders", json=body, headers=CSRF)
    assert (status, row["table_number"], row["customer_name"]) == (201, None, None)
    assert row["seat_number"] == 2


@pytest.mark.parametrize("status", ["ready", "pending", "nonsense"])
async def test_an_illegal_step_is_a_masked_500(
    double: RestaurantOS, http: aiohttp.ClientSession, status: str
) -> None:
    path = f"/orders/{double.add('pending')}/status"
    code, body = await call(http, "PATCH", path, json={"status": status}, headers=CSRF)
    assert (code, body["error"]["message"]) == (500, "Internal server error")


async def test_the_list_is_the_newest_50_of_all_statuses(
    double: RestaurantOS, http: aiohttp.ClientSession
) -> None:
    placed = [double.add("pending" if number % 2 else "completed") for number in range(60)]
    _, rows = await call(http, "GET", "/orders")
    assert [row["id"] for row in rows] == placed[:-51:-1]
    assert len((await call(http, "GET", "/orders?status=pending"))[1]) == 30
    assert (await call(http, "GET", "/orders?status=pending,completed"))[1] == []


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": "x"}, CSRF | {"X-CSRF-Token": "y"}])
async def test_a_change_needs_the_csrf_pair(
    http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    status, body = await call(http, "POST", "/orders", json={"items": []}, headers=headers)
    assert status == 403
    assert body["error"].startswith("CSRF token ")


async def test_a_stale_cookie_beats_a_good_token(http: aiohttp.ClientSession) -> None:
    assert (await call(http, "GET", "/orders"))[0] == 200
    headers = {"Cookie": "auth_token=stale"}
    assert (await call(http, "GET", "/orders", headers=headers))[0] == 401


async def test_wrong_pins_are_limited(http: aiohttp.ClientSession) -> None:
    for pin in ("1", "2", "3"):
        body = {"pin": pin, "restaurantId": RESTAURANT_ID}
        assert (await call(http, "POST", "/auth/pin-login", json=body))[0] == 401
    body = {"pin": PIN, "restaurantId": RESTAURANT_ID}
    status, told = await call(http, "POST", "/auth/pin-login", json=body)
    assert (status, told["retryAfter"]) == (429, 300)


async def test_what_is_not_there_is_a_page(http: aiohttp.ClientSession) -> None:
    status, body = await call(http, "GET", "/health/memory")
    assert (status, body[:6]) == (404, "<html>")


async def test_the_websocket_takes_another_restaurant_and_syncs_nothing(
    double: RestaurantOS, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect("/") as socket:
        assert (await socket.receive_json(timeout=10))["type"] == "connected"
        auth = {"type": "auth", "token": make_token(), "restaurant_id": ANOTHER}
        await socket.send_json(auth)
        assert set(await socket.receive_json(timeout=10)) == {"type", "timestamp"}
        await socket.send_json({"type": "orders:sync", "payload": {"request_full_sync": True}})
        synced = await socket.receive_json(timeout=10)
        assert (synced["type"], synced["payload"]) == ("sync_complete", {"status": "synced"})
        row = double.orders[double.add()]
        await double.broadcast("order:created", row)
        told = await socket.receive_json(timeout=10)
        assert set(told) == {"type", "payload", "timestamp"}
        assert told["payload"] == {"order": row}


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        ({"type": "ping"}, {"type": "error", "error": "Authentication required"}),
        (
            {"type": "auth", "token": "forged"},
            {"type": "auth:failed", "error": "Authentication failed"},
        ),
        (
            {"type": "auth", "token": make_token(), "restaurant_id": "grow"},
            {"type": "auth:failed", "error": "Authentication failed"},
        ),
    ],
)
async def test_who_is_not_let_in_is_closed_with_1008(
    http: aiohttp.ClientSession, frame: dict[str, Any], answer: dict[str, Any]
) -> None:
    async with http.ws_connect("/") as socket:
        await socket.receive_json(timeout=10)
        await socket.send_json(frame)
        told = await socket.receive_json(timeout=10)
        assert answer.items() <= told.items()
        await socket.receive(timeout=10)
        assert socket.close_code == 1008
