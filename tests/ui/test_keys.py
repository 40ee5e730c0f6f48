"""Every key does what the help says, once, and for the ticket that the cook meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.command import CommandPalette

from kds_tui.core.command import Verb
from kds_tui.core.ticket_order import SortMode
from kds_tui.ui.diagnostics import DiagnosticsDialog
from kds_tui.ui.dialogs import QuitDialog
from kds_tui.ui.endings_dialog import EndingsDialog
from kds_tui.ui.filter_dialog import FilterDialog
from kds_tui.ui.help_dialog import HelpDialog
from kds_tui.ui.keymap import ACTIONS, NUMBERED, SLOT_KEYS
from kds_tui.ui.learn_dialog import LearnDialog
from kds_tui.ui.looks_dialog import LooksDialog
from kds_tui.ui.recall_list import RecallList
from kds_tui.ui.stock_list import StockList
from tests.ui.conftest import Run
from tests.ui.still_kitchen import StillKitchen, item, order, orders
from tests.ui.test_verbs import given

# On 120x36 each of these takes one cell: four columns of six, so 24 on the first page.
BOARD = [*orders(40), order(99, status="ready", ready_at="2026-11-23T12:30:00Z")]

KEYS = [
    pytest.param(action.id, key, id=f"{action.id} {key}")
    for action in ACTIONS
    if not action.id.startswith(NUMBERED)
    for key in filter(None, action.keys.split(","))
]

BEFORE = {
    "board.page_previous": ("]",),
    "board.tidy": ("f1",),
    "board.clear": ("5",),
}
"""What is pressed first, with slot 8 selected."""

DONE: dict[str, Callable[[StillKitchen], bool]] = {
    "board.bump": lambda kitchen: kitchen.bumped == ["o8"],
    "board.bump_item": lambda kitchen: kitchen.app.board_screen.view.items == ("i0",),
    "board.item_next": lambda kitchen: kitchen.app.board_screen.view.items == ("i0",),
    "board.item_previous": lambda kitchen: kitchen.app.board_screen.view.items == ("i0",),
    "board.bump_table": lambda kitchen: "#0008 belongs to no table" in kitchen.text,
    "board.start": lambda kitchen: kitchen.bumped == ["o8"],
    "board.rush": lambda kitchen: kitchen.bumped == ["o8"],
    "board.hold": lambda kitchen: kitchen.bumped == ["o8"],
    "board.fire": lambda kitchen: kitchen.bumped == ["o8"],
    "board.pick_up": lambda kitchen: "#0008 is not ready yet" in kitchen.text,
    "board.serve": lambda kitchen: "#0008 is not ready yet" in kitchen.text,
    "board.recall": lambda kitchen: kitchen.bumped == ["o99"],
    "board.recall_list": lambda kitchen: isinstance(kitchen.app.screen, RecallList),
    "board.endings": lambda kitchen: isinstance(kitchen.app.screen, EndingsDialog),
    "board.stock": lambda kitchen: isinstance(kitchen.app.screen, StockList),
    "board.acknowledge": lambda kitchen: kitchen.app.kitchen.attention.ids() == ["o9"],
    "board.acknowledge_all": lambda kitchen: kitchen.app.kitchen.attention.ids() == [],
    "board.left": lambda kitchen: kitchen.selected == "o2",
    "board.right": lambda kitchen: kitchen.selected == "o14",
    "board.up": lambda kitchen: kitchen.selected == "o7",
    "board.down": lambda kitchen: kitchen.selected == "o9",
    "board.page_previous": lambda kitchen: kitchen.shown[0] == "o1",
    "board.page_next": lambda kitchen: kitchen.shown[0] == "o25",
    "board.tidy": lambda kitchen: kitchen.shown[:2] == ["o2", "o3"],
    "board.clear": lambda kitchen: "Slot 5" not in kitchen.text and kitchen.selected == "o8",
    "view.focus": lambda kitchen: kitchen.app.board_screen.view.id == "focus",
    "view.all_day": lambda kitchen: "ALL DAY" in kitchen.text,
    "view.next": lambda kitchen: kitchen.app.board_screen.view.id == "expo",
    "view.previous": lambda kitchen: kitchen.app.board_screen.view.id == "scheduled",
    "board.search": lambda kitchen: bool(kitchen.app.screen.query("SearchLine:focus-within")),
    "board.filters": lambda kitchen: isinstance(kitchen.app.screen, FilterDialog),
    "board.sort": lambda kitchen: kitchen.app.kitchen.tickets.sort is SortMode.AGE,
    "board.take_over": lambda kitchen: "no other station to take over" in kitchen.text,
    "board.give_back": lambda kitchen: "No station was taken over" in kitchen.text,
    "voice.talk": lambda kitchen: "Voice is off here" in kitchen.text,
    "sound.mute": lambda kitchen: "MUTED 5:00" in kitchen.text,
    "sound.test": lambda kitchen: "SOUND 1 OF 7: CANCELLED" in kitchen.text,
    "app.looks": lambda kitchen: isinstance(kitchen.app.screen, LooksDialog),
    "app.reconnect": lambda kitchen: kitchen.link.reconnects == 1,
    "app.diagnostics": lambda kitchen: isinstance(kitchen.app.screen, DiagnosticsDialog),
    "app.learn": lambda kitchen: isinstance(kitchen.app.screen, LearnDialog),
    "app.help": lambda kitchen: isinstance(kitchen.app.screen, HelpDialog),
    "app.palette": lambda kitchen: isinstance(kitchen.app.screen, CommandPalette),
    "app.quit": lambda kitchen: not kitchen.app.is_running,
}


@pytest.mark.parametrize(("action", "key"), KEYS)
async def test_a_key_does_what_it_says(run: Run, action: str, key: str) -> None:
    async with run(BOARD) as kitchen:
        card = kitchen.card("o8")
        await kitchen.click(card.x + 3, card.y)
        await kitchen.press(*BEFORE.get(action, ()))
        if action.startswith("board.acknowledge"):
            await kitchen.tell(*(order(n, age=300.0 - n, notes="no salt") for n in (8, 9)))
        if action == "board.start":
            await kitchen.tell(order(8, age=292, status="pending"))
        if action == "board.fire":
            await kitchen.tell(order(8, item("Burger", held=True), age=292))
        await kitchen.pilot.press(key)
        await kitchen.until(lambda: DONE[action](kitchen))


async def test_slots_have_keys_of_their_own(run: Run) -> None:
    async with run(BOARD) as kitchen:
        for slot in range(1, SLOT_KEYS + 1):
            await kitchen.press(f"f{slot}")
        assert kitchen.bumped == [f"o{slot}" for slot in range(1, SLOT_KEYS + 1)]


@pytest.mark.parametrize("slot", [1, 5, 10, 24])
async def test_a_number_and_enter_bump_a_slot(run: Run, slot: int) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press(*str(slot))
        assert f"Slot {slot} " in kitchen.text
        assert kitchen.bumped == []
        await kitchen.press("enter")
        assert kitchen.bumped == [f"o{slot}"]


async def test_a_number_that_is_not_ended_is_forgotten(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("5")
        await kitchen.tick(5)
        assert "Slot 5" not in kitchen.text
        await kitchen.press("enter")
        assert kitchen.bumped == []


async def test_an_empty_slot_is_told(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("9", "enter", "f12")
        assert kitchen.bumped == []
        await kitchen.until(lambda: "Slot 9 is empty." in kitchen.text)
        await kitchen.until(lambda: "Slot 12 is empty." in kitchen.text)


async def test_a_slot_that_changed_while_it_was_typed_is_not_bumped(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("5")
        await kitchen.remove("o5")
        assert kitchen.shown[4] == "o25"
        await kitchen.press("enter")
        assert kitchen.bumped == []
        await kitchen.until(lambda: "Slot 5 changed just now." in kitchen.text)


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_a_bump_key_held_down_bumps_one_ticket(run: Run, key: str) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("right")
        await kitchen.hold(key)
        assert kitchen.bumped == ["o1"]


async def test_a_slot_key_held_down_does_not_bump_what_takes_the_slot(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.hold("f1")
        assert kitchen.bumped == ["o1"]
        assert kitchen.shown[0] == "o25"
        await kitchen.press("f1")
        assert kitchen.bumped == ["o1", "o25"]


@pytest.mark.parametrize("other", ["f6", "right", "s"])
async def test_a_key_that_lies_on_one_bar_bumps_nothing_while_the_other_is_used(
    run: Run, other: str
) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.hold("f1", 5)
        for _ in range(3):
            await kitchen.press(other, every=0.02)
            for _ in range(20):
                await kitchen.press("f1", every=0.033)
        assert given(kitchen).count("bump o1") == 1
        assert "bump o25" not in given(kitchen), "it took the slot"
        await kitchen.press("f1")
        assert "bump o25" in given(kitchen)


async def test_a_slot_key_does_not_bump_what_took_the_slot_before_anybody_could_see_it(
    run: Run,
) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.remove("o3")  # by another screen
        assert kitchen.shown[2] == "o25"
        await kitchen.press("f3", every=0.2)
        assert kitchen.bumped == []
        await kitchen.until(lambda: "Slot 3 changed just now." in kitchen.text)
        await kitchen.press("f4", every=0.05)
        assert kitchen.bumped == ["o4"], "its neighbours stand where they stood"
        await kitchen.press("f3")
        assert kitchen.bumped == ["o4", "o25"]


async def test_a_number_typed_as_the_slot_changes_means_nobody(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.remove("o3")
        await kitchen.press("3", "enter", every=0.2)
        assert kitchen.bumped == []
        await kitchen.until(lambda: "Slot 3 changed just now." in kitchen.text)
        await kitchen.press("3", "enter")
        assert kitchen.bumped == ["o25"]


async def test_a_slot_that_was_empty_is_bumped_at_once(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.remove("o3")
        await kitchen.tell(order(7, age=0), order(8, age=0))
        assert kitchen.shown == ["o1", "o2", "o7", "o8"]
        await kitchen.press("f4", "f3", every=0.2)
        assert kitchen.bumped == ["o8", "o7"]


async def test_a_slot_key_is_not_refused_because_the_page_was_turned(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("]", "f3", every=0.05)
        assert kitchen.bumped == ["o27"]


async def test_a_banner_that_moves_the_tickets_bumps_none_of_them(run: Run) -> None:
    async with run(BOARD, (85, 22)) as kitchen:
        await kitchen.remove("o3")
        assert kitchen.shown[2] == "o13"
        kitchen.clock.passed += 1
        await kitchen.lose_link()
        assert kitchen.shown[2] == "o4"
        await kitchen.press("f3", every=0.2)
        assert kitchen.bumped == []
        await kitchen.press("f3")
        assert kitchen.bumped == ["o4"]


async def test_enter_held_down_after_a_number_does_not_bump_the_selected(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("right", "5")
        await kitchen.hold("enter")
        assert kitchen.bumped == ["o5"]
        assert kitchen.selected == "o1"


async def test_numbers_may_be_typed_as_fast_as_anybody_can(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("right", "5", "enter", "6", "enter", "1", "2", "enter", every=0.04)
        assert kitchen.bumped == ["o5", "o6", "o12"]
        assert kitchen.selected == "o1"


@pytest.mark.parametrize(
    "keys",
    [
        ("question_mark", "enter"),
        ("question_mark", "space"),
        ("ctrl+d", "enter"),
        ("ctrl+o", "enter"),
        ("slash", "enter"),
    ],
)
async def test_the_key_that_closed_a_dialog_bumps_nothing_while_it_is_held(
    run: Run, keys: tuple[str, str]
) -> None:
    opening, closing = keys
    async with run(BOARD) as kitchen:
        await kitchen.press("right", opening)
        await kitchen.hold(closing)
        assert (kitchen.bumped, kitchen.selected) == ([], "o1")
        await kitchen.press(closing)
        assert kitchen.bumped == ["o1"]


async def test_another_key_counts_at_once_when_a_dialog_has_closed(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("right", "question_mark", "escape", "enter", every=0.05)
        assert kitchen.bumped == ["o1"]


async def test_a_ticket_that_came_while_its_number_was_typed_is_not_bumped(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("4", every=0.2)
        await kitchen.tell(order(4, age=10))
        assert kitchen.shown[3] == "o4"
        await kitchen.press("enter", every=0.2)
        assert kitchen.bumped == []
        await kitchen.until(lambda: "Slot 4 changed just now." in kitchen.text)


async def test_an_arrow_means_its_ticket_whatever_was_typed_before(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("3", "right", "enter", every=0.3)
        assert kitchen.bumped == ["o1"]


async def test_recall_held_down_brings_no_crowd_back(run: Run) -> None:
    rows = [order(number, status="ready") for number in range(1, 20)]
    async with run(rows) as kitchen:
        await kitchen.hold("r")
        assert len(kitchen.bumped) <= 2  # the first repeat comes as late as a second press


async def test_pages_turn_at_the_edges_of_the_grid(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("right", "right", "right", "right", "right")
        assert (kitchen.selected, kitchen.shown[0]) == ("o25", "o25")
        await kitchen.press("left")
        assert (kitchen.selected, kitchen.shown[0]) == ("o24", "o1")


@pytest.mark.parametrize("key", ["escape", "question_mark", "q", "enter", "space"])
async def test_help_closes_and_nothing_else_happens(run: Run, key: str) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("right", "question_mark", key)
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.app.is_running
        assert kitchen.bumped == []


async def test_the_palette_runs_an_action(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("ctrl+p")
        await kitchen.until(lambda: isinstance(kitchen.app.screen, CommandPalette))
        await kitchen.pilot.press(*"last bumped")
        await kitchen.until(lambda: "board.recall" in kitchen.text)
        await kitchen.pilot.press("enter")
        await kitchen.until(lambda: kitchen.bumped == ["o99"])


@pytest.mark.parametrize("leave", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_asks_while_something_is_unsent(run: Run, leave: str) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("f1", leave)
        assert isinstance(kitchen.app.screen, QuitDialog)
        for stay in ("n", "escape", "enter", "space", "q"):
            await kitchen.press(stay)
            assert kitchen.app.screen is kitchen.app.board_screen
            await kitchen.press("q")
        await kitchen.pilot.press("y")
        await kitchen.until(lambda: not kitchen.app.is_running)


async def test_keys_are_remapped_from_the_settings(run: Run) -> None:
    keys = {
        "board.bump": "f20",
        "board.slot_1": "f21,full_stop",
        "app.help": "f9",
        "board.slot_9": "f22",
    }
    async with run(BOARD, keys=keys) as kitchen:
        await kitchen.press("right", "space", "enter")
        assert kitchen.bumped == []
        assert "F20 bump" in kitchen.text
        await kitchen.press("f20", "f21", ".")
        assert [command.verb for command in kitchen.app.kitchen.outbox] == [Verb.BUMP] * 3
        await kitchen.press("f9")
        assert isinstance(kitchen.app.screen, HelpDialog)
