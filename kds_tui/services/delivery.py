"""Brings the cooks' commands to the server: in order per ticket, tickets side by side, each until
it is answered.

    pending --notify/live--> under way --answered----------> ended, on_outcome(Answered)
       ^                         |------declined-----------> ended, on_outcome(Declined)
       |                         |------ticket fails-------> waits, this ticket only
       +-------------------------+------server unreachable-> waits, all tickets

A command leaves the outbox only with its outcome; whatever happens in between (a lost answer, a
cancelled task, the end of the program) leaves it pending, and its idempotency key makes the next
try safe.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from kds_tui.core.command import Answered, Command, Declined, NotOffered, Outcome
from kds_tui.core.conflict_words import refusal
from kds_tui.core.order import Order
from kds_tui.core.outbox import Outbox
from kds_tui.services import backend_errors
from kds_tui.services.backend_errors import (
    BackendError,
    Conflict,
    NotFound,
    Unauthorized,
    Unreachable,
)
from kds_tui.services.backoff import RETRY_AFTER_CAP, Backoff

_log = logging.getLogger("kds_tui.delivery")

CLOSE_TIMEOUT: Final = 1.0
"""Seconds that `close` waits for cancelled attempts."""

TIMER_SLACK: Final = 0.001
"""Seconds: more than the resolution of any event loop's clock."""


class OrderServer(Protocol):
    """What commands are delivered to; repeating a call with the same key changes nothing more."""

    async def carry_out(self, command: Command, *, late: bool) -> Order | None:
        """Carry a command out; late: it must not meet anybody else's work."""
        ...


class DeliveryState(StrEnum):
    """Whether commands are being delivered."""

    PAUSED = "paused"
    """The link is not live."""

    RUNNING = "running"
    WAITING = "waiting"
    """The server could not be reached; tried again by itself."""

    SIGNED_OUT = "signed-out"
    """The server does not take the token: nothing is tried until the next command or `set_live`."""

    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DeliveryTiming:
    """How eagerly commands are delivered."""

    parallel: int = 8
    """Most tickets under way at once."""

    deadline: float = 20.0
    """Seconds for one attempt, all its requests together."""

    backoff_initial: float = 0.25
    """Limit in seconds of the random wait before the second attempt; doubles with each one."""

    backoff_cap: float = 15.0
    """Largest limit in seconds."""


@dataclass(slots=True)
class _Wait:
    backoff: Backoff
    until: float


class Delivery:
    """Delivers the commands of an outbox while the link is live.

    Everything runs on the event loop's thread; the attempts under way are its tasks, ended by
    `close`.

    Args:
        outbox: the commands; shared with the screen, which shows their effect.
        server: what they are delivered to.
        on_outcome: called with each outcome, after its command has left the outbox.
        timing: how eagerly.
        is_late: tells, when a command is sent, whether it was given too long ago to meet anybody
            else's work.
    """

    def __init__(
        self,
        outbox: Outbox,
        server: OrderServer,
        on_outcome: Callable[[Outcome], None],
        timing: DeliveryTiming | None = None,
        *,
        is_late: Callable[[Command], bool] = lambda _: False,
    ) -> None:
        self._outbox = outbox
        self._server = server
        self._on_outcome = on_outcome
        self._is_late = is_late
        self._timing = timing or DeliveryTiming()
        self._live = False
        self._signed_out = ""
        self._closed = False
        self._under_way: dict[str, asyncio.Task[None]] = {}
        # A ticket that the server fails on waits alone; a server that is away makes all wait.
        self._ticket_waits: dict[str, _Wait] = {}
        self._server_backoff = self._new_backoff()
        self._server_back_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def state(self) -> DeliveryState:
        """What it is doing, for the status line."""
        if self._closed:
            return DeliveryState.CLOSED
        if self._signed_out:
            return DeliveryState.SIGNED_OUT
        if not self._live:
            return DeliveryState.PAUSED
        return DeliveryState.WAITING if self._server_backoff.attempts else DeliveryState.RUNNING

    @property
    def signed_out(self) -> str:
        """Why the server takes no commands though the link is live, in a sentence: its token ran
        out, which a Restaurant OS server looks at for each request, and for a websocket once.
        Empty when it takes them."""
        return self._signed_out if self._live else ""

    def notify(self) -> None:
        """Look at the outbox: a command was added.

        Somebody is at the terminal, who may have signed in again: a token that was refused is tried
        once more.
        """
        self._signed_out = ""
        self._pump()

    def set_live(self, live: bool) -> None:
        """Start or pause. Going live begins anew: nothing waits for an old failure.

        Attempts under way are not broken off by a pause: they have a deadline of their own.

        Args:
            live: whether the link to the server is live.
        """
        if live:
            self._signed_out = ""
        if live and not self._live:
            self._ticket_waits.clear()
            self._server_backoff.reset()
            self._server_back_at = 0.0
        self._live = live
        self._pump()

    async def close(self) -> None:
        """End all attempts, within a second; what was not answered stays in the outbox."""
        self._closed = True
        self._stop_timer()
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)
            if left:
                _log.error("attempts did not end", extra={"count": len(left)})
        _log.info("closed", extra={"pending": len(self._outbox)})

    def _pump(self) -> None:
        self._stop_timer()
        if self._closed or not self._live or self._signed_out:
            return
        loop = asyncio.get_running_loop()
        # The loop may call a timer a little early; without this it would be set again for nothing.
        now = loop.time() + TIMER_SLACK
        if now < self._server_back_at:
            self._timer = loop.call_at(self._server_back_at, self._pump)
            return
        self._server_back_at = 0.0
        wake_at: float | None = None
        for command in self._outbox.sendable():
            if len(self._under_way) >= self._timing.parallel:
                return  # the end of an attempt pumps again
            wait = self._ticket_waits.get(command.lane)
            if command.lane in self._under_way:
                continue
            if wait is not None and now < wait.until:
                wake_at = wait.until if wake_at is None else min(wake_at, wait.until)
                continue
            task = loop.create_task(self._attempt(command), name=f"deliver {command.id}")
            self._under_way[command.lane] = task
        if wake_at is not None:
            self._timer = loop.call_at(wake_at, self._pump)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _attempt(self, command: Command) -> None:
        try:
            outcome = await self._deliver(command)
        finally:
            del self._under_way[command.lane]
        if outcome is not None:
            self._end(outcome)
        self._pump()

    async def _deliver(self, command: Command) -> Outcome | None:
        about = {"command": command.id, "verb": command.verb.value, "lane": command.lane}
        late = self._is_late(command)
        try:
            async with asyncio.timeout(self._timing.deadline):
                order = await self._server.carry_out(command, late=late)
        except (Unreachable, TimeoutError) as error:
            _log.warning("server away", extra={**about, "reason": str(error)})
            self._wait_for_server(error.retry_after if isinstance(error, Unreachable) else None)
            # It may be this ticket only that the server hangs on: the others must not wait for it.
            self._wait_for_ticket(command)
            return None
        except Unauthorized as error:
            _log.error("signed out", extra={**about, "reason": str(error)})
            self._signed_out = str(error) or "The server does not take the token."
            return None
        except backend_errors.NotOffered:
            self._server_backoff.reset()
            _log.info("not offered", extra=about)
            return NotOffered(command)
        except BackendError as error:
            self._server_backoff.reset()
            if error.retryable:
                _log.warning("failed, tried again", extra={**about, "reason": str(error)})
                self._wait_for_ticket(command)
                return None
            _log.warning("declined", extra={**about, "reason": str(error)})
            return Declined(command, why_declined(command, error, late=late))
        except Exception:  # noqa: BLE001 - the boundary of a task: see below
            # A defect of ours must not cost the cook's command; it is told with its traceback.
            _log.exception("attempt broke", extra=about)
            self._wait_for_ticket(command)
            return None
        self._server_backoff.reset()
        return Answered(command, order)

    def _end(self, outcome: Outcome) -> None:
        self._ticket_waits.pop(outcome.command.lane, None)
        self._outbox.end(outcome.command)
        try:
            self._on_outcome(outcome)
        except Exception:  # noqa: BLE001 - a foreign callback must not stop the deliveries
            _log.exception("on_outcome broke", extra={"command": outcome.command.id})

    def _wait_for_server(self, retry_after: float | None) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._server_back_at:  # told already by an attempt beside this one
            return
        delay = max(self._server_backoff.next_delay(), min(retry_after or 0.0, RETRY_AFTER_CAP))
        self._server_back_at = now + delay

    def _wait_for_ticket(self, command: Command) -> None:
        now = asyncio.get_running_loop().time()
        wait = self._ticket_waits.setdefault(command.lane, _Wait(self._new_backoff(), now))
        wait.until = now + wait.backoff.next_delay()

    def _new_backoff(self) -> Backoff:
        return Backoff(self._timing.backoff_initial, self._timing.backoff_cap)


def why_declined(command: Command, error: BackendError, *, late: bool) -> str:
    """Say why the server does not carry a command out.

    Args:
        command: the cook's.
        error: its answer.
        late: whether it was sent as a late one.

    Returns:
        A sentence with the command's label.
    """
    if isinstance(error, NotFound):
        return f"{command.label} is not on the server any more"
    if isinstance(error, Conflict):
        if error.conflict is not None:
            return refusal(command, error.conflict, late=late)
        return f"{command.label} {error}"
    return f"{command.label}: {error}"
