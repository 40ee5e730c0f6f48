"""What keys do to look at something else: the next view, a view by its name."""

from __future__ import annotations

from textual import on

from kds_tui.core.all_day import AllDayMode
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.focus_view import FocusView
from kds_tui.ui.held_key import REPEAT_GAP
from kds_tui.ui.kitchen_view import KitchenView
from kds_tui.ui.looking import Looking
from kds_tui.ui.order_grid import OrderGrid
from kds_tui.ui.status_line import StatusLine
from kds_tui.ui.tables_view import TablesView
from kds_tui.ui.views import Views


class ViewActions(Looking):
    """The part of the board's screen that changes what shows."""

    _views: Views

    @property
    def view(self) -> BoardView:
        """The view that has the keys."""
        return self._views.front

    @property
    def _kitchen(self) -> KitchenView:
        return self._views.kitchen

    def _view_changed(self) -> None:
        """Begin anew with what was typed or held, and write the words around the view."""
        raise NotImplementedError

    async def action_view(self, step: int) -> None:
        """Show the view next to this one.

        Args:
            step: 1 for the next one, -1 for the one before.
        """
        await self.action_show(self._views.beside(step))

    async def action_show(self, name: str) -> None:
        """Show a view.

        Args:
            name: its id.
        """
        if await self._views.show(name):
            self._view_changed()

    async def action_sort(self) -> None:
        """Sort by something else: the tables where they show, else the tickets."""
        tables = self._views.current
        if not isinstance(tables, TablesView):
            await super().action_sort()
        elif not self._is_held("sort", REPEAT_GAP):
            self.notify(f"Sorted by {tables.sort_by_next()}.", markup=False)

    async def action_all_day(self) -> None:
        """Show how many of each item are to be cooked: by item, by modifiers too, or not at all."""
        if self._is_held("all day", REPEAT_GAP):
            return
        hidden = self._views.panel.gives_way
        if hidden:
            self._views.close_focus()
            self._view_changed()
        if not hidden or self._views.panel.mode is AllDayMode.OFF:
            await self._views.count_all_day()

    async def action_enlarge(self) -> None:
        """Show the selected ticket in large letters, or all of them again."""
        if self._is_held("focus", REPEAT_GAP):
            return
        if not self._views.close_focus():
            if self.view.selected is None and not self.view.select_again():
                return
            await self._views.open_focus()
        self._view_changed()

    @on(OrderGrid.Opened)
    async def _card_opened(self, message: OrderGrid.Opened) -> None:
        message.stop()
        self._views.current.select(message.ticket_id)
        if self._views.focused is None:
            await self._views.open_focus()
            self._view_changed()

    @on(FocusView.Closed)
    def _focus_closed(self) -> None:
        self._views.close_focus()
        self._view_changed()

    @on(StatusLine.Tapped)
    async def _header_tapped(self) -> None:
        await self.action_view(1)
