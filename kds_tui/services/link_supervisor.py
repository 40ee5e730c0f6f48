"""Keeps a connection up: the only place that opens one, and the only loop that tries again.

disconnected -> connecting -> authenticating -> syncing -> live
                    ^                                        |
                    +---- reconnecting (or failed) <---------+
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from kds_tui.core.board_check import BoardCheck
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.session_events import FreshnessChanged
from kds_tui.core.sync import Cursor, Phase
from kds_tui.core.text import NOTE_LIMIT, clean
from kds_tui.services.backend_errors import Unauthorized
from kds_tui.services.backoff import Backoff
from kds_tui.services.link_connection import (
    Closed,
    ConnectionEvent,
    Ending,
    LinkConnection,
    Opened,
    PhaseChanged,
)
from kds_tui.services.link_setup import LinkSetup

_STATE_OF_PHASE: Final = {
    Phase.AUTHENTICATING: LinkState.AUTHENTICATING,
    Phase.SYNCING: LinkState.SYNCING,
    Phase.LIVE: LinkState.LIVE,
}

_log = logging.getLogger("kds_tui.link")


class LinkSupervisor:
    """One socket after another, with what outlives each of them: state, cursor, backoff.

    Args:
        setup: the server and who works with the link.
        on_event: called with everything that the present connection reports, in order.
        on_status: called with every change of the state.
    """

    def __init__(
        self,
        setup: LinkSetup,
        on_event: Callable[[ConnectionEvent], None],
        on_status: Callable[[LinkStatus], None],
    ) -> None:
        self.connect_count = 0
        """Sockets asked for since the start."""

        self.live_count = 0
        """Those of them that became live."""

        self.open_sockets = 0
        """Sockets open now."""

        self.down_since: float | None = None
        """Since when the link is wanted and not live, on the event loop's clock; None when it is
        live, or not wanted."""

        self.check = BoardCheck()
        """Whether the board is what the server says."""

        self._setup = setup
        self._on_event = on_event
        self._on_status = on_status
        self._status = LinkStatus(LinkState.DISCONNECTED)
        self._backoff = Backoff(
            setup.settings.backoff_initial, setup.settings.backoff_cap, setup.random
        )
        self._generation = 0
        """Which connection is the present one: a late word of an earlier one is dropped."""

        self._connection: LinkConnection | None = None
        self._cursor: Cursor | None = None
        self._live_since: float | None = None
        self._wanted = False
        self._wake = asyncio.Event()

    @property
    def status(self) -> LinkStatus:
        """How the link is at this moment."""
        heard_at = self._connection.heard_at if self._connection else None
        return replace(self._status, heard_at=heard_at or self._status.heard_at)

    @property
    def position(self) -> Cursor | None:
        """How far the server's journal was followed; None without a journal, or while listing."""
        return self._connection.resume_point if self._connection else self._cursor

    def context(self) -> dict[str, object]:
        """What goes with a log line about the link."""
        return {
            "link_state": self._status.state.value,
            "reason": self._status.reason,
            "attempt": self._status.attempt,
            "connection": self._generation,
        }

    def begin(self) -> None:
        """Announce that the link is wanted; `run` is to follow."""
        self._wanted = True
        self.down_since = asyncio.get_running_loop().time()
        self._change(LinkStatus(LinkState.CONNECTING))

    def let_go(self, code: int, reason: str) -> None:
        """Announce that the link is not wanted any more; the task of `run` is to be cancelled.

        What the connection says from here on is not heard, and the next one lists the orders anew:
        who listens then may have heard nothing of what came before.

        Args:
            code: websocket close code.
            reason: goes with it.
        """
        self._wanted = False
        self.down_since = self._live_since = None
        self._generation += 1
        if self._connection is not None:
            self._connection.close_with = (code, reason)
        self._change(LinkStatus(LinkState.DISCONNECTED))

    def wake(self) -> None:
        """End the wait for the next try, if there is one."""
        self._wake.set()

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        settings = self._setup.settings
        self._cursor = None
        token: str | None = None
        may_refresh = True
        while self._wanted:
            ending = await self._connect_once(token)
            token = None
            if self._has_held():
                self._backoff.reset()
                may_refresh = True
            if ending.refused and may_refresh:
                may_refresh = False
                token = await self._refresh()
                if token is not None:
                    continue  # without a wait, but once: the next refusal may not refresh
            if ending.refused:
                may_refresh = True
                delay = max(settings.failed_retry, ending.retry_after)
                await self._wait(LinkState.FAILED, delay, ending.reason)
            elif ending.untrusted:
                delay = self._setup.settings.failed_retry
                await self._wait(LinkState.FAILED, delay, ending.reason, untrusted=True)
            else:
                delay = max(self._backoff.next_delay(), ending.retry_after)
                await self._wait(LinkState.RECONNECTING, delay, ending.reason)

    async def _connect_once(self, token: str | None) -> Ending:
        self._generation += 1
        self._change(
            replace(
                self._status,
                state=LinkState.CONNECTING,
                retry_at=None,
                stale=False,
                untrusted=False,
            )
        )
        connection: LinkConnection | None = None
        try:
            async with asyncio.timeout(self._setup.settings.sync_timeout):
                token = token or await self._setup.tokens.token()
            if not self._wanted:  # a source of tokens swallowed the cancellation
                return Ending("not wanted any more")
            report = partial(self._heard, self._generation)
            connection = LinkConnection(self._setup, token, self._cursor, self.check, report)
            self._connection = connection
            self.connect_count += 1
            ending = await connection.run()
        except Unauthorized as error:
            ending = Ending(clean(str(error), NOTE_LIMIT), refused=True)
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the kitchen needs its orders
            # A defect is told with its traceback, and the next try comes all the same.
            _log.exception("connecting failed", extra=self.context())
            ending = Ending(clean(f"{type(error).__name__}: {error}"))
        finally:
            if connection is not None:
                self._cursor = connection.resume_point
                self._status = replace(self._status, heard_at=self.status.heard_at)
                self._connection = None
        _log.warning("the link is down: %s", ending.reason, extra=self.context())
        return ending

    async def _refresh(self) -> str | None:
        """Ask for another token, once."""
        _log.warning("the token was refused, looking for another", extra=self.context())
        try:
            async with asyncio.timeout(self._setup.settings.sync_timeout):
                return await self._setup.tokens.refresh()
        except Exception:  # noqa: BLE001 - the old token's refusal is what a person is told
            _log.exception("no other token", extra=self.context())
            return None

    def _has_held(self) -> bool:
        """Whether the connection that just ended was live long enough to be trusted again."""
        since, self._live_since = self._live_since, None
        now = asyncio.get_running_loop().time()
        return since is not None and now - since >= self._setup.settings.stable_after

    async def _wait(
        self, state: LinkState, delay: float, reason: str, *, untrusted: bool = False
    ) -> None:
        retry_at = asyncio.get_running_loop().time() + delay
        self._wake.clear()
        waiting = LinkStatus(
            state,
            attempt=self._backoff.attempts,
            retry_at=retry_at,
            reason=reason,
            heard_at=self._status.heard_at,
            untrusted=untrusted,
        )
        self._change(waiting)
        try:
            async with asyncio.timeout_at(retry_at):
                await self._wake.wait()
        except TimeoutError:
            return

    def _heard(self, generation: int, event: ConnectionEvent) -> None:
        """Take what a connection reports, unless it is not the present one any more."""
        if isinstance(event, Opened):
            self.open_sockets += 1
        elif isinstance(event, Closed):
            self.open_sockets -= 1
        if generation != self._generation:
            return
        if isinstance(event, Opened):
            self._enter(LinkState.AUTHENTICATING)
        elif isinstance(event, PhaseChanged):
            self._enter(_STATE_OF_PHASE[event.phase])
        elif isinstance(event, FreshnessChanged):
            self._change(replace(self._status, stale=event.stale))
        self._on_event(event)

    def _enter(self, state: LinkState) -> None:
        if state is LinkState.LIVE:
            if self._live_since is None:
                self._live_since = asyncio.get_running_loop().time()
                self.live_count += 1
            self.down_since = None
            self._change(LinkStatus(state, heard_at=self.status.heard_at))
        else:
            self._change(replace(self._status, state=state, stale=False))

    def _change(self, status: LinkStatus) -> None:
        if status == self._status:
            return
        if self._wanted and self.down_since is None and status.state is not LinkState.LIVE:
            self.down_since = asyncio.get_running_loop().time()
        self._status = status
        _log.info("link: %s", status.state, extra=self.context())
        self._on_status(status)
