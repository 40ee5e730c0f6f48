"""A display under load for a soak: connects, mounts, bumps, dialogs and spoken orders."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from textual.pilot import Pilot

from kds_tui.app import KitchenApp
from kds_tui.config.bump_section import BumpSettings
from kds_tui.config.sections import DisplaySettings, JournalSettings, ServerSettings
from kds_tui.config.settings import Settings
from kds_tui.core.link import LinkState
from kds_tui.demo.speech import RECORDING, Speaker
from kds_tui.demo.voice_order import order_by_voice
from kds_tui.services.credentials import FixedToken
from kds_tui.ui.key_table import key_table
from tests.chaos.fault_proxy import FaultProxy
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.services.wav_microphone import WavMicrophone

SIZE: Final = (160, 48)
BUMPS: Final = 4
"""Bumps in one round."""

PAUSE: Final = 0.4
"""Seconds between two keys: a cook's."""

BACK_TIME: Final = 30.0
"""Most seconds until the link is live again."""

POOL: Final = min(32, (os.cpu_count() or 1) + 4)
"""Threads that Python's default pool has at the most."""


@dataclass(frozen=True, slots=True)
class Kitchen:
    """Where a display of a soak works."""

    url: str
    token: str = field(repr=False)
    voice: bool

    @property
    def port(self) -> int:
        """Of the hub, on this machine."""
        return int(self.url.rpartition(":")[2])


class SoakDisplay(KitchenApp):
    """A display whose cook works by key, opens what can be opened, loses the link, and speaks.

    Args:
        kitchen: its hub.
        proxy: stands before it.
        microphone: what the spoken orders are played into.
        done: counts what was done, over all displays of the soak.
        folder: where its journal is.
    """

    def __init__(
        self,
        kitchen: Kitchen,
        proxy: FaultProxy,
        microphone: WavMicrophone | None,
        done: Counter[str],
        folder: Path,
    ) -> None:
        settings = Settings(
            server=ServerSettings(url=proxy.url),
            journal=JournalSettings(folder=folder),
            display=DisplaySettings(voice=microphone is not None),
            bump=BumpSettings(undo_seconds=0),
            voice=VoiceSettings(dialect=DialectName.GATEWAY, url=kitchen.url),
        )
        super().__init__(settings, key_table(), FixedToken(kitchen.token), microphone)
        self._proxy = proxy
        self._microphone = microphone
        self._done = done

    async def live_for(
        self, seconds: float, after_round: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Run for a while, and end: everything it took is given back.

        Args:
            seconds: how long, with a whole round at the end.
            after_round: called when everything is quiet again.
        """

        async def cook(pilot: Pilot[Any]) -> None:
            loop = asyncio.get_running_loop()
            end = loop.time() + seconds
            await _fill_thread_pool()
            while loop.time() < end:
                await self._round(pilot)
                if self._microphone is not None:
                    await self._speak(pilot)
                if after_round is not None:
                    await after_round()
            self.exit()

        try:
            await self.run_async(headless=True, size=SIZE, auto_pilot=cook)
        finally:
            await self.end_serving()
        if self.crash is not None:
            raise self.crash
        self._done["displays"] += 1

    async def _round(self, pilot: Pilot[Any]) -> None:
        for _ in range(BUMPS):
            await pilot.press("enter")
            await asyncio.sleep(PAUSE)
            await pilot.press("enter")
            await asyncio.sleep(PAUSE)
            self._done["bumps"] += 1
        await pilot.press("question_mark", "escape")
        self._done["dialogs"] += 1
        self._proxy.reset()
        await self._until(lambda: self.terminal.status.state is not LinkState.LIVE)
        await self._until(lambda: self.terminal.status.state is LinkState.LIVE)
        self._done["reconnects"] += 1

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(BACK_TIME):
            while not condition():  # noqa: ASYNC110 - looked at from outside, as a person would
                await asyncio.sleep(0.02)

    async def _speak(self, pilot: Pilot[Any]) -> None:
        microphone = self._microphone
        assert microphone is not None

        async def play() -> None:
            await microphone.play(RECORDING)
            await microphone.finished()

        figures = await order_by_voice(self, pilot, Speaker("a recording", microphone, "", play))
        if figures.problem:
            # Not by click: it keeps what sys.stdout is while an app runs, and the app with it.
            link = self.terminal.status.state.value
            words = f"a voice turn failed: {figures.problem} (link {link})"
            print(words, file=sys.__stderr__)
        self._done["voice turns" if not figures.problem else "voice turns that failed"] += 1


async def _fill_thread_pool() -> None:
    """Have the loop's pool make all its threads now: it makes one whenever none is idle, which in
    an hour looks like a leak, and is none."""
    together = threading.Barrier(POOL)
    await asyncio.gather(*(asyncio.to_thread(together.wait, BACK_TIME) for _ in range(POOL)))
