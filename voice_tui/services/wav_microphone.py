"""A microphone that plays recordings: the same port, for a machine that has no sound system."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import cast

import av
import numpy as np

from voice_tui.core.pcm import SILENCE_DBFS, Samples, rms_dbfs
from voice_tui.services.listeners import Unsubscribe
from voice_tui.services.microphone import (
    BLOCK,
    SAMPLE_RATE,
    InputDevice,
    MicrophoneState,
    MicrophoneStatus,
    StatusBoard,
    StatusHandler,
)


def load_recording(path: Path) -> Samples:
    """Read a sound file of any rate and any number of channels.

    Args:
        path: a file that FFmpeg can read, such as a WAV.

    Returns:
        Its sound as mono at `SAMPLE_RATE`.

    Raises:
        OSError: It cannot be read, or holds no sound that can be.
    """
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    with av.open(str(path)) as file:
        frames = [
            resampled for frame in file.decode(audio=0) for resampled in resampler.resample(frame)
        ]
    frames += resampler.resample(None)
    parts = [cast("Samples", frame.to_ndarray()).reshape(-1) for frame in frames]
    return np.concatenate(parts) if parts else np.empty(0, np.int16)


class WavMicrophone:
    """Plays recordings one after the other, and silence in between.

    Whoever reads sets the pace: a peer connection reads 20 ms every 20 ms, which is real time, and
    no word is lost when it is late.
    """

    def __init__(self) -> None:
        self._board = StatusBoard()
        self._waiting: deque[Samples] = deque()
        self._newest = np.empty(0, np.int16)
        self._all_read = asyncio.Event()
        self._all_read.set()

    @property
    def status(self) -> MicrophoneStatus:
        """Tell its state: off, or listening."""
        return self._board.status

    @property
    def level(self) -> float:
        """Tell the RMS of the sound that was read last, in dBFS."""
        return rms_dbfs(self._newest) if self.status.records else SILENCE_DBFS

    def subscribe(self, handler: StatusHandler) -> Unsubscribe:
        """Be told of every change of the status."""
        return self._board.subscribe(handler)

    async def start(self) -> None:
        """Begin to give sound."""
        self._board.show(MicrophoneState.LISTENING, "Recordings are played as the microphone.")

    async def stop(self) -> None:
        """Give no more sound, and forget what was not read."""
        self._waiting.clear()
        self._all_read.set()
        self._board.show(MicrophoneState.OFF, "The microphone is off.")

    async def play(self, path: Path) -> None:
        """Play a recording after those that wait.

        Args:
            path: a sound file.

        Raises:
            OSError: It cannot be read.
        """
        self.say(await asyncio.to_thread(load_recording, path))

    def say(self, sound: Samples) -> None:
        """Play sound after what waits.

        Args:
            sound: mono at `SAMPLE_RATE`.
        """
        if sound.size:
            self._waiting.append(sound)
            self._all_read.clear()

    async def finished(self) -> None:
        """Wait until everything was read. The caller sets a deadline: it depends on the reader."""
        await self._all_read.wait()

    def read(self, count: int) -> Samples:
        """Take the next sound: what is played, else silence; nothing when it is off."""
        if not self.status.records:
            return np.empty(0, np.int16)
        if not self._waiting:
            self._newest = np.zeros(min(count, BLOCK), np.int16)
            return self._newest
        sound = self._waiting.popleft()
        self._newest, rest = sound[:count], sound[count:]
        if rest.size:
            self._waiting.appendleft(rest)
        elif not self._waiting:
            self._all_read.set()
        return self._newest

    async def devices(self) -> tuple[InputDevice, ...]:
        """List nothing: there is no device."""
        return ()

    async def choose(self, device: str) -> None:
        """Do nothing: there is no other device."""
