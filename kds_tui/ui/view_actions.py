"""What keys do to look at something else: the next view, a view by its name."""

from __future__ import annotations

from textual import on

from kds_tui.ui.board_view import BoardView
from kds_tui.ui.held_key import REPEAT_GAP
from kds_tui.ui.kitchen_view import KitchenView
from kds_tui.ui.looking import Looking
from kds_tui.ui.status_line import StatusLine
from kds_tui.ui.tables_view import TablesView
from kds_tui.ui.views import Views


class ViewActions(Looking):
    """The part of the board's screen that changes what shows."""

    _views: Views

    @property
    def view(self) -> BoardView:
        """The view that shows."""
        return self._views.current

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

    @on(StatusLine.Tapped)
    async def _header_tapped(self) -> None:
        await self.action_view(1)
