"""Runs one engine over clips, in a process of its own, so that its memory is its own."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.voice_sound import read_wav
from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.port import SAMPLE_RATE, Recogniser
from voice_tui.gateway.recognisers.self_test import (
    Engine,
    RecogniserSettings,
    choose_recogniser,
)

_BLOCK = SAMPLE_RATE // 50


@dataclass(frozen=True, slots=True)
class Clip:
    """A spoken sentence.

    Attributes:
        sentence: its place in the list of sentences.
        voice: who says it.
        natural: whether that voice is made of a person's recordings.
        condition: `"quiet"`, `"20 dB"` or `"10 dB"`.
        path: the sound.
        starts: seconds until the speech begins.
    """

    sentence: int
    voice: str
    natural: bool
    condition: str
    path: Path
    starts: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine made of a clip.

    Attributes:
        clip: the clip.
        text: its words.
        agreed: two engines heard them.
        confidence: 0 to 1.
        final_seconds: from the end of the audio to the text, by the wall's clock.
        partial_seconds: from the beginning of speech to the first words, if they came before
            the end: the audio's own time, and the computing on top.
        cpu_seconds: of all engines.
    """

    clip: Clip
    text: str
    agreed: bool
    confidence: float
    final_seconds: float
    partial_seconds: float | None
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class EngineRun:
    """What an engine made of all clips, and what it took."""

    engine: Engine
    heard: list[Heard]
    prepare_seconds: float
    resident_megabytes: float


def run_engine(
    settings: RecogniserSettings, vocabulary: Vocabulary, clips: Sequence[Clip]
) -> EngineRun | str:
    """Recognise all clips.

    Args:
        settings: the engine.
        vocabulary: of the menu.
        clips: what to hear.

    Returns:
        What was heard; or why the engine cannot be used.
    """
    before = time.perf_counter()
    recogniser, notes = choose_recogniser(settings, vocabulary)
    prepared = time.perf_counter() - before
    if notes:
        return "; ".join(notes)
    heard = [_hear(recogniser, clip) for clip in clips]
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return EngineRun(settings.engine, heard, prepared, resident)


def _hear(recogniser: Recogniser, clip: Clip) -> Heard:
    pcm = read_wav(clip.path)
    utterance = recogniser.utterance()
    partial: float | None = None
    for start in range(0, len(pcm), _BLOCK):
        began = time.perf_counter()
        words = utterance.feed(pcm[start : start + _BLOCK])
        at = (start + _BLOCK) / SAMPLE_RATE
        if words and partial is None and at > clip.starts:
            partial = at - clip.starts + time.perf_counter() - began
    released = time.perf_counter()
    found = utterance.finish()
    final = time.perf_counter() - released
    return Heard(
        clip, found.text, found.agreed, found.confidence, final, partial, found.cpu_seconds
    )
