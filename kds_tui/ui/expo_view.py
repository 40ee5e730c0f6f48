"""The pass as a view: what is being cooked on the left, what is ready on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from kds_tui.core.cards import Direction
from kds_tui.core.command import Verb
from kds_tui.core.expo import is_active, is_ready, place_in_kitchen, place_on_pass
from kds_tui.core.expo_gate import ExpoGate
from kds_tui.core.link import LinkState
from kds_tui.core.order import Order
from kds_tui.core.order_list import OrderList
from kds_tui.core.tickets import Changes
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.card_face import Face
from kds_tui.ui.expo_face import ActivityFace, ReadyFace
from kds_tui.ui.grid_view import GridSetup, GridView
from kds_tui.ui.messages import BoardChanged, Refused, WishRequested
from kds_tui.ui.shown import Shown


class OrderCards(OrderList):
    """A list of orders as cards."""

    def update(self, message: BoardChanged) -> Changes:
        """Look at the orders again that changed; what became of the cards."""
        return self.look_at(message.order_ids)


class ExpoView(BoardView):
    """The pass.

    Slots are numbered through both sides, so that a number means one card. Arrow keys go from one
    side to the other; the pages of a side are turned where its card is selected.

    Args:
        shown: what the screen shows.
        waits: whether an order waits for its time; then it is not being cooked.
        empty: why there are no orders at all: a headline and an explanation.
    """

    TITLE = "EXPO"

    DEFAULT_CSS = """
    ExpoView {
        layout: horizontal;
        & > Vertical { width: 2fr; height: 1fr; }
        & > .-activity { width: 1fr; min-width: 26; }
        & Static.-title {
            height: 1; padding: 0 1; background: $kds-page; color: $kds-text; text-style: bold;
        }
    }
    """

    SIDES: ClassVar = ("activity", "ready")

    def __init__(
        self,
        shown: Shown,
        waits: Callable[[str], bool],
        empty: Callable[[], tuple[str, str]],
    ) -> None:
        super().__init__(id="expo")
        self._shown = shown
        self._empty = empty
        kitchen, routing = shown.kitchen, shown.tickets.routing
        self._gate = ExpoGate(shown.expo, routing)
        self._active_orders = OrderCards(
            kitchen, lambda order: is_active(order) and not waits(order.id), place_in_kitchen
        )
        self._ready_orders = OrderCards(kitchen, is_ready, place_on_pass)
        setup = GridSetup(
            cards=self._active_orders,
            face=ActivityFace(shown.rules, routing, shown.style),
            server_now=shown.server_now,
            empty=lambda: self._words("No active orders", "New ones appear here."),
            wish=self._bump,
            density=shown.density,
        )
        ready = replace(
            setup,
            cards=self._ready_orders,
            face=ReadyFace(shown.rules, shown.expo, shown.style),
            empty=lambda: self._words("No orders ready", "What is done comes here."),
            wish=_serve,
            bump_word="serve",
        )
        self.activity = GridView(setup, id="expo-activity")
        self.ready = GridView(ready, id="expo-ready")
        self._side = self.activity
        self._titles = (
            Static(classes="-title", markup=False),
            Static(classes="-title", markup=False),
        )

    def compose(self) -> ComposeResult:
        """Lay the view out.

        Yields:
            Both sides, each under its title.
        """
        for side, title, view in zip(self.SIDES, self._titles, self._sides, strict=True):
            yield Vertical(title, view, classes=f"-{side}")

    @property
    def selected(self) -> str | None:
        """The id of the selected order."""
        return self._side.selected

    @property
    def has_cards(self) -> bool:
        """Whether there is a card to be selected."""
        return any(side.has_cards for side in self._sides)

    @property
    def page_words(self) -> str:
        """Which page of how many of the side where a card is selected; empty for one only."""
        return self._side.page_words

    def bump_word(self, card_id: str) -> str:
        """Say what the bump key does with an order: what is ready is served."""
        return self._side_of(card_id).bump_word(card_id)

    def wish(self, card_id: str) -> Message:
        """Say what the bump key asks for.

        Args:
            card_id: the order that is bumped.

        Returns:
            The message for the app.
        """
        return self._side_of(card_id).wish(card_id)

    def table_wish(self, order_id: str) -> Message:
        """Say what the key for a whole table asks for: here none of it may lack anything.

        Args:
            order_id: one of the table's orders.

        Returns:
            The message for the app.
        """
        meant = self._active_orders.get(order_id)
        if meant is None or not meant.order.table_number:
            return super().table_wish(order_id)
        found = map(self._active_orders.get, self._active_orders.ids())
        together = [
            each.order
            for each in found
            if each is not None
            and each.order.table_number == meant.order.table_number
            and each.undo is None
        ]
        refusal = self._refusal(*together)
        return Refused(refusal) if refusal else super().table_wish(order_id)

    def card(self, card_id: str) -> tuple[Any, Face] | None:
        """Look a card up; see `BoardView.card`."""
        return self.activity.card(card_id) or self.ready.card(card_id)

    def now(self) -> float:
        """Tell the server's time, in seconds since the epoch."""
        return self._shown.server_now()

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the selected card that the item keys mean; empty for none."""
        return self._side.items

    def move_item(self, step: int) -> bool:
        """Go from item to item of the selected card; see `BoardView.move_item`."""
        return self._side.move_item(step)

    def take(self, message: BoardChanged, now: float) -> None:
        """Draw what changed, and nothing else.

        Args:
            message: what became of the orders.
            now: the server's time, in seconds since the epoch.
        """
        for side in self._sides:
            if self.display:
                side.take(message, now)
            else:
                side.miss()
        if self.display:
            self._write_titles()

    def begin(self, now: float) -> None:
        """Take the place of the view before, with all that changed meanwhile.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        for side in self._sides:
            side.begin(now)
        self._write_titles()

    def tick(self, now: float) -> None:
        """Move the clocks on.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        for side in self._sides:
            side.tick(now)

    def look(self) -> None:
        """Choose between cards and words anew: the link may be another one."""
        for side in self._sides:
            side.look()

    def in_slot(self, slot: int) -> str | None:
        """Find the order that a slot number means.

        Args:
            slot: 1 for the first one of the kitchen's side.

        Returns:
            Its id, or None for a hole.
        """
        return next((found for side in self._sides if (found := side.in_slot(slot))), None)

    def is_new_in(self, slot: int) -> bool:
        """Tell whether another order stood in a slot just now; see `BoardView.is_new_in`."""
        return any(side.is_new_in(slot) for side in self._sides)

    def mark_second_bar(self, column: int) -> None:
        """Show on what is ready by which key a second bump bar reaches it.

        Args:
            column: of no matter here, as in `slot_from`.
        """
        self.ready.mark_second_bar(1)

    def slot_from(self, column: int, slot: int) -> int:
        """Find the slot that a second bump bar means: it is that of the ready side.

        Args:
            column: of no matter here.
            slot: 1 for its first one.

        Returns:
            The number of the slot.
        """
        return self.ready.paging.offset + slot

    def select(self, card_id: str | None) -> None:
        """Select an order of these pages.

        Args:
            card_id: which one; None for none.
        """
        for side in self._sides:
            if card_id is not None and self._holds(side, card_id):
                self._go_to(side)
        self._side.select(card_id)

    def select_again(self) -> bool:
        """Select the order where the selection was last, or next to it, else on the other side.

        Returns:
            Whether there was one.
        """
        if self._side.select_again():
            return True
        if not self._other.has_cards:
            return False
        self._go_to(self._other)
        return self._side.select_again()

    def reveal(self, card_id: str) -> bool:
        """Turn to an order and select it.

        Args:
            card_id: which one.

        Returns:
            Whether it is there.
        """
        for side in self._sides:
            if side.reveal(card_id):
                self._go_to(side)
                return True
        return False

    def move(self, direction: Direction) -> None:
        """Move the selection with an arrow key; past the inner edge to the other side.

        Args:
            direction: which arrow.
        """
        inwards = Direction.RIGHT if self._side is self.activity else Direction.LEFT
        if self._side.selected is None:
            self.select_again()
        elif not self._side.step(direction) and direction is inwards:
            y = self._row_of_selected()
            other = self._other
            if other.enter(direction, y):
                self._go_to(other)

    def turn(self, step: int) -> None:
        """Turn the page of the side where a card is selected.

        Args:
            step: 1 or -1.
        """
        self._side.turn(step)

    def turn_around(self) -> None:
        """Turn to the next page of that side, and from its last one to the first."""
        self._side.turn_around()

    def tidy(self) -> None:
        """Put the cards of both sides in order again."""
        for side in self._sides:
            side.tidy()

    def take_focus(self) -> None:
        """Take the keyboard."""
        self._side.take_focus()

    def right_words(self, now: float) -> str:
        """Say what is not on these pages.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            How many orders of each side, and how old the first of them is.
        """
        names = ("kitchen", "ready")
        said = [side.right_words(now) for side in self._sides]
        pairs = zip(names, said, strict=True)
        return "   ".join(f"{name}: {words}" for name, words in pairs if words)

    @on(BoardView.Moved)
    def _moved(self) -> None:
        # A click may have selected a card on the other side: then it is there that one works.
        if self._other.selected is not None:
            self._go_to(self._other)
        self.ready.number_from(self.activity.paging.capacity)

    @property
    def _sides(self) -> tuple[GridView, GridView]:
        return (self.activity, self.ready)

    @property
    def _other(self) -> GridView:
        return self.ready if self._side is self.activity else self.activity

    def _side_of(self, order_id: str) -> GridView:
        return self.ready if self._ready_orders.get(order_id) is not None else self.activity

    def _go_to(self, side: GridView) -> None:
        if side is self._side:
            return
        before, self._side = self._side, side
        before.select(None)
        side.take_focus()
        self._write_titles()

    def _row_of_selected(self) -> int:
        side = self._side
        return next((c.y for c in side.paging.cards if c.ticket_id == side.selected), 0)

    def _holds(self, side: GridView, order_id: str) -> bool:
        return any(card.ticket_id == order_id for card in side.paging.cards)

    def _write_titles(self) -> None:
        lists = (self._active_orders, self._ready_orders)
        names = ("KITCHEN ACTIVITY", "READY FOR THE GUESTS")
        for title, name, side, orders in zip(self._titles, names, self._sides, lists, strict=True):
            mark = "►" if side is self._side else " "
            words = f"{mark} {name} {len(orders)}"
            if title.visual is None or str(title.content) != words:
                title.update(words, layout=False)

    def _words(self, headline: str, hint: str) -> tuple[str, str]:
        """Why a side is empty: nothing is to be done, or nothing is known."""
        live = self._shown.link().state is LinkState.LIVE
        return (headline, hint) if live else self._empty()

    def _bump(self, order_id: str) -> Message:
        ticket = self._active_orders.get(order_id)
        refusal = self._refusal(ticket.order) if ticket is not None else ""
        return Refused(refusal) if refusal else WishRequested(Verb.BUMP, order_id)

    def _refusal(self, *orders: Order) -> str:
        if not orders:
            return ""
        now, capabilities = self._shown.monotonic(), self._shown.kitchen.capabilities
        return self._gate.refusal(orders[0], now, capabilities, *orders[1:])


def _serve(order_id: str) -> Message:
    return WishRequested(Verb.SERVE, order_id)
