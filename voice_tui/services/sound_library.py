"""PortAudio through sounddevice: imported late, on a thread of its own, private parts included.

Every call into PortAudio is made on one thread: opening, closing and listing at the same time is
not allowed there, and any of them can take seconds when a sound server hangs.

PortAudio and ALSA write to file descriptor 2 whenever they look for devices. A full-screen program
must point it at a file before a microphone is started; that is the business of whoever owns the
terminal, not of this module.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Protocol, TypeVar, cast

Found = TypeVar("Found")

CALL_DEADLINE: Final = 10.0
"""Seconds that a call into PortAudio may take. Opening took 3 ms, a sound server's start 0.2 s; a
Bluetooth headset can take seconds."""


class InputStream(Protocol):
    """An open microphone, as sounddevice gives it."""

    @property
    def active(self) -> bool:
        """Whether its callback is being called."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def close(self, ignore_errors: bool = True) -> None:
        """End."""
        ...


Callback = Callable[[bytes, int, object, object], None]
"""Called with a block (a buffer that is overwritten afterwards), its length, times and flags."""


class SoundLibrary(Protocol):
    """The part of the `sounddevice` module that is used here."""

    PortAudioError: type[Exception]

    def query_devices(self) -> Iterable[Mapping[str, object]]:
        """List the sound devices."""
        ...

    def RawInputStream(
        self,
        *,
        samplerate: int,
        blocksize: int,
        device: int | None,
        channels: int,
        dtype: str,
        latency: str,
        callback: Callback,
    ) -> InputStream:
        """Open a microphone without starting it."""
        ...


class SoundSystemStuck(Exception):
    """A call into PortAudio has not come back."""


def load_sounddevice() -> SoundLibrary:
    """Import sounddevice.

    Raises:
        ModuleNotFoundError: The Python package is not installed.
        OSError: It is, but the PortAudio library that it needs is not.
    """
    return cast("SoundLibrary", importlib.import_module("sounddevice"))


def reinitialise(library: SoundLibrary) -> None:
    """Make PortAudio look for devices again; every stream must be closed.

    PortAudio lists the devices once, when it is initialised, and a stream whose device was lost
    cannot be opened again before it is initialised anew (measured: -9999 or -9993 for ever).
    sounddevice 0.5.6 has no public way: `_terminate` and `_initialize` are what its own exit
    handler and its import call.
    """
    for name in ("_terminate", "_initialize"):
        getattr(library, name)()


class SoundThread:
    """Runs calls into PortAudio one after the other, away from the event loop."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="portaudio")
        self._stuck: Future[object] | None = None

    async def call(self, work: Callable[[], Found], deadline: float = CALL_DEADLINE) -> Found:
        """Run something.

        Args:
            work: calls PortAudio.
            deadline: seconds to wait for it.

        Returns:
            What it returns.

        Raises:
            SoundSystemStuck: This call did not come back in time, or an earlier one still has not.
        """
        if self._stuck is not None and not self._stuck.done():
            # Nothing is queued behind it, or a week of retries would be.
            raise SoundSystemStuck("the sound system does not answer")
        future = self._executor.submit(work)
        answer = asyncio.wrap_future(future)
        answer.add_done_callback(_look_at)
        try:
            # Shielded: a call into C cannot be cancelled, and must be known to run still.
            return await asyncio.wait_for(asyncio.shield(answer), timeout=deadline)
        except TimeoutError:
            self._stuck = cast("Future[object]", future)
            raise SoundSystemStuck(f"the sound system did not answer in {deadline:g} s") from None

    def close(self) -> None:
        """Let the thread end after the call that it is in."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _look_at(answer: asyncio.Future[Any]) -> None:
    """Take note of an error that comes when nobody waits any more: asyncio calls it lost."""
    if not answer.cancelled():
        answer.exception()
