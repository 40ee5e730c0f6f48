"""faster-whisper, where an operator has installed it and gives the path of a model.

Five times the CPU of the other two; the best of them on ways to order that no grammar foresaw.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from voice_tui.core.vocabulary import Vocabulary, spoken_words
from voice_tui.gateway.recognisers.energy import somebody_spoke
from voice_tui.gateway.recognisers.engine_import import import_engine
from voice_tui.gateway.recognisers.port import Abandoned, Recognised, RecogniserError, Samples
from voice_tui.gateway.recognisers.recording import Recording

BEAM = 5
PROMPT_WORDS = 150
"""Words of the menu that fit before the audio: the model reads 224 tokens."""
_TOKENS_PER_SECOND = 8
"""A clip once came out as "0.0.0." without end."""


class _Segment(Protocol):
    text: str
    avg_logprob: float


class _Model(Protocol):
    def transcribe(
        self,
        audio: NDArray[np.float32],
        *,
        language: str,
        beam_size: int,
        initial_prompt: str,
        condition_on_previous_text: bool,
        without_timestamps: bool,
        max_new_tokens: int,
    ) -> tuple[Iterable[_Segment], object]: ...


class _Library(Protocol):
    def WhisperModel(
        self, path: str, *, device: str, compute_type: str, cpu_threads: int, local_files_only: bool
    ) -> _Model: ...


class WhisperRecogniser:
    """Recognises with faster-whisper; see the port for its methods.

    Args:
        folder: of a model converted for it; none is ever fetched.
    """

    name = "whisper"

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._model: _Model | None = None
        self._prompt = ""

    def prepare(self, vocabulary: Vocabulary) -> None:
        """Load the model once, and learn the menu's words.

        Raises:
            RecogniserError: the package or the model is not there.
        """
        if self._model is None:
            if self._folder is None or not (self._folder / "model.bin").is_file():
                raise RecogniserError(f"whisper needs the path of a model folder: {self._folder}")
            try:
                library = cast(_Library, import_engine("faster_whisper"))
                self._model = library.WhisperModel(
                    str(self._folder),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=1,
                    local_files_only=True,
                )
            except ImportError as error:
                raise RecogniserError(
                    "faster-whisper is not installed: pip install faster-whisper"
                ) from error
            except (RuntimeError, ValueError, OSError) as error:
                raise RecogniserError(f"whisper's model does not load: {error}") from error
        dishes = [" ".join(phrase.parts) for phrase in vocabulary.slots.get("<one>", ())]
        self._prompt = " ".join(", ".join(dishes).split()[:PROMPT_WORDS])

    def utterance(self) -> WhisperUtterance:
        """Begin to listen."""
        if self._model is None:
            raise RecogniserError("whisper was not prepared with a menu")
        return WhisperUtterance(self._model, self._prompt)


class WhisperUtterance:
    """One utterance: gathered whole, and decoded at its end."""

    def __init__(self, model: _Model, prompt: str) -> None:
        self._model = model
        self._prompt = prompt
        self._recording = Recording()
        self._abandoned = threading.Event()

    def feed(self, pcm: Samples) -> str | None:
        """Take audio; this engine tells nothing before the end."""
        self._recording.add(pcm)
        return None

    def finish(self) -> Recognised:
        """Tell what was said in all."""
        started = time.process_time()
        pcm = self._recording.pcm()
        said: list[str] = []
        logs: list[float] = []
        if somebody_spoke(pcm):
            segments, _ = self._model.transcribe(
                pcm.astype(np.float32) / np.float32(32768),
                language="en",
                beam_size=BEAM,
                initial_prompt=self._prompt,
                condition_on_previous_text=False,
                without_timestamps=True,
                max_new_tokens=16 + int(self._recording.seconds * _TOKENS_PER_SECOND),
            )
            for segment in segments:
                if self._abandoned.is_set():
                    raise Abandoned
                said += spoken_words(segment.text)
                logs.append(segment.avg_logprob)
        text = " ".join(said)
        return Recognised(
            text=text,
            confidence=math.exp(min(logs)) if text else 0.0,
            agreed=False,
            by_engine={"whisper": text},
            audio_seconds=self._recording.seconds,
            cpu_seconds=time.process_time() - started,
        )

    def abandon(self) -> None:
        """Give up: the decoding ends after the segment under way."""
        self._abandoned.set()
