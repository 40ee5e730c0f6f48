"""What a cook asks for, from the key press until the server has answered.

The screen shows a command's effect at once: the board as it will be is computed from the board as
the server tells it and the commands still under way, and never stored. Commands of one ticket are
sent in the order in which they were given; different tickets do not wait for each other.

A command that is not on the disk yet is held: it counts for what the cook asks next, but it is not
on the screen and is not sent. What is shown and sent survives a power cut.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from kds_tui.core.order import OPEN, READY, Order, OrderStatus

MAX_PENDING: Final = 5000
"""Most commands that may wait: twelve hours of the busiest kitchen with the network down."""


MAX_KEPT_HERE: Final = 500
"""Most tickets of which anything is kept on this terminal only; beyond it the oldest follow the
server again."""


class Verb(StrEnum):
    """What is asked for. The values are kept in journals: they never change."""

    BUMP = "bump"
    """The ticket is done: its order becomes ready."""

    RECALL = "recall"
    """Bring a bumped ticket back: its order becomes preparing again."""

    BUMP_ITEM = "bump-item"
    """One line of a ticket is done."""

    UNBUMP_ITEM = "unbump-item"
    """One line of a ticket is not done after all."""

    RUSH = "rush"
    """The ticket goes to the front, on all screens."""

    UNRUSH = "unrush"
    """The ticket goes back to its place."""

    FIRE = "fire"
    """A scheduled order is to be started now."""

    OUT_OF_STOCK = "86"
    """An item of the menu is sold out."""

    IN_STOCK = "un86"
    """An item of the menu can be ordered again."""


ITEM_VERBS: Final = frozenset({Verb.BUMP_ITEM, Verb.UNBUMP_ITEM})
"""Asked of one line of an order."""

MENU_VERBS: Final = frozenset({Verb.OUT_OF_STOCK, Verb.IN_STOCK})
"""Asked of the menu, not of an order."""


CAPABILITY: Final[Mapping[Verb, str]] = {
    Verb.BUMP: "bump",
    Verb.RECALL: "recall",
    Verb.BUMP_ITEM: "items",
    Verb.UNBUMP_ITEM: "items",
    Verb.RUSH: "rush",
    Verb.UNRUSH: "rush",
    Verb.FIRE: "fire",
    Verb.OUT_OF_STOCK: "86",
    Verb.IN_STOCK: "86",
}
"""What a server must offer to carry a command out; one without `bump` has its statuses walked."""


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of a cook. A journal keeps all of these fields, and no others."""

    id: str
    """A UUID version 7; also the idempotency key of its requests."""

    verb: Verb
    order_id: str
    """The order that it is asked of; empty for `MENU_VERBS`."""

    label: str
    """How the cook knows the ticket (`TABLE 12`) or the menu's item, for what is said about the
    command."""

    base_version: int
    """The order's version on the screen when the key was pressed; 0 for `MENU_VERBS`."""

    given_at: float
    """The server's time then, in seconds since the epoch."""

    subject_id: str = ""
    """The line of the order for `ITEM_VERBS`, the menu's item for `MENU_VERBS`, else empty."""

    @property
    def lane(self) -> str:
        """In whose order it is delivered: commands of one lane go one after the other."""
        return self.order_id or f"menu:{self.subject_id}"


def new_command_id(now: float, random_bits: int) -> str:
    """Make the id of a command: a UUID version 7 (RFC 9562, 5.7), so that ids sort by time.

    Args:
        now: the time, in seconds since the epoch.
        random_bits: a random number; its low 74 bits are used.

    Returns:
        The id in the usual spelling with hyphens.
    """
    milliseconds = int(now * 1000) & (1 << 48) - 1
    high, low = random_bits >> 62 & (1 << 12) - 1, random_bits & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


@dataclass(frozen=True, slots=True)
class Answered:
    """The server did it, or it was done already."""

    command: Command
    order: Order | None
    """The order as the answer tells it: for the board, or the card would be back on the screen
    until the server's event comes. None for a command of the menu."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The server refused for good; the cook is told why."""

    command: Command
    reason: str


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The server has no way to do it: it is kept on this terminal."""

    command: Command


Outcome = Answered | Declined | NotOffered
"""How a command ends."""


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


class Outbox:
    """The commands that the server has not answered yet, lane by lane in the order given."""

    def __init__(self) -> None:
        # By lane and then by id, both in the order given: the first of each lane is sent first.
        self._pending: dict[str, dict[str, Command]] = {}
        self._count = 0
        self._held: set[str] = set()
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
        in_lane = self._pending.get(command.lane, {})
        if in_lane.pop(command.id, None) is None:
            return
        self._count -= 1
        if not in_lane:
            del self._pending[command.lane]

    def sendable(self) -> Iterator[Command]:
        """Tell which commands may be sent now: the first one of each lane, if it is not held.

        Returns:
            At most one command a lane; the one that has waited longest comes first.
        """
        for in_lane in self._pending.values():
            first = next(iter(in_lane.values()))
            if first.id not in self._held:
                yield first

    @property
    def oldest(self) -> float | None:
        """When the command was given that has waited longest, on the server's clock; None when
        nothing waits."""
        firsts = (next(iter(in_lane.values())) for in_lane in self._pending.values())
        return min((first.given_at for first in firsts), default=None)

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
        commands = self._pending.get(order_id, {}).values()
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
            command: any but a bump or a recall; it takes the place of the one that it undoes.
        """
        kept = self._kept_here.setdefault(command.lane, {})
        self._kept_here.move_to_end(command.lane)
        kept[_UNDOES.get(command.verb, command.verb), command.subject_id] = command
        while len(self._kept_here) > MAX_KEPT_HERE:
            self._kept_here.popitem(last=False)

    def effective(self, order: Order, *, with_held: bool = True) -> Order:
        """Tell how an order will be once its commands are answered.

        Args:
            order: as the server tells it.
            with_held: whether those count that are held; on the screen they do not.

        Returns:
            The order with its pending commands applied, each where that still makes sense.
        """
        shown, waits = order, False
        for command in self._pending.get(order.id, {}).values():
            # What came after it waits too, or a recall would be shown without its bump.
            waits = waits or (not with_held and command.id in self._held)
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


def shown_after(order: Order, command: Command) -> Order:
    """Tell how an order looks once a command of it is carried out.

    Args:
        order: as it looks before.
        command: of this order.

    Returns:
        The order as it becomes; as it is where the command makes no sense.
    """
    match command.verb:
        case Verb.BUMP if order.status in OPEN:
            return replace(order, status=OrderStatus.READY)
        case Verb.RECALL if order.status in READY:
            items = tuple(replace(item, is_done=False) for item in order.items)
            return replace(order, status=OrderStatus.PREPARING, recalled=True, items=items)
        case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM if order.status in OPEN:
            return _with_mark(order, command.subject_id, command.verb is Verb.BUMP_ITEM)
        case Verb.RUSH | Verb.UNRUSH if order.status in OPEN:
            return replace(order, rush=command.verb is Verb.RUSH)
        case Verb.FIRE if order.waits_for_fire and order.fire_at is not None:
            return replace(order, fire_at=min(order.fire_at, command.given_at))
        case _:
            return order


def _with_mark(order: Order, item_id: str, is_done: bool) -> Order:
    items = tuple(
        replace(item, is_done=is_done) if item.id == item_id else item for item in order.items
    )
    return replace(order, items=items)
