"""Compares what was heard with what was said: the words, and the carts made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from benchmarks.voice_orders import OFF_MENU, Line, Spoken
from benchmarks.voice_run import Clip, EngineRun, Heard
from voice_tui.core.cart import Cart, hear
from voice_tui.core.matcher import Matcher
from voice_tui.core.menu import Menu
from voice_tui.core.parser import parse
from voice_tui.core.vocabulary import spoken_words

Order = tuple[Counter[Line], str | None]


@dataclass(frozen=True, slots=True)
class Score:
    """How one clip went.

    Attributes:
        clip: the clip.
        kind: of its sentence.
        text: what was heard.
        words: how many were said.
        errors: words wrong, missing or too many.
        right: the cart is exactly what was said.
        accepted: both engines agreed, and the parser had no question.
        final_seconds: from release to the text.
        partial_seconds: from the beginning of speech to the first words.
        cpu_seconds: of all engines.
    """

    clip: Clip
    kind: str
    text: str
    words: int
    errors: int
    right: bool
    accepted: bool
    final_seconds: float
    partial_seconds: float | None
    cpu_seconds: float


class Scorer:
    """Scores clips.

    Args:
        menu: of the orders.
        sentences: what was said.
    """

    def __init__(self, menu: Menu, sentences: Sequence[Spoken]) -> None:
        self._matcher = Matcher(menu)
        self._sentences = sentences

    def score(self, run: EngineRun) -> list[Score]:
        """Score each clip of an engine's run."""
        return [self._one(heard) for heard in run.heard]

    def _one(self, heard: Heard) -> Score:
        said = self._sentences[heard.clip.sentence]
        words = spoken_words(said.text)
        order, sure = self._order(heard.text)
        wanted = Counter({line: 1 for line in said.lines}), _label(said.table)
        anything = bool(order[0]) or order[1] is not None
        return Score(
            clip=heard.clip,
            kind=said.kind,
            text=heard.text,
            words=len(words),
            errors=Levenshtein.distance(words, heard.text.split()),
            right=not anything if said.kind == OFF_MENU else order == wanted,
            accepted=heard.agreed and sure and anything,
            final_seconds=heard.final_seconds,
            partial_seconds=heard.partial_seconds,
            cpu_seconds=heard.cpu_seconds,
        )

    def _order(self, text: str) -> tuple[Order, bool]:
        """Make a cart of words; tell too whether nothing was left to ask about."""
        empty = Cart("benchmark")
        understood = parse(text, self._matcher, empty)
        cart = hear(empty, understood, self._matcher).cart
        lines = Counter(
            Line(line.name, line.quantity, frozenset(one.name for one in line.modifiers))
            for line in cart.lines
        )
        return (lines, cart.table_number), not cart.open_questions


def _label(table: int | None) -> str | None:
    return None if table is None else str(table)
