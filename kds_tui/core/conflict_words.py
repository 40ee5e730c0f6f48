"""What the cook is told about a command that did not do what it was meant to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kds_tui.core.command import (
    Answered,
    Command,
    Declined,
    NotOffered,
    Outcome,
    Verb,
    lines_of,
)
from kds_tui.core.conflicts import Conflict
from kds_tui.core.order import OPEN, Order

_CANCELLED: Final = "{label} was cancelled meanwhile: do not cook it."
_LATE: Final = "{wish} {label} came too late: somebody changed the order since. Look at it again."

_WISHES: Final[Mapping[Verb, str]] = {
    Verb.BUMP: "Your bump of",
    Verb.RECALL: "Your recall of",
    Verb.BUMP_ITEM: "Your mark on",
    Verb.UNBUMP_ITEM: "The mark that you took off",
    Verb.RUSH: "Your rush of",
    Verb.UNRUSH: "The end of the rush of",
    Verb.FIRE: "Your firing of",
    Verb.HOLD: "Your hold of",
    Verb.START: "Your start of",
    Verb.PICK_UP: "Your handing over of",
    Verb.SERVE: "Your serving of",
    Verb.OUT_OF_STOCK: "Your 86 of",
    Verb.IN_STOCK: "The end of the 86 of",
}

_SENTENCES: Final[Mapping[tuple[Conflict, Verb], str]] = {
    (Conflict.CANCELLED, Verb.BUMP): "{label} was cancelled meanwhile: do not send it out.",
    (Conflict.CANCELLED, Verb.RECALL): "{label} was cancelled meanwhile: it does not come back.",
    (Conflict.SUPERSEDED, Verb.BUMP): (
        "{label} was brought back meanwhile, so your bump does not count: bump it again when it"
        " is done."
    ),
    (Conflict.SUPERSEDED, Verb.RECALL): _LATE,
    (Conflict.SUPERSEDED, Verb.BUMP_ITEM): (
        "{label} was changed or brought back meanwhile, so your mark does not count: look again."
    ),
    (Conflict.SUPERSEDED, Verb.UNBUMP_ITEM): (
        "{label} was bumped meanwhile: recall it to take a mark away."
    ),
    (Conflict.CANCELLED, Verb.PICK_UP): "{label} was cancelled meanwhile: do not hand it out.",
    (Conflict.SUPERSEDED, Verb.PICK_UP): (
        "{label} was brought back meanwhile: it is not picked up, look at it again."
    ),
    (Conflict.CANCELLED, Verb.SERVE): "{label} was cancelled meanwhile: do not hand it out.",
    (Conflict.SUPERSEDED, Verb.SERVE): (
        "{label} was brought back meanwhile: it is not served yet, look at it again."
    ),
    (Conflict.SUPERSEDED, Verb.HOLD): (
        "{label} was fired or bumped meanwhile, so your hold does not count: look at it again."
    ),
    (Conflict.CLOSED, Verb.RECALL): "{label} was closed too long ago to be brought back.",
    (Conflict.ITEM_GONE, Verb.BUMP_ITEM): (
        "That line was taken off {label} meanwhile: do not send it out."
    ),
    (Conflict.ITEM_GONE, Verb.UNBUMP_ITEM): (
        "That line was taken off {label} meanwhile: do not cook it."
    ),
    (Conflict.ITEM_GONE, Verb.HOLD): "What you held was taken off {label} meanwhile.",
    (Conflict.ITEM_GONE, Verb.FIRE): (
        "What you fired was taken off {label} meanwhile: do not cook it."
    ),
}

_OF_ANY: Final[Mapping[Conflict, str]] = {
    Conflict.CANCELLED: _CANCELLED,
    Conflict.SUPERSEDED: "{label} was changed meanwhile: look at it again.",
    Conflict.CLOSED: "{label} is closed already.",
    Conflict.ITEM_GONE: "That line is not on {label} any more.",
    Conflict.STOCK_CHANGED: (
        "{wish} {label} does not count: somebody changed that since. Look at the menu again."
    ),
}


def refusal(command: Command, conflict: Conflict, *, late: bool) -> str:
    """Say what became of a command that the rules refused.

    Args:
        command: the cook's.
        conflict: why.
        late: whether it was sent as a late one.

    Returns:
        A sentence with the ticket's label.
    """
    if late and conflict is Conflict.SUPERSEDED:
        return _LATE.format(wish=_WISHES[command.verb], label=command.label)
    words = _SENTENCES.get((conflict, command.verb), _OF_ANY[conflict])
    return words.format(wish=_WISHES[command.verb], label=command.label)


def ending(outcome: Outcome) -> str:
    """Say what the end of a command has to tell.

    Args:
        outcome: how it ended.

    Returns:
        A sentence; empty when the screen says it all: done, or done by somebody else.
    """
    match outcome:
        case Declined(reason=reason):
            return reason
        case Answered(command=command, order=order):
            if command.verb is Verb.BUMP and order is not None and order.status in OPEN:
                return _came_back(command, order)
            return ""
        case NotOffered():
            return ""


def _came_back(command: Command, order: Order) -> str:
    """A bump that was answered with an open order: something was added that the cook never saw, or
    is held, which the card says. Of a bump of some lines the others are other stations'."""
    lines = lines_of(command.subject_id)
    left = [
        item
        for item in order.items
        if not (item.is_done or item.is_held) and (lines is None or item.id in lines)
    ]
    if not left:
        return ""
    what = f"{len(left)} items are" if len(left) != 1 else f"{left[0].name} is"
    return f"{command.label} was changed meanwhile: what you bumped is done, {what} still to cook."
