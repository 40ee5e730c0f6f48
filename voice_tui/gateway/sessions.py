"""All conversations that are going on: never too many, none for ever."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject
from voice_tui.gateway.session import VoiceSession
from voice_tui.gateway.settings import GatewaySettings

logger = logging.getLogger("voice_tui.gateway.sessions")

SHUTDOWN_DEADLINE = 5.0
"""Seconds for all sessions to end in order."""


class Sessions:
    """Begins sessions, sweeps those that are over, and ends all.

    Args:
        settings: how many, how long.
        make: makes a session from its session object.
    """

    def __init__(
        self, settings: GatewaySettings, make: Callable[[JsonObject], VoiceSession]
    ) -> None:
        self._settings = settings
        self._make = make
        self._running: dict[VoiceSession, asyncio.Task[None] | None] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._running)

    def start(self) -> None:
        """Begin to sweep. The timer ends with `close`: incident 1 was one that did not."""
        self._sweeper = asyncio.create_task(self._sweep_for_ever(), name="gateway-sweeper")

    async def open(self, session: JsonObject, offer: str) -> tuple[str, str]:
        """Begin a session.

        Args:
            session: the session object.
            offer: the client's SDP.

        Returns:
            The call's id and the answer's SDP.

        Raises:
            RequestError: there are too many, or the offer is wrong.
        """
        if len(self._running) >= self._settings.max_sessions:
            message = (
                f"All {self._settings.max_sessions} voice sessions are in use. Try again soon."
            )
            raise RequestError("too_many_sessions", message, kind="server_error")
        one = self._make(session)
        self._running[one] = None
        try:
            answer = await one.answer(offer)
        except BaseException:
            del self._running[one]
            raise
        task = asyncio.create_task(one.run(), name=f"gateway-{one.id}")
        self._running[one] = task
        task.add_done_callback(lambda _: self._running.pop(one, None))
        return one.call_id, answer

    def sweep(self, now: float) -> None:
        """End the sessions that are too old or whose client has fallen silent.

        Args:
            now: on the monotonic clock.
        """
        lifetime, idle = self._settings.session_lifetime, self._settings.idle_timeout
        for one, task in self._running.items():
            if task is None or one.ending:
                continue
            if now - one.started >= lifetime:
                message = f"Your session hit the maximum duration of {lifetime / 60:g} minutes."
                one.end(RequestError("session_expired", message))
            elif now - one.last_word >= idle:
                message = f"Nothing was said for {idle / 60:g} minutes."
                one.end(RequestError("session_idle", message))

    async def close(self) -> None:
        """End the sweeping and all sessions."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.wait([self._sweeper])
        tasks = [task for task in self._running.values() if task is not None]
        for one in self._running:
            one.leave()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=SHUTDOWN_DEADLINE)
            for task in left:
                logger.error("%s did not end in time", task.get_name())
                task.cancel()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._settings.sweep_interval)
            try:
                self.sweep(time.monotonic())
            except Exception:
                logger.exception("sweeping failed")
