"""Which station cooks an item."""

from __future__ import annotations

import re
from typing import Final

from kds_tui.core.order import Item

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


def station_of(item: Item) -> str:
    """Tell which station cooks an item.

    The server's word counts; without it the item's name decides, by the keyword table of the
    Restaurant OS web display.

    Args:
        item: an item of an order.

    Returns:
        The station's name in lower case.
    """
    if item.station:
        return item.station.casefold()
    name = item.name.casefold()
    for station, words in _WORDS:
        if words.search(name):
            return station
    return DEFAULT_STATION
