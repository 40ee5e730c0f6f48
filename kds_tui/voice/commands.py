"""Cooks' spoken commands, carried out by the display as its keys would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kds_tui.core.kitchen import Kept, Kitchen, NotDone, Result
from kds_tui.core.order import READY, Item, Order
from kds_tui.wishes import Wishes
from voice_tui.core.menu import MenuItem


class DisplayCommands:
    """What a cook can ask this display by voice; each command answers with a sentence.

    Args:
        kitchen: what the display knows.
        wishes: carries out what cooks want.
    """

    def __init__(self, kitchen: Kitchen, wishes: Wishes) -> None:
        self._kitchen = kitchen
        self._wishes = wishes

    async def bump(self, order_number: str | None, table_number: str | None) -> str:
        """Bump the ticket of an order or a table.

        Args:
            order_number: as people call it out.
            table_number: the table's label.

        Returns:
            A sentence.
        """
        found = _meant(
            (ticket.order for ticket in self._kitchen.tickets), order_number, table_number
        )
        if len(found) != 1:
            return _not_one(found, "open", order_number, table_number)
        result = self._wishes.bump(found[0].id)
        return _said(result, f"{found[0].label} is bumped.")

    async def recall(self, order_number: str | None, table_number: str | None) -> str:
        """Bring a bumped ticket back.

        Args:
            order_number: as people call it out.
            table_number: the table's label; with neither, the ticket that was bumped last.

        Returns:
            A sentence.
        """
        if order_number is None and table_number is None:
            return _said(self._wishes.recall(None), "The last ticket is back.")
        kitchen = self._kitchen
        bumped = (
            order
            for order in kitchen.board
            if kitchen.tickets.concerns(order) and kitchen.outbox.effective(order).status in READY
        )
        found = _meant(bumped, order_number, table_number)
        if len(found) != 1:
            return _not_one(found, "bumped", order_number, table_number)
        return _said(self._wishes.recall(found[0].id), f"{found[0].label} is back.")

    async def mark_unavailable(self, item: MenuItem, available: bool) -> str:
        """Put an item of the menu out of stock, or back.

        Args:
            item: of the menu.
            available: False for out of stock.

        Returns:
            A sentence.
        """
        result = self._wishes.set_stock(item.id, item.name, available=available)
        what = "back on the menu" if available else "out of stock"
        if isinstance(result, Kept):
            return f"{item.name} is {what} on this display only: tell the till."
        return _said(result, f"{item.name} is {what}.")

    async def all_day(self, item: MenuItem | None) -> str:
        """Count how many of an item are open in total, or of every item.

        Args:
            item: of the menu; None for all.

        Returns:
            A sentence.
        """
        counts: Counter[str] = Counter()
        for ticket in self._kitchen.tickets:
            for line in ticket.order.items:
                if not line.is_done and (item is None or _is_of(line, item)):
                    counts[line.name if item is None else item.name] += line.quantity
        if not counts:
            return f"No {item.name} is open." if item is not None else "Nothing is open."
        return ", ".join(f"{count} {name}" for name, count in counts.most_common()) + " all day."


def _meant(
    orders: Iterable[Order], order_number: str | None, table_number: str | None
) -> list[Order]:
    """The orders that a number or a table can mean: people leave out leading zeros."""
    if order_number is not None:
        wanted = order_number.lstrip("#0") or "0"
        return [order for order in orders if order.short_number.lstrip("0") == wanted]
    wanted = (table_number or "").casefold()
    return [order for order in orders if wanted and order.table_number.casefold() == wanted]


def _is_of(line: Item, item: MenuItem) -> bool:
    """Tell whether a line orders an item; not every server gives its lines the item's id."""
    known = {item.id, item.menu_item_id} - {""}
    return line.menu_item_id in known or line.name.casefold() == item.name.casefold()


def _not_one(
    found: list[Order], state: str, order_number: str | None, table_number: str | None
) -> str:
    if order_number is None and table_number is None:
        return "Say the number of the order, or its table."
    what = f"order {order_number}" if order_number is not None else f"table {table_number}"
    if not found:
        return f"There is no {state} ticket for {what}."
    numbers = ", ".join(order.short_number for order in found)
    return f"There are {len(found)} {state} tickets for {what}: say the number, {numbers}."


def _said(result: Result, done: str) -> str:
    if isinstance(result, NotDone):
        return result.reason or "Somebody was faster: it is done already."
    return done
