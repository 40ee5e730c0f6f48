"""A nudge towards the menu while an open-vocabulary model spells out what it hears.

Shallow fusion at the level of words, so that it does not depend on how a model cuts words into
pieces: a word that the menu makes likely here raises a hypothesis, letter by letter; a word that
the menu does not know costs nothing, so that other talk stays other talk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from voice_tui.core.vocabulary import spoken_words
from voice_tui.gateway.recognisers.language_model import BEGIN, END, Context, NgramModel

WEIGHT = 0.5
"""Share of the menu's log probability that counts (measured best on one voice, kept for all)."""
FLOOR = math.log(1e-4)
"""A word less likely than this gets nothing."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How far a hypothesis is spelled, and what the menu gave for it.

    Attributes:
        context: the last two words.
        word: the letters of the word under way.
        closed: what the finished words have been given.
        bonus: what it has been given in all, the word under way included.
    """

    context: Context = (BEGIN,)
    word: str = ""
    closed: float = 0.0
    bonus: float = 0.0


class MenuBonus:
    """Gives hypotheses what the menu makes of them.

    Args:
        model: n-grams of the live menu.
    """

    def __init__(self, model: NgramModel) -> None:
        self._model = model

    def extend(self, so_far: Spelling, text: str) -> Spelling:
        """Spell on.

        Args:
            so_far: the hypothesis.
            text: what the next piece adds, with its spaces.

        Returns:
            The longer hypothesis with its bonus.
        """
        context, word, closed = so_far.context, so_far.word, so_far.closed
        for letter in text.lower():
            if letter.isalnum() or letter == "'":
                word += letter
            elif word:
                context, closed = self._close(context, word, closed)
                word = ""
        return Spelling(context, word, closed, closed + self._partial(context, word))

    def end(self, so_far: Spelling) -> float:
        """Tell the bonus of a hypothesis that ends here."""
        context, closed = self._close(so_far.context, so_far.word, so_far.closed)
        return closed + _bonus(self._model.probability(END, context))

    def _close(self, context: Context, word: str, closed: float) -> tuple[Context, float]:
        for said in spoken_words(word):
            closed += _bonus(self._model.probability(said, context))
            context = (*context, said)[-2:]
        return context, closed

    def _partial(self, context: Context, word: str) -> float:
        if not word:
            return 0.0
        if word.isalpha() or "'" in word:
            return _bonus(self._model.prefix_probability(word, context))
        return self._close(context, word, 0.0)[1]


def _bonus(probability: float) -> float:
    if probability <= 0.0:
        return 0.0
    return WEIGHT * max(0.0, math.log(probability) - FLOOR)
