"""A screen that takes over another station's items, and gives them back."""

from __future__ import annotations

from kds_tui.core.clock import UrgencyRules
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.stations import Routing, StationRule
from kds_tui.core.tickets import Changes
from tests.unit.orders import make_item, make_order, upserted

ORDERS = (
    make_order("a", created_at=0.0, items=(make_item("Burger"), make_item("Fries"))),
    make_order("b", created_at=1.0, items=(make_item("Fries"),)),
    make_order("c", created_at=2.0, items=(make_item("Salad"),)),
)


def kitchen(station: str, routing: Routing | None = None) -> Kitchen:
    made = Kitchen(station, routing)
    for order in ORDERS:
        made.tickets.update(made.feed(upserted(order)), 0.0)
    return made


def look(kitchen: Kitchen) -> Changes:
    return kitchen.tickets.update([order.id for order in kitchen.board], 0.0)


def test_a_station_joins_with_its_tickets_ages_and_counts_and_goes_again() -> None:
    grill = kitchen("grill")
    assert (str(grill.stations), grill.stations.others) == ("GRILL", ("fry", "salad"))
    grill.stations.take(["fry"])
    assert look(grill) == Changes(frozenset("ab"), frozenset())
    assert str(grill.stations) == "GRILL + fry (taken over)"
    assert grill.stations.others == ("salad",)
    assert grill.tickets.late_count(901.0, UrgencyRules()) == 2
    grill.stations.take(["salad", "fry", "salad"])
    look(grill)
    assert grill.tickets.ids() == ["a", "b", "c"]
    assert str(grill.stations) == "GRILL + fry + salad (taken over)"
    assert grill.stations.give_back() == "salad"
    assert look(grill).removed == frozenset("c")
    assert grill.stations.give_back() == "fry"
    assert look(grill) == Changes(frozenset("a"), frozenset("b"))
    assert (str(grill.stations), grill.tickets.ids()) == ("GRILL", ["a"])
    assert grill.stations.give_back() == ""


def test_what_is_here_already_is_not_taken_over() -> None:
    both = kitchen("fry, grill")
    assert str(both.stations) == "FRY + GRILL"
    for names in (["grill"], ["all"], []):
        both.stations.take(names)
        assert (both.stations.taken, look(both).changed) == ((), frozenset())
    everything = kitchen("all")
    assert (str(everything.stations), everything.stations.others) == ("all stations", ())
    everything.stations.take(["grill"])
    assert not look(everything).changed
    assert len(everything.tickets) == len(ORDERS)


def test_the_stations_of_the_config_come_first() -> None:
    routing = Routing(StationRule(name) for name in ("salad", "grill", "fry", "bar"))
    assert kitchen("grill", routing).stations.others == ("salad", "fry", "bar")
