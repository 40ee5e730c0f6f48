"""A server that may open no more files: said once a minute.

asyncio says it for each connection that waits, with a traceback, and again every second: 128 lines
at a time, which push everything else out of the log, and wear out an SD card.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import Callable
from typing import Any, Final

logger = logging.getLogger("voice_tui.serving")

EVERY: Final = 60.0
"""Seconds between two lines."""

_NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What asyncio takes for a lack of room in accepting a connection."""


class NoRoom:
    """What an event loop calls with errors that nobody waits for.

    Args:
        clock: monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at: float | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take an error."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _NO_ROOM and "socket" in context):
            loop.default_exception_handler(context)
            return
        now = self._clock()
        if self._told_at is None or now - self._told_at >= EVERY:
            self._told_at = now
            logger.error(
                "nobody new can connect (%s); those that are connected can go on: look at the limit"
                " of open files (ulimit -n, LimitNOFILE= of systemd)",
                error.strerror,
            )
