"""Levels and the local gate."""

from __future__ import annotations

import numpy as np
import pytest

from voice_tui.core.pcm import (
    MIN_CAPTURED_MS,
    SILENCE_DBFS,
    Samples,
    SpeechGate,
    rms_dbfs,
)

BLOCK = 960


def tone(hertz: float, samples: int, amplitude: float = 16_384) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(samples) / 48_000)).astype(np.int16)


@pytest.mark.parametrize(
    ("samples", "rms"),
    [
        (np.zeros(0, np.int16), SILENCE_DBFS),
        (np.zeros(BLOCK, np.int16), SILENCE_DBFS),
        (np.full(BLOCK, -32_768, np.int16), 0.0),
        (tone(1_000, BLOCK), -9.0),
    ],
    ids=["nothing", "zeros", "full scale", "half-scale tone"],
)
def test_levels(samples: Samples, rms: float):
    assert rms_dbfs(samples) == pytest.approx(rms, abs=0.1)


@pytest.mark.parametrize(
    ("blocks", "amplitude", "heard"),
    [(50, 3_000, True), (50, 30, False), (50, 0, False), (7, 3_000, False), (8, 3_000, True)],
)
def test_the_gate_wants_150_ms_and_one_block_above_the_floor(
    blocks: int, amplitude: int, heard: bool
):
    gate = SpeechGate()
    gate.feed(tone(500, BLOCK, amplitude))
    for _ in range(blocks - 1):
        gate.feed(np.zeros(BLOCK, np.int16))
    assert gate.captured_ms == blocks * 20
    assert gate.heard is heard
    gate.reset()
    assert not gate.heard
    assert (blocks * 20 >= MIN_CAPTURED_MS) or not heard
