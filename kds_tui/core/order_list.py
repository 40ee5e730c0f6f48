"""Orders of one kind, sorted: what a view other than the kitchen's shows."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence

from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order
from kds_tui.core.tickets import Changes, Ticket

Place = tuple[bool, float, str, str]
"""What orders are sorted by: rushed ones first where that counts, a moment, the number, the id."""


class OrderList:
    """The orders of one kind, whole and of all stations, kept up to date from the board.

    Args:
        kitchen: knows the orders, and what is asked of them.
        belongs: whether an order, as it is with the commands under way, is of this kind.
        place: what it is sorted by, its id at the end.
    """

    def __init__(
        self, kitchen: Kitchen, belongs: Callable[[Order], bool], place: Callable[[Order], Place]
    ) -> None:
        self._kitchen = kitchen
        self._belongs = belongs
        self._place = place
        self._tickets: dict[str, Ticket] = {}
        self._places: list[Place] = []

    def __len__(self) -> int:
        return len(self._tickets)

    def get(self, order_id: str) -> Ticket | None:
        """Look an order up.

        Args:
            order_id: its id.

        Returns:
            The whole order as a ticket, or None when it is not of this kind.
        """
        return self._tickets.get(order_id)

    def ids(self) -> Sequence[str]:
        """Tell which orders there are.

        Returns:
            Their ids, sorted.
        """
        return [place[-1] for place in self._places]

    def look_at(self, order_ids: Iterable[str]) -> Changes:
        """Look again at some orders.

        Args:
            order_ids: those that the board or the outbox changed.

        Returns:
            What became of this list.
        """
        board, outbox = self._kitchen.board, self._kitchen.outbox
        changed: set[str] = set()
        removed: set[str] = set()
        for order_id in order_ids:
            order = board.get(order_id)
            shown = outbox.effective(order, with_held=False) if order is not None else None
            ticket = None
            if shown is not None and self._belongs(shown):
                ticket = Ticket(shown, undo=outbox.undo(order_id))
            known = self._tickets.get(order_id)
            if ticket == known:
                continue
            if known is not None:
                del self._tickets[order_id]
                del self._places[bisect_left(self._places, self._place(known.order))]
            if ticket is None:
                removed.add(order_id)
            else:
                self._tickets[order_id] = ticket
                insort(self._places, self._place(ticket.order))
                changed.add(order_id)
        return Changes(frozenset(changed), frozenset(removed))

    def rebuild(self) -> None:
        """Look at all orders again: much changed while nobody looked."""
        self.look_at({*self._tickets, *(order.id for order in self._kitchen.board)})
