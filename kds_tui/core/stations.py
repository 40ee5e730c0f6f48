"""Which station cooks an item, and which others see it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kds_tui.core.order import Item, Order, OrderType

ALL_STATIONS: Final = "all"
"""The name that stands for every station on one screen."""

DEFAULT_STATION: Final = "grill"
"""Where an item goes that no word places (as on the Restaurant OS web display)."""

# Short words only as whole ones: "tea" is in "steamed", "pie" in "piece", "tender" in "tenderloin".
_WORDS: Final = tuple(
    (station, re.compile(words))
    for station, words in (
        ("grill", r"burger|steak|grilled|meat|\bribs\b"),
        ("saute", r"pasta|entree|seafood|chicken|risotto|salmon"),
        ("salad", r"salad|appetizer|slaw\b|bruschetta"),
        ("fry", r"fried|fries|\bsides?\b|\bwings?\b|onion ring|\btenders?\b"),
        ("dessert", r"dessert|ice cream|cakes?\b|\bpies?\b|brownie"),
        ("beverage", r"drink|coffee|beverage|\bsodas?\b|\bteas?\b|lemonade|\bbeers?\b|\bwines?\b"),
    )
)

_REMEMBERED: Final = 4096
"""Items whose way is remembered: far more than a menu has names."""


def screen_stations(text: str) -> tuple[str, ...]:
    """Read which stations a screen shows.

    Args:
        text: names with commas between, as in `display.station`.

    Returns:
        The names in lower case, each once, in the order given; `all` alone when it is among them.
    """
    names = dict.fromkeys(name for part in text.casefold().split(",") if (name := part.strip()))
    return (ALL_STATIONS,) if ALL_STATIONS in names or not names else tuple(names)


@dataclass(frozen=True, slots=True)
class StationRule:
    """What a restaurant says about one of its stations."""

    station: str
    """Its name, in lower case."""

    items: tuple[str, ...] = ()
    """Names of items; `*` and `?` stand for any letters and any one letter."""

    categories: tuple[str, ...] = ()
    """Categories of the menu, likewise."""

    words: tuple[str, ...] = ()
    """Regular expressions for whole words of an item's name."""

    order_types: frozenset[OrderType] = frozenset()
    """Of which orders it takes items; empty for all. Alone: every item of those orders."""

    is_copy: bool = False
    """Whether it sees its items beside the station that cooks them; with no rule: all items."""

    is_default: bool = False
    """Whether what no station takes goes here."""


class _Matcher:
    """A rule, ready to be asked."""

    def __init__(self, rule: StationRule) -> None:
        self.station = rule.station
        self.order_types = rule.order_types
        self._items = _any_of(fnmatch.translate(name.casefold()) for name in rule.items)
        self._categories = _any_of(fnmatch.translate(name.casefold()) for name in rule.categories)
        self._words = _any_of(rf"\b(?:{words})\b" for words in rule.words)
        self.names_food = bool(rule.items or rule.categories or rule.words)

    def takes_type(self, order_type: OrderType) -> bool:
        return not self.order_types or order_type in self.order_types

    def names_item(self, name: str, category: str) -> bool:
        return self._items is not None and self._items.match(name.casefold()) is not None

    def names_category(self, name: str, category: str) -> bool:
        return (
            self._categories is not None and self._categories.match(category.casefold()) is not None
        )

    def names_words(self, name: str, category: str) -> bool:
        return self._words is not None and self._words.search(name) is not None

    def names_type(self, name: str, category: str) -> bool:
        return bool(self.order_types) and not self.names_food

    def wants_copy(self, name: str, category: str) -> bool:
        return (
            not self.names_food
            or self.names_item(name, category)
            or self.names_category(name, category)
            or self.names_words(name, category)
        )


_BY_PRECEDENCE: Final = (
    _Matcher.names_item,
    _Matcher.names_category,
    _Matcher.names_words,
    _Matcher.names_type,
)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined, re.IGNORECASE) if joined else None


class Routing:
    """Which item goes where.

    One station cooks an item, the first that is found so:

    1. a rule that names the item, 2. one that names its category, 3. one with a word of its name,
       4. one for every item of its order's type; among equals one that is for some order types
       only comes before one for all, then the one that was given first;
    5. the server's own word; 6. a keyword of the name; 7. the default.

    Where there are rules, they list the stations that have a screen: what 5 and 6 would send to
    another one, or to one that takes no such orders, goes to the default: the rule marked so, else
    the first one for all orders, else the first. So no item is without a screen. A rule for copies
    takes nothing away: its station sees the item too.

    Args:
        rules: in the order of precedence among equals; none: by server, keyword and default alone.
    """

    def __init__(self, rules: Iterable[StationRule] = ()) -> None:
        rules = tuple(rules)
        self.names: tuple[str, ...] = tuple(dict.fromkeys(rule.station for rule in rules))
        """The stations that the rules list."""

        cooking = [rule for rule in rules if not rule.is_copy]
        marked = [rule.station for rule in cooking if rule.is_default]
        of_all = [rule.station for rule in cooking if not rule.order_types]
        firsts = [*marked, *of_all, *(rule.station for rule in cooking), DEFAULT_STATION]
        self.default: str = firsts[0]
        """Where an item goes that nothing places."""

        matchers = [_Matcher(rule) for rule in cooking]
        self._cooking = sorted(matchers, key=lambda matcher: not matcher.order_types)
        self._copying = [_Matcher(rule) for rule in rules if rule.is_copy]
        # A menu has few names and an evening many items.
        self._find = lru_cache(_REMEMBERED)(self._search)

    def stations_of(self, item: Item, order_type: OrderType) -> tuple[str, ...]:
        """Tell which stations see an item.

        Args:
            item: of an order.
            order_type: of that order.

        Returns:
            Names in lower case: the one that cooks it, then those that get a copy.
        """
        return self._find(item.name, item.category, item.station, order_type)

    def station_of(self, item: Item, order_type: OrderType) -> str:
        """Tell which station cooks an item; see `stations_of`."""
        return self.stations_of(item, order_type)[0]

    def known(self, orders: Iterable[Order]) -> tuple[str, ...]:
        """Tell which stations there are.

        Args:
            orders: those on the board.

        Returns:
            The stations of the rules, then others that have an item of the orders, by name.
        """
        seen = {
            station
            for order in orders
            for item in order.items
            for station in self.stations_of(item, order.type)
        }
        return (*self.names, *sorted(seen.difference(self.names)))

    def _search(
        self, name: str, category: str, told: str, order_type: OrderType
    ) -> tuple[str, ...]:
        cook = self._cook(name, category, told.casefold(), order_type)
        copies = (
            matcher.station
            for matcher in self._copying
            if matcher.takes_type(order_type) and matcher.wants_copy(name, category)
        )
        return tuple(dict.fromkeys((cook, *copies)))

    def _cook(self, name: str, category: str, told: str, order_type: OrderType) -> str:
        matchers = [matcher for matcher in self._cooking if matcher.takes_type(order_type)]
        for takes in _BY_PRECEDENCE:
            for matcher in matchers:
                if takes(matcher, name, category):
                    return matcher.station
        words = name.casefold()
        by_keyword = next((station for station, found in _WORDS if found.search(words)), "")
        has_screen = {matcher.station for matcher in matchers}
        for station in (told, by_keyword):
            if station and (station in has_screen or not self._cooking):
                return station
        return self.default


def split(
    order: Order, stations: Sequence[str], routing: Routing
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Part the items of an order.

    Args:
        order: any.
        stations: whose screen it is; `all` has everything.
        routing: which item goes where.

    Returns:
        The items of these stations, and those of the others.
    """
    if ALL_STATIONS in stations:
        return order.items, ()
    here: list[Item] = []
    elsewhere: list[Item] = []
    for item in order.items:
        seen_by = routing.stations_of(item, order.type)
        (here if any(name in stations for name in seen_by) else elsewhere).append(item)
    return tuple(here), tuple(elsewhere)
