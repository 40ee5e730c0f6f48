"""How items are said: "two large fries", "another one"."""

from __future__ import annotations

from typing import Final

from voice_tui.core import phrases
from voice_tui.core.confidence import HOMOPHONE, PARTIAL
from voice_tui.core.matcher import Found
from voice_tui.core.menu import MenuItem
from voice_tui.core.modifiers import Change, Way, change_at
from voice_tui.core.numbers import (
    HOMOPHONES,
    MAX_QUANTITY,
    Number,
    is_number,
    number_at,
    quantity_at,
)
from voice_tui.core.reader import Reader
from voice_tui.core.understood import Question, Reason

_PORTION_WORDS: Final = """
ounce ounces oz gram grams piece pieces inch inches
"""
_PORTIONS: Final = frozenset(_PORTION_WORDS.split())

_MOST_BEFORE: Final = 4
"""Words of size and kind before an item: "extra large medium rare"."""


def item(reader: Reader) -> bool:
    """Read a quantity, what kind, and an item."""
    start = reader.at
    exact = reader.item_at(start)
    number = quantity_at(reader.words, start)
    if exact and is_number(reader.words[start]) and exact.item:
        return _add(reader, None, [], exact, start)
    after = start + (number.length if number else 0)
    if number and _measure(reader, start):
        number, after = None, start
    after += reader.match(phrases.CONTAINER, after)
    after += _measure(reader, after)
    if number is None and after == start:
        number = _homophone(reader, start)
        after = start + (number.length if number else 0)
    before: list[Change] = []
    found, place = _after_kinds(reader, after, before, strict=number is None)
    if found is None:
        return False
    if number is None and before and _belongs_to_focus(reader, start, found):
        return False
    odd = place - after - sum(change.length for change in before)
    if odd:
        reader.take(after, "")
        reader.give_up(odd)
        start = reader.at
    return _add(reader, number, before, found, place)


def times(reader: Reader) -> bool:
    """Read "fries times two"."""
    length = reader.match(phrases.TIMES)
    number = number_at(reader.words, reader.at + length, homophones=True) if length else None
    line = reader.draft.focus
    if number is None or line is None or not 0 < number.value <= MAX_QUANTITY:
        return False
    if reader.item_at(reader.at + length + number.length):
        return False
    line.quantity = number.value
    return reader.take(reader.at + length + number.length, f"{number.value} {line.item.name}")


def again(reader: Reader) -> bool:
    """Read "another one", "one more": the same once more."""
    length = reader.match(phrases.AGAIN)
    line = reader.draft.focus
    if not length or line is None or reader.item_at(reader.at + length):
        return False
    if line.origin is None:
        line.quantity += 1
    else:
        reader.draft.add(line.item, 1, list(line.changes))
    return reader.take(reader.at + length, f"1 more {line.item.name}")


def _homophone(reader: Reader, at: int) -> Number | None:
    """Read "to burgers" as two: only before an item in the plural."""
    if reader.words[at] not in HOMOPHONES:
        return None
    found, place = _after_kinds(reader, at + 1, [], strict=True)
    if found is None or not reader.words[place + found.length - 1].endswith("s"):
        return None
    return number_at(reader.words, at, homophones=True)


def _after_kinds(
    reader: Reader, at: int, before: list[Change], *, strict: bool
) -> tuple[Found | None, int]:
    """Find an item after words that say of what kind: "large", "medium rare", "decaf".

    Args:
        reader: where we are.
        at: where the first of these words would be.
        before: takes the changes that these words are.
        strict: no word may stand between that is not understood.
    """
    for place in range(at, min(at + _MOST_BEFORE, len(reader.words) - 1) + 1):
        if place > at and reader.clause_end(at) <= place:
            break
        found = reader.item_at(place)
        if found is None:
            continue
        kinds = _kinds(reader, at, place, found)
        if kinds is not None:
            before.extend(kinds)
            return found, place
        odd = reader.words[at:place]
        if not strict and found.score >= PARTIAL and len(odd) == 1 and _may_be_odd(odd[0]):
            return found, place
        break
    return None, at


def _may_be_odd(word: str) -> bool:
    """Tell whether a word may stand before an item and mean nothing: "two crazy burgers"."""
    return len(word) > 2 and word not in phrases.FILLERS and not is_number(word)


def _measure(reader: Reader, at: int) -> int:
    """Count the words of a portion: "twelve ounce", which is no quantity."""
    number = number_at(reader.words, at)
    after = at + number.length if number else at
    if not number or reader.words[after : after + 1] == [] or reader.words[after] not in _PORTIONS:
        return 0
    return number.length + 1


def _kinds(reader: Reader, at: int, end: int, found: Found) -> list[Change] | None:
    kinds: list[Change] = []
    while at < end:
        kind = change_at(reader.words, at, end, found.items[0], reader.matcher.menu)
        if kind is None or kind.way is not Way.PLAIN:
            return None
        kinds.append(kind)
        at += kind.length
    return kinds


def _belongs_to_focus(reader: Reader, at: int, found: Found) -> bool:
    """Tell whether "medium" in "a burger medium fries" is rather the burger's."""
    line = reader.draft.focus
    if line is None:
        return False
    mine = change_at(reader.words, at, reader.clause_end(at), line.item, reader.matcher.menu)
    its = change_at(reader.words, at, reader.clause_end(at), found.items[0], reader.matcher.menu)
    return bool(mine and mine.listed and not (its and its.listed))


def _add(
    reader: Reader, number: Number | None, before: list[Change], found: Found, place: int
) -> bool:
    end = place + found.length
    if place > 0 and reader.words[place - 1] == "the":
        end += reader.match(phrases.THE_ONE, end)
    end += _measure(reader, end)
    names = tuple(item.name for item in found.items)
    heard = reader.heard(place, place + found.length)
    changes = [change.name for change in before]
    quantity = number.value if number else 1
    answered = _answered(reader, names)
    if answered and number is None:
        quantity, changes = answered.quantity, [*answered.modifications, *changes]
    chosen = [item for item in found.items if not answered or item.name in answered.candidates]
    reason = _refusal(chosen, quantity)
    meaning = f"{quantity} {' or '.join(item.name for item in chosen)}"
    score = found.score if number is None or number.sure else min(found.score, HOMOPHONE)
    if reason is not None:
        reader.ask(Question(heard, reason, names, quantity, tuple(changes)))
        reader.draft.focus = None
        return reader.take(end, f"{meaning}: {reason}", score)
    line = reader.draft.add(chosen[0], quantity, [found.implied] if found.implied else [])
    for name in changes:
        line.change(name)
    return reader.take(end, meaning, score)


def _answered(reader: Reader, names: tuple[str, ...]) -> Question | None:
    """Find the question of the last turn that this item answers."""
    for question in reader.cart.open_questions:
        if question.reason is Reason.WHICH_ITEM and set(names) & set(question.candidates):
            return question
    return None


def _refusal(items: list[MenuItem], quantity: int) -> Reason | None:
    if len(items) > 1:
        return Reason.WHICH_ITEM
    if not items[0].available:
        return Reason.SOLD_OUT
    return None if 0 < quantity <= MAX_QUANTITY else Reason.TOO_MANY
