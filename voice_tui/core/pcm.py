"""Maths on sound: levels, the local gate, a bounded ring of blocks, 48 kHz to 16 kHz."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""Mono, 16 bit, one value a sample."""

BLOCK_MS: Final = 20
MIN_CAPTURED_MS: Final = 150
"""Less is no speech. Servers refuse under 100 ms."""

SILENCE_DBFS: Final = -96.0
"""What no sound at all is called: the step of 16 bits."""


def rms_dbfs(samples: Samples) -> float:
    """Loudness of a block, in dB below full scale; SILENCE_DBFS for nothing or zeros."""
    raise NotImplementedError


def peak_dbfs(samples: Samples) -> float:
    """Largest sample of a block, in dB below full scale."""
    raise NotImplementedError


def to_16k(samples: Samples) -> Samples:
    """One whole utterance of 48 kHz at 16 kHz, band-limited first."""
    raise NotImplementedError


class Downsampler:
    """48 kHz to 16 kHz over a stream, with no seam between blocks of any length."""

    def feed(self, samples: Samples) -> Samples:
        """Take 48 kHz, give the 16 kHz that is complete."""
        raise NotImplementedError


class SpeechGate:
    """What was captured of one utterance, and whether any block of it rose above the noise floor."""

    def __init__(self, floor_dbfs: float = -50.0, rate: int = 48_000) -> None:
        self.floor_dbfs = floor_dbfs
        self.rate = rate

    def reset(self) -> None:
        """Begin an utterance."""
        raise NotImplementedError

    def feed(self, samples: Samples) -> None:
        """Take a captured block."""
        raise NotImplementedError

    @property
    def captured_ms(self) -> int:
        """Captured since `reset`."""
        raise NotImplementedError

    @property
    def heard(self) -> bool:
        """Enough was captured, and some of it was sound: worth a commit."""
        raise NotImplementedError


class BlockRing:
    """The newest blocks between the sound card and the track: one append a callback, oldest dropped."""

    def __init__(self, blocks: int = 4) -> None:
        self.dropped = 0

    def put(self, block: Samples) -> None:
        """Append; drops the oldest when full. Safe from the audio thread."""
        raise NotImplementedError

    def take(self) -> Samples | None:
        """The oldest block, or None."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget all: a press must not begin with old sound."""
        raise NotImplementedError
