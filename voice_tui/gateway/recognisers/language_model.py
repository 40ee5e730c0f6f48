"""A word n-gram model of what is said around one menu, and its ARPA text for a decoder.

Sentences are drawn from the vocabulary's weighted phrases, counted, and smoothed by Witten and
Bell's method (1991): what a context was followed by many different words, may well be followed by
another one.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

from voice_tui.core.vocabulary import START, Phrase, Vocabulary, is_slot

ORDER = 3
BEGIN, END = "<s>", "</s>"
SENTENCES = 20_000
"""Sentences drawn: with 43 dishes each is met about 400 times; takes 0.3 s on one slow core."""

_SEED = 20_261_123
_UNIGRAM_FLOOR = 0.02
"""Share of the unigrams spread evenly, so that no word of the vocabulary is impossible."""
_LOG10_NEVER = -99.0

Context = tuple[str, ...]


class NgramModel:
    """Probabilities of words after up to two words.

    Args:
        vocabulary: the words, and the phrases they are said in.
        sentences: how many sentences to draw and count.
    """

    def __init__(self, vocabulary: Vocabulary, sentences: int = SENTENCES) -> None:
        self.words = tuple(sorted(vocabulary.words() | {END}))
        self._known = frozenset(self.words)
        self._counts: defaultdict[Context, Counter[str]] = defaultdict(Counter)
        draw = _Sentences(vocabulary)
        for _ in range(sentences):
            said = [BEGIN, *draw.one(), END]
            for at in range(1, len(said)):
                for length in range(ORDER):
                    if length <= at:
                        self._counts[tuple(said[at - length : at])][said[at]] += 1
        self._totals = {context: after.total() for context, after in self._counts.items()}
        self._spread: dict[Context, tuple[float, ...]] = {}

    def probability(self, word: str, context: Sequence[str]) -> float:
        """Tell how likely a word is.

        Args:
            word: one of `words`; any other has the probability 0.
            context: the words before it, oldest first; the last two count.

        Returns:
            0 to 1; over all words the sum is 1.
        """
        known = tuple(context)[-(ORDER - 1) :]
        while known and known not in self._totals:
            known = known[1:]
        if not known:
            return self._unigram(word)
        weight = self.backoff(known)
        total = self._totals[known]
        seen = self._counts[known][word] / total
        return (1 - weight) * seen + weight * self.probability(word, known[1:])

    def backoff(self, context: Context) -> float:
        """Tell the weight of the shorter context where this one does not know the word."""
        kinds = len(self._counts[context])
        return kinds / (kinds + self._totals[context])

    def prefix_probability(self, start: str, context: Sequence[str]) -> float:
        """Tell how likely the next word is one that begins with these letters."""
        known = tuple(context)[-(ORDER - 1) :]
        sums = self._spread.get(known)
        if sums is None:
            sums = (0.0, *accumulate(self.probability(word, known) for word in self.words))
            self._spread[known] = sums
        first = bisect_left(self.words, start)
        return sums[bisect_left(self.words, start + "\uffff", lo=first)] - sums[first]

    def arpa(self) -> str:
        """Write the model as an ARPA file's text, as PocketSphinx reads it."""
        grams = {length: self._section(length) for length in range(1, ORDER + 1)}
        head = "\n".join(f"ngram {length}={len(lines)}" for length, lines in grams.items())
        body = "\n\n".join(
            f"\\{length}-grams:\n" + "\n".join(lines) for length, lines in grams.items()
        )
        return f"\\data\\\n{head}\n\n{body}\n\n\\end\\\n"

    def _unigram(self, word: str) -> float:
        if word not in self._known:
            return 0.0
        seen = self._counts[()][word] / self._totals[()]
        return (1 - _UNIGRAM_FLOOR) * seen + _UNIGRAM_FLOOR / len(self.words)

    def _section(self, length: int) -> list[str]:
        if length == 1:
            entries = [((), word) for word in self.words]
        else:
            entries = sorted(
                (context, word)
                for context, after in self._counts.items()
                if len(context) == length - 1
                for word in after
            )
        lines = [self._line(context, word) for context, word in entries]
        if length == 1:
            lines.append(f"{_LOG10_NEVER}\t{BEGIN}\t{self._log_backoff((BEGIN,)):.4f}")
        return lines

    def _line(self, context: Context, word: str) -> str:
        gram = (*context, word)
        text = f"{math.log10(self.probability(word, context)):.4f}\t{' '.join(gram)}"
        if len(gram) < ORDER and gram in self._totals:
            return f"{text}\t{self._log_backoff(gram):.4f}"
        return text

    def _log_backoff(self, context: Context) -> float:
        return math.log10(self.backoff(context)) if context in self._totals else 0.0


class _Sentences:
    """Draws sentences from a vocabulary; the same ones each time."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._random = random.Random(_SEED)
        self._slots: dict[str, tuple[Sequence[Phrase], Sequence[float]]] = {
            name: (phrases, tuple(accumulate(phrase.weight for phrase in phrases)))
            for name, phrases in vocabulary.slots.items()
        }

    def one(self) -> list[str]:
        said: list[str] = []
        self._fill(START, said)
        return said

    def _fill(self, slot: str, said: list[str]) -> None:
        phrases, weights = self._slots[slot]
        for part in self._random.choices(phrases, cum_weights=weights)[0].parts:
            if is_slot(part):
                self._fill(part, said)
            else:
                said.append(part)
