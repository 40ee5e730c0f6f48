"""Whether anybody spoke at all: an engine makes a word of silence, hum or a tone."""

from __future__ import annotations

import numpy as np

from voice_tui.gateway.recognisers.port import SAMPLE_RATE, Samples

SHORTEST_SECONDS = 0.3
"""Shorter clips hold no word; under 50 ms the models raise."""
FLOOR_DBFS = -55.0
"""A frame must be louder than this: a muted or an empty microphone is far below."""
RISE_DB = 6.0
"""Speech rises and falls by more than this within a word; steady noise and tones do not."""

_FRAME = SAMPLE_RATE // 50
_FULL_SCALE = 32768.0


def somebody_spoke(pcm: Samples) -> bool:
    """Tell whether a clip may hold speech.

    Args:
        pcm: 16 kHz mono.

    Returns:
        `False` for what is too short, too quiet, or as steady as a machine.
    """
    if len(pcm) < SHORTEST_SECONDS * SAMPLE_RATE:
        return False
    frames = pcm[: len(pcm) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    power = np.mean((frames / _FULL_SCALE) ** 2, axis=1)
    levels = 10 * np.log10(np.maximum(power, 1e-12))
    quiet, loud = np.percentile(levels, (10, 95))
    return bool(loud > FLOOR_DBFS and loud - quiet > RISE_DB)
