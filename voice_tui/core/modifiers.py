"""Changes to an item: "no onions", "extra cheese", "well done", "large", against what it offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from voice_tui.core.confidence import least_score
from voice_tui.core.menu import Menu, MenuItem, MenuModifier
from voice_tui.core.names import FOODS, GENERIC, head_of, likeness, said_words
from voice_tui.core.numbers import is_number
from voice_tui.core.utterance import singular


class Way(StrEnum):
    """What a change does to an item."""

    LEAVE_OUT = "No"
    ADD = "Add"
    EXTRA = "Extra"
    LESS = "Light"
    SWAP = "Sub"
    PLAIN = ""


_SPOKEN: Final[tuple[tuple[tuple[str, ...], Way], ...]] = (
    (("leave", "out"), Way.LEAVE_OUT),
    (("leave", "off"), Way.LEAVE_OUT),
    (("take", "off"), Way.LEAVE_OUT),
    (("hold",), Way.LEAVE_OUT),
    (("no",), Way.LEAVE_OUT),
    (("without",), Way.LEAVE_OUT),
    (("minus",), Way.LEAVE_OUT),
    (("skip",), Way.LEAVE_OUT),
    (("extra",), Way.EXTRA),
    (("double",), Way.EXTRA),
    (("more",), Way.EXTRA),
    (("light",), Way.LESS),
    (("less",), Way.LESS),
    (("easy", "on"), Way.LESS),
    (("substitute",), Way.SWAP),
    (("sub",), Way.SWAP),
    (("add",), Way.ADD),
    (("plus",), Way.ADD),
    (("with", "a"), Way.ADD),
    (("with", "an"), Way.ADD),
    (("with",), Way.ADD),
    (("on", "a"), Way.ADD),
    (("on",), Way.ADD),
)
_WRITTEN: Final[Mapping[str, Way]] = {
    "no": Way.LEAVE_OUT,
    "without": Way.LEAVE_OUT,
    "hold": Way.LEAVE_OUT,
    "add": Way.ADD,
    "with": Way.ADD,
    "extra": Way.EXTRA,
    "double": Way.EXTRA,
    "light": Way.LESS,
    "sub": Way.SWAP,
    "substitute": Way.SWAP,
}
_MEETS: Final[Mapping[Way, tuple[Way, ...]]] = {
    Way.LEAVE_OUT: (Way.LEAVE_OUT,),
    Way.EXTRA: (Way.EXTRA, Way.ADD),
    Way.LESS: (Way.LESS,),
    Way.SWAP: (Way.SWAP, Way.ADD),
    Way.ADD: (Way.ADD, Way.EXTRA, Way.SWAP, Way.PLAIN),
    Way.PLAIN: (Way.PLAIN,),
}
"""Which written changes a spoken one may mean, best first."""

_ANYWHERE: Final[Mapping[tuple[str, ...], str]] = {
    ("medium", "rare"): "Medium rare",
    ("medium", "well"): "Medium well",
    ("well", "done"): "Well done",
    ("rare",): "Rare",
    ("medium",): "Medium",
    ("extra", "large"): "Extra large",
    ("extra", "crispy"): "Extra crispy",
    ("large",): "Large",
    ("big",): "Large",
    ("small",): "Small",
    ("regular",): "Regular",
    ("kid",): "Kids",
    ("plain",): "Plain",
    ("spicy",): "Spicy",
}
"""What a kitchen understands of any item; kept as it was said where the menu does not offer it."""

_NO_FOOD: Final = frozenset(["allergy", "for", "ask", "your", "order", "serve", "made", "make"])
"""Words of menus that are none."""

_LONGEST: Final = 6


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was asked for.

    Args:
        length: how many words it takes.
        name: as the menu writes it, or as it was said when the item does not offer it.
        way: what it does.
        score: how alike.
        listed: the menu offers it for this item.
    """

    length: int
    name: str
    way: Way
    score: float
    listed: bool


@lru_cache(maxsize=8)
def ingredients(menu: Menu) -> frozenset[str]:
    """Collect what the dishes of a menu are made of, as keys to compare by."""
    found: set[str] = set()
    dishes: set[str] = set()
    for item in menu.items:
        for modifier in item.modifiers:
            found.update(_parts(modifier.name)[1])
        found.update(said_words(item.description))
        dishes.add(head_of(said_words(item.name)))
    named = {word for word in found - dishes if len(word) > 2 and not is_number(word)}
    return frozenset((named | FOODS) - GENERIC - _NO_FOOD)


def is_ingredient(word: str, menu: Menu) -> bool:
    """Tell whether a word is something that dishes are made of."""
    return singular(word) in ingredients(menu)


def spoken_way(words: Sequence[str], at: int) -> tuple[Way, int]:
    """Read the words that open a change.

    Returns:
        What they do and how many they are: `PLAIN` and 0 when there are none.
    """
    skip = 1 if words[at : at + 1] == ["with"] else 0
    for phrase, way in _SPOKEN:
        for start in {at + skip, at}:
            if tuple(words[start : start + len(phrase)]) == phrase:
                end = start + len(phrase)
                if way in {Way.ADD, Way.LEAVE_OUT} and words[end : end + 1] in (["the"], ["any"]):
                    end += 1
                if way is Way.ADD and words[end : end + 1] == ["some"]:
                    end += 1
                return way, end - at
    return Way.PLAIN, 0


def change_at(
    words: Sequence[str], at: int, end: int, item: MenuItem, menu: Menu, way: Way | None = None
) -> Change | None:
    """Find the change to an item that is asked for at a place.

    Args:
        words: of the utterance.
        at: where it would begin.
        end: where it ends at the latest.
        item: what would be changed.
        menu: tells what else food is made of.
        way: goes on in that way ("no onions *or pickles*"), without words that open it.

    Returns:
        The change, or None.
    """
    # "extra hot" and "no fat milk" may be names by themselves.
    exact = _listed(words, at, min(end, at + _LONGEST), item, Way.PLAIN) if way is None else None
    opened, skip = (way, 0) if way is not None else spoken_way(words, at)
    found = _listed(words, at + skip, min(end, at + skip + _LONGEST), item, opened)
    listed = _best(exact, found, skip)
    if listed:
        return listed
    if way is None:
        for phrase, name in _ANYWHERE.items():
            if tuple(map(singular, words[at : min(end, at + len(phrase))])) == phrase:
                return Change(len(phrase), name, Way.PLAIN, 0.95, listed=False)
    return _unlisted(words, at, skip, end, opened, menu)


def modifier_named(text: str, item: MenuItem) -> MenuModifier | None:
    """Find the modifier that a whole text asks for ("no onions"), None when it is not offered."""
    for modifier in item.modifiers:
        if modifier.name.casefold() == text.casefold():
            return modifier
    words = list(said_words(text))
    found = change_at(words, 0, len(words), item, Menu())
    if found is None or not found.listed or found.length != len(words):
        return None
    return next(modifier for modifier in item.modifiers if modifier.name == found.name)


def _best(exact: Change | None, found: Change | None, skip: int) -> Change | None:
    if found is None:
        return exact
    found = Change(found.length + skip, found.name, found.way, found.score, listed=True)
    if exact is None or (found.length, found.score) >= (exact.length, exact.score):
        return found
    return exact


def _listed(words: Sequence[str], at: int, end: int, item: MenuItem, way: Way) -> Change | None:
    best: Change | None = None
    best_rank = 0.0
    for stop in range(at + 1, end + 1):
        heard = tuple(map(singular, words[at:stop]))
        if heard[0] in {"a", "an", "the"}:
            break
        joined = "".join(heard)
        for modifier, written, core in _offered(item):
            if written not in _MEETS[way] or (
                written is Way.PLAIN and way is Way.ADD and heard[0] in GENERIC
            ):
                continue
            score = likeness(joined, "".join(core)) * (0.99 if written is not way else 1.0)
            rank = score + 0.06 * len(core) - 0.01 * _MEETS[way].index(written)
            if score >= least_score(heard, core) and rank >= best_rank:
                best, best_rank = Change(stop - at, modifier, way, score, listed=True), rank
    return best


def _offered(item: MenuItem) -> Iterator[tuple[str, Way, tuple[str, ...]]]:
    for modifier in item.modifiers:
        way, core = _parts(modifier.name)
        if core:
            yield modifier.name, way, core
            if way is Way.SWAP and "for" in core[1:]:
                yield modifier.name, way, core[: core.index("for", 1)]


@lru_cache(maxsize=4096)
def _parts(written: str) -> tuple[Way, tuple[str, ...]]:
    words = said_words(written)
    if (
        len(words) > 1
        and words[0] in _WRITTEN
        and words[1:] not in {("large",), ("hot",), ("crispy",)}
    ):
        return _WRITTEN[words[0]], words[1:]
    return Way.PLAIN, words


def _unlisted(
    words: Sequence[str], at: int, skip: int, end: int, way: Way, menu: Menu
) -> Change | None:
    """Keep a change in the guest's own words, when it is about food."""
    known = ingredients(menu)
    start = at + skip
    stop = start
    while stop < min(end, start + 2) and singular(words[stop]) in known:
        stop += 1
    if stop == start:
        return None
    thing = " ".join(words[start:stop])
    if words[stop : min(end, stop + 3)] == ["on", "the", "side"]:
        return Change(
            stop + 3 - at, f"{thing} on the side".capitalize(), Way.PLAIN, 0.9, listed=False
        )
    if way in {Way.PLAIN, Way.ADD} and not (skip and words[at] in {"add", "plus", "with"}):
        return None
    return Change(stop - at, f"{way} {thing}", way, 0.9, listed=False)
