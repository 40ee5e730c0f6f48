"""The views of the screen: which there are, and which one shows."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Container

from kds_tui.core.scheduled import ScheduledOrders
from kds_tui.core.tickets import Changes
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.card_face import TicketFace
from kds_tui.ui.expo_view import ExpoView
from kds_tui.ui.kitchen_view import KitchenView
from kds_tui.ui.messages import BoardChanged
from kds_tui.ui.scheduled_view import ScheduledView
from kds_tui.ui.shown import Shown
from kds_tui.ui.tables_view import TablesView


class Views(Container):
    """The views, one of which shows.

    Args:
        shown: what the screen shows, and which view first.
        empty: why there are no orders: a headline and an explanation.
    """

    DEFAULT_CSS = """
    Views { width: 1fr; height: 1fr; }
    """

    def __init__(self, shown: Shown, empty: Callable[[], tuple[str, str]]) -> None:
        super().__init__(id="views")
        self.scheduled = ScheduledOrders(shown.kitchen)
        """Kept up to date whatever shows: it tells the kitchen what is not to be cooked yet."""

        self._shown = shown
        waits = self.scheduled.waits
        self.kitchen = KitchenView(
            shown.tickets,
            TicketFace(shown.rules, shown.style, shown.flashing),
            shown.server_now,
            empty,
            self.scheduled,
            columns=shown.columns,
            rows=shown.rows,
            density=shown.density,
        )
        """The tickets of this screen's stations, which can be filtered and searched."""

        self.all: tuple[BoardView, ...] = (
            self.kitchen,
            ExpoView(shown, waits, empty),
            TablesView(shown, waits, empty),
            ScheduledView(shown, self.scheduled),
        )
        """In the sequence in which they are gone through."""

        self.current = self.named(shown.view)
        """The one that shows. One that never did is not part of the screen yet: a widget that is
        refreshed while it is hidden makes Textual 8.2.8 forget to tell others of their new size."""

        for view in self.all:
            view.display = view is self.current

    def compose(self) -> ComposeResult:
        """Lay the views out.

        Yields:
            The one that shows.
        """
        yield self.current

    def named(self, name: str) -> BoardView:
        """Find a view.

        Args:
            name: its id.

        Returns:
            The view, or the first one.
        """
        return next((view for view in self.all if view.id == name), self.all[0])

    def beside(self, step: int) -> str:
        """Name the view next to the one that shows.

        Args:
            step: 1 for the next one, -1 for the one before; past the end it begins again.

        Returns:
            Its id.
        """
        names = [view.id or "" for view in self.all]
        return names[(names.index(self.current.id or "") + step) % len(names)]

    async def show(self, name: str) -> bool:
        """Show another view; the selected order stays selected where it stands there too.

        Args:
            name: its id.

        Returns:
            Whether it did not show already.
        """
        view = self.named(name)
        if view is self.current:
            return False
        selected, self.current.display = self.current.selected, False
        self.current, view.display = view, True
        if not view.is_attached:
            await self.mount(view, before=0)
        view.begin(self._shown.server_now())
        if selected is not None:
            view.reveal(selected)
        return True

    def take(self, message: BoardChanged) -> None:
        """Take what became of the orders.

        Args:
            message: tells it.
        """
        now = self._shown.server_now()
        self.scheduled.update(message.order_ids, now)
        for view in self.all:
            view.take(message, now)

    def tick(self, now: float) -> None:
        """Let time pass.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        due = self.scheduled.advance(now)
        if due:
            here = frozenset(key for key in due if self._shown.tickets.get(key) is not None)
            for view in self.all:
                view.take(BoardChanged(Changes(here, frozenset()), due), now)
        self.current.tick(now)
