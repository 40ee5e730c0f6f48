"""Two engines on the same words: where they agree, the words may be trusted.

PocketSphinx hears the menu in everything, Moonshine hears anything: they are wrong in different
ways, so that agreement is what confidence is made of.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.agreement import AGREED, RELATED, same_order, similarity
from voice_tui.gateway.recognisers.language_model import NgramModel
from voice_tui.gateway.recognisers.moonshine import MoonshineRecogniser, MoonshineUtterance
from voice_tui.gateway.recognisers.pocketsphinx import (
    PocketSphinxRecogniser,
    PocketSphinxUtterance,
)
from voice_tui.gateway.recognisers.port import Recognised, RecogniserError, Samples

log = logging.getLogger("voice_tui.recognisers")


class BothRecogniser:
    """Recognises with both and compares; see the port for its methods.

    Args:
        moonshine: folder of Moonshine's model files; the installed wheel's if not given.
    """

    name = "both"

    def __init__(self, moonshine: Path | None = None) -> None:
        self._menu = PocketSphinxRecogniser()
        self._open = MoonshineRecogniser(moonshine)
        self._known: frozenset[str] = frozenset()

    def prepare(self, vocabulary: Vocabulary) -> None:
        """Prepare both with one language model.

        Raises:
            RecogniserError: one of them cannot be used.
        """
        model = NgramModel(vocabulary)
        self._open.prepare(vocabulary, model)
        self._menu.prepare(vocabulary, model)
        self._known = vocabulary.words()

    def utterance(self) -> BothUtterance:
        """Begin to listen."""
        return BothUtterance(self._menu.utterance(), self._open.utterance(), self._known)


class BothUtterance:
    """One utterance in both engines.

    Args:
        menu: tells words while they are spoken.
        open_: decodes at the end, beside the other, in a thread that ends with it.
        known: the words of the menu's vocabulary.
    """

    def __init__(
        self, menu: PocketSphinxUtterance, open_: MoonshineUtterance, known: frozenset[str]
    ) -> None:
        self._menu = menu
        self._open = open_
        self._known = known

    def feed(self, pcm: Samples) -> str | None:
        """Take audio; tell the words so far if they changed."""
        self._open.feed(pcm)
        return self._menu.feed(pcm)

    def finish(self) -> Recognised:
        """Tell what was said in all, and whether both heard it."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="moonshine") as pool:
            running = pool.submit(self._open.finish)
            menu = self._menu.finish()
            try:
                open_ = running.result()
            except RecogniserError as error:
                log.warning("one engine alone heard this, so it must be asked about: %s", error)
                return menu
        return compare(menu, open_, self._known)

    def abandon(self) -> None:
        """Give up in both."""
        self._menu.abandon()
        self._open.abandon()


def compare(menu: Recognised, open_: Recognised, known: frozenset[str]) -> Recognised:
    """Make one result of two.

    Args:
        menu: of the engine that knows the menu alone.
        open_: of the engine that knows English.
        known: the words of the menu's vocabulary.

    Returns:
        The menu engine's text where both are alike; confidence is under 0.5 where they did not
        agree. Else the open engine's, where it is of known words alone, so that nothing was
        misspelled, or where the two are unrelated: somebody spoke of something else.
    """
    alike = similarity(menu.text, open_.text)
    agreed = bool(menu.text and open_.text) and same_order(menu.text, open_.text)
    misspelled = alike >= RELATED and not known.issuperset(open_.text.split())
    menu_text = alike >= AGREED or misspelled
    confidence = alike / 100 if agreed else min(0.49, alike / 200)
    return Recognised(
        text=menu.text if menu_text else open_.text,
        confidence=confidence if open_.text else 0.0,
        agreed=agreed,
        by_engine={**menu.by_engine, **open_.by_engine},
        audio_seconds=max(menu.audio_seconds, open_.audio_seconds),
        cpu_seconds=menu.cpu_seconds + open_.cpu_seconds,
    )
