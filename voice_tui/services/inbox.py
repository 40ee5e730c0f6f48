"""What came in on a data channel and was not yet read: bounded, filled by what cannot fail."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

MAX_MESSAGES: Final = 2_000
"""Messages kept: a long answer is 500 deltas."""

MAX_SIZE: Final = 16 * 1024 * 1024
"""Characters or bytes kept in total."""


class Inbox:
    """Messages in the order in which they came. What does not fit is dropped and counted."""

    def __init__(self) -> None:
        self._messages: deque[str | bytes] = deque()
        self._size = 0
        self._came = asyncio.Event()
        self.received = 0
        """Messages that came, those dropped included."""
        self.dropped = 0
        """Messages that did not fit."""

    def put(self, message: str | bytes) -> None:
        """Add a message. Attached to the channel itself: it must not raise, block or wait."""
        self.received += 1
        if len(self._messages) >= MAX_MESSAGES or self._size + len(message) > MAX_SIZE:
            self.dropped += 1
            return
        self._messages.append(message)
        self._size += len(message)
        self._came.set()

    async def get(self) -> str | bytes:
        """Take the oldest message; waits for one. Its reader lives as long as the connection."""
        while not self._messages:
            self._came.clear()
            await self._came.wait()
        message = self._messages.popleft()
        self._size -= len(message)
        return message
