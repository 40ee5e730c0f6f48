"""What a cook looks at: filters, search, sort modes, and other stations' items."""

from __future__ import annotations

from typing import Any

import pytest
from textual.color import Color

from kds_tui.core.command import Verb, lines_of
from kds_tui.core.link import LinkState
from kds_tui.ui.filter_dialog import FilterDialog
from kds_tui.ui.search_line import SearchLine
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import Row, StillKitchen, item, order
from tests.ui.test_tables_view import later

SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}"
)
GRILL: dict[str, Any] = {"display": {"station": "grill"}}


def name(screen: str, size: tuple[int, int]) -> str:
    return f"{screen}-{size[0]}x{size[1]}"


def mixed() -> list[Row]:
    """Orders that differ in type, table and station; some wait long, one is ready."""
    return [
        order(1, "Burger", "Fries", age=1000, type="dine-in", table_number="12"),
        order(2, item("Salmon", "No dill", course=2), age=700, customer_name="Núñez"),
        order(3, "Fries", "Wings", age=500, type="dine-in", table_number="3"),
        order(4, "Steak", "Caesar Salad", age=400, type="delivery", notes="ring twice"),
        order(5, "Iced Tea", age=300, type="dine-in", table_number="Bar 10"),
        order(6, "Burger", age=200, type="dine-in", table_number="Bar 2", rush=True),
        order(7, "Burger", status="ready", age=900),
    ]


def banner(kitchen: StillKitchen) -> str:
    """What the red line says about hidden tickets."""
    lines = [line.strip() for line in kitchen.text.split("\n") if "by filter:" in line]
    return lines[0] if lines else ""


# Filters


async def test_what_a_filter_hides_is_not_acknowledged_with_the_rest(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("c", "5", "escape")
        await kitchen.tell(order(8, "Fries", age=0, type="delivery"), order(9, "Fries", age=0))
        attention = kitchen.app.kitchen.attention
        assert sorted(attention.ids()) == ["o8", "o9"]
        await kitchen.press("A")
        assert attention.ids() == ["o8"]
        assert "1 NEW" in banner(kitchen)
        await kitchen.press("c", "0", "escape", "A")
        assert attention.ids() == []


async def test_a_filter_is_chosen_by_key_and_said_on_the_screen(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("c")
        assert "1 [ ] ACTIVE                    6" in kitchen.text
        assert "2 [ ] READY                     1" in kitchen.text
        assert "4 [ ] DINE-IN                   4" in kitchen.text
        await kitchen.press("4")
        assert "4 [x] DINE-IN" in kitchen.text
        await kitchen.press("escape")
        assert kitchen.shown == ["o6", "o1", "o3", "o5"]
        assert banner(kitchen) == "2 hidden by filter: DINE-IN"
        assert "6 open" in kitchen.text, "the header counts all of them"
        await kitchen.press("c", "down", "down", "space", "c")
        assert banner(kitchen) == "1 hidden by filter: DELIVERY, DINE-IN"
        await kitchen.press("c", "0", "escape")
        assert (len(kitchen.shown), banner(kitchen)) == (6, "")


async def test_a_new_ticket_that_is_hidden_is_counted_and_so_are_late_ones(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("c", "5", "escape")
        assert banner(kitchen) == "5 hidden, 1 LATE, by filter: TAKEOUT"
        await kitchen.tell(order(8, "Fries", age=0, type="delivery"))
        assert banner(kitchen) == "6 hidden, 1 LATE, 1 NEW, by filter: TAKEOUT"
        assert "7 open" in kitchen.text
        await kitchen.tell(order(9, "Fries", age=0))
        assert kitchen.shown == ["o2", "o9"]
        await kitchen.tick(500)
        assert banner(kitchen) == "6 hidden, 3 LATE, 1 NEW, by filter: TAKEOUT"
        loud = kitchen.app.board_screen.query_one("#hidden").styles.background
        assert loud == Color.parse("#c9302c")


async def test_ready_orders_are_looked_at_by_a_filter(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("c", "2", "escape")
        assert kitchen.shown == ["o7"]
        assert "ready" in kitchen.text
        assert banner(kitchen) == "6 hidden, 1 LATE, by filter: READY"
        assert "serve 1" in kitchen.text
        await kitchen.press("1", "enter")
        commands = [(it.verb, it.order_id) for it in kitchen.app.kitchen.outbox]
        assert commands == [(Verb.SERVE, "o7")]
        await kitchen.remove("o7")
        assert "No ticket is READY." in kitchen.text


async def test_the_dialog_counts_on_and_takes_the_mouse(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("c", "down", "down")
        await kitchen.tell(order(8, type="drive-thru"))
        dialog = kitchen.app.screen
        assert isinstance(dialog, FilterDialog)
        dialog._draw()
        await kitchen.settle()
        assert "►3 [ ] DELIVERY" in kitchen.text, "what was marked stays marked"
        assert "5 [ ] DRIVE-THRU                1" in kitchen.text
        rows = kitchen.text.split("\n")
        row = next(y for y, line in enumerate(rows) if "5 [ ] DRIVE" in line)
        await kitchen.pilot.click(offset=(rows[row].index("DRIVE"), row))
        await kitchen.settle()
        assert "5 [x] DRIVE-THRU" in kitchen.text
        await kitchen.pilot.click(offset=(1, 1))
        await kitchen.settle()
        assert kitchen.shown == ["o8"]


async def test_more_choices_than_rows_are_scrolled_to(run: Run) -> None:
    rows = [order(at, item("Soup", course=str(at), station=f"s{at}")) for at in range(1, 20)]
    async with run(rows, (80, 20)) as kitchen:
        await kitchen.press("c")
        assert "COURSE" not in kitchen.text
        assert "S19" not in kitchen.text
        await kitchen.press(*["down"] * 50)
        assert "►  [ ] S19" in kitchen.text
        await kitchen.press("space", "escape")
        assert kitchen.shown == ["o19"]


# Search


async def test_a_search_shows_what_matches_as_it_is_typed(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("/", "f", "r", "i")
        assert kitchen.shown == ["o1", "o3"]
        assert "2 of 6   Enter keeps  Esc ends" in kitchen.text
        await kitchen.type(" wings")
        assert kitchen.shown == ["o3"]
        await kitchen.press("escape")
        assert len(kitchen.shown) == 6
        assert banner(kitchen) == ""
        assert "? help" in kitchen.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0004", ["o4"]),
        ("12", ["o1"]),
        ("20261123-0005", ["o5"]),
        ("nunez", ["o2"]),
        ("no dill", ["o2"]),
        ("ring", ["o4"]),
        ("zzz", []),
    ],
)
async def test_a_search_finds(run: Run, typed: str, found: list[str]) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("/")
        await kitchen.type(typed)
        assert [it for it in kitchen.shown if kitchen.grid.display] == found
        assert banner(kitchen) == f'{6 - len(found)} hidden, 1 LATE, by filter: "{typed}"' or (
            "o1" in found and banner(kitchen) == f'5 hidden by filter: "{typed}"'
        )


async def test_what_waits_for_its_time_is_not_counted_as_found(run: Run) -> None:
    rows = [order(1, "Soup"), order(2, "Soup", status="ready"), later(3, 900), order(4, "Cake")]
    async with run(rows) as kitchen:
        await kitchen.press("slash")
        assert "2 of 2" in kitchen.text
        await kitchen.type("soup")
        assert "1 of 2" in kitchen.text


async def test_a_search_that_is_kept_is_worked_with_and_ended_later(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("/", "b", "u", "r", "enter")
        assert kitchen.shown == ["o6", "o1"]
        assert "? help" in kitchen.text, "the keys are the tickets' again"
        await kitchen.press("1", "enter")
        assert kitchen.bumped == ["o6"]
        await kitchen.press("right", "escape")
        assert kitchen.shown == ["o1"], "the first Esc is for the selection"
        await kitchen.press("/", "g")
        assert 'by filter: "burg"' in banner(kitchen), "it goes on where it was"
        await kitchen.press("enter", "escape")
        assert len(kitchen.shown) == 5


async def test_what_is_typed_is_no_markup_and_no_key_of_the_board(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("/")
        await kitchen.type("q[red]rnc 1")
        assert kitchen.app.board_screen.query_one(SearchLine).display
        assert 'by filter: "q[red]rnc 1"' in banner(kitchen)
        assert kitchen.bumped == []


async def test_a_click_on_a_ticket_keeps_the_search(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("/", *"fries")
        await kitchen.click(2, 2)
        assert kitchen.selected == "o1"
        assert "? help" in kitchen.text
        assert banner(kitchen) == '4 hidden by filter: "fries"'


# Sort modes


async def test_the_sort_modes_come_round_with_rush_first(run: Run) -> None:
    async with run(
        mixed(), urgency={"order_types": {"delivery": {"warning_minutes": 5, "late_minutes": 9}}}
    ) as kitchen:
        assert kitchen.shown == ["o6", "o1", "o4", "o2", "o3", "o5"]
        for mode, ids in (
            ("age", "612345"),
            ("number", "612345"),
            ("table", "631524"),
            ("urgency", "614235"),
        ):
            await kitchen.press("y")
            assert "".join(it[1] for it in kitchen.shown) == ids
            assert f"Sorted by {mode}." in kitchen.text
            assert f"by {mode}" in kitchen.text.split("\n")[-1] or mode == "urgency"


async def test_a_screen_begins_with_the_order_of_the_config(run: Run) -> None:
    async with run(mixed(), display={"sort": "table"}) as kitchen:
        assert kitchen.shown == ["o6", "o3", "o1", "o5", "o2", "o4"]


# Other stations


async def test_the_next_station_joins_and_is_given_back(run: Run) -> None:
    async with run(mixed(), **GRILL) as kitchen:
        assert kitchen.shown == ["o6", "o1", "o4"]
        assert " · GRILL " in kitchen.text
        await kitchen.press("n")
        assert "GRILL + beverage (taken over)" in kitchen.text
        assert "BEVERAGE is on this screen now." in kitchen.text
        await kitchen.press("n")
        assert "GRILL + beverage + fry (taken over)" in kitchen.text
        assert kitchen.shown == ["o6", "o1", "o4", "o5", "o3"], "new ones behind the others"
        assert "5 open" in kitchen.text
        await kitchen.tick(500)
        assert "3 late" in kitchen.text
        await kitchen.press("N", "N")
        assert kitchen.shown == ["o6", "o1", "o4"]
        assert " · GRILL " in kitchen.text
        await kitchen.press("N")
        assert "No station was taken over." in kitchen.text
        assert kitchen.link.reconnects == 0


async def test_a_station_is_taken_over_from_the_palette(run: Run) -> None:
    async with run(mixed(), **GRILL) as kitchen:
        await kitchen.press("ctrl+p", *"over: fry")
        await kitchen.until(lambda: "Take over: FRY" in kitchen.text)
        await kitchen.press("enter")
        await kitchen.until(lambda: "GRILL + fry (taken over)" in kitchen.text)


async def test_a_bump_at_a_station_is_of_its_own_lines_and_comes_back(run: Run) -> None:
    async with run(mixed(), **GRILL) as kitchen:
        kitchen.app.kitchen.capabilities = frozenset({"bump", "recall", "items", "parts"})
        assert "ALSO AT fry 1" in kitchen.text
        await kitchen.press("2", "enter")
        (command,) = kitchen.app.kitchen.outbox
        assert (command.order_id, lines_of(command.subject_id)) == ("o1", ("i0",))
        assert kitchen.shown == ["o6", "o4"]
        await kitchen.press("r")
        assert kitchen.shown == ["o6", "o1", "o4"]
        await kitchen.press("1", "enter")
        assert lines_of(list(kitchen.app.kitchen.outbox)[-1].subject_id) is None, "nobody else"


async def test_a_server_without_parts_is_told_of_once(run: Run) -> None:
    async with run(mixed(), **GRILL) as kitchen:
        kitchen.app.kitchen.capabilities = frozenset()
        await kitchen.press("2", "enter")
        assert kitchen.shown == ["o6", "o4"]
        assert kitchen.bumped == []
        assert kitchen.text.count("This order server has no marks for lines") == 1
        kitchen.app.clear_notifications()
        await kitchen.press("3", "enter")
        assert kitchen.shown == ["o6"]
        assert "This order server has no marks for lines" not in kitchen.text


async def test_what_was_taken_over_is_written_down_for_the_next_start(run: Run) -> None:
    async with run(mixed(), **GRILL) as kitchen:
        kitchen.app.terminal._known_at = 1.0
        await kitchen.press("n")
        facts = kitchen.app.terminal._facts()
        assert facts is not None
        assert facts.taken_over == ("beverage",)


async def test_there_may_be_nothing_to_take_over(run: Run) -> None:
    async with run(mixed()) as kitchen:
        await kitchen.press("n")
        assert "There is no other station to take over." in kitchen.text


# What it looks like


@SIZES
async def test_golden_filter(run: Run, size: tuple[int, int]) -> None:
    async with run(mixed(), size) as kitchen:
        await kitchen.press("c", "4", "escape", every=0)
        check_golden(kitchen.app, name("filtered", size))
        await kitchen.press("c", every=0)
        check_golden(kitchen.app, name("filter-dialog", size))


@SIZES
async def test_golden_search(run: Run, size: tuple[int, int]) -> None:
    async with run(mixed(), size) as kitchen:
        await kitchen.press("/", *"bur", every=0)
        check_golden(kitchen.app, name("search", size))


@SIZES
async def test_golden_taken_over(run: Run, size: tuple[int, int]) -> None:
    async with run(mixed(), size, **GRILL) as kitchen:
        await kitchen.press("n", "n")
        await kitchen.tick()
        await kitchen.link_is(LinkState.LIVE)
        kitchen.app.clear_notifications()
        await kitchen.settle()
        check_golden(kitchen.app, name("taken-over", size))


@SIZES
async def test_golden_stations(run: Run, size: tuple[int, int]) -> None:
    stations = {"stations": {"grill": {}, "fry": {}, "cold": {"words": ["salad"]}}}
    rows = mixed()
    rows[0]["items"][1]["status"] = "ready"
    rows[5]["items"].append({**item("Salad"), "id": "i1", "status": "ready"})
    display = {"display": {"station": "grill, fry"}}
    async with run(rows, size, **stations, **display) as kitchen:
        check_golden(kitchen.app, name("two-stations", size))
