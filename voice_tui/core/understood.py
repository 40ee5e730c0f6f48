"""What the parser made of an utterance: calls, questions, and an account of every word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice_tui.core.tools import ToolCall


class Reason(StrEnum):
    """Why the guest must be asked."""

    UNMATCHED = "unmatched"
    WHICH_ITEM = "which item"
    SOLD_OUT = "sold out"
    NOT_IN_ORDER = "not in the order"
    TOO_MANY = "too many"
    WHICH_ORDER = "which order"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that was heard and cannot be acted upon.

    Args:
        heard: the words, as they came.
        reason: why not.
        candidates: names of items that may be meant.
        quantity: how many were asked for, so that the answer need not repeat it.
        modifications: the changes that were asked for, likewise.
    """

    heard: str
    reason: Reason
    candidates: tuple[str, ...] = ()
    quantity: int = 1
    modifications: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The question as a sentence."""
        offered = _any_of(self.candidates)
        match self.reason:
            case Reason.UNMATCHED if offered:
                return f"I did not understand “{self.heard}”. Did you mean {offered}?"
            case Reason.UNMATCHED:
                return f"I did not understand “{self.heard}”."
            case Reason.WHICH_ITEM:
                return f"Which “{self.heard}”: {offered}?"
            case Reason.SOLD_OUT:
                return f"Sorry, we are out of {offered}."
            case Reason.NOT_IN_ORDER:
                return f"There is no {offered or self.heard} in the order."
            case Reason.TOO_MANY:
                return f"{self.quantity} {offered}? Please say how many again."
            case Reason.WHICH_ORDER:
                return f"“{self.heard}”: which order or table?"


class PieceKind(StrEnum):
    """What became of some words."""

    UNDERSTOOD = "understood"
    FILLER = "filler"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring words and what they were taken for.

    Args:
        kind: what became of them.
        heard: the words.
        meaning: what was understood, in words; empty when nothing was.
        score: how sure, 0 to 1.
    """

    kind: PieceKind
    heard: str
    meaning: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Understood:
    """An utterance, understood as far as it can be.

    Args:
        calls: what to do, in this order.
        questions: what to ask the guest.
        pieces: every word of the utterance, in order, each in exactly one piece.
        confidence: 0 to 1.
    """

    calls: tuple[ToolCall, ...] = ()
    questions: tuple[Question, ...] = ()
    pieces: tuple[Piece, ...] = ()
    confidence: float = 0.0

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The phrases that nothing was made of, as they were heard."""
        return tuple(piece.heard for piece in self.pieces if piece.kind is PieceKind.UNMATCHED)


def _any_of(names: tuple[str, ...]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
