"""The commands that the server has not answered yet, and what the screen shows meanwhile.

The screen shows a command's effect at once: the board as it will be is computed from the board as
the server tells it and the commands still under way, and never stored. Commands of one ticket are
sent in the order in which they were given; different tickets do not wait for each other.

A command that is not on the disk yet is held: it counts for what the cook asks next, but it is not
on the screen and is not sent. What is shown and sent survives a power cut. A command whose undo
window is open waits in the same way, but its ticket says so: until the window is over, it can be
taken back as if it had never been given.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kds_tui.core.command import MENU_VERBS, Command, Verb, lines_of
from kds_tui.core.effects import shown_after
from kds_tui.core.order import READY, Order, OrderStatus

MAX_PENDING: Final = 5000
"""Most commands that may wait: twelve hours of the busiest kitchen with the network down."""

MAX_KEPT_HERE: Final = 500
"""Most tickets of which anything is kept on this terminal only; beyond it the oldest follow the
server again."""

UNDOABLE: Final = frozenset({Verb.BUMP, Verb.PICK_UP, Verb.SERVE})
"""Commands that say of a whole ticket that it is done with here: they have an undo window."""

_UNDOES: Final[Mapping[Verb, Verb]] = {
    Verb.UNBUMP_ITEM: Verb.BUMP_ITEM,
    Verb.UNRUSH: Verb.RUSH,
    Verb.IN_STOCK: Verb.OUT_OF_STOCK,
}


@dataclass(frozen=True, slots=True)
class DoneHere:
    """What was done on one terminal only, because the server has no way to do it."""

    recalled: Mapping[str, int | None] = field(default_factory=dict[str, "int | None"])
    """Orders brought back, and the version at which the server moves on; None: not known yet."""

    kept: tuple[Command, ...] = ()
    """Marks of lines, rush and the like."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What was asked of a ticket, as long as it can be taken back."""

    verb: Verb
    until: float
    """In seconds since the epoch, on the server's clock."""


@dataclass(frozen=True, slots=True)
class _Undoable:
    command: Command
    until: float
    first_id: str
    """The first of the commands that were given with the same key press."""


class Outbox:
    """The commands that the server has not answered yet, lane by lane in the order given."""

    def __init__(self) -> None:
        # By lane and then by id, both in the order given: the first of each lane is sent first.
        self._pending: dict[str, dict[str, Command]] = {}
        self._count = 0
        self._held: set[str] = set()
        # Commands that can still be taken back: by id, in the order given.
        self._undoable: dict[str, _Undoable] = {}
        # A recall that the server has no route for: kept on this terminal until the next bump, and
        # by the version that the order has then; None until a bump still under way is answered.
        self._recalled_here: OrderedDict[str, int | None] = OrderedDict()
        # Likewise marks, rush and the rest: the last command of each kind, by lane.
        self._kept_here: OrderedDict[str, dict[tuple[Verb, str], Command]] = OrderedDict()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Command]:
        for commands in self._pending.values():
            yield from commands.values()

    @property
    def is_full(self) -> bool:
        """Whether no more commands are taken, because too many wait already."""
        return self._count >= MAX_PENDING

    def add(self, command: Command) -> None:
        """Take a command; one that is held already counts once.

        Args:
            command: a new one.
        """
        in_lane = self._pending.setdefault(command.lane, {})
        self._count += command.id not in in_lane
        in_lane[command.id] = command

    def hold(self, command: Command) -> None:
        """Keep a command from the screen and from being sent until `release`.

        Args:
            command: as added just now.
        """
        self._held.add(command.id)

    def release(self, command: Command) -> None:
        """Show and send a command that was held; one that is not held stays as it is.

        Args:
            command: on the disk, or known not to get there.
        """
        self._held.discard(command.id)

    def end(self, command: Command) -> None:
        """Forget a command that the server has answered or refused.

        Args:
            command: as added.
        """
        self._held.discard(command.id)
        self._undoable.pop(command.id, None)
        in_lane = self._pending.get(command.lane, {})
        if in_lane.pop(command.id, None) is None:
            return
        self._count -= 1
        if not in_lane:
            del self._pending[command.lane]

    def open_window(self, commands: Sequence[Command], until: float) -> None:
        """Let commands be taken back for a while: they are not sent, and their tickets stay.

        Args:
            commands: as added just now, given with one key press: they are taken back together.
            until: the end of the while as the tickets tell it, in seconds since the epoch on the
                server's clock; `close_window` ends it.
        """
        for command in commands:
            self._undoable[command.id] = _Undoable(command, until, commands[0].id)

    def close_window(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        """End the while in which commands can be taken back.

        Args:
            commands: as given to `open_window`.

        Returns:
            Those that were not taken back: they are to be shown and sent now.
        """
        over = (self._undoable.pop(command.id, None) for command in commands)
        return tuple(undoable.command for undoable in over if undoable is not None)

    def take_back(self, order_id: str | None = None) -> tuple[Command, ...]:
        """Forget the commands of the last key press, if their window is still open.

        Args:
            order_id: forget the last command of this order only; None for the last key press,
                whatever it was about.

        Returns:
            The commands that are not to be carried out; empty when the window is over. Each of
            them was not sent, and never will be.
        """
        known = [
            undoable
            for undoable in self._undoable.values()
            if order_id is None or undoable.command.order_id == order_id
        ]
        if not known:
            return ()
        last = known[-1]
        meant = known if order_id is None else known[-1:]
        taken = tuple(one.command for one in meant if one.first_id == last.first_id)
        for command in taken:
            self.end(command)
        return taken

    def undo(self, order_id: str) -> Undo | None:
        """Tell what can be taken back of a ticket, which stays on the screen so long.

        Args:
            order_id: whose.

        Returns:
            What, and until when; None when nothing can be taken back, or is not on the disk yet.
        """
        for command_id in self._pending.get(order_id, {}):
            undoable = self._undoable.get(command_id)
            if undoable is not None and command_id not in self._held:
                return Undo(undoable.command.verb, undoable.until)
        return None

    def sendable(self) -> Iterator[Command]:
        """Tell which commands may be sent now: the first one of each lane, if it does not wait.

        Returns:
            At most one command a lane; the one that has waited longest comes first.
        """
        for in_lane in self._pending.values():
            first = next(iter(in_lane.values()))
            if not self._waits(first):
                yield first

    @property
    def can_undo(self) -> bool:
        """Whether any command can be taken back."""
        return bool(self._undoable)

    @property
    def overdue(self) -> int:
        """How many commands the server could have answered: those that can be taken back wait for
        the cook."""
        return self._count - len(self._undoable)

    @property
    def oldest(self) -> float | None:
        """When the command was given that has waited longest for the server, on its clock; None
        when nothing waits."""
        firsts = (next(iter(in_lane.values())) for in_lane in self._pending.values())
        waiting = (first.given_at for first in firsts if first.id not in self._undoable)
        return min(waiting, default=None)

    def _waits(self, command: Command) -> bool:
        """Whether a command is neither to be shown nor to be sent yet."""
        return command.id in self._held or command.id in self._undoable

    @property
    def done_here(self) -> DoneHere:
        """What was done on this terminal only, to be kept over a restart."""
        kept = (command for of_lane in self._kept_here.values() for command in of_lane.values())
        return DoneHere(dict(self._recalled_here), tuple(kept))

    def restore(self, done: DoneHere) -> None:
        """Take over what was done on this terminal only before a restart.

        Args:
            done: as `done_here` told it.
        """
        self._recalled_here.update(done.recalled)
        for command in done.kept:
            self.keep_here(command)

    def asks(self, order_id: str, verb: Verb | None = None) -> bool:
        """Tell whether a command for an order is under way, or kept on this terminal.

        Args:
            order_id: the order.
            verb: which command; None for any.

        Returns:
            Whether there is one.
        """
        if order_id in self._recalled_here and verb in (None, Verb.RECALL):
            return True
        pending, kept = self._pending.get(order_id, {}), self._kept_here.get(order_id, {})
        commands = (*pending.values(), *kept.values())
        return any(verb in (None, command.verb) for command in commands)

    def recall_here(self, order: Order) -> None:
        """Bring a ticket back on this terminal only.

        Args:
            order: as the server tells it.
        """
        self._recalled_here[order.id] = None if order.id in self._pending else order.version
        while len(self._recalled_here) > MAX_KEPT_HERE:
            self._recalled_here.popitem(last=False)
        kept = self._kept_here.get(order.id, {})
        for key in [key for key in kept if key[0] is Verb.BUMP_ITEM]:
            del kept[key]  # all of it is to be seen again

    def release_here(self, order_id: str) -> bool:
        """Bump a ticket that was brought back on this terminal only.

        Args:
            order_id: the order.

        Returns:
            Whether it was; then there is nothing to send.
        """
        # Its version may be None: the bump before the recall is under way still.
        return self._recalled_here.pop(order_id, -1) != -1

    def keep_here(self, command: Command) -> None:
        """Carry a command out on this terminal only.

        Args:
            command: any but a bump or a recall of a whole order; it takes the place of the one that
                it undoes.
        """
        lines = lines_of(command.subject_id)
        if lines is not None:
            verb = Verb.BUMP_ITEM if command.verb is Verb.BUMP else Verb.UNBUMP_ITEM
            for line in lines:
                self.keep_here(replace(command, verb=verb, subject_id=line))
            return
        kept = self._kept_here.setdefault(command.lane, {})
        self._kept_here.move_to_end(command.lane)
        # At the end, also in another's place: what is held again was held after it was fired.
        key = _UNDOES.get(command.verb, command.verb), command.subject_id
        kept.pop(key, None)
        kept[key] = command
        while len(self._kept_here) > MAX_KEPT_HERE:
            # Orders go within the hour; what is sold out outlasts the marks of a shift.
            of_orders = (
                lane
                for lane, commands in self._kept_here.items()
                if all(command.order_id for command in commands.values())
            )
            del self._kept_here[next(of_orders, next(iter(self._kept_here)))]

    def forget_here(self, command: Command) -> None:
        """Follow the server again in what was done on this terminal only.

        Args:
            command: of the same kind, or the one that undoes it.
        """
        kept = self._kept_here.get(command.lane, {})
        kept.pop((_UNDOES.get(command.verb, command.verb), command.subject_id), None)
        if not kept:
            self._kept_here.pop(command.lane, None)

    def stock_wishes(self) -> dict[str, tuple[bool, bool]]:
        """Tell what was asked of the menu and shows.

        Returns:
            By the menu's id: whether the item is to be out of stock, and whether the server has
            still to answer; False for what is kept on this terminal only.
        """
        wishes: dict[str, tuple[bool, bool]] = {}
        for known, is_pending in ((self._kept_here, False), (self._pending, True)):
            for in_lane in known.values():
                for command in in_lane.values():
                    if command.verb not in MENU_VERBS:
                        break  # a lane is an order's or an item's
                    if command.id not in self._held:
                        is_out = command.verb is Verb.OUT_OF_STOCK
                        wishes[command.subject_id] = (is_out, is_pending)
        return wishes

    def effective(self, order: Order, *, with_held: bool = True) -> Order:
        """Tell how an order will be once its commands are answered.

        Args:
            order: as the server tells it.
            with_held: whether those count that are held, or can be taken back; on the screen they
                do not.

        Returns:
            The order with its pending commands applied, each where that still makes sense.
        """
        shown, waits = order, False
        for command in self._pending.get(order.id, {}).values():
            # What came after it waits too, or a recall would be shown without its bump.
            waits = waits or (not with_held and self._waits(command))
            if not waits:
                shown = shown_after(shown, command)
        shown = self._recalled(order, shown, waits=waits)
        for command in self._kept_here.get(order.id, {}).values():
            shown = shown_after(shown, command)
        return shown

    def _recalled(self, order: Order, shown: Order, *, waits: bool) -> Order:
        """Show a ticket that was brought back on this terminal only; waits: a command is held, so
        that this is not how things will be, and nothing follows from it."""
        if order.id not in self._recalled_here:
            return shown
        if self._recalled_here[order.id] is None and order.id not in self._pending:
            self._recalled_here[order.id] = order.version
        if shown.status in READY and self._recalled_here[order.id] in (None, order.version):
            return replace(shown, status=OrderStatus.PREPARING, recalled=True)
        if not waits:
            del self._recalled_here[order.id]  # the server moved on: the ticket follows it
        return shown
