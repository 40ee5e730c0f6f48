"""What becomes of a command when somebody else was there first.

A cook presses a key for the order as it is on the screen; when the command arrives, the order may
be another one. The rules here decide, for the hub inside the transaction that carries a command
out, and for a terminal before a server that decides nothing:

    asked for         | and meanwhile                       | becomes
    bump              | cancelled                           | refused, ORDER_CANCELLED
    bump of some lines| others are still to be cooked       | these are done, the ticket stays
                      | bumped by somebody else             | nothing to do, which is success
                      | lines added or enlarged             | the lines that the cook saw are done,
                      |                                     | the ticket stays with the others
                      | marks of some were taken off, or    | likewise
                      | held ones fired, and the cook knew  |
                      | nothing                             |
                      | recalled, and the cook knew nothing | refused, ORDER_SUPERSEDED
    recall            | closed longer ago than the window   | refused, ORDER_CLOSED
                      | brought back by somebody else       | nothing to do
                      | bumped in part only                 | the marks are taken away
    bump of a line    | the line was enlarged, or recalled  | refused, ORDER_SUPERSEDED
                      | the line was taken off the order    | refused, ITEM_GONE
    start             | bumped, or started by another       | nothing to do
    pick-up, serve    | brought back or added to, even if   | refused, ORDER_SUPERSEDED
                      | bumped again                        |
                      | somebody else did it, or served it  | nothing to do
    hold              | bumped, done, or fired              | refused, ORDER_SUPERSEDED
                      | held by somebody else               | nothing to do
    fire              | bumped, done, or fired              | nothing to do
    hold, fire        | all that was meant was taken off    | refused, ITEM_GONE
    any but start,    | changed by anybody else             | refused, ORDER_SUPERSEDED
    late              |                                     |
    86, un-86         | put out or back by somebody else    | refused, STOCK_CHANGED
                      | is so already                       | nothing to do

A bump leaves what is held: the lines that are not are done, and the ticket stays with the others.

What the cook knew is the version of the order, or of the menu's item, on the screen, never a clock:
clocks of kitchens lie. What the same terminal did before counts as known, because its commands for
one order arrive in the order given. Whatever is so already is success: a command that comes twice,
to a hub that forgot the first one because it was restored from a backup, does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kds_tui.core.command import WALKS, Verb
from kds_tui.core.order import OPEN, READY, Order, OrderStatus

RECALL_WINDOW: Final = 1800.0
"""Seconds after its completion in which an order can still be brought back."""


class Conflict(StrEnum):
    """Why a command was refused; the hub's error codes."""

    CANCELLED = "ORDER_CANCELLED"
    SUPERSEDED = "ORDER_SUPERSEDED"
    CLOSED = "ORDER_CLOSED"
    ITEM_GONE = "ITEM_GONE"
    STOCK_CHANGED = "STOCK_CHANGED"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an order, or of an item of the menu, and what the cook knew."""

    verb: Verb
    base_version: int | None = None
    """The version of the order, or of the menu's item, on the cook's screen; None: as it is now,
    for clients without one."""

    late: bool = False
    """Whether it was given so long ago that it must not meet anybody else's work."""

    terminal: str = ""
    """Where it was given; empty when nobody tells."""

    item_id: str = ""
    """The line, for `ITEM_VERBS`."""

    item_ids: tuple[str, ...] = ()
    """The lines, for `PART_VERBS`, and for a bump or a recall that is of some lines only."""

    course: str = ""
    """The course, for `PART_VERBS`; with neither lines nor a course the whole order is meant."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules look at of a line."""

    id: str
    is_done: bool = False
    changed_version: int = 0
    """The order's version with which it was added or enlarged; 0 for as ordered."""

    course: str = ""
    is_held: bool = False
    fired_version: int = 0
    """The order's version with which it was fired last; 0 when it never was held."""

    undone_version: int = 0
    """The order's version with which a mark was taken off it last; 0 when none ever was."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """What the rules look at in an item of the menu."""

    is_available: bool
    version: int = 1
    """One more with each time that it was put out or back; 1 as the menu has it."""

    touched_by: str = ""
    """The terminal that made the last version; empty when nobody told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules look at of an order."""

    status: OrderStatus
    version: int
    lines: tuple[Line, ...] = ()
    rush: bool = False
    is_fired: bool = False
    """Whether it does not wait for its time: it was fired, or is no scheduled order."""

    completed_at: float | None = None
    """Seconds since the epoch."""

    recalled_version: int = 0
    """The version that the last recall made; 0 before the first."""

    recalled_by: str = ""
    """The terminal of the last recall."""

    touched_by: str = ""
    """The terminal that made the last changes; empty when nobody tells."""

    touched_since: int = 0
    """The version before the first of those changes: from there on it was that terminal alone."""


@dataclass(frozen=True, slots=True)
class Apply:
    """Carry it out."""


@dataclass(frozen=True, slots=True)
class ApplyPartly:
    """Mark lines done; the ticket stays open with the others."""

    done: frozenset[str]
    """The lines that the cook saw and that are still open; may be empty."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """It is so already: success."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """It makes no sense any more."""

    conflict: Conflict


Decision = Apply | ApplyPartly | Nothing | Refuse
"""What becomes of a command."""

_DONE: Final = READY | {OrderStatus.COMPLETED}


def standing_of(order: Order) -> Standing:
    """See an order as the rules do, as far as a server that keeps none of this tells it.

    Args:
        order: as the server tells it.

    Returns:
        Its standing: touched and recalled by nobody knows whom.
    """
    lines = tuple(
        Line(item.id, item.is_done, item.changed_version, item.course, item.is_held)
        for item in order.items
    )
    return Standing(
        order.status,
        order.version,
        lines,
        order.rush,
        recalled_version=order.recalled_version,
    )


def decide(wish: Wish, order: Standing, now: float) -> Decision:
    """Decide what becomes of a command.

    Args:
        wish: what is asked for; not one of `MENU_VERBS`, which know no conflict.
        order: as it is now.
        now: seconds since the epoch, on the clock of `completed_at`.

    Returns:
        What is to be done.
    """
    if order.status is OrderStatus.CANCELLED:
        return Refuse(Conflict.CANCELLED)
    match wish.verb:
        case Verb.BUMP:
            return _bump(wish, order)
        case Verb.RECALL:
            return _recall(wish, order, now)
        case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM:
            return _mark(wish, order)
        case Verb.RUSH | Verb.UNRUSH:
            if order.status is OrderStatus.COMPLETED:
                return Refuse(Conflict.CLOSED)
            is_so = order.status in READY or order.rush is (wish.verb is Verb.RUSH)
            return Nothing() if is_so else Apply()
        case Verb.START:
            return Apply() if order.status in _WAITING else Nothing()
        case Verb.PICK_UP | Verb.SERVE:
            return _hand_over(wish, order)
        case Verb.HOLD:
            return _hold(wish, order)
        case Verb.FIRE:
            return _fire(wish, order)
        case Verb.OUT_OF_STOCK | Verb.IN_STOCK:
            raise ValueError(f"{wish.verb} is not asked of an order")


_WAITING: Final = OPEN - {OrderStatus.PREPARING}


def _bump(wish: Wish, order: Standing) -> Decision:
    if order.status in _DONE:
        return Nothing()
    if _recalled_unseen(wish, order) or _too_late(wish, order):
        return Refuse(Conflict.SUPERSEDED)
    open_lines = [line for line in order.lines if not line.is_done]
    left = {
        line.id
        for line in open_lines
        if line.is_held
        or _changed_unseen(wish, line)
        or _unseen(wish, order, line.undone_version)
        or _unseen(wish, order, line.fired_version)
        or not _is_meant(wish, line)
    }
    if not left:
        return Apply()
    return ApplyPartly(frozenset(line.id for line in open_lines if line.id not in left))


def _is_meant(wish: Wish, line: Line) -> bool:
    return bool(part_of(wish, (line,)))


def _recall(wish: Wish, order: Standing, now: float) -> Decision:
    if order.status in OPEN:
        # Bumped in part only, or added to after the bump: the cook wants to see all of it.
        has_marks = any(line.is_done and _is_meant(wish, line) for line in order.lines)
        is_back = wish.base_version is None or order.recalled_version > wish.base_version
        is_part = bool(wish.item_ids or wish.course)
        return Apply() if has_marks and (is_part or not is_back) else Nothing()
    if order.status is OrderStatus.COMPLETED and now - (order.completed_at or 0.0) > RECALL_WINDOW:
        return Refuse(Conflict.CLOSED)
    return Refuse(Conflict.SUPERSEDED) if _too_late(wish, order) else Apply()


def _mark(wish: Wish, order: Standing) -> Decision:
    line = next((line for line in order.lines if line.id == wish.item_id), None)
    if line is None:
        return Refuse(Conflict.ITEM_GONE)
    is_done = line.is_done or order.status in _DONE
    if is_done is (wish.verb is Verb.BUMP_ITEM):
        return Nothing()
    if order.status in _DONE:  # a mark taken away would not bring the ticket back
        return Refuse(Conflict.SUPERSEDED)
    if wish.verb is Verb.BUMP_ITEM and (
        _recalled_unseen(wish, order) or _changed_unseen(wish, line)
    ):
        return Refuse(Conflict.SUPERSEDED)
    return Refuse(Conflict.SUPERSEDED) if _too_late(wish, order) else Apply()


def _hand_over(wish: Wish, order: Standing) -> Decision:
    if order.status in (WALKS[wish.verb], OrderStatus.COMPLETED):
        return Nothing()
    # Bumped again it is another meal than the one that went out, or more of it.
    is_another = _recalled_unseen(wish, order) or any(
        _changed_unseen(wish, line) for line in order.lines
    )
    if order.status in OPEN or is_another or _too_late(wish, order):
        return Refuse(Conflict.SUPERSEDED)
    return Apply()


def part_of(wish: Wish, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Find the lines that a hold or a fire is about.

    Args:
        wish: asks for it.
        lines: of the order.

    Returns:
        All that it means, done or not; none when what it meant was taken off.
    """
    if not wish.item_ids and not wish.course:
        return lines
    return tuple(
        line
        for line in lines
        if line.id in wish.item_ids or (wish.course and line.course == wish.course)
    )


def _hold(wish: Wish, order: Standing) -> Decision:
    part = part_of(wish, order.lines)
    if not part:
        return Refuse(Conflict.ITEM_GONE)
    still = [line for line in part if not line.is_done]
    if order.status in _DONE or not still:  # it is cooked, and cannot be held any more
        return Refuse(Conflict.SUPERSEDED)
    if all(line.is_held for line in still):
        return Nothing()
    if _too_late(wish, order) or any(_unseen(wish, order, line.fired_version) for line in still):
        return Refuse(Conflict.SUPERSEDED)
    return Apply()


def _fire(wish: Wish, order: Standing) -> Decision:
    part = part_of(wish, order.lines)
    if not part and (wish.item_ids or wish.course):
        return Refuse(Conflict.ITEM_GONE)
    if order.status in _DONE:
        return Nothing()
    if any(line.is_held and not line.is_done for line in part):
        return Refuse(Conflict.SUPERSEDED) if _too_late(wish, order) else Apply()
    # A scheduled order as a whole; the hub refuses to fire one that is neither.
    is_started = order.is_fired or order.status not in _WAITING or wish.item_ids or wish.course
    return Nothing() if is_started else Apply()


def decide_stock(wish: Wish, stock: Stocked) -> Nothing | Apply | Refuse:
    """Decide what becomes of an 86, or of the end of one.

    Args:
        wish: what is asked for.
        stock: the item as it is now.

    Returns:
        What is to be done.
    """
    if stock.is_available is (wish.verb is Verb.IN_STOCK):
        return Nothing()
    is_known = wish.base_version is None or stock.version <= wish.base_version
    own = bool(wish.terminal) and stock.touched_by == wish.terminal
    return Apply() if is_known or own else Refuse(Conflict.STOCK_CHANGED)


def _unseen(wish: Wish, order: Standing, version: int) -> bool:
    """Whether somebody else made a version that the cook had not seen."""
    if wish.base_version is None or version <= wish.base_version:
        return False
    own = bool(wish.terminal) and order.touched_by == wish.terminal
    return not (own and version > order.touched_since)


def _changed_unseen(wish: Wish, line: Line) -> bool:
    return wish.base_version is not None and line.changed_version > wish.base_version


def _recalled_unseen(wish: Wish, order: Standing) -> bool:
    if wish.base_version is None or order.recalled_version <= wish.base_version:
        return False
    return not (wish.terminal and order.recalled_by == wish.terminal)


def _too_late(wish: Wish, order: Standing) -> bool:
    if not wish.late or wish.base_version is None or order.version == wish.base_version:
        return False
    alone = bool(wish.terminal) and order.touched_by == wish.terminal
    return not (alone and order.touched_since <= wish.base_version)
