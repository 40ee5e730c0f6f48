"""The lists that open over the board: the shift's past orders, the menu, commands gone wrong."""

from __future__ import annotations

from kds_tui.core.command import Verb
from kds_tui.ui.endings_dialog import ACTION, EndingsDialog
from kds_tui.ui.key_screen import KeyScreen
from kds_tui.ui.messages import WishRequested
from kds_tui.ui.recall_list import RecallList
from kds_tui.ui.search_list import SearchList
from kds_tui.ui.shown import Shown
from kds_tui.ui.stock_list import StockList


class BoardLists(KeyScreen):
    """What the board's screen does about its lists."""

    _shown: Shown

    def look_at_list(self) -> None:
        """Have the list that is open look again at once: something changed."""
        if isinstance(self.app.screen, SearchList):
            self.app.screen.look()

    def action_recall_list(self) -> None:
        """Search what is off the grid, and bring an order back."""
        dialog = RecallList(self._shown.shift, self.keys, self._shown.monotonic)
        self.app.push_screen(dialog, self._recall_chosen)

    def _recall_chosen(self, order_id: str | None) -> None:
        if order_id is not None:
            self.post_message(WishRequested(Verb.RECALL, order_id))

    def action_stock(self) -> None:
        """Show the menu, and what of it is out of stock."""
        shown = self._shown
        self.app.push_screen(StockList(shown.stock, self.keys, shown.monotonic, self.post_message))

    def action_endings(self) -> None:
        """Show what became of the commands that did not do what they were meant to."""
        read = self._shown.endings.read()
        self.app.push_screen(EndingsDialog(read, self.keys.closing(ACTION)))

    def unread_words(self) -> str:
        """Say how many sentences about commands did not show, and the key; empty for none."""
        unread = self._shown.endings.unread
        return f"{self.key(ACTION)} {unread} UNREAD".strip() if unread else ""

    def stock_words(self) -> str:
        """Say how many items are out of stock; empty for none."""
        out = self._shown.stock.out_count()
        return f"86: {out}" if out else ""
