"""Which station cooks an item."""

from __future__ import annotations

import pytest

from kds_tui.core.stations import DEFAULT_STATION, station_of
from tests.unit.orders import make_item


@pytest.mark.parametrize(
    ("name", "station"),
    [
        ("Bacon Cheeseburger", "grill"),
        ("RIBEYE STEAK", "grill"),
        ("Baby Back Ribs", "grill"),
        ("Grilled Chicken Salad", "grill"),
        ("Chicken Alfredo", "saute"),
        ("Seafood pasta", "saute"),
        ("Caesar Salad", "salad"),
        ("Coleslaw", "salad"),
        ("French Fries", "fry"),
        ("8 pc Wings", "fry"),
        ("Side of rice", "fry"),
        ("Crispy Tenders", "fry"),
        ("New York Cheesecake", "dessert"),
        ("Apple Pie", "dessert"),
        ("Iced Tea", "beverage"),
        ("Draft beer", "beverage"),
        ("Steamed mussels", DEFAULT_STATION),
        ("Pork tenderloin", DEFAULT_STATION),
        ("Cod, 2 pieces", DEFAULT_STATION),
        ("Wingless dragon", DEFAULT_STATION),
        ("", DEFAULT_STATION),
    ],
)
def test_a_name_decides_by_its_words(name: str, station: str) -> None:
    assert station_of(make_item(name)) == station


def test_the_word_of_the_server_counts() -> None:
    assert station_of(make_item("Burger", station="Bar")) == "bar"
