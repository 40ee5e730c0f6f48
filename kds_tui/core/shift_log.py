"""The orders of the shift that are off the grid: bumped, closed, cancelled; to be looked up and
brought back.

The board holds orders until they are finished, and forgets them then. What this terminal saw leave
is remembered here, in few words an order; what the server lists of the shift is added to it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kds_tui.core.board import Board, FeedEvent
from kds_tui.core.command import Verb
from kds_tui.core.conflicts import RECALL_WINDOW
from kds_tui.core.frames import OrderStatusChanged, OrderUpserted
from kds_tui.core.lookup import has_words
from kds_tui.core.order import FINISHED, Order, OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.core.text import clean

MAX_PAST: Final = 1000
"""Most finished orders that are remembered: a long shift of a busy store, below a megabyte."""

ITEMS_LIMIT: Final = 240
"""Longest text of an order's lines, in characters: more than a screen is wide."""

SHIFT: Final = 16 * 3600.0
"""Seconds that the list reaches back: the longest shift there is."""


class Reading(StrEnum):
    """How much of the shift is known."""

    SEEN = "seen"
    """What this display saw itself."""

    READING = "reading"
    """The server is being asked."""

    READ = "read"
    """All of it, as the server told it."""

    FAILED = "failed"
    """The server was asked, and did not tell."""


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order that is off the grid, in few words. Times are the server's, since the epoch."""

    id: str
    number: str
    """As people call it."""

    label: str
    customer: str
    items: str
    status: OrderStatus
    """An open one where this station's part is done, and others owe theirs."""

    off_at: float
    """When it was bumped; when it was cancelled or closed, where it never was."""

    took: float | None
    """How old it was when it was bumped, in seconds; None when it never was."""

    closed_at: float
    """When it was last changed, for one that is finished."""

    version: int

    @property
    def words(self) -> str:
        """What a search looks at."""
        called = self.number.lstrip("0")  # nobody types the zeros
        return f"{self.number} {called} {self.label} {self.customer} {self.items}"

    def why_it_stays(self, now: float, *, can_recall: bool) -> str:
        """Tell why it cannot be brought back.

        Args:
            now: the server's time, in seconds since the epoch.
            can_recall: whether the order server offers recall.

        Returns:
            The end of a sentence about it; empty when it can.
        """
        match self.status:
            case OrderStatus.CANCELLED:
                return "was cancelled: it does not come back."
            case OrderStatus.COMPLETED if not can_recall:
                return "is closed, and this order server opens no closed orders."
            case OrderStatus.COMPLETED if now - self.closed_at > RECALL_WINDOW:
                minutes = round(RECALL_WINDOW / 60)
                return f"was closed more than {minutes} minutes ago: order it anew at the till."
            case _:
                return ""


class ShiftLog:
    """What is known of the shift's past orders.

    Args:
        board: the orders that are not finished.
        outbox: the commands still under way.
        concerns: tells whether an order is any of this station's business.
        has_left: tells whether this station's ticket of an order was bumped.
    """

    def __init__(
        self,
        board: Board,
        outbox: Outbox,
        concerns: Callable[[Order], bool],
        has_left: Callable[[Order], bool],
    ) -> None:
        self._board = board
        self._outbox = outbox
        self._concerns = concerns
        self._has_left = has_left
        self._finished: OrderedDict[str, PastOrder] = OrderedDict()

    def feed(self, event: FeedEvent) -> None:
        """Take an event, before the board does.

        Args:
            event: of the server.
        """
        match event:
            case OrderUpserted(order=order) if order.status in FINISHED:
                self.note((order,))
            case OrderStatusChanged(order_id=order_id, status=status) if status in FINISHED:
                known = self._board.get(order_id)
                if known is not None:
                    self.note((replace(known, status=status),))
            case _:
                pass

    def note(self, orders: Iterable[Order]) -> None:
        """Remember orders that are finished.

        Args:
            orders: as the server tells them; others are passed over.
        """
        for order in orders:
            known = self._finished.get(order.id)
            if order.status not in FINISHED or (known and known.version > order.version):
                continue
            if not self._concerns(order):
                self._finished.pop(order.id, None)
                continue
            self._finished[order.id] = _past(order)
        # A list comes newest first, and events as they happen: what is oldest is told by the time.
        if len(self._finished) > MAX_PAST:
            newest = sorted(self._finished.values(), key=_newest_first)[:MAX_PAST]
            self._finished = OrderedDict((past.id, past) for past in newest)

    def find(self, order_id: str) -> PastOrder | None:
        """Look up an order that is finished.

        Args:
            order_id: its id.

        Returns:
            What is remembered of it; None when it is on the board, or unknown.
        """
        return self._finished.get(order_id) if self._board.get(order_id) is None else None

    def past(self, words: Iterable[str] = ()) -> list[PastOrder]:
        """List what is off the grid.

        Args:
            words: that somebody typed, as `lookup.name_words` gives them; an order must have all.

        Returns:
            The orders, the one that left last at the front.
        """
        found = [past for past in self._finished.values() if self._board.get(past.id) is None]
        bumps = {
            command.order_id: command.given_at
            for command in self._outbox
            if command.verb is Verb.BUMP
        }
        for order in self._board:
            shown = self._outbox.effective(order, with_held=False)
            if self._has_left(shown):
                found.append(_past(shown, bumps.get(order.id)))
        wanted = tuple(words)
        if wanted:
            found = [past for past in found if has_words(past.words, wanted)]
        return sorted(found, key=_newest_first)


def _newest_first(past: PastOrder) -> tuple[float, str]:
    return (-past.off_at, past.id)


def _past(order: Order, bumped_at: float | None = None) -> PastOrder:
    ready_at = order.ready_at or bumped_at
    items = ", ".join(
        item.name if item.quantity == 1 else f"{item.quantity}x {item.name}" for item in order.items
    )
    return PastOrder(
        id=order.id,
        number=order.short_number,
        label=order.label,
        customer=order.customer_name,
        items=clean(items, ITEMS_LIMIT),
        status=order.status,
        off_at=ready_at or order.updated_at,
        took=None if ready_at is None else max(0.0, ready_at - order.begins_at),
        closed_at=order.updated_at,
        version=order.version,
    )
