"""Finds what is on the menu in what was heard, and says so when it cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from voice_tui.core.confidence import MARGIN, PARTIAL, SUGGEST, least_score
from voice_tui.core.menu import Menu, MenuItem
from voice_tui.core.names import (
    FOODS,
    GENERIC,
    Name,
    head_of,
    keys_of,
    likeness,
    names_of,
    said_words,
    sound_of,
)
from voice_tui.core.numbers import is_number

_EDGE_WORDS: Final = """
a an the and or for fore to too two of with without no not on in at by please my more another
some that this it is are ate won extra add sub hold minus plus i we you off out up from make
change
"""
_EDGES: Final = frozenset(_EDGE_WORDS.split())
"""Words that no name begins or ends with by mistake."""

_NEAR: Final = 12
"""Names looked at closely, of those that are alike in spelling and in sound."""

_WORD_BONUS: Final = 0.06
"""What each further word of a name is worth: "steak sandwich" is not a steak."""


@dataclass(frozen=True, slots=True)
class Found:
    """What some words may name.

    Args:
        length: how many words.
        items: the one item meant, or all that may be.
        score: how alike.
        implied: a modifier that the name brings along; empty for none.
    """

    length: int
    items: tuple[MenuItem, ...]
    score: float
    implied: str = ""

    @property
    def item(self) -> MenuItem | None:
        """The item meant, when there is no doubt which."""
        return self.items[0] if len(self.items) == 1 else None


class Matcher:
    """The names of one menu, ready to be compared with.

    Args:
        menu: what is served now.
    """

    def __init__(self, menu: Menu) -> None:
        self.menu: Final = menu
        self._names = [
            name for place, item in enumerate(menu.items) for name in names_of(place, item)
        ]
        self._joined = ["".join(name.words) for name in self._names]
        self._sounds = [sound_of(joined) for joined in self._joined]
        self._exact: dict[str, list[Name]] = {}
        for name, joined in zip(self._names, self._joined, strict=True):
            self._exact.setdefault(joined, []).append(name)
        self._holding: dict[str, set[int]] = {}
        for name in self._names:
            for word in name.words:
                if not name.implied:
                    self._holding.setdefault(word, set()).add(name.item)
        self._longest = max((len(name.words) for name in self._names), default=0) + 2
        self._seen: dict[tuple[str, ...], Found | None] = {}

    def item_at(self, words: Sequence[str], at: int, end: int) -> Found | None:
        """Find the item that is named at a place.

        Args:
            words: of the utterance.
            at: where the name would begin.
            end: where it ends at the latest.

        Returns:
            The best reading, several items when it fits several, None when it fits none.
        """
        best: Found | None = None
        best_rank = 0.0
        for stop in range(at + 1, min(end, at + self._longest) + 1):
            found = self._whole(keys_of(words[at:stop]))
            if found is None:
                continue
            rank = found.score + _WORD_BONUS * (found.length - 1)
            if rank >= best_rank:
                best, best_rank = _reaching(found, stop - at), rank
        return best

    def item_named(self, text: str) -> Found | None:
        """Find the item that a whole text names."""
        exact = self.menu.named(text)
        if exact:
            return Found(1, (exact,), 1.0)
        words = said_words(text)
        found = self._whole(words) if words else None
        if found is None and len(words) > 1 and words[0] in {"a", "an", "the"}:
            found = self._whole(words[1:])
        return found

    def suggestions(self, text: str) -> tuple[MenuItem, ...]:
        """Find what somebody may have meant with words that name nothing; at most three items."""
        heard = "".join(keys_of(text.split()))
        scored: dict[int, float] = {}
        for name in self._near(heard):
            score = likeness(heard, "".join(name.words))
            if score >= SUGGEST:
                scored[name.item] = max(score, scored.get(name.item, 0.0))
        ranked = sorted(scored, key=lambda item: -scored[item])[:3]
        return tuple(self.menu.items[item] for item in ranked if self.menu.items[item].available)

    def _whole(self, words: tuple[str, ...]) -> Found | None:
        if words not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[words] = self._look(words)
        return self._seen[words]

    def _look(self, words: tuple[str, ...]) -> Found | None:
        joined = "".join(words)
        exact = self._exact.get(joined)
        if exact:
            best = max(name.weight for name in exact)
            return self._found([(name, name.weight) for name in exact if name.weight == best])
        if _edged(words):
            return None
        return self._part(words) or self._alike(words, joined)

    def _alike(self, words: tuple[str, ...], joined: str) -> Found | None:
        scored: list[tuple[Name, float]] = []
        for name in self._near(joined):
            score = likeness(joined, "".join(name.words)) * name.weight
            if abs(len(name.words) - len(words)) <= 2 and score >= least_score(words, name.words):
                scored.append((name, score))
        best = max((score for _, score in scored), default=0.0)
        return self._found([(name, score) for name, score in scored if score > best - MARGIN])

    def _near(self, joined: str) -> Iterable[Name]:
        near = {
            place: None
            for choices, query, least in (
                (self._joined, joined, 50),
                (self._sounds, sound_of(joined), 75),
            )
            if query
            for _, _, place in process.extract(
                query, choices, scorer=fuzz.ratio, limit=_NEAR, score_cutoff=least
            )
        }
        return [self._names[place] for place in near]

    def _part(self, words: tuple[str, ...]) -> Found | None:
        """Read a part of a name: it must hold the dish's main word, or two words, or a rare one."""
        if len(words) > 3 or not all(word in self._holding for word in words):
            return None
        if all(word in GENERIC or len(word) < 3 for word in words):
            return None
        holders = set[int].intersection(*(self._holding[word] for word in words))
        names: dict[int, Name] = {}
        headed: dict[int, Name] = {}
        for name in self._names:
            if name.item in holders and not name.implied and set(words) <= set(name.words):
                names.setdefault(name.item, name)
                if head_of(name.words) in words:
                    headed.setdefault(name.item, name)
        chosen = headed if len(headed) == 1 else names
        if len(chosen) == 1 and len(words) == 1 and words[0] in FOODS:
            # "Cheese" alone may be a grilled cheese, or a burger's: better asked about.
            return None
        return self._found([(name, PARTIAL) for name in chosen.values()])

    def _found(self, scored: list[tuple[Name, float]]) -> Found | None:
        if not scored:
            return None
        best: dict[int, tuple[Name, float]] = {}
        for name, score in sorted(scored, key=lambda pair: -pair[1]):
            best.setdefault(name.item, (name, score))
        top, score = next(iter(best.values()))
        served = [item for item in best if self.menu.items[item].available]
        chosen = served if len(best) > 1 and served else list(best)
        if len(chosen) == 1:
            top, score = best[chosen[0]]
        items = tuple(self.menu.items[item] for item in chosen)
        return Found(len(top.words), items, score, top.implied if len(items) == 1 else "")


def _reaching(found: Found, length: int) -> Found:
    return Found(length, found.items, found.score, found.implied)


def _edged(words: tuple[str, ...]) -> bool:
    return any(word in _EDGES or is_number(word) for word in (words[0], words[-1]))
