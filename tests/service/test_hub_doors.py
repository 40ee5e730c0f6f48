"""Every route asks for a token, a scope and the right restaurant; names, rates, slow clients."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from kds_tui.hub import answers
from kds_tui.hub import websocket as websocket_module
from kds_tui.hub.auth import TokenMint
from kds_tui.hub.gate import HERE_OPEN_ROUTES, OPEN_ROUTES
from kds_tui.hub.rest_health import HealthRoutes
from tests.service.hub_kitchen import PATIENCE, Kitchen, kitchen
from voice_tui.serving import idle as idle_module
from voice_tui.serving.request_limiter import Rate, RequestLimiter

ELSEWHERE = {"X-Forwarded-For": "192.168.1.20"}
"""As a proxy on the hub's machine says that somebody else asks."""


def routes(here: Kitchen) -> list[tuple[str, str]]:
    """Every route that the hub serves, but the preflights and the `HEAD` of each `GET`."""
    assert here.hub.app is not None
    found: list[tuple[str, str]] = []
    for route in here.hub.app.router.routes():
        assert route.resource is not None
        if route.method != "HEAD":
            found.append((route.method, route.resource.canonical))
    return found


async def call(here: Kitchen, method: str, path: str, **headers: str) -> int:
    """Ask without a token, but with the CSRF pair."""
    url = here.hub.url + re.sub(r"\{\w+\}", "x", path)
    pair = {"Cookie": "csrf_token=pair", "X-CSRF-Token": "pair"}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as stranger,
        stranger.request(method, url, headers={**pair, **headers}, allow_redirects=False) as answer,
    ):
        return answer.status


async def test_every_route_needs_a_token_but_those_written_down(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        found = routes(here)
        assert {*OPEN_ROUTES, *HERE_OPEN_ROUTES} <= set(found), "a route that is not there any more"
        for method, path in found:
            for method_sent in (method, "HEAD") if method == "GET" else (method,):
                status = await call(here, method_sent, path, **ELSEWHERE)
                wanted_open = (method, path) in OPEN_ROUTES
                assert (status != 401) is wanted_open, f"{method_sent} {path}: {status}"


async def test_a_route_that_somebody_adds_needs_a_token_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def secrets(_: web.Request) -> web.Response:
        return web.Response(text="all of them")

    original = HealthRoutes.routes
    added = web.get("/api/v1/secrets", secrets)
    monkeypatch.setattr(HealthRoutes, "routes", lambda self: [*original(self), added])
    async with kitchen(tmp_path) as here:
        assert await call(here, "GET", "/api/v1/secrets") == 401
        assert (await here.ask("GET", "/secrets"))[0] == 200


async def test_figures_are_told_to_programs_on_the_same_machine(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        for method, path in HERE_OPEN_ROUTES:
            assert await call(here, method, path) == 200
            assert await call(here, method, path, **ELSEWHERE) == 401
            assert (await here.ask_at(method, path, **ELSEWHERE))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "hub.example"}, 200),
        ({"Host": "hub.example", "Origin": "http://hub.example"}, 200),
    ],
)
async def test_a_name_that_only_resolves_to_the_hub_is_refused(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with kitchen(tmp_path, allowed_hosts=("hub.example",)) as here:
        assert (await here.ask("GET", "/orders", **headers))[0] == status
        if status != 200:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await here.session.ws_connect(here.hub.url, headers=headers)
            assert refused.value.status == status


async def test_where_others_may_connect_a_page_is_known_by_its_origin(tmp_path: Path) -> None:
    async with kitchen(tmp_path, host="0.0.0.0") as here:
        for headers, status in (
            ({"Host": "hub.example"}, 200),  # a display that found it by name
            ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
            ({"Host": "192.168.1.20:3001", "Origin": "http://192.168.1.20:3001"}, 200),
        ):
            assert (await here.ask("GET", "/orders", **headers))[0] == status


async def test_too_many_requests_are_told_to_wait(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        limiter = here.hub.requests
        limiter._here = Rate(0.5, 3)
        limiter._buckets.clear()
        answers = [await here.ask("GET", "/orders") for _ in range(4)]
        assert [status for status, _, _ in answers] == [200, 200, 200, 429]
        _, body, headers = answers[-1]
        assert body["error"] == "Too many requests"
        assert headers["Retry-After"] == str(body["retryAfter"]) == "2"
        assert limiter.refused == 1


async def open_raw(here: Kitchen, sent: bytes) -> asyncio.StreamReader:
    host, port = here.hub.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    await writer.drain()
    RAW.append(writer)
    return reader


RAW: list[asyncio.StreamWriter] = []


@pytest.fixture(autouse=True)
async def closed_sockets() -> Any:
    """Close what a test opened."""
    yield
    while RAW:
        writer = RAW.pop()
        writer.close()
        try:
            await writer.wait_closed()
        except OSError:
            continue


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Wait for the hub to close; what it sent."""
    async with asyncio.timeout(PATIENCE):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


async def test_headers_that_never_end_are_cut_and_others_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_module, "FIRST_REQUEST", 0.5)
    async with kitchen(tmp_path) as here:
        begun = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
        slow = [await open_raw(here, begun) for _ in range(50)]
        silent = [await open_raw(here, b"") for _ in range(50)]
        assert (await here.ask("GET", "/orders"))[0] == 200
        for reader in (*slow, *silent):
            assert await ended(reader) == b""
        memory = (await here.ask("GET", "/health/memory"))[1]
        assert memory["idle_cut"] == 100
        assert (await here.ask("GET", "/orders"))[0] == 200


async def test_a_body_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "BODY_DEADLINE", 0.3)
    async with kitchen(tmp_path) as here:
        head = (
            f"POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
            f"Authorization: Bearer {here.token}\r\n"
            "Cookie: csrf_token=p\r\nX-CSRF-Token: p\r\n\r\n{"
        )
        reader = await open_raw(here, head.encode())
        async with asyncio.timeout(PATIENCE):
            assert b" 408 " in await reader.readline()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 200 + b"\r\n\r\n",
    ],
    ids=["address", "one header", "many headers", "not HTTP"],
)
async def test_headers_are_bounded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    async with kitchen(tmp_path) as here:
        reader = await open_raw(here, sent)
        answer = await ended(reader)
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400")) or answer == b""
        memory = (await here.ask("GET", "/health/memory"))[1]
        tls_greeting = sent.startswith(b"\x16")  # of which the library itself says nothing
        assert memory["bad_requests"] == (0 if tls_greeting else 1)
    logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not logged, "what a stranger sends does not fill the log"


LOGIN = b"POST /api/v1/auth/pin-login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
ORDERS = b"GET /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        LOGIN.replace(b"pin-login", b"logout")
        + b"Cookie: csrf_token=p\r\nX-CSRF-Token: \xff\r\n\r\n",
        ORDERS + b"Authorization: Bearer \xff\r\n\r\n",
        ORDERS + b"Cookie: auth_token=\xff\r\n\r\n",
        ORDERS + b"Idempotency-Key: \xff\r\n\r\n",
        LOGIN + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        ORDERS.replace(b"api/v1/orders", b"")
        + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: ü\r\n\r\n".encode(),
    ],
    ids=["pair", "token", "cookie", "key", "packed body", "websocket"],
)
async def test_what_is_no_text_is_answered_and_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    async with kitchen(tmp_path) as here:
        reader = await open_raw(here, sent)
        async with asyncio.timeout(PATIENCE):
            status = (await reader.readline()).split()[1]
            assert status in (b"400", b"403")
    logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not logged, "what a stranger sends does not fill the log"


async def test_a_till_that_is_gone_in_the_midst_of_its_order_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with kitchen(tmp_path) as here:
        await open_raw(here, LOGIN + b"Content-Length: 1000\r\n\r\n{")
        assert (await here.ask("GET", "/orders"))[0] == 200  # the hub has read it by now
        RAW[-1].transport.abort()
        async with asyncio.timeout(PATIENCE):
            while (await here.ask("GET", "/health/memory"))[1]["bad_requests"] == 0:
                pass
    logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not logged, "a link that was lost is nobody's fault"


async def test_strangers_do_not_take_every_place_on_the_websocket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_module, "MAX_STRANGERS", 3)
    async with kitchen(tmp_path) as here:
        shown = [await here.display() for _ in range(4)]
        strangers = [await here.stranger() for _ in range(3)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await here.stranger()
        assert refused.value.status == 503
        assert refused.value.headers is not None
        assert refused.value.headers["Retry-After"] == "10"
        await strangers[0].socket.send_json({"type": "auth", "token": here.token})
        assert (await strangers[0].next())["type"] == "auth:success"
        await here.stranger()
        await here.order()
        for display in shown:
            await display.until(lambda frame: frame["type"] == "order:created")


async def test_one_address_has_so_many_websockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_module, "MAX_PER_CLIENT", 3)
    monkeypatch.setattr(websocket_module, "MAX_STRANGERS_PER_CLIENT", 1)
    monkeypatch.setattr(websocket_module, "client_of", lambda address: "192.168.1.20")
    async with kitchen(tmp_path) as here:
        await here.stranger()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await here.stranger()
    async with kitchen(tmp_path / "second") as here:
        for _ in range(3):
            await here.display()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await here.stranger()


async def test_a_token_of_another_restaurant_sees_nothing_here(tmp_path: Path) -> None:
    """Two hubs; and one whose secret came from the other's database with another restaurant."""
    async with AsyncExitStack() as exits:
        first = await exits.enter_async_context(kitchen(tmp_path / "one"))
        second = await exits.enter_async_context(kitchen(tmp_path / "two"))
        secret_of_first = first.hub._known_restaurant().secret
        row = await first.order(customerName="Ada")
        foreign = [second.token]
        inside = first.hub._tokens
        assert inside is not None
        known_id = next(iter(inside._inside))
        swapped = TokenMint(secret_of_first, second.hub.restaurant_id, 3600)
        foreign.append(swapped.issue("manager", time.time(), known_id)[0])
        for token in foreign:
            bearer = {"Authorization": f"Bearer {token}"}
            for headers in (
                bearer,
                {**bearer, "X-Restaurant-ID": first.hub.restaurant_id},
                {**bearer, "X-Restaurant-ID": second.hub.restaurant_id},
                {"Authorization": "", "Cookie": f"auth_token={token}; csrf_token=pair"},
            ):
                for method, path in routes(first):
                    if (method, path) in {*OPEN_ROUTES, *HERE_OPEN_ROUTES}:
                        continue
                    filled = path.removeprefix("/api/v1").replace("{id}", row["id"])
                    filled = filled.replace("{item_id}", "line-1")
                    status, body, _ = await first.ask(method, filled, **headers)
                    assert status in (401, 403), f"{method} {path} {headers}"
                    assert "Ada" not in str(body)
            for named in (None, first.hub.restaurant_id, second.hub.restaurant_id):
                display = await first.stranger()
                auth = {"type": "auth", "token": token, "restaurant_id": named}
                await display.socket.send_json(auth)
                await first.order(customerName="Ada")
                assert await display.close_code() == 1008
                assert [frame["type"] for frame in display.frames] == ["connected", "auth:failed"]


async def test_the_right_token_with_another_restaurants_id_is_refused(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        other = "11111111-1111-1111-1111-111111111111"
        status, body, _ = await here.ask("GET", "/orders", X_Restaurant_ID=other)
        assert (status, body["error"]["code"]) == (403, "RESTAURANT_ACCESS_DENIED")
        assert (await here.ask("GET", f"/restaurants/{other}/public"))[0] == 404
        display = await here.stranger()
        auth = {"type": "auth", "token": here.token, "restaurant_id": other}
        await display.socket.send_json(auth)
        await here.order()
        assert await display.close_code() == 1008


def test_a_limiter_that_nobody_fills_lets_everything_in() -> None:
    limiter = RequestLimiter()
    assert not any(limiter.wait("terminal", second / 170) for second in range(5000))
