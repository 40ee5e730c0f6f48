from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.unit.menus import MATCHERS, cantina_answer
from voice_tui.core.menu import MenuError, MenuModifier, menu_of
from voice_tui.core.names import head_of, likeness, said_words

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["items", "id", "name", "price", "modifiers", "aliases", "categories"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


def test_a_menu_is_read_as_the_server_sends_it() -> None:
    item = menu_of(cantina_answer()).items[0]
    assert (item.name, item.price, item.category) == ("Cheeseburger", 12.0, "All")
    assert item.modifiers[2] == MenuModifier("1-3", "Extra cheese", 1.5)
    assert not menu_of(cantina_answer()).named("Tiramisu").available


@pytest.mark.parametrize(
    ("told", "version"), [(3, 3), (0, 0), (-1, 0), (True, 0), ("3", 0), (None, 0)]
)
def test_a_version_is_a_count_or_unknown(told: object, version: int) -> None:
    (item,) = menu_of({"items": [{"id": "a", "name": "Tea", "version": told}]}).items
    assert item.version == version


def test_a_bad_row_does_not_close_the_kitchen() -> None:
    rows: list[object] = [7, {"id": "x"}, {"id": "a", "name": "Tea\x1b[2J", "price": "free"}]
    rows.append({"id": "b", "name": "Gone", "active": False})
    (item,) = menu_of({"items": rows}).items
    assert item.name.isprintable()
    assert item.price == 0.0


@pytest.mark.parametrize("answer", [None, [], {}, {"items": None}, "menu"])
def test_what_is_no_menu_is_refused(answer: object) -> None:
    with pytest.raises(MenuError):
        menu_of(answer)


@given(JSON)
def test_any_answer_is_a_menu_or_an_error(answer: object) -> None:
    try:
        menu_of(answer)
    except MenuError:
        return


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ribeye Steak 12 oz", "ribeye steak"),
        ("Jalapeño Poppers 6 pcs", "jalapeno popper"),
        ("Mac & Cheese", "mac and cheese"),
        ("The 7 Up", "seven up"),
        ("Fish n Chips", "fish and chip"),
    ],
)
def test_names_are_said_without_portions_and_signs(written: str, said: str) -> None:
    assert " ".join(said_words(written)) == said


def test_the_main_word_of_a_name() -> None:
    assert head_of(said_words("Soup of the Day")) == "soup"
    assert head_of(said_words("Grilled Chicken Plate")) == "chicken"


@pytest.mark.parametrize(
    ("heard", "written", "alike"),
    [
        ("carbonera", "carbonara", True),
        ("ribeye", "ribeye", True),
        ("union", "onion", True),
        ("game", "ipa", False),
        ("tee", "tea", False),
        ("night", "fry", False),
    ],
)
def test_words_are_compared_by_spelling_and_sound(heard: str, written: str, alike: bool) -> None:
    assert (likeness(heard, written) >= 0.82) is alike


def test_an_ambiguous_name_gives_all_its_candidates() -> None:
    found = MATCHERS["cantina"].item_named("cake")
    assert found is not None
    assert [item.name for item in found.items] == ["Chocolate Cake", "Carrot Cake"]
