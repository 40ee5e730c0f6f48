"""What a cook asks for, from the key press until the server has answered.

The screen shows a command's effect at once: the board as it will be is computed from the board as
the server tells it and the commands still under way, and never stored. Commands of one ticket are
sent in the order in which they were given; different tickets do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kds_tui.core.order import OPEN, READY, Order, OrderStatus

MAX_PENDING: Final = 5000
"""Most commands that may wait: twelve hours of the busiest kitchen with the network down."""


class Verb(StrEnum):
    """What is asked for."""

    BUMP = "bump"
    """The ticket is done: its order becomes ready."""

    RECALL = "recall"
    """Bring a bumped ticket back: its order becomes preparing again."""


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of a cook."""

    id: str
    """A UUID version 7; also the idempotency key of its requests."""

    verb: Verb
    order_id: str
    label: str
    """How the cook knows the ticket (`TABLE 12`), for what is said about the command."""

    base_version: int
    """The order's version on the screen when the key was pressed."""

    given_at: float
    """The server's time then, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The server did it, or it was done already."""

    command: Command


@dataclass(frozen=True, slots=True)
class Declined:
    """The server refused for good; the cook is told why."""

    command: Command
    reason: str


Outcome = Answered | Declined
"""How a command ends."""


class Outbox:
    """The commands that the server has not answered yet, in the order they were given."""

    def __init__(self) -> None:
        self._pending: dict[str, Command] = {}
        # A recall that the server has no route for: kept on this terminal until the next bump.
        self._recalled_here: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def __iter__(self) -> Iterator[Command]:
        return iter(self._pending.values())

    @property
    def is_full(self) -> bool:
        """Whether no more commands are taken, because too many wait already."""
        return len(self._pending) >= MAX_PENDING

    def add(self, command: Command) -> None:
        """Take a command.

        Args:
            command: a new one.
        """
        self._pending[command.id] = command

    def end(self, command: Command) -> None:
        """Forget a command that the server has answered or refused.

        Args:
            command: as added.
        """
        self._pending.pop(command.id, None)

    def sendable(self) -> list[Command]:
        """Tell which commands may be sent now: the first one of each ticket.

        Returns:
            At most one command an order, oldest first.
        """
        first: dict[str, Command] = {}
        for command in self._pending.values():
            first.setdefault(command.order_id, command)
        return list(first.values())

    def recall_here(self, order: Order) -> None:
        """Bring a ticket back on this terminal only.

        Args:
            order: as the server tells it.
        """
        self._recalled_here[order.id] = order.version

    def release_here(self, order_id: str) -> bool:
        """Bump a ticket that was brought back on this terminal only.

        Args:
            order_id: the order.

        Returns:
            Whether it was; then there is nothing to send.
        """
        return self._recalled_here.pop(order_id, None) is not None

    def effective(self, order: Order) -> Order:
        """Tell how an order will be once its commands are answered.

        Args:
            order: as the server tells it.

        Returns:
            The order with the last pending command applied where that still makes sense.
        """
        shown = order
        recalled_at = self._recalled_here.get(order.id)
        if recalled_at is not None:
            if order.version == recalled_at and order.status in READY:
                shown = replace(shown, status=OrderStatus.PREPARING, recalled=True)
            else:  # the server moved on: the ticket follows it
                del self._recalled_here[order.id]
        for command in self._pending.values():
            if command.order_id != order.id:
                continue
            if command.verb is Verb.BUMP and shown.status in OPEN:
                shown = replace(shown, status=OrderStatus.READY)
            elif command.verb is Verb.RECALL and shown.status in READY:
                shown = replace(shown, status=OrderStatus.PREPARING, recalled=True)
        return shown
