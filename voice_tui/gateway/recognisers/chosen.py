"""The recogniser that the operator chose, found out when the menu is first known."""

from __future__ import annotations

from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.port import Recogniser, RecogniserError, Utterance
from voice_tui.gateway.recognisers.self_test import RecogniserSettings, choose_recogniser


class ChosenRecogniser:
    """Chooses at the first `prepare`, because engines are tried out with the live menu.

    Args:
        settings: what was chosen.
    """

    def __init__(self, settings: RecogniserSettings) -> None:
        self._settings = settings
        self._chosen: Recogniser | None = None
        self.notes: tuple[str, ...] = ()
        """A sentence for each engine that could not be used; known after the first `prepare`."""

    @property
    def name(self) -> str:
        """What the engine is called; the wish, as long as it is not tried."""
        return self._chosen.name if self._chosen is not None else self._settings.engine

    def prepare(self, vocabulary: Vocabulary) -> None:
        """Learn what is on the menu.

        Args:
            vocabulary: of the live menu.

        Raises:
            RecogniserError: no engine works.
        """
        if self._chosen is not None:
            self._chosen.prepare(vocabulary)
            return
        self._chosen, notes = choose_recogniser(self._settings, vocabulary)
        self.notes = tuple(notes)

    def utterance(self) -> Utterance:
        """Begin to listen.

        Raises:
            RecogniserError: `prepare` has not succeeded yet.
        """
        if self._chosen is None:
            raise RecogniserError("the recogniser is not ready yet")
        return self._chosen.utterance()
