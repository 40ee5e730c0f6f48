"""What a kitchen display asks of the order server: sign in, what it offers, its orders, and what
cooks want of them."""

from __future__ import annotations

import getpass
import hashlib
import logging
import platform
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import msgspec

from kds_tui.core.clock import format_time, parse_time
from kds_tui.core.command import Command
from kds_tui.core.json_text import read_json
from kds_tui.core.order import FINISHED, LISTED, Order, OrderStatus
from kds_tui.core.text import clean
from kds_tui.core.wire import WireError, decode_orders
from kds_tui.core.wire_rows import Loose
from kds_tui.services.backend_errors import (
    NO_ORDER_SERVER,
    BadAnswer,
    Forbidden,
    NotFound,
    Refused,
    Unauthorized,
    Unreachable,
)
from kds_tui.services.command_calls import CommandCalls, order_of
from kds_tui.services.credentials import Token
from kds_tui.services.link_setup import TokenSource
from kds_tui.services.order_pages import PAGE, read_all
from kds_tui.services.rest import Rest, Timeouts
from voice_tui.core.menu import Menu, MenuError, menu_of
from voice_tui.pinning import ServerTrust

_log = logging.getLogger("kds_tui.backend")


class _Health(msgspec.Struct):
    capabilities: list[str] = []
    timestamp: Loose = None


class _SignedIn(msgspec.Struct):
    token: str


class _Restaurant(msgspec.Struct):
    id: str
    name: str = ""


_T = TypeVar("_T")


class Backend:
    """The order server of one restaurant; to be used in `async with`.

    Args:
        url: the server's address without `/api`.
        token_source: where the token comes from.
        restaurant_id: a UUID, or empty for the token's own.
        proxy: `auto`, `none` or an address.
        timeouts: deadlines of each request.
        trust: by what the server is known; the public authorities if not given.
        terminal_id: by which the server tells this terminal's commands from others'; a new one if
            not given.
    """

    def __init__(
        self,
        url: str,
        token_source: TokenSource,
        restaurant_id: str = "",
        *,
        proxy: str = "auto",
        timeouts: Timeouts | None = None,
        trust: ServerTrust | None = None,
        terminal_id: str = "",
    ) -> None:
        self._tokens = token_source
        self._restaurant = restaurant_id
        self._rest = Rest(
            url,
            token_source,
            restaurant_id,
            proxy,
            timeouts or Timeouts(),
            trust or ServerTrust(url, None),
        )
        self._capabilities: frozenset[str] | None = None
        self._calls = CommandCalls(
            self._rest, self.capabilities, self.get_order, terminal_id or uuid.uuid4().hex
        )

    async def __aenter__(self) -> Self:
        await self._rest.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._rest.__aexit__(kind, error, trace)

    async def login(self, pin: str, restaurant: str = "") -> Token:
        """Sign in with a PIN. Never try again by program: wrong tries lock the terminal for a day.

        Args:
            pin: as typed.
            restaurant: its UUID or its short name (`grow`); our hub, which has one, needs neither.

        Returns:
            The token, not stored.

        Raises:
            BackendError: with a sentence for the person.
        """
        named: dict[str, str] = {}
        # The attempt limiter counts by this, or else all displays of a kind together.
        headers = {"X-Device-Fingerprint": _device_fingerprint()}
        # Our hub lists who is signed in: this is what its owner reads there.
        headers["X-Terminal-Name"] = _terminal_name()
        if restaurant:
            named["restaurantId"] = await self._restaurant_id(restaurant)
            headers["X-Restaurant-ID"] = named["restaurantId"]
        try:
            body = await self._rest.send(
                "POST",
                "/auth/pin-login",
                {"pin": pin, **named},
                headers,
                signed_in=False,
            )
        except NotFound as error:
            raise BadAnswer(f"{NO_ORDER_SERVER.capitalize()}.") from error
        except Refused as error:
            if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
                raise BadAnswer(f"{NO_ORDER_SERVER.capitalize()}.") from error
            if restaurant:
                raise
            raise Refused(
                error.status,
                "For which restaurant? Set restaurant_id in the [server] part of the config file,"
                " or KDS_SERVER__RESTAURANT_ID, to its UUID.",
            ) from error
        except Unauthorized as error:
            raise Unauthorized("The server does not take this PIN.") from error
        except Forbidden as error:
            raise Forbidden(
                "The server has locked this terminal out after too many attempts, for a day."
            ) from error
        except Unreachable as error:
            if error.retry_after is None:
                raise
            raise Unreachable(
                f"Too many attempts: try again in {_minutes(error.retry_after)}.",
                error.retry_after,
            ) from error
        token = _decoded(body, _SignedIn).token
        if not token.isascii() or not token.isprintable() or not token:
            raise BadAnswer("The server's token cannot be used.")
        return Token(token)

    async def _restaurant_id(self, restaurant: str) -> str:
        try:
            return str(uuid.UUID(restaurant))
        except ValueError:
            body = await self._rest.get(
                f"/restaurants/{quote(restaurant, safe='')}/public", signed_in=False
            )
            return _decoded(body, _Restaurant).id

    async def capabilities(self) -> frozenset[str]:
        """Tell what the server offers beyond Restaurant OS; asked once until forgotten.

        Returns:
            Names such as `recall`; empty on a Restaurant OS server.

        Raises:
            Unreachable: no answer, so that nothing is known.
        """
        if self._capabilities is None:
            try:
                body = await self._rest.get("/health", signed_in=False)
                self._capabilities = frozenset(_decoded(body, _Health).capabilities)
            except (NotFound, BadAnswer) as error:
                _log.info("no capabilities", extra={"reason": str(error)})
                self._capabilities = frozenset()
        return self._capabilities

    async def restaurant_name(self) -> str:
        """Ask what the restaurant is called.

        Returns:
            Its name; empty when the server does not tell it.

        Raises:
            BackendError: of any kind but not found.
        """
        restaurant = self._restaurant or Token(await self._tokens.token()).restaurant_id
        if not restaurant:
            return ""
        path = f"/restaurants/{quote(restaurant, safe='')}/public"
        try:
            body = await self._rest.get(path, signed_in=False)
        except NotFound:
            return ""
        return clean(_decoded(body, _Restaurant).name)

    def forget_capabilities(self) -> None:
        """Ask again next time: to be called after a reconnect, which may be to a newer server."""
        self._capabilities = None

    async def list_orders(self, on_page: Callable[[], None]) -> tuple[Order, ...]:
        """List all orders that are not finished.

        Args:
            on_page: called after each page, so that a long list is not taken for silence.

        Returns:
            The orders, each in the newest state seen.

        Raises:
            BackendError: any page could not be had.
        """
        listed = await self._listed(LISTED, {}, on_page)
        return tuple(order for order in listed if order.status not in FINISHED)

    async def list_cancelled(self) -> tuple[Order, ...]:
        """Read the newest of the cancelled orders, as many as one page has.

        Returns:
            The orders.

        Raises:
            BackendError: they could not be had.
        """
        asked = {"status": OrderStatus.CANCELLED.value, "limit": PAGE, "offset": 0}
        cancelled, _ = _orders(await self._rest.get("/orders", asked))
        return tuple(cancelled)

    async def list_status(self, status: OrderStatus, since: float) -> tuple[Order, ...]:
        """List the orders that have a status, finished ones too.

        Args:
            status: which.
            since: no order that was placed before, in seconds since the epoch: months of completed
                orders are nobody's shift.

        Returns:
            The orders, each in the newest state seen; it may have moved on while they were read.

        Raises:
            BackendError: any page could not be had.
        """
        listed = await self._listed((status,), {"startDate": format_time(since)}, lambda: None)
        return tuple(order for order in listed if order.created_at >= since)

    async def _listed(
        self,
        statuses: Sequence[OrderStatus],
        params: Mapping[str, str],
        on_page: Callable[[], None],
    ) -> tuple[Order, ...]:
        newest: dict[str, Order] = {}
        for status in statuses:

            async def fetch(
                limit: int, offset: int, status: OrderStatus = status
            ) -> tuple[list[Order], int]:
                asked = {**params, "status": status.value, "limit": limit, "offset": offset}
                page = _orders(await self._rest.get("/orders", asked))
                on_page()
                return page

            for order in await read_all(fetch, status.value):
                known = newest.get(order.id)
                if known is None or order.supersedes(known):
                    newest[order.id] = order
        return tuple(newest.values())

    async def menu(self) -> Menu:
        """Ask for the menu, sold-out items included.

        Returns:
            The menu as it is now.

        Raises:
            BackendError: it cannot be had, or is none.
        """
        try:
            return menu_of(read_json(await self._rest.get("/menu"), msgspec.json.decode))
        except (WireError, MenuError) as error:
            raise BadAnswer(f"The menu cannot be read: {error}.") from error

    async def server_time(self) -> float | None:
        """Ask for the server's time.

        Returns:
            Seconds since the epoch; None when the server does not tell it.

        Raises:
            BackendError: of any kind but not found.
        """
        try:
            health = _decoded(await self._rest.get("/health", signed_in=False), _Health)
        except NotFound:
            return None
        told = health.timestamp
        return parse_time(told) if isinstance(told, str) else None

    async def get_order(self, order_id: str) -> Order:
        """Read one order.

        Args:
            order_id: its id.

        Returns:
            The order as it now is.

        Raises:
            NotFound: there is no such order.
            BackendError: any other kind.
        """
        return order_of(await self._rest.get(f"/orders/{quote(order_id, safe='')}"))

    async def carry_out(self, command: Command, *, late: bool) -> Order | None:
        """Carry a cook's command out; see `CommandCalls.carry_out`."""
        return await self._calls.carry_out(command, late=late)


def _decoded(body: bytes, kind: type[_T]) -> _T:
    try:
        return read_json(body, partial(msgspec.json.decode, type=kind))
    except WireError as error:
        raise BadAnswer("The answer is not an order server's.") from error


def _orders(body: bytes) -> tuple[list[Order], int]:
    try:
        return decode_orders(body)
    except WireError as error:
        raise BadAnswer(f"The server's list cannot be read: {error}.") from error


def _device_fingerprint() -> str:
    return hashlib.sha256(f"kds-tui {uuid.getnode()}".encode()).hexdigest()[:32]


def _terminal_name() -> str:
    """Who and where, as in a shell's prompt; ASCII, for a header."""
    try:
        user = getpass.getuser()
    except OSError:  # a container's user without a name
        user = "kds-tui"
    name = f"{user}@{platform.node() or 'unknown'}"
    return name.encode("ascii", "replace").decode()


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
