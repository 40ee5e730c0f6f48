"""Which station cooks an item, and who sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.order import Item, Order, OrderType
from kds_tui.core.stations import DEFAULT_STATION, Routing, StationRule, screen_stations, split
from tests.unit.orders import make_item, make_order, open_orders

DINE_IN, TAKEOUT = OrderType.DINE_IN, OrderType.TAKEOUT


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
    assert Routing().stations_of(make_item(name), DINE_IN) == (station,)


def test_the_word_of_the_server_counts() -> None:
    assert Routing().station_of(make_item("Burger", station="Bar"), DINE_IN) == "bar"


GRILL = StationRule("grill", words=("steaks?", "tea"))
PIZZA = StationRule("pizza", items=("Pizza *", "calzone"))
COLD = StationRule("cold", categories=("salads", "dess*"))
TO_GO = StationRule("to go", order_types=frozenset({TAKEOUT}))
OVEN_TO_GO = StationRule("oven 2", items=("pizza *",), order_types=frozenset({TAKEOUT}))
FRY = StationRule("fry", is_default=True)


@pytest.mark.parametrize(
    ("item", "order_type", "station"),
    [
        pytest.param(make_item("PIZZA Diavola"), DINE_IN, "pizza", id="a name, in any case"),
        pytest.param(make_item("My pizza bread"), DINE_IN, "fry", id="a name is all of the name"),
        pytest.param(make_item("Calzone", category="salads"), DINE_IN, "pizza", id="item first"),
        pytest.param(make_item("Tea", category="Desserts"), DINE_IN, "cold", id="then category"),
        pytest.param(make_item("Rump steaks"), DINE_IN, "grill", id="then words"),
        pytest.param(make_item("Steaming pot"), DINE_IN, "fry", id="which are whole words"),
        pytest.param(make_item("Rump steak"), TAKEOUT, "grill", id="what goes before whose"),
        pytest.param(make_item("Soup"), TAKEOUT, "to go", id="then the order's type"),
        pytest.param(make_item("Pizza Roma"), TAKEOUT, "oven 2", id="of this type before all"),
        pytest.param(make_item("Soup", station="Cold"), TAKEOUT, "to go", id="before the server"),
        pytest.param(make_item("Soup", station="Cold"), DINE_IN, "cold", id="then the server"),
        pytest.param(make_item("Steak", station="cold"), DINE_IN, "grill", id="not before a rule"),
        pytest.param(make_item("Ice cream"), DINE_IN, "fry", id="a word without a screen"),
        pytest.param(make_item("Burger", station="bar"), DINE_IN, "grill", id="then the keywords"),
        pytest.param(make_item("Soup", station="bar"), DINE_IN, "fry", id="then the default"),
    ],
)
def test_the_rules_of_a_restaurant_decide_in_this_order(
    item: Item, order_type: OrderType, station: str
) -> None:
    routing = Routing((GRILL, PIZZA, COLD, TO_GO, OVEN_TO_GO, FRY))
    assert routing.stations_of(item, order_type) == (station,)


def test_among_equals_the_first_rule_wins_and_is_the_default() -> None:
    routing = Routing((StationRule("b", words=("soup",)), StationRule("a", words=("soup",))))
    assert routing.station_of(make_item("Soup"), DINE_IN) == "b"
    assert routing.station_of(make_item("Water"), DINE_IN) == routing.default == "b"


def test_a_station_that_takes_some_orders_only_gets_no_others() -> None:
    routing = Routing((TO_GO, StationRule("fry", order_types=frozenset({TAKEOUT})), GRILL))
    assert routing.default == "grill"
    for item in (make_item("Fries"), make_item("Soup", station="to go")):
        assert routing.station_of(item, DINE_IN) == "grill"


def test_a_copy_takes_nothing_away() -> None:
    packer = StationRule("pack", order_types=frozenset({TAKEOUT}), is_copy=True)
    sauces = StationRule("sauce", words=("fries",), is_copy=True)
    routing = Routing((packer, sauces))
    assert routing.stations_of(make_item("Fries"), TAKEOUT) == ("fry", "pack", "sauce")
    assert routing.stations_of(make_item("Burger"), TAKEOUT) == ("grill", "pack")
    assert routing.stations_of(make_item("Burger"), DINE_IN) == ("grill",)
    # Copies alone are no list of screens: the server's word still counts.
    assert routing.station_of(make_item("Burger", station="bar"), DINE_IN) == "bar"


def test_the_stations_there_are_come_from_the_rules_and_the_orders() -> None:
    orders = [make_order(items=(make_item("Soup", station="Bar"), make_item("Burger")))]
    assert Routing().known(orders) == ("bar", "grill")
    assert Routing((StationRule("pack", is_copy=True),)).known(orders) == ("pack", "bar", "grill")
    assert Routing((FRY, GRILL)).known(orders) == ("fry", "grill")


@pytest.mark.parametrize(
    ("text", "stations"),
    [
        ("Grill", ("grill",)),
        (" fry , grill,Fry,", ("fry", "grill")),
        ("grill, ALL", ("all",)),
        (",", ("all",)),
    ],
)
def test_a_screen_names_its_stations(text: str, stations: tuple[str, ...]) -> None:
    assert screen_stations(text) == stations


rules = st.builds(
    StationRule,
    st.sampled_from(["grill", "fry", "cold", "bar"]),
    items=st.lists(st.sampled_from(["burger", "*a*", "?", "[", "é*"]), max_size=2).map(tuple),
    categories=st.lists(st.sampled_from(["mains", "s*"]), max_size=2).map(tuple),
    words=st.lists(st.sampled_from(["fries", "nut|no", r"\w"]), max_size=2).map(tuple),
    order_types=st.frozensets(st.sampled_from(OrderType), max_size=3),
    is_copy=st.booleans(),
    is_default=st.booleans(),
)


@given(st.lists(rules, max_size=5), open_orders)
def test_every_item_is_cooked_at_one_station_that_has_a_screen(
    listed: list[StationRule], order: Order
) -> None:
    routing = Routing(listed)
    screens = {rule.station for rule in listed if not rule.is_copy}
    seen: set[int] = set()
    for item in order.items:
        stations = routing.stations_of(item, order.type)
        assert stations[0] in screens or not screens
        assert set(stations[1:]) <= {rule.station for rule in listed if rule.is_copy}
    for screen in routing.known([order]):
        here, elsewhere = split(order, (screen,), routing)
        assert len(here) + len(elsewhere) == len(order.items)
        seen |= {id(item) for item in here}
    assert seen == {id(item) for item in order.items}
