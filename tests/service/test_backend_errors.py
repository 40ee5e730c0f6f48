"""How requests are made, and what their failures become."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from kds_tui.services import rest
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import (
    BackendError,
    BadAnswer,
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    Unauthorized,
    Unreachable,
)
from kds_tui.services.credentials import FixedToken
from kds_tui.services.proxy import proxy_for
from kds_tui.services.rest import Timeouts
from tests.doubles.restaurant_os import RESTAURANT_ID, Gate, RestaurantOS, make_token
from tests.service.commands import bump


@pytest.fixture
async def double() -> AsyncIterator[RestaurantOS]:
    async with RestaurantOS() as double:
        yield double


@pytest.fixture
async def backend(double: RestaurantOS) -> AsyncIterator[Backend]:
    async with Backend(double.url, FixedToken(make_token()), RESTAURANT_ID) as backend:
        yield backend


def _json(body: str) -> dict[str, Any]:
    return {"body": body.encode(), "content_type": "application/json"}


_ANSWERS = [
    (401, _json('{"error":{"message":"Token expired","statusCode":401}}'), Unauthorized, "expired"),
    (403, _json('{"error":"CSRF token required"}'), Forbidden, "CSRF token required"),
    (404, _json('{"error":{"message":"Order not found"}}'), NotFound, "Order not found"),
    (404, {"text": "<html>no</html>", "content_type": "text/html"}, NotFound, "HTTP 404"),
    (409, _json('{"error":{"message":"raced","code":"CONFLICT"}}'), Conflict, "raced"),
    (400, _json('{"error":"INVALID","message":"No such status"}'), Refused, "No such status"),
    (400, _json('{"error":[1]}'), Refused, "HTTP 400"),
    (400, _json("[" * 5000), Refused, "HTTP 400"),
    (400, _json('{"error":"\\u001b[2J[/]x"}'), Refused, r"^\[/\]x$"),
    (400, _json('{"error":"' + "y" * 5000 + '"}'), Refused, "^y{199}…$"),
    (500, _json('{"error":{"message":"Internal server error"}}'), Refused, "Internal server"),
    (429, {"text": "Too many requests, \x07wait"}, Unreachable, "Too many requests, wait"),
    (503, {"body": b"\xff\xfe", "content_type": "text/plain"}, Unreachable, "^��$"),
    (502, {"text": "<html>", "content_type": "text/html"}, Unreachable, "HTTP 502"),
    (302, {"headers": {"Location": "http://127.0.0.1:1/"}}, BadAnswer, "check .server. url"),
    (200, {"text": "<html>sign in to the wifi</html>"}, BadAnswer, "cannot be read"),
    (200, {"body": b"[]", "content_type": "application/json"}, BadAnswer, "cannot be read"),
]


@pytest.mark.parametrize(("status", "answer", "kind", "message"), _ANSWERS)
async def test_every_failure_has_a_kind_and_a_clean_sentence(
    double: RestaurantOS,
    backend: Backend,
    status: int,
    answer: dict[str, Any],
    kind: type[BackendError],
    message: str,
) -> None:
    double.fail(1, status, **answer)
    with pytest.raises(kind, match=message) as caught:
        await backend.get_order("o1")
    assert type(caught.value) is kind
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"headers": {"Retry-After": "7"}}, 7),
        ({"headers": {"Retry-After": "999999"}}, 300),
        ({"headers": {"Retry-After": "soon"}}, None),
        ({"headers": {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}}, None),
        (_json('{"error":"Slow","retryAfter":60}'), 60),
        (_json('{"error":"Slow","retryAfter":-1}'), None),
        ({}, None),
    ],
)
async def test_the_wait_that_the_server_asks_for(
    double: RestaurantOS, backend: Backend, answer: dict[str, Any], seconds: float | None
) -> None:
    double.fail(1, 429, **{"text": "slow"} | answer if "body" not in answer else answer)
    with pytest.raises(Unreachable) as caught:
        await backend.get_order("o1")
    assert caught.value.retry_after == seconds


async def test_a_dead_server_is_unreachable() -> None:
    async with RestaurantOS() as double:
        url = double.url
    async with Backend(url, FixedToken("t")) as backend:
        with pytest.raises(Unreachable, match="No answer from http://127"):
            await backend.get_order("o1")


async def test_a_silent_server_is_unreachable_after_the_deadline(double: RestaurantOS) -> None:
    double.before = Gate("GET")
    async with Backend(double.url, FixedToken("t"), timeouts=Timeouts(total=0.1)) as backend:
        with pytest.raises(Unreachable, match="it took too long"):
            await backend.get_order("o1")
    double.before.open.set()


async def test_a_huge_answer_is_not_read_to_its_end(
    double: RestaurantOS, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "MAX_BODY", 100_000)
    double.fail(1, 200, body=b" " * 200_000)
    with pytest.raises(BadAnswer, match="larger than 100000 bytes"):
        await backend.get_order("o1")


async def test_a_redirect_gets_no_token(double: RestaurantOS, backend: Backend) -> None:
    double.fail(1, 307, headers={"Location": f"{double.url}/elsewhere"})
    with pytest.raises(BadAnswer):
        await backend.get_order("o1")
    assert [path for _, path in double.requests] == ["/api/v1/orders/o1"]


async def test_what_a_request_carries(double: RestaurantOS, backend: Backend) -> None:
    seen: list[web.Request] = []

    async def look(request: web.Request) -> None:
        seen.append(request)

    order_id = double.add("preparing")
    double.before = look
    await bump(backend, order_id, "command-1")
    read, changed = (request for request in seen if not request.path.endswith("/health"))
    for request in (read, changed):
        assert request.headers["Authorization"].startswith("Bearer eyJ")
        assert request.headers["X-Restaurant-ID"] == RESTAURANT_ID
        assert request.headers["User-Agent"].startswith("kds-tui/")
        assert not request.query_string, "no token where logs are"
    assert read.headers["X-Request-ID"] != changed.headers["X-Request-ID"]
    assert changed.headers["X-CSRF-Token"] == changed.cookies["csrf_token"]
    assert changed.headers["Idempotency-Key"] == "command-1:ready"


async def test_no_cookie_of_the_server_is_kept(double: RestaurantOS, backend: Backend) -> None:
    # The sign-in sets an auth cookie, which the server prefers to the token, and which is stale.
    await backend.login("2468", RESTAURANT_ID)
    assert await backend.list_orders(lambda: None) == ()


@pytest.mark.parametrize("order_id", ["../health", "a/b", "?x=1", "a b#c", "%2e%2e"])
async def test_an_order_id_stays_one_part_of_the_path(
    double: RestaurantOS, backend: Backend, order_id: str
) -> None:
    double.add("preparing", id=order_id)
    assert (await backend.get_order(order_id)).id == order_id


class _Renewed(FixedToken):
    async def refresh(self) -> str | None:
        return make_token()


async def test_a_refused_token_is_exchanged_once(double: RestaurantOS) -> None:
    order_id = double.add()
    async with Backend(double.url, _Renewed("stale")) as backend:
        assert (await backend.get_order(order_id)).id == order_id
    double.requests.clear()
    double.fail(9, 401)
    async with Backend(double.url, _Renewed("stale")) as backend:
        with pytest.raises(Unauthorized):
            await backend.get_order(order_id)
    assert len(double.requests) == 2


async def test_no_log_line_holds_the_token(
    double: RestaurantOS, backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    double.fail(1)
    with pytest.raises(Refused):
        await backend.get_order("o1")
    lines = [record for record in caplog.records if record.name == "kds_tui.backend"]
    assert len(lines) == 1
    assert "eyJ" not in f"{[vars(line) for line in lines]}"


@pytest.mark.parametrize(
    ("url", "setting", "proxy"),
    [
        ("http://127.0.0.1:3001", "auto", None),
        ("http://[::1]:3001", "auto", None),
        ("ws://192.168.1.20", "auto", None),
        ("http://localhost:1", "auto", None),
        ("http://kitchen.local", "auto", None),
        ("http://backend.example", "auto", "http://proxy:3128"),
        ("wss://backend.example", "auto", "http://proxy:3129"),
        ("https://excepted.example", "auto", None),
        ("https://backend.example", "none", None),
        ("http://127.0.0.1:3001", "http://other:1", "http://other:1"),
    ],
)
def test_which_proxy_is_used(
    monkeypatch: pytest.MonkeyPatch, url: str, setting: str, proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("https_proxy", "http://proxy:3129")
    monkeypatch.setenv("no_proxy", "excepted.example")
    assert proxy_for(url, setting) == proxy
