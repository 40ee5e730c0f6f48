"""A ticket as lines of text: what stands on a card, and in which style.

Pure functions: a ticket and a width in, lines out. What can hurt somebody comes first, then what
changed, then what is to be cooked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kds_tui.core.card_style import CardStyle
from kds_tui.core.item_lines import Section, sections
from kds_tui.core.order import Item, ModifierKind, mentions_allergy
from kds_tui.core.tickets import Ticket
from kds_tui.ui.card_facts import fact_lines
from kds_tui.ui.card_items import (
    elsewhere_lines,
    item_lines,
    section_head,
    voided_lines,
    warning_lines,
)
from kds_tui.ui.card_lines import CardLine, Line, Role, item_ids, wrap

MAX_LINES: Final = 400
"""Most lines of a ticket that are shown: a banquet of a hundred items has fewer, and more would
push every other ticket pages away. The last one says what is missing."""


def body(ticket: Ticket, width: int, style: CardStyle | None = None) -> list[Line]:
    """Write what stands under the head of a card.

    Args:
        ticket: any ticket.
        width: in terminal cells, without the card's edges.
        style: how this display writes its cards.

    Returns:
        The lines: what kind of order, its allergies and notes, then the items; at most
        `MAX_LINES`. Those of an item are `CardLine`s, which tell its id.
    """
    style = style or CardStyle()
    order = ticket.order
    lines = fact_lines(ticket, width, style)
    lines += warning_lines(order, width)
    lines += voided_lines(ticket.voided_items, width)
    parts = sections(order, combine=style.combine)
    lines, unwritten = _items(lines, parts, ticket, width)
    if len(lines) > MAX_LINES:
        lines = _cut(lines, unwritten, width)
    elif not order.items:
        lines.append((("(no items)", Role.MUTED),))
    lines += elsewhere_lines(ticket.also_at, width)
    if ticket.is_cancelled:
        return [_recoloured(line, Role.VOIDED) for line in lines]
    if ticket.undo_until is not None:
        return [_recoloured(line, Role.MUTED) for line in lines]
    return lines


def _items(
    lines: list[Line], parts: Sequence[Section], ticket: Ticket, width: int
) -> tuple[list[Line], list[Item]]:
    """Write the items behind some lines, until there are too many; what was not written then."""
    for place, section in enumerate(parts):
        head = section_head(section, ticket, width)
        lines += head
        mark_held = not (ticket.order.is_held or section.is_held)
        for number, line in enumerate(section.lines, 1):
            lines += item_lines(line, ticket, width, mark_held=mark_held)
            if len(lines) > MAX_LINES:
                below = (line for part in parts[place + 1 :] for line in part.lines)
                rest = (*section.lines[number:], *below)
                return lines, [item for line in rest for item in line.items]
    return lines, []


def _cut(lines: Sequence[Line], unwritten: Sequence[Item], width: int) -> list[Line]:
    """Cut a ticket that nobody could read, and say so where it is cut."""
    words = "CUT HERE, ask the till for the rest"
    if unwritten:
        words += f": {len(unwritten)} items and more"
    longest = f"ALLERGY in what is missing. {words}"
    kept = list(lines[: MAX_LINES - len(wrap(longest, width))])
    missing_allergy = any(role is Role.ALLERGY for line in lines[len(kept) :] for _, role in line)
    if missing_allergy or _have_allergy(unwritten):
        return kept + [((line, Role.ALLERGY),) for line in wrap(longest, width)]
    return kept + [((line, Role.NOTE),) for line in wrap(words, width)]


def _have_allergy(items: Iterable[Item]) -> bool:
    return any(
        mentions_allergy(item.notes)
        or any(modifier.kind is ModifierKind.ALLERGY for modifier in item.modifiers)
        for item in items
    )


def _recoloured(line: Line, look: Role) -> Line:
    """A line of a ticket of which nothing is to be cooked: struck through, or in grey."""
    kept = (Role.NOTICE, Role.VOIDED)
    return CardLine(
        ((text, role if role in kept or not text.strip() else look) for text, role in line),
        item_ids(line),
        line.since if isinstance(line, CardLine) else None,
    )
