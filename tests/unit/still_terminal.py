"""A terminal without a disk and a server: what it is given is in the journal at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.command import Command
from kds_tui.core.order import Order
from kds_tui.services.credentials import FixedToken
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from kds_tui.wishes import Wishes
from tests.unit.orders import upserted


class StillJournal:
    """Stands in for the journal: all that it is given is on the disk at once."""

    trouble = ""
    in_memory = 0

    def __init__(self, saved: Callable[[Command], None]) -> None:
        self.append = saved
        self.removed: list[Command] = []
        self.remove = self.removed.append

    def take_back(self, command: Command, then: Callable[[Command], None]) -> None:
        self.remove(command)
        then(command)

    async def open(self) -> tuple[Command, ...]:
        return ()

    async def close(self) -> None:
        pass


@dataclass
class Screen:
    """Writes down what it is told, in its order; the link's part too."""

    seen: list[str] = field(default_factory=list[str])

    def touch(self, order_ids: Iterable[str]) -> None:
        self.seen += [f"touch {order_id}" for order_id in sorted(order_ids)]

    def reveal(self, order_id: str) -> None:
        self.seen.append(f"reveal {order_id}")

    def tell(self, words: str, *, bad: bool = False) -> None:
        self.seen.append(f"{'bad: ' if bad else ''}{words}")

    def deliver(self) -> None:
        self.seen.append("deliver")


def still_terminal(
    *orders: Order, station: str = "all", can_recall: bool = True, journal: Any = StillJournal
) -> tuple[Terminal, Wishes, Screen]:
    """Make a terminal that knows some orders; its clocks stand at 100 s."""
    screen = Screen()
    setup = TerminalSetup(
        ServerSettings(),
        LinkSettings(),
        JournalSettings(),
        FixedToken(""),
        station,
        wall=lambda: 100.0,
        monotonic=lambda: 100.0,
    )
    listener = TerminalListener(
        touched=screen.touch,
        taken=lambda command: wishes.taken(command),
        ended=lambda outcome: wishes.ended(outcome),
    )
    terminal = Terminal(setup, listener)
    wishes = Wishes(terminal, screen)
    terminal._journal = journal(terminal._saved)
    terminal._link = screen  # type: ignore[assignment]
    kitchen = terminal.kitchen
    kitchen.capabilities = frozenset({"recall"}) if can_recall else frozenset()
    for order in orders:
        kitchen.tickets.update(kitchen.feed(upserted(order)), 0.0)
    return terminal, wishes, screen
