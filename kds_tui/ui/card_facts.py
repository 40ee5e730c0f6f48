"""The small lines under the head of a card: what kind of order, for whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from kds_tui.core.attention import Reason
from kds_tui.core.card_style import AttentionLook, CardStyle, headline_of
from kds_tui.core.order import Order, OrderStatus, OrderType
from kds_tui.core.tickets import Ticket
from kds_tui.ui.card_lines import AGE_WIDTH, CardLine, Line, Role, Span, width_of, wrap

ORDERED_LONG_AGO: Final = 60.0
"""Seconds between the order and the kitchen's work on it, from which on the card tells both."""

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


def type_role(order_type: OrderType) -> Role:
    """Tell how the kind of an order is written: as on the Restaurant OS display in two colours.

    Args:
        order_type: any.

    Returns:
        One colour for what is plated, one for what is packed.
    """
    return Role.DINE_IN if order_type is OrderType.DINE_IN else Role.TO_GO


@dataclass(frozen=True, slots=True)
class _Fact:
    """A small fact, and how it is written where room is short."""

    words: str
    role: Role = Role.MUTED
    short: str = ""

    @property
    def shortest(self) -> _Fact:
        return _Fact(self.short or self.words, self.role)


def fact_lines(ticket: Ticket, width: int, style: CardStyle) -> list[Line]:
    """Write what kind of order it is and how it stands.

    Args:
        ticket: any ticket.
        width: in terminal cells.
        style: how this display writes its cards.

    Returns:
        One line, with the kind at its left and the state at its right; what finds no room beside
        them stands on another one.
    """
    state, *badges = _badges(ticket, style)
    done, total = sum(item.is_done for item in ticket.order.items), len(ticket.order.items)
    if 0 < done < total:
        badges.append(_Fact(f"{done}/{total} done", short=f"{done}/{total}"))
    facts = _facts(ticket.order, style, badges)
    return _with_ordered(_lines(facts, state, width), ticket, width)


def kind_lines(order: Order, width: int, state: Span, style: CardStyle) -> list[Line]:
    """Write what kind of order it is, and for whom, on a card with a state of its own.

    Args:
        order: any.
        width: in terminal cells.
        state: what stands at the right end, in a word or two.
        style: how this display writes its cards.

    Returns:
        What finds no room beside the state stands on further lines.
    """
    return _lines(_facts(order, style, ()), _Fact(*state), width)


def _lines(facts: list[_Fact], state: _Fact, width: int) -> list[Line]:
    room = width - cell_len(state.words) - 1
    left: list[Span] = []
    while facts and width_of(left) + bool(left) + cell_len(facts[0].words) <= room:
        left += _spaced(left, facts.pop(0))
    gap = " " * (width - width_of(left) - cell_len(state.words))
    return [(*left, (gap, Role.MUTED), (state.words, state.role)), *_further(facts, width)]


def _badges(ticket: Ticket, style: CardStyle) -> list[_Fact]:
    """What became of the order, the most important first; at the end what else it is."""
    order, badges = ticket.order, list[_Fact]()
    if ticket.waiting is not None:
        is_loud = style.attention is not AttentionLook.OFF
        role = Role.NOTICE if is_loud else Role.TEXT
        badges.append(_Fact(_waiting_words(ticket, ticket.waiting.why), role))
    if order.recalled and not (ticket.waiting and ticket.waiting.why is Reason.RECALLED):
        badges.append(_Fact("RECALLED", Role.TEXT))
    if order.is_held:
        badges.append(_Fact("HELD", Role.TEXT))
    if order.waits_for_fire:
        badges.append(_Fact("SCHEDULED", Role.TEXT, "SCHED"))
    if not badges:
        badges.append(_Fact(_STATUS_WORDS.get(order.status, order.status.value)))
    return badges


def _waiting_words(ticket: Ticket, why: Reason) -> str:
    news = sum(ticket.is_news(item) and not item.is_done for item in ticket.order.items)
    if why is Reason.CHANGED and news:
        return f"CHANGED +{news}"
    return why.value.upper()


def _facts(order: Order, style: CardStyle, badges: Sequence[_Fact]) -> list[_Fact]:
    headline, _ = headline_of(order, style.headline)
    facts = [_Fact(TYPE_WORDS[order.type], type_role(order.type))]
    number = f"#{order.short_number}"
    if headline != number:
        facts.append(_Fact(number))
    if order.table_number and order.label != headline:
        facts.append(_Fact(order.label, Role.TEXT))
    if order.seat_number is not None:
        facts.append(_Fact(f"s{order.seat_number}"))
    facts += badges
    if order.is_voice:
        facts.append(_Fact("VOICE", Role.TEXT))
    # At a table paying comes last; who collects must not leave without.
    if order.is_paid is False and order.type is not OrderType.DINE_IN:
        facts.append(_Fact("UNPAID", Role.TEXT))
    if order.covers is not None:
        guests = "guest" if order.covers == 1 else "guests"
        facts.append(_Fact(f"{order.covers} {guests}", short=f"{order.covers}g"))
    if order.server_name:
        facts.append(_Fact(order.server_name))
    if order.customer_name and order.customer_name != headline:
        facts.append(_Fact(order.customer_name))
    if order.is_paid is not None and (order.is_paid or order.type is OrderType.DINE_IN):
        facts.append(_Fact("paid" if order.is_paid else "unpaid"))
    return facts


def _further(facts: list[_Fact], width: int) -> list[Line]:
    """Write facts on as few lines as they need; one that is too long for a line is broken."""
    if sum(cell_len(fact.words) + 1 for fact in facts) - 1 > width:
        facts = [fact.shortest for fact in facts]
    lines: list[Line] = []
    line: list[Span] = []
    for fact in facts:
        if line and width_of(line) + 1 + cell_len(fact.words) > width:
            lines.append(tuple(line))
            line = []
        *full, last = wrap(fact.words, width)
        lines += [((text, fact.role),) for text in full]
        line += _spaced(line, _Fact(last, fact.role))
    return [*lines, tuple(line)] if line else lines


def _spaced(line: list[Span], fact: _Fact) -> list[Span]:
    span = (fact.words, fact.role)
    return [(" ", Role.MUTED), span] if line else [span]


def _with_ordered(lines: list[Line], ticket: Ticket, width: int) -> list[Line]:
    """Tell when it was ordered, where the clock in the head tells something else."""
    order = ticket.order
    if order.waits_for_fire or order.begins_at - order.created_at < ORDERED_LONG_AGO:
        return lines
    if not order.created_at:
        return lines
    words = ("ordered", Role.MUTED)
    room = width - AGE_WIDTH - 1
    last = lines[-1]
    if len(lines) > 1 and width_of(last) + 1 + cell_len(words[0]) <= room:
        return [*lines[:-1], CardLine((*last, (" ", Role.MUTED), words), since=order.created_at)]
    return [*lines, CardLine((words,), since=order.created_at)]
