"""The demo's restaurant: a hub and its guests, on a thread and an event loop of their own.

They share a process with the display, and nothing else: it speaks to them over its socket.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kds_tui.demo.speech import voice_missing
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.hub.simulator import Simulator

START_TIME: Final = 20.0
"""Most seconds until the hub listens."""

STOP_TIME: Final = 10.0
"""Most seconds until it has ended."""

_log = logging.getLogger("kds_tui.demo")


@dataclass(frozen=True, slots=True)
class GuestSettings:
    """How the guests behave."""

    speed: float = 1.0
    """Simulated seconds that pass in one."""

    seed: int = 1
    autopilot: bool = True
    """Whether simulated cooks bump too."""


@dataclass(frozen=True, slots=True)
class _Open:
    """What is known once the restaurant is open."""

    url: str
    token: str


class Restaurant:
    """A hub with guests; to be used in `with`.

    Args:
        folder: where the hub keeps its database, and the display its journal; gone after the demo.
        guests: how they behave.
        voice_lifetime: seconds that a voice session lives; an hour, as OpenAI's.
    """

    def __init__(self, folder: Path, guests: GuestSettings, voice_lifetime: float = 3600.0) -> None:
        self.folder = folder
        self._settings = HubSettings(port=0, data_dir=folder, restaurant_name="Demo Kitchen")
        self._guest_settings = guests
        self._voice_lifetime = voice_lifetime
        self.has_voice = not voice_missing()
        """Whether the voice gateway stands on the hub's port: its packages are installed."""

        self._opened: Future[_Open] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._guests: asyncio.Task[None] | None = None
        self._simulator: Simulator | None = None
        self._thread = threading.Thread(target=self._run, name="demo restaurant", daemon=True)

    @property
    def url(self) -> str:
        """Address of the hub."""
        return self._opened.result(START_TIME).url

    @property
    def token(self) -> str:
        """A token for the display."""
        return self._opened.result(START_TIME).token

    @property
    def placed(self) -> int:
        """Orders that the hub took from the guests."""
        return self._simulator.placed if self._simulator is not None else 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._opened.result(START_TIME)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):  # its loop has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_TIME)
        if self._thread.is_alive():
            _log.error("the demo's hub does not end")

    def send_guests_home(self) -> None:
        """Stop the guests and the simulated cooks; the hub stays."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._end_guests(), self._loop).result(STOP_TIME)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - the boundary of a thread: told to who waits
            _log.exception("the demo's hub ended")
            if not self._opened.done():
                self._opened.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        mount = None
        if self.has_voice:
            # Imported late: without the packages of voice there is a demo all the same.
            from kds_tui.voice.gateway import mount_voice
            from voice_tui.gateway.settings import GatewaySettings

            mount = mount_voice(GatewaySettings(session_lifetime=self._voice_lifetime))
        async with HubServer(self._settings, mount) as hub:
            guests = self._guest_settings
            self._simulator = Simulator(
                hub.url,
                await hub.issue_token("manager"),
                seed=guests.seed,
                speed=guests.speed,
                autopilot=guests.autopilot,
            )
            self._guests = asyncio.create_task(self._simulator.run(), name="guests")
            self._guests.add_done_callback(_guests_left)
            # What a PIN login gives: a display that bumps, and orders by voice.
            self._opened.set_result(_Open(hub.url, await hub.issue_token("manager")))
            await self._stop.wait()
            await self._end_guests()

    async def _end_guests(self) -> None:
        if self._guests is not None:
            self._guests.cancel()
            await asyncio.wait({self._guests}, timeout=STOP_TIME)


def _guests_left(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.error("the demo's guests left", exc_info=error)
