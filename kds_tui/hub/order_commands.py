"""Cooks' commands carried out on the hub's rows; core.conflicts decides what becomes of each."""

from __future__ import annotations

from dataclasses import replace as replace_wish
from typing import Any, assert_never

from msgspec.structs import replace

from kds_tui.core.clock import format_time, parse_time
from kds_tui.core.command import Verb
from kds_tui.core.conflicts import (
    Apply,
    ApplyPartly,
    Line,
    Nothing,
    Refuse,
    Standing,
    Wish,
    decide,
    part_of,
)
from kds_tui.core.order import OPEN, OrderStatus
from kds_tui.core.text import clean
from kds_tui.core.wire import COURSE_LIMIT, ID_LIMIT
from kds_tui.hub.errors import Refusal
from kds_tui.hub.order_row import ItemKept, OrderKept
from kds_tui.hub.orders import changed

ITEM_READY = "ready"
"""The status of a line that is done by itself."""


def standing_of(order: OrderKept) -> Standing:
    """See a row as the rules do."""
    return Standing(
        status=OrderStatus(order.status),
        version=order.version,
        lines=tuple(
            Line(
                clean(item.id, ID_LIMIT),
                item.status == ITEM_READY,
                item.changed_version,
                clean(item.course or "", COURSE_LIMIT),
                item.held,
                item.fired_version,
                item.undone_version,
            )
            for item in order.items
        ),
        rush=order.rush,
        is_fired=order.manually_fired or not order.is_scheduled,
        completed_at=parse_time(order.completed_at),
        recalled_version=order.recalled_version,
        recalled_by=order.recalled_by or "",
        touched_by=order.touched_by or "",
        touched_since=order.touched_since,
    )


def carry_out(order: OrderKept, wish: Wish, now: float) -> OrderKept | Refuse:
    """Carry a command out, or not.

    Args:
        order: as it is.
        wish: what is asked for.
        now: the time, in seconds since the epoch.

    Returns:
        The order as it becomes, the same object when nothing changes; or why not.

    Raises:
        Refusal: what is to be fired is neither a scheduled order nor was ever held (409), and no
            cook saw it so.
    """
    # A terminal whose hold was refused fires what it saw held: it is not, which is what is wanted.
    is_blind = wish.verb is Verb.FIRE and wish.base_version is None
    if is_blind and not (order.is_scheduled or _was_held(order)):
        words = "Only a scheduled order, or what is held, can be fired"
        raise Refusal(409, words, "ILLEGAL_TRANSITION")
    # A display knows lines and courses by their clean text; a till may have sent spaces with it.
    wish = replace_wish(
        wish,
        item_id=clean(wish.item_id, ID_LIMIT),
        item_ids=tuple(clean(one, ID_LIMIT) for one in wish.item_ids),
        course=clean(wish.course, COURSE_LIMIT),
    )
    decision = decide(wish, standing_of(order), now)
    match decision:
        case Refuse():
            return decision
        case Nothing():
            return order
        case ApplyPartly(done=done):
            if not done:
                return order
            items = _marked(order, done, is_done=True, now=now)
            return changed(order, now, terminal=wish.terminal, items=items)
        case Apply():
            return _applied(order, wish, now)
        case _:
            assert_never(decision)


def _applied(order: OrderKept, wish: Wish, now: float) -> OrderKept:
    match wish.verb:
        case Verb.BUMP:
            return _bumped(order, wish, now)
        case Verb.RECALL:
            return _recalled(order, wish, now)
        case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM:
            is_done = wish.verb is Verb.BUMP_ITEM
            items = _marked(order, frozenset((wish.item_id,)), is_done=is_done, now=now)
            return changed(order, now, terminal=wish.terminal, items=items)
        case Verb.RUSH | Verb.UNRUSH:
            return changed(order, now, terminal=wish.terminal, rush=wish.verb is Verb.RUSH)
        case Verb.HOLD | Verb.FIRE:
            carry = _held if wish.verb is Verb.HOLD else _fired
            return carry(order, wish, now)
        case Verb.START | Verb.PICK_UP | Verb.SERVE | Verb.OUT_OF_STOCK | Verb.IN_STOCK:
            raise ValueError(f"{wish.verb} has no route of an order")


def _was_held(order: OrderKept) -> bool:
    return any(item.held or item.fired_version for item in order.items)


def _held(order: OrderKept, wish: Wish, now: float) -> OrderKept:
    part = {line.id for line in part_of(wish, standing_of(order).lines) if not line.is_done}
    items = tuple(
        replace(item, held=True, fired_at=None) if clean(item.id, ID_LIMIT) in part else item
        for item in order.items
    )
    return changed(order, now, terminal=wish.terminal, items=items)


def _fired(order: OrderKept, wish: Wish, now: float) -> OrderKept:
    moment, version = format_time(now), order.version + 1
    part = {line.id for line in part_of(wish, standing_of(order).lines) if line.is_held}
    items = tuple(
        replace(item, held=False, fired_at=moment, fired_version=version)
        if clean(item.id, ID_LIMIT) in part
        else item
        for item in order.items
    )
    fields: dict[str, Any] = {"items": items}
    if order.is_scheduled and not (wish.item_ids or wish.course or order.manually_fired):
        fields |= {"manually_fired": True, "auto_fire_time": moment}
    return changed(order, now, terminal=wish.terminal, **fields)


def _bumped(order: OrderKept, wish: Wish, now: float) -> OrderKept:
    moment = format_time(now)
    return changed(
        order,
        now,
        terminal=wish.terminal,
        status=OrderStatus.READY.value,
        preparing_at=order.preparing_at or moment,
        ready_at=moment,
    )


def _recalled(order: OrderKept, wish: Wish, now: float) -> OrderKept:
    meant = frozenset(line.id for line in part_of(wish, standing_of(order).lines))
    is_part = bool(wish.item_ids or wish.course)
    if is_part and OrderStatus(order.status) in OPEN:
        # To be seen again where it was done; nobody else's ticket comes back.
        items = _marked(order, meant, is_done=False, now=now)
        return changed(order, now, terminal=wish.terminal, items=items)
    if is_part:
        done = _marked(order, None, is_done=True, now=now)  # the others were, and stay so
        order = replace(order, items=done)
    back = changed(
        order,
        now,
        terminal=wish.terminal,
        status=OrderStatus.PREPARING.value,
        ready_at=None,
        completed_at=None,
        items=_marked(order, meant, is_done=False, now=now),
        recalled_by=wish.terminal or None,
        metadata={**order.metadata, "recalled": True},
    )
    return replace(back, recalled_version=back.version)


def _marked(
    order: OrderKept, ids: frozenset[str] | None, *, is_done: bool, now: float
) -> tuple[ItemKept, ...]:
    """Mark an order's lines done or not, all of them when no ids are given."""
    version, moment = order.version + 1, format_time(now)

    def mark(item: ItemKept) -> ItemKept:
        if is_done:
            return replace(item, status=ITEM_READY, ready_at=moment)
        return replace(item, status=None, ready_at=None, undone_version=version)

    return tuple(
        mark(item) if ids is None or clean(item.id, ID_LIMIT) in ids else item
        for item in order.items
    )
