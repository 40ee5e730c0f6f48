"""What a card says, badge by badge, at the sizes and in the colours that kitchens have."""

from __future__ import annotations

import pytest

from kds_tui.core.clock import format_time
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import NOW, Row, StillKitchen, item, order

SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}"
)


def ago(seconds: float) -> str:
    return format_time(NOW - seconds)


STEAK = item("Ribeye Steak", "Rare", "No butter", course=2, held=True, seat_number=1)
TABLE: Row = {"type": "dine-in", "table_number": "12", "covers": 4,
              "metadata": {"serverName": "Alex"}, "payment_status": "unpaid"}  # fmt: skip
VOICE: Row = {"type": "drive-thru", "customer_name": "Zoë Müller-Lüdenscheidt",
              "metadata": {"source": "voice"}, "payment_status": "unpaid"}  # fmt: skip

COURSES = order(
    1,
    item("Tomato Soup", "Allergy: nuts", course=1, status="ready", seat_number=2),
    item("Caesar Salad", "No croutons", course=1, seat_number=1),
    STEAK,
    {**STEAK, "seat_number": 3},
    item("Mineral Water", quantity=4),
    age=700,
    notes="birthday: candles with the dessert",
    **TABLE,
)
FIRED = order(
    2,
    item("Gazpacho", course=1, status="ready"),
    item("Grilled Salmon", "Sub rice", course=2, fired_at=ago(190), quantity=2),
    age=1500,
    type="dine-in",
    table_number="Patio 1",
)
HELD = order(3, item("Lamb Rack", held=True), age=400, type="dine-in", table_number="7", covers=2)
RUSHED = order(4, "Kids Pasta", age=200, rush=True, payment_status="paid", **{
    "customer_name": "Amara Okafor"})  # fmt: skip
RECALLED = order(5, "Fish Tacos", age=300, type="delivery", metadata={"recalled": True})
LATER = order(
    6,
    item("Sushi Platter", quantity=2),
    age=100,
    status="pending",
    is_scheduled=True,
    auto_fire_time=format_time(NOW + 95),
    customer_name="Chen Wei",
    payment_status="paid",
)
CHANGED = order(7, item("Fries"), item("Wings", quantity=6), "Slaw", age=500, customer_name="Bea")
CANCELLED = order(8, item("Club Sandwich", "Extra bacon"), age=450, customer_name="Kofi Adjei")
NEW = order(9, item("Veggie Burger", "Gluten allergy"), "Onion Rings", age=8, **VOICE)

BOARD = (COURSES, FIRED, HELD, RUSHED, RECALLED, LATER, CHANGED, CANCELLED)


def changed() -> Row:
    """The order after the till was at it: more of one line, one off, one added."""
    fries, wings, slaw = CHANGED["items"]
    more = {**fries, "quantity": 3, "previous_quantity": 1, "changed_version": 2}
    shake = {"id": "i9", "name": "Vanilla Shake", "quantity": 1, "added_at": ago(70)}
    return {
        **CHANGED,
        "items": [more, wings, {**shake, "changed_version": 2}],
        "voided_items": [slaw],
        "version": 2,
    }


async def show(kitchen: StillKitchen) -> None:
    await kitchen.tell(NEW, changed(), {**CANCELLED, "status": "cancelled"})


@SIZES
async def test_golden_badges(run: Run, size: tuple[int, int]) -> None:
    async with run(BOARD, size) as kitchen:
        await show(kitchen)
        check_golden(kitchen.app, f"badges-{size[0]}x{size[1]}")
        await kitchen.press("]")
        check_golden(kitchen.app, f"badges-more-{size[0]}x{size[1]}")


@pytest.mark.parametrize("theme", ["console", "mono", "kitchen-light", "high-contrast"])
async def test_golden_badges_in_other_colours(run: Run, theme: str) -> None:
    async with run(BOARD, (120, 36), display={"theme": theme, "attention": "calm"}) as kitchen:
        await show(kitchen)
        check_golden(kitchen.app, f"badges-{theme}-120x36")


async def test_golden_badges_by_number_one_line_an_item_and_nothing_loud(run: Run) -> None:
    display = {"headline": "number", "combine": False, "attention": "off"}
    async with run(BOARD, (120, 36), display=display) as kitchen:
        await show(kitchen)
        check_golden(kitchen.app, "badges-number-120x36")
