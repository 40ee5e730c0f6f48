from __future__ import annotations

from pathlib import Path

import pytest

from kds_tui.hub.errors import MenuError
from kds_tui.hub.menu import load_menu, read_menu, stable_uuid

GOOD = """
categories = [{ id = "mains", name = "Mains" }]
tables = [{ label = "1", seats = 4 }]
[[items]]
id = "pie"
name = "Pie"
category = "mains"
price = 9.50
station = "grill"
prep_minutes = 10
"""


def test_the_menu_that_comes_along() -> None:
    menu = load_menu(None)
    assert len(menu.items) >= 40
    assert {item.station for item in menu.items} == {
        "grill",
        "fry",
        "saute",
        "cold",
        "dessert",
        "bar",
    }
    assert all(item.prep_minutes > 0 for item in menu.items)


def test_a_restaurants_own_menu(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD)
    menu = load_menu(path)
    assert menu.find("pie") is menu.find(stable_uuid("item", "pie")) is menu.items[0]
    assert menu.find("cake") is None
    table = menu.table("1")
    assert table is not None
    assert table.seats == 4


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("9.50", '"dear"', "items[0].price: Expected `float`, got `str`"),
        ("9.50", "-1.0", "items[0].price: Expected `float` >= 0.0"),
        ('name = "Pie"', "", "items[0]: Object missing required field `name`"),
        ("station", "sation", "items[0]: Object contains unknown field `sation`"),
        ('category = "mains"', 'category = "soups"', "items[0].category: 'soups' is not among"),
        ('{ id = "mains", name = "Mains" }',
         '{ id = "mains", name = "Mains" }, { id = "mains", name = "Mains" }',
         "categories[1]: there are two of 'mains'"),
        ("seats = 4", "seats = 0", "tables[0].seats: Expected `int` >= 1"),
        ("price =", "price", "line"),
    ],
)  # fmt: skip
def test_a_wrong_menu_names_file_and_key(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(MenuError) as error:
        read_menu(GOOD.replace(old, new), "own.toml")
    assert str(error.value).startswith("own.toml: ")
    assert told in str(error.value)


def test_a_menu_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MenuError, match=r"none\.toml: No such file"):
        load_menu(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(MenuError, match="not UTF-8"):
        load_menu(binary)
