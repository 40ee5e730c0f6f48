"""Everything that a running display is, without a screen: what it knows, what it keeps on the disk,
and its ties to the order server.

    async with Terminal(setup, listener) as terminal:   the last known board shows, without what
                                                        was bumped and is not sent yet
        await terminal.connect()                        the link comes up, and stays up by itself
        terminal.bump(order_id)                         a wish: on the disk, then shown, then sent

A wish becomes a command that is held back until the journal has it (`SAVE_DEADLINE` at the most);
then its ticket changes (`touched`, `taken`) and it is sent; `ended` tells the server's answer. A
disk that does not work holds nothing up: `trouble` tells of it. A bump waits in the journal until
its undo window is over, and a recall takes it out again.

Ownership, ended in this order by `async with`: the link (websocket closed with 1001, deliveries
cancelled: what is not answered stays in the journal), the cache of the board, the journal (what
waits is written), the lock on the folder.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kds_tui.core.board import FeedEvent, SnapshotListed, SnapshotStarted
from kds_tui.core.clock import ServerClock
from kds_tui.core.command import Command, Outcome, Verb
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.outbox import UNDOABLE
from kds_tui.core.results import Given, Kept, Noticed, Result, Stamp
from kds_tui.core.session_events import ServerTimeTold
from kds_tui.core.tally import Tally
from kds_tui.services.board_cache import BoardCache, BoardFacts
from kds_tui.services.folder_lock import FolderLock
from kds_tui.services.journal import CommandJournal, Journal
from kds_tui.services.looked_up import LookedUp
from kds_tui.services.status_file import remove_status
from kds_tui.services.terminal_setup import TerminalListener as TerminalListener
from kds_tui.services.terminal_setup import TerminalSetup as TerminalSetup
from kds_tui.services.undo_window import UndoWindow

if TYPE_CHECKING:
    from kds_tui.services.kitchen_link import KitchenLink

_log = logging.getLogger("kds_tui.terminal")


class Terminal:
    """A running display without a screen; to be used in `async with`, once.

    Args:
        setup: what it is made from.
        listener: who is told what.
    """

    def __init__(self, setup: TerminalSetup, listener: TerminalListener | None = None) -> None:
        self._setup = setup
        self._listener = listener or TerminalListener()
        folder = setup.journal.folder_of(setup.station)
        # The same after a restart, another for the next display on this machine.
        self._id = hashlib.sha256(f"{uuid.getnode()} {folder.absolute()}".encode()).hexdigest()[:32]
        self.folder = folder
        """Where everything of this terminal lies."""

        self.tally = Tally()
        self._lock = FolderLock(folder)
        self._journal: CommandJournal = Journal(folder, self._saved, self._found)
        self._link: KitchenLink | None = None
        self._stack = AsyncExitStack()
        self._restaurant = ""
        self._told = False  # this run's board, by the server
        self._known_at: float | None = None
        self.last_known_at: float | None = None
        """When the server last confirmed the board that shows, on its clock, in seconds since the
        epoch; None once the server has told this run's board."""

        self.clock = ServerClock(setup.wall(), setup.monotonic())
        self.kitchen = Kitchen(setup.station, setup.routing, setup.sort, setup.rules)
        """What it knows."""

        self._window = UndoWindow(self.kitchen.outbox, setup.undo_seconds, self._window_over)
        self.looked_up = LookedUp(self.kitchen, self.server_now)
        """The menu, and the shift's finished orders."""

        server = f"{setup.server.url} {setup.server.restaurant_id}"
        self._cache = BoardCache(folder, server, self.kitchen.board, self._facts)

    def claim(self) -> None:
        """Take the folder for this process; `async with` does it too, where it was not done before.

        Raises:
            FolderInUse: another display has it.
        """
        self._lock.take()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.callback(self._lock.release)
            self.claim()
            stack.push_async_callback(remove_status, self.folder)
            stack.push_async_callback(self._journal.close)
            self._found(await self._journal.open())
            stack.push_async_callback(self._cache.close)
            await self._show_last_known()
            stack.callback(self._window.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def connect(self, deadline: float | None = None) -> LinkStatus:
        """Bring the link up; it stays up by itself from then on.

        Args:
            deadline: most seconds to wait for the link to be live; None to wait on.

        Returns:
            How the link is then.
        """
        if self._link is None:
            # Imported late: websocket and HTTP libraries take longer to load than a screen to be
            # drawn.
            from kds_tui.services.kitchen_link import KitchenLink, Listener

            listener = Listener(
                feed=self.feed,
                status=self._listener.status,
                server_time=self._server_time_told,
                outcome=self.command_ended,
                about=self._told_about_server,
            )
            setup = self._setup
            link = KitchenLink(
                setup.server,
                setup.link,
                setup.tokens,
                self.kitchen.outbox,
                self.kitchen.board,
                listener,
                self.looked_up,
                terminal_id=self._id,
                is_late=self._is_late,
            )
            self._link = await self._stack.enter_async_context(link)
        return await self._link.connect(deadline)

    # What a cook wants

    def ask(self, wish: Callable[[Kitchen, Stamp], Result]) -> Result:
        """Carry out what a cook wants.

        Args:
            wish: asked of the kitchen at this moment.

        Returns:
            What became of it. A command that was given is on the screen once it is in the journal.
        """
        result = wish(self.kitchen, self._stamp())
        self._take((result,))
        return result

    def _stamp(self) -> Stamp:
        return Stamp(self.server_now(), secrets.randbits(74))

    def _take(self, results: Sequence[Result]) -> None:
        """Take what became of the wishes of one key press."""
        outbox = self.kitchen.outbox
        given = [result.command for result in results if isinstance(result, Given)]
        for command in given:
            outbox.hold(command)
        self._window.open([command for command in given if command.verb in UNDOABLE])
        for command in given:
            about = {"command": command.id, "verb": command.verb.value, "lane": command.lane}
            _log.info("given", extra=about)
            self.tally.given[command.verb.value] += 1
            self._journal.append(command)
        here = {result.order_id for result in results if isinstance(result, Kept)} - {""}
        for result in results:
            here |= result.order_ids if isinstance(result, Noticed) else set()
        if here:
            self._cache.note_facts()
            self._listener.touched(here)

    def bump(self, order_id: str) -> Result:
        """Bump a ticket.

        Args:
            order_id: whose.

        Returns:
            What became of it.
        """
        return self.ask(lambda kitchen, stamp: kitchen.bump(order_id, stamp))

    def together(self, wishes: Iterable[tuple[Verb, str]]) -> Sequence[Result]:
        """Do several things with one key press; they are taken back together, too.

        Args:
            wishes: of which order what; of the whole order.

        Returns:
            What became of each.
        """
        results = [self.kitchen.ask(verb, order_id, self._stamp()) for verb, order_id in wishes]
        self._take(results)
        return results

    def recall(self, order_id: str | None = None) -> Result:
        """Bring a ticket back: a bump that is not sent yet is taken back instead.

        Args:
            order_id: whose; None for the one bumped last.

        Returns:
            What became of it.
        """
        taken_back = self.kitchen.take_back(order_id)
        if taken_back is not None:
            for command in taken_back.commands:
                _log.info("taken back", extra={"command": command.id, "lane": command.lane})
                self._journal.take_back(command, self._forgotten)
            left = [one.order_id for one in taken_back.commands if one.verb is Verb.BUMP]
            bumped = [order_id for order_id in left if self.kitchen.is_bumped(order_id)]
            # Meanwhile by somebody else, too: each of them is brought back.
            recalled = [self.recall(order_id) for order_id in bumped]
            return recalled[0] if recalled else taken_back
        if order_id is None:
            return self.ask(Kitchen.recall_last)
        return self.ask(lambda kitchen, stamp: kitchen.recall(order_id, stamp))

    def bump_item(self, order_id: str, item_id: str, *, done: bool = True) -> Result:
        """Mark a line of a ticket done, or not after all; see `Kitchen.bump_item`."""
        return self.ask(lambda kitchen, at: kitchen.bump_item(order_id, item_id, at, done=done))

    def rush(self, order_id: str, *, rush: bool = True) -> Result:
        """Bring a ticket to the front on all screens, or back to its place; see `Kitchen.rush`."""
        return self.ask(lambda kitchen, stamp: kitchen.rush(order_id, stamp, rush=rush))

    def start(self, order_id: str) -> Result:
        """Begin to cook a ticket; see `Kitchen.start`."""
        return self.ask(lambda kitchen, stamp: kitchen.start(order_id, stamp))

    def hand_over(self, verb: Verb, order_id: str) -> Result:
        """Say that a ready order was picked up or served; see `Kitchen.hand_over`."""
        return self.ask(lambda kitchen, stamp: kitchen.hand_over(verb, order_id, stamp))

    def hold(self, order_id: str, subject_id: str = "") -> Result:
        """Leave a ticket, or a part of it, uncooked until it is fired; see `Kitchen.hold`."""
        return self.ask(lambda kitchen, stamp: kitchen.hold(order_id, stamp, subject_id))

    def fire(self, order_id: str, subject_id: str = "") -> Result:
        """Have a scheduled order, or what is held, cooked now; see `Kitchen.fire`."""
        return self.ask(lambda kitchen, stamp: kitchen.fire(order_id, stamp, subject_id))

    def acknowledge(self, order_id: str | None = None) -> Result:
        """Take note that a cook has seen what is new on a ticket; a cancelled one goes.

        Args:
            order_id: whose ticket; None for all.

        Returns:
            What became of it.
        """
        return self.ask(lambda kitchen, _: kitchen.acknowledge(order_id))

    def set_stock(self, item_id: str, name: str, *, available: bool) -> Result:
        """Put an item of the menu out of stock (86), or back; see `Kitchen.set_stock`."""
        return self.ask(
            lambda kitchen, stamp: kitchen.set_stock(item_id, name, stamp, available=available)
        )

    def stations_changed(self) -> None:
        """Show the tickets of the stations that `kitchen` shows now, also after a restart."""
        self._cache.note_facts()
        self._listener.touched([order.id for order in self.kitchen.board])

    def reconnect_now(self) -> None:
        """Do not wait for the next try to connect."""
        if self._link is not None:
            self._link.reconnect_now()

    # How it is

    def server_now(self) -> float:
        """Tell the server's time.

        Returns:
            Seconds since the epoch.
        """
        return self.clock.now(self._setup.monotonic())

    def monotonic(self) -> float:
        """Tell the monotonic clock that it goes by.

        Returns:
            Seconds since whenever.
        """
        return self._setup.monotonic()

    def skew(self) -> float | None:
        """Tell how far this machine's wall clock is off. Nothing here goes by it.

        Returns:
            Seconds that it is ahead of the server's; None until the server has told its time.
        """
        return self.clock.skew(self._setup.wall(), self._setup.monotonic())

    @property
    def link(self) -> KitchenLink | None:
        """The ties to the server; None before `connect`."""
        return self._link

    @property
    def status(self) -> LinkStatus:
        """How the link is; connecting while it is not made yet."""
        return self._link.status if self._link else LinkStatus(LinkState.CONNECTING)

    @property
    def unsent_age(self) -> float | None:
        """How long the oldest command waits for the server, in seconds; None when none does."""
        oldest = self.kitchen.outbox.oldest
        return None if oldest is None else max(0.0, self.server_now() - oldest)

    @property
    def last_known_age(self) -> float | None:
        """How old the board is that shows, in seconds, when it is that of the last run."""
        known_at = self.last_known_at
        return None if known_at is None else max(0.0, self.server_now() - known_at)

    @property
    def trouble(self) -> str:
        """What is wrong with the disk, in words for the cook; empty when nothing is."""
        return self._journal.trouble

    @property
    def signed_out(self) -> str:
        """Why the server takes no commands though the link is live; empty when it does."""
        return self._link.signed_out if self._link is not None else ""

    @property
    def in_memory(self) -> int:
        """How many unanswered commands are not on the disk, because it did not take them."""
        return self._journal.in_memory

    def _is_late(self, command: Command) -> bool:
        late_after = self._setup.journal.late_after_minutes * 60
        return self.server_now() - command.given_at > late_after

    # What the server tells

    def feed(self, event: FeedEvent) -> None:
        """Take an event of the link.

        Args:
            event: what happened to the orders.
        """
        self._listener.fed(event)
        is_news = self.status.state is LinkState.LIVE and self.clock.known
        self.tally.event(event, self.server_now() if is_news else None)
        changed = self.kitchen.feed(event)
        if isinstance(event, SnapshotListed):
            self._told, self.last_known_at = True, None
        self._cache.note(changed)
        self._listener.touched(changed)

    def command_ended(self, outcome: Outcome) -> None:
        """Take the end of a command, which has left the outbox.

        Args:
            outcome: the server's answer, or why it declined.
        """
        self.tally.end(outcome)
        self._journal.remove(outcome.command)
        changed = self.kitchen.end(outcome)
        self._cache.note(changed)
        self._listener.touched(changed)
        self._listener.ended(outcome)

    def _server_time_told(self, told: ServerTimeTold) -> None:
        self.clock.set_server_time(told.server_time, self._setup.monotonic(), told.round_trip)

    def _told_about_server(self, name: str, offered: frozenset[str]) -> None:
        self.kitchen.capabilities = offered
        self._restaurant = name or self._restaurant
        self._cache.note_facts()
        self._listener.about(name)

    # The last known board

    async def _show_last_known(self) -> None:
        last = await self._cache.open()
        if last is None:
            return
        facts, setup = last.facts, self._setup
        # A machine without a clock battery starts in the past: it is no earlier than it was.
        outbox = self.kitchen.outbox
        past = [facts.known_at, *(command.given_at for command in outbox)]
        self.clock = ServerClock(max(setup.wall() + facts.clock_offset, *past), setup.monotonic())
        self.last_known_at = self._known_at = facts.known_at
        self.kitchen.capabilities = facts.capabilities
        outbox.restore(facts.done_here)
        self.kitchen.stock.take(facts.menu)
        self.kitchen.stations.take(facts.taken_over)
        attention = self.kitchen.attention
        attention.restore(facts.attention)
        self.kitchen.feed(SnapshotStarted())
        changed = self.kitchen.feed(SnapshotListed(last.orders))
        _log.info("last known board", extra={"orders": len(changed), "age": self.last_known_age})
        self._listener.touched(changed.union(attention.ids()))
        if facts.restaurant:
            self._restaurant = facts.restaurant
            self._listener.about(facts.restaurant)

    def _facts(self) -> BoardFacts | None:
        """Tell what is kept beside the orders; nothing before the server has told any."""
        setup, heard_at = self._setup, self.status.heard_at
        if self._told and heard_at is not None:
            self._known_at = self.server_now() - (setup.monotonic() - heard_at)
        if self._known_at is None:
            return None
        return BoardFacts(
            server=self._cache.server,
            known_at=int(self._known_at),
            clock_offset=round(self.server_now() - setup.wall(), 1),
            restaurant=self._restaurant,
            capabilities=self.kitchen.capabilities,
            done_here=self.kitchen.outbox.done_here,
            menu=self.kitchen.stock.items,
            attention=self.kitchen.attention.kept,
            taken_over=self.kitchen.stations.taken,
        )

    # What the journal tells

    def _saved(self, command: Command) -> None:
        self.kitchen.outbox.release(command)
        self._listener.touched((command.order_id,))
        self._listener.taken(command)
        if self._link is not None:
            self._link.deliver()

    def _forgotten(self, command: Command) -> None:
        self._listener.touched((command.order_id,))

    def _window_over(self, commands: Sequence[Command]) -> None:
        self._listener.touched([command.order_id for command in commands])
        if self._link is not None:
            self._link.deliver()

    def _found(self, commands: Sequence[Command]) -> None:
        for command in commands:
            self.kitchen.outbox.add(command)
        self._listener.touched({command.order_id for command in commands})
        if self._link is not None and commands:
            self._link.deliver()
