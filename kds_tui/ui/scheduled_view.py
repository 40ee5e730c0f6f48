"""Scheduled orders as a view: what is to be started when, and started now or early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual.message import Message

from kds_tui.core.clock import format_age
from kds_tui.core.command import Verb
from kds_tui.core.order import Order
from kds_tui.core.scheduled import FireGroup, ScheduledOrders, fire_groups
from kds_tui.core.tickets import Changes
from kds_tui.core.time_of_day import time_of_day
from kds_tui.ui.card_facts import TYPE_WORDS, type_role
from kds_tui.ui.card_head import Head
from kds_tui.ui.card_items import warning_lines, wish_lines
from kds_tui.ui.card_lines import Line, Role, truncate, wrap
from kds_tui.ui.grid_view import GridSetup, GridView
from kds_tui.ui.messages import BoardChanged, WishesRequested
from kds_tui.ui.shown import Shown

NO_GUEST: Final = "Guest"
"""What an order without a name is called by, as on the Restaurant OS web display."""


class ScheduledFace:
    """The face of orders that are to be started in the same minute."""

    def head(self, entry: FireGroup, now: float) -> Head:
        """Write the first line.

        Args:
            entry: the orders.
            now: the server's time, in seconds since the epoch.

        Returns:
            When they are to be started, and how long that is from now.
        """
        name = f"FIRE {time_of_day(entry.fire_at)}"
        if entry.is_due(now):
            return Head(name, "FIRE NOW!", "late")
        left = f"in {format_age(entry.fire_at - now)}"
        soon = entry.is_soon(now)
        return Head(name, f"{left}▲SOON" if soon else left, "warning" if soon else "later")

    def body(self, entry: FireGroup, width: int) -> Sequence[Line]:
        """Write what stands under the head.

        Args:
            entry: the orders.
            width: in terminal cells.

        Returns:
            When their guests come, then each order with its lines.
        """
        count = len(entry.orders)
        lines: list[Line] = []
        pickups = [order.pickup_at for order in entry.orders if order.pickup_at is not None]
        orders = f"{count} order{'s' if count > 1 else ''}"
        pickup = f"Pickup {time_of_day(min(pickups))}" if pickups else ""
        gap = " " * (width - cell_len(pickup) - cell_len(orders))
        lines.append(((pickup, Role.ITEM), (gap + orders, Role.MUTED)))
        for order in entry.orders:
            lines += _order_lines(order, width)
        return lines

    def name(self, entry: FireGroup) -> str:
        """Name the orders by their time."""
        return f"FIRE {time_of_day(entry.fire_at)}"

    def foot(self, entry: FireGroup, now: float) -> str:
        """Say what a click on the foot does."""
        return "fire now" if entry.is_due(now) else "fire early"


class ScheduledCards:
    """The scheduled orders of a screen as cards.

    Args:
        scheduled: kept up to date by the screen.
        shown: whose stations' orders these are.
    """

    def __init__(self, scheduled: ScheduledOrders, shown: Shown) -> None:
        self._scheduled = scheduled
        self._tickets = shown.tickets
        self._groups: dict[str, FireGroup] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def get(self, card_id: str) -> FireGroup | None:
        """Look a group up; None when its orders are started."""
        return self._groups.get(card_id)

    def ids(self) -> Sequence[str]:
        """Tell which groups there are, the one first that is to be started first."""
        return list(self._groups)

    def update(self, message: BoardChanged) -> Changes:
        """Look at the orders again; they are few."""
        before = self._groups
        self.rebuild()
        changed = {key for key, group in self._groups.items() if group is not before.get(key)}
        return Changes(frozenset(changed), frozenset(before.keys() - self._groups.keys()))

    def rebuild(self) -> None:
        """Look at all orders again: much changed while nobody was told."""
        tickets = (self._tickets.get(order_id) for order_id in self._scheduled.ids())
        groups = fire_groups(ticket.order for ticket in tickets if ticket is not None)
        before = self._groups
        self._groups = {}
        for group in groups:
            known = before.get(group.id)
            self._groups[group.id] = group if known is None or known != group else known


class ScheduledView(GridView):
    """The scheduled orders.

    Args:
        shown: what the screen shows.
        scheduled: kept up to date by the screen.
    """

    TITLE = "SCHEDULED"

    def __init__(self, shown: Shown, scheduled: ScheduledOrders) -> None:
        self._cards = ScheduledCards(scheduled, shown)
        self._now = shown.server_now
        setup = GridSetup(
            cards=self._cards,
            face=ScheduledFace(),
            server_now=shown.server_now,
            density=shown.density,
            empty=lambda: ("Nothing is scheduled", "Orders for later appear here."),
            wish=self._fire,
            bump_word="fire",
            columns=shown.columns,
            rows=shown.rows,
        )
        super().__init__(setup, id="scheduled")

    @property
    def bump_fires(self) -> bool:
        """Whether the bump key fires: it does nothing else here."""
        return True

    def reveal(self, card_id: str) -> bool:
        """Turn to a group and select it.

        Args:
            card_id: its id, or that of one of its orders.

        Returns:
            Whether it is there.
        """
        for group_id in self._cards.ids():
            group = self._cards.get(group_id)
            if group is not None and any(order.id == card_id for order in group.orders):
                return super().reveal(group_id)
        return super().reveal(card_id)

    def orders_of(self, card_id: str) -> Sequence[str] | None:
        """Tell which orders are to be started together."""
        group = self._cards.get(card_id)
        return [order.id for order in group.orders] if group is not None else ()

    def _fire(self, group_id: str) -> Message:
        group, now = self._cards.get(group_id), self._now()
        orders = group.orders if group is not None else ()
        # Whose time has come is on the kitchen's screens already: there it is to be started.
        return WishesRequested(
            [(Verb.FIRE if order.begins_at > now else Verb.START, order.id) for order in orders]
        )


def _order_lines(order: Order, width: int) -> list[Line]:
    count = len(order.items)
    items = f"{count} item{'s' if count != 1 else ''}"
    guest = (order.table_number and order.label) or order.customer_name or NO_GUEST
    name = truncate(f"#{order.short_number} {guest}", width - cell_len(items) - 1)
    gap = " " * (width - cell_len(name) - cell_len(items))
    lines: list[Line] = [((name, Role.OTHER), (gap + items, Role.MUTED))]
    kind = type_role(order.type)
    lines += [((line, kind),) for line in wrap(TYPE_WORDS[order.type], width)]
    lines += warning_lines(order, width)
    for item in order.items:
        first, *rest = wrap(f"{item.quantity} {item.name}", width)
        lines += [((line, Role.ITEM),) for line in (first, *rest)]
        lines += wish_lines(item, width)
    return lines
