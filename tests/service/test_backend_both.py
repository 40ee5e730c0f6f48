"""Backend and delivery together, against our hub and against the faults of Restaurant OS alike."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.board import Board, FeedEvent
from kds_tui.core.command import Answered, Command, Declined, Outcome, Verb
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.kitchen import Kitchen as KitchenState
from kds_tui.core.link import LinkState
from kds_tui.core.order import OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import NotOffered
from kds_tui.services.credentials import FixedToken
from kds_tui.services.delivery import Delivery
from kds_tui.services.kitchen_link import KitchenLink, Listener
from kds_tui.services.looked_up import LookedUp
from tests.doubles.restaurant_os import PIN, RESTAURANT_ID, RestaurantOS, make_token
from tests.service.commands import bump, recall

SOUP = {"id": "i1", "menu_item_id": "m1", "name": "Soup", "quantity": 1, "price": 5.0}


@dataclass
class Kitchen:
    """A server, a display's backend on it, and a till that works through the public API."""

    url: str
    token: str
    restaurant_id: str
    pin: str
    backend: Backend
    till: aiohttp.ClientSession

    async def place(self, status: str = "pending") -> str:
        """Place an order and take it to a status."""
        body = {"type": "dine-in", "items": [SOUP], "tableNumber": "12", "customerName": "Ann"}
        order_id = (await self._call("POST", "/orders", body))["id"]
        for step in ("confirmed", "preparing", "ready", "completed"):
            if status in ("pending", "cancelled"):
                break
            await self.move(order_id, step)
            if step == status:
                break
        if status == "cancelled":
            await self.move(order_id, status)
        return order_id

    async def move(self, order_id: str, status: str) -> None:
        await self._call("PATCH", f"/orders/{order_id}/status", {"status": status})

    async def _call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Cookie": "csrf_token=x",
            "X-CSRF-Token": "x",
        }
        address = f"{self.url}/api/v1{path}"
        async with self.till.request(method, address, json=body, headers=headers) as response:
            assert response.status < 300, await response.text()
            return await response.json()


@asynccontextmanager
async def hub(tmp_path: Path) -> AsyncIterator[tuple[str, str, str, str]]:
    async with HubServer(HubSettings(port=0, data_dir=tmp_path)) as server:
        token = await server.issue_token()
        yield server.url, token, server.restaurant_id, server.first_run_pin or ""


@asynccontextmanager
async def restaurant_os(_: Path) -> AsyncIterator[tuple[str, str, str, str]]:
    async with RestaurantOS() as server:
        yield server.url, make_token(), RESTAURANT_ID, PIN


@pytest.fixture(params=[restaurant_os, hub], ids=["restaurant-os", "hub"])
async def kitchen(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with (
        request.param(tmp_path) as (url, token, restaurant_id, pin),
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as till,
        Backend(url, FixedToken(token), restaurant_id) as backend,
    ):
        yield Kitchen(url, token, restaurant_id, pin, backend, till)


async def test_a_placed_order_is_listed_with_its_table_and_items(kitchen: Kitchen) -> None:
    order_id = await kitchen.place()
    (order,) = await kitchen.backend.list_orders(lambda: None)
    assert (order.id, order.table_number, order.customer_name) == (order_id, "12", "Ann")
    assert [item.name for item in order.items] == ["Soup"]


async def test_more_orders_than_a_page_are_listed(kitchen: Kitchen) -> None:
    placed = {await kitchen.place() for _ in range(125)}
    orders = await kitchen.backend.list_orders(lambda: None)
    assert {order.id for order in orders} == placed


@pytest.mark.parametrize("status", ["pending", "confirmed", "preparing", "ready", "completed"])
async def test_a_bump_is_safe_to_repeat(kitchen: Kitchen, status: str) -> None:
    order_id = await kitchen.place(status)
    for key in ("c1", "c1", "c2"):
        order = await bump(kitchen.backend, order_id, key)
        assert order.status in (OrderStatus.READY, OrderStatus.COMPLETED)


async def test_four_terminals_bump_the_same_order(kitchen: Kitchen) -> None:
    order_id = await kitchen.place()
    bumps = (bump(kitchen.backend, order_id, f"terminal {number}") for number in range(4))
    orders = await asyncio.gather(*bumps)
    assert {order.status for order in orders} == {OrderStatus.READY}
    # pending -> confirmed -> preparing -> ready, whoever made each step
    steps = 1 if "bump" in await kitchen.backend.capabilities() else 3
    assert (await kitchen.backend.get_order(order_id)).version == 1 + steps


async def test_a_recall_where_it_is_offered(kitchen: Kitchen) -> None:
    order_id = await kitchen.place("ready")
    if "recall" not in await kitchen.backend.capabilities():
        with pytest.raises(NotOffered):
            await recall(kitchen.backend, order_id, "c1")
        return
    for key in ("c1", "c1", "c2"):
        order = await recall(kitchen.backend, order_id, key)
        assert (order.status, order.recalled) == (OrderStatus.PREPARING, True)
    assert (await bump(kitchen.backend, order_id, "c3")).status is OrderStatus.READY


async def test_sign_in_by_pin(kitchen: Kitchen) -> None:
    token = await kitchen.backend.login(kitchen.pin, kitchen.restaurant_id)
    assert token.restaurant_id == kitchen.restaurant_id
    async with Backend(kitchen.url, FixedToken(token.reveal())) as backend:
        assert await backend.list_orders(lambda: None) == ()


async def test_a_shift_of_bumps_is_delivered(kitchen: Kitchen) -> None:
    statuses = ["pending", "confirmed", "preparing", "ready", "cancelled"]
    placed = {await kitchen.place(status): status for status in statuses * 4}
    outbox, outcomes, done = Outbox(), list[Outcome](), asyncio.Event()

    def take(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if not len(outbox):
            done.set()

    delivery = Delivery(outbox, kitchen.backend, take)
    for number, order_id in enumerate([*placed, "nowhere"]):
        outbox.add(Command(f"c{number}", Verb.BUMP, order_id, f"TABLE {number}", 1, 0.0))
    delivery.set_live(True)
    async with asyncio.timeout(30):
        await done.wait()
    await delivery.close()
    ready = {outcome.command.order_id for outcome in outcomes if isinstance(outcome, Answered)}
    assert ready == {order_id for order_id, status in placed.items() if status != "cancelled"}
    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, Declined)]
    assert sorted(reason.split(" ", 2)[2] for reason in reasons) == [
        "is not on the server any more",
        *["was cancelled meanwhile: do not send it out."] * 4,
    ]
    listed = await kitchen.backend.list_orders(lambda: None)
    assert {order.id: order.status for order in listed} == dict.fromkeys(ready, OrderStatus.READY)


async def test_an_order_comes_down_the_websocket_and_its_bump_goes_up(kitchen: Kitchen) -> None:
    board, outbox, changed = Board(), Outbox(), asyncio.Event()
    before = await kitchen.place("preparing")

    def feed(event: FeedEvent) -> None:
        board.apply(event)
        changed.set()

    def take(outcome: Outcome) -> None:
        assert isinstance(outcome, Answered)
        feed(OrderUpserted(outcome.order, created=False))

    async def until(order_id: str, status: OrderStatus) -> None:
        async with asyncio.timeout(30):
            while len(outbox) or getattr(board.get(order_id), "status", None) is not status:
                changed.clear()
                await changed.wait()

    nobody = lambda *_: None  # noqa: E731 - the part of the listener that this is not about
    server = ServerSettings(url=kitchen.url, restaurant_id=kitchen.restaurant_id)
    listener = Listener(feed, nobody, nobody, take, nobody)
    tokens = FixedToken(kitchen.token)
    looked_up = LookedUp(KitchenState(), time.time)
    settings = LinkSettings()
    async with KitchenLink(server, settings, tokens, outbox, board, listener, looked_up) as link:
        assert (await link.connect(30)).state is LinkState.LIVE
        await until(before, OrderStatus.PREPARING)
        meanwhile = await kitchen.place()
        await until(meanwhile, OrderStatus.PENDING)
        for number, order_id in enumerate((before, meanwhile)):
            outbox.add(Command(f"c{number}", Verb.BUMP, order_id, "TABLE 12", 1, 0.0))
            link.deliver()
            await until(order_id, OrderStatus.READY)
