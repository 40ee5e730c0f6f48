"""What a shell asks of the order server: one wish, carried out at once, and told in a sentence.

It goes the way of a display's commands (`Backend.carry_out`: a key that makes repeating safe, steps
on a server that knows statuses only), but keeps no journal: whoever asked is there, is told, and
asks again.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from kds_tui.config.sections import ServerSettings
from kds_tui.core.clock import ServerClock, UrgencyRules
from kds_tui.core.command import Answered, Command, Verb, course_subject, new_command_id
from kds_tui.core.conflict_words import ending
from kds_tui.core.courses import spoken_course
from kds_tui.core.lookup import Meant, by_name
from kds_tui.core.order import FINISHED, LISTED, OPEN, READY, Order, OrderStatus
from kds_tui.core.shell_words import (
    no_such_course,
    not_now,
    not_offered,
    not_one_item,
    nothing_to_do,
    order_name,
    unknown_order,
    which_order,
)
from kds_tui.core.stations import ALL_STATIONS, Routing, screen_stations, split
from kds_tui.core.ticket_order import SortMode, place_of
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError, NotOffered
from kds_tui.services.backoff import Backoff
from kds_tui.services.credentials import TokenFile, token_path
from kds_tui.services.delivery import why_declined
from kds_tui.services.pinning import trust_of
from voice_tui.core.menu import MenuItem

DEADLINE: Final = 20.0
"""Seconds for one wish with all its tries, as an attempt of a display has."""

SHIFT: Final = 16 * 3600.0
"""Seconds that a list of finished orders reaches back: the longest shift there is."""


class ShellError(Exception):
    """It was not done; `str()` says why, and what to do, in lines for a person."""


@dataclass(frozen=True, slots=True)
class OrderWish:
    """What can be asked of an order by name."""

    verb: Verb
    takes: frozenset[OrderStatus]
    """The statuses of orders that it is asked of."""

    done: str
    """What is told of it, after the order's name."""

    moot: frozenset[OrderStatus] = frozenset()
    """The statuses in which there is nothing to do, which is success."""


WISHES: Final[Mapping[str, OrderWish]] = {
    "bump": OrderWish(Verb.BUMP, OPEN, "is bumped.", READY | {OrderStatus.COMPLETED}),
    "recall": OrderWish(Verb.RECALL, READY | {OrderStatus.COMPLETED}, "is back.", OPEN),
    "rush": OrderWish(Verb.RUSH, OPEN, "is rushed: first on all screens."),
    "unrush": OrderWish(Verb.UNRUSH, OPEN, "is back in its place."),
    "start": OrderWish(
        Verb.START,
        OPEN - {OrderStatus.PREPARING},
        "is begun.",
        READY | {OrderStatus.PREPARING, OrderStatus.COMPLETED},
    ),
    "hold": OrderWish(Verb.HOLD, OPEN, "is held until it is fired."),
    "fire": OrderWish(Verb.FIRE, OPEN, "is fired."),
    "pick-up": OrderWish(
        Verb.PICK_UP,
        frozenset({OrderStatus.READY}),
        "is picked up.",
        frozenset({OrderStatus.PICKED_UP, OrderStatus.COMPLETED}),
    ),
    "serve": OrderWish(Verb.SERVE, READY, "is served.", frozenset({OrderStatus.COMPLETED})),
}
"""By the name of the command."""


class OrderShell:
    """Carries wishes out on the order server; to be used in `async with`.

    Args:
        server: which server, which token.
        deadline: seconds for one wish with all its tries.
    """

    def __init__(self, server: ServerSettings, deadline: float = DEADLINE) -> None:
        self._backend = Backend(
            server.url,
            TokenFile(token_path(server.token_file)),
            server.restaurant_id,
            proxy=server.proxy,
            trust=trust_of(server),
            # The same with the next command: what this shell did before counts as known.
            terminal_id=hashlib.sha256(f"{uuid.getnode()} shell".encode()).hexdigest()[:32],
        )
        self._deadline = deadline
        self._clock = ServerClock(time.time(), time.monotonic())

    async def __aenter__(self) -> Self:
        await self._backend.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._backend.__aexit__(kind, error, trace)

    async def ask_of_order(
        self, name: str, meant: Meant, *, every: bool = False, course: str = ""
    ) -> list[str]:
        """Ask something of the order that a person means.

        Args:
            name: one of `WISHES`.
            meant: which order.
            every: all orders that can be meant, such as a whole table; else it must be one.
            course: of the order, as people call it, for a hold or a fire; empty for all of it.

        Returns:
            What became of each order, in a sentence.

        Raises:
            ShellError: no order or more than one is meant, or it was not done.
            BackendError: the orders cannot be had.
        """
        wish = WISHES[name]
        orders = await self._backend.list_orders(lambda: None)
        found = meant.among(orders)
        if not found:
            for status in sorted(FINISHED):
                found += meant.among(await self.list_status(status))
        asked = [order for order in found if order.status in wish.takes]
        if len(asked) > 1 and not every:
            raise ShellError(which_order(asked, meant))
        if asked:
            return await self._carry_out_all(wish, asked, course)
        if not found:
            there = [order for order in orders if order.status in wish.takes]
            raise ShellError(unknown_order(there, meant, name))
        moot = [order for order in found if order.status in wish.moot]
        if not moot:
            raise ShellError(not_now(found[0], name))
        return [f"{order_name(one)} is {one.status.replace('-', ' ')} already." for one in moot]

    async def recall_last(self, station: str = ALL_STATIONS, routing: Routing | None = None) -> str:
        """Bring the order back that was bumped last, on whatever display.

        Args:
            station: that has an item of it.
            routing: which item goes to which station.

        Returns:
            A sentence.

        Raises:
            ShellError: there is none, or it was not done.
            BackendError: the orders cannot be had.
        """
        orders = await self._backend.list_orders(lambda: None)
        bumped = [
            order
            for order in of_station(orders, station, routing or Routing())
            if order.status in READY
        ]
        if not bumped:
            raise ShellError("There is no bumped ticket to bring back.")
        last = max(bumped, key=lambda order: (order.ready_at or 0.0, order.id))
        return await self._carry_out(WISHES["recall"], last)

    async def set_stock(self, name: str, *, available: bool) -> str:
        """Put an item of the menu out of stock (86), or back.

        Args:
            name: of the item, or what is plain of it.
            available: whether it can be ordered.

        Returns:
            A sentence.

        Raises:
            ShellError: no item or more than one is meant, or it was not done.
            BackendError: the menu cannot be had.
        """
        menu = await self._backend.menu()
        names = [item.name for item in menu.items]
        found = by_name(names, name)
        if len(found.meant) != 1:
            raise ShellError(not_one_item(names, found, name))
        item = menu.items[found.meant[0]]
        state = "back on the menu" if available else "86: out of stock on all screens"
        if item.available is available:
            return f"{item.name} is {state} already."
        verb = Verb.IN_STOCK if available else Verb.OUT_OF_STOCK
        await self._send(await self._command(verb, item.name, subject_id=item.id))
        return f"{item.name} is {state}."

    async def out_of_stock(self) -> list[MenuItem]:
        """List what is out of stock.

        Returns:
            The items, as the menu has them.

        Raises:
            BackendError: the menu cannot be had.
        """
        menu = await self._backend.menu()
        return [item for item in menu.items if not item.available]

    async def orders(self, statuses: Iterable[OrderStatus]) -> list[Order]:
        """List orders by status.

        Args:
            statuses: which; finished ones reach back over the shift.

        Returns:
            The orders, the one to be cooked first at the front.

        Raises:
            BackendError: they cannot be had.
        """
        wanted = frozenset(statuses)
        found: dict[str, Order] = {}
        if wanted & frozenset(LISTED):
            found |= {order.id: order for order in await self._backend.list_orders(lambda: None)}
        for status in sorted(wanted - frozenset(LISTED)):
            found |= {order.id: order for order in await self.list_status(status)}
        return sorted(
            (order for order in found.values() if order.status in wanted),
            key=lambda order: place_of(order, SortMode.AGE, UrgencyRules()),
        )

    async def list_status(self, status: OrderStatus) -> tuple[Order, ...]:
        """List the orders of a status since the shift began; see `Backend.list_status`."""
        return await self._backend.list_status(status, await self.server_now() - SHIFT)

    async def server_now(self) -> float:
        """Tell the server's time, by which orders have their ages.

        Returns:
            Seconds since the epoch; this machine's where the server does not tell it.

        Raises:
            BackendError: it cannot be asked.
        """
        if not self._clock.known:
            asked_at = time.monotonic()
            told = await self._backend.server_time()
            if told is not None:
                answered_at = time.monotonic()
                self._clock.set_server_time(told, answered_at, answered_at - asked_at)
        return self._clock.now(time.monotonic())

    async def _carry_out_all(
        self, wish: OrderWish, orders: Iterable[Order], course: str
    ) -> list[str]:
        told: list[str] = []
        for order in orders:
            try:
                told.append(await self._carry_out(wish, order, course))
            except ShellError as error:  # what was done before is done
                raise ShellError("\n".join([*told, str(error)])) from error
        return told

    async def _carry_out(self, wish: OrderWish, order: Order, course: str = "") -> str:
        part = ""
        if course:
            known = spoken_course(order, course)
            if known is None:
                raise ShellError(no_such_course(order, course))
            part = course_subject(known)
        if words := nothing_to_do(wish.verb, order, part, await self.server_now()):
            return words
        command = await self._command(wish.verb, order_name(order), order, part)
        after = await self._send(command)
        if wish.verb is Verb.BUMP and after is not None and after.status in OPEN:
            held = f"{order_name(order)}: what was to be cooked is done, what is held stays."
            return ending(Answered(command, after)) or held
        whose = f", course {course}," if course else ""
        return f"{order_name(order)}{whose} {wish.done}"

    async def _command(
        self, verb: Verb, label: str, order: Order | None = None, subject_id: str = ""
    ) -> Command:
        now = await self.server_now()
        command_id = new_command_id(now, secrets.randbits(74))
        if order is None:
            return Command(command_id, verb, "", label, 0, now, subject_id)
        return Command(command_id, verb, order.id, label, order.version, now, subject_id)

    async def _send(self, command: Command) -> Order | None:
        """Send a command until it is answered, or the deadline is over."""
        backoff = Backoff(0.25, 4.0)
        trouble = "The server did not answer in time."
        try:
            async with asyncio.timeout(self._deadline):
                while True:
                    try:
                        return await self._backend.carry_out(command, late=False)
                    except BackendError as error:
                        if not error.retryable:
                            raise
                        trouble = str(error)
                        asked_wait = getattr(error, "retry_after", None) or 0.0
                    await asyncio.sleep(max(backoff.next_delay(), asked_wait))
        except TimeoutError as error:
            raise ShellError(
                f"{trouble}\nIt is not known whether it was done: look with kds-tui orders, or run"
                " the same command again; nothing is done twice."
            ) from error
        except NotOffered as error:
            raise ShellError(not_offered(command.verb)) from error
        except BackendError as error:
            raise ShellError(why_declined(command, error, late=False)) from error


def of_station(orders: Iterable[Order], station: str, routing: Routing) -> list[Order]:
    """Keep the orders that a station has an item of.

    Args:
        orders: any.
        station: its name, or names with commas between; `all` keeps every order.
        routing: which item goes to which station.

    Returns:
        The orders, in the order given.
    """
    stations = screen_stations(station)
    return [
        order for order in orders if ALL_STATIONS in stations or split(order, stations, routing)[0]
    ]
