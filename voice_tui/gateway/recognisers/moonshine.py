"""Moonshine tiny-en, decoded here so that the menu can raise what it makes likely.

It hears any English, so that its mistakes are visible: other talk comes out as other talk.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from voice_tui.core.vocabulary import Vocabulary, spoken_words
from voice_tui.gateway.recognisers.beam import search
from voice_tui.gateway.recognisers.energy import somebody_spoke
from voice_tui.gateway.recognisers.fusion import MenuBonus
from voice_tui.gateway.recognisers.language_model import NgramModel
from voice_tui.gateway.recognisers.moonshine_files import check_files, moonshine_folder
from voice_tui.gateway.recognisers.moonshine_model import MoonshineModel
from voice_tui.gateway.recognisers.noise import without_noise
from voice_tui.gateway.recognisers.port import (
    Abandoned,
    Recognised,
    RecogniserError,
    Samples,
)
from voice_tui.gateway.recognisers.recording import Recording


class MoonshineRecogniser:
    """Recognises with Moonshine; see the port for its methods.

    Args:
        folder: of its model files; the installed wheel's if not given.
    """

    name = "moonshine"

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._model: MoonshineModel | None = None
        self._bonus: MenuBonus | None = None

    def prepare(self, vocabulary: Vocabulary, model: NgramModel | None = None) -> None:
        """Load the model once, and learn the menu.

        Args:
            vocabulary: of the live menu.
            model: its n-grams, if they are there already.

        Raises:
            RecogniserError: a file is missing or another one, or does not load.
        """
        if self._model is None:
            folder = self._folder or moonshine_folder()
            check_files(folder)
            self._model = MoonshineModel(folder)
        self._bonus = MenuBonus(model or NgramModel(vocabulary))

    def utterance(self) -> MoonshineUtterance:
        """Begin to listen."""
        if self._model is None or self._bonus is None:
            raise RecogniserError("Moonshine was not prepared with a menu")
        return MoonshineUtterance(self._model, self._bonus)


class MoonshineUtterance:
    """One utterance: gathered whole, and decoded at its end."""

    def __init__(self, model: MoonshineModel, bonus: MenuBonus) -> None:
        self._model = model
        self._bonus = bonus
        self._recording = Recording()
        self._abandoned = threading.Event()

    def feed(self, pcm: Samples) -> str | None:
        """Take audio; this engine tells nothing before the end."""
        self._recording.add(pcm)
        return None

    def finish(self) -> Recognised:
        """Tell what was said in all."""
        started = time.thread_time()
        pcm = self._recording.pcm()
        text, confidence = "", 0.0
        if somebody_spoke(pcm):
            heard = self._model.encode(without_noise(pcm))
            found = search(self._model, heard, self._bonus, self._recording.seconds, self._check)
            text, confidence = " ".join(spoken_words(found.text)), found.confidence
        self._check()
        return Recognised(
            text=text,
            confidence=confidence if text else 0.0,
            agreed=False,
            by_engine={"moonshine": text},
            audio_seconds=self._recording.seconds,
            cpu_seconds=time.thread_time() - started,
        )

    def abandon(self) -> None:
        """Give up: the search ends at its next step."""
        self._abandoned.set()

    def _check(self) -> None:
        if self._abandoned.is_set():
            raise Abandoned
