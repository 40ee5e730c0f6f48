"""A simulated point of sale, its guests and, on request, cooks: a client of the public REST API.

It has no other way into the hub than any till has.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from random import Random
from typing import Any, Final, TypeVar

import aiohttp
import msgspec
from msgspec import Struct

from kds_tui.core.order import OPEN, READY
from kds_tui.hub.guests import (
    Category,
    Dish,
    Table,
    gap_until_next,
    make_addition,
    make_note,
    make_order,
    make_quantity,
    named_categories,
    rate_at,
)
from kds_tui.hub.shift import Deed, SeenOrder, Step, next_steps

logger = logging.getLogger("kds_tui.hub.simulator")

REQUEST_DEADLINE: Final = 5.0
"""Seconds for one request."""

LOOK_INTERVAL: Final = 0.25
"""Fewest seconds between two looks at the orders, however fast the simulation."""

RETRY_INTERVAL: Final = 1.0
"""Seconds until the next try when the hub does not answer."""

T = TypeVar("T")

_CSRF: Final = "simulator"
_UNFINISHED: Final = ",".join(sorted(OPEN | READY))


class _Menu(Struct):
    categories: list[Category]
    items: list[Dish]


class Simulator:
    """Places orders and does with them what people do, until cancelled.

    Args:
        url: the hub's base address.
        token: may create orders and set statuses (role `manager` or `server`).
        seed: the same seed gives the same guests.
        speed: how many simulated seconds pass in one.
        initial: orders placed at once at the beginning.
        autopilot: whether cooks bump too.
        max_open: open orders at which no more guests are let in.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        seed: int = 0,
        speed: float = 1.0,
        initial: int = 14,
        autopilot: bool = False,
        max_open: int = 60,
    ) -> None:
        self._url = f"{url.rstrip('/')}/api/v1"
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Cookie": f"csrf_token={_CSRF}",
            "X-CSRF-Token": _CSRF,
        }
        # Two, so that what the hub answers, and when, does not change what guests order.
        self._guests_rng = Random(seed)
        self._shift_rng = Random(seed + 1)
        self._speed = speed
        self._initial = initial
        self._autopilot = autopilot
        self._max_open = max_open
        self._open = 0
        self.placed = 0
        """Orders that the hub took."""

        self.turned_away = 0
        """Guests who came while too many orders were open."""

        self.refused = 0
        """Requests answered with an error, or not at all."""

        self.done: Counter[Deed] = Counter()
        """How often each deed was done."""

    async def run(self) -> None:
        """Simulate until cancelled. A hub that goes away is waited for.

        Raises:
            aiohttp.ClientError: the menu could not be read at the beginning.
        """
        timeout = aiohttp.ClientTimeout(total=REQUEST_DEADLINE)
        async with aiohttp.ClientSession(
            headers=self._headers, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            menu = await self._get(session, "/menu", _Menu)
            dishes = named_categories(
                [dish for dish in menu.items if dish.available], menu.categories
            )
            tables = await self._get(session, "/tables", list[Table])
            for _ in range(self._initial):
                await self._place(session, dishes, tables)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._guests(session, dishes, tables))
                group.create_task(self._shift(session, dishes))

    async def _guests(
        self, session: aiohttp.ClientSession, dishes: list[Dish], tables: list[Table]
    ) -> None:
        begun = due = time.monotonic()
        while True:
            due += gap_until_next(self._guests_rng, (due - begun) * self._speed) / self._speed
            await asyncio.sleep(due - time.monotonic())
            if self._open >= self._max_open:
                self.turned_away += 1
            else:
                await self._place(session, dishes, tables)

    async def _place(
        self, session: aiohttp.ClientSession, dishes: list[Dish], tables: list[Table]
    ) -> None:
        body = make_order(self._guests_rng, dishes, tables, time.time())
        if await self._ask(session, "POST", "/orders", body):
            self.placed += 1
            self._open += 1

    async def _shift(self, session: aiohttp.ClientSession, dishes: list[Dish]) -> None:
        begun = looked = time.monotonic()
        while True:
            await asyncio.sleep(max(LOOK_INTERVAL, 1.0 / self._speed))
            now = time.monotonic()
            elapsed, looked = (now - looked) * self._speed, now
            try:
                path = f"/orders?status={_UNFINISHED}&limit=1000"
                seen = await self._get(session, path, list[SeenOrder])
            except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError) as error:
                self._failed("GET", "/orders", repr(error))
                await asyncio.sleep(RETRY_INTERVAL)
                continue
            self._open = sum(order.status in OPEN for order in seen)
            for step in next_steps(
                self._shift_rng,
                seen,
                now=time.time(),
                elapsed=elapsed,
                rate=rate_at((now - begun) * self._speed),
                autopilot=self._autopilot,
            ):
                await self._do(session, step, dishes)

    async def _do(self, session: aiohttp.ClientSession, step: Step, dishes: list[Dish]) -> None:
        path = f"/orders/{step.order.id}"
        if step.deed is Deed.CANCEL:
            reason = {"reason": "guest left"}
            done = await self._ask(session, "DELETE", path, reason)
        elif step.deed is Deed.ADD:
            done = await self._ask(
                session, "POST", f"{path}/items", make_addition(self._shift_rng, dishes)
            )
        elif step.deed is Deed.RECOUNT:
            line = self._shift_rng.choice(step.order.items)
            body = {"quantity": make_quantity(self._shift_rng, line.quantity)}
            done = await self._ask(session, "PATCH", f"{path}/items/{line.id}", body)
        elif step.deed is Deed.VOID:
            line = self._shift_rng.choice(step.order.items)
            done = await self._ask(session, "DELETE", f"{path}/items/{line.id}", {})
        elif step.deed is Deed.PAY:
            paid = {"payment_status": "paid", "payment_method": "card"}
            done = await self._ask(session, "PATCH", f"{path}/payment", paid)
        elif step.deed is Deed.FIRE:
            done = await self._ask(session, "POST", f"{path}/fire", {})
        elif step.deed is Deed.FIRE_COURSE:
            course = {"course": step.order.next_course} if step.order.next_course else {}
            done = await self._ask(session, "POST", f"{path}/fire", course)
        elif step.deed is Deed.HOLD_COURSE:
            course = {"course": step.order.last_course}
            done = await self._ask(session, "POST", f"{path}/hold", course)
        elif step.deed is Deed.CHANGE:
            body = {"status": step.order.status, "notes": make_note(self._shift_rng)}
            done = await self._ask(session, "PATCH", f"{path}/status", body)
        else:
            done = True
            for status in step.statuses():
                # A display may have been faster: what is left of the walk is then refused.
                if done:
                    done = await self._ask(session, "PATCH", f"{path}/status", {"status": status})
        self.done[step.deed] += done

    async def _get(self, session: aiohttp.ClientSession, path: str, shape: type[T]) -> T:
        async with session.get(self._url + path) as answer:
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=shape)

    async def _ask(
        self, session: aiohttp.ClientSession, method: str, path: str, body: dict[str, Any]
    ) -> bool:
        try:
            async with session.request(method, self._url + path, json=body) as answer:
                if answer.status < 400:
                    return True
                reason = f"{answer.status} {await answer.text()}"
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = repr(error)
            await asyncio.sleep(RETRY_INTERVAL)
        self._failed(method, path, reason)
        return False

    def _failed(self, method: str, path: str, reason: str) -> None:
        self.refused += 1
        logger.info("%s %s: %s", method, path, reason[:200])
