"""PocketSphinx with a language model of the live menu: words appear while they are spoken.

The words shown meanwhile come from a quick pass. At the end the whole clip is decoded again, its
noise taken out and its mean spectrum known: 76 instead of 65 of 100 orders are right at 20 dB.

It knows no words but the vocabulary's, so that it hears an order in anything, also in talk about
the weather: its text alone must never be acted upon.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, cast

from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.energy import somebody_spoke
from voice_tui.gateway.recognisers.g2p import Phones, Pronouncer
from voice_tui.gateway.recognisers.language_model import NgramModel
from voice_tui.gateway.recognisers.noise import without_noise
from voice_tui.gateway.recognisers.port import (
    Abandoned,
    Recognised,
    RecogniserError,
    Samples,
)
from voice_tui.gateway.recognisers.recording import Recording

LONE_CONFIDENCE = 0.4
"""Always to be asked about: what is not on the menu sounds like the menu to this engine."""
MAX_IDLE_DECODERS = 2
"""Pairs of decoders kept for the next utterance; more sessions at once build their own."""

log = logging.getLogger("voice_tui.recognisers")


class _Hypothesis(Protocol):
    hypstr: str


class _Decoder(Protocol):
    """The part of the library's untyped decoder that is used here."""

    def start_utt(self) -> None: ...
    def process_raw(self, data: bytes, *, no_search: bool, full_utt: bool) -> int: ...
    def end_utt(self) -> None: ...
    def hyp(self) -> _Hypothesis | None: ...


class _Library(Protocol):
    def Decoder(self, **settings: str | bool) -> _Decoder: ...


def model_folder() -> Path:
    """Tell where the wheel keeps its English model.

    Raises:
        RecogniserError: the package is not installed, or has lost its model.
    """
    spec = importlib.util.find_spec("pocketsphinx")
    if spec is None or spec.origin is None:
        raise RecogniserError("PocketSphinx is not installed: pip install 'kds-tui[voice]'")
    folder = Path(spec.origin).parent / "model" / "en-us"
    if not (folder / "cmudict-en-us.dict").is_file() or not (folder / "en-us" / "mdef").is_file():
        raise RecogniserError(f"PocketSphinx has no English model in {folder}: reinstall it")
    return folder


def read_dictionary(path: Path) -> dict[str, tuple[Phones, ...]]:
    """Read a dictionary of the CMU's form: a word, its phones, `word(2)` for another reading."""
    known: dict[str, tuple[Phones, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        written, *phones = line.split()
        word = written.partition("(")[0]
        known[word] = (*known.get(word, ()), tuple(phones))
    return known


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu as the library reads it: its language model, and how its words are said."""

    arpa: str
    dictionary: str


@dataclass(frozen=True, slots=True)
class Decoders:
    """What one utterance needs.

    Attributes:
        menu: what they know.
        quick: tells words while they are spoken.
        thorough: decodes the whole clip at its end.
    """

    menu: Menu
    quick: _Decoder
    thorough: _Decoder


class PocketSphinxRecogniser:
    """Recognises with PocketSphinx; see the port for its methods."""

    name = "pocketsphinx"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._menu: Menu | None = None
        self._idle: list[Decoders] = []

    def prepare(self, vocabulary: Vocabulary, model: NgramModel | None = None) -> None:
        """Build the language model and the pronunciations, and load them once.

        Args:
            vocabulary: of the live menu.
            model: its n-grams, if they are there already.

        Raises:
            RecogniserError: the engine cannot be used.
        """
        model = model or NgramModel(vocabulary)
        dictionary = self._dictionary(model.words)
        menu = Menu(model.arpa(), dictionary)
        first = _load(menu)
        with self._lock:
            self._menu, self._idle = menu, [first]

    def utterance(self) -> PocketSphinxUtterance:
        """Begin to listen."""
        return PocketSphinxUtterance(self)

    def take(self) -> Decoders:
        """Lend decoders to one utterance."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
            menu = self._menu
        if menu is None:
            raise RecogniserError("PocketSphinx was not prepared with a menu")
        return _load(menu)

    def give_back(self, decoders: Decoders) -> None:
        """Keep decoders for the next utterance, unless the menu has changed meanwhile."""
        with self._lock:
            if decoders.menu is self._menu and len(self._idle) < MAX_IDLE_DECODERS:
                self._idle.append(decoders)

    def _dictionary(self, words: tuple[str, ...]) -> str:
        known = read_dictionary(model_folder() / "cmudict-en-us.dict")
        pronouncer = Pronouncer(known)
        lines: list[str] = []
        for word in words:
            if not word.startswith("<"):
                readings = pronouncer.pronounce(word)
                if not readings:
                    log.warning("no pronunciation for %r: it will not be heard", word)
                for place, phones in enumerate(readings, start=1):
                    mark = f"({place})" if place > 1 else ""
                    lines.append(f"{word}{mark} {' '.join(phones)}")
        return "\n".join(lines) + "\n"


def _load(menu: Menu) -> Decoders:
    library = cast(_Library, importlib.import_module("pocketsphinx"))
    with TemporaryDirectory(prefix="voice-tui-") as folder:
        model, dictionary = Path(folder) / "menu.arpa", Path(folder) / "menu.dict"
        model.write_text(menu.arpa, encoding="utf-8")
        dictionary.write_text(menu.dictionary, encoding="utf-8")
        common = {
            "hmm": str(model_folder() / "en-us"),
            "lm": str(model),
            "dict": str(dictionary),
            "loglevel": "FATAL",
        }
        try:
            return Decoders(
                menu,
                quick=library.Decoder(**common, fwdflat=False, bestpath=False),
                thorough=library.Decoder(**common, cmn="batch"),
            )
        except (RuntimeError, ValueError) as error:
            raise RecogniserError(f"PocketSphinx does not start: {error}") from error


class PocketSphinxUtterance:
    """One utterance; decoders are borrowed at its first block and given back at its end."""

    def __init__(self, owner: PocketSphinxRecogniser) -> None:
        self._owner = owner
        self._recording = Recording()
        self._decoders: Decoders | None = None
        self._partial = ""
        self._cpu = 0.0
        self._abandoned = threading.Event()

    def feed(self, pcm: Samples) -> str | None:
        """Take audio; tell the words so far if they changed."""
        pcm = self._recording.add(pcm)
        if not len(pcm) or self._abandoned.is_set():
            return None
        started = time.thread_time()
        if self._decoders is None:
            self._decoders = self._owner.take()
            self._decoders.quick.start_utt()
        self._decoders.quick.process_raw(pcm.tobytes(), no_search=False, full_utt=False)
        text = _text(self._decoders.quick)
        self._cpu += time.thread_time() - started
        if text == self._partial:
            return None
        self._partial = text
        return text

    def finish(self) -> Recognised:
        """Tell what was said in all."""
        started = time.thread_time()
        text = ""
        decoders, self._decoders = self._decoders, None
        if decoders is not None:
            decoders.quick.end_utt()
            pcm = self._recording.pcm()
            if not self._abandoned.is_set() and somebody_spoke(pcm):
                text = _whole(decoders.thorough, pcm)
            self._owner.give_back(decoders)
        if self._abandoned.is_set():
            raise Abandoned
        return Recognised(
            text=text,
            confidence=LONE_CONFIDENCE if text else 0.0,
            agreed=False,
            by_engine={"pocketsphinx": text},
            audio_seconds=self._recording.seconds,
            cpu_seconds=self._cpu + time.thread_time() - started,
        )

    def abandon(self) -> None:
        """Give up; the decoders go with the utterance, as another thread may be in them."""
        self._abandoned.set()


def _whole(decoder: _Decoder, pcm: Samples) -> str:
    decoder.start_utt()
    decoder.process_raw(without_noise(pcm).tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    return _text(decoder)


def _text(decoder: _Decoder) -> str:
    found = decoder.hyp()
    return found.hypstr if found is not None else ""
