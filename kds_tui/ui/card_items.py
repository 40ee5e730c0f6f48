"""The items on a card: quantity, name, seats, what is different about each, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from kds_tui.core.item_lines import ItemLine, Section
from kds_tui.core.order import Item, Modifier, ModifierKind, Order, mentions_allergy
from kds_tui.core.tickets import Share, Ticket
from kds_tui.ui.card_lines import CardLine, Line, Role, Span, marked, wrap

_MODIFIERS: Final[dict[ModifierKind, tuple[str, Role]]] = {
    ModifierKind.ALLERGY: ("! ALLERGY: ", Role.ALLERGY),
    ModifierKind.REMOVAL: ("- ", Role.REMOVAL),
    ModifierKind.ADDITION: ("+ ", Role.ADDITION),
    ModifierKind.SUBSTITUTION: ("= ", Role.ADDITION),
    ModifierKind.TEMPERATURE: ("~ ", Role.OTHER),
    ModifierKind.OTHER: ("· ", Role.OTHER),
}

MAX_ALLERGIES: Final = 50
"""Most allergies that the top of a ticket names."""

_RULE: Final = "── "


def section_head(section: Section, ticket: Ticket, width: int) -> list[Line]:
    """Write what parts a section from the one above: its course, that it was added, that it waits.

    Args:
        section: of the ticket.
        ticket: whose.
        width: in terminal cells.

    Returns:
        One line, or more where a name is long; none for what was ordered at once without courses.
    """
    words: list[str] = []
    since = section.added_at
    if section.course:
        name = section.course
        words.append(f"COURSE {name}" if name.isdecimal() else name.upper())
    if section.added_at is not None:
        words.append("ADD-ON")
    if section.is_held and not ticket.order.is_held:
        words.append("HELD")
        since = None
    elif section.fired_at is not None:
        words.append("FIRED")
        since = section.fired_at
    if not words:
        return []
    items = [item for line in section.lines for item in line.items]
    is_news = section.added_at is not None and any(map(ticket.is_news, items))
    role = Role.NOTE if is_news else Role.MUTED
    *full, last = wrap(_RULE + " · ".join(words), width - (0 if since is None else 5))
    return [*(((text, role),) for text in full), CardLine(((last, role),), since=since)]


def item_lines(line: ItemLine, ticket: Ticket, width: int, *, mark_held: bool) -> list[Line]:
    """Write an item, or several that are the same.

    Args:
        line: what is written.
        ticket: whose.
        width: in terminal cells.
        mark_held: whether an item that waits says so itself; nothing above it does.

    Returns:
        Its lines, each with the ids of its items.
    """
    lines = _lines(line, ticket, width, mark_held=mark_held)
    item = line.item
    if item.is_done or item.is_held:
        lines = stepped_back(lines)
    return [CardLine(spans, line.ids) for spans in lines]


def elsewhere_lines(shares: Sequence[Share], width: int) -> list[Line]:
    """Write where else an order is cooked, and what each station still owes.

    Args:
        shares: of the other stations.
        width: in terminal cells.

    Returns:
        The lines; none when nobody else has a part.
    """
    if not shares:
        return []
    told = (f"{share.station} {len(share.owed) or '✓'}" for share in shares)
    return [((text, Role.MUTED),) for text in wrap(f"ALSO AT {', '.join(told)}", width)]


def stepped_back(lines: Sequence[Line]) -> list[Line]:
    """Mute lines of what is done or waits; an allergy is not muted: the plate is not out yet.

    Args:
        lines: of a card.

    Returns:
        The same words.
    """
    return [
        tuple((text, role if role is Role.ALLERGY else Role.MUTED) for text, role in line)
        for line in lines
    ]


def warning_lines(order: Order, width: int) -> list[Line]:
    """Write what must not be overlooked: the allergies of all its lines, and its note.

    Args:
        order: any.
        width: in terminal cells.

    Returns:
        The lines, if there are any.
    """
    modifiers = [
        modifier.name
        for item in order.items
        for modifier in item.modifiers
        if modifier.kind is ModifierKind.ALLERGY
    ]
    notes = [item.notes for item in order.items if mentions_allergy(item.notes)]
    names = list(dict.fromkeys(map(plain, (*modifiers, *notes))))
    if len(names) > MAX_ALLERGIES:
        names[MAX_ALLERGIES:] = [f"and {len(names) - MAX_ALLERGIES} more"]
    lines: list[Line] = []
    if names:
        lines += marked("! ALLERGY: ", ", ".join(names), Role.ALLERGY, "", width)
    return lines + (note_lines(order.notes, "", width) if order.notes else [])


def wish_lines(item: Item, width: int) -> list[Line]:
    """Write what stands under the name of an item: its modifiers and its note.

    Args:
        item: any.
        width: in terminal cells.

    Returns:
        The lines, if there are any.
    """
    lines: list[Line] = []
    for modifier in item.modifiers:
        lines += _modifier(modifier, width)
    return lines + (note_lines(item.notes, "  ", width) if item.notes else [])


def voided_lines(items: Sequence[Item], width: int) -> list[Line]:
    """Write lines that were taken off: in a word, and struck through.

    Args:
        items: those that no cook took notice of yet.
        width: in terminal cells.

    Returns:
        Their lines.
    """
    lines: list[Line] = []
    for item in items:
        first, *rest = wrap(f"{item.quantity} {item.name}", max(2, width - 5))
        lines.append((("VOID", Role.NOTE), (" ", Role.TEXT), (first, Role.VOIDED)))
        lines += [(("     ", Role.TEXT), (text, Role.VOIDED)) for text in rest]
    return lines


def note_lines(text: str, indent: str, width: int) -> list[Line]:
    """Write a note; one about an allergy looks like an allergy.

    Args:
        text: of an order or an item.
        indent: spaces before.
        width: in terminal cells.

    Returns:
        Its lines.
    """
    if mentions_allergy(text):
        return marked("! ALLERGY: ", plain(text), Role.ALLERGY, indent, width)
    return marked("» ", text, Role.NOTE, indent, width)


def plain(name: str) -> str:
    """Take the word itself off an allergy, which the mark in front says already.

    Args:
        name: of the allergy.

    Returns:
        What is left of it.
    """
    return name[8:].strip() if name.casefold().startswith("allergy:") else name


def _lines(line: ItemLine, ticket: Ticket, width: int, *, mark_held: bool) -> list[Line]:
    item = line.item
    quantity = f"{'✓ ' if item.is_done else ''}{line.quantity} "
    indent = " " * cell_len(quantity)
    seats = f" {line.seats}" if line.seats else ""
    seats_below = cell_len(seats) > max(4, width // 4)
    beside = "" if seats_below else seats
    first, *rest = wrap(item.name, max(2, width - len(indent) - cell_len(beside)))
    gap = " " * (width - len(indent) - cell_len(first) - cell_len(beside)) if beside else ""
    named = (quantity + first, Role.ITEM)
    lines: list[Line] = [(named, (gap + beside, Role.MUTED)) if beside else (named,)]
    lines += [((indent + text, Role.ITEM),) for text in rest]
    if seats_below:
        lines += [((f"  {text}", Role.MUTED),) for text in wrap(seats.strip(), width - 2)]
    lines += [(("  ", Role.TEXT), span) for span in _what_became(item, ticket, mark_held=mark_held)]
    return lines + wish_lines(item, width)


def _what_became(item: Item, ticket: Ticket, *, mark_held: bool) -> list[Span]:
    words: list[Span] = []
    if item.is_held and mark_held:
        words.append(("HELD", Role.TEXT))
    if ticket.is_news(item) and not item.is_done:
        if item.previous_quantity is not None:
            words.append((f"CHANGED {item.previous_quantity} → {item.quantity}", Role.NOTE))
        elif item.added_at is None:
            words.append(("CHANGED", Role.NOTE))
    return words


def _modifier(modifier: Modifier, width: int) -> list[Line]:
    mark, role = _MODIFIERS[modifier.kind]
    name = plain(modifier.name) if role is Role.ALLERGY else modifier.name
    return marked(mark, name, role, "  ", width)
