"""The stations of a kitchen: `[stations.<name>]` tables, and what they mean for the routing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from kds_tui.config.sections import Section
from kds_tui.core.order import OrderType
from kds_tui.core.stations import ALL_STATIONS, Routing, StationRule, screen_stations

MAX_STATIONS: Final = 40
"""Most stations that can be listed: more than a screen has room to name."""

_Text = Annotated[str, Field(min_length=1, max_length=100)]


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_Texts = Annotated[tuple[_Text, ...], BeforeValidator(_one_or_more)]


def _check_words(words: tuple[str, ...]) -> tuple[str, ...]:
    for one in words:
        try:
            re.compile(one)
        except re.error as error:
            raise ValueError(f'"{one}" is not a regular expression: {error}') from None
    return words


class StationSettings(Section):
    """One station: what it takes."""

    items: _Texts = ()
    """Names of items; * and ? stand for any letters and any one letter."""

    categories: _Texts = ()
    """Categories of the menu, likewise."""

    words: Annotated[_Texts, AfterValidator(_check_words)] = ()
    """Words in an item's name, as regular expressions: ["steaks?", "rib ?eye"]."""

    order_types: Annotated[tuple[OrderType, ...], BeforeValidator(_one_or_more)] = ()
    """Only of these orders; with none of the three above, every item of them."""

    copies: bool = False
    """Whether it sees its items beside the station that cooks them, as a pass or a packer does."""

    default: bool = False
    """Whether what no station takes goes here."""


def _check_stations(stations: dict[str, StationSettings]) -> dict[str, StationSettings]:
    named: dict[str, StationSettings] = {}
    for name, settings in stations.items():
        known = name.strip().casefold()
        if known == ALL_STATIONS:
            raise ValueError(f'"{name}" is no name for a station: it stands for all of them')
        if not known or len(known) > 40 or "," in known:
            raise ValueError(f'"{name}" should be a name of 1 to 40 characters without a comma')
        if known in named:
            raise ValueError(f'"{name}" is listed twice')
        named[known] = settings
    if len(named) > MAX_STATIONS:
        raise ValueError(f"should be at most {MAX_STATIONS} stations")
    cooking = {name: it for name, it in named.items() if not it.copies}
    defaults = [name for name, settings in named.items() if settings.default]
    if len(defaults) > 1:
        raise ValueError(f"only one station can be the default, not {' and '.join(defaults)}")
    if defaults and defaults[0] not in cooking:
        raise ValueError(f'"{defaults[0]}" gets copies: it can not be the default')
    return named


STATIONS_SAMPLE: Final = """\
[stations.grill]
default = true

[stations.fry]
items = ["onion rings", "*tempura*"]
words = ["fried", "fries", "wings?"]

[stations.cold]
categories = ["salads", "desserts"]

[stations.packing]
order_types = ["takeout", "delivery"]
copies = true"""
"""What `config example` shows."""

StationsSettings = Annotated[dict[str, StationSettings], AfterValidator(_check_stations)]


def routing_of(stations: Mapping[str, StationSettings]) -> Routing:
    """Make the routing that the config describes.

    Args:
        stations: by name, in the order of the file.

    Returns:
        The routing; by server and keywords alone when there are none.
    """
    return Routing(
        StationRule(
            name,
            settings.items,
            settings.categories,
            settings.words,
            frozenset(settings.order_types),
            is_copy=settings.copies,
            is_default=settings.default,
        )
        for name, settings in stations.items()
    )


def unknown_stations(
    shown: str, stations: Mapping[str, StationSettings]
) -> Iterator[tuple[str, str]]:
    """Find the stations of a screen that the config does not list.

    Args:
        shown: `display.station`.
        stations: by name; none: any station may come from the server.

    Yields:
        What is wrong, and the nearest station; empty when none is close.
    """
    for name in screen_stations(shown) if stations else ():
        if name not in stations and name != ALL_STATIONS:
            nearest = get_close_matches(name, [*stations, ALL_STATIONS], n=1)
            listed = ", ".join(stations)
            yield f'"{name}" is not in [stations], which lists {listed}', (nearest or [""])[0]
