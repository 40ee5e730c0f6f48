"""The tables as a view: each with all of its orders, bumped and served together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.message import Message

from kds_tui.core.command import Verb
from kds_tui.core.expo import place_in_kitchen
from kds_tui.core.order import OPEN, READY
from kds_tui.core.order_list import OrderList
from kds_tui.core.tables import Tables, TableSort, TableStatus, is_unclosed
from kds_tui.core.tickets import Changes
from kds_tui.ui.grid_view import GridSetup, GridView
from kds_tui.ui.messages import SEVERAL_GUESTS, BoardChanged, Refused, WishesRequested
from kds_tui.ui.shown import Shown
from kds_tui.ui.table_face import TableFace


class TableCards(Tables):
    """Tables as cards."""

    def update(self, message: BoardChanged) -> Changes:
        """Look at the orders again that changed; what became of the tables."""
        return self.look_at(message.order_ids)


class TablesView(GridView):
    """The tables.

    Args:
        shown: what the screen shows.
        waits: whether an order waits for its time; then it is on no table yet.
        empty: why there are no orders: a headline and an explanation.
    """

    TITLE = "TABLES"

    def __init__(
        self, shown: Shown, waits: Callable[[str], bool], empty: Callable[[], tuple[str, str]]
    ) -> None:
        orders = OrderList(
            shown.kitchen,
            lambda order: is_unclosed(order) and not waits(order.id),
            place_in_kitchen,
        )
        self._tables = TableCards(orders, shown.rules)
        setup = GridSetup(
            cards=self._tables,
            face=TableFace(shown.rules, shown.tickets.routing),
            server_now=shown.server_now,
            density=shown.density,
            empty=empty,
            wish=self._bump,
            columns=shown.columns,
            rows=shown.rows,
        )
        super().__init__(setup, id="tables")

    @property
    def sorted_by(self) -> str:
        """What the tables are sorted by; empty for the usual."""
        mode = self._tables.sort
        return "" if mode is TableSort.URGENCY else mode.value

    def bump_word(self, card_id: str) -> str:
        """Say what the bump key does with a table."""
        table = self._tables.get(card_id)
        is_ready = table is not None and table.status is TableStatus.READY
        return "serve all" if is_ready else "bump all"

    def reveal(self, card_id: str) -> bool:
        """Turn to a table and select it.

        Args:
            card_id: its id, or that of one of its orders.

        Returns:
            Whether it is there.
        """
        return super().reveal(self._tables.holding(card_id) or card_id)

    def sort_by_next(self) -> str:
        """Sort the tables by something else, from the first slot on.

        Returns:
            By what, in a word.
        """
        self._tables.sort = self._tables.sort.following
        self.tidy()
        return self._tables.sort.value

    def right_words(self, now: float) -> str:
        """Say how many tables are not on this page; the first of them need not be the oldest."""
        count, _ = self.paging.elsewhere()
        return f"{count} more" if count else ""

    def orders_of(self, card_id: str) -> Sequence[str] | None:
        """Tell which orders are on a table; none of a card that is no table."""
        table = self._tables.get(card_id)
        return [order.id for order in table.orders] if table is not None and table.number else ()

    def _bump(self, table_id: str) -> Message:
        table = self._tables.get(table_id)
        if table is None:
            return WishesRequested(())
        if not table.number:
            return Refused(SEVERAL_GUESTS)
        if table.open_orders:
            return WishesRequested(
                [(Verb.BUMP, order.id) for order in table.orders if order.status in OPEN]
            )
        return WishesRequested(
            [(Verb.SERVE, order.id) for order in table.orders if order.status in READY]
        )
