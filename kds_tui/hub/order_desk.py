"""Where changes of orders are carried out: each in one transaction, with its event and its answer,
and never twice for one idempotency key."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from kds_tui.core.conflicts import Refuse, Wish
from kds_tui.core.digest import OrderState
from kds_tui.hub import frames
from kds_tui.hub.answers import error_body, raw_json
from kds_tui.hub.errors import Refusal
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Event, Ledger, StoredAnswer
from kds_tui.hub.order_commands import carry_out
from kds_tui.hub.order_row import OrderKept, decode_row, encode_row
from kds_tui.hub.tally import HubTally

logger = logging.getLogger("kds_tui.hub.orders")

REPLAYED: Final = "Idempotency-Replayed"
"""The header of an answer that was given before."""

MAX_KEY: Final = 255
"""Longest idempotency key, in characters."""

T = TypeVar("T")

Change = Callable[[OrderKept, float], OrderKept]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: int
    body: bytes
    replayed: bool = False
    """Whether it is the stored answer to an earlier request with the same key."""

    conflict: str = ""
    """What the log is to say about a command that was refused; empty otherwise."""


class OrderDesk:
    """Carries changes out.

    Args:
        journal: keeps orders, events and answers.
        tally: counts what is done.
    """

    def __init__(self, journal: Journal, tally: HubTally) -> None:
        self._journal = journal
        self._tally = tally

    async def read(self, work: Callable[[Ledger], T]) -> T:
        """Read something.

        Args:
            work: called on the journal's thread.

        Returns:
            What it returned.
        """
        return await self._journal.run(work)

    async def change(self, request: web.Request, body: bytes, change: Change) -> web.Response:
        """Change the order that a request's path names.

        Args:
            request: with `id` in its path.
            body: of the request.
            change: given the order and the time, returns the order as it becomes, the same object
                when nothing changes. What it raises is the answer and is not remembered.

        Returns:
            The order's row.
        """
        order_id = request.match_info["id"]
        now = time.time()

        return await self.once(
            request, body, lambda ledger: change_kept(ledger, order_id, change, now), now
        )

    async def command(self, request: web.Request, wish: Wish) -> web.Response:
        """Carry a cook's command out on the order that a request's path names.

        Args:
            request: with `id` in its path.
            wish: what is asked for.

        Returns:
            The order's row, or 409 with the conflict: either is remembered under the request's key,
            so that a command has one outcome however often it comes.
        """
        order_id = request.match_info["id"]
        now = time.time()
        # Not the body: a command whose answer got lost may have become late when it comes again,
        # and is the same command all the same.
        part = [*sorted(wish.item_ids), wish.course] if wish.item_ids or wish.course else []
        asked = msgspec.json.encode([wish.verb, wish.base_version, wish.item_id, *part])

        response = await self.once(
            request, asked, lambda ledger: carry_out_kept(ledger, order_id, wish, now), now
        )
        if REPLAYED not in response.headers:
            self._tally.command(wish.verb.value, response.status)
        return response

    async def once(
        self,
        request: web.Request,
        asked: bytes,
        work: Callable[[Ledger], Answer],
        now: float,
    ) -> web.Response:
        """Do the work, or answer as before when the request carries a key that was used.

        What `work` raises has changed nothing and is not remembered: the key stays free.

        Args:
            request: may carry `Idempotency-Key`.
            asked: what it asks for, beside its path: another request with the same key is refused.
            work: called on the journal's thread, in a transaction.
            now: the time, in seconds since the epoch.

        Returns:
            The answer.
        """
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 1 <= len(key) <= MAX_KEY:
            raise Refusal(400, f"Idempotency-Key has 1 to {MAX_KEY} characters", "BAD_REQUEST")
        target = f"{request.method} {request.path}\n".encode()
        fingerprint = hashlib.sha256(target + asked).hexdigest()

        begun = time.monotonic()
        answer = await self._journal.run(
            lambda ledger: answer_once(ledger, key, fingerprint, work, now)
        )
        if not answer.replayed:
            self._tally.changes.note(time.monotonic() - begun)
            self._tally.orders += answer.status == HTTPStatus.CREATED
        if answer.conflict:
            logger.warning("conflict: %s", answer.conflict)
        response = raw_json(answer.body, answer.status)
        if answer.replayed:
            response.headers[REPLAYED] = "true"
        return response


def answer_once(
    ledger: Ledger, key: str | None, fingerprint: str, work: Callable[[Ledger], Answer], now: float
) -> Answer:
    """Do the work of a request, or answer as before when its key was used.

    Args:
        ledger: inside a transaction.
        key: of the request; None does the work each time.
        fingerprint: the same for the same request only.
        work: what it asks for.
        now: the time, in seconds since the epoch.

    Returns:
        The answer, which is stored in the same transaction.

    Raises:
        Refusal: the key was used for another request (422), or as `work` raised it.
    """
    known = None if key is None else ledger.answer(key)
    if known is None:
        answer = work(ledger)
        if key is not None:
            ledger.keep_answer(key, StoredAnswer(fingerprint, answer.status, answer.body), now)
        return answer
    if known.fingerprint != fingerprint:
        raise Refusal(422, "Idempotency-Key was used for another request", "IDEMPOTENCY_KEY_REUSED")
    return Answer(known.status, known.body, replayed=True)


def change_kept(ledger: Ledger, order_id: str, change: Change, now: float) -> Answer:
    """Change the order as it is kept.

    Args:
        ledger: inside a transaction.
        order_id: which order.
        change: given the order and the time, returns the order as it becomes.
        now: the time, in seconds since the epoch.

    Returns:
        The order's row.

    Raises:
        Refusal: there is no such order (404), or as `change` raised it.
    """
    row, order = _order(ledger, order_id)
    return _changed(ledger, row, order, change(order, now))


def carry_out_kept(ledger: Ledger, order_id: str, wish: Wish, now: float) -> Answer:
    """Carry a cook's command out on the order as it is kept.

    Args:
        ledger: inside a transaction.
        order_id: which order.
        wish: what is asked for.
        now: the time, in seconds since the epoch.

    Returns:
        The order's row, or the conflict.

    Raises:
        Refusal: there is no such order (404), or the command suits no order of its kind (409).
    """
    row, order = _order(ledger, order_id)
    outcome = carry_out(order, wish, now)
    if not isinstance(outcome, Refuse):
        return _changed(ledger, row, order, outcome)
    code = outcome.conflict.value
    told = f"The order is {order.status}, version {order.version}"
    audit = (
        f"{wish.verb} of {order.order_number} ({order_id}) refused: {code}; asked by"
        f" {wish.terminal[:8] or 'nobody knows whom'} at version {wish.base_version}"
        f"{', late' if wish.late else ''}; it is {order.status}, version {order.version}, last"
        f" touched by {(order.touched_by or '')[:8] or 'the till'}"
    )
    return Answer(409, error_body(409, told, code), conflict=audit)


def keep(ledger: Ledger, order: OrderKept, event: str) -> bytes:
    """Write an order and append its event.

    Args:
        ledger: inside a transaction.
        order: new, or in a new version.
        event: `order:created` or `order:updated`.

    Returns:
        The order's row.
    """
    row = encode_row(order)
    ledger.put_order(
        order_id=order.id,
        number=order.order_number,
        status=order.status,
        kind=order.type,
        created_at=order.created_at,
        row=row,
    )
    seq = ledger.head() + 1
    frame = frames.order_event(event, row, seq, order.updated_at)
    ledger.append_event(Event(seq, frame, OrderState(order.id, order.version, order.status)))
    return row


def no_such_order() -> Refusal:
    """Say that there is no such order."""
    return Refusal(404, "Order not found", "NOT_FOUND")


def _order(ledger: Ledger, order_id: str) -> tuple[bytes, OrderKept]:
    row = ledger.order(order_id)
    if row is None:
        raise no_such_order()
    return row, decode_row(row)


def _changed(ledger: Ledger, row: bytes, order: OrderKept, became: OrderKept) -> Answer:
    if became is order:
        return Answer(200, row)
    return Answer(200, keep(ledger, became, "order:updated"))
