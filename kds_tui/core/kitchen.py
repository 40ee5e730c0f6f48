"""What one terminal knows and does: the server's board, the cook's commands, and their tickets."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Final

from kds_tui.core.attention import Attention
from kds_tui.core.board import NOTHING, Board, FeedEvent, OrderAnswered, SnapshotListed
from kds_tui.core.bump_parts import part_to_bump, part_to_recall
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.command import (
    MENU_VERBS,
    WALKS,
    Answered,
    Command,
    NotOffered,
    Outcome,
    Verb,
    capability_of,
    lines_of,
    new_command_id,
)
from kds_tui.core.courses import part_words
from kds_tui.core.effects import part_of
from kds_tui.core.order import OPEN, READY, Order, OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.core.results import Given, Kept, NotDone, Noticed, Result, Stamp, TakenBack
from kds_tui.core.shift_log import PastOrder, ShiftLog
from kds_tui.core.stations import ALL_STATIONS, Routing
from kds_tui.core.stock import Stock
from kds_tui.core.take_over import TakeOver
from kds_tui.core.ticket_order import SortMode
from kds_tui.core.tickets import TicketList

REMEMBERED_BUMPS: Final = 50
"""How far back "recall last" reaches on this terminal."""


class Kitchen:
    """One terminal's state.

    Args:
        station: whose items are shown, with commas between; `all` for every station's.
        routing: which item goes where.
        sort: what the tickets are sorted by.
        rules: the kitchen's thresholds.
    """

    def __init__(
        self,
        station: str = ALL_STATIONS,
        routing: Routing | None = None,
        sort: SortMode = SortMode.URGENCY,
        rules: UrgencyRules | None = None,
    ) -> None:
        self.board = Board()
        self.outbox = Outbox()
        self.attention = Attention()
        """What waits for a cook to take notice."""

        self.tickets = TicketList(
            self.board, self.outbox, station, routing, sort, rules, self.attention
        )
        self.stations = TakeOver(self.board, self.tickets)
        self.shift = ShiftLog(self.board, self.outbox, self.tickets.concerns, self._has_left)
        """What is off the grid."""

        self.stock = Stock(self.outbox)
        """The menu, and what is out of it."""

        self.capabilities: frozenset[str] | None = None
        """What the server offers; None while it has not told."""

        self._bumped: deque[str] = deque(maxlen=REMEMBERED_BUMPS)

    def feed(self, event: FeedEvent) -> frozenset[str]:
        """Take an event of the server.

        Args:
            event: what happened to the orders.

        Returns:
            The orders whose tickets are to be looked at again.
        """
        self.shift.feed(event)
        if not isinstance(event, SnapshotListed):
            return self.board.apply(event)
        before = {order.id for order in self.board}
        changed = self.board.apply(event)
        self.attention.listed(order for order in self.board if order.id not in before)
        self.attention.prune(order.id for order in self.board)
        return changed

    def acknowledge(self, order_id: str | None = None) -> Noticed:
        """Take note that a cook has seen what is new on a ticket; a cancelled one goes.

        Args:
            order_id: whose ticket; None for all of them.

        Returns:
            The tickets to be looked at again.
        """
        ids = self.tickets.ids() if order_id is None else (order_id,)
        shown = (ticket for ticket in map(self.tickets.get, ids) if ticket is not None)
        return Noticed(
            frozenset(ticket.id for ticket in shown if self.attention.acknowledge(ticket.order))
        )

    def end(self, outcome: Outcome) -> frozenset[str]:
        """Take the end of a command, which has left the outbox.

        Args:
            outcome: how it ended.

        Returns:
            The orders whose tickets are to be looked at again.
        """
        command = outcome.command
        if isinstance(outcome, Answered) and outcome.order is not None:
            # The answer may overtake the event: without this the ticket would flash up again.
            self.board.apply(OrderAnswered(outcome.order))
            if command.verb is Verb.RECALL and self.board.get(command.order_id) is None:
                # Closed before: only the event brings it back, which was asked for here.
                self.attention.expect((command.order_id,))
                return NOTHING
        if isinstance(outcome, Answered) and command.verb in MENU_VERBS:
            self.stock.note(command.subject_id, is_out=command.verb is Verb.OUT_OF_STOCK)
        if isinstance(outcome, NotOffered):
            order = self.board.get(command.order_id)
            is_whole = lines_of(command.subject_id) is None
            if command.verb is Verb.RECALL and order is not None and order.status in READY:
                self.outbox.recall_here(order)
            elif command.verb is not Verb.RECALL or not is_whole:
                self._keep_here(command)
        return frozenset((command.order_id,)) if command.order_id else frozenset()

    def bump(self, order_id: str, stamp: Stamp) -> Result:
        """Take the wish to bump a ticket.

        Args:
            order_id: whose ticket.
            stamp: the moment.

        Returns:
            What became of it.
        """
        ticket = self.tickets.get(order_id)
        if ticket is None:
            return NotDone(self._why_no_ticket(order_id))
        if ticket.is_cancelled:
            return self.acknowledge(order_id)
        order = self._open_order(order_id)
        if order is None:
            return NotDone("")  # gone, or asked for already
        if not ticket.order.items and any(self.tickets.split(order)):
            return self.acknowledge(order_id)  # its part was taken off, the rest is others'
        if self._has_left(order):
            return NotDone("")  # its part is asked for already, the rest is others'
        here = {item.id for item in ticket.order.items}
        is_held = [item.is_held for item in part_of(order, "") if item.id in here]
        if is_held and all(is_held):
            return NotDone(f"{order.label} is held: fire it first.")
        part = part_to_bump(self.tickets, order, self.capabilities)
        others_held = not part and any(item.is_held for item in part_of(order, ""))
        if others_held and not self._can_bump_partly():
            return NotDone(f"A part of {order.label} is held: fire it first.")
        if self.outbox.release_here(order_id):
            self._bumped.append(order_id)
            return Kept(order_id, Verb.BUMP)
        result = self._give(Verb.BUMP, ticket.order, stamp, part)
        if not isinstance(result, NotDone):
            self._bumped.append(order_id)
        return result

    def _why_no_ticket(self, order_id: str) -> str:
        order = self.board.get(order_id)
        if order is None or order.status not in OPEN or self.tickets.concerns(order):
            return ""  # somebody was faster, and the screen shows it
        return f"{order.label} has nothing for this station: others bump it."

    def _can_bump_partly(self) -> bool:
        # By single steps to a status the held lines would be done with the others.
        return self._offers(Verb.BUMP) and self._offers(Verb.HOLD)

    def take_back(self, order_id: str | None = None) -> TakenBack | None:
        """Take back what can be taken back still.

        Args:
            order_id: the last command of this order; None for those of the last key press.

        Returns:
            What will not be carried out; None when no undo window is open.
        """
        commands = self.outbox.take_back(order_id)
        for command in commands:
            if command.verb is Verb.BUMP and command.order_id in self._bumped:
                self._bumped.remove(command.order_id)
        return TakenBack(commands) if commands else None

    def is_bumped(self, order_id: str) -> bool:
        """Tell whether a ticket could be recalled.

        Args:
            order_id: whose.

        Returns:
            True when its order is ready, or this screen's part of it done while others owe some;
            or will be once what is under way is answered.
        """
        order = self.board.get(order_id)
        return order is not None and self._has_left(self.outbox.effective(order))

    def _has_left(self, order: Order) -> bool:
        """Whether a ticket of this screen was bumped."""
        if order.status not in OPEN:
            return order.status in READY and self.tickets.concerns(order)
        here, elsewhere = self.tickets.split(order)
        owed = any(not item.is_done for item in elsewhere)
        return owed and bool(here) and all(item.is_done for item in here)

    def recall_last(self, stamp: Stamp) -> Result:
        """Take the wish to bring the ticket back that was bumped last.

        Args:
            stamp: the moment.

        Returns:
            What became of it.
        """
        order = self._last_bumped()
        if order is None:
            return NotDone("There is no bumped ticket to bring back.")
        return self._recall(order, stamp)

    def recall(self, order_id: str, stamp: Stamp) -> Result:
        """Take the wish to bring a certain ticket back.

        Args:
            order_id: whose ticket.
            stamp: the moment.

        Returns:
            What became of it.
        """
        order = self.board.get(order_id)
        if order is None and (past := self.shift.find(order_id)) is not None:
            return self._recall_finished(past, stamp)
        if order is None or not self.is_bumped(order_id):
            return NotDone("That ticket is not bumped.")
        return self._recall(order, stamp)

    def _recall(self, order: Order, stamp: Stamp) -> Result:
        shown = self.outbox.effective(order)
        part = part_to_recall(self.tickets, shown)
        if part and (shown.status in OPEN or self._offers(Verb.RECALL, part)):
            return self._give(Verb.RECALL, order, stamp, part)
        if not self._offers(Verb.RECALL):
            self.outbox.recall_here(order)
            return Kept(order.id, Verb.RECALL)
        return self._give(Verb.RECALL, order, stamp)

    def _recall_finished(self, past: PastOrder, stamp: Stamp) -> Result:
        """Bring back what was closed: the server's event puts it on the board again."""
        why = past.why_it_stays(stamp.now, can_recall=self.can_recall)
        if why:
            return NotDone(f"{past.label} {why}")
        command_id = new_command_id(stamp.now, stamp.random_bits)
        return self._take(
            Command(command_id, Verb.RECALL, past.id, past.label, past.version, stamp.now)
        )

    def bump_item(self, order_id: str, item_id: str, stamp: Stamp, *, done: bool = True) -> Result:
        """Take the wish to mark a line of a ticket done, or not done after all.

        Args:
            order_id: whose ticket.
            item_id: which line.
            stamp: the moment.
            done: whether it is done.

        Returns:
            What became of it.
        """
        order = self._open_order(order_id)
        items = order.items if order is not None else ()
        if order is None or all(item.id != item_id or item.is_done is done for item in items):
            return NotDone("")  # somebody was faster, and the screen shows it
        verb = Verb.BUMP_ITEM if done else Verb.UNBUMP_ITEM
        return self._give(verb, order, stamp, item_id)

    def rush(self, order_id: str, stamp: Stamp, *, rush: bool = True) -> Result:
        """Take the wish to bring a ticket to the front, or back to its place.

        Args:
            order_id: whose ticket.
            stamp: the moment.
            rush: whether it is to be at the front.

        Returns:
            What became of it.
        """
        order = self._open_order(order_id)
        if order is None or order.rush is rush:
            return NotDone("")
        return self._give(Verb.RUSH if rush else Verb.UNRUSH, order, stamp)

    def start(self, order_id: str, stamp: Stamp) -> Result:
        """Take the wish to begin to cook a ticket.

        Args:
            order_id: whose ticket.
            stamp: the moment.

        Returns:
            What became of it.
        """
        order = self._open_order(order_id)
        if order is None or order.status is OrderStatus.PREPARING:
            return NotDone("")
        return self._give(Verb.START, order, stamp)

    def hand_over(self, verb: Verb, order_id: str, stamp: Stamp) -> Result:
        """Take the wish to say that a ready order has left the pass.

        Args:
            verb: `PICK_UP`, or `SERVE`, which closes it: the guests have it.
            order_id: which order.
            stamp: the moment.

        Returns:
            What became of it.
        """
        order = self.board.get(order_id)
        status = self.outbox.effective(order).status if order is not None else None
        if order is None or status in (WALKS[verb], OrderStatus.COMPLETED):
            return NotDone("")  # somebody was faster, or it is asked for already
        if status not in READY:
            return NotDone(f"{order.label} is not ready yet: bump it first.")
        return self._give(verb, order, stamp)

    def hold(self, order_id: str, stamp: Stamp, subject_id: str = "") -> Result:
        """Take the wish to leave a ticket, or a part of it, uncooked until it is fired.

        Args:
            order_id: whose ticket.
            stamp: the moment.
            subject_id: a line, a course (`course_subject`), or empty for the whole ticket.

        Returns:
            What became of it.
        """
        order = self._open_order(order_id)
        if order is None:
            return NotDone("")
        part = part_of(order, subject_id)
        if not part:
            return NotDone(f"{part_words(order, subject_id)}: nothing is left to hold.")
        if all(item.is_held for item in part):
            return NotDone(f"{part_words(order, subject_id)} is held already.")
        return self._give(Verb.HOLD, order, stamp, subject_id)

    def fire(self, order_id: str, stamp: Stamp, subject_id: str = "") -> Result:
        """Take the wish to have a scheduled order, or what is held, cooked now.

        Args:
            order_id: whose ticket.
            stamp: the moment.
            subject_id: a line, a course (`course_subject`), or empty for the whole ticket.

        Returns:
            What became of it.
        """
        order = self._open_order(order_id)
        held = order is not None and any(item.is_held for item in part_of(order, subject_id))
        waits = not subject_id and order is not None and order.started_at(stamp.now) is None
        if order is None or not (held or waits):
            return NotDone("That ticket does not wait: it is cooked already.")
        return self._give(Verb.FIRE, order, stamp, subject_id)

    def ask(self, verb: Verb, order_id: str, stamp: Stamp) -> Result:
        """Take a wish that is about a whole ticket.

        Args:
            verb: bump, start, pick up, serve, rush, hold or fire.
            order_id: whose ticket.
            stamp: the moment.

        Returns:
            What became of it.

        Raises:
            ValueError: the verb is not asked of a whole ticket.
        """
        match verb:
            case Verb.BUMP:
                return self.bump(order_id, stamp)
            case Verb.START:
                return self.start(order_id, stamp)
            case Verb.PICK_UP | Verb.SERVE:
                return self.hand_over(verb, order_id, stamp)
            case Verb.RUSH | Verb.UNRUSH:
                return self.rush(order_id, stamp, rush=verb is Verb.RUSH)
            case Verb.HOLD:
                return self.hold(order_id, stamp)
            case Verb.FIRE:
                return self.fire(order_id, stamp)
            case _:
                raise ValueError(f"{verb} is not asked of a whole ticket")

    def set_stock(self, item_id: str, name: str, stamp: Stamp, *, available: bool) -> Result:
        """Take the wish to put an item of the menu out of stock (86), or back.

        Args:
            item_id: the menu's id.
            name: as the cook knows it.
            stamp: the moment.
            available: whether it can be ordered.

        Returns:
            What became of it.
        """
        verb = Verb.IN_STOCK if available else Verb.OUT_OF_STOCK
        command_id = new_command_id(stamp.now, stamp.random_bits)
        version = self.stock.version(item_id)
        return self._take(Command(command_id, verb, "", name, version, stamp.now, item_id))

    def _open_order(self, order_id: str) -> Order | None:
        """An open order of this station, as it will be once all commands are answered; its version
        is that on the screen."""
        ticket, order = self.tickets.get(order_id), self.board.get(order_id)
        if ticket is None or order is None:
            return None
        shown = self.outbox.effective(order)
        return replace(shown, version=ticket.order.version) if shown.status in OPEN else None

    def _last_bumped(self) -> Order | None:
        """The order bumped last: on this terminal if there is one, else on any,
        if this station had a part in it."""
        while self._bumped:
            # Left in its place: when the recall is not taken, the next one begins here again.
            order = self.board.get(self._bumped[-1])
            if order is not None and self._has_left(self.outbox.effective(order)):
                return order
            self._bumped.pop()
        left = [order for order in self.board if self._has_left(self.outbox.effective(order))]
        # After a restart: what is not sent yet was bumped here all the same.
        unsent = {each.order_id: each.given_at for each in self.outbox if each.verb is Verb.BUMP}
        bumped_at = {order.id: unsent.get(order.id, order.ready_at) or 0.0 for order in left}
        return max(left, key=lambda order: (bumped_at[order.id], order.id), default=None)

    @property
    def can_recall(self) -> bool:
        """Whether the order server offers recall."""
        return self._offers(Verb.RECALL)

    def _offers(self, verb: Verb, subject_id: str = "") -> bool:
        # While the server has not told, it is asked: it may turn out that it cannot.
        capability = capability_of(verb, subject_id)
        return self.capabilities is None or capability in self.capabilities

    def _keep_here(self, command: Command) -> None:
        is_out = self.stock.is_told_out(command.subject_id)
        if command.verb is Verb.IN_STOCK and not is_out:
            # Only our own 86 is over: kept, it would hide one of the server's for ever after.
            self.outbox.forget_here(command)
        else:
            self.outbox.keep_here(command)

    def _give(self, verb: Verb, order: Order, stamp: Stamp, subject_id: str = "") -> Result:
        command_id = new_command_id(stamp.now, stamp.random_bits)
        version = order.version
        return self._take(
            Command(command_id, verb, order.id, order.label, version, stamp.now, subject_id)
        )

    def _take(self, command: Command) -> Result:
        if command.order_id:
            self.acknowledge(command.order_id)  # whoever does something with it has seen it
        is_part = lines_of(command.subject_id) is not None
        can_walk = command.verb in WALKS and not is_part
        if not can_walk and not self._offers(command.verb, command.subject_id):
            self._keep_here(command)
            return Kept(command.order_id, Verb.BUMP_ITEM if is_part else command.verb)
        if self.outbox.is_full:
            return NotDone("Too many bumps wait for the order server. Call the manager.")
        self.outbox.add(command)
        return Given(command)
