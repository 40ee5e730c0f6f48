"""How changes to an item are said: "no onions on the second burger", "one of them well done"."""

from __future__ import annotations

from voice_tui.core import phrases
from voice_tui.core.confidence import PARTIAL
from voice_tui.core.draft import DraftLine
from voice_tui.core.menu import MenuItem
from voice_tui.core.modifiers import Change, Way, change_at, spoken_way
from voice_tui.core.numbers import ORDINALS, number_at
from voice_tui.core.reader import Reader


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
    draft = reader.draft
    line = draft.rest if draft.rest in draft.lines else draft.focus
    if line is None:
        return False
    start = reader.at + reader.match(phrases.HAVE)
    number = number_at(reader.words, start)
    if number and 0 < number.value <= line.quantity:
        at = start + number.length
        at += reader.match(phrases.OF_THEM, at)
        found = _change(reader, at, line.item)
        if found is None:
            return False
        apart = draft.split(line, number.value)
        apart.change(found.name)
        draft.focus, draft.rest = apart, line
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
