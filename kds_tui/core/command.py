"""What a cook asks for, and how that ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from kds_tui.core.order import Order, OrderStatus


class Verb(StrEnum):
    """What is asked for. The values are kept in journals: they never change."""

    BUMP = "bump"
    """The ticket is done: its order becomes ready."""

    RECALL = "recall"
    """Bring a bumped ticket back: its order becomes preparing again."""

    BUMP_ITEM = "bump-item"
    """One line of a ticket is done."""

    UNBUMP_ITEM = "unbump-item"
    """One line of a ticket is not done after all."""

    RUSH = "rush"
    """The ticket goes to the front, on all screens."""

    UNRUSH = "unrush"
    """The ticket goes back to its place."""

    FIRE = "fire"
    """A scheduled order is to be started now; or what is held is to be cooked now: the ticket, a
    course, or a line."""

    HOLD = "hold"
    """The ticket, a course of it, or a line is not to be cooked until it is fired."""

    START = "start"
    """Somebody begins to cook it: its order becomes preparing."""

    PICK_UP = "pick-up"
    """Whoever takes a ready order to its guests has it: it becomes picked up."""

    SERVE = "serve"
    """The guests have it: a ready order becomes completed."""

    OUT_OF_STOCK = "86"
    """An item of the menu is sold out."""

    IN_STOCK = "un86"
    """An item of the menu can be ordered again."""


ITEM_VERBS: Final = frozenset({Verb.BUMP_ITEM, Verb.UNBUMP_ITEM})
"""Asked of one line of an order."""

MENU_VERBS: Final = frozenset({Verb.OUT_OF_STOCK, Verb.IN_STOCK})
"""Asked of the menu, not of an order."""


PART_VERBS: Final = frozenset({Verb.FIRE, Verb.HOLD})
"""Asked of an order, of a course of it (`course_subject`), or of one line."""

WALKS: Final[Mapping[Verb, OrderStatus]] = {
    Verb.BUMP: OrderStatus.READY,
    Verb.START: OrderStatus.PREPARING,
    Verb.PICK_UP: OrderStatus.PICKED_UP,
    Verb.SERVE: OrderStatus.COMPLETED,
}
"""What can be done on any server, by the single legal steps to a status."""

CAPABILITY: Final[Mapping[Verb, str]] = {
    Verb.BUMP: "bump",
    Verb.RECALL: "recall",
    Verb.BUMP_ITEM: "items",
    Verb.UNBUMP_ITEM: "items",
    Verb.RUSH: "rush",
    Verb.UNRUSH: "rush",
    Verb.FIRE: "fire",
    Verb.HOLD: "hold",
    Verb.OUT_OF_STOCK: "86",
    Verb.IN_STOCK: "86",
}
"""What a server must offer to carry a command out in one request; what is not here is always
walked, and a bump is where it is not offered."""

_COURSE: Final = "course:"


def course_subject(course: str) -> str:
    """Name a course as the subject of a command.

    Args:
        course: as the order tells it.

    Returns:
        The `subject_id`.
    """
    return _COURSE + course


def course_of(subject_id: str) -> str | None:
    """Read a subject.

    Args:
        subject_id: of one of `PART_VERBS`.

    Returns:
        The course that it names; None when it names a line, or the whole order.
    """
    return subject_id.removeprefix(_COURSE) if subject_id.startswith(_COURSE) else None


_LINES: Final = "lines:"

MAX_LINES: Final = 500
"""Most lines that one command is of: what the hub takes in one request."""


def lines_subject(item_ids: Iterable[str]) -> str:
    """Name some lines as the subject of a bump or a recall.

    Args:
        item_ids: of lines of one order; those beyond `MAX_LINES` are left out.

    Returns:
        The `subject_id`; empty when there is no line.
    """
    # No id of a line holds a line feed: text from a server is cleaned.
    ids = list(item_ids)[:MAX_LINES]
    return _LINES + "\n".join(ids) if ids else ""


def lines_of(subject_id: str) -> tuple[str, ...] | None:
    """Read a subject.

    Args:
        subject_id: of a bump or a recall.

    Returns:
        The lines that it names; None for the whole order.
    """
    if not subject_id.startswith(_LINES):
        return None
    return tuple(subject_id.removeprefix(_LINES).split("\n"))


def capability_of(verb: Verb, subject_id: str = "") -> str:
    """Tell what a server must offer to carry a command out in one request.

    Args:
        verb: what is asked for.
        subject_id: of what.

    Returns:
        A name of `CAPABILITY`, or `parts` for a bump or a recall of some lines; empty for what is
        always walked.
    """
    return "parts" if lines_of(subject_id) is not None else CAPABILITY.get(verb, "")


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of a cook. A journal keeps all of these fields, and no others."""

    id: str
    """A UUID version 7; also the idempotency key of its requests."""

    verb: Verb
    order_id: str
    """The order that it is asked of; empty for `MENU_VERBS`."""

    label: str
    """How the cook knows the ticket (`TABLE 12`) or the menu's item, for what is said about the
    command."""

    base_version: int
    """The version of the order, or of the menu's item, on the screen when the key was pressed; 0
    where none was told."""

    given_at: float
    """The server's time then, in seconds since the epoch."""

    subject_id: str = ""
    """The line of the order for `ITEM_VERBS`, the menu's item for `MENU_VERBS`; for `PART_VERBS` a
    line, a course, or empty for the whole order; the lines of a bump or a recall that is of some
    only (`lines_subject`); else empty."""

    @property
    def lane(self) -> str:
        """In whose order it is delivered: commands of one lane go one after the other."""
        return self.order_id or f"menu:{self.subject_id}"


def new_command_id(now: float, random_bits: int) -> str:
    """Make the id of a command: a UUID version 7 (RFC 9562, 5.7), so that ids sort by time.

    Args:
        now: the time, in seconds since the epoch.
        random_bits: a random number; its low 74 bits are used.

    Returns:
        The id in the usual spelling with hyphens.
    """
    milliseconds = int(now * 1000) & (1 << 48) - 1
    high, low = random_bits >> 62 & (1 << 12) - 1, random_bits & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


@dataclass(frozen=True, slots=True)
class Answered:
    """The server did it, or it was done already."""

    command: Command
    order: Order | None
    """The order as the answer tells it: for the board, or the card would be back on the screen
    until the server's event comes. None for a command of the menu."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The server refused for good; the cook is told why."""

    command: Command
    reason: str


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The server has no way to do it: it is kept on this terminal."""

    command: Command


Outcome = Answered | Declined | NotOffered
"""How a command ends."""
