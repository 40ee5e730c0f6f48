"""A sound card that a test looks into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kds_tui.core.alerts import Alert
from kds_tui.services.sound_output import SoundFailed


class VirtualSink:
    """Keeps what it was to play, and when; breaks and hangs as it is told to.

    Args:
        now: the clock of the test, in seconds.
        seconds: how long each sound takes.
    """

    def __init__(self, now: Callable[[], float], seconds: float = 0.5) -> None:
        self._now = now
        self._seconds = seconds
        self.played: list[tuple[float, Alert, float]] = []
        """When each began, which one, at what volume."""

        self.sounding = 0
        self.most_at_once = 0
        self.broken = ""
        """What is wrong with it; empty when nothing is."""

        self.closed = False

    @property
    def heard(self) -> list[Alert]:
        return [alert for _, alert, _ in self.played]

    async def play(self, alert: Alert, volume: float) -> str:
        if self.broken:
            raise SoundFailed(self.broken)
        self.played.append((self._now(), alert, volume))
        self.sounding += 1
        self.most_at_once = max(self.most_at_once, self.sounding)
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self.sounding -= 1
        return "virtual sink"

    async def close(self) -> None:
        self.closed = True
