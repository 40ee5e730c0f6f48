"""Keeps one connection to the voice server: connects, tries again, and replaces what was lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from voice_tui.core.client_requests import ClientEvent
from voice_tui.core.events import ServerEvent
from voice_tui.services.connect_errors import ConnectError
from voice_tui.services.connection import NotConnected

_log = logging.getLogger("voice_tui.client")

RETRIES: Final = 3
"""Tries after the first one of a round."""

BACKOFF_FIRST_S: Final = 0.5
BACKOFF_CAP_S: Final = 5.0
"""First and longest wait in seconds between the tries of a round; it doubles."""

ROUND_S: Final = 30.0
"""Seconds between rounds: a server that was started again is found without anybody's doing."""


class LinkState(StrEnum):
    """What can be said of the connection."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    """It was lost or did not come about; the next try follows by itself."""

    FAILED = "failed"
    """Nothing is tried soon: a person can look into it, and the next press tries at once."""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The state, and what to tell a person."""

    state: LinkState
    text: str
    """Why it is so; empty when all is well."""


class PeerLink(Protocol):
    """What a link keeps: `Connection` outside of tests."""

    @property
    def channel_state(self) -> str:
        """How the channel for events is: `open` when it can be used; empty without one."""
        ...

    async def open(self) -> None:
        """Connect. Raises ConnectError."""
        ...

    def send(self, event: ClientEvent) -> None:
        """Send an event. Raises NotConnected."""
        ...

    async def close(self) -> None:
        """Close everything."""
        ...


class MakeConnection(Protocol):
    """Makes a fresh connection; nothing is tried before `open`."""

    def __call__(
        self, on_event: Callable[[ServerEvent], None], on_lost: Callable[[str], None], /
    ) -> PeerLink:
        """Make one."""
        ...


class Link:
    """One connection at a time, replaced when it is lost.

    Args:
        make: makes a connection.
        on_event: called with every event of the current connection.
        on_status: called with every change of the status.
    """

    def __init__(
        self,
        make: MakeConnection,
        on_event: Callable[[ServerEvent], None],
        on_status: Callable[[LinkStatus], None],
    ) -> None:
        self._make = make
        self._on_event = on_event
        self._on_status = on_status
        self._connection: PeerLink | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._round: asyncio.Future[None] | None = None
        self._lost = asyncio.Event()
        self._again = asyncio.Event()
        self.status = LinkStatus(LinkState.DISCONNECTED, "")
        """The newest one."""
        self.attempts = 0
        """How often connecting was tried."""
        self.connects = 0
        """How often it came about."""
        self.open_connections = 0
        """Connections that are open or being opened: never more than one."""

    @property
    def channel_state(self) -> str:
        """How the channel for events is: `open` when it can be used; empty without one."""
        return self._connection.channel_state if self._connection is not None else ""

    async def connect(self) -> None:
        """Connect, or wait for the attempts that are under way: however many call, one connects.

        Raises:
            ConnectError: no attempt of this round came about, or it was ended.
        """
        if self.status.state is LinkState.CONNECTED:
            return
        if self._round is None:
            self._round = asyncio.get_running_loop().create_future()
            # Somebody may give up waiting: then nobody asks for what came of it.
            self._round.add_done_callback(_look_at)
        self._again.set()
        if self._supervisor is None:
            self._supervisor = asyncio.create_task(self._supervise(), name="voice: link")
        await asyncio.shield(self._round)

    async def disconnect(self) -> None:
        """Close, and try no more."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await supervisor
        self._settle(ConnectError("The connection was closed."))
        self._show(LinkState.DISCONNECTED, "")

    def replace(self, why: str) -> None:
        """Give the current connection up for a new one; does nothing when there is none.

        Args:
            why: in words for a person.
        """
        if self.status.state is LinkState.CONNECTED:
            self._lose(why)

    def send(self, event: ClientEvent) -> None:
        """Send an event on the current connection.

        Raises:
            NotConnected: there is none.
        """
        if self._connection is None or self.status.state is not LinkState.CONNECTED:
            raise NotConnected(self.status.text or "there is no connection")
        self._connection.send(event)

    async def _supervise(self) -> None:
        try:
            while True:
                self._again.clear()
                error = await self._try_round()
                if error is None:
                    await self._lost.wait()
                    await self._drop()
                    continue
                self._show(LinkState.FAILED, str(error))
                self._settle(error)
                # What only a person can mend is not tried again before somebody asks.
                # Not wait_for: before Python 3.12 it swallows a cancellation that comes together
                # with the event, and the end would wait for ever.
                with suppress(TimeoutError):
                    async with asyncio.timeout(ROUND_S if error.can_retry else None):
                        await self._again.wait()
        finally:
            await self._drop()

    async def _try_round(self) -> ConnectError | None:
        """Try until it is connected, or has failed too often."""
        wait = BACKOFF_FIRST_S
        error = await self._try()
        for _ in range(RETRIES):
            if error is None or not error.can_retry:
                break
            self._show(LinkState.RECONNECTING, str(error))
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, BACKOFF_CAP_S)
            error = await self._try()
        return error

    async def _try(self) -> ConnectError | None:
        self._show(LinkState.CONNECTING, self.status.text)
        self._lost.clear()
        self.attempts += 1
        self._connection = self._make(self._on_event, self._lose)
        self.open_connections += 1
        try:
            await self._connection.open()
        except ConnectError as error:
            await self._drop()
            _log.warning(
                "not connected",
                extra={"step": error.step, "reason": str(error), "attempt": self.attempts},
            )
            return error
        self.connects += 1
        self._show(LinkState.CONNECTED, "")
        self._settle(None)
        return None

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
            self.open_connections -= 1

    def _lose(self, why: str) -> None:
        # Told before anything is closed: a turn must not wait for a server that is gone.
        self._show(LinkState.RECONNECTING, why)
        self._lost.set()

    def _settle(self, error: ConnectError | None) -> None:
        """Tell everybody who waits in `connect` what came of it."""
        waiting, self._round = self._round, None
        if waiting is None or waiting.done():
            return
        if error is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(error)

    def _show(self, state: LinkState, text: str) -> None:
        status = LinkStatus(state, text)
        if status != self.status:
            self.status = status
            self._on_status(status)


def _look_at(future: asyncio.Future[None]) -> None:
    if not future.cancelled():
        future.exception()
