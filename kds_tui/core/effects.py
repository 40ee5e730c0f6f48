"""What a command makes of an order, as far as a screen can know before the server has answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kds_tui.core.command import Command, Verb, course_of, lines_of
from kds_tui.core.order import OPEN, READY, Item, Order, OrderStatus


def shown_after(order: Order, command: Command) -> Order:
    """Tell how an order looks once a command of it is carried out.

    Args:
        order: as it looks before.
        command: of this order.

    Returns:
        The order as it becomes; as it is where the command makes no sense.
    """
    match command.verb:
        case Verb.BUMP | Verb.RECALL if (lines := lines_of(command.subject_id)) is not None:
            return (
                _part_bumped(order, lines)
                if command.verb is Verb.BUMP
                else _part_recalled(order, lines)
            )
        case Verb.BUMP if order.status in OPEN:
            return _bumped(order)
        case Verb.RECALL if order.status in READY:
            items = tuple(replace(item, is_done=False) for item in order.items)
            return replace(order, status=OrderStatus.PREPARING, recalled=True, items=items)
        case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM if order.status in OPEN:
            return _with_mark(order, command.subject_id, command.verb is Verb.BUMP_ITEM)
        case Verb.RUSH | Verb.UNRUSH if order.status in OPEN:
            return replace(order, rush=command.verb is Verb.RUSH)
        case Verb.START if order.status in OPEN and order.status is not OrderStatus.PREPARING:
            started_at = order.preparing_at or command.given_at
            return replace(order, status=OrderStatus.PREPARING, preparing_at=started_at)
        case Verb.PICK_UP if order.status is OrderStatus.READY:
            return replace(order, status=OrderStatus.PICKED_UP)
        case Verb.SERVE if order.status in READY:
            return replace(order, status=OrderStatus.COMPLETED)
        case Verb.HOLD if order.status in OPEN:
            return _held(order, command)
        case Verb.FIRE:
            return _fired(order, command)
        case _:
            return order


def part_of(order: Order, subject_id: str) -> tuple[Item, ...]:
    """Find the lines that a hold or a fire is about.

    Args:
        order: whose lines.
        subject_id: a line, a course (`course_subject`), or empty for the whole order.

    Returns:
        Those of them that are not done yet.
    """
    open_items = tuple(item for item in order.items if not item.is_done)
    if not subject_id:
        return open_items
    course = course_of(subject_id)
    if course is not None:
        return tuple(item for item in open_items if item.course == course)
    return tuple(item for item in open_items if item.id == subject_id)


def _bumped(order: Order) -> Order:
    """What is held is not cooked: it stays, and its ticket with it."""
    if not any(item.is_held and not item.is_done for item in order.items):
        return replace(order, status=OrderStatus.READY)
    items = tuple(replace(item, is_done=item.is_done or not item.is_held) for item in order.items)
    return replace(order, items=items)


def _part_bumped(order: Order, lines: Sequence[str]) -> Order:
    """With the last of its lines the order is ready."""
    if order.status not in OPEN:
        return order
    items = tuple(
        replace(item, is_done=item.is_done or (item.id in lines and not item.is_held))
        for item in order.items
    )
    status = OrderStatus.READY if all(item.is_done for item in items) else order.status
    return replace(order, items=items, status=status)


def _part_recalled(order: Order, lines: Sequence[str]) -> Order:
    """The other lines of a ready order were done, and stay so."""
    if order.status not in OPEN | READY:
        return order
    was_ready = order.status in READY
    items = tuple(
        replace(item, is_done=item.id not in lines and (item.is_done or was_ready))
        for item in order.items
    )
    if not was_ready:
        return replace(order, items=items)
    return replace(order, status=OrderStatus.PREPARING, recalled=True, items=items)


def _with_mark(order: Order, item_id: str, is_done: bool) -> Order:
    items = tuple(
        replace(item, is_done=is_done) if item.id == item_id else item for item in order.items
    )
    return replace(order, items=items)


def _held(order: Order, command: Command) -> Order:
    part = {item.id for item in part_of(order, command.subject_id)}
    items = tuple(replace(item, is_held=True) if item.id in part else item for item in order.items)
    return replace(order, items=items)


def _fired(order: Order, command: Command) -> Order:
    if order.status in OPEN:
        part = {item.id for item in part_of(order, command.subject_id) if item.is_held}
        items = tuple(
            replace(item, is_held=False, fired_at=command.given_at) if item.id in part else item
            for item in order.items
        )
        order = replace(order, items=items)
    if not command.subject_id and order.waits_for_fire and order.fire_at is not None:
        return replace(order, fire_at=min(order.fire_at, command.given_at))
    return order
