"""The backend as voice ordering needs it: the menu, and a place to put a confirmed order."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self, cast

from aiohttp import ClientSession

from voice_tui.core.menu import Menu, MenuError, menu_of
from voice_tui.core.text import clean
from voice_tui.pinning import ServerTrust
from voice_tui.services.http import (
    Answer,
    NoAnswer,
    Request,
    TokenGiver,
    ask,
    json_body,
    new_session,
)

_log = logging.getLogger("voice_tui.orders")

DEADLINE: Final = 4.0
"""Seconds for one request: less than a third of what a function call may take, for two tries and a
look in between."""

RETRY_S: Final = 0.5
"""Seconds before an order that was not answered is looked for: it may still be under way."""

RECENT: Final = 50
"""Newest orders that are looked through."""

METADATA_KEY: Final = "voice_key"
"""Where an order carries its key, for servers that do not remember keys themselves."""


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that the backend has."""

    id: str
    order_number: str


class OrderError(Exception):
    """The backend did not do it. The text is one sentence for a person, printable."""


class OrderUncertain(OrderError):
    """The order may have been placed or not: a person has to look before it is sent again."""


class OrderDesk(Protocol):
    """Where orders go."""

    async def menu(self) -> Menu:
        """Get the menu as it is now.

        Raises:
            OrderError: it cannot be had.
        """
        ...

    async def place(self, body: Mapping[str, object], key: str) -> PlacedOrder:
        """Place an order, once however often it is called with the same body and key.

        Args:
            body: of `POST /api/v1/orders`.
            key: the same for every try of one order.

        Raises:
            OrderUncertain: nobody can tell whether it was placed.
            OrderError: it was not placed.
        """
        ...


class RestOrderDesk:
    """The hub or a Restaurant OS server over HTTP; to be used in `async with`.

    The hub answers a repeated key with the stored result. Restaurant OS knows no keys and would
    place the order twice: so an order that was not answered is looked for among the newest ones
    before it is sent again.

    Args:
        url: the backend's address without `/api`.
        restaurant_id: empty takes the one of the token.
        token: gives the token.
        certificate: the backend's, in PEM; None for one that the public authorities vouch for.
    """

    def __init__(
        self, url: str, restaurant_id: str, token: TokenGiver, certificate: Path | None = None
    ) -> None:
        self._trust = ServerTrust(url, certificate)
        self._api = f"{url.rstrip('/')}/api/v1"
        self._restaurant_id = restaurant_id
        self._token = token
        self._http: ClientSession | None = None
        self._uncertain: set[str] = set()
        self.orders_started = 0
        """Orders that were to be placed."""
        self.orders_placed = 0
        """Those that the backend has."""
        self.last_number = ""
        """The number of the order placed last."""
        self.orders_failed = 0
        """Those that it has not, or not for certain."""

    async def __aenter__(self) -> Self:
        self._http = new_session()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.close()

    async def menu(self) -> Menu:
        """Get the menu as it is now."""
        try:
            answer = await self._ask("GET", "/menu")
        except NoAnswer as error:
            raise OrderError(str(error)) from error
        if not answer.ok:
            raise OrderError(answer.sentence("The menu's server"))
        try:
            return menu_of(answer.json())
        except MenuError as error:
            raise OrderError(f"The menu cannot be read: {error}.") from error

    async def place(self, body: Mapping[str, object], key: str) -> PlacedOrder:
        """Place an order, once however often it is called with the same body and key."""
        self.orders_started += 1
        try:
            placed = await self._place(body, key)
        except OrderError as error:
            self.orders_failed += 1
            if isinstance(error, OrderUncertain):
                self._uncertain.add(key)
            _log.error("order not placed", extra={"key": key, "reason": str(error)})
            raise
        self.orders_placed += 1
        self.last_number = placed.order_number
        _log.info("order placed", extra={"key": key, "order_number": placed.order_number})
        return placed

    async def _place(self, body: Mapping[str, object], key: str) -> PlacedOrder:
        metadata = {**_object(body.get("metadata")), METADATA_KEY: key}
        # Encoded once: a key with another body is refused as a mistake.
        data = json_body({**body, "metadata": metadata})
        if key in self._uncertain and (known := await self._find(key)) is not None:
            return known
        answer = await self._post(data, key)
        if answer is None:
            await asyncio.sleep(RETRY_S)
            placed = await self._find(key)
            if placed is not None:
                return placed
            answer = await self._post(data, key)
        if answer is None:
            raise OrderUncertain(
                "The server did not say whether it has the order: look at the kitchen's display"
                " before you send it again."
            )
        if not answer.ok:
            raise OrderError(answer.sentence("The order's server"))
        return _placed(answer.json())

    async def _post(self, data: bytes, key: str) -> Answer | None:
        """Send the order; None when nobody can tell what became of it."""
        try:
            answer = await self._ask("POST", "/orders", {"Idempotency-Key": key}, data)
        except NoAnswer as error:
            _log.warning("order not answered", extra={"key": key, "reason": str(error)})
            return None
        return None if answer.status in (502, 503, 504) else answer

    async def _find(self, key: str) -> PlacedOrder | None:
        """Look for the order among the newest ones."""
        try:
            answer = await self._ask("GET", f"/orders?limit={RECENT}")
        except NoAnswer as error:
            raise OrderUncertain(
                f"It is not known whether the order was placed. {error}"
            ) from error
        if not answer.ok:
            raise OrderUncertain(
                "The order may have been placed or not: the orders cannot be looked through"
                f" (HTTP {answer.status})."
            )
        rows = answer.json()
        for row in cast("list[object]", rows) if isinstance(rows, list) else []:
            if _object(_object(row).get("metadata")).get(METADATA_KEY) == key:
                return _placed(row)
        return None

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        if self._http is None:
            raise RuntimeError("used outside of its `async with`")
        own = {"Accept": "application/json", **(headers or {})}
        token = await self._token()
        if token:
            own["Authorization"] = f"Bearer {token}"
        if self._restaurant_id:
            own["X-Restaurant-ID"] = self._restaurant_id
        if data is not None:
            # Restaurant OS only compares cookie and header: any value of our own will do.
            csrf = secrets.token_hex(16)
            own |= {
                "Content-Type": "application/json",
                "X-CSRF-Token": csrf,
                "Cookie": f"csrf_token={csrf}",
                # Orders that nobody signed in for are a guest's own.
                "X-Client-Flow": "server" if token else "kiosk",
            }
        return await ask(
            self._http, Request(method, self._api + path, own, data), DEADLINE, self._trust
        )


def _placed(row: object) -> PlacedOrder:
    fields = _object(row)
    order_id = fields.get("id")
    if not isinstance(order_id, str) or not order_id:
        raise OrderUncertain("The server took the order and did not say which one it became.")
    number = fields.get("order_number") or fields.get("orderNumber") or ""
    return PlacedOrder(clean(order_id, 100), clean(str(number), 40))


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
