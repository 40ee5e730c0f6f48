"""Levels, the local gate and 48 kHz to 16 kHz."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.core.pcm import (
    MIN_CAPTURED_MS,
    SILENCE_DBFS,
    Downsampler,
    Samples,
    SpeechGate,
    peak_dbfs,
    rms_dbfs,
    to_16k,
)

BLOCK = 960


def tone(hertz: float, samples: int, amplitude: float = 16_384) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(samples) / 48_000)).astype(np.int16)


@pytest.mark.parametrize(
    ("samples", "rms", "peak"),
    [
        (np.zeros(0, np.int16), SILENCE_DBFS, SILENCE_DBFS),
        (np.zeros(BLOCK, np.int16), SILENCE_DBFS, SILENCE_DBFS),
        (np.full(BLOCK, -32_768, np.int16), 0.0, 0.0),
        (tone(1_000, BLOCK), -9.0, -6.0),
    ],
    ids=["nothing", "zeros", "full scale", "half-scale tone"],
)
def test_levels(samples: Samples, rms: float, peak: float):
    assert rms_dbfs(samples) == pytest.approx(rms, abs=0.1)
    assert peak_dbfs(samples) == pytest.approx(peak, abs=0.1)


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


@pytest.mark.parametrize(
    ("hertz", "least", "most"),
    [
        (100, -0.1, 0.1),
        (3_000, -0.1, 0.1),
        (7_000, -1, 0.1),
        (9_000, -120, -50),
        (15_000, -120, -70),
    ],
)
def test_speech_passes_and_what_would_fold_into_it_does_not(
    hertz: float, least: float, most: float
):
    sound = tone(hertz, 48_000)
    change = rms_dbfs(to_16k(sound)[100:-100]) - rms_dbfs(sound)
    assert least <= change <= most


@given(st.lists(st.integers(0, 2_000), max_size=12))
def test_a_stream_has_no_seams(lengths: list[int]):
    sound = np.random.default_rng(7).integers(-32_768, 32_767, sum(lengths)).astype(np.int16)
    stream, parts = Downsampler(), [np.zeros(0, np.int16)]
    for part in np.split(sound, np.cumsum(lengths)[:-1]) if lengths else []:
        parts.append(stream.feed(part))
    whole = to_16k(sound)
    assert np.array_equal(np.concatenate(parts), whole)
    assert len(whole) == (len(sound) + 2) // 3
