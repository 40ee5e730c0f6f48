"""A bump can be taken back until its window is over: it is taken back or sent, never both, and
never lost. In virtual time, with a disk that writes when the test says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import async_solipsism
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.command import Answered, Command, Verb
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.order import OPEN, Order, OrderStatus
from kds_tui.core.results import Given, NotDone, TakenBack
from kds_tui.services.credentials import FixedToken
from kds_tui.services.journal import SAVE_DEADLINE
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from tests.unit.orders import make_order, upserted

WINDOW = 3.0
TABLE = ("a", "b", "c")

pytestmark = pytest.mark.virtual_time


class Disk:
    """What a journal keeps, over power cuts; it writes when a test says so, or in its second."""

    def __init__(self) -> None:
        self.rows: dict[str, Command] = {}
        self.waiting: list[Callable[[], None]] = []
        self.trouble = ""
        self.in_memory = 0
        self._saved: Callable[[Command], None] = lambda _: None

    def serve(self, saved: Callable[[Command], None]) -> tuple[Command, ...]:
        """Begin with a terminal, which gets what is kept."""
        self._saved = saved
        self.waiting.clear()
        return tuple(self.rows.values())

    def append(self, command: Command) -> None:
        def write() -> None:
            self.rows[command.id] = command
            self._saved(command)

        self._wait(write)

    def remove(self, command: Command) -> None:
        self._wait(lambda: self.rows.pop(command.id, None) and None)

    def take_back(self, command: Command, then: Callable[[Command], None]) -> None:
        def write() -> None:
            self.rows.pop(command.id, None)
            then(command)

        self._wait(write)

    def _wait(self, write: Callable[[], None]) -> None:
        self.waiting.append(write)
        # What takes longer is told to the cook, and no promise any more.
        asyncio.get_running_loop().call_later(SAVE_DEADLINE, self.write)

    def write(self) -> None:
        """Write what waits."""
        waiting, self.waiting[:] = list(self.waiting), []
        for each in waiting:
            each()


class Kitchen:
    """A terminal on a disk, with a server that answers at once."""

    status = LinkStatus(LinkState.CONNECTING)

    def __init__(self, disk: Disk | None = None) -> None:
        self.disk = disk or Disk()
        self.sent: list[str] = []
        self.shown: dict[str, str] = {}
        """Commands whose greyed ticket was on the screen, with its order."""

        self.back: set[str] = set()
        """Commands whose ticket was on the screen as if they had not been given."""

        self.taken_back: set[str] = set()
        """Commands that a recall took back; those forgotten that a power cut brought again."""

        self.board = {order_id: make_order(order_id) for order_id in TABLE}
        self.terminal = self._begin()

    def _begin(self) -> Terminal:
        loop = asyncio.get_running_loop()
        setup = TerminalSetup(
            ServerSettings(),
            LinkSettings(),
            JournalSettings(),
            FixedToken(""),
            undo_seconds=WINDOW,
            wall=loop.time,
            monotonic=loop.time,
        )
        terminal = Terminal(setup, TerminalListener(touched=self._touched))
        self.terminal = terminal
        terminal._journal = self.disk  # type: ignore[assignment]
        terminal._link = self  # type: ignore[assignment]
        terminal.kitchen.capabilities = frozenset({"recall", "bump"})
        for order in self.board.values():
            terminal.kitchen.tickets.update(terminal.kitchen.feed(upserted(order)), 0.0)
        terminal._found(self.disk.serve(terminal._saved))
        return terminal

    def _touched(self, order_ids: Iterable[str]) -> None:
        kitchen, touched = self.terminal.kitchen, set(order_ids)
        kitchen.tickets.update(touched, 0.0)
        pending = {command.id for command in kitchen.outbox}
        for command in kitchen.outbox:
            ticket = kitchen.tickets.get(command.order_id)
            if ticket is not None and ticket.undo_until is not None:
                self.shown[command.id] = command.order_id
        looked_at = {key for key, order_id in self.shown.items() if order_id in touched}
        self.back |= looked_at - pending - set(self.sent)

    def deliver(self) -> None:
        """Send what may be sent; the server does it and answers."""
        outbox = self.terminal.kitchen.outbox
        while sendable := list(outbox.sendable()):
            for command in sendable:
                self.sent.append(command.id)
                ready = command.verb is Verb.BUMP
                status = OrderStatus.READY if ready else OrderStatus.PREPARING
                version = self.board[command.order_id].version + 1
                order = make_order(command.order_id, status=status, version=version)
                self.board[command.order_id] = order
                outbox.end(command)
                self.terminal.command_ended(Answered(command, order))

    def cut_power(self) -> None:
        """Lose all that is not on the disk, and begin again."""
        self.terminal._window.close()
        self.taken_back -= self.disk.rows.keys()
        self._begin()

    def recall(self, order_id: str | None = None) -> None:
        result = self.terminal.recall(order_id)
        if isinstance(result, TakenBack):
            self.taken_back |= {command.id for command in result.commands}

    @property
    def open(self) -> str:
        """The tickets on the screen; one that can still be taken back in capitals."""
        tickets = self.terminal.kitchen.tickets
        return "".join(
            ticket.id if ticket.undo_until is None else ticket.id.upper() for ticket in tickets
        )


@pytest.fixture
async def kitchen() -> Kitchen:
    return Kitchen()


async def test_a_bump_is_on_the_disk_at_once_and_sent_when_its_window_is_over(
    kitchen: Kitchen,
) -> None:
    result = kitchen.terminal.bump("a")
    assert isinstance(result, Given)
    assert kitchen.open == "abc", "not on the disk, not on the screen"
    kitchen.disk.write()
    assert kitchen.open == "Abc"
    assert kitchen.disk.rows
    assert kitchen.terminal.bump("a") == NotDone(""), "bumped already"
    await asyncio.sleep(WINDOW - 0.01)
    assert (kitchen.open, kitchen.sent) == ("Abc", [])
    ticket = kitchen.terminal.kitchen.tickets.get("a")
    assert ticket is not None
    assert ticket.undo_until == pytest.approx(kitchen.terminal.server_now() + 0.01)
    await asyncio.sleep(0.02)
    assert (kitchen.open, kitchen.sent) == ("bc", [result.command.id])


async def test_a_recall_in_the_window_takes_the_bump_out_of_outbox_and_journal(
    kitchen: Kitchen,
) -> None:
    kitchen.terminal.bump("a")
    kitchen.disk.write()
    result = kitchen.terminal.recall()
    assert isinstance(result, TakenBack)
    assert len(kitchen.terminal.kitchen.outbox) == 0
    assert kitchen.open == "Abc", "still on the disk: a power cut would bump it"
    kitchen.disk.write()
    assert (kitchen.open, kitchen.disk.rows) == ("abc", {})
    await asyncio.sleep(2 * WINDOW)
    assert kitchen.sent == []
    assert isinstance(kitchen.terminal.recall(), NotDone), "there is nothing left to take back"
    assert isinstance(kitchen.terminal.bump("a"), Given)


async def test_in_the_moment_in_which_the_window_ends_one_of_both_happens(
    kitchen: Kitchen,
) -> None:
    kitchen.terminal.bump("a")
    kitchen.disk.write()
    at_the_end = asyncio.get_running_loop().time() + WINDOW
    results: list[object] = []
    asyncio.get_running_loop().call_at(
        at_the_end, lambda: results.append(kitchen.terminal.recall())
    )
    await asyncio.sleep(WINDOW + 1)
    (result,) = results
    kitchen.disk.write()
    if isinstance(result, TakenBack):
        assert kitchen.sent == []
    else:
        assert isinstance(result, Given)  # a recall of its own, after the bump
        assert len(kitchen.sent) == 2
    assert kitchen.open == "abc"


async def test_tickets_bumped_together_are_taken_back_together(kitchen: Kitchen) -> None:
    kitchen.terminal.together([(Verb.BUMP, key) for key in TABLE])
    kitchen.disk.write()
    assert kitchen.open == "ABC"
    result = kitchen.terminal.recall()
    assert isinstance(result, TakenBack)
    assert [command.order_id for command in result.commands] == list(TABLE)
    kitchen.disk.write()
    assert kitchen.open == "abc"
    kitchen.terminal.together([(Verb.BUMP, key) for key in "ab"])
    kitchen.disk.write()
    assert isinstance(kitchen.terminal.recall("a"), TakenBack), "a certain one goes by itself"
    kitchen.disk.write()
    await asyncio.sleep(WINDOW + 0.1)
    assert kitchen.open == "ac"


async def test_a_power_cut_in_the_window_sends_the_bump_after_the_restart(
    kitchen: Kitchen,
) -> None:
    kitchen.terminal.bump("a")
    kitchen.disk.write()
    kitchen.cut_power()
    assert (kitchen.open, len(kitchen.sent)) == ("bc", 1)


async def test_another_display_that_bumps_in_the_window_is_recalled_too(kitchen: Kitchen) -> None:
    kitchen.terminal.bump("a")
    kitchen.disk.write()
    ready = make_order("a", status=OrderStatus.READY, version=2)
    kitchen.board["a"] = ready
    kitchen.terminal.feed(upserted(ready))
    assert kitchen.open == "bc"
    result = kitchen.terminal.recall()
    assert isinstance(result, Given)
    assert result.command.verb is Verb.RECALL
    kitchen.disk.write()
    assert kitchen.open == "abc"
    assert kitchen.sent == [result.command.id]


async def test_of_a_table_all_are_recalled_that_another_display_bumped_in_the_window(
    kitchen: Kitchen,
) -> None:
    kitchen.terminal.together([(Verb.BUMP, key) for key in TABLE])
    kitchen.disk.write()
    for order_id in "ab":
        ready = make_order(order_id, status=OrderStatus.READY, version=2)
        kitchen.board[order_id] = ready
        kitchen.terminal.feed(upserted(ready))
    kitchen.terminal.recall()
    kitchen.disk.write()
    assert (kitchen.open, len(kitchen.sent)) == ("abc", 2)


async def test_what_waits_for_the_cook_is_not_counted_as_unsent(kitchen: Kitchen) -> None:
    kitchen.terminal.bump("a")
    kitchen.disk.write()
    outbox = kitchen.terminal.kitchen.outbox
    assert (len(outbox), outbox.overdue, kitchen.terminal.unsent_age) == (1, 0, None)


async def test_serving_has_a_window_too(kitchen: Kitchen) -> None:
    ready = make_order("a", status=OrderStatus.READY, version=2)
    kitchen.terminal.feed(upserted(ready))
    assert isinstance(kitchen.terminal.hand_over(Verb.SERVE, "a"), Given)
    kitchen.disk.write()
    assert kitchen.terminal.kitchen.outbox.undo("a") is not None
    assert isinstance(kitchen.terminal.recall(), TakenBack)
    kitchen.disk.write()
    await asyncio.sleep(WINDOW + 1)
    assert kitchen.sent == []


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("bump"), st.sampled_from(TABLE)),
        st.tuples(st.just("recall"), st.sampled_from(TABLE)),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, WINDOW])),
        st.sampled_from([("table", ""), ("last", ""), ("disk", ""), ("cut", "")]),
    ),
    max_size=25,
)


async def _play(steps: list[tuple[str, str | float]]) -> Kitchen:
    kitchen = Kitchen()
    for step, about in steps:
        terminal = kitchen.terminal
        match step, about:
            case "bump", str(order_id):
                terminal.bump(order_id)
            case "recall", str(order_id):
                kitchen.recall(order_id)
            case "wait", float(seconds):
                await asyncio.sleep(seconds)
            case "table", _:
                terminal.together([(Verb.BUMP, key) for key in TABLE])
            case "last", _:
                kitchen.recall()
            case "disk", _:
                kitchen.disk.write()
            case "cut", _:
                kitchen.cut_power()
            case _:
                raise AssertionError(step)
    kitchen.disk.write()
    await asyncio.sleep(2 * WINDOW)
    kitchen.disk.write()
    return kitchen


@settings(deadline=None)
@given(_steps)
def test_a_bump_that_was_seen_is_taken_back_or_sent_never_both_and_never_lost(
    steps: list[tuple[str, str | float]],
) -> None:
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        kitchen = runner.run(_play(steps))
    sent = set(kitchen.sent)
    assert not sent & kitchen.back, "taken back before the cook's eyes, and sent all the same"
    assert not sent & kitchen.taken_back, "taken back, and sent all the same"
    assert kitchen.shown.keys() <= sent | kitchen.back, "lost"
    assert kitchen.disk.rows == {}
    outbox = kitchen.terminal.kitchen.outbox
    assert len(outbox) == 0
    left: Order | None
    for order_id in TABLE:
        left = kitchen.board[order_id]
        assert (left.status in OPEN) == (order_id in kitchen.open)
