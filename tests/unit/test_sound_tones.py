"""The sounds: as loud as each other, without clicks, and told apart by rhythm alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from kds_tui.core.alerts import Alert
from kds_tui.services.sound_tones import SAMPLE_RATE, make_tone, seconds_of

every_sound = pytest.mark.parametrize("alert", list(Alert))

STEP = 0.005
"""Seconds of one look at how loud it is."""

Wave = NDArray[np.float64]


def wave(alert: Alert, volume: float = 1.0, rate: int = SAMPLE_RATE) -> Wave:
    return make_tone(alert, volume, rate).astype(np.float64) / 32_767


def rms(sound: Wave) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


def strokes(sound: Wave) -> list[tuple[float, float]]:
    """When each stroke begins and how long it lasts, in seconds; found by loudness alone."""
    size = round(STEP * SAMPLE_RATE)
    looks = sound[: sound.size // size * size].reshape(-1, size)
    loud = np.concatenate([[False], np.sqrt(np.mean(np.square(looks), axis=1)) > 0.1, [False]])
    edges = np.flatnonzero(np.diff(loud.astype(np.int8))) * STEP
    return [(float(begin), float(end - begin)) for begin, end in edges.reshape(-1, 2)]


def rhythm(sound: Wave) -> list[float]:
    """From stroke to stroke, and how long the last one lasts: nothing of pitch."""
    found = strokes(sound)
    starts = [begin for begin, _ in found]
    return [*np.diff(starts), found[-1][1]]


@every_sound
def test_it_is_short_and_takes_as_long_as_it_says(alert: Alert) -> None:
    seconds = wave(alert).size / SAMPLE_RATE
    assert 0.3 <= seconds <= 1.5
    assert seconds == pytest.approx(seconds_of(alert), abs=0.001)


@every_sound
def test_it_is_as_loud_as_the_others_and_never_distorted(alert: Alert) -> None:
    loud = wave(alert)
    assert rms(loud) == pytest.approx(0.22, abs=0.005)
    assert np.abs(loud).max() <= 0.95


@every_sound
def test_half_the_volume_is_twelve_decibels_less(alert: Alert) -> None:
    change = 20 * np.log10(rms(wave(alert, 0.5)) / rms(wave(alert)))
    assert change == pytest.approx(-12.04, abs=0.1)
    assert not make_tone(alert, 0.0).any()


@every_sound
def test_it_does_not_click(alert: Alert) -> None:
    sound = wave(alert)
    assert sound[0] == sound[-1] == 0
    # The steepest of its partials, all at once, is 0.9 of full scale at three times 1,320 Hz; a
    # step from silence to a note in one sample would be more than twice that.
    assert np.abs(np.diff(sound)).max() < 0.3
    for begin, held in strokes(sound):
        first = sound[round(begin * SAMPLE_RATE) :][: round(0.001 * SAMPLE_RATE)]
        assert held > 0.03
        assert np.abs(first).max() < 0.9 * np.abs(sound).max()


@every_sound
def test_its_power_is_where_it_is_heard_in_noise(alert: Alert) -> None:
    power = np.square(np.abs(np.fft.rfft(wave(alert))))
    pitches = np.fft.rfftfreq(wave(alert).size, 1 / SAMPLE_RATE)
    heard = power[(pitches > 400) & (pitches < 4200)].sum()
    assert heard / power.sum() > 0.98  # ISO 7731: 500 to 2,500 Hz, its partials above


@pytest.mark.parametrize(("one", "other"), list(combinations(Alert, 2)))
def test_any_two_are_told_apart_by_their_rhythm(one: Alert, other: Alert) -> None:
    first, second = rhythm(wave(one)), rhythm(wave(other))
    if len(first) == len(second):
        apart = max(abs(a - b) for a, b in zip(first, second, strict=True))
        assert apart >= 0.08


def test_new_and_ready_are_those_of_the_web_display() -> None:
    def pitches(alert: Alert) -> list[float]:
        found: list[float] = []
        for begin, held in strokes(wave(alert)):
            part = wave(alert)[round(begin * SAMPLE_RATE) :][: round(held * SAMPLE_RATE)]
            spectrum = np.abs(np.fft.rfft(part, SAMPLE_RATE))
            found.append(float(np.argmax(spectrum)))
        return found

    assert pitches(Alert.NEW) == pytest.approx([659.25, 783.99, 1046.5], abs=4)
    assert pitches(Alert.READY) == pytest.approx([523.25, 659.25, 783.99, 1046.5], abs=4)


def test_a_device_with_another_rate_gets_the_same_sound() -> None:
    slow = make_tone(Alert.NEW, 1.0, 44_100)
    assert slow.size / 44_100 == pytest.approx(seconds_of(Alert.NEW), abs=0.001)
