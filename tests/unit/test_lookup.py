"""Which order or item a person means: numbers as people call them, tables, names nearly right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.lookup import Meant, by_name, by_number
from kds_tui.core.order import Order
from tests.unit.orders import make_order

MENU = ["Cedar Salmon", "Salmon", "Bacon Cheeseburger", "Classic Burger", "Chef's Salad"]


def numbered(*numbers: str) -> list[Order]:
    return [make_order(f"id{at}", order_number=number) for at, number in enumerate(numbers)]


@pytest.mark.parametrize(
    "number", ["412", "0412", "#412", " 412 ", "000412", "20261123-0412", "id0", "ID0"]
)
def test_a_number_is_called_in_many_ways(number: str) -> None:
    orders = numbered("20261123-0412", "20261123-0041", "20261123-4120")
    assert [order.id for order in by_number(orders, number)] == ["id0"]


def test_the_whole_number_tells_two_days_apart() -> None:
    orders = numbered("20261122-0412", "20261123-0412")
    assert [order.id for order in by_number(orders, "412")] == ["id0", "id1"]
    assert [order.id for order in by_number(orders, "20261122-0412")] == ["id0"]


@pytest.mark.parametrize("number", ["", "#", "  ", "41", "x", "-", "4 12"])
def test_no_number_means_nobody(number: str) -> None:
    assert by_number(numbered("20261123-0412", "20261123-"), number) == []


def test_zero_is_a_number_too() -> None:
    assert len(by_number(numbered("20261123-0000", "20261123-0010"), "0")) == 1


@pytest.mark.parametrize("table", ["12", " 12", "Table 12", "table  12"])
def test_a_table_is_its_label(table: str) -> None:
    orders = [make_order("a", table_number="12"), make_order("b", table_number="1"), make_order()]
    assert [order.id for order in Meant(table=table).among(orders)] == ["a"]
    assert Meant(table=" ").among(orders) == []


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("salmon", [1]),  # the whole name wins over a part of another
        ("SALMON", [1]),
        ("cedar", [0]),
        ("salmon cedar", [0]),
        ("burger class", [3]),
        ("chef's salad", [4]),
        ("chefs", []),
        ("burger", [3]),
        ("sal", [0, 1, 4]),
        ("", []),
        ("...", []),
    ],
)
def test_a_name_means_what_has_its_words(wanted: str, meant: list[int]) -> None:
    assert list(by_name(MENU, wanted).meant) == meant


def test_what_is_spelled_wrong_is_offered_and_not_meant() -> None:
    found = by_name(MENU, "samon")
    assert found.meant == ()
    assert found.near == (0, 1)
    assert by_name(MENU, "lobster").near == ()


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=12))
def test_what_is_meant_or_near_is_on_the_list(names: list[str], wanted: str) -> None:
    found = by_name(names, wanted)
    assert set(found.meant + found.near) <= set(range(len(names)))
    assert not (found.meant and found.near)
