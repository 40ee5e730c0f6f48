"""What the screens look like, at the sizes that kitchens have."""

from __future__ import annotations

import pytest

from kds_tui.core.clock import format_time
from kds_tui.core.link import LinkState
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.hostile import HOSTILE_ROWS
from tests.ui.still_kitchen import NOW, REFUSED, Row, item, order

SIZES = pytest.mark.parametrize(
    "size", [(80, 24), (120, 36), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}"
)

DISHES = (
    item("Classic Burger", "No onion", "Extra cheese", "Medium rare", quantity=2),
    item("Caesar Salad", "Allergy: nuts", "No croutons", seat_number=2),
    item("French Fries"),
    item("Ribeye Steak 12 oz", "Rare", notes="cut in half", seat_number=1),
    item("Tomato Soup", "Gluten free bread"),
    item("Spaghetti Carbonara", "Sub penne", quantity=3),
    item("Chocolate Fondant", "Oat milk"),
)
GUESTS = ("Amara Okafor", "Chen Wei", "Lucía Peña", "Zoë Müller-Lüdenscheidt")
TYPES = ("dine-in", "takeout", "delivery", "drive-thru", "online")


def busy() -> list[Row]:
    """Make a dinner rush: every type, status, urgency, and one order for later."""
    rows: list[Row] = []
    for number in range(1, 31):
        dishes = [DISHES[(number * 3 + place) % len(DISHES)] for place in range(number % 4 + 1)]
        kind = TYPES[number % len(TYPES)]
        guest: Row = {"customer_name": GUESTS[number % len(GUESTS)]}
        if kind == "dine-in":
            guest = {"table_number": "Patio 1" if number % 3 else str(number), "seat_number": 4}
        status = ("pending", "confirmed", "preparing")[number % 3]
        rows.append(
            order(number, *dishes, age=1100 - 37 * number, type=kind, status=status, **guest)
        )
    rows[1]["notes"] = "birthday table: candles with the dessert"
    rows[4] |= {"notes": "severe nut allergy"}
    rows[9] |= {"is_scheduled": True, "auto_fire_time": format_time(NOW + 95), "status": "pending"}
    rows[9] |= {"scheduled_pickup_time": format_time(NOW + 995)}
    rows.append(order(31, status="ready"))
    return rows


def evening() -> list[Row]:
    """Make the rush with lines done, orders ready, tables of several orders, and some for later."""
    rows = busy()
    for number, row in enumerate(rows):
        row["items"] = [
            {**line, "status": "ready"} if (number + place) % 3 == 0 else line
            for place, line in enumerate(row["items"])
        ]
    for number in range(6):
        guest: Row = {"customer_name": GUESTS[number % len(GUESTS)]}
        if number % 3 == 0:
            guest = {
                "table_number": str(5 * number + 5),
                "metadata": {"serverName": "Ana"},
                "covers": 4,
            }
        ready_at = format_time(NOW - 150 * number)
        rows.append(order(40 + number, *DISHES[:2], status="ready", ready_at=ready_at, **guest))
    for number, fire_in in enumerate((-30, 100, 130, 900, 905)):
        times: Row = {"auto_fire_time": format_time(NOW + fire_in)}
        times["scheduled_pickup_time"] = format_time(NOW + fire_in + 900)
        rows.append(order(60 + number, DISHES[6], is_scheduled=True, status="pending", **times))
    return rows


VIEW_SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}"
)
OTHER_VIEWS = pytest.mark.parametrize("view", ["expo", "tables", "scheduled"])


def banquet() -> Row:
    """Make a ticket that is longer than a column, and at 80x24 than a page."""
    dishes = [item(f"Course {number:02d}", "No salt", quantity=number) for number in range(1, 41)]
    return order(1, *dishes, age=400, type="dine-in", table_number="12", notes="speeches at nine")


def name(screen: str, size: tuple[int, int]) -> str:
    return f"{screen}-{size[0]}x{size[1]}"


@SIZES
async def test_golden_busy(run: Run, size: tuple[int, int]) -> None:
    async with run(busy(), size) as kitchen:
        await kitchen.press("right", "right", every=0)
        check_golden(kitchen.app, name("busy", size))


@SIZES
async def test_golden_empty(run: Run, size: tuple[int, int]) -> None:
    async with run([], size) as kitchen:
        check_golden(kitchen.app, name("empty", size))


@VIEW_SIZES
@OTHER_VIEWS
async def test_golden_view(run: Run, view: str, size: tuple[int, int]) -> None:
    async with run(evening(), size, display={"view": view}) as kitchen:
        await kitchen.press("right", every=0)
        check_golden(kitchen.app, name(view, size))


@VIEW_SIZES
@OTHER_VIEWS
async def test_golden_empty_view(run: Run, view: str, size: tuple[int, int]) -> None:
    async with run([], size, display={"view": view}) as kitchen:
        check_golden(kitchen.app, name(f"{view}-empty", size))


@VIEW_SIZES
@pytest.mark.parametrize("keys", ["z", "d", "dd"], ids=["focus", "all-day", "all-day-modifiers"])
async def test_golden_over_the_tickets(run: Run, keys: str, size: tuple[int, int]) -> None:
    async with run(evening(), size) as kitchen:
        await kitchen.press("right", *keys, every=0.5)
        await kitchen.tick(0)
        screen = {"z": "focus", "d": "all-day", "dd": "all-day-modifiers"}[keys]
        check_golden(kitchen.app, name(screen, size))


@SIZES
async def test_golden_loading(run: Run, size: tuple[int, int]) -> None:
    async with run(None, size) as kitchen:
        await kitchen.link_is(LinkState.SYNCING)
        check_golden(kitchen.app, name("loading", size))


@SIZES
async def test_golden_offline(run: Run, size: tuple[int, int]) -> None:
    async with run(busy(), size) as kitchen:
        await kitchen.press("1", "enter", every=0)
        await kitchen.lose_link()
        check_golden(kitchen.app, name("offline", size))


@SIZES
async def test_golden_offline_from_the_start(run: Run, size: tuple[int, int]) -> None:
    async with run(None, size) as kitchen:
        await kitchen.link_is(LinkState.RECONNECTING, attempt=4, retry_in=9, reason=REFUSED)
        check_golden(kitchen.app, name("offline-from-the-start", size))


@SIZES
async def test_golden_failed(run: Run, size: tuple[int, int]) -> None:
    async with run(None, size) as kitchen:
        why = "the server does not accept this display: expired"
        await kitchen.link_is(LinkState.FAILED, attempt=1, retry_in=58, reason=why)
        check_golden(kitchen.app, name("failed", size))


@SIZES
async def test_golden_long_ticket(run: Run, size: tuple[int, int]) -> None:
    async with run([banquet(), order(2, age=30)], size) as kitchen:
        check_golden(kitchen.app, name("long", size))


async def test_golden_long_ticket_on_its_last_page(run: Run) -> None:
    async with run([banquet(), order(2, age=30)], (80, 24)) as kitchen:
        await kitchen.press("]", "]", "]")
        check_golden(kitchen.app, "long-last-page-80x24")


@SIZES
async def test_golden_hostile(run: Run, size: tuple[int, int]) -> None:
    async with run(HOSTILE_ROWS, size) as kitchen:
        check_golden(kitchen.app, name("hostile", size))


async def test_golden_too_small(run: Run) -> None:
    async with run(busy(), (23, 8)) as kitchen:
        check_golden(kitchen.app, "too-small-23x8")


async def test_golden_quit_dialog(run: Run) -> None:
    async with run(busy(), (80, 24)) as kitchen:
        await kitchen.press("1", "enter", "5", "enter")
        await kitchen.lose_link()
        await kitchen.press("q", every=0)
        check_golden(kitchen.app, "quit-80x24")


THEMES = pytest.mark.parametrize(
    "theme",
    ["console", "mono", "kitchen-light", "high-contrast", "red-green-safe", "blue-yellow-safe"],
)


@THEMES
async def test_golden_theme(run: Run, theme: str) -> None:
    async with run(busy(), display={"theme": theme}) as kitchen:
        await kitchen.press("right", "right", every=0)
        check_golden(kitchen.app, f"busy-{theme}-120x36")


@THEMES
async def test_golden_theme_chosen_while_running(run: Run, theme: str) -> None:
    async with run(busy()) as kitchen:
        await kitchen.press("right", "right", every=0)
        kitchen.app.theme = theme
        await kitchen.settle()
        check_golden(kitchen.app, f"busy-{theme}-120x36")
