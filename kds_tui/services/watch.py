"""`kds-tui watch`: what happens to the orders, a JSON line each, until somebody ends it."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from contextlib import AsyncExitStack
from typing import Final

import msgspec

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.board import Board, FeedEvent
from kds_tui.core.clock import ServerClock
from kds_tui.core.event_lines import EventLines
from kds_tui.core.link import LinkStatus
from kds_tui.core.order_fields import Fields
from kds_tui.core.session_events import ServerTimeTold
from kds_tui.core.stations import ALL_STATIONS, Routing
from kds_tui.services.backend import Backend
from kds_tui.services.credentials import TokenFile, read_token, token_path
from kds_tui.services.line_writer import LineWriter
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.pinning import trust_of
from kds_tui.services.websocket import FEED, SERVER_TIME, STATUS, WebSocketService
from voice_tui import exit_codes
from voice_tui.leaving import leave_in_time
from voice_tui.signal_watch import SignalWatch

_log = logging.getLogger("kds_tui.watch")

STDOUT: Final = 1


class WatchError(Exception):
    """The lines cannot be written any more; `str()` says why."""


class OrderWatch:
    """Follows the orders over the one websocket, as a display does; it resumes by itself.

    Args:
        server: which server, which token.
        link: the deadlines of the websocket.
        routing: which item goes to which station.
        station: whose orders are told; `all` for every order.
    """

    def __init__(
        self,
        server: ServerSettings,
        link: LinkSettings,
        routing: Routing,
        station: str = ALL_STATIONS,
    ) -> None:
        self._server = server
        self._link = link
        self._board = Board()
        self._lines = EventLines(self._board, routing, station)
        self._clock = ServerClock(time.time(), time.monotonic())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()
        self._writer: LineWriter | None = None
        self.signal: int | None = None
        """The number of the signal that ended it; None for none."""

    async def run(self, descriptor: int = STDOUT) -> None:
        """Follow, until a signal comes or the reader goes away.

        Args:
            descriptor: what lines are written to.

        Raises:
            TokenFileError: nobody is signed in here.
            WatchError: the lines cannot be written, or nobody reads them in time.
        """
        tokens = TokenFile(token_path(self._server.token_file))
        await tokens.token()  # a person is told at once, not by a line
        server, trust = self._server, trust_of(self._server)
        async with AsyncExitStack() as stack:
            self._loop = asyncio.get_running_loop()
            writer = self._writer = LineWriter(descriptor)
            stack.push_async_callback(writer.close)
            backend = await stack.enter_async_context(
                Backend(server.url, tokens, server.restaurant_id, proxy=server.proxy, trust=trust)
            )
            setup = LinkSetup(
                url=server.url,
                settings=self._link,
                tokens=tokens,
                lister=backend,
                board=self._board,
                restaurant_id=server.restaurant_id,
                proxy=server.proxy,
                trust=trust,
            )
            socket = WebSocketService.instance(setup)
            stack.push_async_callback(socket.close)
            stack.callback(socket.subscribe(SERVER_TIME, self._time_told))
            stack.callback(socket.subscribe(STATUS, self._status_changed))
            stack.callback(socket.subscribe(FEED, self._fed))
            connecting = asyncio.create_task(socket.connect(), name="watch: connect")
            waits = (
                asyncio.create_task(self._told.wait(), name="watch: signal"),
                asyncio.create_task(writer.ended.wait(), name="watch: reader"),
            )
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (connecting, *waits):
                    task.cancel()
                await asyncio.wait({connecting, *waits}, timeout=1)
        if writer.problem:
            raise WatchError(writer.problem)

    def ask_to_end(self, number: int) -> bool:
        """Ask it to end, from a thread.

        Args:
            number: of the signal.

        Returns:
            False when it has not begun, or is over.
        """
        self.signal = number
        if self._loop is None or self._loop.is_closed():
            return False
        self._loop.call_soon_threadsafe(self._told.set)
        return True

    def _time_told(self, told: ServerTimeTold) -> None:
        self._clock.set_server_time(told.server_time, time.monotonic(), told.round_trip)

    def _status_changed(self, status: LinkStatus) -> None:
        self._write(self._lines.link(status, self._now()))

    def _fed(self, event: FeedEvent) -> None:
        self._write(self._lines.feed(event, self._now()))

    def _now(self) -> float:
        return self._clock.now(time.monotonic())

    def _write(self, lines: list[Fields]) -> None:
        if self._writer is not None:
            for line in lines:
                self._writer.write(msgspec.json.encode(line))


def run_watch(
    server: ServerSettings, link: LinkSettings, routing: Routing, station: str = ALL_STATIONS
) -> int:
    """Write the events to standard output until SIGINT, SIGTERM, SIGHUP, or the reader goes away.

    Args:
        server: which server, which token.
        link: the deadlines of the websocket.
        routing: which item goes to which station.
        station: whose orders are told; `all` for every order.

    Returns:
        The exit code: 0 when the reader went away, 128 and the signal's number after a signal.

    Raises:
        TokenFileError: nobody is signed in here.
        WatchError: the lines cannot be written, or nobody reads them in time.
    """
    read_token(token_path(server.token_file))
    watch = OrderWatch(server, link, routing, station)
    with SignalWatch(watch.ask_to_end, _force):
        asyncio.run(watch.run())
    code = exit_codes.OK if watch.signal is None else 128 + watch.signal
    leave_in_time(code)
    return code


def _force(number: int) -> None:
    os._exit(128 + number if number else exit_codes.FAILED)
