"""Start, rush, hold, fire, serve, a whole table: by key and palette; a key held down acts once."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Run
from tests.ui.still_kitchen import Row, StillKitchen, item, order, orders

SOUP = item("Soup", course="1")
STEAK, FISH = item("Steak", course="2"), item("Fish", course="2")
CAKE = item("Cake", course="3")


def given(kitchen: StillKitchen) -> list[str]:
    """What was asked for: verb, order, subject."""
    return [
        " ".join(filter(None, (command.verb.value, command.order_id, command.subject_id)))
        for command in kitchen.app.kitchen.outbox
    ]


def held(*items: Row) -> list[Row]:
    return [{**each, "held": True} for each in items]


@pytest.mark.parametrize(
    ("key", "row", "asked"),
    [
        ("s", order(1, status="pending"), "start o1"),
        ("!", order(1), "rush o1"),
        ("!", order(1, rush=True), "unrush o1"),
        ("w", order(1, "Soup", "Steak"), "hold o1"),
        ("f", order(1, *held(SOUP)), "fire o1"),
        ("f", order(1, *held(STEAK), SOUP), "fire o1"),
        ("T", order(1, table_number="7", type="dine-in"), "bump o1"),
    ],
)
async def test_each_key_asks_once_for_what_it_says_also_held_down(
    run: Run, key: str, row: Row, asked: str
) -> None:
    async with run([row]) as kitchen:
        await kitchen.press(key)
        assert given(kitchen) == [], "the first press selects a ticket"
        assert kitchen.selected == "o1"
        await kitchen.hold(key, 5)
        assert given(kitchen) == [asked]


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("start", "start o1"),
        ("rush", "rush o1"),
        ("hold", "hold o1"),
        ("bump_table", "bump o1"),
    ],
)
async def test_each_is_in_the_palette(run: Run, action: str, asked: str) -> None:
    async with run([order(1, status="pending", table_number="7")]) as kitchen:
        await kitchen.press("right")
        commands = {each.help: each for each in kitchen.app.get_system_commands(kitchen.app.screen)}
        await commands[f"board.{action}"].callback()  # type: ignore[misc]
        await kitchen.settle()
        assert given(kitchen) == [asked]


@pytest.mark.parametrize("key", ["s", "!", "w", "f"])
async def test_what_is_bumped_already_is_not_cooked_any_more_and_that_is_said(
    run: Run, key: str
) -> None:
    async with run([order(1, status="ready")], display={"view": "expo"}) as kitchen:
        await kitchen.press("right", key)
        assert given(kitchen) == []
        assert "#0001 is bumped already." in kitchen.text


async def test_rush_goes_to_the_front_and_back(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("right", "right", "!", "o")
        assert kitchen.shown[0] == kitchen.selected
        assert "RUSH" in kitchen.text
        await kitchen.press("!", "o")
        assert "RUSH" not in kitchen.text


async def test_a_server_that_cannot_hold_is_told_of_once_and_the_ticket_shows_it(run: Run) -> None:
    async with run([order(1, "Soup", "Steak")]) as kitchen:
        kitchen.app.kitchen.capabilities = frozenset()
        await kitchen.press("right", "w")
        await kitchen.until(lambda: "cannot hold orders" in kitchen.text)
        assert given(kitchen) == []
        ticket = kitchen.app.kitchen.tickets.get("o1")
        assert ticket is not None
        assert ticket.order.is_held


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (["enter"], "fire o1 course:2"),
        (["2"], "fire o1 course:3"),
        (["3"], "fire o1"),
        (["f2"], "fire o1 course:3"),
        (["down", "down", "down", "space"], "fire o1 i1"),
        (["j", "k", "enter"], "fire o1 course:2"),
        (["escape"], ""),
        (["f"], ""),
        (["9", "escape"], ""),
    ],
)
async def test_several_held_courses_are_asked_about(run: Run, keys: list[str], asked: str) -> None:
    rows = [order(1, SOUP, *held(STEAK, FISH, CAKE), table_number="7")]
    async with run(rows, (85, 24)) as kitchen:
        await kitchen.press("right", "f")
        assert "Fire what of TABLE 7?" in kitchen.text
        assert "1  Course 2: Steak, Fish" in kitchen.text
        await kitchen.press(*keys)
        await kitchen.until(lambda: "Fire what" not in kitchen.text)
        await kitchen.until(lambda: given(kitchen) == [asked] * bool(asked))


async def test_the_key_that_chose_a_part_bumps_nothing_while_it_is_held(run: Run) -> None:
    async with run([order(1, *held(STEAK), *held(SOUP))]) as kitchen:
        await kitchen.press("right", "f")
        await kitchen.hold("enter")
        assert given(kitchen) == ["fire o1 course:1"]


async def test_the_last_course_comes_first_when_something_is_held(run: Run) -> None:
    async with run([order(1, SOUP, STEAK, CAKE)]) as kitchen:
        await kitchen.press("right", "w", "enter")
        await kitchen.until(lambda: given(kitchen) == ["hold o1 course:3"])


async def test_a_course_is_chosen_with_a_bump_bar(run: Run) -> None:
    rows = [order(1, *held(STEAK, CAKE), table_number="7")]
    async with run(rows, bump_bar={"profiles": ["kb1700-b"]}) as kitchen:
        await kitchen.press("right", "f")
        await kitchen.press("1")  # printed 2 on this bar
        await kitchen.until(lambda: given(kitchen) == ["fire o1 course:3"])


async def test_a_whole_table_goes_and_is_undone_at_once(run: Run) -> None:
    rows = [order(n, table_number="7", type="dine-in") for n in (1, 2, 4)]
    rows.insert(2, order(3, table_number="8", type="dine-in"))
    async with run(rows, bump={"undo_seconds": 60}) as kitchen:
        await kitchen.press("right", "T")
        assert given(kitchen) == ["bump o1", "bump o2", "bump o4"]
        await kitchen.until(lambda: "TABLE 7: 3 tickets are bumped." in kitchen.text)
        await kitchen.press("r")
        assert given(kitchen) == []
        assert [kitchen.app.kitchen.tickets.get(one).undo_until for one in kitchen.shown] == (  # type: ignore[union-attr]
            [None] * 4
        )


async def test_a_ticket_without_a_table_is_not_bumped_as_one(run: Run) -> None:
    async with run([order(1, customer_name="Maria")]) as kitchen:
        await kitchen.press("right", "T")
        await kitchen.until(lambda: "Maria belongs to no table" in kitchen.text)
        assert given(kitchen) == []


async def test_what_is_not_ready_is_not_served(run: Run) -> None:
    async with run([order(1)]) as kitchen:
        await kitchen.press("right", "v")
        await kitchen.until(lambda: "#0001 is not ready yet: bump it first." in kitchen.text)


@pytest.mark.parametrize("keys", [["f2"], ["2", "enter"]], ids=["key", "number"])
async def test_where_it_is_asked_for_a_slot_selects_before_it_bumps(
    run: Run, keys: list[str]
) -> None:
    async with run(orders(3), bump={"undo_seconds": 0, "select_first": True}) as kitchen:
        await kitchen.press(*keys)
        assert (kitchen.selected, kitchen.bumped) == ("o2", [])
        await kitchen.press(*keys)
        assert kitchen.bumped == ["o2"]


async def test_the_footer_says_which_press_of_a_number_selects_and_which_bumps(run: Run) -> None:
    async with run(orders(3), bump={"undo_seconds": 0, "select_first": True}) as kitchen:
        await kitchen.press("2")
        assert "Enter selects" in kitchen.text
        await kitchen.press("enter", "2")
        assert "Enter bumps" in kitchen.text


async def test_a_second_press_that_comes_late_selects_again(run: Run) -> None:
    async with run(orders(3), bump={"undo_seconds": 0, "select_first": True}) as kitchen:
        await kitchen.press("f2")
        await kitchen.press("f2", every=5)
        assert kitchen.bumped == []
        await kitchen.press("f3", "f2", "f2")
        assert kitchen.bumped == ["o2"]


async def test_a_slot_key_held_down_only_selects(run: Run) -> None:
    async with run(orders(3), bump={"undo_seconds": 0, "select_first": True}) as kitchen:
        await kitchen.hold("f2")
        assert (kitchen.selected, kitchen.bumped) == ("o2", [])


async def test_where_the_terminal_tells_when_a_key_comes_up_a_quick_second_press_counts(
    run: Run,
) -> None:
    async with run(orders(3), bump={"undo_seconds": 0, "select_first": True}) as kitchen:
        await kitchen.press("f2")
        kitchen.app.board_screen.hear_key_up("f2", 0.05)
        await kitchen.press("f2", every=0.2)
        assert kitchen.bumped == ["o2"]
