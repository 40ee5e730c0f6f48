"""The lines of a ticket as a card writes them: parted by course and by when they were added, and
identical ones combined.

A combined line stands for several items of the order; it keeps them, so that a mark on it is a mark
on each. Only what is the same in every respect is combined: name, modifiers, notes, whether it is
done. Where one guest gets one, the line tells their seats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from kds_tui.core.order import Item, Order


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of a card: an item, or several that are the same."""

    items: tuple[Item, ...]

    @property
    def item(self) -> Item:
        """What they all are; the first one of them."""
        return self.items[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all its items."""
        return tuple(item.id for item in self.items)

    @property
    def quantity(self) -> int:
        """How many there are together."""
        return sum(item.quantity for item in self.items)

    @property
    def seats(self) -> str:
        """Whom they are for: `s2`, `s1,3`, `s1,2×2`; empty when nobody says."""
        counts = Counter(item.seat_number for item in self.items if item.seat_number is not None)
        if len(self.items) == 1 or len(counts) == 1:
            return "".join(f"s{seat}" for seat in counts)
        told = (f"{seat}×{n}" if n > 1 else str(seat) for seat, n in sorted(counts.items()))
        return f"s{','.join(told)}" if counts else ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a card that belong together."""

    lines: tuple[ItemLine, ...]
    course: str = ""
    """When in the meal they are served; empty when the order has no courses to tell apart."""

    added_at: float | None = None
    """When they were added to the order; None for original ones."""

    @property
    def is_held(self) -> bool:
        """Whether all that is open of it waits to be fired."""
        items = [item for line in self.lines for item in line.items if not item.is_done]
        return bool(items) and all(item.is_held for item in items)

    @property
    def fired_at(self) -> float | None:
        """When it was fired, if all of it was held before."""
        items = [item for line in self.lines for item in line.items]
        fired = [item.fired_at for item in items if item.fired_at is not None and not item.is_held]
        return max(fired) if len(fired) == len(items) else None


def sections(order: Order, *, combine: bool = True) -> tuple[Section, ...]:
    """Part the lines of an order as its card shows them.

    Args:
        order: any.
        combine: whether identical items become one line.

    Returns:
        First what was ordered at once, course by course, then each addition. What has no course
        (drinks, as a rule) comes before the first one.
    """
    has_courses = len({item.course for item in order.items if item.course}) > 1
    parts: dict[tuple[float, str], list[Item]] = {}
    for item in order.items:
        added = -inf if item.added_at is None else item.added_at
        parts.setdefault((added, item.course if has_courses else ""), []).append(item)
    in_order = sorted(parts.items(), key=lambda part: (part[0][0], _course_place(part[0][1])))
    return tuple(
        Section(
            tuple(combined(items) if combine else (ItemLine((item,)) for item in items)),
            course,
            None if added == -inf else added,
        )
        for (added, course), items in in_order
    )


def combined(items: Iterable[Item]) -> Sequence[ItemLine]:
    """Combine items that are the same.

    Args:
        items: of one order.

    Returns:
        A line for each kind of them, in the order of the first of each.
    """
    same: dict[object, list[Item]] = {}
    for item in items:
        same.setdefault(_sameness(item), []).append(item)
    return [ItemLine(tuple(kind)) for kind in same.values()]


def _sameness(item: Item) -> object:
    """What two items must have in common to be one line; the id for one that stands alone."""
    if item.changed_version and item.added_at is None:
        return item.id  # what was asked of it later is told at the line
    if item.quantity < 1 or item.previous_quantity is not None:
        return item.id
    # One each for several guests is a list of seats; two to share are a line of their own.
    has_own_seat = item.quantity == 1 and item.seat_number is not None
    return (
        item.menu_item_id,
        item.name,
        item.modifiers,
        item.notes,
        "each" if has_own_seat else item.seat_number,
        item.is_done,
        item.is_held,
        item.course,
        item.added_at,
        item.fired_at,
    )


def _course_place(course: str) -> tuple[bool, float]:
    """Courses by number; those with a name keep the order of the order, behind the numbers."""
    return bool(course), int(course) if course.isdecimal() else inf
