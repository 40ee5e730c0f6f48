"""The courses of a ticket: in which order they are served, and what of it can be held or fired."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kds_tui.core.command import course_of, course_subject
from kds_tui.core.order import Item, Order


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a ticket that can be held or fired."""

    subject_id: str
    """As a command names it; empty for the whole ticket."""

    name: str
    """Of the course, as the till words it; empty for a line or the whole ticket."""

    items: tuple[Item, ...]


def parts_to_fire(order: Order) -> Sequence[Part]:
    """Tell what of a ticket can be fired.

    Args:
        order: as the screen shows it.

    Returns:
        The held courses, where there are several, the next one first; all that is held; then its
        lines, one by one. Empty when nothing is held.
    """
    return _parts([item for item in order.items if item.is_held and not item.is_done])


def parts_to_hold(order: Order) -> Sequence[Part]:
    """Tell what of a ticket can be held.

    Args:
        order: as the screen shows it.

    Returns:
        The courses that are on their way, where there are several, the last one first; all that
        is; then its lines, one by one. Empty when all of it is held or done.
    """
    return _parts(
        [item for item in order.items if not item.is_held and not item.is_done], last_first=True
    )


def part_words(order: Order, subject_id: str) -> str:
    """Name what of an order a command is of.

    Args:
        order: any.
        subject_id: a course (`course_subject`); for all else the order is named.

    Returns:
        "Course 2 of TABLE 7", "TABLE 7".
    """
    course = course_of(subject_id)
    if course is None:
        return order.label
    return f"{f'Course {course}' if course.isdecimal() else course} of {order.label}"


def _parts(items: Sequence[Item], *, last_first: bool = False) -> Sequence[Part]:
    if not items:
        return ()
    names = _in_serving_order(item.course for item in items)
    whole = Part("", "", tuple(items))
    if len(names) < 2:
        courses: list[Part] = []
    else:
        courses = [
            Part(course_subject(name), name, tuple(item for item in items if item.course == name))
            for name in (reversed(names) if last_first else names)
        ]
    return (*courses, whole, *(Part(item.id, "", (item,)) for item in items))


def _in_serving_order(courses: Iterable[str]) -> list[str]:
    """Numbers in their order, then names in that of the ticket; what has none comes with the first
    course."""
    named = list(dict.fromkeys(course for course in courses if course))
    numbers = sorted((name for name in named if name.isdecimal()), key=int)
    return numbers + [name for name in named if not name.isdecimal()]


def spoken_course(order: Order, words: str) -> str | None:
    """Find the course that a cook means.

    Args:
        order: whose course.
        words: as spoken: `mains`, `second`, `2`.

    Returns:
        The course as the order names it; None when it has none like that.
    """
    wanted = words.casefold().strip()
    courses = list(dict.fromkeys(item.course for item in order.items if item.course))
    for course in courses:
        if course.casefold() in (wanted, wanted.removesuffix("s"), f"{wanted}s"):
            return course
    number = _NUMBERS.get(wanted.removesuffix("s"), "")
    return number if number in courses else None


_NUMBERS = {
    "1": "1",
    "one": "1",
    "first": "1",
    "starter": "1",
    "appetizer": "1",
    "2": "2",
    "two": "2",
    "second": "2",
    "main": "2",
    "entree": "2",
    "3": "3",
    "three": "3",
    "third": "3",
    "dessert": "3",
    "4": "4",
    "four": "4",
    "fourth": "4",
}
"""The usual order of a meal, for tills that number its courses."""
