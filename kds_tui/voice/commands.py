"""Cooks' spoken commands, carried out by the display as its keys would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from kds_tui.core.command import Verb, course_subject
from kds_tui.core.courses import spoken_course
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import READY, Item, Order
from kds_tui.core.results import Kept, NotDone, Result
from kds_tui.wishes import Wishes
from voice_tui.core.menu import MenuItem
from voice_tui.core.tools import ALL_TICKETS, TicketWork


class DisplayCommands:
    """What a cook can ask this display by voice; each command answers with a sentence.

    Args:
        kitchen: what the display knows.
        wishes: carries out what cooks want.
        selected: tells the ticket that is selected on the screen; None for none.
    """

    def __init__(
        self, kitchen: Kitchen, wishes: Wishes, selected: Callable[[], str | None] = lambda: None
    ) -> None:
        self._kitchen = kitchen
        self._wishes = wishes
        self._selected = selected

    @property
    def selected(self) -> str | None:
        """The id of the ticket that is selected on the screen; None for none."""
        return self._selected()

    async def bump(self, order_number: str | None, table_number: str | None) -> str:
        """Bump the ticket of an order or a table.

        Args:
            order_number: as people call it out.
            table_number: the table's label; what is to be started later is not meant.

        Returns:
            A sentence.
        """
        found = _meant(
            (ticket.order for ticket in self._kitchen.tickets), order_number, table_number
        )
        if order_number is None:
            found = [order for order in found if self._wishes.is_due(order)]
        if len(found) > 1 and order_number is None:
            results = self._wishes.together([(Verb.BUMP, order.id) for order in found])
            return _bumped_said(results, found[0].label)
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
        bumped = (order for order in kitchen.board if kitchen.is_bumped(order.id))
        found = _meant(bumped, order_number, table_number)
        if len(found) != 1:
            return _not_one(found, "bumped", order_number, table_number)
        return _said(self._wishes.recall(found[0].id), f"{found[0].label} is back.")

    async def work(
        self,
        action: TicketWork,
        order_number: str | None,
        table_number: str | None,
        part: str | None,
    ) -> str:
        """Start, rush, hold, fire, hand over, serve or acknowledge.

        Args:
            action: which of these.
            order_number: as people call it out.
            table_number: the table's label; with neither, the ticket that is selected. All tickets
                of a table are meant.
            part: a course or an item, as it was said; None for the whole ticket.

        Returns:
            A sentence.
        """
        if action is TicketWork.ACKNOWLEDGE and part == ALL_TICKETS:
            self._wishes.acknowledge(None)
            return "All tickets are acknowledged."
        found = self._to_work_on(action, order_number, table_number)
        if not found or (order_number is not None and len(found) > 1):
            if order_number is None and table_number is None:
                return "Select a ticket first, or say its number or its table."
            state = "ready" if action in _OF_READY else "open"
            return _not_one(found, state, order_number, table_number)
        if action is TicketWork.ACKNOWLEDGE:
            for order in found:
                self._wishes.acknowledge(order.id)
            return f"{found[0].label} is acknowledged."
        asked = [(order, subject) for order in found for subject in _subjects(order, part)]
        if not asked:
            return f"{found[0].label} has no {part}."
        verb = Verb(action.value)
        results = [self._wishes.carry_out(verb, order.id, subject) for order, subject in asked]
        what = found[0].label if part is None else f"{part} of {found[0].label}"
        return _all_said(results, f"{what} is {_DONE[action]}.")

    def _to_work_on(
        self, action: TicketWork, order_number: str | None, table_number: str | None
    ) -> list[Order]:
        kitchen = self._kitchen
        if action in _OF_READY:
            shown = [
                kitchen.outbox.effective(order)
                for order in kitchen.board
                if kitchen.tickets.concerns(order)
            ]
            orders = [order for order in shown if order.status in READY]
        elif action is TicketWork.ACKNOWLEDGE:  # a cancelled one that still shows, too
            shown_here = map(kitchen.tickets.get, kitchen.tickets.ids())
            orders = [ticket.order for ticket in shown_here if ticket is not None]
        else:
            orders = [ticket.order for ticket in kitchen.tickets]
        if order_number is None and table_number is None:
            return [order for order in orders if order.id == self._selected()]
        return _meant(orders, order_number, table_number)

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
        """Count how many of an item are to be cooked now, or of every item: as the all-day panel
        does, without what is done, held, or to be started later.

        Args:
            item: of the menu; None for all.

        Returns:
            A sentence.
        """
        counts: Counter[str] = Counter()
        for ticket in self._kitchen.tickets:
            if not self._wishes.is_due(ticket.order):
                continue
            for line in ticket.order.items:
                waits = line.is_done or line.is_held
                if not waits and (item is None or _is_of(line, item)):
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
    many = f"There are {len(found)} {state} tickets for {what}:"
    numbers = [order.short_number for order in found]
    if len(set(numbers)) == len(numbers):
        return f"{many} say the number, {', '.join(numbers)}."
    return f"{many} do it by key."  # its table would mean all of that table's


def _subjects(order: Order, part: str | None) -> list[str]:
    """What of an order is meant: nothing of it where it has no such part."""
    if part is None:
        return [""]
    course = spoken_course(order, part)
    if course is not None:
        return [course_subject(course)]
    wanted = part.casefold()
    return [item.id for item in order.items if item.name.casefold() == wanted and not item.is_done]


def _all_said(results: Sequence[Result], done: str) -> str:
    """Say what became of several wishes: the first that was not done, if none was."""
    if all(isinstance(result, NotDone) for result in results):
        return _said(results[0], done)
    return done


def _bumped_said(results: Sequence[Result], label: str) -> str:
    """Say how many tickets of a table were bumped, and why the others were not."""
    not_done = [result for result in results if isinstance(result, NotDone)]
    done, count = len(results) - len(not_done), len(results)
    if not done:
        return _said(results[0], "")
    how_many = f"{done} of {count}" if not_done else f"{count}"
    verb = "is" if done == 1 else "are"
    why = next((result.reason for result in not_done if result.reason), "")
    return f"{label}: {how_many} tickets {verb} bumped. {why}".strip()


_OF_READY: Final = frozenset({TicketWork.PICK_UP, TicketWork.SERVE})

_DONE: Final[Mapping[TicketWork, str]] = {
    TicketWork.START: "started",
    TicketWork.RUSH: "at the front",
    TicketWork.UNRUSH: "in its place again",
    TicketWork.HOLD: "held",
    TicketWork.FIRE: "fired",
    TicketWork.PICK_UP: "picked up",
    TicketWork.SERVE: "served",
}


def _said(result: Result, done: str) -> str:
    if isinstance(result, NotDone):
        return result.reason or "Somebody was faster: it is done already."
    return done
