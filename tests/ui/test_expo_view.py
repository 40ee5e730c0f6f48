"""The pass: what lacks something is not sent, what is ready is served, each by key and mouse."""

from __future__ import annotations

import pytest

from kds_tui.core.clock import format_time
from kds_tui.core.command import Verb
from kds_tui.ui.expo_view import ExpoView
from kds_tui.ui.order_grid import OrderGrid
from tests.ui.conftest import Run
from tests.ui.still_kitchen import NOW, StillKitchen, item, order, orders

EXPO = {"view": "expo"}

PLATES = [
    order(1, item("Burger", status="ready"), "French Fries", age=500, table_number="7"),
    order(2, item("Burger", status="ready"), age=400),
    order(3, status="ready", ready_at=format_time(NOW - 90), customer_name="Maria Lopez"),
    order(4, status="ready", ready_at=format_time(NOW - 400)),
]


def expo(kitchen: StillKitchen) -> ExpoView:
    view = kitchen.app.board_screen.view
    assert isinstance(view, ExpoView)
    return view


def given(kitchen: StillKitchen) -> list[tuple[Verb, str]]:
    return [(command.verb, command.order_id) for command in kitchen.app.kitchen.outbox]


async def test_each_side_has_its_orders_and_slots_go_on(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        view = expo(kitchen)
        sides = [
            [(c.slot, c.ticket_id) for c in s.paging.cards] for s in (view.activity, view.ready)
        ]
        first = view.activity.paging.capacity + 1
        assert sides == [[(1, "o1"), (3, "o2")], [(first, "o4"), (first + 1, "o3")]]
        assert "1/2 done" in kitchen.text
        assert "owes 1" in kitchen.text
        assert "6:40▲WAITS" in kitchen.text
        assert "1:30 READY" in kitchen.text


async def test_what_lacks_something_is_bumped_by_a_second_press_only(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        await kitchen.press("right", "space")
        assert given(kitchen) == []
        assert "TABLE 7 is not done: FRY owes 1 French Fries." in " ".join(kitchen.text.split())
        await kitchen.press("space", every=6)
        assert given(kitchen) == []
        await kitchen.press("space", every=2)
        assert given(kitchen) == [(Verb.BUMP, "o1")]


async def test_a_table_is_bumped_at_the_pass_by_a_second_press_only(run: Run) -> None:
    rows = [
        order(1, "Burger", "Salad", table_number="7"),
        order(2, item("Burger", status="ready"), table_number="7", age=50),
        order(3, "Soup", table_number="8", age=40),
        order(4, table_number="7", status="ready"),
    ]
    async with run(rows, display=EXPO) as kitchen:
        words = "TABLE 7 is not done: GRILL owes 1 Burger; SALAD owes 1 Salad."
        await kitchen.press("right", "T")
        said = " ".join(kitchen.text.replace("▌", " ").split())
        assert (given(kitchen), words in said) == ([], True)
        await kitchen.press("T", every=6)
        await kitchen.press("z", "T", every=0.8)
        assert given(kitchen) == [(Verb.BUMP, "o1"), (Verb.BUMP, "o2")]
        await kitchen.press("escape")
        expo(kitchen).select("o4")
        await kitchen.press("T")
        await kitchen.until(lambda: "TABLE 7 is bumped already." in kitchen.text)


async def test_a_table_that_lacks_nothing_is_bumped_at_the_pass_at_once(run: Run) -> None:
    done = item("Burger", status="ready")
    rows = [order(number, done, table_number="7") for number in (1, 2)]
    async with run(rows, display=EXPO) as kitchen:
        await kitchen.press("right", "T")
        assert given(kitchen) == [(Verb.BUMP, "o1"), (Verb.BUMP, "o2")]


async def test_a_key_held_down_is_no_second_press(run: Run) -> None:
    async with run(orders(2), display={"view": "expo"}) as kitchen:
        await kitchen.press("right")
        await kitchen.hold("space")
        assert given(kitchen) == []


async def test_what_is_done_is_bumped_at_once(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        await kitchen.press("3", "enter")
        assert given(kitchen) == [(Verb.BUMP, "o2")]


async def test_the_gate_can_be_left_open(run: Run) -> None:
    async with run(PLATES, display=EXPO, expo={"block_until_done": False}) as kitchen:
        await kitchen.press("1", "enter")
        assert given(kitchen) == [(Verb.BUMP, "o1")]


async def test_arrows_go_from_one_side_to_the_other(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        seen = []
        for key in ("right", "down", "right", "down", "up", "left", "left"):
            await kitchen.press(key)
            seen.append(kitchen.selected)
        assert seen == ["o1", "o2", "o3", "o3", "o4", "o1", "o1"]


async def test_a_click_works_on_its_side(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        view = expo(kitchen)
        await kitchen.press("right")
        card = view.ready.paging.cards[1]
        await kitchen.pilot.click(view.ready.query_one(OrderGrid), offset=(card.x + 1, card.y))
        await kitchen.settle()
        assert kitchen.selected == "o3"
        assert view.activity.selected is None
        card = view.activity.paging.cards[1]
        foot = (card.x + 1, card.y + card.height - 1)
        await kitchen.pilot.click(view.activity.query_one(OrderGrid), offset=foot)
        await kitchen.settle()
        assert given(kitchen) == [(Verb.BUMP, "o2")]


async def test_what_is_ready_is_served(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        await kitchen.press("right", "right")
        assert kitchen.selected == "o4"
        assert "Space serve" in kitchen.text
        await kitchen.press("space")
        assert given(kitchen) == [(Verb.SERVE, "o4")]
        assert "READY FOR THE GUESTS 1" in kitchen.text


async def test_what_is_picked_up_stays_at_the_end_until_it_is_served(run: Run) -> None:
    async with run(PLATES, display=EXPO) as kitchen:
        await kitchen.press("right", "right", "p")
        assert given(kitchen) == [(Verb.PICK_UP, "o4")]
        assert "PICKED UP" in kitchen.text
        assert "READY FOR THE GUESTS 2" in kitchen.text
        ready = [card.ticket_id for card in expo(kitchen).ready.paging.cards]
        assert sorted(ready) == ["o3", "o4"]
        await kitchen.press("o")
        assert [card.ticket_id for card in expo(kitchen).ready.paging.cards] == ["o3", "o4"]
        await kitchen.press("p")
        assert len(given(kitchen)) == 1, "somebody has it already"
        await kitchen.press("v")
        assert given(kitchen)[1:] == [(Verb.SERVE, "o4")]


@pytest.mark.parametrize(
    ("key", "head", "told"),
    [("space", "SERVED 3s", "is not served"), ("p", "PICKED UP 3s", "is not handed over")],
)
async def test_what_left_the_pass_can_be_taken_back_for_a_while(
    key: str, head: str, told: str, run: Run
) -> None:
    async with run(PLATES, display=EXPO, bump={"undo_seconds": 3}) as kitchen:
        await kitchen.press("right", "right", key)
        assert head in kitchen.text
        assert "READY FOR THE GUESTS 2" in kitchen.text
        await kitchen.press(key, "r")
        assert head not in kitchen.text
        assert given(kitchen) == []
        await kitchen.until(lambda: f"#0004 {told} after all." in kitchen.text)


async def test_what_is_ready_comes_over_with_a_clock_of_its_own(run: Run) -> None:
    async with run(PLATES[:2], display=EXPO) as kitchen:
        assert "No orders ready" in kitchen.text
        await kitchen.tell(order(2, status="ready", age=400, ready_at=format_time(NOW)))
        assert "READY FOR THE GUESTS 1" in kitchen.text
        assert "0:00 READY" in kitchen.text
        await kitchen.tick(300)
        assert "5:00▲WAITS" in kitchen.text


async def test_a_screen_on_which_one_side_has_no_room_is_told_how_wide_it_must_be(run: Run) -> None:
    async with run(orders(2), (45, 24), display={"view": "expo"}) as kitchen:
        assert "Too small" in kitchen.text
        assert "45x24 here" in kitchen.text
        assert "50x" in kitchen.text
        await kitchen.pilot.resize_terminal(50, 24)
        await kitchen.settle()
        assert "Too small" not in kitchen.text
