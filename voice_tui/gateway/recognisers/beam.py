"""Beam search: the likeliest text, by what was heard and by what the menu makes of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from voice_tui.gateway.recognisers.fusion import MenuBonus, Spelling
from voice_tui.gateway.recognisers.moonshine_model import (
    BEGIN_TOKEN,
    END_TOKEN,
    Heard,
    MoonshineModel,
)

WIDTH = 4
"""Hypotheses kept; 8 gains 2 points of exact orders and costs half as much again."""
TOKENS_PER_SECOND = 6.5
"""Moonshine's own bound against texts that go round in circles; orders have about 3."""

_TRIED = 24
"""Next tokens of a hypothesis that the menu may raise."""
_MARGIN = 24
"""Tokens that any clip may have on top: "eighty six" is said fast."""


class Path(NamedTuple):
    """A hypothesis: its tokens, the row it has in the model's memory, and its scores."""

    tokens: tuple[int, ...]
    row: int
    acoustic: float
    spelling: Spelling

    @property
    def score(self) -> float:
        """What was heard and what the menu gave, as a logarithm."""
        return self.acoustic + self.spelling.bonus


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, and the mean probability of its tokens by ear alone."""

    text: str
    confidence: float


def search(
    model: MoonshineModel,
    heard: Heard,
    bonus: MenuBonus,
    seconds: float,
    check: Callable[[], None],
) -> Decoded:
    """Find the best text of an encoded clip.

    Args:
        model: makes the next step.
        heard: the clip.
        bonus: what the menu gives.
        seconds: the clip's length.
        check: called at each step; raises when nobody wants the text any more.

    Returns:
        The text as the model writes it, with capitals and stops.
    """
    alive = [Path((BEGIN_TOKEN,), 0, 0.0, Spelling())]
    ended: Path | None = None
    for _ in range(int(seconds * TOKENS_PER_SECOND) + _MARGIN):
        check()
        logs, heard = model.step(
            heard, [path.tokens[-1] for path in alive], [path.row for path in alive]
        )
        longer: list[Path] = []
        for row, (path, row_logs) in enumerate(zip(alive, logs, strict=True)):
            for token in map(int, np.argpartition(row_logs, -_TRIED)[-_TRIED:]):
                acoustic = path.acoustic + float(row_logs[token])
                if token == END_TOKEN:
                    spelling = Spelling(bonus=bonus.end(path.spelling))
                    whole = Path((*path.tokens, token), row, acoustic, spelling)
                    if ended is None or whole.score > ended.score:
                        ended = whole
                else:
                    spelling = bonus.extend(path.spelling, model.pieces[token])
                    longer.append(Path((*path.tokens, token), row, acoustic, spelling))
        alive = sorted(longer, key=lambda path: -path.score)[:WIDTH]
        if ended is not None and ended.score >= alive[0].score:
            break
    best = ended or alive[0]
    text = "".join(model.pieces[token] for token in best.tokens[1:]).strip()
    return Decoded(text, math.exp(best.acoustic / max(1, len(best.tokens) - 1)))
