"""All-day counts: how many of each item are still to be cooked, over all tickets of a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kds_tui.core.order import Order
from kds_tui.core.tickets import TicketList

_Dish = tuple[str, tuple[str, ...]]


class AllDayMode(StrEnum):
    """What is counted."""

    OFF = "off"
    ITEMS = "items"
    MODIFIERS = "items and modifiers"

    @property
    def following(self) -> AllDayMode:
        """The next one, after the last the first."""
        modes = list(AllDayMode)
        return modes[(modes.index(self) + 1) % len(modes)]


@dataclass(frozen=True, slots=True)
class AllDayCount:
    """How many of one dish are to be cooked."""

    count: int
    name: str
    modifiers: tuple[str, ...] = ()
    """What is asked for with it; empty where only dishes are counted."""


class AllDay:
    """The counts, kept up to date ticket by ticket.

    What is done, held, or to be started later is not counted: nobody is to cook it now.

    Args:
        tickets: those of the screen, with the items of its stations.
        waits: whether an order waits for its time.
    """

    def __init__(self, tickets: TicketList, waits: Callable[[str], bool]) -> None:
        self._tickets = tickets
        self._waits = waits
        self._of_ticket: dict[str, Counter[_Dish]] = {}
        self._total: Counter[_Dish] = Counter()

    def look_at(self, order_ids: Iterable[str]) -> None:
        """Look again at some orders.

        Args:
            order_ids: those whose tickets changed, came or went.
        """
        for order_id in order_ids:
            before = self._of_ticket.pop(order_id, None)
            if before is not None:
                self._total.subtract(before)
                for dish in before:
                    if not self._total[dish]:
                        del self._total[dish]
            ticket = self._tickets.get(order_id)
            if ticket is not None and not self._waits(order_id) and not ticket.is_cancelled:
                counted = self._of_ticket[order_id] = _dishes(ticket.order)
                self._total.update(counted)

    def rebuild(self) -> None:
        """Look at all tickets again: much changed while nobody looked."""
        self.look_at({*self._of_ticket, *self._tickets.ids()})

    def counts(self, *, by_modifiers: bool = False) -> Sequence[AllDayCount]:
        """Tell how many of each are to be cooked.

        Args:
            by_modifiers: whether the same dish with other modifiers is another one.

        Returns:
            The dish of which there are most first; one dish's kinds stand together.
        """
        of_name: Counter[str] = Counter()
        for (name, _), count in self._total.items():
            of_name[name] += count
        if not by_modifiers:
            found = [AllDayCount(count, name) for name, count in of_name.items()]
            return sorted(found, key=lambda it: (-it.count, it.name))
        kinds = [AllDayCount(count, *dish) for dish, count in self._total.items()]
        return sorted(kinds, key=lambda it: (-of_name[it.name], it.name, -it.count, it.modifiers))


def _dishes(order: Order) -> Counter[_Dish]:
    found: Counter[_Dish] = Counter()
    for item in order.items:
        if not item.is_done and not item.is_held:
            modifiers = tuple(modifier.name for modifier in item.modifiers)
            found[item.name, modifiers] += item.quantity
    return found
