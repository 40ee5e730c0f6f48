"""Turns what was said into calls, against the live menu, and never guesses.

Every word ends up in a piece that was understood, in a filler, or in an unmatched phrase that the
guest is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from voice_tui.core import (
    change_speech,
    confidence,
    cook_speech,
    corrections,
    details,
    item_speech,
    phrases,
)
from voice_tui.core.cart import Cart
from voice_tui.core.matcher import Matcher
from voice_tui.core.reader import Reader
from voice_tui.core.tools import CancelOrder, ConfirmOrder, ToolCall
from voice_tui.core.understood import PieceKind, Question, Reason, Understood
from voice_tui.core.utterance import MAX_WORDS, words_of

Rule = Callable[[Reader], bool]


def parse(text: str, matcher: Matcher, cart: Cart) -> Understood:
    """Understand an utterance.

    Args:
        text: what a recogniser heard, or somebody typed.
        matcher: of the live menu.
        cart: what was ordered before; corrections go there, and its open questions are answered.

    Returns:
        Calls that change the cart or the kitchen, and questions. No call at all when most of the
        words mean nothing here: talk that mentions a dish is not an order.
    """
    words = words_of(text)
    if not words:
        return Understood()
    reader = Reader(words, matcher, cart)
    if len(words) > MAX_WORDS or _is_talk(reader):
        reader.give_up_all()
    while not reader.ended:
        if not any(rule(reader) for rule in _RULES):
            reader.give_up()
    understood = reader.weight(PieceKind.UNDERSTOOD)
    unmatched = reader.strangeness()
    ordered = bool(reader.draft.new_lines or reader.found.calls)
    if not confidence.acts(understood, unmatched, ordered=ordered):
        if reader.weight(PieceKind.UNMATCHED):
            reader.give_up_all()
        return Understood((), _unmatched(reader), reader.pieces(), 0.0)
    questions = (*reader.found.questions, *_unmatched(reader))
    return Understood(
        _calls(reader, asking=bool(questions)),
        questions,
        reader.pieces(),
        confidence.confidence(reader.scores(), understood, unmatched),
    )


def _is_talk(reader: Reader) -> bool:
    """Tell talk from orders by how it begins; a cook's question is none."""
    if not reader.match(phrases.QUESTION):
        return False
    return not any(
        reader.match(pattern) for pattern in (phrases.ALL_DAY, phrases.HOW_MANY, phrases.OPENING)
    )


def _calls(reader: Reader, *, asking: bool) -> tuple[ToolCall, ...]:
    found = reader.found
    calls: list[ToolCall] = list(found.calls)
    if found.cancelled:
        calls.append(CancelOrder())
    changes = reader.draft.calls()
    calls += changes
    if found.confirms or found.review:
        # Agreed to is only what was shown before: not what was just said, nor what is unclear.
        review = bool(changes) or asking or found.cancelled or not reader.cart.lines
        calls.append(ConfirmOrder(review=review))
    return tuple(calls)


def _unmatched(reader: Reader) -> tuple[Question, ...]:
    questions: list[Question] = []
    for piece in reader.pieces():
        if piece.kind is PieceKind.UNMATCHED:
            short = len(piece.heard.split()) <= 4
            near = reader.matcher.suggestions(piece.heard) if short else ()
            names = tuple(item.name for item in near)
            questions.append(Question(piece.heard, Reason.UNMATCHED, names))
    return tuple(questions)


def _opening(reader: Reader) -> bool:
    return reader.pass_over(reader.match(phrases.OPENING))


def _cancel(reader: Reader) -> bool:
    length = reader.match(phrases.CANCEL)
    if not length:
        return False
    reader.found.cancelled = True
    reader.found.confirms = False
    reader.draft.clear()
    return reader.take(reader.at + length, "cancel the order")


def _confirm(reader: Reader) -> bool:
    length = reader.match(phrases.SEND) or reader.match(phrases.CLOSING)
    if not length and reader.at == 0:
        length = reader.match(phrases.AGREED)
    if not length:
        return False
    reader.found.confirms = True
    return reader.take(reader.at + length, "confirm")


def _filler(reader: Reader) -> bool:
    length = reader.match(phrases.FILLER)
    if not length and reader.words[reader.at] in phrases.FILLERS:
        length = 1
    return reader.pass_over(length)


_RULES: Final[tuple[Rule, ...]] = (
    cook_speech.stock,
    cook_speech.bump,
    cook_speech.recall,
    cook_speech.work,
    cook_speech.all_day,
    _cancel,
    _confirm,
    details.allergy,
    details.table,
    details.seat,
    details.name,
    details.order_type,
    corrections.swap,
    corrections.amend,
    corrections.rethink,
    corrections.remove,
    corrections.leave_out,
    corrections.instead_of,
    item_speech.again,
    item_speech.times,
    change_speech.change,
    _opening,
    item_speech.item,
    change_speech.part_of_line,
    _filler,
)
"""In this order: what is said with more words comes before what is said with fewer."""
