"""Orders reach the backend once, whatever becomes of the answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from voice_tui.services import orders as orders_module
from voice_tui.services.orders import OrderError, OrderUncertain, RestOrderDesk

BODY = {"type": "voice", "items": [], "metadata": {"source": "voice"}}
MENU = {"categories": [], "items": [{"id": "1", "name": "Cola", "price": 2.5}]}


class Backend:
    """Keeps orders; `keys` makes it answer a known key from memory, as the hub does."""

    def __init__(self) -> None:
        self.url = ""
        self.orders: list[dict[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.loses: list[str] = []
        """What happens to the next answers to a POST: `after` or `before` the order is kept."""
        self.remembers_keys = False
        self.list_status = 200
        self.refusal: tuple[int, str] | None = None

    async def menu(self, request: web.Request) -> web.Response:
        return web.json_response(MENU)

    async def listing(self, request: web.Request) -> web.Response:
        return web.json_response(self.orders, status=self.list_status)

    async def place(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append((request.method, dict(request.headers), body))
        if self.refusal is not None:
            return web.Response(status=self.refusal[0], text=self.refusal[1])
        fault = self.loses.pop(0) if self.loses else ""
        if fault == "before":
            return web.Response(status=503)
        key = request.headers["Idempotency-Key"]
        known = [order for order in self.orders if order["key"] == key]
        if not (known and self.remembers_keys):
            number = f"20261123-{len(self.orders) + 1:04}"
            order = {"id": f"o{len(self.orders)}", "order_number": number, "key": key}
            self.orders.append(order | {"metadata": json.loads(body)["metadata"]})
        if fault == "after" and request.transport is not None:
            request.transport.close()
        return web.json_response((known or self.orders)[-1], status=201)


@pytest.fixture
async def backend(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Backend]:
    monkeypatch.setattr(orders_module, "RETRY_S", 0.0)
    backend = Backend()
    app = web.Application()
    app.router.add_get("/api/v1/menu", backend.menu)
    app.router.add_get("/api/v1/orders", backend.listing)
    app.router.add_post("/api/v1/orders", backend.place)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    backend.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield backend
    await runner.cleanup()


@pytest.fixture
async def desk(backend: Backend) -> AsyncIterator[RestOrderDesk]:
    async def token() -> str:
        return "jwt"

    async with RestOrderDesk(backend.url, "r1", token) as desk:
        yield desk


async def test_the_menu(desk: RestOrderDesk) -> None:
    assert [item.name for item in (await desk.menu()).items] == ["Cola"]


async def test_an_order_is_placed_with_all_that_the_backend_asks_for(
    backend: Backend, desk: RestOrderDesk
) -> None:
    placed = await desk.place(BODY, "key-1")
    assert (placed.id, placed.order_number) == ("o0", "20261123-0001")
    ((_, headers, body),) = backend.requests
    assert headers["Idempotency-Key"] == "key-1"
    assert headers["Cookie"] == f"csrf_token={headers['X-CSRF-Token']}"
    assert headers["Authorization"] == "Bearer jwt"
    assert headers["X-Restaurant-ID"] == "r1"
    assert headers["X-Client-Flow"] == "server"
    assert json.loads(body)["metadata"] == {"source": "voice", "voice_key": "key-1"}


@pytest.mark.parametrize("remembers_keys", [True, False])
@pytest.mark.parametrize("fault", ["before", "after"])
async def test_an_answer_that_is_lost_places_no_second_order(
    backend: Backend, desk: RestOrderDesk, fault: str, remembers_keys: bool
) -> None:
    backend.loses, backend.remembers_keys = [fault], remembers_keys
    placed = await desk.place(BODY, "key-1")
    assert [order["id"] for order in backend.orders] == [placed.id]
    assert len({body for _, _, body in backend.requests}) == 1
    assert (desk.orders_started, desk.orders_placed, desk.orders_failed) == (1, 1, 0)


async def test_what_nobody_can_tell_is_not_sent_again(
    backend: Backend, desk: RestOrderDesk
) -> None:
    backend.loses, backend.list_status = ["after"], 403
    with pytest.raises(OrderUncertain, match="may have been placed or not"):
        await desk.place(BODY, "key-1")
    assert len(backend.orders) == 1
    assert desk.orders_failed == 1


async def test_a_person_who_sends_it_again_places_no_second_order(
    backend: Backend, desk: RestOrderDesk
) -> None:
    backend.loses, backend.list_status = ["after"], 403
    for _ in range(2):
        with pytest.raises(OrderUncertain):
            await desk.place(BODY, "key-1")
    backend.list_status = 200
    assert (await desk.place(BODY, "key-1")).id == "o0"
    assert len(backend.orders) == 1


async def test_two_lost_answers_leave_it_to_a_person(backend: Backend, desk: RestOrderDesk) -> None:
    backend.loses = ["before", "before"]
    with pytest.raises(OrderUncertain, match="look at the kitchen"):
        await desk.place(BODY, "key-1")


async def test_a_refusal_is_told_and_not_repeated(backend: Backend, desk: RestOrderDesk) -> None:
    backend.refusal = (400, '{"error":{"message":"no items"}}')
    with pytest.raises(OrderError, match="HTTP 400: no items"):
        await desk.place(BODY, "key-1")
    assert len(backend.requests) == 1


async def test_no_backend(backend: Backend) -> None:
    async def token() -> str:
        return ""

    async with RestOrderDesk("http://127.0.0.1:9", "", token) as desk:
        with pytest.raises(OrderError, match="No answer"):
            await desk.menu()
