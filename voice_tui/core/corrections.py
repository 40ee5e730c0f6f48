"""How guests take something back: "make that three", "no, scratch the fries"."""

from __future__ import annotations

from voice_tui.core import phrases
from voice_tui.core.confidence import PARTIAL
from voice_tui.core.draft import DraftLine
from voice_tui.core.modifiers import change_at, is_ingredient, spoken_way
from voice_tui.core.numbers import MAX_QUANTITY, ORDINALS, number_at, quantity_at
from voice_tui.core.reader import Reader
from voice_tui.core.understood import PieceKind, Question, Reason

_ARTICLES = frozenset({"the", "a", "an", "my", "that", "those", "all", "any"})


def remove(reader: Reader) -> bool:
    """Read "scratch the fries", "take the fries off", "scratch that"."""
    length = reader.match(phrases.REMOVE)
    if length:
        at = reader.at + length
        that = reader.match(phrases.IT, at)
        line = reader.draft.focus
        if line and (that or at == len(reader.words)) and not reader.item_at(at + that):
            name = line.item.name
            reader.draft.remove(line)
            return reader.take(at + that, f"no {name}")
        return _remove_named(reader, at)
    length = reader.match(phrases.TAKE_OFF)
    if length:
        at = _past_article(reader, reader.at + length)
        named = reader.item_at(at)
        off = reader.match(phrases.OFF, at + named.length) if named else 0
        if named and off:
            return _remove_named(reader, reader.at + length, off)
    return False


def leave_out(reader: Reader) -> bool:
    """Read "no fries" as taking fries back that are in the order."""
    if reader.words[reader.at] not in {"no", "without", "hold"}:
        return False
    at = _past_article(reader, reader.at + 1)
    named = reader.item_at(at)
    line = reader.draft.held(named)
    if named is None or line is None or (line.origin is None and line is reader.draft.focus):
        return False
    focus = reader.draft.focus
    if focus and focus is not line:
        offered = change_at(
            reader.words, reader.at, len(reader.words), focus.item, reader.matcher.menu
        )
        if offered and offered.listed:
            return False
    reader.draft.remove(line)
    return reader.take(at + named.length, f"no {line.item.name}", named.score)


def amend(reader: Reader) -> bool:
    """Read "make that three", "make it a sprite", "make it medium rare"."""
    length = reader.match(phrases.AMEND)
    line = reader.draft.focus
    if not length or line is None:
        return False
    return _put(reader, line, reader.at + length)


def rethink(reader: Reader) -> bool:
    """Read "actually two", "no three": only how many changes."""
    length = reader.match(phrases.RETHINK)
    line = reader.draft.focus
    if not length or line is None:
        return False
    at = reader.at + length
    number = number_at(reader.words, at)
    if number is None or not 0 < number.value <= MAX_QUANTITY:
        return False
    named = reader.item_at(at + number.length)
    if named:
        held = reader.draft.held(named)
        if held is None:
            return False
        line = held
    elif change_at(
        reader.words, at + number.length, len(reader.words), line.item, reader.matcher.menu
    ):
        return False
    line.quantity = number.value
    reader.draft.focus = line
    end = at + number.length + (named.length if named else 0)
    return reader.take(end, f"{number.value} {line.item.name}")


def swap(reader: Reader) -> bool:
    """Read "change the coke to a sprite", "change the fries to two"."""
    length = reader.match(phrases.REPLACE)
    if not length:
        return False
    at = _past_article(reader, reader.at + length)
    number = number_at(reader.words, at)
    at += number.length if number else 0
    named = reader.item_at(at)
    if named is None:
        return False
    line = reader.draft.held(named)
    start, at = at, at + named.length
    # "Make the burger three" has no joiner, "change the coke to a sprite" needs one.
    joiner = reader.match(phrases.INTO, at)
    if not joiner and reader.words[reader.at + length - 1] != "make":
        return False
    if line is None:
        names = tuple(item.name for item in named.items)
        reader.ask(Question(reader.heard(start, at), Reason.NOT_IN_ORDER, names))
        following = number_at(reader.words, at + joiner)
        return reader.take(at + joiner + (following.length if following else 0), "not in the order")
    return _put(reader, line, at + joiner, number.value if number else None)


def instead_of(reader: Reader) -> bool:
    """Read "a sprite instead of the coke", "with rice instead of green beans"."""
    length = reader.match(phrases.INSTEAD_OF)
    if not length:
        return False
    at = end = reader.at + length
    while end < len(reader.words) and is_ingredient(reader.words[end], reader.matcher.menu):
        end += 1
    named = reader.item_at(at)
    line = reader.draft.held(named)
    focus = reader.draft.focus
    if named and line and line is not focus:
        reader.draft.remove(line)
        return reader.take(at + named.length, f"no {line.item.name}", named.score)
    if end > at and focus and focus.changes:
        return reader.take(end, f"in place of {reader.heard(at, end)}", PARTIAL)
    if named is None:
        return False
    reader.give_up(length + named.length)
    return True


def _put(reader: Reader, line: DraftLine, at: int, some: int | None = None) -> bool:
    """Put a line another way: another number, another item, or a change to it."""
    words = reader.words
    number = quantity_at(words, at)
    after = at + number.length if number else _past_article(reader, at)
    named = reader.item_at(after)
    offered = (
        change_at(words, at, reader.clause_end(at), line.item, reader.matcher.menu)
        if at < len(words)
        else None
    )
    if offered is None and at < len(words) and words[at] in {"a", "an", "the"}:
        offered = change_at(words, after, reader.clause_end(after), line.item, reader.matcher.menu)
        at = after if offered else at
    if named and not (offered and (offered.listed or spoken_way(words, at)[1])):
        if number and reader.draft.held(named) is line:
            line.quantity = min(number.value, MAX_QUANTITY)
            return reader.take(after + named.length, f"{line.quantity} {line.item.name}")
        if named.item is None or not named.item.available:
            reason = Reason.WHICH_ITEM if named.item is None else Reason.SOLD_OUT
            names = tuple(item.name for item in named.items)
            reader.ask(Question(reader.heard(after, after + named.length), reason, names))
            return reader.take(after + named.length, f"{reason}", named.score)
        quantity = some or (number.value if number and number.value > 1 else line.quantity)
        reader.draft.remove(line, some)
        reader.draft.add(
            named.item, min(quantity, MAX_QUANTITY), [named.implied] if named.implied else []
        )
        meaning = f"{quantity} {named.item.name} for {line.item.name}"
        return reader.take(after + named.length, meaning, named.score)
    if offered:
        target = reader.draft.split(line, some) if some else line
        target.change(offered.name)
        return reader.take(at + offered.length, offered.name, offered.score)
    counted = number or number_at(words, at, homophones=True)
    if counted is None or (words[at] in {"a", "an"} and counted.value == 1):
        return False
    if counted.value > MAX_QUANTITY:
        reader.ask(Question(words[at], Reason.TOO_MANY, (line.item.name,), counted.value))
    elif counted.value == 0:
        reader.draft.remove(line)
    else:
        line.quantity = counted.value
        reader.draft.focus = line
    meaning = f"{counted.value} {line.item.name}"
    return reader.take(at + counted.length, meaning, 1.0 if counted.sure else 0.9)


def _remove_named(reader: Reader, at: int, off: int = 0) -> bool:
    number = quantity_at(reader.words, at)
    after = at + number.length if number else _past_article(reader, at)
    after += reader.match(phrases.CONTAINER, after) if number else 0
    place = ORDINALS.get(reader.words[after]) if after < len(reader.words) else None
    after += 1 if place is not None else 0
    named = reader.item_at(after)
    line = reader.draft.held(named)
    if named and line:
        if place is not None:
            line = reader.draft.unit(line.item.id, place) or line
        counted = number.value if number and reader.words[at] not in {"a", "an"} else None
        reader.draft.remove(line, counted)
        some = f"{counted} " if counted else ""
        return reader.take(after + named.length + off, f"no {some}{line.item.name}", named.score)
    focus = reader.draft.focus
    if focus:
        words = ["no", *reader.words[after:]]
        found = change_at(words, 0, len(words), focus.item, reader.matcher.menu)
        if found and (found.listed or named is None):
            focus.change(found.name)
            return reader.take(after + found.length - 1, found.name, found.score)
    if named is None or (not reader.weight(PieceKind.UNDERSTOOD) and not reader.draft.lines):
        return False
    names = tuple(item.name for item in named.items)
    heard = reader.heard(after, after + named.length)
    reader.ask(Question(heard, Reason.NOT_IN_ORDER, names))
    return reader.take(after + named.length + off, f"{heard}: not in the order", named.score)


def _past_article(reader: Reader, at: int) -> int:
    while at < len(reader.words) - 1 and reader.words[at] in _ARTICLES:
        at += 1
    return at
