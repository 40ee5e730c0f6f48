"""A microphone through PortAudio: opened once, watched, and opened again when it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from voice_tui.core.pcm import SILENCE_DBFS, Samples, rms_dbfs
from voice_tui.core.text import clean
from voice_tui.services.listeners import Unsubscribe
from voice_tui.services.microphone import (
    BLOCK,
    RING_BLOCKS,
    SAMPLE_RATE,
    InputDevice,
    MicrophoneState,
    MicrophoneStatus,
    StatusBoard,
    StatusHandler,
)
from voice_tui.services.sound_library import (
    InputStream,
    SoundLibrary,
    SoundSystemStuck,
    SoundThread,
    load_sounddevice,
    reinitialise,
)

_log = logging.getLogger("voice_tui.microphone")

WATCH_S: Final = 0.5
"""Seconds without a block after which a microphone is lost. PortAudio tells nothing: no error, no
flag; a block comes every 20 ms, 36 ms measured at most."""

FIRST_BLOCK_S: Final = 4.0
"""Seconds that the first block may take: 1.6 s were measured after the start of a process."""

MUTED_S: Final = 3.0
"""Seconds of nothing but zeros after which a microphone is called muted. The noise of any real one
is above zero; one that suppresses noise is silent between words."""

REOPEN_FIRST_S: Final = 0.5
REOPEN_CAP_S: Final = 5.0
"""First and longest wait in seconds before it is tried again: a person who plugs a microphone in
looks at the screen for about that long."""

INSTALL_PORTAUDIO: Final = (
    "On Debian or Ubuntu: sudo apt install libportaudio2. On Fedora: sudo dnf install portaudio."
    " On macOS: brew install portaudio."
)


class PortAudioMicrophone:
    """The microphone of this machine.

    Args:
        device: the name of a device or a part of it; empty for the system's own choice.
        load: gives the sound library, or raises as `load_sounddevice` does.
    """

    def __init__(
        self, device: str = "", load: Callable[[], SoundLibrary] = load_sounddevice
    ) -> None:
        self._device = device
        self._load = load
        self._board = StatusBoard()
        self._thread: SoundThread | None = None
        self._library: SoundLibrary | None = None
        self._stream: InputStream | None = None
        self._ring: deque[bytes] = deque(maxlen=RING_BLOCKS)
        self._newest = b""
        self._rest = np.empty(0, np.int16)
        self._lost = ""
        self._chosen = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self.losses = 0
        """How often it was lost while it recorded."""

    @property
    def status(self) -> MicrophoneStatus:
        """Tell its state."""
        return self._board.status

    @property
    def level(self) -> float:
        """Tell the RMS of the newest block in dBFS."""
        if not self.status.records:
            return SILENCE_DBFS
        return rms_dbfs(np.frombuffer(self._latest(), np.int16))

    def subscribe(self, handler: StatusHandler) -> Unsubscribe:
        """Be told of every change of the status."""
        return self._board.subscribe(handler)

    async def start(self) -> None:
        """Open it, and keep it open until `stop`."""
        if self._supervisor is None:
            self._thread = SoundThread()
            self._supervisor = asyncio.create_task(self._supervise(), name="microphone")

    async def stop(self) -> None:
        """Close it."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await supervisor
        thread, self._thread = self._thread, None
        if thread is not None:
            try:
                await thread.call(self._close)
            except SoundSystemStuck as error:
                _log.error("not closed", extra={"reason": str(error)})
            thread.close()
        self._board.show(MicrophoneState.OFF, "The microphone is off.")

    def read(self, count: int) -> Samples:
        """Take the oldest sound that was not yet taken."""
        parts = [self._rest]
        there = self._rest.size
        while there < count and self._ring:
            self._newest = self._ring.popleft()
            parts.append(np.frombuffer(self._newest, np.int16))
            there += parts[-1].size
        sound = parts[0] if len(parts) == 1 else np.concatenate(parts)
        self._rest = sound[count:]
        return sound[:count]

    async def devices(self) -> tuple[InputDevice, ...]:
        """List the input devices; empty where PortAudio is missing or hangs."""
        if self._thread is None:
            return ()
        try:
            return await self._thread.call(self._list)
        except (OSError, ModuleNotFoundError, SoundSystemStuck) as error:
            _log.warning("devices not listed", extra={"reason": str(error)})
            return ()

    async def choose(self, device: str) -> None:
        """Use another device; at once when it is running."""
        self._device = device
        self._lost = ""
        self._chosen.set()

    async def _supervise(self) -> None:
        """Open, watch, close, wait, for ever."""
        wait = REOPEN_FIRST_S
        fresh = True
        while True:
            self._chosen.clear()
            if await self._open(fresh):
                wait = REOPEN_FIRST_S
                await self._watch()
            fresh = False
            # A device that is gone can be back at once, one that is missing stays so for a while.
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with
            # the event, and `stop` would wait for ever.
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._chosen.wait()
            wait = min(wait * 2, REOPEN_CAP_S)

    async def _open(self, fresh: bool) -> bool:
        """Open the device and tell what came of it."""
        thread = self._thread
        if thread is None:
            return False
        if fresh:
            self._board.show(MicrophoneState.OPENING, "The microphone is being opened.")
        try:
            self._library = await thread.call(self._load)
        except ModuleNotFoundError:
            return self._fail(
                MicrophoneState.NO_LIBRARY,
                "The Python package sounddevice is missing: pip install 'kds-tui[voice]'.",
            )
        except OSError as error:
            return self._fail(
                MicrophoneState.NO_LIBRARY,
                f"The sound library PortAudio is missing ({_plain(error)}). {INSTALL_PORTAUDIO}",
            )
        except SoundSystemStuck as error:
            return self._stuck(error)
        library = self._library
        try:
            return await thread.call(lambda: self._open_stream(library, fresh))
        except _NoDevice as error:
            return self._fail(MicrophoneState.NO_DEVICE, str(error))
        except (library.PortAudioError, ValueError) as error:
            return self._fail(
                MicrophoneState.CANNOT_OPEN,
                f"The microphone cannot be opened at 48 kHz ({_plain(error)}). Check that this user"
                " may use it (on Linux: group audio), that no other program holds it, or choose"
                " another device.",
            )
        except SoundSystemStuck as error:
            return self._stuck(error)

    def _open_stream(self, library: SoundLibrary, fresh: bool) -> bool:
        """Open and start the stream. On the sound thread."""
        self._close()
        if not fresh:
            reinitialise(library)
        devices = _inputs(library)
        index = _pick(devices, self._device)
        ring: deque[bytes] = deque(maxlen=RING_BLOCKS)

        def on_block(block: bytes, frames: int, times: object, flags: object) -> None:
            # On PortAudio's own thread: one bounded append and nothing else.
            ring.append(bytes(block))

        self._ring = ring
        stream = library.RawInputStream(
            samplerate=SAMPLE_RATE,
            blocksize=BLOCK,
            device=index,
            channels=1,
            dtype="int16",
            latency="low",
            callback=on_block,
        )
        self._stream = stream
        stream.start()
        return True

    def _close(self) -> None:
        """Close the stream. On the sound thread."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _list(self) -> tuple[InputDevice, ...]:
        """List the devices. On the sound thread."""
        library = self._load()
        try:
            found = _inputs(library)
        except library.PortAudioError as error:
            _log.warning("devices not listed", extra={"reason": _plain(error)})
            return ()
        return tuple(InputDevice(name, name == "default") for _, name in found)

    async def _watch(self) -> None:
        """Watch the open stream; return when it is lost or another device was chosen."""
        seen = self._latest()
        heard = silent_since = _now()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_S):
                    await self._chosen.wait()
            if self._chosen.is_set():
                self._board.show(MicrophoneState.OPENING, "The microphone is being changed.")
                return
            now = _now()
            newest = self._latest()
            # Compared by identity: the one that was seen is held, so its place is not used again.
            if newest is not seen:
                seen, heard = newest, now
                if np.frombuffer(newest, np.int16).any():
                    silent_since = now
                self._tell_sound(muted=now - silent_since >= MUTED_S)
            patience = WATCH_S if self.status.records else FIRST_BLOCK_S
            stream = self._stream
            if stream is None or not stream.active or now - heard > patience:
                self._tell_lost(now - heard)
                return

    def _tell_sound(self, *, muted: bool) -> None:
        self._lost = ""
        if muted:
            self._board.show(
                MicrophoneState.MUTED,
                "The microphone gives nothing but silence: it may be muted. Check its switch and"
                " the system's sound settings.",
                self._device,
            )
        elif self._board.show(MicrophoneState.LISTENING, "The microphone is on.", self._device):
            _log.info("recording", extra={"device": self._device, "losses": self.losses})

    def _tell_lost(self, silent_for: float) -> None:
        self.losses += 1
        self._lost = self._device or "The microphone"
        self._board.show(MicrophoneState.VANISHED, self._vanished(), self._device)
        _log.warning("lost", extra={"device": self._device, "silent_s": round(silent_for, 2)})

    def _vanished(self) -> str:
        return (
            f"{self._lost} is gone: unplugged, or the sound server ended. Plug it in again; it is"
            " looked for every few seconds."
        )

    def _stuck(self, error: SoundSystemStuck) -> bool:
        return self._fail(
            MicrophoneState.CANNOT_OPEN,
            f"{str(error).capitalize()}. Restart the sound server or unplug the device.",
        )

    def _fail(self, state: MicrophoneState, text: str) -> bool:
        if self._lost and state is not MicrophoneState.NO_LIBRARY:
            # It was there a moment ago: that says more than what PortAudio makes of it.
            state, text = MicrophoneState.VANISHED, self._vanished()
        if self._board.show(state, text, self._device):
            _log.warning("not opened", extra={"state": state.value, "reason": text})
        return False

    def _latest(self) -> bytes:
        """Give the newest block, taken or not."""
        # The callback only appends: what is looked at here is taken away by this thread alone.
        return self._ring[-1] if self._ring else self._newest


class _NoDevice(Exception):
    """There is no such input device; the text is for a person."""


def _inputs(library: SoundLibrary) -> list[tuple[int, str]]:
    return [
        (position, _plain(device["name"]))
        for position, device in enumerate(library.query_devices())
        if device["max_input_channels"]
    ]


def _pick(devices: list[tuple[int, str]], wanted: str) -> int | None:
    """Find the device that is meant; None is the system's own choice."""
    if not devices:
        # No permission, no sound server and no device look the same to PortAudio.
        raise _NoDevice(
            "There is no microphone: the system shows no input device. Plug one in, and check that"
            " this user may use it (on Linux: group audio, and a running sound server)."
        )
    if not wanted:
        return None
    names = [name for _, name in devices]
    for position, name in devices:
        if name == wanted:
            return position
    for position, name in devices:
        if wanted.casefold() in name.casefold():
            return position
    raise _NoDevice(f"There is no microphone named {wanted}. There are: {', '.join(names)}.")


def _plain(text: object) -> str:
    """Make what a driver says fit for one line of a screen."""
    return clean(str(text), 200)


def _now() -> float:
    return asyncio.get_running_loop().time()
