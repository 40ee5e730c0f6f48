"""Orders that no kitchen cooks: the board draws them, and the orders beside them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.oracle import forbidden
from tests.ui.conftest import Run
from tests.ui.still_kitchen import Row, item, order

NUTS = "allergy: peanuts"


def feast(items: int, modifiers: int, notes: str = "") -> list[Row]:
    many = [f"No onion {number}" for number in range(modifiers)]
    return [item(f"Soup {number}", *many, notes=notes) for number in range(items)]


MONSTERS: dict[str, list[Row]] = {
    "10,000 items": feast(10_000, 0),
    "1,000 modifiers": feast(1, 1_000),
    "both": feast(300, 100, "x" * 600),
    "allergies": [item("Soup", *(f"allergy {n} {k}" for k in range(60))) for n in range(200)],
}
SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=str)


@SIZES
@pytest.mark.parametrize("monster", MONSTERS)
async def test_a_monster_is_drawn_cut_and_bumped(
    run: Run, monster: str, size: tuple[int, int]
) -> None:
    rows = [order(1, *MONSTERS[monster], age=900, notes=NUTS), order(2, "Burger", age=60)]
    async with run(rows, size) as kitchen:
        assert "peanuts" in kitchen.text
        seen = kitchen.text
        paging = kitchen.app.board_screen.view.paging
        while paging.page + 1 < paging.page_count:
            await kitchen.press("]")
            seen += kitchen.text
            assert forbidden(kitchen.text) == []
        assert "Burger" in seen
        assert "950 more" in seen if monster == "1,000 modifiers" else "CUT" in seen
        await kitchen.press("[")
        while paging.page:
            await kitchen.press("[")
        paging.select("o1")
        await kitchen.press("enter")
        assert kitchen.bumped == ["o1"]


@pytest.mark.parametrize("quantity", [0, -1, -9_999_999, 10**400, 1e300, 0.5, "-3", "1e9", None])
async def test_a_quantity_without_sense_is_drawn(run: Run, quantity: Any) -> None:
    async with run([order(1, item("Soup", quantity=quantity)), order(2)]) as kitchen:
        assert "Soup" in kitchen.text
        assert "Burger" in kitchen.text


TIMES = (
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z"),
    *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "2026-11-24T12:34:00Z", "soon", ""),
)


@pytest.mark.parametrize("moment", TIMES)
@pytest.mark.parametrize("scheduled", [False, True])
async def test_a_time_far_away_is_drawn(run: Run, moment: str, scheduled: bool) -> None:
    fields: Row = dict.fromkeys(
        ("created_at", "updated_at", "preparing_at", "ready_at", "scheduled_pickup_time"), moment
    )
    strange = order(1, "Soup", is_scheduled=scheduled, **fields)
    if scheduled:
        strange |= {"status": "pending", "preparing_at": None}
    async with run([strange, order(2)], (120, 36)) as kitchen:
        await kitchen.tick(3600.0)
        assert "Burger" in kitchen.text
        in_the_kitchen = "Soup" in kitchen.text
        await kitchen.press("shift+tab")  # to what waits for its time
        assert in_the_kitchen or "Soup" in kitchen.text
