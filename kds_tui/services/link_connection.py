"""One websocket and its conversation, from the opening handshake to the last byte.

Moves frames between the socket and a `Session`, lists the orders when the session wants them, and
tells how it ended. It never tries again: that is the supervisor's business (websocket.py).
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from socket import gaierror
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)

from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.board_check import BoardCheck, Comparison, Verdict
from kds_tui.core.digest import BoardDigest
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.order import OPEN, Order, OrderStatus
from kds_tui.core.session_events import DigestTold, Expired, Refused, SessionEvent, SnapshotWanted
from kds_tui.core.sync import Cursor, Phase, Session
from kds_tui.core.text import NOTE_LIMIT, clean
from kds_tui.services.backend_errors import BackendError, Unauthorized, Untrusted
from kds_tui.services.backoff import retry_after_seconds
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.pinning import hung_up_on, tls_trouble
from kds_tui.services.proxy import named, proxy_for
from voice_tui.pinning import PinError, ServerTrust
from voice_tui.redaction import redact_with

_log = logging.getLogger("kds_tui.link")

_library_log = logging.getLogger("kds_tui.link.websockets")
# At DEBUG the library writes every frame, and the first one holds the token (websockets 17.4).
_library_log.setLevel(logging.INFO)

_REFUSING_CLOSE_CODES: Final = frozenset({1008, 4401})
_REFUSING_STATUSES: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_LOOK_EVERY: Final = 1.0
"""Seconds after which the session is asked for its next deadline again: it moves, too, when the
listing ends, which happens in a task of its own."""

_GRACE: Final = 0.05
"""Seconds in which frames may come that waited while this program, not the server, was silent."""

_MAX_GRACES: Final = 3
"""How often that is granted again because the program stood still in it, too. On a machine where it
always does, deadlines are kept all the same."""


_CANCELLED_DEADLINE: Final = 3.0
"""Seconds for the question what was cancelled: the list must not wait for more than it adds."""

_LATELY: Final = 1800.0
"""Seconds after which nothing is on the fire any more for an order that was cancelled."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended, or why there was none."""

    reason: str
    """In words for a person."""

    refused: bool = False
    """The server does not take the token."""

    untrusted: bool = False
    """What answers is not known to be the server: it was not told the token."""

    retry_after: float = 0.0
    """Seconds that the server asked to be left alone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The opening handshake is done."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The socket is gone."""


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The conversation went on."""

    phase: Phase


ConnectionEvent = (
    SessionEvent | SnapshotStarted | SnapshotListed | Comparison | Opened | Closed | PhaseChanged
)
"""What a connection reports, in order."""


class LinkConnection:
    """One connection; to be run once.

    Args:
        setup: the server and the deadlines.
        token: for the first frame.
        cursor: where the connection before got to.
        check: compares the board with the server's digests.
        report: called with everything that happens.
    """

    def __init__(
        self,
        setup: LinkSetup,
        token: str,
        cursor: Cursor | None,
        check: BoardCheck,
        report: Callable[[ConnectionEvent], None],
    ) -> None:
        self.close_with: tuple[int, str] = (1000, "Client disconnect")
        """Code and reason for a close from this side."""

        self._setup = setup
        self._check = check
        self._report = report
        self._trust = setup.trust or ServerTrust(setup.url, None)
        self._clock = asyncio.get_running_loop().time
        self._token = token
        self._cursor = cursor
        self._session: Session | None = None
        self._phase = Phase.AUTHENTICATING
        self._listing: asyncio.Task[None] | None = None  # the one that counts
        self._listings: set[asyncio.Task[None]] = set()  # it, and those that are still ending
        self._ending: Ending | None = None

    @property
    def resume_point(self) -> Cursor | None:
        """From where the next connection can follow."""
        return self._session.resume_point if self._session else self._cursor

    @property
    def heard_at(self) -> float | None:
        """When the last frame came, on the monotonic clock; None before the first connection."""
        return self._session.heard_at if self._session else None

    async def run(self) -> Ending:
        """Open the connection and hold the conversation until it ends.

        Returns:
            How it ended. Cancelling closes the socket with `close_with` first.
        """
        try:
            socket = await self._open()
        except InvalidStatus as error:
            return self._refused_handshake(error)
        except TimeoutError:
            way = named(proxy_for(self._setup.address, self._setup.proxy))
            return Ending(f"no answer from {self._setup.url}{way}")
        except PinError as error:
            return Ending(clean(str(error), NOTE_LIMIT), untrusted=True)
        except ssl.SSLCertVerificationError as error:
            _log.error("certificate refused", extra={"reason": error.verify_message or str(error)})
            return Ending(
                clean(self._trust.refusal(self._setup.address), NOTE_LIMIT), untrusted=True
            )
        except InvalidMessage:
            return Ending(clean(hung_up_on(self._setup.url), NOTE_LIMIT))
        except (OSError, WebSocketException, ValueError) as error:  # a proxy's wrong port, too
            proxy = proxy_for(self._setup.address, self._setup.proxy)
            words = f"cannot connect to {self._setup.url}{named(proxy)}: {_why(error, proxy)}"
            return Ending(clean(words, NOTE_LIMIT))
        self._report(Opened())
        try:
            return await self._converse(socket)
        finally:
            try:
                await self._stop_listings()
            finally:
                # Bounded by close_timeout; does nothing when the socket is gone already.
                await socket.close(*self.close_with)
                self._report(Closed())

    async def _open(self) -> ClientConnection:
        settings, address = self._setup.settings, self._setup.address
        secure = address.startswith("wss:")
        connector = connect(
            address,
            ssl=await self._trust.context_for(address) if secure else None,
            # A local network has bandwidth to spare; inflating costs more than decoding.
            compression=None,
            proxy=proxy_for(address, self._setup.proxy),
            open_timeout=settings.open_timeout,
            ping_interval=settings.ping_interval,
            ping_timeout=settings.ping_timeout,
            close_timeout=settings.close_timeout,
            max_size=settings.max_size,
            logger=_library_log,
        )
        socket = await connector
        if connector.uri != address:
            # The token goes to the server that was configured, not where somebody points.
            socket.transport.abort()
            await socket.wait_closed()
            raise OSError("the server redirects to another address")
        return socket

    def _refused_handshake(self, error: InvalidStatus) -> Ending:
        status, headers = error.response.status_code, error.response.headers
        return Ending(
            f"the server answered HTTP {status}",
            refused=status in _REFUSING_STATUSES,
            retry_after=retry_after_seconds(headers.get("Retry-After"), self._setup.wall()),
        )

    async def _converse(self, socket: ClientConnection) -> Ending:
        session = self._session = Session(
            token=self._token,
            restaurant_id=self._setup.restaurant_id,
            cursor=self._cursor,
            timing=self._setup.timing,
            now=self._clock(),
            server_now=self._setup.wall(),
        )
        grace_ends: float | None = None
        graces = 0
        try:
            while self._ending is None:
                for frame in session.frames_to_send():
                    await socket.send(frame)  # bounded by the keepalive
                deadline = grace_ends or min(session.next_tick(), self._clock() + _LOOK_EVERY)
                data = await _frame_before(deadline, socket)
                now = self._clock()
                if data is None:
                    now = max(now, deadline)  # a timer may fire one tick of the clock early
                else:
                    self._take(session.receive(data, now), session, socket)
                if now < session.next_tick():
                    grace_ends, graces = None, 0
                elif grace_ends is None or (now - grace_ends > _GRACE and graces < _MAX_GRACES):
                    # If this program stood still, what came meanwhile is read first: no server is
                    # to be blamed for our own silence.
                    grace_ends = now + _GRACE
                    graces += 1
                elif now >= grace_ends:
                    grace_ends, graces = None, 0
                    self._take(session.tick(now), session, socket)
        except ConnectionClosed as closed:
            return self._ending or _ending_of(closed)
        return self._ending

    def _take(self, events: list[SessionEvent], session: Session, socket: ClientConnection) -> None:
        for event in events:
            self._report(event)
            match event:
                case SnapshotWanted():
                    self._start_listing(event, session, socket)
                case DigestTold(board=theirs):
                    self._take(self._compare(theirs, session), session, socket)
                case Refused(reason=reason):
                    self._ending = Ending(
                        f"the server does not accept this display: {reason}", refused=True
                    )
                case Expired(reason=reason):
                    self._end(Ending(reason), socket)
                case _:
                    continue
        if session.phase is not self._phase and session.phase is not Phase.CLOSED:
            self._phase = session.phase
            self._report(PhaseChanged(session.phase))

    def _compare(self, theirs: BoardDigest, session: Session) -> list[SessionEvent]:
        board = self._setup.board
        if board is None:
            return []
        now = self._clock()
        comparison = self._check.compare(board, theirs, now)
        self._report(comparison)
        if comparison.verdict is not Verdict.LIST_ANEW:
            return []
        return session.list_anew("the board differs from the server's", now)

    def _end(self, ending: Ending, socket: ClientConnection) -> None:
        """End the connection without waiting for a server that may not answer."""
        self._ending = ending
        socket.transport.abort()

    def _start_listing(
        self, wanted: SnapshotWanted, session: Session, socket: ClientConnection
    ) -> None:
        if self._listing is not None:
            self._listing.cancel()  # that list began before the position that is now to be met
        _log.info("listing the orders: %s", wanted.reason)
        listing = self._list(session, socket, authoritative=wanted.authoritative)
        self._listing = asyncio.create_task(listing, name="link-listing")
        self._listings.add(self._listing)
        self._listing.add_done_callback(self._listings.discard)

    async def _list(
        self, session: Session, socket: ClientConnection, *, authoritative: bool
    ) -> None:
        task = asyncio.current_task()

        def page_came() -> None:
            if self._listing is task:
                session.snapshot_progressed(self._clock())

        self._report(SnapshotStarted())
        try:
            orders = await self._setup.lister.list_orders(page_came)
        except Exception as error:  # noqa: BLE001 - whatever it is, the connection is replaced
            _log.warning("the orders could not be listed", exc_info=True)
            if self._listing is task:
                reason = clean(f"the orders could not be listed: {error}", NOTE_LIMIT)
                ending = Ending(
                    reason,
                    refused=isinstance(error, Unauthorized),
                    untrusted=isinstance(error, Untrusted),
                )
                self._end(ending, socket)
            return
        cancelled = await self._cancelled_meanwhile(orders, session)
        if self._listing is task:
            for order in cancelled:
                self._report(OrderUpserted(order, created=False))
            self._report(SnapshotListed(orders, authoritative))
            self._take(session.snapshot_loaded(self._clock()), session, socket)

    async def _cancelled_meanwhile(self, listed: Sequence[Order], session: Session) -> list[Order]:
        """Find out what of the board was cancelled while nobody listened: a list says nothing of
        it, and the ticket would go without a word while there is food on the fire for it."""
        here = {order.id for order in listed}
        gone = {
            order.id
            for order in self._setup.board or ()
            if order.status in OPEN and order.id not in here
        }
        now = session.server_now(self._clock())
        if not gone or now is None:
            return []
        try:
            async with asyncio.timeout(_CANCELLED_DEADLINE):
                cancelled = await self._setup.lister.list_cancelled()
        except (BackendError, TimeoutError) as error:
            _log.warning("not known what was cancelled", extra={"reason": str(error)})
            return []
        return [
            order
            for order in cancelled
            if order.id in gone
            and order.status is OrderStatus.CANCELLED
            and now - order.updated_at <= _LATELY
        ]

    async def _stop_listings(self) -> None:
        self._listing = None
        for task in self._listings:
            task.cancel()
        if self._listings:
            timeout = self._setup.settings.close_timeout
            _, pending = await asyncio.wait(self._listings, timeout=timeout)
            if pending:  # left behind, and not listened to any more
                _log.error("listing the orders does not let itself be cancelled")


async def _frame_before(deadline: float, socket: ClientConnection) -> str | bytes | None:
    try:
        async with asyncio.timeout_at(deadline):
            return await socket.recv()
    except TimeoutError:
        return None


def _ending_of(closed: ConnectionClosed) -> Ending:
    received = closed.rcvd
    if received is None:
        return Ending("the connection was lost")
    words = clean(received.reason)
    reason = f"the server closed the connection ({received.code}{words and f': {words}'})"
    return Ending(reason, refused=received.code in _REFUSING_CLOSE_CODES)


def _why(error: Exception, proxy: str | None) -> str:
    if isinstance(error, ssl.SSLError):
        return tls_trouble(error)
    if isinstance(error, gaierror):  # its numbers are not the system's either
        return error.strerror or str(error)
    # asyncio wraps the system's few words, "Connection refused", in addresses and numbers.
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number > 0:
        return os.strerror(number)
    return redact_with(str(error), proxy)
