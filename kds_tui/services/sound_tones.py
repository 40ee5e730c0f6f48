"""The sounds themselves, made with numpy.

They are told apart by rhythm as much as by pitch: a cook who hears badly, or stands beside an
extractor hood, hears how many strokes there are and how they follow each other. Their power is
between 440 and 3,200 Hz, where ISO 7731 wants a signal to be.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kds_tui.core.alerts import Alert

SAMPLE_RATE: Final = 48_000

Tone = NDArray[np.int16]
"""Mono, 16 bit."""

_PARTIALS: Final = ((1.0, 1.0), (2.0, 0.35), (3.0, 0.18))
"""Multiple of the note's frequency, and its strength: a pure tone is hard to place and to hear."""

_ATTACK: Final = 0.006
_RELEASE: Final = 0.025
"""Seconds in which a note rises and falls, along half a cosine: a step would click."""

_LOUD: Final = 0.22
"""Root mean square of a whole sound at volume 1, of full scale. All have the same, and their peaks
stay below full scale."""


class Note(NamedTuple):
    """One stroke."""

    pitch: float
    """In Hz."""

    seconds: float
    pause: float = 0.0
    """Seconds of silence after it."""


_C5, _D5, _E5, _G5, _A5, _C6 = 523.25, 587.33, 659.25, 783.99, 880.0, 1046.5

SOUNDS: Final[dict[Alert, tuple[Note, ...]]] = {
    # The notes of the Restaurant OS web display's sound service: new order and order ready.
    Alert.NEW: (Note(_E5, 0.1), Note(_G5, 0.1), Note(_C6, 0.2)),
    Alert.READY: (Note(_C5, 0.15), Note(_E5, 0.15), Note(_G5, 0.15), Note(_C6, 0.3)),
    # Long, short, short.
    Alert.CHANGED: (Note(_A5, 0.3, 0.1), Note(_A5, 0.09, 0.08), Note(_A5, 0.09)),
    # Falling, slow and even.
    Alert.CANCELLED: (Note(_C6, 0.25, 0.1), Note(_A5, 0.25, 0.1), Note(_D5, 0.5)),
    # Two rattles of four.
    Alert.LATE: tuple(Note(_A5 * 1.5, 0.06, 0.22 if stroke == 3 else 0.06) for stroke in range(8)),
    # Two long ones, low.
    Alert.LINK_LOST: (Note(_A5 / 2, 0.55, 0.15), Note(_A5 / 2, 0.55)),
    # Two pairs, short and less short, rising.
    Alert.RECALLED: (
        Note(_D5, 0.07, 0.03),
        Note(_A5, 0.14, 0.25),
        Note(_D5, 0.07, 0.03),
        Note(_A5, 0.14),
    ),
}


def make_tone(alert: Alert, volume: float, rate: int = SAMPLE_RATE) -> Tone:
    """Make a sound.

    Args:
        alert: which one.
        volume: from 0 to 1; half of it sounds about half as loud.
        rate: samples a second.

    Returns:
        Its samples; they begin and end with zero.
    """
    notes = SOUNDS[alert]
    sound = np.concatenate([_stroke(note, rate) for note in notes])
    sound *= _LOUD / np.sqrt(np.mean(np.square(sound)))
    # Loudness goes with the power of 0.6 of the pressure (Stevens): squared, a volume is nearly
    # what is heard.
    return np.rint(sound * min(1.0, max(0.0, volume)) ** 2 * 32_767).astype(np.int16)


def seconds_of(alert: Alert) -> float:
    """Tell how long a sound takes.

    Args:
        alert: which one.

    Returns:
        Seconds.
    """
    return sum(note.seconds + note.pause for note in SOUNDS[alert])


def _stroke(note: Note, rate: int) -> NDArray[np.float64]:
    time = np.arange(round(note.seconds * rate)) / rate
    wave = sum(
        (strength * np.sin(2 * np.pi * note.pitch * multiple * time)
         for multiple, strength in _PARTIALS),
        start=np.zeros_like(time),
    )  # fmt: skip
    envelope = np.minimum(_rise(time / _ATTACK), _rise((time[-1] - time) / _RELEASE))
    silence = round((note.seconds + note.pause) * rate) - time.size
    return np.concatenate([wave * envelope, np.zeros(silence)])


def _rise(part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half a cosine from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(part, 0.0, 1.0))
