"""A terminal shows and sends nothing that its journal does not have."""

from __future__ import annotations

from collections.abc import Callable

from kds_tui.core.command import Answered, Command
from kds_tui.core.order import OrderStatus
from kds_tui.core.results import Given, NotDone
from tests.unit.orders import make_order
from tests.unit.still_terminal import StillJournal, still_terminal


class SlowJournal(StillJournal):
    """Takes commands, and has not written them until a test says so."""

    def __init__(self, saved: Callable[[Command], None]) -> None:
        super().__init__(saved)
        self.waiting: list[Command] = []
        self.append = self.waiting.append


def test_a_bump_is_neither_shown_nor_sent_until_it_is_in_the_journal() -> None:
    terminal, _, screen = still_terminal(make_order("a"), journal=SlowJournal)
    kitchen = terminal.kitchen
    assert isinstance(terminal.bump("a"), Given)
    kitchen.tickets.update("a", 0.0)
    assert (screen.seen, kitchen.tickets.ids()) == ([], ["a"])
    assert not list(kitchen.outbox.sendable())
    assert terminal.bump("a") == NotDone("")
    (command,) = terminal._journal.waiting  # type: ignore[attr-defined]
    terminal._saved(command)
    kitchen.tickets.update("a", 0.0)
    assert (screen.seen, kitchen.tickets.ids()) == (["touch a", "deliver"], [])
    assert list(kitchen.outbox.sendable()) == [command]


def test_an_answered_command_leaves_the_journal() -> None:
    terminal, _, _ = still_terminal(make_order("a"))
    result = terminal.bump("a")
    assert isinstance(result, Given)
    terminal.kitchen.outbox.end(result.command)
    done = make_order("a", status=OrderStatus.READY, version=9)
    terminal.command_ended(Answered(result.command, done))
    assert terminal._journal.removed == [result.command]  # type: ignore[attr-defined]
    terminal.kitchen.tickets.update("a", 0.0)
    assert not terminal.kitchen.tickets.ids()
