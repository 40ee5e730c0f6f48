"""Which order or item of the menu a person means: by the number that is called out, by a table, by
a name that is only nearly right.

A guess is offered, never acted on: what is bumped or put out of stock was named.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kds_tui.core.order import Order

NEAREST: Final = 5
"""Most names that are offered where none was meant for certain."""

ALIKE: Final = 0.7
"""How alike a name must be to be offered, from 0 to 1: `samon` is 0.9 of salmon, 0.6 of bacon."""

_TABLE: Final = re.compile(r"table\s+", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Meant:
    """Which orders a person means: by number, or by table."""

    number: str = ""
    table: str = ""

    @property
    def words(self) -> str:
        """It as it was said."""
        return f"order {self.number}" if self.number else f"table {self.table}"

    def among(self, orders: Iterable[Order]) -> list[Order]:
        """Find them.

        Args:
            orders: to look among.

        Returns:
            Those that can be meant, in the order given.
        """
        return by_number(orders, self.number) if self.number else at_table(orders, self.table)


def by_number(orders: Iterable[Order], number: str) -> list[Order]:
    """Find the orders that a number can mean.

    Args:
        orders: to look among.
        number: as people call it (`412`, `0412`, `#412`), the whole order number, or the order's
            id.

    Returns:
        Those that are numbered exactly so, else those that people call so; more than one where the
        number is not enough.
    """
    known = tuple(orders)
    wanted = number.strip().removeprefix("#").casefold()
    if not wanted:
        return []
    exact = [order for order in known if wanted in (order.id, order.order_number.casefold())]
    if exact:
        return exact
    bare = _bare(wanted)
    return [order for order in known if _bare(order.short_number.casefold()) == bare]


def at_table(orders: Iterable[Order], table: str) -> list[Order]:
    """Find the orders of a table.

    Args:
        orders: to look among.
        table: its label; `table 12` is 12.

    Returns:
        The orders, in the order given.
    """
    wanted = _TABLE.sub("", table.strip(), count=1).casefold()
    return [order for order in orders if wanted and order.table_number.casefold() == wanted]


def _bare(number: str) -> str:
    """Leave out leading zeros, which nobody says."""
    return (number.lstrip("0") or "0") if number.isdigit() else number


@dataclass(frozen=True, slots=True)
class NameFound:
    """What a name can mean, as places in the list that was looked in."""

    meant: tuple[int, ...] = ()
    """One when there is no doubt; more where the name is not enough."""

    near: tuple[int, ...] = ()
    """What is spelled nearly so, the nearest first, when nothing is meant for certain."""


def by_name(names: Sequence[str], wanted: str) -> NameFound:
    """Find what a name means.

    Args:
        names: what there is.
        wanted: as typed: the whole name, or words of it (or their beginnings) in any order.

    Returns:
        What has exactly this name, else what has all of these words; failing both, what is alike.
    """
    words = name_words(wanted)
    if not words:
        return NameFound()
    spelled = [" ".join(name_words(name)) for name in names]
    phrase = " ".join(words)
    exact = tuple(place for place, name in enumerate(spelled) if name == phrase)
    if exact:
        return NameFound(exact)
    holding = tuple(place for place, name in enumerate(spelled) if has_words(name, words))
    if holding:
        return NameFound(holding)
    return NameFound(near=_alike(spelled, phrase))


def name_words(text: str) -> list[str]:
    """Take a text apart for comparing.

    Args:
        text: a name, or what somebody typed.

    Returns:
        Its words, without case and punctuation.
    """
    return _WORD.findall(text.casefold())


def has_words(text: str, words: Iterable[str]) -> bool:
    """Tell whether a text has all words that somebody typed.

    Args:
        text: any.
        words: as `name_words` gives them; each may be the beginning of a word only.

    Returns:
        True when every one of them begins a word of the text.
    """
    there = name_words(text)
    return all(any(word.startswith(wanted) for word in there) for wanted in words)


def _alike(spelled: Sequence[str], phrase: str) -> tuple[int, ...]:
    """The names with a part, or the whole, that is spelled nearly so."""
    likeness: dict[int, float] = {}
    for place, name in enumerate(spelled):
        parts = (name, *name.split())
        best = max(difflib.SequenceMatcher(None, phrase, part).ratio() for part in parts)
        if best >= ALIKE:
            likeness[place] = best
    nearest = sorted(likeness, key=lambda place: (-likeness[place], place))
    return tuple(nearest[:NEAREST])
