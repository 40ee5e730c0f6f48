"""Every event to every display, and no display in another's way.

A broadcast never waits. It is framed once, and those bytes are written to every connection that
has nothing else to send: a third of the processor time of a task and a frame for each client
(benchmarks/hub.py). What a connection does not take at once waits in its bounded queue, for its own
writer. A client whose queue is full is cut with 1013: it comes back, resumes, and has lost nothing.
(Awaiting each send in turn, one stalled client froze all others: measured.)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kds_tui.core.digest import RunningDigest
from kds_tui.hub.frames import websocket_frame
from kds_tui.hub.ledger import Event
from voice_tui.serving.request_limiter import MESSAGES, Bucket

logger = logging.getLogger("kds_tui.hub.fanout")

GOING_AWAY: Final = 1001
POLICY_VIOLATION: Final = 1008
TRY_AGAIN_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a connection is closed."""

    code: int
    reason: str


class Client:
    """One connection's place in the fan-out.

    Args:
        number: tells connections apart in the log.
        queue_size: frames that may wait.
        origin: the client that it came from, as `client_of` names it.
    """

    def __init__(self, number: int, queue_size: int, origin: str = "") -> None:
        self.number = number
        self.origin = origin
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(queue_size)
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Ending] = loop.create_future()
        self.bucket = Bucket(MESSAGES, loop.time())
        """How many messages it may send."""

        self.token_id = ""
        """Of the token that let it in; empty before."""

        self.direct: Callable[[bytes], bool] | None = None
        """Writes a whole frame to the connection, and tells whether it could: one that still has
        something to send takes nothing. None before there is a connection, and from its end on."""

        self.is_sending = False
        """Whether the writer has taken a frame from the queue that is not sent yet."""

        self.wants_heartbeat = False
        """Set by the first `orders:sync`: the Restaurant OS web client never sends one."""

        self._held: list[Event] | None = None

    def send_now(self, framed: bytes) -> bool:
        """Write what many get past the queue, where nothing waits that it would overtake.

        Args:
            framed: a message as bytes of the websocket.

        Returns:
            Whether it is written; if not, it is to be offered.
        """
        return (
            self.direct is not None
            and self._held is None
            and not self.is_sending
            and self.queue.empty()
            and self.direct(framed)
        )

    def offer(self, frame: bytes) -> None:
        """Queue a frame; a client that has no room for it is cut.

        Args:
            frame: the message.
        """
        if self.ended.done():
            return
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            logger.warning("client %d is too slow: cut", self.number)
            self.end(Ending(TRY_AGAIN_LATER, "resync"))

    def offer_event(self, event: Event) -> None:
        """Queue a broadcast; while a replay is prepared it waits behind it."""
        if self._held is None:
            self.offer(event.frame)
        elif len(self._held) < self.queue.maxsize:
            self._held.append(event)
        else:
            self.end(Ending(TRY_AGAIN_LATER, "resync"))

    def offer_heartbeat(self, frame: bytes) -> None:
        """Queue a heartbeat, unless it would overtake broadcasts that are held back."""
        if self._held is None:
            self.offer(frame)

    def hold(self) -> None:
        """Hold broadcasts back from now on: what the journal is read for may contain them."""
        self._held = []

    def release(self, replay: list[bytes], seq: int) -> None:
        """Queue a replay and then the broadcasts held back that it does not contain.

        Args:
            replay: frames, in order.
            seq: the last event that they cover.
        """
        held, self._held = self._held or [], None
        for frame in replay:
            self.offer(frame)
        for event in held:
            if event.seq > seq:
                self.offer(event.frame)

    def end(self, ending: Ending) -> None:
        """Have the connection closed; the first reason stands."""
        self.direct = None
        if not self.ended.done():
            self.ended.set_result(ending)


class Fanout:
    """All authenticated clients.

    Args:
        head: the last event's number when the journal was opened.
    """

    def __init__(self, head: int) -> None:
        self.head = head
        """The last event that was published."""

        self.open_orders = RunningDigest()
        """The open orders after that event."""

        self.clients: set[Client] = set()

    def publish(self, event: Event) -> None:
        """Broadcast an event to all clients, now."""
        self.head = event.seq
        if event.state is not None:
            self.open_orders.put(event.state)
        framed = websocket_frame(event.frame)
        for client in tuple(self.clients):
            if not client.send_now(framed):
                client.offer_event(event)

    def heartbeat(self, frame: bytes) -> None:
        """Send a heartbeat to the clients that want one."""
        framed = websocket_frame(frame)
        for client in tuple(self.clients):
            if client.wants_heartbeat and not client.send_now(framed):
                client.offer_heartbeat(frame)

    @property
    def queued(self) -> int:
        """How many frames wait, over all clients."""
        return sum(client.queue.qsize() for client in self.clients)
