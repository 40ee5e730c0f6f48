"""What a cook does to look at other tickets: filters, search, sort modes, other stations' items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kds_tui.core.filters import Filters
from kds_tui.ui.held_key import REPEAT_GAP
from kds_tui.ui.kitchen_view import KitchenView
from kds_tui.ui.messages import TakeOverRequested
from kds_tui.ui.status_line import Banner
from kds_tui.ui.ticket_actions import TicketActions

if TYPE_CHECKING:
    from kds_tui.ui.search_line import SearchLine


class Looking(TicketActions):
    """The part of the board's screen that decides what is looked at."""

    DEFAULT_CSS = """
    Looking {
        layers: board search;
        SearchLine { display: none; layer: search; dock: bottom; }
        &.-searching SearchLine { display: block; }
    }
    """

    def _show_words(self) -> None:
        """Write the words around the view anew."""
        raise NotImplementedError

    def _is_held(self, key: str, gap: float) -> bool:
        """Whether a key comes again because it is held down; gap: seconds, see `HeldKey`."""
        return self._held_key.repeats(key, self._shown.monotonic(), gap)

    @property
    def _kitchen(self) -> KitchenView:
        """The view that can be filtered, whatever shows."""
        raise NotImplementedError

    async def action_show(self, name: str) -> None:
        """Show a view, by its id."""
        raise NotImplementedError

    async def action_filters(self) -> None:
        """Choose which tickets are looked at."""
        await self.action_show("kitchen")
        from kds_tui.ui.filter_dialog import FilterDialog

        view = self._kitchen
        self.app.push_screen(
            FilterDialog(
                view.options,
                lambda choice: view.look_for(view.filters.toggled(choice)),
                lambda: view.look_for(Filters()),
                self.keys,
            )
        )

    async def action_sort(self) -> None:
        """Sort the tickets by something else."""
        await self.action_show("kitchen")
        if not self._is_held("sort", REPEAT_GAP):
            mode = self._shown.tickets.sort.following
            self._kitchen.sort_by(mode)
            self.notify(f"Sorted by {mode}.", markup=False)

    async def action_search(self) -> None:
        """Type what to look for."""
        await self.action_show("kitchen")
        from kds_tui.ui.search_line import SearchLine

        found = self.query(SearchLine)
        line = found.first() if found else SearchLine()
        if not found:
            await self.mount(line)
        self.add_class("-searching")
        line.begin(self._kitchen.filters.text)
        self._show_words()

    def on_search_line_typed(self, message: SearchLine.Typed) -> None:
        """Look for what was typed so far.

        Args:
            message: the text.
        """
        self._kitchen.look_for(self._kitchen.filters.searching(message.text))

    def on_search_line_kept(self) -> None:
        """Give the keyboard back to the tickets that were found."""
        if self.has_class("-searching"):
            self.remove_class("-searching")
            self.view.take_focus()
            self.take_keys_again()
            self._show_words()

    def on_search_line_ended(self) -> None:
        """Show the tickets again that were not looked for."""
        self.end_search()
        self.on_search_line_kept()

    def end_search(self) -> bool:
        """Show the tickets again that were not looked for.

        Returns:
            Whether there was a search, and it shows.
        """
        filters = self._kitchen.filters
        if not filters.text or self.view is not self._kitchen:
            return False
        self._kitchen.look_for(filters.searching(""))
        return True

    def _show_hidden(self, now: float) -> None:
        """Say how many tickets are hidden, or how many were found."""
        self.query_one("#hidden", Banner).show(self.view.warning(now))
        if self.has_class("-searching"):
            from kds_tui.ui.search_line import SearchLine

            kitchen = self._kitchen
            self.query_one(SearchLine).show_found(kitchen.found, kitchen.total)

    def action_take_over(self, station: str = "") -> None:
        """Let another station's items join this screen.

        Args:
            station: which one; empty for the next that is known.
        """
        if not self._is_held("take over", REPEAT_GAP):
            self.post_message(TakeOverRequested(station))

    def action_give_back(self) -> None:
        """Give the station back that joined last."""
        if not self._is_held("give back", REPEAT_GAP):
            self.post_message(TakeOverRequested(give_back=True))
