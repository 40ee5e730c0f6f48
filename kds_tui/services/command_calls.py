"""Cooks' commands as requests to the order server.

One server decides for itself what becomes of a command (our hub: a route a command, see
docs/protocol.md), another knows nothing but statuses (Restaurant OS): there a bump walks the legal
steps, by the same rules as the hub's, and whatever that server gets wrong (an illegal step or a
race is a masked 500) is found out by reading the order again. Starting and serving are such a walk
on every server.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, assert_never
from urllib.parse import quote

from kds_tui.core import conflicts
from kds_tui.core.command import WALKS, Command, Verb, capability_of, course_of, lines_of
from kds_tui.core.order import Order, OrderStatus, steps_between
from kds_tui.core.wire import WireError, decode_order
from kds_tui.services.backend_errors import (
    BackendError,
    BadAnswer,
    Conflict,
    NotOffered,
    Refused,
    Unreachable,
)
from kds_tui.services.rest import Rest

MAX_STEPS: Final = 12
"""Most requests for one walk: four steps, each raced by others a few times."""

MAX_STUCK: Final = 2
"""How often a step may fail without the order having moved, until it is left for a later try."""

MAX_WALKED: Final = 256
"""How many orders are remembered that were walked."""


class CommandCalls:
    """Carries commands out on a server.

    Args:
        rest: the requests.
        capabilities: asks what the server offers.
        get_order: reads one order.
        terminal_id: this terminal's name, by which a server tells its commands from others'.
    """

    def __init__(
        self,
        rest: Rest,
        capabilities: Callable[[], Awaitable[frozenset[str]]],
        get_order: Callable[[str], Awaitable[Order]],
        terminal_id: str,
    ) -> None:
        self._rest = rest
        self._capabilities = capabilities
        self._get_order = get_order
        self._terminal_id = terminal_id
        # By order, the version that our own last step or bump made: a late command is not touched
        # by others only because it went half its way before, or came after another one from here.
        self._walked: OrderedDict[str, int] = OrderedDict()

    async def carry_out(self, command: Command, *, late: bool) -> Order | None:
        """Carry a command out. Safe to repeat: its id is the idempotency key.

        Args:
            command: a cook's.
            late: whether it was given too long ago to meet anybody else's work.

        Returns:
            The order as it then is; None for a command of the menu.

        Raises:
            NotOffered: the server cannot do that.
            Conflict: somebody was faster; `conflict` says how.
            NotFound: the order is gone.
            BackendError: any other kind; the retryable ones include a server that fails each time.
        """
        offered = await self._is_offered(command)
        is_part = lines_of(command.subject_id) is not None
        if not offered and (is_part or command.verb not in WALKS):
            raise NotOffered("This order server cannot do that.")
        known: dict[str, object] = {"base_version": command.base_version, "late": late}
        match command.verb:
            case Verb.START | Verb.PICK_UP | Verb.SERVE:
                return await self._walk(command, late)
            case Verb.BUMP if not offered:
                return await self._walk(command, late)
            case Verb.BUMP | Verb.RECALL:
                part = _part_asked(command.subject_id)
                order = await self._post(command, command.verb.value, {**part, **known})
                if command.verb is Verb.BUMP:
                    self._remember(order.id, order.version)  # serving it is walked
                return order
            case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM:
                route = f"items/{_part(command.subject_id)}/bump"
                done = command.verb is Verb.BUMP_ITEM
                return await self._post(command, route, {"done": done, **known})
            case Verb.RUSH | Verb.UNRUSH:
                return await self._post(command, "rush", {"rush": command.verb is Verb.RUSH})
            case Verb.FIRE | Verb.HOLD:
                part = _part_asked(command.subject_id)
                return await self._post(command, command.verb.value, {**part, **known})
            case Verb.OUT_OF_STOCK | Verb.IN_STOCK:
                await self._rest.send(
                    "PUT",
                    f"/menu/items/{_part(command.subject_id)}/availability",
                    {
                        "available": command.verb is Verb.IN_STOCK,
                        **({"base_version": command.base_version} if command.base_version else {}),
                    },
                    self._headers(command.id),
                )
                return None
            case _:
                assert_never(command.verb)

    async def _is_offered(self, command: Command) -> bool:
        verb, capability = command.verb, capability_of(command.verb, command.subject_id)
        if not capability:
            return False
        try:
            return capability in await self._capabilities()
        except Unreachable as error:
            # A Restaurant OS server that is unwell says so with a bare 503, and takes bumps.
            if verb is not Verb.BUMP or not error.answered or error.retry_after is not None:
                raise
            return False

    async def _post(self, command: Command, route: str, body: Mapping[str, object]) -> Order:
        path = f"/orders/{_part(command.order_id)}/{route}"
        return order_of(await self._rest.send("POST", path, body, self._headers(command.id)))

    def _headers(self, key: str) -> dict[str, str]:
        return {"Idempotency-Key": key, "X-Terminal-ID": self._terminal_id}

    async def _walk(self, command: Command, late: bool) -> Order:
        """Take an order to the verb's status, by the single steps that the server accepts."""
        order = await self._get_order(command.order_id)
        target = WALKS[command.verb]
        base = max(command.base_version, self._walked.get(command.order_id, 0))
        stuck = 0
        for _ in range(MAX_STEPS):
            self._check(conflicts.Wish(command.verb, base, late), order)
            steps = steps_between(order.status, target)
            if not steps:  # there, or none leads there because it is beyond
                return order
            try:
                order = await self._step(command, steps[0])
                base = order.version
                self._remember(command.order_id, base)
            except (Conflict, Refused, BadAnswer, Unreachable) as error:
                if isinstance(error, Unreachable) and error.retry_after is not None:
                    raise
                if isinstance(error, Refused) and not error.retryable:
                    raise
                # Illegal by now, raced, done although the answer was lost, or truly failed: the
                # order itself tells which.
                before, order = order, await self._get_order(command.order_id)
                stuck = stuck + 1 if order.status is before.status else 0
                if stuck >= MAX_STUCK:
                    raise _later(error) from error
        raise BadAnswer(f"The order does not become {target} in {MAX_STEPS} steps.")

    @staticmethod
    def _check(wish: conflicts.Wish, order: Order) -> None:
        match conflicts.decide(wish, conflicts.standing_of(order), order.updated_at):
            case conflicts.Refuse(conflict=conflict):
                raise Conflict(f"was {order.status.value} meanwhile", conflict)
            case conflicts.ApplyPartly():
                # Without a mark for each line the whole ticket would go, and the new lines with it.
                raise Conflict("was changed meanwhile", conflicts.Conflict.SUPERSEDED)
            case _:
                pass

    def _remember(self, order_id: str, version: int) -> None:
        self._walked[order_id] = version
        self._walked.move_to_end(order_id)
        while len(self._walked) > MAX_WALKED:
            self._walked.popitem(last=False)

    async def _step(self, command: Command, status: OrderStatus) -> Order:
        body = await self._rest.send(
            "PATCH",
            f"/orders/{_part(command.order_id)}/status",
            {"status": status.value},
            self._headers(f"{command.id}:{status.value}"),
        )
        return order_of(body)


def order_of(body: bytes) -> Order:
    """Read an answer that holds one order.

    Args:
        body: JSON.

    Returns:
        The order.

    Raises:
        BadAnswer: it holds something else.
    """
    try:
        return decode_order(body)
    except WireError as error:
        raise BadAnswer(f"The server's order cannot be read: {error}.") from error


def _part_asked(subject_id: str) -> dict[str, object]:
    """Say which part of an order is meant; nothing for the whole."""
    course, lines = course_of(subject_id), lines_of(subject_id)
    if course is not None:
        return {"course": course}
    if lines is not None:
        return {"item_ids": list(lines)}
    return {"item_ids": [subject_id]} if subject_id else {}


def _part(text: str) -> str:
    return quote(text, safe="")


def _later(error: BackendError) -> BackendError:
    # A conflict with nobody is a server that is not itself: it is asked again later.
    return error if error.retryable else BadAnswer(f"The server does not move the order: {error}")
