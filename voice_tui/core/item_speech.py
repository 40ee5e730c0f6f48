"""How items and their changes are said: "two large fries", "one of them with no onions"."""

from __future__ import annotations

from typing import Final

from voice_tui.core import phrases
from voice_tui.core.confidence import HOMOPHONE, PARTIAL
from voice_tui.core.draft import DraftLine
from voice_tui.core.matcher import Found
from voice_tui.core.menu import MenuItem
from voice_tui.core.modifiers import Change, Way, change_at, spoken_way
from voice_tui.core.numbers import (
    HOMOPHONES,
    MAX_QUANTITY,
    ORDINALS,
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


def change(reader: Reader) -> bool:
    """Read a change to the item said last, or to one named right after."""
    ahead = _change_ahead(reader)
    if ahead:
        return _change_named(reader, *ahead)
    line = reader.draft.focus
    found = _change(reader, reader.at, line.item) if line else None
    if line is None or found is None:
        return _instead(reader) or _refused(reader)
    if strangers := _for_another(reader, reader.at + found.length):
        reader.give_up(found.length + strangers)
        return True
    if found.way is Way.PLAIN and _is_of_next(reader, found, reader.at + found.length):
        return False
    if found.way is Way.LEAVE_OUT and not found.listed:
        _, skip = spoken_way(reader.words, reader.at)
        held = reader.draft.held(reader.item_at(reader.at + skip))
        if held and held is not line:
            return False
    return _apply(reader, found, line)


def _is_of_next(reader: Reader, found: Change, at: int) -> bool:
    """Tell whether "large" in "a burger large fries" is rather of what follows."""
    following = reader.item_at(at)
    if following is None:
        return False
    words = reader.words
    its = change_at(words, reader.at, at, following.items[0], reader.matcher.menu)
    return not found.listed or bool(its and its.listed)


def _for_another(reader: Reader, at: int) -> int:
    """Count the words "on the cake" where no cake is in the order: the change is not for others."""
    joined = reader.match(phrases.ON_ITEM, at) if reader.words[at : at + 1] == ["on"] else 0
    named = reader.item_at(at + joined) if joined else None
    return joined + named.length if named and not reader.draft.held(named) else 0


def _instead(reader: Reader) -> bool:
    """Read "with a side salad instead of fries", where the fries come with the item."""
    line = reader.draft.focus
    at = reader.at + (1 if reader.words[reader.at] == "with" else 0)
    at += 1 if reader.words[at : at + 1] in (["a"], ["an"], ["the"]) else 0
    if line is None or at >= len(reader.words):
        return False
    menu = reader.matcher.menu
    found = change_at(reader.words, at, reader.clause_end(at), line.item, menu, Way.SWAP)
    if found is None or not found.listed:
        return False
    at += found.length
    of = reader.match(phrases.INSTEAD_OF, at)
    named = reader.item_at(at + of) if of else None
    if named is None or reader.draft.held(named):
        return False
    line.change(found.name)
    return reader.take(at + of + named.length, found.name, found.score)


def _refused(reader: Reader) -> bool:
    """Give up "no salmon" when nothing is there to leave it out of: never order it."""
    way, skip = spoken_way(reader.words, reader.at)
    named = reader.item_at(reader.at + skip) if way is Way.LEAVE_OUT else None
    if named is None or reader.draft.held(named):
        return False
    reader.give_up(skip + named.length)
    return True


def part_of_line(reader: Reader) -> bool:
    """Read "one with no onions" after two of something, or "both well done"."""
    line = reader.draft.focus
    if line is None:
        return False
    number = number_at(reader.words, reader.at)
    if number and 0 < number.value <= line.quantity:
        at = reader.at + number.length
        at += reader.match(phrases.OF_THEM, at)
        found = _change(reader, at, line.item)
        if found is None:
            return False
        apart = reader.draft.split(line, number.value)
        apart.change(found.name)
        reader.take(at + found.length, f"{number.value}: {found.name}", found.score)
        _go_on(reader, found, apart)
        return True
    each = reader.match(phrases.EACH)
    found = _change(reader, reader.at + each, line.item) if each else None
    if found is None:
        return False
    lines = reader.draft.new_lines
    for several in lines[-2:] if line.quantity == 1 and len(lines) > 1 else [line]:
        several.change(found.name)
    return reader.take(reader.at + each + found.length, found.name, found.score)


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


def _change(reader: Reader, at: int, item: MenuItem) -> Change | None:
    """Find a change, unless the words rather name another item."""
    if at >= len(reader.words):
        return None
    end = reader.clause_end(at)
    found = change_at(reader.words, at, end, item, reader.matcher.menu)
    if found is None:
        return None
    way, skip = spoken_way(reader.words, at)
    if way is Way.LEAVE_OUT:
        return found
    named = reader.item_at(at + skip)
    if named and named.length > found.length - skip:
        return None
    # "With a side salad" orders one, "with side salad" has it in place of what comes along.
    if named and named.score > PARTIAL and reader.words[at + skip - 1] in {"a", "an"}:
        return None
    if named and not found.listed and named.score > PARTIAL:
        return None
    return found


def _change_ahead(reader: Reader) -> tuple[Change, DraftLine, int] | None:
    """Find "no onions on the second burger", also where the burger is not what was said last."""
    for line in reversed(reader.draft.lines):
        found = _change(reader, reader.at, line.item)
        if found is None:
            continue
        at = reader.at + found.length
        joined = reader.match(phrases.ON_ITEM, at)
        if not joined:
            continue
        at += joined
        place = ORDINALS.get(reader.words[at]) if at < len(reader.words) else None
        at += 1 if place is not None else 0
        some = number_at(reader.words, at)
        if some and (of := reader.match(phrases.CONTAINER, at + some.length)):
            at += some.length + of
        else:
            some = None
        named = reader.item_at(at)
        target = reader.draft.held(named)
        if target is not None and named is not None:
            at += named.length
        elif length := reader.match(phrases.THE_ONE, at) or reader.match(phrases.IT, at):
            target = reader.draft.focus
            at += length
        elif place is None and reader.words[at - 1] in {"both", "all", "each", "that"}:
            target = reader.draft.focus
        if target is None:
            continue
        if place is not None:
            target = reader.draft.unit(target.item.id, place)
        elif some:
            target = reader.draft.split(target, some.value)
        better = (
            change_at(
                reader.words,
                reader.at,
                reader.clause_end(reader.at),
                target.item,
                reader.matcher.menu,
            )
            if target
            else None
        )
        if target and better:
            return better, target, at
    return None


def _change_named(reader: Reader, found: Change, line: DraftLine, end: int) -> bool:
    """Make a change to the line that was named after it."""
    line.change(found.name)
    reader.draft.focus = line
    return reader.take(end, f"{found.name}: {line.item.name}", found.score)


def _apply(reader: Reader, found: Change, line: DraftLine) -> bool:
    line.change(found.name)
    reader.take(reader.at + found.length, found.name, found.score)
    _go_on(reader, found, line)
    return True


def _go_on(reader: Reader, found: Change, line: DraftLine) -> None:
    """Read on in "no onions or pickles", as long as the words fit the item."""
    while not reader.ended and found.way is not Way.PLAIN:
        joiner = reader.words[reader.at]
        if joiner not in {"and", "or", "nor"}:
            return
        at = reader.at + 1
        end = reader.clause_end(at)
        following = change_at(reader.words, at, end, line.item, reader.matcher.menu, found.way)
        if following is None or (not following.listed and joiner == "and"):
            return
        if reader.match(phrases.ALLERGY, at + following.length):
            return
        named = reader.item_at(at)
        if named and (
            named.length > following.length or (named.score > PARTIAL and joiner == "and")
        ):
            return
        line.change(following.name)
        reader.take(at + following.length, following.name, following.score)
        found = following


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
