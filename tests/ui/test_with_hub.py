"""The display on a real hub over a real websocket: orders come down, bumps go up."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from kds_tui.core.command import Verb
from kds_tui.core.link import LinkState
from tests.chaos.fault_proxy import FaultProxy
from tests.service.hub_kitchen import BURGER, Kitchen, kitchen
from tests.ui.live_display import live_display


async def status_on_hub(hub: Kitchen, order_id: str) -> str:
    _, row, _ = await hub.ask("GET", f"/orders/{order_id}")
    return row["status"]


async def test_an_order_comes_down_and_its_bump_goes_up(tmp_path: Path) -> None:
    async with (
        kitchen(tmp_path, restaurant_name="Blue Door") as hub,
        live_display(hub.hub.url, hub.token) as display,
    ):
        await display.shows("All caught up", "● LIVE", "Blue Door")
        row = await hub.order(tableNumber="7", type="dine-in", notes="no rush [/]")
        await display.shows("TABLE 7", "» no rush [/]", "1 Burger", "1 open")
        await display.pilot.press("1", "enter")
        await display.shows("All caught up", "0 open   0 late   1 ready")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await status_on_hub(hub, row["id"]) == "ready"
        await display.pilot.press("r")
        await display.shows("TABLE 7", "RECALLED")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await status_on_hub(hub, row["id"]) == "preparing"


async def test_what_another_screen_does_shows(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub, live_display(hub.hub.url, hub.token) as display:
        row = await hub.order(tableNumber="7", type="dine-in")
        await display.shows("TABLE 7", "new")
        await hub.walk(row["id"], "confirmed", "preparing")
        await display.shows("cooking")
        await hub.walk(row["id"], "ready")
        await display.shows("All caught up")


async def test_a_lost_link_loses_neither_orders_nor_bumps(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub:
        port = urlsplit(hub.hub.url).port
        assert port is not None
        async with FaultProxy.before(port) as wire, live_display(wire.url, hub.token) as display:
            first = await hub.order(tableNumber="1", type="dine-in")
            await display.shows("TABLE 1")

            wire.refuse = True
            wire.reset()
            await display.shows("○ OFFLINE", "Offline: ")
            second = await hub.order(tableNumber="2", type="dine-in")
            await display.pilot.press("f1")
            await display.shows("1 unsent", "No open tickets")

            wire.refuse = False
            await display.shows("● LIVE", "TABLE 2")
            await display.hides("TABLE 1", "unsent", "Offline")
            assert await status_on_hub(hub, first["id"]) == "ready"
            assert await status_on_hub(hub, second["id"]) == "pending"


async def test_a_refused_login_says_so_and_ends_nothing(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub, live_display(hub.hub.url, "no.such.token") as display:
        await display.until(lambda: display.state is LinkState.FAILED)
        await display.shows("✖ LOGIN REFUSED", "Not logged in", "kds-tui login")
        assert display.app.is_running


async def test_the_bump_of_a_ticket_that_was_cancelled_is_told(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub:
        port = urlsplit(hub.hub.url).port
        assert port is not None
        async with FaultProxy.before(port) as wire, live_display(wire.url, hub.token) as display:
            row = await hub.order(tableNumber="3", type="dine-in")
            await display.shows("TABLE 3")
            wire.refuse = True
            wire.reset()
            await display.shows("○ OFFLINE")
            await display.pilot.press("f1")
            await hub.walk(row["id"], "cancelled")
            wire.refuse = False
            await display.shows("● LIVE", "cancelled")
            await display.hides("unsent")


async def test_a_menu_of_hostile_names_reaches_the_screen_as_text(tmp_path: Path) -> None:
    hostile = "\x1b]52;c;cm0=\x07[@click=app.quit]No nuts[/]\u202e"
    async with kitchen(tmp_path) as hub, live_display(hub.hub.url, hub.token) as display:
        await hub.order(items=[{**BURGER, "name": hostile}], customerName=hostile, notes=hostile)
        await display.shows("52;c;cm0=[@click=app.quit]", "No nuts[/]")


async def test_courses_are_held_and_fired_across_screens(tmp_path: Path) -> None:
    courses = [
        {**BURGER, "id": "i1", "name": "Soup", "course": 1},
        {**BURGER, "id": "i2", "name": "Steak", "course": 2},
    ]
    async with kitchen(tmp_path) as hub, live_display(hub.hub.url, hub.token) as display:

        async def held() -> list[bool]:
            _, row, _ = await hub.ask("GET", path)
            return [item["held"] for item in row["items"]]

        row = await hub.order(tableNumber="7", type="dine-in", items=courses)
        path = f"/orders/{row['id']}"
        await display.shows("TABLE 7", "Steak")
        # Another screen holds the mains, this one fires them, and starts the ticket.
        await hub.ask("POST", f"{path}/hold", {"course": "2"})
        await display.shows("COURSE 2 · HELD")
        await display.pilot.press("right", "f")
        await display.hides("HELD")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await held() == [False, False]
        await display.pilot.press("w")
        await display.shows("Hold what of TABLE 7?")
        await display.pilot.press("enter")
        await display.shows("COURSE 2 · HELD")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await held() == [False, True]
        await display.pilot.press("s")
        await display.shows("cooking")
        # A bump leaves what is held; the other screen fires it, and both see the rest.
        await display.pilot.press("space")
        await display.shows("✓ 1 Soup")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await status_on_hub(hub, row["id"]) == "preparing"
        await hub.ask("POST", f"{path}/fire")
        await display.hides("HELD")
        await display.pilot.press("f1")
        await display.shows("All caught up")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await status_on_hub(hub, row["id"]) == "ready"
        display.app.wishes.carry_out(Verb.SERVE, row["id"])
        await display.shows("0 ready")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await status_on_hub(hub, row["id"]) == "completed"


async def test_a_bump_that_is_taken_back_never_reaches_the_hub(tmp_path: Path) -> None:
    bump = {"undo_seconds": 60}
    async with kitchen(tmp_path) as hub, live_display(hub.hub.url, hub.token, bump=bump) as display:
        first = await hub.order(tableNumber="1", type="dine-in")
        second = await hub.order(tableNumber="2", type="dine-in")
        await display.shows("TABLE 1", "TABLE 2")
        await display.pilot.press("f1")
        await display.shows("BUMPED")
        head = hub.hub.fanout.head
        await display.pilot.press("r")
        await display.hides("BUMPED")
        await display.pilot.press("f2")
        await display.shows("BUMPED")
        # The end of the window, at once: a loaded machine may need longer than a short one.
        outbox, terminal = display.app.kitchen.outbox, display.app.terminal
        terminal._window_over(outbox.close_window(tuple(outbox)))
        await display.hides("TABLE 2", "unsent")
        await display.shows("TABLE 1")
        await display.until(lambda: len(display.app.kitchen.outbox) == 0)
        assert await status_on_hub(hub, first["id"]) == "pending"
        assert await status_on_hub(hub, second["id"]) == "ready"
        assert hub.hub.fanout.head == head + 1
