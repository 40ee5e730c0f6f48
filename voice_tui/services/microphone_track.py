"""The microphone as a track of a peer connection: one frame every 20 ms, whatever happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import numpy as np
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from av import AudioFrame

from voice_tui.core.pcm import Samples, SpeechGate
from voice_tui.services.microphone import BLOCK, SAMPLE_RATE

_log = logging.getLogger("voice_tui.client")

FRAME_S: Final = BLOCK / SAMPLE_RATE

LATE_S: Final = 0.5
"""Seconds behind its schedule at which the track gives up catching up: the machine was asleep."""

_TIME_BASE: Final = Fraction(1, SAMPLE_RATE)
_SILENCE: Final = np.zeros(BLOCK, np.int16)


class MicrophoneTrack(AudioStreamTrack):
    """Sends what the microphone gives while the gate is open, and silence otherwise.

    It never pauses: a receiver hands a frame out only when later ones have come, so a track that
    stops at release keeps the last 60-80 ms of a sentence on the way until the next press. It never
    fails either: an exception in `recv` would end the sound for good, while the connection still
    looked connected.

    Args:
        read: gives at most so many samples of the microphone.
        gate: measures what is let through, to tell speech from nothing.
        alarm: told once, in words for a person, when the microphone could not be read.
    """

    def __init__(
        self,
        read: Callable[[int], Samples],
        gate: SpeechGate,
        alarm: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._read = read
        self._gate = gate
        self._alarm = alarm
        self._open = False
        self._frames = 0
        self._began: float | None = None
        self.errors = 0
        """How often the microphone could not be read."""

    @property
    def position_ms(self) -> int:
        """Tell how much was sent, silence included, in milliseconds since the first frame."""
        return round(self._frames * FRAME_S * 1000)

    def set_gate(self, is_open: bool) -> None:
        """Let the microphone through, or send silence."""
        if is_open and not self._open:
            self._gate.reset()
        self._open = is_open

    async def recv(self) -> AudioFrame:
        """Give the next frame when it is due.

        Raises:
            MediaStreamError: the track was stopped with its connection.
        """
        if self.readyState != "live":
            raise MediaStreamError
        await self._pace()
        frame = AudioFrame.from_ndarray(self._next_block().reshape(1, -1), "s16", "mono")
        frame.pts = self._frames * BLOCK
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = _TIME_BASE
        self._frames += 1
        return frame

    async def _pace(self) -> None:
        """Wait on an absolute schedule: a sleep of 20 ms after each frame would drift."""
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        due = self._began + self._frames * FRAME_S
        if now - due > LATE_S:
            self._began += now - due
        elif due > now:
            await asyncio.sleep(due - now)

    def _next_block(self) -> Samples:
        try:
            # Read with the gate closed too: a press must not begin with what was said before.
            block = self._read(BLOCK)
            if not self._open:
                return _SILENCE
            self._gate.feed(block)
            return block if block.size == BLOCK else np.pad(block, (0, BLOCK - block.size))
        except Exception as error:  # noqa: BLE001 - anything that leaves recv ends the sound for good
            self.errors += 1
            if self.errors == 1:
                _log.exception("the microphone could not be read")
                self._alarm(f"The microphone could not be read ({type(error).__name__}).")
            return _SILENCE
