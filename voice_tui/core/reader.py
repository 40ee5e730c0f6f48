"""Walks along an utterance, and keeps account of what every word was taken for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

from voice_tui.core import phrases
from voice_tui.core.cart import Cart
from voice_tui.core.draft import Draft
from voice_tui.core.matcher import Found, Matcher
from voice_tui.core.tools import ToolCall
from voice_tui.core.understood import Piece, PieceKind, Question
from voice_tui.core.utterance import Word


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: PieceKind
    start: int
    end: int
    meaning: str
    score: float


@dataclass(slots=True)
class _Findings:
    """What the rules add to, beside the draft."""

    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    questions: list[Question] = field(default_factory=list[Question])
    cancelled: bool = False
    confirms: bool = False
    review: bool = False


class Reader:
    """A place in an utterance; rules read at it and move it on.

    Args:
        words: the utterance.
        matcher: of the live menu.
        cart: as it is before the utterance.
    """

    def __init__(self, words: tuple[Word, ...], matcher: Matcher, cart: Cart) -> None:
        self.words = [word.text for word in words]
        self._pauses = [word.after_pause for word in words]
        self._text = " ".join(self.words)
        self._starts: list[int] = []
        place = 0
        for word in self.words:
            self._starts.append(place)
            place += len(word) + 1
        self.at = 0
        self.matcher = matcher
        self.cart = cart
        self.draft = Draft(cart, matcher)
        self.found = _Findings()
        self._marks: list[_Mark] = []

    @property
    def ended(self) -> bool:
        """No word is left."""
        return self.at >= len(self.words)

    def match(self, pattern: re.Pattern[str], at: int | None = None) -> int:
        """Count the words that a pattern takes; 0 when it does not fit."""
        found = self.groups(pattern, at)
        return 0 if found is None else len(found.group().split())

    def groups(self, pattern: re.Pattern[str], at: int | None = None) -> re.Match[str] | None:
        """Match a pattern at a place; None when it does not fit."""
        at = self.at if at is None else at
        if at >= len(self.words):
            return None
        return pattern.match(self._text, self._starts[at])

    def clause_end(self, at: int) -> int:
        """Find where the speaker pauses next after a place."""
        return next(
            (end for end in range(at + 1, len(self.words)) if self._pauses[end]), len(self.words)
        )

    def item_at(self, at: int) -> Found | None:
        """Find the item that is named at a place, within the clause."""
        if at >= len(self.words):
            return None
        return self.matcher.item_at(self.words, at, self.clause_end(at))

    def heard(self, start: int, end: int) -> str:
        """Give the words between two places."""
        return " ".join(self.words[start:end])

    def take(self, end: int, meaning: str, score: float = 1.0) -> bool:
        """Account for the words up to a place as understood; always true, for rules to return."""
        self._marks.append(_Mark(PieceKind.UNDERSTOOD, self.at, end, meaning, score))
        self.at = end
        return True

    def pass_over(self, length: int) -> bool:
        """Account for words as fillers; false when there are none."""
        if length:
            self._marks.append(_Mark(PieceKind.FILLER, self.at, self.at + length, "", 1.0))
            self.at += length
        return length > 0

    def give_up(self, length: int = 1) -> None:
        """Account for words as not understood."""
        end = min(self.at + length, len(self.words))
        self._marks.append(_Mark(PieceKind.UNMATCHED, self.at, end, "", 0.0))
        self.at = end

    def give_up_all(self) -> None:
        """Account for the whole utterance as not understood, whatever was made of it before."""
        self._marks.clear()
        self.at = 0
        self.give_up(len(self.words))

    def ask(self, question: Question) -> None:
        """Ask the guest."""
        self.found.questions.append(question)

    def weight(self, kind: PieceKind) -> int:
        """Count the words of a kind."""
        return sum(mark.end - mark.start for mark in self._marks if mark.kind is kind)

    def strangeness(self) -> int:
        """Weigh the words that were not understood: small ones nothing, those of a tale double."""
        strange = [
            self.words[at]
            for mark in self._marks
            if mark.kind is PieceKind.UNMATCHED
            for at in range(mark.start, mark.end)
            if self.words[at] not in phrases.FILLERS
        ]
        return len(strange) + sum(word in phrases.TALE for word in strange)

    def scores(self) -> list[float]:
        """List how sure each understood piece is."""
        return [mark.score for mark in self._marks if mark.kind is PieceKind.UNDERSTOOD]

    def pieces(self) -> tuple[Piece, ...]:
        """Give the account: neighbouring words that were not understood make one phrase."""
        made: list[Piece] = []
        for kind, run in groupby(self._marks, lambda mark: mark.kind):
            marks = list(run)
            if kind is PieceKind.UNDERSTOOD:
                made.extend(
                    Piece(kind, self.heard(mark.start, mark.end), mark.meaning, mark.score)
                    for mark in marks
                )
            else:
                score = 0.0 if kind is PieceKind.UNMATCHED else 1.0
                made.append(Piece(kind, self.heard(marks[0].start, marks[-1].end), "", score))
        return tuple(made)
