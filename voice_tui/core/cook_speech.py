"""What cooks say: "bump order forty two", "eighty six the salmon", "how many burgers all day"."""

from __future__ import annotations

from voice_tui.core import phrases
from voice_tui.core.matcher import Found
from voice_tui.core.numbers import label_at, quantity_at
from voice_tui.core.reader import Reader
from voice_tui.core.tools import (
    ALL_TICKETS,
    BumpOrder,
    MarkUnavailable,
    RecallOrder,
    TicketWork,
    WhatIsAllDay,
    WorkOnTicket,
)
from voice_tui.core.understood import Question, Reason


def bump(reader: Reader) -> bool:
    """Read "bump table five", "order forty two is ready"."""
    length = reader.match(phrases.BUMP)
    explicit = length and reader.words[reader.at + length - 1] not in {"mark", "finish", "complete"}
    opened = length or reader.match(phrases.ORDER_UP)
    target, end = _ticket(reader, reader.at + opened, bare=bool(opened))
    if target is not None:
        ready = reader.match(phrases.DONE if length else phrases.IS_UP, end)
        if not opened and not ready:
            return False
        if (
            length
            and not explicit
            and "mark" in reader.heard(reader.at, reader.at + length)
            and not ready
        ):
            return False
        reader.found.calls.append(BumpOrder(*target))
        return reader.take(end + ready, f"bump {_wording(target)}")
    if length and (reader.match(phrases.LAST, end) or end == len(reader.words)):
        stop = end + reader.match(phrases.LAST, end)
        reader.ask(Question(reader.heard(reader.at, stop), Reason.WHICH_ORDER))
        return reader.take(stop, "bump: which order?")
    return False


def recall(reader: Reader) -> bool:
    """Read "recall the last one", "bring back order nine"."""
    length = reader.match(phrases.RECALL)
    if not length:
        return False
    target, end = _ticket(reader, reader.at + length, bare=True)
    if target is not None:
        reader.found.calls.append(RecallOrder(*target))
        return reader.take(end, f"recall {_wording(target)}")
    last = reader.match(phrases.LAST, end)
    if not last and end < len(reader.words):
        return False
    reader.found.calls.append(RecallOrder())
    return reader.take(end + last, "recall the last one")


def work(reader: Reader) -> bool:
    """Read "rush table twelve", "fire the mains on table five", "start four twelve", "hold it"."""
    for name, pattern in phrases.WORK.items():
        length = reader.match(pattern)
        if length:
            return _work(reader, TicketWork(name), reader.at + length)
    return False


def _work(reader: Reader, action: TicketWork, at: int) -> bool:
    this_one = reader.match(phrases.THIS_ONE, at)
    if this_one:
        reader.found.calls.append(WorkOnTicket(action))
        return reader.take(at + this_one, f"{action} the selected ticket")
    every_one = reader.match(phrases.ALL_TICKETS, at)
    if every_one and action is TicketWork.ACKNOWLEDGE:
        reader.found.calls.append(WorkOnTicket(action, part=ALL_TICKETS))
        return reader.take(at + every_one, "acknowledge all")
    part, after = _part(reader, at)
    after += reader.match(phrases.OF_TICKET, after) if part else 0
    # "hold two" may go on with "burgers": a number alone is a ticket's only after other verbs.
    bare = part is None and action is not TicketWork.HOLD
    target, end = _ticket(reader, after, bare=bare)
    if target is None:
        return False
    if part is None:
        end += reader.match(phrases.OF_TICKET, end)
        part, end = _course(reader, end)
    reader.found.calls.append(WorkOnTicket(action, *target, part))
    what = f"{part} of {_wording(target)}" if part else _wording(target)
    return reader.take(end, f"{action} {what}")


def _part(reader: Reader, at: int) -> tuple[str | None, int]:
    """Read the course or the item before the ticket: "the mains", "the salmon"."""
    part, end = _course(reader, at)
    if part is not None:
        return part, end
    start = at + (reader.words[at : at + 1] == ["the"])
    named = reader.item_at(start)
    if named is None or named.item is None:
        return None, at
    return named.item.name, start + named.length


def _course(reader: Reader, at: int) -> tuple[str | None, int]:
    found = reader.groups(phrases.COURSE, at)
    if found is None:
        return None, at
    said = next(value for value in found.groupdict().values() if value)
    return said, at + len(found.group().split())


def stock(reader: Reader) -> bool:
    """Read "eighty six the salmon", "we're out of salmon", "the salmon is back"."""
    for pattern, available in (
        (phrases.BACK_ON, True),
        (phrases.EIGHTY_SIX, False),
        (phrases.OUT_OF, False),
    ):
        length = reader.match(pattern)
        named = reader.item_at(reader.at + length) if length else None
        if named:
            end = reader.at + length + named.length
            end += reader.match(phrases.IS_BACK if available else phrases.IS_OUT, end)
            return _mark(reader, named, end - named.length, end, available=available)
    start = reader.at + reader.match(phrases.MARK)
    start += 1 if reader.words[start : start + 1] == ["the"] else 0
    named = reader.item_at(start)
    if named is None:
        return False
    end = start + named.length
    for pattern, available in ((phrases.IS_OUT, False), (phrases.IS_BACK, True)):
        length = reader.match(pattern, end)
        if length:
            return _mark(reader, named, start, end + length, available=available)
    return False


def all_day(reader: Reader) -> bool:
    """Read "how many burgers all day", "what's all day"."""
    length = reader.match(phrases.ALL_DAY)
    if length:
        reader.found.calls.append(WhatIsAllDay())
        return reader.take(reader.at + length, "all day")
    length = reader.match(phrases.HOW_MANY)
    start = reader.at + length
    named = reader.item_at(start)
    if named is None:
        return False
    end = start + named.length
    tail = reader.match(phrases.ALL_DAY_TAIL, end)
    if not length and not reader.heard(end, end + tail).startswith("all day"):
        return False
    if named.item is None:
        names = tuple(item.name for item in named.items)
        reader.ask(Question(reader.heard(start, end), Reason.WHICH_ITEM, names))
        return reader.take(end + tail, "all day: which item?", named.score)
    reader.found.calls.append(WhatIsAllDay(named.item.name))
    return reader.take(end + tail, f"all day: {named.item.name}", named.score)


def _mark(reader: Reader, named: Found, start: int, end: int, *, available: bool) -> bool:
    if named.item is None:
        heard = " ".join(reader.words[start : start + named.length])
        names = tuple(item.name for item in named.items)
        reader.ask(Question(heard, Reason.WHICH_ITEM, names))
        return reader.take(end, "out of stock: which item?", named.score)
    reader.found.calls.append(MarkUnavailable(named.item.name, available))
    state = "back in stock" if available else "out of stock"
    return reader.take(end, f"{named.item.name}: {state}", named.score)


def _ticket(
    reader: Reader, at: int, *, bare: bool
) -> tuple[tuple[str | None, str | None] | None, int]:
    """Read "order forty two", "table five", or with `bare` the number alone.

    Returns:
        The order and the table, of which one is None, and where the words end.
    """
    found = reader.groups(phrases.TICKET, at)
    after = at + (len(found.group().split()) if found else 0)
    label = label_at(reader.words, after) if found or bare else None
    if label is None:
        return None, at
    if not found and not quantity_at(reader.words, after):
        return None, at
    digits, length = label
    if reader.item_at(after + length):
        return None, at
    end = after + length
    # Order numbers are often read digit by digit: "one four two".
    while end < len(reader.words) and len(digits) < 6:
        more = label_at(reader.words, end) if quantity_at(reader.words, end) else None
        if more is None or reader.words[end] in {"a", "an", "another"}:
            break
        digits, end = digits + more[0], end + more[1]
    is_table = found is not None and found.group("what").startswith("table")
    return ((None, digits) if is_table else (digits, None)), end


def _wording(target: tuple[str | None, str | None]) -> str:
    order, table = target
    return f"order {order}" if order else f"table {table}"
