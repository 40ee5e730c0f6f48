"""What a cook wants, by key, mouse or voice: carried out by the terminal, said and shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, assert_never

from kds_tui.core.command import CAPABILITY, Command, NotOffered, Outcome, Verb, lines_of
from kds_tui.core.conflict_words import ending
from kds_tui.core.endings import Endings
from kds_tui.core.order import READY, Order
from kds_tui.core.results import Given, Kept, NotDone, Result, TakenBack
from kds_tui.services.terminal import Terminal

_TAKEN_BACK: Final[Mapping[Verb, str]] = {
    Verb.BUMP: "bumped",
    Verb.PICK_UP: "handed over",
    Verb.SERVE: "served",
}
"""What a ticket is not after all, when that was taken back."""

_KEPT: Final[Mapping[str, str]] = {
    "recall": "This order server has no recall: other screens will not see it.",
    "items": "This order server has no marks for lines: other screens will not see them.",
    "rush": "This order server has no rush: other screens will not see it.",
    "fire": "This order server cannot fire orders: other screens will not see it.",
    "hold": "This order server cannot hold orders: other screens will not see it.",
    "86": "This order server has no 86: only this display knows. Tell the till.",
}
"""What is said once about a server that lacks something."""


class Showing(Protocol):
    """How a cook is shown what became of a wish."""

    def reveal(self, order_id: str) -> None:
        """Turn to a ticket, once it is looked at again."""
        ...

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence; a bad one stays longer."""
        ...


class Wishes:
    """Says and shows what became of cooks' wishes.

    Args:
        terminal: carries them out.
        showing: the screen.
    """

    def __init__(self, terminal: Terminal, showing: Showing) -> None:
        self._terminal = terminal
        self._showing = showing
        self._told: set[str] = set()
        self.endings = Endings()
        """What was said of commands that did not do what they were meant to."""

    def carry_out(self, verb: Verb, order_id: str = "", subject_id: str = "") -> Result:
        """Carry out what a key asks for.

        Args:
            verb: what is wanted of an order.
            order_id: of which; empty for a recall of the ticket bumped last.
            subject_id: the line of the ticket, its course, or the menu's item, where the verb is
                about one.

        Returns:
            What became of it.
        """
        match verb:
            case Verb.BUMP:
                return self.bump(order_id)
            case Verb.RECALL:
                return self.recall(order_id or None)
            case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM:
                return self.bump_item(order_id, subject_id, done=verb is Verb.BUMP_ITEM)
            case Verb.RUSH | Verb.UNRUSH:
                return self.rush(order_id, rush=verb is Verb.RUSH)
            case Verb.START:
                return self._tell(self._terminal.start(order_id))
            case Verb.PICK_UP | Verb.SERVE:
                return self._tell(self._terminal.hand_over(verb, order_id))
            case Verb.HOLD:
                return self._tell(self._terminal.hold(order_id, subject_id))
            case Verb.FIRE:
                return self._tell(self._terminal.fire(order_id, subject_id))
            case Verb.OUT_OF_STOCK | Verb.IN_STOCK:
                line = self._terminal.kitchen.stock.line(subject_id)
                name = line.item.name if line is not None else subject_id
                return self.set_stock(subject_id, name, available=verb is Verb.IN_STOCK)
            case _:
                assert_never(verb)

    def bump(self, order_id: str) -> Result:
        """Bump a ticket.

        Args:
            order_id: whose.

        Returns:
            What became of it; the screen shows it as soon as it is on the disk.
        """
        return self._tell(self._terminal.bump(order_id))

    def bump_table(self, order_id: str) -> Sequence[Result]:
        """Bump all open tickets of a table that are on this screen, but for those that are to be
        started later.

        Args:
            order_id: of one of them.

        Returns:
            What became of each.
        """
        tickets = self._terminal.kitchen.tickets
        meant = tickets.get(order_id)
        if meant is None:
            order = self._terminal.kitchen.board.get(order_id)
            if order is not None and order.status in READY:
                self._showing.tell(f"{order.label} is bumped already.")
                return ()
            return (self.bump(order_id),)  # which says why it is not on this screen
        table = meant.order.table_number
        if not table:
            self._showing.tell(f"{meant.order.label} belongs to no table: bump it by itself.")
            return ()
        together = [
            one.id for one in tickets if one.order.table_number == table and self.is_due(one.order)
        ]
        results = self.together([(Verb.BUMP, order_id) for order_id in together])
        count = sum(isinstance(result, Given | Kept) for result in results)
        if count > 1:  # not all of them may be on this page
            self._showing.tell(f"{meant.order.label}: {count} tickets are bumped.")
        return results

    def is_due(self, order: Order) -> bool:
        """Tell whether an order is to be cooked now: it is not scheduled, or its time has come."""
        return order.started_at(self._terminal.server_now()) is not None

    def together(self, wishes: Iterable[tuple[Verb, str]]) -> Sequence[Result]:
        """Do several things with one key press; see `Terminal.together`."""
        results = self._terminal.together(wishes)
        for result in results:
            self._tell(result)
        return results

    def recall(self, order_id: str | None) -> Result:
        """Bring a ticket back, and show it; a bump that is not sent yet is taken back.

        Args:
            order_id: whose; None for the one bumped last.

        Returns:
            What became of it.
        """
        result = self._tell(self._terminal.recall(order_id))
        if isinstance(result, Kept):
            self._showing.reveal(result.order_id)
        elif isinstance(result, TakenBack):
            self._showing.tell(_taken_back_words(result.commands))
            self._showing.reveal(result.commands[0].order_id)
        return result

    def acknowledge(self, order_id: str | None) -> Result:
        """Take note that the cook has seen what is new on a ticket; see `Kitchen.acknowledge`.

        Args:
            order_id: whose ticket; None for all.

        Returns:
            What became of it.
        """
        return self._tell(self._terminal.acknowledge(order_id))

    def bump_item(self, order_id: str, item_id: str, *, done: bool = True) -> Result:
        """Mark a line of a ticket done, or not done after all; see `Kitchen.bump_item`."""
        return self._tell(self._terminal.bump_item(order_id, item_id, done=done))

    def rush(self, order_id: str, *, rush: bool = True) -> Result:
        """Bring a ticket to the front on all screens, or back to its place."""
        return self._tell(self._terminal.rush(order_id, rush=rush))

    def set_stock(self, item_id: str, name: str, *, available: bool) -> Result:
        """Put an item of the menu out of stock (86), or back; see `Kitchen.set_stock`."""
        return self._tell(self._terminal.set_stock(item_id, name, available=available))

    def take_over(self, station: str = "", *, give_back: bool = False) -> None:
        """Let another station's items join the screen.

        Args:
            station: which one; empty for the next that is known.
            give_back: let the one leave again that joined last.
        """
        stations = self._terminal.kitchen.stations
        if give_back:
            given = stations.give_back()
            words = f"{given.upper()} is given back." if given else "No station was taken over."
            self._terminal.stations_changed()
            self._showing.tell(words)
            return
        others = stations.others
        named = station if station in others else ""
        joining = named or (others[0] if others and not station else "")
        if joining:
            stations.take((joining,))
            self._terminal.stations_changed()
            self._showing.tell(f"{joining.upper()} is on this screen now.")
        else:
            self._showing.tell("There is no other station to take over.")

    def taken(self, command: Command) -> None:
        """Take the news that a command is in the journal, and its ticket looked at again.

        Args:
            command: which one.
        """
        if command.verb is Verb.RECALL:
            self._showing.tell(f"{command.label} is back.")
            self._showing.reveal(command.order_id)

    def ended(self, outcome: Outcome) -> None:
        """Take the end of a command.

        Args:
            outcome: the server's answer, or why it declined.
        """
        if isinstance(outcome, NotOffered):
            command = outcome.command
            is_part = lines_of(command.subject_id) is not None
            self._tell_once(Verb.BUMP_ITEM if is_part else command.verb)
        elif words := ending(outcome):
            terminal = self._terminal
            if self.endings.add(words, terminal.server_now(), terminal.monotonic()):
                self._showing.tell(words, bad=True)

    def _tell(self, result: Result) -> Result:
        match result:
            case NotDone(reason=reason) if reason:
                self._showing.tell(reason)
            case Kept(verb=verb):
                self._tell_once(verb)
            case _:
                pass
        return result

    def _tell_once(self, verb: Verb) -> None:
        """Say once that a server cannot do something; a bump that took back what was kept here was
        told of with that."""
        capability = CAPABILITY.get(verb, "")
        if capability in _KEPT and capability not in self._told:
            self._told.add(capability)
            self._showing.tell(_KEPT[capability])


def _taken_back_words(commands: Sequence[Command]) -> str:
    tickets = ", ".join(dict.fromkeys(command.label for command in commands))
    return f"{tickets} is not {_TAKEN_BACK[commands[-1].verb]} after all."
