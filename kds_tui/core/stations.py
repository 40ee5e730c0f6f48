"""Which station cooks an item."""

from __future__ import annotations

from typing import Final

from kds_tui.core.order import Item

ALL_STATIONS: Final = "all"
"""The name that stands for every station on one screen."""

DEFAULT_STATION: Final = "grill"
"""Where an item goes that no word places (as on the Restaurant OS web display)."""

_WORDS: Final = (
    ("grill", ("burger", "steak", "grilled", "meat", "ribs")),
    ("saute", ("pasta", "entree", "seafood", "chicken", "risotto", "salmon")),
    ("salad", ("salad", "appetizer", "slaw", "bruschetta")),
    ("fry", ("fried", "fries", "side", "wing", "onion ring", "tender")),
    ("dessert", ("dessert", "ice cream", "cake", "pie", "brownie")),
    ("beverage", ("drink", "coffee", "beverage", "soda", "tea", "lemonade", "beer", "wine")),
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
        if any(word in name for word in words):
            return station
    return DEFAULT_STATION
