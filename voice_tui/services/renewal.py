"""A voice session that is replaced before its server ends it, while nobody speaks.

OpenAI's last an hour. One that the server ends is replaced too, but takes along what is being said.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from typing import Final

AHEAD: Final = 300.0
"""Seconds before the end from which a quiet moment is looked for."""

QUIET: Final = 30.0
"""Seconds without a turn that are a quiet moment then: nobody is in the middle of an order. The
nearer the end, the shorter a moment will do."""

LOOK_INTERVAL: Final = 1.0
"""Seconds between two looks for one."""

LONGEST: Final = 86_400.0
"""Seconds of life that are believed. An end in the past, or so far away, tells of a wrong clock:
then the session is replaced when the server ends it."""


class Renewal:
    """Watches over the end of one session after the other.

    Args:
        quiet_for: tells how many seconds ago the last turn ended; 0 while there is one.
        renew: replaces the session.
    """

    def __init__(self, quiet_for: Callable[[], float], renew: Callable[[], None]) -> None:
        self._quiet_for = quiet_for
        self._renew = renew
        self._expires_at = 0.0
        self._ends_at = 0.0  # the same, on the event loop's clock
        self._timer: asyncio.TimerHandle | None = None

    def told(self, session: Mapping[str, object]) -> None:
        """Take what a server says of its session, as often as it says so.

        Args:
            session: its `expires_at` is in seconds since the epoch; not every server has it.
        """
        expires_at = session.get("expires_at")
        if isinstance(expires_at, bool) or not isinstance(expires_at, int | float):
            return
        left = expires_at - time.time()
        if expires_at == self._expires_at or not math.isfinite(left) or not 0 < left < LONGEST:
            return
        self.close()
        self._expires_at = expires_at
        self._ends_at = asyncio.get_running_loop().time() + left
        # Of a short one its last part: it is not renewed all the time.
        self._wait(left - min(AHEAD, left / 4))

    def close(self) -> None:
        """Watch over nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        left = self._ends_at - asyncio.get_running_loop().time()
        if left <= 0:
            return  # the server ends it, whatever is being said
        if self._quiet_for() >= QUIET * min(1.0, left / AHEAD):
            self._renew()
        else:
            self._wait(LOOK_INTERVAL)
