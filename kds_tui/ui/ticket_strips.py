"""A ticket as lines of text: what stands on a card, and in which style.

Pure functions: a ticket and a width in, lines out. The grid turns them into strips, in the colours
of the theme, and keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

from kds_tui.core.clock import Urgency, UrgencyRules, format_age
from kds_tui.core.order import (
    Item,
    Modifier,
    ModifierKind,
    Order,
    OrderStatus,
    OrderType,
    mentions_allergy,
)
from kds_tui.core.tickets import Ticket

ELLIPSIS: Final = "…"

MAX_LINES: Final = 400
"""Most lines of a ticket that are shown: a banquet of a hundred items has fewer, and more would
push every other ticket pages away. The last one says what is missing."""

MAX_ALLERGIES: Final = 50
"""Most allergies that the top of a ticket names."""


class Role(StrEnum):
    """What a piece of text is; the style sheet has a `grid--<role>` for each."""

    TEXT = "text"
    MUTED = "muted"
    ITEM = "item"
    ALLERGY = "allergy"
    REMOVAL = "removal"
    ADDITION = "addition"
    OTHER = "other"
    NOTE = "note"


Span = tuple[str, Role]
Line = tuple[Span, ...]
"""One line of a card's body; shorter than the card or just as wide."""

_MODIFIERS: Final[dict[ModifierKind, tuple[str, Role]]] = {
    ModifierKind.ALLERGY: ("! ALLERGY: ", Role.ALLERGY),
    ModifierKind.REMOVAL: ("- ", Role.REMOVAL),
    ModifierKind.ADDITION: ("+ ", Role.ADDITION),
    ModifierKind.SUBSTITUTION: ("= ", Role.ADDITION),
    ModifierKind.TEMPERATURE: ("~ ", Role.OTHER),
    ModifierKind.OTHER: ("· ", Role.OTHER),
}

TYPE_WORDS: Final[dict[OrderType, str]] = {
    OrderType.DINE_IN: "DINE-IN",
    OrderType.TAKEOUT: "TAKEOUT",
    OrderType.DELIVERY: "DELIVERY",
    OrderType.DRIVE_THRU: "DRIVE-THRU",
    OrderType.ONLINE: "ONLINE",
}

_STATUS_WORDS: Final[dict[OrderStatus, str]] = {
    OrderStatus.NEW: "new",
    OrderStatus.PENDING: "new",
    OrderStatus.CONFIRMED: "accepted",
    OrderStatus.PREPARING: "cooking",
}

URGENCY_WORDS: Final[dict[Urgency, str]] = {
    Urgency.ON_TIME: "OK",
    Urgency.WARNING: "SOON",
    Urgency.LATE: "LATE",
}


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines at its spaces; a word that is too long is broken anywhere.

    Args:
        text: clean text without line breaks.
        width: in terminal cells, at least 2.

    Returns:
        Lines of at most that width, at least one.
    """
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [word]
        lines.extend(full)
    lines.append(line)
    return lines


def truncate(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis where something was cut.

    Args:
        text: clean text.
        width: in terminal cells.

    Returns:
        The text, or as much of it as fits.
    """
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + ELLIPSIS if width > 0 else ""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a card, which changes with the clock."""

    name: str
    clock: str
    look: str
    """`on-time`, `warning`, `late` or `later`: a component class of the grid."""


def head(ticket: Ticket, now: float, rules: UrgencyRules) -> Head:
    """Write the head of a card.

    Args:
        ticket: any ticket.
        now: the server's time, in seconds since the epoch.
        rules: the kitchen's thresholds.

    Returns:
        What it says now.
    """
    age = ticket.age(now)
    name = f"RUSH {ticket.order.label}" if ticket.order.rush else ticket.order.label
    if ticket.order.started_at(now) is None:
        return Head(name, f"in {format_age(-age)}", "later")
    urgency = ticket.urgency(now, rules)
    return Head(name, f"{format_age(age)} {URGENCY_WORDS[urgency]}", urgency.value)


def body(ticket: Ticket, width: int) -> list[Line]:
    """Write what stands under the head of a card.

    Args:
        ticket: any ticket.
        width: in terminal cells, without the card's edges.

    Returns:
        The lines: what kind of order, its allergies and notes, then the items; at most
        `MAX_LINES`.
    """
    order = ticket.order
    status = "RECALLED" if order.recalled else _STATUS_WORDS.get(order.status, order.status.value)
    lines = kind_lines(order, width, (status, Role.TEXT if order.recalled else Role.MUTED))
    lines += warning_lines(order, width)
    if order.new_items:
        count = len(order.new_items)
        lines.append(((f"+{count} item{'s' if count > 1 else ''}", Role.NOTE),))
    has_added = False
    for place, item in enumerate(order.items):
        if item.added_at is not None and not has_added:
            has_added = True
            lines.append((("ADD-ON", Role.NOTE),))
        lines += _item(item, width)
        if len(lines) > MAX_LINES:
            return _cut(lines, order.items[place + 1 :], width)
    if len(lines) > MAX_LINES:
        return _cut(lines, (), width)
    for item in order.voided_items:
        words = f"{item.quantity} {item.name}, taken off"
        lines += [((line, Role.MUTED),) for line in wrap(words, width)]
    if len(lines) > MAX_LINES:
        return _cut(lines, (), width)
    if not order.items:
        lines.append((("(no items)", Role.MUTED),))
    return lines


def _cut(lines: Sequence[Line], unwritten: Sequence[Item], width: int) -> list[Line]:
    """Cut a ticket that nobody could read, and say so where it is cut."""
    words = "CUT HERE, ask the till for the rest"
    if unwritten:
        words += f": {len(unwritten)} items and more"
    longest = f"ALLERGY in what is missing. {words}"
    kept = list(lines[: MAX_LINES - len(wrap(longest, width))])
    missing_allergy = any(role is Role.ALLERGY for line in lines[len(kept) :] for _, role in line)
    if missing_allergy or any(map(_has_allergy, unwritten)):
        return kept + [((line, Role.ALLERGY),) for line in wrap(longest, width)]
    return kept + [((line, Role.NOTE),) for line in wrap(words, width)]


def _has_allergy(item: Item) -> bool:
    kinds = {modifier.kind for modifier in item.modifiers}
    return ModifierKind.ALLERGY in kinds or mentions_allergy(item.notes)


def kind_lines(order: Order, width: int, state: Span) -> list[Line]:
    """Say what kind of order it is, and what it is called by besides its label.

    Args:
        order: any.
        width: in terminal cells.
        state: what stands at the right end, in a word or two.

    Returns:
        What finds no room beside the state stands on further lines.
    """
    number = f"#{order.short_number}"
    words = [TYPE_WORDS[order.type]]
    if order.label != number:
        words.append(number)
    if order.seat_number is not None:
        words.append(f"s{order.seat_number}")
    if order.table_number and order.customer_name:
        words.append(order.customer_name)
    room = width - cell_len(state[0]) - 1
    left = words.pop(0)
    while words and cell_len(f"{left} {words[0]}") <= room:
        left += f" {words.pop(0)}"
    gap = " " * (width - cell_len(left) - cell_len(state[0]))
    lines: list[Line] = [((left + gap, Role.MUTED), state)]
    if words:
        lines += [((line, Role.MUTED),) for line in wrap(" ".join(words), width)]
    return lines


def warning_lines(order: Order, width: int) -> list[Line]:
    """Write what must not be overlooked: the allergies of all its lines, and its note.

    Args:
        order: any.
        width: in terminal cells.

    Returns:
        The lines, if there are any.
    """
    lines: list[Line] = []
    allergies = dict.fromkeys(
        modifier.name
        for item in order.items
        for modifier in item.modifiers
        if modifier.kind is ModifierKind.ALLERGY
    )
    if allergies:
        names = [_plain(name) for name in allergies]
        if len(names) > MAX_ALLERGIES:
            names[MAX_ALLERGIES:] = [f"and {len(names) - MAX_ALLERGIES} more"]
        lines += _marked("! ALLERGY: ", ", ".join(names), Role.ALLERGY, "", width)
    return lines + (_note(order.notes, "", width) if order.notes else [])


def wish_lines(item: Item, width: int) -> list[Line]:
    """Write what stands under a line's name: its modifiers and its note.

    Args:
        item: any.
        width: in terminal cells.

    Returns:
        The lines, if there are any.
    """
    lines: list[Line] = []
    for modifier in item.modifiers:
        lines += _modifier(modifier, width)
    return lines + (_note(item.notes, "  ", width) if item.notes else [])


def stepped_back(lines: Sequence[Line]) -> list[Line]:
    """Mute lines of what is done; an allergy is not muted, for the plate is not out yet."""
    return [
        tuple((text, role if role is Role.ALLERGY else Role.MUTED) for text, role in line)
        for line in lines
    ]


def _item(item: Item, width: int) -> list[Line]:
    lines = _item_lines(item, width)
    return stepped_back(lines) if item.is_done else lines


def _item_lines(item: Item, width: int) -> list[Line]:
    quantity = f"{'✓ ' if item.is_done else ''}{item.quantity} "
    seat = f" s{item.seat_number}" if item.seat_number is not None else ""
    indent = " " * cell_len(quantity)
    first, *rest = wrap(item.name, max(2, width - len(indent) - len(seat)))
    gap = " " * (width - len(indent) - cell_len(first) - len(seat)) if seat else ""
    lines: list[Line] = [((quantity + first, Role.ITEM), (gap + seat, Role.MUTED))]
    lines += [((indent + line, Role.ITEM),) for line in rest]
    if item.previous_quantity is not None and not item.is_done:
        lines.append(((f"  was {item.previous_quantity}", Role.NOTE),))
    return lines + wish_lines(item, width)


def _modifier(modifier: Modifier, width: int) -> list[Line]:
    mark, role = _MODIFIERS[modifier.kind]
    name = _plain(modifier.name) if role is Role.ALLERGY else modifier.name
    return _marked(mark, name, role, "  ", width)


def _plain(name: str) -> str:
    """An allergy without the word itself in front, which the mark says already."""
    return name[8:].strip() if name.casefold().startswith("allergy:") else name


def _note(text: str, indent: str, width: int) -> list[Line]:
    if mentions_allergy(text):
        return _marked("! ALLERGY: ", _plain(text), Role.ALLERGY, indent, width)
    return _marked("» ", text, Role.NOTE, indent, width)


def _marked(mark: str, text: str, role: Role, indent: str, width: int) -> list[Line]:
    """Lines that begin with a mark; on the following ones the text stays right of its indent."""
    room = width - len(indent)
    # A long mark is part of the running text; a short one stands in a column of its own.
    if len(mark) > 2:
        return [((indent, Role.TEXT), (line, role)) for line in wrap(mark + text, room)]
    first, *rest = wrap(text, max(2, room - len(mark)))
    lines: list[Line] = [((indent, Role.TEXT), (mark + first, role))]
    lines += [((indent, Role.TEXT), (" " * len(mark) + line, role)) for line in rest]
    return lines
