"""Maths on sound: levels, the local gate, a bounded ring of blocks, 48 kHz to 16 kHz."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""Mono, 16 bit."""

BLOCK_MS: Final = 20
"""Length of one block: what PortAudio gives and a track sends."""

MIN_CAPTURED_MS: Final = 150
"""Less is no speech. Servers refuse under 100 ms."""

NOISE_FLOOR_DBFS: Final = -50.0
"""A block under it holds no speech: rooms are measured from -60, close speech from -35."""

SILENCE_DBFS: Final = -96.0
"""What no sound at all is called: the smallest step of 16 bits."""

FULL_SCALE: Final = 32_768.0

_DECIMATION: Final = 3
_TAPS: Final = 96
"""2 ms at 48 kHz. Measured: 0.4 dB down at 7 kHz, 54 dB down at 9 kHz, 22 us for a 20 ms block."""


def rms_dbfs(samples: Samples) -> float:
    """Loudness of a block, in dB below full scale; `SILENCE_DBFS` for zeros and for nothing."""
    if not samples.size:
        return SILENCE_DBFS
    return _dbfs(math.sqrt(float(np.mean(np.square(samples, dtype=np.float64)))))


def peak_dbfs(samples: Samples) -> float:
    """Largest sample of a block, in dB below full scale."""
    # In int32: the magnitude of -32768 is no int16.
    return _dbfs(float(np.abs(samples.astype(np.int32)).max(initial=0)))


def _dbfs(amplitude: float) -> float:
    if amplitude <= 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * math.log10(amplitude / FULL_SCALE))


def _low_pass() -> NDArray[np.float32]:
    """A Blackman-windowed sinc that ends where the sound of 16 kHz ends."""
    cutoff = 7_800 / 48_000
    place = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(2 * cutoff * place) * np.blackman(_TAPS)
    taps /= taps.sum()
    return taps.astype(np.float32)


_FILTER: Final = _low_pass()


class Downsampler:
    """48 kHz to 16 kHz over a stream, without a seam between blocks of any length.

    The result lags by the half of the filter: 1 ms.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(_TAPS - 1, dtype=np.float32)

    def feed(self, samples: Samples) -> Samples:
        """Take 48 kHz, give the 16 kHz that is complete."""
        sound = np.concatenate((self._rest, samples.astype(np.float32)))
        count = max(0, (sound.size - _TAPS) // _DECIMATION + 1)
        self._rest = sound[count * _DECIMATION :]
        if not count:
            return np.zeros(0, dtype=np.int16)
        # Polyphase: only the windows of samples that are kept are multiplied.
        windows = np.lib.stride_tricks.sliding_window_view(sound, _TAPS)
        filtered = windows[: count * _DECIMATION : _DECIMATION] @ _FILTER
        return np.clip(np.rint(filtered), -32_768, 32_767).astype(np.int16)


def to_16k(samples: Samples) -> Samples:
    """One whole utterance of 48 kHz at 16 kHz."""
    return Downsampler().feed(samples)


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


class BlockRing:
    """The newest blocks between the sound card and the track; the oldest gives way.

    Args:
        blocks: How many: 4 of 20 ms are the 80 ms by which two clocks may drift apart.
    """

    def __init__(self, blocks: int = 4) -> None:
        self._blocks: deque[Samples] = deque(maxlen=blocks)

    def put(self, block: Samples) -> None:
        """Append: one atomic step, so that the audio thread needs no lock."""
        self._blocks.append(block)

    def take(self) -> Samples | None:
        """The oldest block; None when there is none."""
        try:
            return self._blocks.popleft()
        except IndexError:
            return None

    def clear(self) -> None:
        """Forget all: a press must not begin with old sound."""
        self._blocks.clear()

    def __len__(self) -> int:
        return len(self._blocks)
