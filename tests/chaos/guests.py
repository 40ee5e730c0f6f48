"""The front of the house: guests order, change their minds, cancel, and are served."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import aiohttp

from tests.chaos.hub import Hub

OPEN_WANTED: Final = 45
"""Tickets that the kitchen is kept busy with."""

MOST_READY: Final = 15
"""Bumped orders that wait at the pass; more are served."""

LOOK_EVERY: Final = 0.3
REQUEST_TIME: Final = 5.0
TRIES: Final = 200
RETRY_AFTER: Final = 0.25

DISHES: Final = (
    ("burger", "Burger", 12.5),
    ("ribeye", "Ribeye", 29.0),
    ("fries", "Fries", 4.5),
    ("lemonade", "Lemonade", 3.5),
)

_log = logging.getLogger("chaos.guests")


class Guests:
    """Keeps the kitchen busy over the hub's public API; every change carries its key and is sent
    again until it is answered.

    Args:
        hub: takes the orders.
        seed: decides what they order.
    """

    def __init__(self, hub: Hub, seed: str) -> None:
        self._hub = hub
        self._random = Random(seed)
        self.at_work = asyncio.Lock()
        """Held while they order: who takes it has peace."""

        self._http: aiohttp.ClientSession | None = None
        self.placed: list[str] = []
        """Ids of the orders that the hub said it has."""

        self.done: Counter[str] = Counter()
        self.unanswered = 0

    async def run(self) -> None:
        """Order and be served, until cancelled."""
        timeout = aiohttp.ClientTimeout(total=REQUEST_TIME)
        async with aiohttp.ClientSession(timeout=timeout) as self._http:
            while True:
                async with self.at_work:
                    await self._look()
                await asyncio.sleep(LOOK_EVERY)

    async def orders(self, *statuses: str) -> list[dict[str, Any]]:
        """List the orders of some statuses."""
        found: list[dict[str, Any]] = []
        for status in statuses:
            found += await self._ask("GET", f"/orders?status={status}&limit=1000") or []
        return found

    async def _look(self) -> None:
        open_orders = await self.orders("pending", "confirmed", "preparing")
        ready = await self.orders("ready")
        for _ in range(min(8, OPEN_WANTED - len(open_orders))):
            placed = await self._ask("POST", "/orders", self._wanted())
            if placed is not None and "id" in placed:
                self.placed.append(placed["id"])
                self.done["placed"] += 1
        for order in ready[: max(0, len(ready) - MOST_READY)]:
            path = f"/orders/{order['id']}/status"
            await self._count("served", "PATCH", path, {"status": "completed"})
        if open_orders and self._random.random() < 0.3:
            order = self._random.choice(open_orders)
            await self._count("cancelled", "DELETE", f"/orders/{order['id']}", {"reason": "chaos"})
        if open_orders and self._random.random() < 0.6:
            order = self._random.choice(open_orders)
            lines = {"items": [self._line("more")]}
            await self._count("changed", "POST", f"/orders/{order['id']}/items", lines)

    async def _count(self, what: str, method: str, path: str, body: dict[str, Any]) -> None:
        if await self._ask(method, path, body) is not None:
            self.done[what] += 1

    def _wanted(self) -> dict[str, Any]:
        table = self._random.randint(1, 24)
        lines = [self._line(str(number)) for number in range(self._random.randint(1, 5))]
        order: dict[str, Any] = {"type": "dine-in", "tableNumber": str(table), "items": lines}
        if self._random.random() < 0.15:
            pickup = datetime.now(UTC) + timedelta(hours=self._random.uniform(0.5, 3))
            order |= {"type": "takeout", "scheduledPickupTime": pickup.isoformat()}
        return order

    def _line(self, line_id: str) -> dict[str, Any]:
        menu_item, name, price = self._random.choice(DISHES)
        quantity = self._random.choice([1, 1, 2, 3])
        return {
            "id": line_id,
            "menu_item_id": menu_item,
            "name": name,
            "quantity": quantity,
            "price": price,
        }

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask until there is an answer; None when the hub refused, or never answered."""
        assert self._http is not None
        headers = {"Authorization": f"Bearer {self._hub.token}"}
        if body is not None:
            key = str(uuid.UUID(int=self._random.getrandbits(128)))
            pair = {"Cookie": "csrf_token=pair", "X-CSRF-Token": "pair"}
            headers |= {"Idempotency-Key": f"guest-{key}", **pair}
        for _ in range(TRIES):
            try:
                url = f"{self._hub.url}/api/v1{path}"
                async with self._http.request(method, url, json=body, headers=headers) as answer:
                    if answer.status < 500 and answer.status != 429:
                        return await answer.json() if answer.ok else None
                    self.done[f"HTTP {answer.status}"] += 1
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                _log.info("no answer: %s", error)
            await asyncio.sleep(RETRY_AFTER)
        self.unanswered += 1
        return None
