"""What a shell is told about orders and items of the menu, in lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kds_tui.core.command import MENU_VERBS, Verb
from kds_tui.core.effects import part_of
from kds_tui.core.lookup import Meant, NameFound
from kds_tui.core.order import Order, OrderStatus

SHOWN: Final = 8
"""Most orders or items that are listed for a person to choose from."""

LINES: Final = 3
"""Most lines of an order that are named to tell it from others."""


def order_name(order: Order) -> str:
    """Name an order so that nobody takes it for another one.

    Args:
        order: any.

    Returns:
        Such as `0412 (TABLE 12)`.
    """
    number = order.short_number
    return number if order.label == f"#{number}" else f"{number} ({order.label})"


def which_order(orders: Sequence[Order], meant: Meant) -> str:
    """Ask which of several orders is meant.

    Args:
        orders: those that can be.
        meant: as it was asked for.

    Returns:
        A line each, with what tells them apart.
    """
    whole = {order.order_number for order in orders}
    by_id = len(whole) < len(orders)  # Restaurant OS may give a number twice
    lines = [f"{len(orders)} orders are {meant.words}. Say which, by what stands first:"]
    lines += [
        f"  {order.id if by_id else order.order_number}  {_gist(order)}" for order in orders[:SHOWN]
    ]
    lines += _rest(orders)
    if meant.table:
        lines.append("or all of them, with --all")
    return "\n".join(lines)


def unknown_order(there: Sequence[Order], meant: Meant, name: str) -> str:
    """Tell that nothing is called so, and what there is.

    Args:
        there: the orders that it could be asked of.
        meant: as it was asked for.
        name: of the command.

    Returns:
        The lines.
    """
    lines = [f"There is no {meant.words}."]
    if there:
        lines.append(f"What there is to {name}:")
        lines += [f"  {order.short_number}  {_gist(order)}" for order in there[:SHOWN]]
        lines += _rest(there)
    return "\n".join(lines)


def not_now(order: Order, name: str) -> str:
    """Tell that an order is not in a state for it.

    Args:
        order: the one meant.
        name: of the command.

    Returns:
        A sentence.
    """
    if order.status is OrderStatus.CANCELLED:
        return f"{order_name(order)} was cancelled: do not cook it."
    return f"{order_name(order)} is {order.status.value}: there is nothing to {name}."


def no_such_course(order: Order, wanted: str) -> str:
    """Tell that an order has no such course, and which it has.

    Args:
        order: the one meant.
        wanted: the course, as it was asked for.

    Returns:
        A sentence.
    """
    courses = list(dict.fromkeys(item.course for item in order.items if item.course))
    there = f"its courses are {', '.join(courses)}" if courses else "it has no courses"
    return f"{order_name(order)} has no course {wanted}: {there}."


def nothing_to_do(verb: Verb, order: Order, subject_id: str, now: float) -> str:
    """Tell that an order is so already, as far as its status does not.

    Args:
        verb: what is asked.
        order: the one meant.
        subject_id: the part that is to be held or fired; empty for all of it.
        now: seconds since the epoch.

    Returns:
        A sentence; empty when there is something to do.
    """
    part = part_of(order, subject_id)
    match verb:
        case Verb.HOLD if all(item.is_held for item in part):
            return f"{order_name(order)} has nothing that is not held or done already."
        case Verb.FIRE if not any(item.is_held for item in part):
            waits = not subject_id and order.started_at(now) is None
            return "" if waits else f"{order_name(order)} does not wait: it is cooked already."
        case _:
            return ""


def not_one_item(names: Sequence[str], found: NameFound, wanted: str) -> str:
    """Tell that no item of the menu, or more than one, is called so.

    Args:
        names: of the menu's items.
        found: what was found for the name.
        wanted: the name.

    Returns:
        The lines.
    """
    if found.meant:
        lines = [f"{len(found.meant)} items of the menu are called {wanted}. Say which:"]
        lines += [f"  {names[place]}" for place in found.meant[:SHOWN]]
        if len(found.meant) > SHOWN:
            lines.append(f"  and {len(found.meant) - SHOWN} more")
        return "\n".join(lines)
    if not found.near:
        return f"There is no {wanted} on the menu."
    nearest = "".join(f"\n  {names[place]}" for place in found.near)
    return f"There is no {wanted} on the menu. Did you mean:{nearest}"


def not_offered(verb: Verb) -> str:
    """Tell that the order server cannot do it.

    Args:
        verb: what was asked for.

    Returns:
        A sentence.
    """
    if verb in MENU_VERBS:
        return "This order server has no 86. Tell the till."
    return (
        f"This order server has no {verb.value}. A display keeps it to itself then: use its key"
        " there."
    )


def _gist(order: Order) -> str:
    items = ", ".join(
        item.name if item.quantity == 1 else f"{item.quantity}x {item.name}"
        for item in order.items[:LINES]
    )
    more = f" and {len(order.items) - LINES} more" if len(order.items) > LINES else ""
    return f"{order.label}, {order.status.value}: {items}{more}"


def _rest(orders: Sequence[Order]) -> list[str]:
    more = len(orders) - SHOWN
    return [f"  and {more} more: kds-tui orders shows all"] if more > 0 else []
