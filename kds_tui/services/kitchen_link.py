"""Everything that ties a terminal to its order server, begun and ended together.

The REST client, the websocket and the delivery of commands share a token and a lifetime; whoever
runs a terminal, on a screen or without one, needs all three.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeVar

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.board import Board, FeedEvent
from kds_tui.core.command import Command, Outcome
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.outbox import Outbox
from kds_tui.core.session_events import ServerTimeTold
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError, Unreachable
from kds_tui.services.backoff import Backoff
from kds_tui.services.delivery import Delivery
from kds_tui.services.link_setup import LinkSetup, TokenSource
from kds_tui.services.looked_up import LookedUp
from kds_tui.services.pinning import trust_of
from kds_tui.services.websocket import FEED, SERVER_TIME, STATUS, LinkReport, WebSocketService

_log = logging.getLogger("kds_tui.link")

_AnswerT = TypeVar("_AnswerT")

ASK_AGAIN_INITIAL: Final = 0.25
"""Limit in seconds of the random wait before the server is asked about itself again; doubles."""

ASK_AGAIN_CAP: Final = 15.0
"""Largest limit in seconds."""

REPLACED_IN: Final = 1.0
"""Seconds in which another request to replace the connection is the same one."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told what. Called on the event loop's thread; must not block."""

    feed: Callable[[FeedEvent], None]
    status: Callable[[LinkStatus], None]
    server_time: Callable[[ServerTimeTold], None]
    outcome: Callable[[Outcome], None]
    about: Callable[[str, frozenset[str]], None]
    """The restaurant's name (empty when the server does not tell it) and what the server offers."""


class KitchenLink:
    """A terminal's ties to its server; to be used in `async with`.

    Args:
        server: which server.
        link: the deadlines of the websocket.
        tokens: where the token comes from.
        outbox: the commands to deliver.
        board: what the feed is applied to; compared with the server's digest.
        listener: who is told what.
        looked_up: menu and finished orders.
        terminal_id: by which the server tells this terminal's commands from others'.
        is_late: tells whether a command was given too long ago to meet anybody else's work.
    """

    def __init__(
        self,
        server: ServerSettings,
        link: LinkSettings,
        tokens: TokenSource,
        outbox: Outbox,
        board: Board,
        listener: Listener,
        looked_up: LookedUp,
        *,
        terminal_id: str = "",
        is_late: Callable[[Command], bool] = lambda _: False,
    ) -> None:
        trust = trust_of(server)
        self._backend = Backend(
            server.url,
            tokens,
            server.restaurant_id,
            proxy=server.proxy,
            trust=trust,
            terminal_id=terminal_id,
        )
        self._setup = LinkSetup(
            url=server.url,
            settings=link,
            tokens=tokens,
            lister=self._backend,
            board=board,
            restaurant_id=server.restaurant_id,
            proxy=server.proxy,
            trust=trust,
        )
        self._outbox = outbox
        self._is_late = is_late
        self._listener = listener
        self._looked_up = looked_up
        self._delivery: Delivery | None = None
        self._socket: WebSocketService | None = None
        self._asking: asyncio.Task[None] | None = None
        self._replacing: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._backend)
            stack.push_async_callback(self._stop_asking)
            self._delivery = Delivery(
                self._outbox, self._backend, self._listener.outcome, is_late=self._is_late
            )
            stack.push_async_callback(self._delivery.close)
            self._socket = WebSocketService.instance(self._setup)
            stack.push_async_callback(self._socket.close)
            stack.callback(self._socket.subscribe(FEED, self._listener.feed))
            stack.callback(self._socket.subscribe(STATUS, self._status_changed))
            stack.callback(self._socket.subscribe(SERVER_TIME, self._listener.server_time))
            stack.push_async_callback(self._stop_replacing)
            stack.callback(self._socket.subscribe(FEED, self._looked_up.fed))
            stack.push_async_callback(self._looked_up.close)
            self._looked_up.attach(self._backend)
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
        return await self._opened().connect(deadline)

    @property
    def status(self) -> LinkStatus:
        """How the websocket is at this moment."""
        return self._opened().status

    @property
    def signed_out(self) -> str:
        """Why no commands are taken though the websocket is live; see `Delivery.signed_out`."""
        return self._delivery.signed_out if self._delivery is not None else ""

    def deliver(self) -> None:
        """Take the news that the outbox holds another command."""
        if self._delivery is not None:
            self._delivery.notify()

    def reconnect_now(self) -> None:
        """Do not wait for the next try."""
        self._opened().reconnect_now()

    def replace(self) -> None:
        """Let the connection go and make another, which lists the orders anew; in the background.

        Does nothing while that is under way.
        """
        if self._replacing is None:
            self._replacing = asyncio.create_task(self._replace(), name="replace the link")
            self._replacing.add_done_callback(self._replaced)

    async def _replace(self) -> None:
        socket = self._opened()
        _log.warning("the link is replaced: a person asked for it")
        await socket.disconnect()
        await socket.connect(REPLACED_IN)  # and if it takes longer, it comes up by itself

    def _replaced(self, task: asyncio.Task[None]) -> None:
        self._replacing = None
        if not task.cancelled() and (error := task.exception()):
            _log.error("replacing the link broke", exc_info=error)

    async def _stop_replacing(self) -> None:
        if self._replacing is not None:
            self._replacing.cancel()
            await asyncio.wait({self._replacing}, timeout=1)

    def get_status(self) -> LinkReport:
        """Tell everything about the websocket, for diagnosis.

        Returns:
            Plain values.
        """
        return self._opened().get_status()

    def _opened(self) -> WebSocketService:
        if self._socket is None:
            raise RuntimeError("a kitchen link is used in `async with`")
        return self._socket

    def _status_changed(self, status: LinkStatus) -> None:
        live = status.state is LinkState.LIVE
        self._looked_up.set_live(live)
        if self._delivery is not None:
            self._delivery.set_live(live)
        if live and self._asking is None:
            self._asking = asyncio.create_task(
                self._ask_about_server(), name="ask about the server"
            )
            self._asking.add_done_callback(self._asked)
        self._listener.status(status)

    async def _ask_about_server(self) -> None:
        """Ask what the server is called and what it offers; both may change when it is updated."""
        self._backend.forget_capabilities()
        offered = await _answered(self._backend.capabilities, frozenset[str]())
        name = await _answered(self._backend.restaurant_name, "")
        self._listener.about(name, offered)

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking = None
        if not task.cancelled() and (error := task.exception()):
            _log.error("asking about the server broke", exc_info=error)

    async def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=1)


async def _answered(ask: Callable[[], Awaitable[_AnswerT]], otherwise: _AnswerT) -> _AnswerT:
    """Ask until the server answers: a question that got lost says nothing about what it offers, and
    a terminal that took our hub for a server without recall would keep recalls to itself."""
    backoff = Backoff(ASK_AGAIN_INITIAL, ASK_AGAIN_CAP)
    while True:
        try:
            return await ask()
        except BackendError as error:
            _log.warning("the server does not tell about itself", extra={"reason": str(error)})
            # A Restaurant OS server that is unwell says so with a bare 503.
            if not isinstance(error, Unreachable) or (error.answered and not error.retry_after):
                return otherwise
            asked_wait = min(error.retry_after or 0.0, ASK_AGAIN_CAP)
            await asyncio.sleep(max(backoff.next_delay(), asked_wait))
