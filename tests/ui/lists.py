"""Boards and menus for the tests of the two lists."""

from __future__ import annotations

from kds_tui.core.clock import format_time
from kds_tui.core.stock import StockItem
from kds_tui.services.live_menu import stock_items
from kds_tui.ui.search_list import SearchList
from tests.hostile.corpus import CORPUS
from tests.ui.hostile import hostile_row
from tests.ui.still_kitchen import NOW, Row, StillKitchen, item, order
from voice_tui.core.menu import menu_of

MENU = (
    StockItem("burger", "Classic Burger", "Mains"),
    StockItem("salmon", "Cedar Salmon", "Mains"),
    StockItem("ribs", "Baby Back Ribs", "Mains", is_out=True),
    StockItem("club", "Chicken Club", "Sandwiches"),
    StockItem("chips", "Fish and Chips", "Mains"),
    StockItem("soup", "Soup of the Day", "Starters", aliases=("broth",)),
    StockItem("cola", "Cola", "Drinks"),
)

HOSTILE_MENU = stock_items(
    menu_of(
        {
            "categories": [{"id": f"c{at}", "name": text} for at, text in enumerate(CORPUS)],
            "items": [
                {"id": f"m{at}", "name": text, "category_id": f"c{at}", "available": at % 3 > 0}
                for at, text in enumerate(CORPUS)
            ],
        }
    )
)


def gone(number: int, ago: float, *dishes: Row | str, took: float = 240.0, **fields: object) -> Row:
    """Make an order that was bumped `ago` seconds before the test begins, `took` seconds old."""
    moment = format_time(NOW - ago)
    made = order(number, *dishes, age=ago + took, status="ready")
    return {**made, "ready_at": moment, "updated_at": moment, **fields}


def shift() -> list[Row]:
    """Make an evening: orders to cook, bumped ones, one closed just now and one long ago, a
    cancelled one."""
    return [
        *(order(number, age=300.0 - number) for number in range(1, 7)),
        gone(41, 30, item("Cedar Salmon"), table_number="12", type="dine-in"),
        gone(42, 500, "Burger", "Fries", took=1100, customer_name="Zoë Müller-Lüdenscheidt"),
        gone(43, 60, item("Wings", quantity=12), "Cola", status="picked-up"),
        gone(44, 900, *(f"Dish {at}" for at in range(12)), status="completed", table_number="7"),
        gone(45, 7200, "Soup", status="completed"),
        {**order(46, "Salad", age=400, status="cancelled"), "updated_at": format_time(NOW - 90)},
    ]


def hostile_shift() -> list[Row]:
    """Make an order with each hostile text in every field, bumped, closed or cancelled."""
    moment = format_time(NOW - 60)
    statuses = ("ready", "completed", "cancelled")
    return [
        {**hostile_row(at, text), "status": statuses[at % 3], "ready_at": moment, "version": 2}
        for at, text in enumerate(CORPUS)
    ]


def dialog(kitchen: StillKitchen) -> SearchList[object]:
    """Give the list that is open."""
    screen = kitchen.app.screen
    assert isinstance(screen, SearchList), kitchen.text
    return screen


async def search(kitchen: StillKitchen, words: str) -> list[str]:
    """Type words into the search line; give the rows then."""
    dialog(kitchen)._line.value = words
    await kitchen.settle()
    return await rows(kitchen)


async def rows(kitchen: StillKitchen) -> list[str]:
    """Give the rows of the list as they stand on the screen, the marked one with its mark."""
    dialog(kitchen).look()
    await kitchen.settle()
    region = dialog(kitchen)._list.region
    lines = kitchen.text.split("\n")[region.y : region.y + region.height]
    shown = (line[region.x : region.x + region.width].rstrip() for line in lines)
    return [line for line in shown if line]
