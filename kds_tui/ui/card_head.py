"""The head of a card: its name, its clock, and how urgent it is in a word and a colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from kds_tui.core.card_style import AttentionLook, CardStyle, headline_of
from kds_tui.core.clock import Urgency, UrgencyRules, format_age
from kds_tui.core.command import Verb
from kds_tui.core.outbox import Undo
from kds_tui.core.tickets import Ticket

URGENCY_WORDS: Final[dict[Urgency, str]] = {
    Urgency.ON_TIME: " OK",
    Urgency.WARNING: "▲SOON",
    Urgency.LATE: "■LATE",
}
"""A shape and a word for each, beside its colour. What is on time needs no shape."""

_DONE_WORDS: Final[dict[Verb, str]] = {
    Verb.BUMP: "BUMPED",
    Verb.PICK_UP: "PICKED UP",
    Verb.SERVE: "SERVED",
}

NOTICE: Final = "notice"
"""The look of a head that draws the eye."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a card, which changes with the clock."""

    name: str
    clock: str
    look: str
    """`on-time`, `warning`, `late`, `later` or `notice`: a component class of the grid."""

    short: str = ""
    """What stands for the name where that finds no room; empty: the name, cut."""


def head(
    ticket: Ticket,
    now: float,
    rules: UrgencyRules,
    style: CardStyle | None = None,
    *,
    flashes: bool = False,
) -> Head:
    """Write the head of a card.

    Args:
        ticket: any ticket.
        now: the server's time, in seconds since the epoch.
        rules: the kitchen's thresholds.
        style: how this display writes its cards.
        flashes: whether it is the one card that may flash.

    Returns:
        What it says now.
    """
    style = style or CardStyle()
    order = ticket.order
    name, short = headline_of(order, style.headline)
    if order.rush:
        name, short = f"RUSH {name}", f"RUSH {short}"
    clock, look = _clock(ticket, now, rules)
    if ticket.is_cancelled and style.attention is not AttentionLook.OFF:
        look = NOTICE
    # Once in two seconds: far below the three flashes a second of WCAG 2.3.1.
    if flashes and style.attention is AttentionLook.FLASH:
        look = look if int(now) % 2 else NOTICE
    return Head(name, clock, look, "" if short == name else short)


def _countdown(undo: Undo, now: float) -> str:
    """Say what was done, and how long it can be taken back: `BUMPED 3s`."""
    return f"{_DONE_WORDS[undo.verb]} {max(0, math.ceil(undo.until - now))}s"


def _clock(ticket: Ticket, now: float, rules: UrgencyRules) -> tuple[str, str]:
    age = ticket.age(now)
    if ticket.is_cancelled:
        return "CANCELLED", "later"
    if ticket.undo is not None:
        return _countdown(ticket.undo, now), "later"
    if ticket.order.started_at(now) is None:
        return f"in {format_age(-age)}", "later"
    if ticket.order.is_held:
        return f"{format_age(age)} HELD", "later"
    urgency = ticket.urgency(now, rules)
    return f"{format_age(age)}{URGENCY_WORDS[urgency]}", urgency.value
