"""Maths on sound: its level, and the local gate that keeps silence from being sent."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""Mono, 16 bit."""

MIN_CAPTURED_MS: Final = 150
"""Less is no speech. Servers refuse under 100 ms."""

NOISE_FLOOR_DBFS: Final = -50.0
"""A block at or under it holds no speech. Chosen, not measured; `noise_floor_dbfs` changes it."""

SILENCE_DBFS: Final = -96.0
"""What no sound at all is called: the smallest step of 16 bits."""

FULL_SCALE: Final = 32_768.0


def rms_dbfs(samples: Samples) -> float:
    """Loudness of a block, in dB below full scale; `SILENCE_DBFS` for zeros and for nothing."""
    if not samples.size:
        return SILENCE_DBFS
    return _dbfs(math.sqrt(float(np.mean(np.square(samples, dtype=np.float64)))))


def _dbfs(amplitude: float) -> float:
    if amplitude <= 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * math.log10(amplitude / FULL_SCALE))


class SpeechGate:
    """What was captured of one utterance, and whether any of it rose above the noise floor.

    Args:
        floor_dbfs: Blocks at or under this level are no speech.
        rate: Samples a second.
    """

    def __init__(self, floor_dbfs: float = NOISE_FLOOR_DBFS, rate: int = 48_000) -> None:
        self.floor_dbfs = floor_dbfs
        self.rate = rate
        self._samples = 0
        self._loudest = SILENCE_DBFS

    def reset(self) -> None:
        """Begin an utterance."""
        self._samples = 0
        self._loudest = SILENCE_DBFS

    def feed(self, samples: Samples) -> None:
        """Take a captured block."""
        self._samples += samples.size
        self._loudest = max(self._loudest, rms_dbfs(samples))

    @property
    def captured_ms(self) -> int:
        """Captured since `reset`, in milliseconds."""
        return self._samples * 1000 // self.rate

    @property
    def heard(self) -> bool:
        """Enough was captured, and some of it was sound: worth a commit."""
        return self.captured_ms >= MIN_CAPTURED_MS and self._loudest > self.floor_dbfs
