"""What keys do with a ticket beyond bumping it: start, rush, hold, fire, hand over, its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import events, on

from kds_tui.core.command import Verb
from kds_tui.core.courses import Part, parts_to_fire, parts_to_hold
from kds_tui.core.order import OPEN, READY, Order
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.held_key import HOLD_GAP, HeldKey
from kds_tui.ui.key_screen import KeyScreen
from kds_tui.ui.messages import SEVERAL_GUESTS, WishesRequested, WishRequested
from kds_tui.ui.part_dialog import PartDialog
from kds_tui.ui.shown import Shown
from voice_tui.terminal import GuardedApp

NO_LINES: Final = "No line can be chosen here: lines are marked on the kitchen's tickets."
NOT_FIRED: Final = "Scheduled orders are fired before they are bumped."


class TicketActions(KeyScreen):
    """The part of the board's screen that carries these keys; a key held down acts once."""

    _shown: Shown
    _held_key: HeldKey
    _closing_key: HeldKey

    @property
    def view(self) -> BoardView:
        """The view that shows."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Take the keys again: a dialog has closed."""
        self.take_keys_again()

    def take_keys_again(self) -> None:
        """Take note of the key that ended a dialog or a search: it may still be held down, and
        would bump next."""
        if isinstance(self.app, GuardedApp):
            self._closing_key.repeats(self.app.last_key, self._shown.monotonic(), HOLD_GAP)

    def on_key(self, event: events.Key) -> None:
        """Do nothing for the key that closed a dialog, until it comes up.

        Args:
            event: a key that no widget wanted.
        """
        if self._closing_key.goes_on(event.key, self._shown.monotonic()):
            event.stop()

    def action_start(self) -> None:
        """Say that somebody begins to cook the selected ticket."""
        if self._asked_of_all("start", Verb.START):
            return
        order = self._uncooked_order_meant("start")
        if order is not None:
            self.post_message(WishRequested(Verb.START, order.id))

    def action_pick_up(self) -> None:
        """Say that whoever takes the selected order to its guests has it."""
        self._wish_once("pick_up", Verb.PICK_UP)

    def action_serve(self) -> None:
        """Say that the guests have the selected order."""
        self._wish_once("serve", Verb.SERVE)

    def action_rush(self) -> None:
        """Bring the selected ticket to the front on all screens, or back to its place."""
        if self._asked_of_all("rush", Verb.RUSH):
            return
        order = self._uncooked_order_meant("rush")
        if order is not None:
            verb = Verb.UNRUSH if order.rush else Verb.RUSH
            self.post_message(WishRequested(verb, order.id))

    def action_item(self, step: int) -> None:
        """Go to the next or the previous item of the selected ticket.

        Args:
            step: 1 or -1.
        """
        if self.view.selected is None and not self.view.select_again():
            return
        if self.view.move_item(step):
            self._held_key.released()
        elif not self._is_held_down("item"):
            self.notify(NO_LINES, severity="warning", markup=False)

    def action_bump_item(self) -> None:
        """Mark the chosen item done, or not done after all; choose one where none is."""
        if not self.view.items:
            self.action_item(1)
        elif not self._is_held_down("bump_item"):
            self._mark_items()

    @on(BoardView.ItemChosen)
    def _item_clicked(self, message: BoardView.ItemChosen) -> None:
        message.stop()
        self._mark_items()

    def _mark_items(self) -> None:
        order = self._order(self.view.selected)
        if order is None:
            return
        chosen = [item for item in order.items if item.id in self.view.items]
        left = [item for item in chosen if not item.is_done]
        verb = Verb.BUMP_ITEM if left else Verb.UNBUMP_ITEM
        for item in left or chosen:
            self.post_message(WishRequested(verb, order.id, item.id))

    def action_hold(self) -> None:
        """Hold the selected ticket; ask which part where it has several courses."""
        self._ask_for_part("hold", Verb.HOLD, parts_to_hold)

    def action_fire(self) -> None:
        """Fire the selected ticket; ask which part where several courses are held."""
        if self.view.bump_fires and self.view.selected is not None:
            if not self._is_held_down("fire"):
                self.post_message(self.view.wish(self.view.selected))
            return
        self._ask_for_part("fire", Verb.FIRE, parts_to_fire)

    def action_bump_table(self) -> None:
        """Bump all open tickets of the selected ticket's table."""
        if self.view.bump_fires:  # what is to be started together is of several tables
            self.notify(NOT_FIRED, severity="warning", markup=False)
            return
        if self._asked_of_all("bump_table", Verb.BUMP):
            return
        order = self._order_meant("bump_table")
        if order is not None:
            self.post_message(self.view.table_wish(order.id))

    def _ask_for_part(
        self, name: str, verb: Verb, parts_of: Callable[[Order], Sequence[Part]]
    ) -> None:
        if self._asked_of_all(name, verb):
            return
        order = self._uncooked_order_meant(name)
        if order is None:
            return
        parts = parts_of(order)
        chosen = [part for part in parts if part.subject_id in self.view.items]
        if chosen:
            for part in chosen:
                self.post_message(WishRequested(verb, order.id, part.subject_id))
            return
        if not any(part.name for part in parts):  # one course, or nothing: there is no choice
            self.post_message(WishRequested(verb, order.id))
            return

        def answered(subject_id: str | None) -> None:
            self._held_key.released()
            if subject_id is not None:
                self.post_message(WishRequested(verb, order.id, subject_id))

        title = f"{name.capitalize()} what of {order.label}?"
        self.app.push_screen(PartDialog(title, parts, self.keys), answered)

    def _wish_once(self, name: str, verb: Verb) -> None:
        if self._asked_of_all(name, verb):
            return
        if self.view.selected is None:
            self.view.select_again()
        elif not self._is_held_down(name):
            self.post_message(WishRequested(verb, self.view.selected))

    def _asked_of_all(self, name: str, verb: Verb) -> bool:
        """Ask the same of all orders of the selected card, where it stands for several; whether it
        does."""
        order_ids = self.view.orders_of(self.view.selected or "")
        if self.view.selected is None or order_ids is None:
            return False
        if not order_ids:
            self.notify(SEVERAL_GUESTS, severity="warning", markup=False)
        elif not self._is_held_down(name):
            if verb is Verb.RUSH and all(map(self._cannot_rush, order_ids)):
                verb = Verb.UNRUSH
            self.post_message(WishesRequested([(verb, order_id) for order_id in order_ids]))
        return True

    def _cannot_rush(self, order_id: str) -> bool:
        """Whether an order is rushed already, or not to be cooked here any more."""
        order = self._order(order_id)
        open_here = self._shown.tickets.get(order_id) is not None
        return order is None or order.rush or not open_here or order.status not in OPEN

    def _order_meant(self, name: str) -> Order | None:
        """The selected order, once for each press of a key; selects one where none is."""
        selected = self.view.selected
        if selected is None:
            self.view.select_again()
            return None
        return None if self._is_held_down(name) else self._order(selected)

    def _uncooked_order_meant(self, name: str) -> Order | None:
        """The same, where it is still to be cooked; says so where it is not."""
        order = self._order_meant(name)
        if order is None or order.status not in READY:
            return order
        self.notify(f"{order.label} is bumped already.", markup=False)
        return None

    def _order(self, order_id: str | None) -> Order | None:
        """An order as it will be once all that was asked for is done."""
        kitchen = self._shown.kitchen
        order = kitchen.board.get(order_id) if order_id is not None else None
        return None if order is None else kitchen.outbox.effective(order)

    def _is_held_down(self, name: str) -> bool:
        return self._held_key.repeats(name, self._shown.monotonic(), HOLD_GAP)
