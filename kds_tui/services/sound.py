"""Sounds of a display: one at a time, at the volume of the hour, and by the bell where nothing else
works.

`put` never waits. One task plays what was put, each with a deadline; a sound card that is missing,
vanishes or hangs costs the sound, never a ticket: the terminal's bell stands in, `trouble` says
why, and the card is tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from kds_tui.config.sound_section import SoundSettings
from kds_tui.core.alerts import Alert, Happened, SoundQueue
from kds_tui.core.quiet_hours import minute_of_day
from kds_tui.core.time_of_day import UNTELLABLE, time_of_day
from kds_tui.services.sound_output import SoundFailed, SoundOutput

_log = logging.getLogger("kds_tui.sound")

PAUSE: Final = 0.8
"""Seconds of silence between two sounds: without it they are heard as one."""

RETRY: Final = 15.0
"""Seconds after which a sound card that failed is tried again; the bell stands in till then."""

STROKES: Final = {
    Alert.CANCELLED: 3,
    Alert.LINK_LOST: 4,
    Alert.CHANGED: 2,
    Alert.RECALLED: 2,
    Alert.NEW: 1,
    Alert.LATE: 3,
    Alert.READY: 1,
}
"""How often the terminal's bell is struck: it knows no other difference."""

STROKE_GAP: Final = 0.3
"""Seconds between two of them: terminals take a second bell within a fifth of a second for one."""


def _nothing(*_: object) -> None:
    """What a listener does that does not listen."""


@dataclass(frozen=True, slots=True)
class SoundListener:
    """Who is told what. Called on the event loop's thread; must not block."""

    lost: Callable[[str], None] = _nothing
    """A sound card that worked does not any more; why, for a person."""

    found: Callable[[str], None] = _nothing
    """It works again; its name."""

    trying: Callable[[Alert, int, int], None] = _nothing
    """A sound of the test begins: which one, its number from 1, and of how many."""

    tried: Callable[[], None] = _nothing
    """The test has ended."""


class SoundService:
    """Plays what happens; to be ended with `close`.

    Args:
        settings: of sounds.
        output: the sound card; None where there is only the bell.
        bell: strikes the terminal's bell.
        server_now: the server's time, in seconds since the epoch.
        monotonic: the monotonic clock, in seconds.
        listener: who is told what.
    """

    def __init__(
        self,
        settings: SoundSettings,
        output: SoundOutput | None,
        bell: Callable[[], None],
        server_now: Callable[[], float],
        monotonic: Callable[[], float],
        listener: SoundListener | None = None,
    ) -> None:
        self._settings = settings
        self._output = output
        self._bell = bell
        self._server_now = server_now
        self._monotonic = monotonic
        self._listener = listener or SoundListener()
        self._quiet = settings.quiet_hours()
        self._queue = SoundQueue()
        self._to_try: list[Alert] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._muted_until: float | None = None
        self._retry_at = 0.0
        self.device = ""
        """Where sounds came out last; empty when it was the bell, or there was none."""

        self.trouble = ""
        """Why there is only the bell, for a person; empty while nothing is wrong."""

    def put(self, happened: Happened) -> None:
        """Have something heard, unless sounds are off, muted, or silent for it.

        Args:
            happened: what.
        """
        settings = self._settings
        if settings.enabled and happened.alert not in settings.silent_events:
            self._queue.put(happened)
            self._begin()

    def try_all(self) -> bool:
        """Play each sound once, at the volume of the settings, muted or not; a second call ends it.

        Returns:
            Whether it begins.
        """
        if self._to_try:
            self._to_try = []
            return False
        self._to_try = list(Alert)
        self._begin()
        return True

    def toggle_mute(self) -> bool:
        """Be silent for a while, or no longer.

        Returns:
            Whether it is silent now.
        """
        if self.muted_for:
            self._muted_until = None
            return False
        self._muted_until = self._monotonic() + self._settings.mute_minutes * 60
        return True

    @property
    def muted_for(self) -> float:
        """Seconds for which it stays silent; 0 when it is not muted."""
        return max(0.0, (self._muted_until or 0.0) - self._monotonic())

    @property
    def is_quiet(self) -> bool:
        """Whether these are quiet hours."""
        if self._quiet is None:
            return False
        # The server's clock, in the zone of this machine: as the clock in the header.
        here = time_of_day(self._server_now())
        return here != UNTELLABLE and self._quiet.holds(minute_of_day(here))

    @property
    def volume(self) -> float:
        """How loud it is now, from 0 to 1."""
        if not self._settings.enabled or self.muted_for:
            return 0.0
        return self._settings.quiet_volume if self.is_quiet else self._settings.volume

    async def close(self) -> None:
        """End, also in the middle of a sound."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._output is not None:
            await self._output.close()

    def _begin(self) -> None:
        self._news.set()
        if self._task is None:
            self._task = asyncio.create_task(self._play_all(), name="sound")
            self._task.add_done_callback(self._ended)

    async def _play_all(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._queue or self._to_try:
                happened = self._queue.take(self._monotonic())
                if happened is not None:
                    await self._play(happened.alert, self.volume, by_bell=not self.is_quiet)
                elif self._to_try:
                    await self._try_next()
                await asyncio.sleep(PAUSE)

    async def _try_next(self) -> None:
        alert = self._to_try[0]
        every = list(Alert)
        self._retry_at = 0.0
        self._listener.trying(alert, every.index(alert) + 1, len(every))
        await self._play(alert, self._settings.volume, by_bell=True)
        self._to_try = self._to_try[1:]  # empty already when somebody ended it meanwhile
        if not self._to_try:
            self._listener.tried()

    async def _play(self, alert: Alert, volume: float, *, by_bell: bool) -> None:
        if not volume:
            return
        if self._output is not None and self._monotonic() >= self._retry_at:
            try:
                device = await self._output.play(alert, volume)
            except SoundFailed as error:
                self._failed(str(error))
            else:
                self._worked(device)
                return
        if by_bell:
            for stroke in range(STROKES[alert]):
                if stroke:
                    await asyncio.sleep(STROKE_GAP)
                self._bell()

    def _failed(self, why: str) -> None:
        self._retry_at = self._monotonic() + RETRY
        if why != self.trouble:
            _log.warning("the bell stands in", extra={"reason": why})
        worked, self.device, self.trouble = bool(self.device), "", why
        if worked:
            self._listener.lost(why)

    def _worked(self, device: str) -> None:
        was_lost, self.device, self.trouble = bool(self.trouble), device, ""
        if was_lost:
            _log.info("sound works again", extra={"device": device})
            self._listener.found(device)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("sound ended", exc_info=error)
            self.trouble = "Sound broke, and the log says why; the tickets go on."
