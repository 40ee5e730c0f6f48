"""What cooks say to the display: the ticket they mean, or a question, never a guess."""

from __future__ import annotations

from typing import Any

import pytest

from kds_tui.core.command import CAPABILITY
from kds_tui.core.courses import spoken_course
from kds_tui.core.order import Order, OrderStatus
from kds_tui.voice.commands import DisplayCommands
from tests.unit.orders import make_item, make_order, upserted
from tests.unit.still_terminal import still_terminal
from voice_tui.core.menu import MenuItem
from voice_tui.core.tools import TicketWork

READY = OrderStatus.READY
BURGER = MenuItem("101", "Burger", menu_item_id="uuid-burger")
FRIES = MenuItem("102", "Fries")


def order(number: str, table: str = "", **fields: Any) -> Order:
    return make_order(f"o{number}", order_number=f"20261123-{number}", table_number=table, **fields)


class Display:
    """The commands on a board; `bumped` and `recalled` are what was given to the server."""

    def __init__(self, *orders: Order, station: str = "all") -> None:
        terminal, wishes, _ = still_terminal(*orders, station=station)
        self.kitchen = terminal.kitchen
        self.selected: str | None = None
        self.commands = DisplayCommands(self.kitchen, wishes, lambda: self.selected)

    @property
    def given(self) -> list[str]:
        return [f"{command.verb.value} {command.order_id}" for command in self.kitchen.outbox]


BOARD = (
    order("0042", "5"),
    order("0043", "6"),
    order("0100", "6"),
    order("0050", "Patio"),
    order("0060", "8", status=READY, ready_at=10.0),
    order("0061", "9", status=READY, ready_at=20.0),
    order("0062", "9", status=READY, ready_at=15.0),
    order("0070"),
)


@pytest.mark.parametrize(
    ("number", "table", "given", "said"),
    [
        ("42", None, ["bump o0042"], "TABLE 5 is bumped."),
        ("0042", None, ["bump o0042"], "TABLE 5 is bumped."),
        ("#42", None, ["bump o0042"], "TABLE 5 is bumped."),
        ("100", None, ["bump o0100"], "TABLE 6 is bumped."),
        ("70", None, ["bump o0070"], "#0070 is bumped."),
        (None, "5", ["bump o0042"], "TABLE 5 is bumped."),
        (None, "patio", ["bump o0050"], "Patio is bumped."),
        ("2", None, [], "There is no open ticket for order 2."),
        ("0", None, [], "There is no open ticket for order 0."),
        ("60", None, [], "There is no open ticket for order 60."),
        (None, "12", [], "There is no open ticket for table 12."),
        (None, "6", ["bump o0043", "bump o0100"], "TABLE 6: 2 tickets are bumped."),
        (None, None, [], "Say the number of the order, or its table."),
    ],
)
async def test_bump(number: str | None, table: str | None, given: list[str], said: str) -> None:
    display = Display(*BOARD)
    assert await display.commands.bump(number, table) == said
    assert display.given == given


@pytest.mark.parametrize(
    ("number", "table", "given", "said"),
    [
        ("60", None, ["recall o0060"], "TABLE 8 is back."),
        (None, "8", ["recall o0060"], "TABLE 8 is back."),
        (None, None, ["recall o0061"], "The last ticket is back."),
        ("42", None, [], "There is no bumped ticket for order 42."),
        (
            None,
            "9",
            [],
            "There are 2 bumped tickets for table 9: say the number, 0061, 0062.",
        ),
    ],
)
async def test_recall(number: str | None, table: str | None, given: list[str], said: str) -> None:
    display = Display(*BOARD)
    assert await display.commands.recall(number, table) == said
    assert display.given == given


async def test_of_tickets_with_the_same_number_something_else_is_asked() -> None:
    display = Display(order("0042", "5"), make_order("old", order_number="20261122-0042"))
    said = await display.commands.bump("42", None)
    assert said == "There are 2 open tickets for order 42: do it by key."
    assert display.given == []


async def test_a_table_of_which_a_ticket_is_held_is_not_said_to_be_bumped_whole() -> None:
    held = order("0043", "6", items=(make_item("Steak", is_held=True),))
    display = Display(held, order("0100", "6"), order("0101", "6"))
    said = await display.commands.bump(None, "6")
    assert said == "TABLE 6: 2 of 3 tickets are bumped. TABLE 6 is held: fire it first."
    assert display.given == ["bump o0100", "bump o0101"]


async def test_a_bump_is_recalled_before_the_server_has_answered_it() -> None:
    display = Display(order("0042", "5"))
    await display.commands.bump("42", None)
    display.kitchen.tickets.update(["o0042"], 0.0)
    assert await display.commands.bump("42", None) == "There is no open ticket for order 42."
    assert await display.commands.recall(None, "5") == "TABLE 5 is back."
    assert display.given == ["bump o0042", "recall o0042"]


async def test_a_stations_part_is_recalled_while_others_owe_theirs() -> None:
    both = (make_item("Burger", station="grill"), make_item("Fries", station="fry"))
    display = Display(order("0042", "5", items=both), station="grill")
    await display.commands.bump("42", None)
    display.kitchen.tickets.update(["o0042"], 0.0)
    assert display.kitchen.tickets.get("o0042") is None
    assert await display.commands.recall(None, "5") == "TABLE 5 is back."
    display.kitchen.tickets.update(["o0042"], 0.0)
    assert display.kitchen.tickets.get("o0042") is not None


async def test_nothing_to_recall() -> None:
    display = Display(order("0042"))
    assert "no bumped ticket" in await display.commands.recall(None, None)


async def test_a_station_recalls_only_what_it_had_a_part_in() -> None:
    fries = order("0042", status=READY, items=(make_item("Fries", station="fry"),))
    display = Display(fries, station="grill")
    assert await display.commands.recall("42", None) == "There is no bumped ticket for order 42."
    assert display.given == []


LINES = (
    order("0001", items=(make_item("Burger", quantity=2), make_item("Fries", quantity=3))),
    order("0002", items=(make_item("burger"),)),
    order("0003", items=(make_item("Burger", quantity=9),), status=READY),
)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (BURGER, "3 Burger all day."),
        (FRIES, "3 Fries all day."),
        (MenuItem("uuid", "Smash Burger", menu_item_id="Burger"), "2 Smash Burger all day."),
        (MenuItem("103", "Cola"), "No Cola is open."),
        (None, "3 Fries, 2 Burger, 1 burger all day."),
    ],
)
async def test_all_day(item: MenuItem | None, said: str) -> None:
    assert await Display(*LINES).commands.all_day(item) == said


async def test_lines_without_an_item_id_are_not_every_item() -> None:
    """Restaurant OS keeps orders whose lines name no menu item, and menus with one id only."""
    unnamed = make_item("Fries")
    lines = order("0001", items=(type(unnamed)("line", "", "Fries"),))
    assert await Display(lines).commands.all_day(MenuItem("101", "Burger")) == "No Burger is open."


LATER = {"status": OrderStatus.PENDING, "is_scheduled": True, "fire_at": 900.0}


async def test_all_day_is_what_the_panel_counts() -> None:
    held = order("0001", items=(make_item("Burger"), make_item("Fries", is_held=True)))
    display = Display(held, order("0002", items=(make_item("Burger"),), **LATER))
    assert await display.commands.all_day(None) == "1 Burger all day."


async def test_what_a_table_is_to_have_later_is_not_bumped_with_it() -> None:
    display = Display(order("0001", "5"), order("0002", "5", **LATER))
    assert await display.commands.bump(None, "5") == "TABLE 5 is bumped."
    assert display.given == ["bump o0001"]
    assert await display.commands.bump("2", None) == "TABLE 5 is bumped."
    assert display.given == ["bump o0001", "bump o0002"]


async def test_all_day_of_an_empty_board() -> None:
    assert await Display().commands.all_day(None) == "Nothing is open."


@pytest.mark.parametrize(("available", "words"), [(False, "out of stock"), (True, "back")])
async def test_what_the_order_server_cannot_do_is_said(available: bool, words: str) -> None:
    said = await Display().commands.mark_unavailable(BURGER, available)
    assert words in said
    assert "tell the till" in said


MEAL = order(
    "0042",
    "5",
    status=OrderStatus.PENDING,
    items=(
        make_item("Soup", course="1"),
        make_item("Steak", course="2"),
        make_item("Fish", course="2", is_held=True),
    ),
)


@pytest.mark.parametrize(
    ("number", "table", "part", "left", "said"),
    [
        ("42", None, None, ["o0100"], "TABLE 5 is acknowledged."),
        (None, "7", None, ["o0042"], "TABLE 7 is acknowledged."),
        (None, None, None, ["o0100"], "TABLE 5 is acknowledged."),
        (None, None, "all", [], "All tickets are acknowledged."),
        (None, "9", None, ["o0042", "o0100"], "There is no open ticket for table 9."),
    ],
)
async def test_tickets_are_acknowledged_by_voice(
    number: str | None, table: str | None, part: str | None, left: list[str], said: str
) -> None:
    display = Display(order("0042", "5"), order("0100", "7"))
    display.selected = "o0042"
    cancelled = order("0100", "7", status=OrderStatus.CANCELLED, version=2)
    noted = order("0042", "5", notes="no salt", version=2)
    for changed in (noted, cancelled):
        display.kitchen.tickets.update(display.kitchen.feed(upserted(changed)), 0.0)
    assert await display.commands.work(TicketWork.ACKNOWLEDGE, number, table, part) == said
    assert display.kitchen.attention.ids() == left


@pytest.mark.parametrize(
    ("action", "number", "table", "part", "given", "said"),
    [
        ("rush", None, "5", None, ["rush o0042 "], "TABLE 5 is at the front."),
        ("start", "42", None, None, ["start o0042 "], "TABLE 5 is started."),
        ("hold", "42", None, "mains", ["hold o0042 course:2"], "mains of TABLE 5 is held."),
        ("fire", None, "5", "second", ["fire o0042 course:2"], "second of TABLE 5 is fired."),
        ("hold", None, "5", "Soup", ["hold o0042 Soup"], "Soup of TABLE 5 is held."),
        ("fire", None, "5", "desserts", [], "TABLE 5 has no desserts."),
        ("fire", None, "5", "Soup", [], "That ticket does not wait: it is cooked already."),
        ("serve", "42", None, None, [], "There is no ready ticket for order 42."),
        ("pick-up", "42", None, None, [], "There is no ready ticket for order 42."),
        ("pick-up", None, "8", None, ["pick-up o0060 "], "TABLE 8 is picked up."),
        ("serve", "60", None, None, ["serve o0060 "], "TABLE 8 is served."),
        ("rush", None, "9", None, [], "There is no open ticket for table 9."),
        ("rush", None, "6", None, ["rush o0043 ", "rush o0100 "], "TABLE 6 is at the front."),
        ("hold", None, None, None, ["hold o0042 "], "TABLE 5 is held."),
    ],
)
async def test_what_a_cook_says_is_done_with_the_ticket(
    action: str,
    number: str | None,
    table: str | None,
    part: str | None,
    given: list[str],
    said: str,
) -> None:
    display = Display(MEAL, *BOARD[1:])
    display.kitchen.capabilities = frozenset(CAPABILITY.values())
    display.selected = "o0042"
    assert await display.commands.work(TicketWork(action), number, table, part) == said
    commands = display.kitchen.outbox
    assert [f"{one.verb.value} {one.order_id} {one.subject_id}" for one in commands] == given


async def test_without_a_ticket_the_cook_is_asked_for_one() -> None:
    display = Display(*BOARD)
    said = await display.commands.work(TicketWork.RUSH, None, None, None)
    assert said == "Select a ticket first, or say its number or its table."


@pytest.mark.parametrize("words", ["mains", "main", "entrees", "second", "2", "two"])
def test_a_numbered_course_is_known_by_its_usual_names(words: str) -> None:
    assert spoken_course(MEAL, words) == "2"
    assert spoken_course(order("1", items=(make_item(course="Mains"),)), words) == (
        "Mains" if words.startswith("main") else None
    )
