"""A bump shows at once; what becomes of it shows too."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Run
from tests.ui.still_kitchen import order, orders


async def test_a_bump_shows_at_once_and_is_handed_to_delivery(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("f2")
        assert kitchen.shown == ["o1", "o3"]
        assert "#0002" not in kitchen.text
        assert "2 open   0 late   1 ready   1 unsent" in kitchen.text
        assert kitchen.link.delivered == 1


async def test_an_answered_bump_stays_away_whenever_its_event_comes(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("f2")
        (command,) = kitchen.app.kitchen.outbox
        await kitchen.answer(command, status="ready", version=2)
        assert kitchen.shown == ["o1", "o3"]
        assert "unsent" not in kitchen.text
        await kitchen.tell(order(2, status="ready", version=2))
        assert kitchen.shown == ["o1", "o3"]


async def test_a_declined_bump_comes_back_and_the_cook_is_told_why(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("f2")
        (command,) = kitchen.app.kitchen.outbox
        await kitchen.decline(command, "#0002 was cancelled [/] meanwhile.")
        assert kitchen.shown == ["o1", "o2", "o3"]
        await kitchen.until(lambda: "#0002 was cancelled [/] meanwhile." in kitchen.text)


async def test_a_recalled_ticket_comes_back_marked(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("f2", "r")
        assert kitchen.shown == ["o1", "o2", "o3"]
        assert "RECALLED" in kitchen.text
        await kitchen.until(lambda: "#0002 is back." in kitchen.text)


async def test_without_a_recall_on_the_server_the_ticket_comes_back_here(run: Run) -> None:
    async with run([*orders(2), order(3, status="ready")]) as kitchen:
        kitchen.app.kitchen.capabilities = frozenset()
        await kitchen.press("r")
        assert kitchen.shown == ["o1", "o2", "o3"]
        await kitchen.until(lambda: "This order server has no recall" in kitchen.text)
        assert kitchen.bumped == []


async def test_with_nothing_to_recall_the_cook_is_told(run: Run) -> None:
    async with run(orders(2)) as kitchen:
        await kitchen.press("r")
        await kitchen.until(lambda: "There is no bumped ticket to bring back." in kitchen.text)


async def test_bumps_go_on_offline_and_are_counted(run: Run) -> None:
    async with run(orders(5)) as kitchen:
        await kitchen.lose_link()
        await kitchen.press("f1", "f2", "f3")
        assert kitchen.shown == ["o4", "o5"]
        assert "3 unsent" in kitchen.text


async def test_the_last_bump_leaves_the_words_for_an_empty_kitchen(run: Run) -> None:
    async with run(orders(1)) as kitchen:
        await kitchen.press("f1")
        assert "All caught up" in kitchen.text
        await kitchen.tell(order(2))
        assert "All caught up" not in kitchen.text
        assert "#0002" in kitchen.text


@pytest.mark.parametrize("count", [25, 60, 300])
async def test_what_is_on_other_pages_is_counted_with_the_oldest(run: Run, count: int) -> None:
    async with run(orders(count)) as kitchen:
        # The 25th is the oldest one of the next page: 300 - 25 seconds.
        assert f"{count - 24} more, oldest 4:35 OK" in kitchen.text
        await kitchen.press("]")
        assert f"{max(24, count - 24)} more, oldest 5:00 OK" in kitchen.text


async def test_the_header_counts(run: Run) -> None:
    rows = [
        order(1, age=30),
        order(2, age=620),
        order(3, age=901),
        order(4, age=7000),
        order(5, age=7000, status="ready"),
        order(6, age=7000, status="completed"),
    ]
    async with run(rows) as kitchen:
        assert "4 open   2 late   1 ready   12:34" in kitchen.text
        await kitchen.tick(300)
        assert "4 open   3 late   1 ready   12:39" in kitchen.text
