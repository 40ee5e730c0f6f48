"""The views of the screen: which there are, and which one shows."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Container

from kds_tui.core.all_day import AllDay, AllDayMode
from kds_tui.core.scheduled import ScheduledOrders
from kds_tui.core.tickets import Changes
from kds_tui.ui.all_day_panel import AllDayPanel
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.card_face import TicketFace
from kds_tui.ui.expo_view import ExpoView
from kds_tui.ui.focus_view import FocusView
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
    Views { width: 1fr; height: 1fr; layers: cards panel focus; }
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

        self.focused: FocusView | None = None
        """A card of it in large letters, over it; None when there is none."""

        self._large = FocusView(self.current)
        self._large.display = False
        self.panel = AllDayPanel(AllDay(shown.tickets, waits))
        for view in self.all:
            view.display = view is self.current

    @property
    def front(self) -> BoardView:
        """The one that has the keys."""
        return self.focused or self.current

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
        view, was_focused = self.named(name), self.close_focus()
        if view is self.current:
            return was_focused
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
        self.panel.take(message.order_ids)
        if self.focused is not None:
            self.focused.take(message, now)

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
            self.panel.take(due)
        self.current.tick(now)
        if self.focused is not None:
            self.focused.tick(now)

    async def open_focus(self) -> None:
        """Show the selected card in large letters."""
        if not self._large.is_attached:
            await self.mount(self._large)
        self.focused = self._large
        self._make_room()
        self._large.open(self.current)

    def close_focus(self) -> bool:
        """Show the cards again.

        Returns:
            Whether one of them was shown in large letters.
        """
        was_open, self.focused = self.focused is not None, None
        self._large.display = False
        self._make_room()
        return was_open

    def on_resize(self) -> None:
        """Suit another size of the screen."""
        self._make_room()

    def _make_room(self) -> None:
        """Have no counts on the letters: on a narrow screen the panel stands over the tickets."""
        self.panel.give_way(self.focused is not None and self.screen.has_class("-narrow"))

    async def count_all_day(self) -> AllDayMode:
        """Show the panel of all-day counts, count something else in it, or take it away.

        Returns:
            What is counted now.
        """
        if not self.panel.is_attached:
            await self.mount(self.panel)
        self.panel.count(self.panel.mode.following)
        return self.panel.mode
