"""Which engine can be used on this machine: found out at the start, never by fetching a model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.both import BothRecogniser
from voice_tui.gateway.recognisers.moonshine import MoonshineRecogniser
from voice_tui.gateway.recognisers.pocketsphinx import PocketSphinxRecogniser
from voice_tui.gateway.recognisers.port import (
    SAMPLE_RATE,
    Recogniser,
    RecogniserError,
    Samples,
)
from voice_tui.gateway.recognisers.whisper import WhisperRecogniser
from voice_tui.gateway.settings import Engine

NEXT_BEST: Mapping[Engine, tuple[Engine, ...]] = {
    "both": ("both", "moonshine", "pocketsphinx"),
    "moonshine": ("moonshine", "pocketsphinx"),
    "pocketsphinx": ("pocketsphinx", "moonshine"),
    "whisper": ("whisper", "both", "moonshine", "pocketsphinx"),
}
"""What is tried for each choice, in this order."""

log = logging.getLogger("voice_tui.recognisers")


@dataclass(frozen=True, slots=True)
class RecogniserSettings:
    """What the operator chose.

    Attributes:
        engine: the engine wanted.
        whisper_model: folder of a faster-whisper model, for that engine alone.
        moonshine_model: folder of Moonshine's files, where they are not in the wheel.
    """

    engine: Engine = "both"
    whisper_model: Path | None = None
    moonshine_model: Path | None = None


def choose_recogniser(
    settings: RecogniserSettings, vocabulary: Vocabulary
) -> tuple[Recogniser, list[str]]:
    """Prepare the engine that was chosen, or the next best that works; blocks for a second or two.

    Args:
        settings: the choice.
        vocabulary: of the live menu.

    Returns:
        The engine, and a sentence for each one that could not be used.

    Raises:
        RecogniserError: none works; orders can still be typed.
    """
    make: Mapping[Engine, Callable[[], Recogniser]] = {
        "both": lambda: BothRecogniser(settings.moonshine_model),
        "moonshine": lambda: MoonshineRecogniser(settings.moonshine_model),
        "pocketsphinx": PocketSphinxRecogniser,
        "whisper": lambda: WhisperRecogniser(settings.whisper_model),
    }
    notes: list[str] = []
    for engine in NEXT_BEST[settings.engine]:
        recogniser = make[engine]()
        try:
            recogniser.prepare(vocabulary)
            trial(recogniser)
        except RecogniserError as error:
            log.warning("%s cannot be used: %s", engine, error)
            notes.append(f"{engine}: {error}")
            continue
        if notes:
            notes.append(f"using {engine} instead")
        return recogniser, notes
    raise RecogniserError("no speech recogniser works; type the order. " + "; ".join(notes))


def trial(recogniser: Recogniser) -> None:
    """Let an engine decode half a second, so that a broken one is found now.

    Raises:
        RecogniserError: it fails.
    """
    utterance = recogniser.utterance()
    try:
        utterance.feed(_babble())
        utterance.finish()
    except (RuntimeError, ValueError, OSError) as error:
        raise RecogniserError(f"the self-test failed: {error}") from error


def _babble() -> Samples:
    """Make noise that swells as speech does, so that no gate keeps it from the engine."""
    noise = np.random.default_rng(0).normal(size=SAMPLE_RATE // 2)
    swell = np.sin(np.linspace(0, 4 * np.pi, len(noise))) ** 2
    return (noise * swell * 3000).clip(-32768, 32767).astype(np.int16)
