"""Scheduled orders: which wait for their time, and when the next one is to be started."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order

SOON: Final = 300.0
"""Seconds before an order is to be started from which its countdown warns: five minutes is what the
Restaurant OS web display uses."""


@dataclass(frozen=True, slots=True)
class FireGroup:
    """Orders that are to be started in the same minute."""

    id: str
    fire_at: float
    """When the first of them is to be started, in seconds since the epoch."""

    orders: tuple[Order, ...]

    def is_due(self, now: float) -> bool:
        """Tell whether it is time, at the server's time `now` in seconds."""
        return now >= self.fire_at

    def is_soon(self, now: float) -> bool:
        """Tell whether it is time in five minutes, at the server's time `now` in seconds."""
        return now >= self.fire_at - SOON


class ScheduledOrders:
    """The scheduled orders that nobody has started.

    An order without a time is not among them: it is cooked like any other, or it would be lost.

    Args:
        kitchen: knows the orders.
    """

    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self._orders: dict[str, Order] = {}
        self._waiting: dict[str, float] = {}
        self._next = inf

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def waiting(self) -> Iterable[str]:
        """The ids of those that wait for their time still."""
        return self._waiting.keys()

    def fire_at(self, order_id: str) -> float:
        """Tell when one that waits is to be started, in seconds since the epoch."""
        return self._waiting[order_id]

    def waits(self, order_id: str) -> bool:
        """Tell whether an order waits for its time.

        Args:
            order_id: any order's.

        Returns:
            True until its time has come, as of the last `update` or `advance`.
        """
        return order_id in self._waiting

    def update(self, order_ids: Iterable[str], now: float) -> None:
        """Look again at some orders.

        Args:
            order_ids: those that changed.
            now: the server's time, in seconds since the epoch.
        """
        board, outbox = self._kitchen.board, self._kitchen.outbox
        for order_id in order_ids:
            known = self._orders.pop(order_id, None)
            if known is not None:
                self._waiting.pop(order_id, None)
            order = board.get(order_id)
            if order is None or not order.is_scheduled:
                continue
            shown = outbox.effective(order, with_held=False)
            if shown.waits_for_fire:
                self._orders[order_id] = shown
                if shown.begins_at > now:
                    self._waiting[order_id] = shown.begins_at
        self._next = min(self._waiting.values(), default=inf)

    def advance(self, now: float) -> frozenset[str]:
        """Let time pass.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            The orders whose time has come since the last time.
        """
        if now < self._next:
            return frozenset()
        due = frozenset(key for key, fire_at in self._waiting.items() if fire_at <= now)
        for order_id in due:
            del self._waiting[order_id]
        self._next = min(self._waiting.values(), default=inf)
        return due

    def ids(self) -> Sequence[str]:
        """Tell which orders there are, in no sequence."""
        return list(self._orders)


def fire_groups(orders: Iterable[Order]) -> Sequence[FireGroup]:
    """Group orders by the minute in which they are to be started.

    Args:
        orders: scheduled ones.

    Returns:
        The groups, the one first that is to be started first; in each the first order first.
    """
    by_minute: dict[int, list[Order]] = {}
    for order in orders:
        by_minute.setdefault(int(order.begins_at // 60), []).append(order)
    return [
        FireGroup(
            f"fire:{minute}",
            min(order.begins_at for order in together),
            tuple(sorted(together, key=lambda it: (it.begins_at, it.order_number, it.id))),
        )
        for minute, together in sorted(by_minute.items())
    ]
