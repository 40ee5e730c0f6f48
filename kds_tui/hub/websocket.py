"""The websocket side: greeting, authentication by the first message, and a display's questions.

One reader and one writer a connection, both owned by the request's handler, which ends them and
closes the socket on every way out.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable
from typing import Final

from aiohttp import WSMsgType, web

from kds_tui.core.clock import format_time
from kds_tui.hub import frames
from kds_tui.hub.auth import BadToken
from kds_tui.hub.errors import JournalUnavailable, Refusal
from kds_tui.hub.fanout import (
    GOING_AWAY,
    POLICY_VIOLATION,
    TRY_AGAIN_LATER,
    Client,
    Ending,
    Fanout,
)
from kds_tui.hub.identity import Restaurant
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Ledger
from kds_tui.hub.settings import HubSettings
from kds_tui.hub.tokens import TokenRegister
from voice_tui.serving.clients import THIS_MACHINE, address_of, client_of

logger = logging.getLogger("kds_tui.hub.websocket")

AUTH_DEADLINE: Final = 10.0
"""Seconds for the first message. (Restaurant OS keeps a silent stranger for ever.)"""

MAX_MESSAGE: Final = 65_536
"""Bytes of one message from a client; its largest is a token of some hundred."""

MAX_CONNECTIONS: Final = 1000
"""At 24 KB each and some 10 us a delivery (benchmarks/hub.py): a fifth of a processor at 20
events a second."""

MAX_PER_CLIENT: Final = 100
"""Of these, most of one client on another machine: a kitchen behind one address."""

MAX_STRANGERS: Final = 250
MAX_STRANGERS_PER_CLIENT: Final = 20
"""Most that have not shown a token yet, of all clients and of one on another machine: strangers
cannot keep every place for 10 s, and then again."""

REPLAY_LIMIT: Final = 200
"""Most missed events that are replayed; more are quicker listed."""

FLUSH_DEADLINE: Final = 0.3
"""Seconds in which the frames that wait are still sent when a connection ends."""

CLOSE_DEADLINE: Final = 2.0
"""Seconds in which a client is to answer the close."""

LAST_CLOSE_DEADLINE: Final = 0.3
"""Likewise when the hub ends: it is to be gone in a second, stalled clients or not."""

SEND_DEADLINE: Final = 30.0
"""Seconds until a client that takes nothing is given up, when too little happens to fill its
queue."""

_OVER: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED})

_DROPPED: Final = frozenset({"order:update_status", "order:update_item_status"})
"""What the Restaurant OS web client sends and its server drops without an answer: REST does it."""


class WebsocketDoor:
    """Takes in every websocket of a hub.

    Args:
        settings: queue size and intervals.
        restaurant: whose orders these are.
        journal: replays what was missed.
        fanout: where an authenticated client listens.
        tokens: reads them.
    """

    def __init__(
        self,
        settings: HubSettings,
        restaurant: Restaurant,
        journal: Journal,
        fanout: Fanout,
        tokens: TokenRegister,
    ) -> None:
        self._settings = settings
        self._restaurant = restaurant
        self._journal = journal
        self._fanout = fanout
        self._tokens = tokens
        self._numbers = itertools.count(1)
        self._replay_limit = min(REPLAY_LIMIT, settings.client_queue * 4 // 5)
        self.connections: set[Client] = set()
        """All that are open, authenticated or not."""

        self.bad_frames = 0
        """Messages so far that could not be read."""

        self.attempted = 0
        """Connections so far that were asked for."""

        self.admitted = 0
        """Those that showed a good token."""

        self.cut = 0
        """Those that were cut: too slow, too talkative, or the journal did not answer."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        origin = client_of(address_of(request))
        self.attempted += 1
        if self._is_full_for(origin):
            raise Refusal(503, "Too many connections", "TOO_MANY_CONNECTIONS", retry_after=10)
        socket = web.WebSocketResponse(
            timeout=CLOSE_DEADLINE,
            heartbeat=self._settings.protocol_ping_interval,
            compress=False,
            autoping=False,  # pings count like any other message
            max_msg_size=MAX_MESSAGE,
        )
        try:
            await socket.prepare(request)
        except ValueError as error:  # a key that is not ASCII
            raise Refusal(400, "Not the greeting of a websocket", "BAD_REQUEST") from error
        client = Client(next(self._numbers), self._settings.client_queue, origin)
        client.direct = _direct(request, socket)
        self.connections.add(client)
        reader = asyncio.create_task(self._read(socket, client))
        writer = asyncio.create_task(_write(socket, client))
        try:
            await asyncio.wait({reader, writer, client.ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.connections.discard(client)
            self.cut += client.ended.done() and client.ended.result().code == TRY_AGAIN_LATER
            self._fanout.clients.discard(client)
            await _finish(request, socket, client, reader, writer)
        return socket

    def _is_full_for(self, origin: str) -> bool:
        if len(self.connections) >= MAX_CONNECTIONS:
            return True
        strangers = [client for client in self.connections if not client.token_id]
        if len(strangers) >= MAX_STRANGERS:
            return True
        if origin == THIS_MACHINE:
            return False
        own = sum(client.origin == origin for client in self.connections)
        unknown = sum(client.origin == origin for client in strangers)
        return own >= MAX_PER_CLIENT or unknown >= MAX_STRANGERS_PER_CLIENT

    def end_all(self) -> None:
        """Have every connection closed with 1001."""
        for client in tuple(self.connections):
            client.end(Ending(GOING_AWAY, "Server shutting down"))

    def end_token(self, token_id: str) -> None:
        """Have the connections that a token let in closed with 1008: it is not good any more."""
        for client in tuple(self._fanout.clients):
            if client.token_id == token_id:
                client.end(Ending(POLICY_VIOLATION, "Token revoked or expired"))

    def token_ids(self) -> set[str]:
        """Tell which tokens hold a connection open."""
        return {client.token_id for client in self._fanout.clients}

    async def _read(self, socket: web.WebSocketResponse, client: Client) -> None:
        client.offer(frames.connected(_now()))
        if not await self._authenticate(socket, client):
            return
        while (data := await self._receive(socket, client)) is not None:
            await self._answer(client, data)

    async def _receive(self, socket: web.WebSocketResponse, client: Client) -> str | bytes | None:
        """Wait for a message; None when the connection is over, for whatever reason."""
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.ERROR:  # a broken frame, which closes the connection
                self.bad_frames += 1
                return None
            if message.type in _OVER or client.ended.done():
                return None
            if client.bucket.take(asyncio.get_running_loop().time()):
                logger.warning("client %d sends too much: cut", client.number)
                client.end(Ending(TRY_AGAIN_LATER, "too many messages"))
                return None
            if message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                data: str | bytes = message.data
                return data

    async def _authenticate(self, socket: web.WebSocketResponse, client: Client) -> bool:
        try:
            async with asyncio.timeout(AUTH_DEADLINE):
                first = await self._first_frame(socket, client)
        except TimeoutError:
            logger.info("client %d never authenticated", client.number)
            first = frames.FrameIn()
        if first is None:
            return False
        if first.type == "auth" and first.token:
            return self._admit(client, first)
        client.offer(frames.auth_required(_now()))
        client.end(Ending(POLICY_VIOLATION, "Authentication required"))
        return False

    async def _first_frame(
        self, socket: web.WebSocketResponse, client: Client
    ) -> frames.FrameIn | None:
        while (data := await self._receive(socket, client)) is not None:
            frame = self._decode(client, data)
            if frame is not None:
                return frame
        return None

    def _decode(self, client: Client, data: str | bytes) -> frames.FrameIn | None:
        """Read a frame; one that cannot be read is counted and answered."""
        try:
            return frames.decode_frame(data)
        except frames.UnreadableFrame:
            self.bad_frames += 1
            client.offer(frames.INVALID_FORMAT)
            return None

    def _admit(self, client: Client, frame: frames.FrameIn) -> bool:
        try:
            caller = self._tokens.read(frame.token, time.time())
            if frame.restaurant_id not in (None, self._restaurant.id):
                raise BadToken("another restaurant's id")
        except BadToken as error:
            logger.warning("client %d refused: %s", client.number, error)
            client.offer(frames.auth_failed(_now()))
            client.end(Ending(POLICY_VIOLATION, "Authentication failed"))
            return False
        # Told and added without a pause between: the next event it gets is head + 1.
        client.offer(
            frames.auth_success(
                self._journal.epoch,
                self._fanout.head,
                self._settings.heartbeat_interval,
                _now(),
            )
        )
        self.admitted += 1
        client.token_id = caller.token_id
        self._fanout.clients.add(client)
        logger.info(
            "client %d authenticated as %s, token %s", client.number, caller.role, caller.token_id
        )
        return True

    async def _answer(self, client: Client, data: str | bytes) -> None:
        frame = self._decode(client, data)
        if frame is None:
            return
        if frame.type == "ping":
            client.offer(frames.pong(_now()))
        elif frame.type == "orders:sync":
            await self._synchronise(client, frames.decode_sync(frame.payload))
        elif frame.type in _DROPPED:
            logger.debug("client %d sent %s, which REST does", client.number, frame.type)
        else:
            client.offer(frames.unknown_type(frame.type, _now()))

    async def _synchronise(self, client: Client, asked: frames.SyncAsked) -> None:
        # Held before the journal is read: an event that is committed meanwhile is in what was read,
        # or comes after it, and never between or twice.
        client.hold()
        try:
            replay, head = await self._journal.run(lambda ledger: self._missed(ledger, asked))
        except JournalUnavailable as error:
            logger.error("client %d cannot be synchronised: %s", client.number, error)
            client.end(Ending(TRY_AGAIN_LATER, "journal unavailable"))
            return
        status = "snapshot_required" if replay is None else "synced"
        done = frames.sync_complete(status, self._journal.epoch, head, _now())
        client.release([*(replay or ()), done], head)
        client.wants_heartbeat = True

    def _missed(self, ledger: Ledger, asked: frames.SyncAsked) -> tuple[list[bytes] | None, int]:
        head = ledger.head()
        since = asked.since_seq
        if since is None or asked.epoch != self._journal.epoch:
            return None, head
        if not max(0, head - self._replay_limit) <= since <= head:
            return None, head
        replay = ledger.events_after(since)
        # Fewer than were given out: the first of them have been pruned.
        return (replay if len(replay) == head - since else None), head


async def _write(socket: web.WebSocketResponse, client: Client) -> None:
    while (frame := await client.queue.get()) is not None:
        client.is_sending = True
        try:
            async with asyncio.timeout(SEND_DEADLINE):
                await socket.send_frame(frame, WSMsgType.TEXT)
        except TimeoutError:
            client.end(Ending(TRY_AGAIN_LATER, "resync"))
            return
        except ConnectionError:
            return
        finally:
            client.is_sending = False


def _direct(request: web.Request, socket: web.WebSocketResponse) -> Callable[[bytes], bool]:
    """Make what writes frames past the writer's task, while the connection takes them at once."""
    transport = request.transport
    if transport is None:
        return lambda framed: False

    def write(framed: bytes) -> bool:
        # First: one of TLS that is gone cannot be asked what waits in it (CPython 3.11 to 3.14).
        if transport.is_closing() or socket.closed:
            return False
        # What the kernel does not take stays in the transport: one frame, by TLS up to 64 KiB.
        if transport.get_write_buffer_size():
            return False
        transport.write(framed)
        return True

    return write


async def _finish(
    request: web.Request,
    socket: web.WebSocketResponse,
    client: Client,
    reader: asyncio.Task[None],
    writer: asyncio.Task[None],
) -> None:
    ending = client.ended.result() if client.ended.done() else Ending(1000, "")
    client.end(ending)  # nothing is queued any more
    reader.cancel()
    if ending.code != TRY_AGAIN_LATER and not client.queue.full():
        client.queue.put_nowait(None)
        await asyncio.wait({writer}, timeout=FLUSH_DEADLINE)
    writer.cancel()
    for result in await asyncio.gather(reader, writer, return_exceptions=True):
        if isinstance(result, Exception):
            logger.error("client %d failed", client.number, exc_info=result)
    patience = LAST_CLOSE_DEADLINE if ending.code == GOING_AWAY else CLOSE_DEADLINE
    try:
        async with asyncio.timeout(patience):
            await socket.close(code=ending.code, message=ending.reason.encode())
    except TimeoutError:
        logger.info("client %d takes no close", client.number)
    transport = request.transport
    if socket.close_code == 1006 and transport is not None:
        transport.abort()  # a stalled peer would keep the socket for as long as it likes
    logger.info("client %d gone: %d %s", client.number, ending.code, ending.reason)


def _now() -> str:
    return format_time(time.time())
