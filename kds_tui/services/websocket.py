"""The link to the order server as the rest of the program sees it: one service per process.

Ask for it with `connect`, listen with `subscribe`, look with `status`. How it is kept up is told in
link_supervisor.py, what one connection does in link_connection.py, what is said in core/sync.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import ClassVar, Final, TypedDict, TypeVar

from kds_tui.core.board import FeedEvent, SnapshotListed, SnapshotStarted
from kds_tui.core.board_check import Comparison, Verdict
from kds_tui.core.frames import MenuChanged, OrderRemoved, OrderStatusChanged, OrderUpserted
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.session_events import Complaint, GapFound, ServerTimeTold, SnapshotWanted
from kds_tui.services.link_connection import ConnectionEvent
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.link_supervisor import LinkSupervisor
from kds_tui.services.subscriptions import Subscriptions, Topic, Unsubscribe

Event = TypeVar("Event")

FEED: Final = Topic[FeedEvent]("feed")
"""Everything that the board is to be fed with, in order."""

STATUS: Final = Topic[LinkStatus]("status")
"""Every change of the link's state."""

SERVER_TIME: Final = Topic[ServerTimeTold]("server time")
"""The server told its time just now."""

TOPICS: Final = (FEED, STATUS, SERVER_TIME)
"""All that can be subscribed to; a display listens to each."""

_CONNECTING: Final = frozenset({LinkState.CONNECTING, LinkState.AUTHENTICATING, LinkState.SYNCING})
_SETTLED: Final = frozenset({LinkState.LIVE, LinkState.FAILED, LinkState.DISCONNECTED})

_log = logging.getLogger("kds_tui.link")


class LinkReport(TypedDict):
    """What `get_status` tells. Times are on the monotonic clock, in seconds."""

    state: str
    stale: bool
    reason: str
    is_connecting: bool
    is_reconnecting: bool
    reconnect_attempts: int
    retry_at: float | None
    last_heartbeat: float | None
    """When any frame last came."""

    down_since: float | None
    """Since when it is wanted and not live; None while it is live, or not wanted."""

    untrusted: bool
    connect_count: int
    live_count: int
    """Connections that became live."""

    open_sockets: int
    subscription_count: int
    subscriptions: tuple[str, ...]
    """The topic of each."""

    missing_subscriptions: tuple[str, ...]
    """Topics that nobody listens to."""

    doubled_subscriptions: tuple[str, ...]
    """Topics that one handler listens to more than once."""

    snapshots: int
    gaps: int
    bad_frames: int
    unknown_types: int
    server_errors: int
    handler_errors: int
    epoch: str
    """Of the journal that is followed; empty without one."""

    seq: int | None
    confirmed_at: float | None
    """When board and server last agreed on a digest."""

    confirmed_count: int | None
    """On how many open orders."""

    digest: str
    """The server's, as last compared; empty when it never told one."""

    digest_agrees: bool | None
    """What the last comparison said; None before the first."""

    differing_counts: tuple[int, int] | None
    """Open orders here and at the server, when the last comparison found a difference."""

    digest_mismatches: int
    digest_listings: int
    """Listings asked for because of them."""


class WebSocketService:
    """The only link of this process; make it with `instance`.

    Subscriptions belong to the service and not to a connection, so they live through every
    reconnect and are never doubled by one.

    Args:
        setup: the server and who works with the link.

    Raises:
        RuntimeError: another one is alive, that is, not closed yet.
    """

    _alive: ClassVar[WebSocketService | None] = None

    def __init__(self, setup: LinkSetup) -> None:
        if WebSocketService._alive is not None:
            raise RuntimeError("the link of this process exists already: use instance()")
        WebSocketService._alive = self
        self.setup = setup
        self._subscriptions = Subscriptions()
        self._counts: Counter[str] = Counter()
        self._link = LinkSupervisor(setup, self._heard, self._status_changed)
        self._task: asyncio.Task[None] | None = None
        self._wanted = False
        self._stopping = False
        self._closed = False
        self._settled: asyncio.Future[LinkStatus] | None = None

    @classmethod
    def instance(cls, setup: LinkSetup | None = None) -> WebSocketService:
        """Give the service of this process; the first call makes it.

        Args:
            setup: needed by the first call; a later one may leave it out or give an equal one.

        Returns:
            The one service.

        Raises:
            RuntimeError: there is none yet and no setup, or there is one with another setup.
        """
        if cls._alive is None:
            if setup is None:
                raise RuntimeError("the first call of instance() needs a setup")
            return cls(setup)
        if setup is not None and setup != cls._alive.setup:
            raise RuntimeError("the link of this process goes elsewhere: close it first")
        return cls._alive

    @property
    def status(self) -> LinkStatus:
        """How the link is at this moment."""
        return self._link.status

    @property
    def is_connecting(self) -> bool:
        """Whether a connection is being made ready."""
        return self.status.state in _CONNECTING

    @property
    def is_reconnecting(self) -> bool:
        """Whether the link waits for its next try."""
        return self.status.state is LinkState.RECONNECTING

    @property
    def connect_count(self) -> int:
        """Sockets asked for since the service was made."""
        return self._link.connect_count

    @property
    def open_sockets(self) -> int:
        """Sockets open now: 0 or 1."""
        return self._link.open_sockets

    @property
    def subscription_count(self) -> int:
        """How many handlers are subscribed."""
        return len(self._subscriptions)

    def get_subscriptions(self) -> list[str]:
        """List what is subscribed to.

        Returns:
            One topic name for each subscription.
        """
        return self._subscriptions.names()

    def get_status(self) -> LinkReport:
        """Tell everything about the link, for diagnosis.

        Returns:
            Plain values.
        """
        status, check, position = self.status, self._link.check, self._link.position
        compared = check.compared
        return LinkReport(
            state=status.state.value,
            stale=status.stale,
            reason=status.reason,
            is_connecting=self.is_connecting,
            is_reconnecting=self.is_reconnecting,
            reconnect_attempts=status.attempt,
            retry_at=status.retry_at,
            last_heartbeat=status.heard_at,
            down_since=self._link.down_since,
            untrusted=status.untrusted,
            connect_count=self.connect_count,
            live_count=self._link.live_count,
            open_sockets=self.open_sockets,
            subscription_count=self.subscription_count,
            subscriptions=tuple(self.get_subscriptions()),
            doubled_subscriptions=tuple(self._subscriptions.doubled()),
            missing_subscriptions=tuple(
                topic.name for topic in TOPICS if topic.name not in self.get_subscriptions()
            ),
            snapshots=self._counts["snapshot"],
            gaps=self._counts["gap"],
            bad_frames=self._counts["bad frame"],
            unknown_types=self._counts["unknown type"],
            server_errors=self._counts["server error"],
            handler_errors=self._subscriptions.handler_errors,
            epoch=position.epoch if position else "",
            seq=position.seq if position else None,
            confirmed_at=check.confirmed_at,
            confirmed_count=check.confirmed.open_count if check.confirmed else None,
            digest=compared.theirs.digest if compared else "",
            digest_agrees=compared.verdict is Verdict.AGREES if compared else None,
            differing_counts=_differing(compared),
            digest_mismatches=check.mismatches,
            digest_listings=check.listings,
        )

    def subscribe(self, topic: Topic[Event], handler: Callable[[Event], None]) -> Unsubscribe:
        """Listen.

        Args:
            topic: `FEED`, `STATUS` or `SERVER_TIME`.
            handler: called in the event loop with each event, in order. One that raises is logged
                and hurts neither the link nor another handler.

        Returns:
            A function that ends it.
        """
        return self._subscriptions.add(topic, handler)

    async def connect(self, deadline: float | None = None) -> LinkStatus:
        """Want the link, and wait until it is known whether it stands.

        Single-flight: however many call, one task makes one socket and all get the same answer.
        Calling it while the link waits for its next try does not hurry it: see `reconnect_now`.

        Args:
            deadline: how long to wait, in seconds; None waits as long as it takes.

        Returns:
            The status when the link went live, failed (needs a person) or was disconnected; the
            present one when the deadline passed. Trouble on the way is never raised: the link goes
            on trying.

        Raises:
            RuntimeError: the service is closed.
        """
        if self._closed:
            raise RuntimeError("the link is closed")
        self._wanted = True
        try:
            async with asyncio.timeout(deadline):
                while self._stopping and self._task is not None:
                    await asyncio.wait({self._task})
                if self._wanted:  # not disconnected again meanwhile
                    self._start()
                if self.status.state in _SETTLED:
                    return self.status
                if self._settled is None:
                    self._settled = asyncio.get_running_loop().create_future()
                return await asyncio.shield(self._settled)
        except TimeoutError:
            return self.status

    def reconnect_now(self) -> None:
        """Try at once instead of waiting; does nothing unless the link waits for its next try."""
        self._link.wake()

    async def disconnect(self) -> None:
        """Let the link go (close code 1000) and do not come back until `connect` is called.

        Safe at any moment, also in the middle of connecting, and again. Takes at most
        `close_timeout`. Subscriptions stay.
        """
        await self._stop(1000, "Client disconnect")

    async def close(self) -> None:
        """End the service for good (close code 1001): another one may be made then."""
        self._closed = True
        try:
            await self._stop(1001, "Display shutting down")
        finally:
            if WebSocketService._alive is self:
                WebSocketService._alive = None

    def _start(self) -> None:
        """Start the link's task, unless there is one."""
        if self._task is None:
            self._link.begin()
            self._task = asyncio.create_task(self._link.run(), name="link-supervisor")
            self._task.add_done_callback(self._ended)

    async def _stop(self, code: int, reason: str) -> None:
        self._wanted = False
        task = self._task
        if task is None:
            return
        if not self._stopping:
            self._stopping = True
            self._link.let_go(code, reason)
            task.cancel()
        # A connection takes up to close_timeout to end its listing and as much to close.
        limit = 2 * self.setup.settings.close_timeout + 1
        _, pending = await asyncio.wait({task}, timeout=limit)
        if pending:
            _log.error("the link does not end", extra=self._link.context())

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tidy up after the link's task, also when it was cancelled before its first step."""
        self._task = None
        self._stopping = False
        if not task.cancelled() and (error := task.exception()):
            _log.error("the link's task failed", exc_info=error, extra=self._link.context())
            self._link.let_go(1011, "Client failure")

    def _status_changed(self, status: LinkStatus) -> None:
        if self._settled is not None and status.state in _SETTLED:
            self._settled.set_result(status)
            self._settled = None
        self._subscriptions.publish(STATUS, status)

    def _heard(self, event: ConnectionEvent) -> None:
        match event:
            case OrderUpserted() | OrderRemoved() | OrderStatusChanged() | MenuChanged():
                self._subscriptions.publish(FEED, event)
            case SnapshotStarted() | SnapshotListed():
                self._subscriptions.publish(FEED, event)
            case ServerTimeTold():
                self._subscriptions.publish(SERVER_TIME, event)
            case GapFound(expected=expected, received=received):
                self._count("gap", f"expected {expected}, received {received}")
            case SnapshotWanted():
                self._counts["snapshot"] += 1
            case Comparison():
                self._compared(event)
            case Complaint(kind=kind, detail=detail):
                self._count(kind, detail)
            case _:  # what makes the state, which the supervisor has taken already
                return

    def _compared(self, comparison: Comparison) -> None:
        if comparison.verdict is Verdict.LIST_ANEW:
            _log.warning(
                "the board differs from the server's: %d orders here, %d there; listing anew",
                comparison.ours.open_count,
                comparison.theirs.open_count,
                extra=self._link.context(),
            )

    def _count(self, kind: str, detail: str) -> None:
        """Count, and log at 1, 2, 4, 8...: the log must not fill with what a server repeats."""
        self._counts[kind] += 1
        count = self._counts[kind]
        if count & (count - 1) == 0:
            _log.warning("%s (%d so far): %s", kind, count, detail, extra=self._link.context())


def _differing(compared: Comparison | None) -> tuple[int, int] | None:
    if compared is None or compared.verdict in (Verdict.AGREES, Verdict.SUSPECTED):
        return None
    return compared.ours.open_count, compared.theirs.open_count
