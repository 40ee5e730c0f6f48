"""A second passes: clocks move on, nothing else is drawn, and nothing is laid out."""

from __future__ import annotations

from typing import Any

import pytest
from textual.geometry import Region
from textual.screen import Screen

from kds_tui.core.clock import format_time
from kds_tui.ui.order_grid import OrderGrid
from tests.ui.conftest import Run
from tests.ui.still_kitchen import NOW, item, order, orders


class Watch:
    """Notes which parts of the grid are drawn, and every layout."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: list[Region] = []
        self.layouts = 0
        refresh, lay_out = OrderGrid.refresh, Screen._refresh_layout

        def watched_refresh(grid: OrderGrid, *regions: Region, **options: Any) -> OrderGrid:
            self.drawn += regions or [grid.region]
            return refresh(grid, *regions, **options)

        def watched_layout(screen: Screen[Any], *args: Any, **options: Any) -> None:
            self.layouts += 1
            lay_out(screen, *args, **options)

        monkeypatch.setattr(OrderGrid, "refresh", watched_refresh)
        monkeypatch.setattr(Screen, "_refresh_layout", watched_layout)

    @property
    def rows(self) -> list[int]:
        """The rows of the grid that were drawn, each as often as it was."""
        return [row for region in self.drawn for row in range(region.y, region.bottom)]

    def forget(self) -> None:
        self.drawn, self.layouts = [], 0


async def test_a_tick_draws_only_the_line_whose_age_moves_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours, added = 7230.0, format_time(NOW - 65)
    first = order(1, "Soup", {**item("Pie"), "added_at": added}, age=hours)
    async with run([first, order(2, age=hours)], (30, 36)) as kitchen:
        card = kitchen.card("o1")
        watch = Watch(monkeypatch)
        await kitchen.tick(9)
        assert ("── ADD-ON 1m" in kitchen.text, watch.rows) == (True, [])
        await kitchen.tick(50)
        lines = kitchen.text.splitlines()
        place = next(row for row, line in enumerate(lines) if "── ADD-ON 2m" in line)
        assert watch.rows == [card.y, place - kitchen.top, kitchen.card("o2").y]
        watch.forget()
        await kitchen.tick()
        assert watch.rows == []
        assert watch.layouts == 0


async def test_one_head_flashes_and_no_more(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = 7210.0
    async with run([order(1, age=hours)], (30, 36)) as kitchen:
        await kitchen.tell(*(order(number, age=hours + number) for number in (2, 3)))
        heads = {card.ticket_id: card.y for card in kitchen.cards}
        watch = Watch(monkeypatch)
        for _ in range(3):
            await kitchen.tick()
        assert watch.rows == [heads["o3"]] * 3
        await kitchen.press("A")
        watch.forget()
        for _ in range(3):
            await kitchen.tick()
        assert watch.rows == []


async def test_a_tick_draws_only_the_heads_that_read_differently(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = 7200.0  # shown in minutes: 2h00
    rows = [order(1, age=hours), order(2, age=hours), *orders(6)[2:]]
    async with run(rows, (30, 36)) as kitchen:  # a single column of tickets
        heads = {card.ticket_id: card.y for card in kitchen.cards}
        watch = Watch(monkeypatch)
        await kitchen.tick()
        assert "4:58 OK" in kitchen.text
        assert watch.rows == [heads[number] for number in ("o3", "o4", "o5", "o6")]
        assert watch.layouts == 0
        watch.forget()
        await kitchen.tick(60)
        assert "2h01■LATE" in kitchen.text
        assert watch.rows == list(heads.values())
        assert watch.layouts == 0


async def test_a_countdown_in_the_banner_lays_nothing_out(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.lose_link(retry_in=30)
        watch = Watch(monkeypatch)
        for left in (29, 28, 27):
            await kitchen.tick()
            assert f"Next try in {left} s" in kitchen.text
        assert watch.layouts == 0


async def test_a_changed_ticket_draws_its_own_card_and_no_other(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run(orders(12)) as kitchen:
        watch = Watch(monkeypatch)
        await kitchen.tell(order(8, "Soup", age=292))
        card = kitchen.card("o8")
        assert "1 Soup" in kitchen.text
        assert watch.drawn == [Region(card.x, card.y, card.width, card.height)]
        assert watch.layouts == 0


async def test_a_ticket_on_another_page_draws_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run(orders(40)) as kitchen:
        watch = Watch(monkeypatch)
        await kitchen.tell(order(40, "Soup", age=260))
        assert watch.drawn == []
        assert watch.layouts == 0


async def test_a_burst_is_looked_at_and_drawn_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run(orders(12)) as kitchen:
        watch = Watch(monkeypatch)
        looks: list[set[str]] = []
        tickets = kitchen.app.kitchen.tickets
        look = tickets.update
        monkeypatch.setattr(tickets, "update", lambda ids, now: looks.append(ids) or look(ids, now))
        await kitchen.tell(*(order(8, f"Soup {n}", age=292, version=n) for n in range(2, 500)))
        assert "1 Soup 499" in kitchen.text
        assert looks == [{"o8"}]
        assert len(watch.drawn) == 1


async def test_the_board_behind_a_dialog_goes_on_and_rests_between_its_ticks(run: Run) -> None:
    async with run(orders(3), (200, 50)) as kitchen:
        await kitchen.press("question_mark")
        board = kitchen.app.board_screen
        await kitchen.tell(order(4, "Salad"))
        assert "1 Salad" in kitchen.text
        await kitchen.tick(60)
        assert "6:0" in kitchen.text
        assert not board._repaint_required
        assert not board._dirty_widgets
        await kitchen.press("escape")
        assert "1 Salad" in kitchen.text
