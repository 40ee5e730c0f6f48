"""One wish from a shell, against a hub and against a double of Restaurant OS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from kds_tui.config.sections import ServerSettings
from kds_tui.core.clock import format_time
from kds_tui.core.lookup import Meant
from kds_tui.core.order import OPEN, OrderStatus
from kds_tui.services.backend_errors import TokenFileError, Unauthorized
from kds_tui.services.credentials import Token, store_token
from kds_tui.services.order_shell import DEADLINE, OrderShell, ShellError
from tests.doubles.restaurant_os import RestaurantOS, make_token
from tests.service.hub_kitchen import Kitchen, kitchen


def settings(folder: Path, url: str, token: str) -> ServerSettings:
    store_token(folder / "token", Token(token))
    return ServerSettings(url=url, token_file=folder / "token")


@asynccontextmanager
async def at_hub(folder: Path) -> AsyncIterator[tuple[Kitchen, OrderShell]]:
    async with (
        kitchen(folder / "hub") as hub,
        OrderShell(settings(folder, hub.hub.url, hub.token)) as shell,
    ):
        yield hub, shell


@asynccontextmanager
async def at_restaurant_os(
    folder: Path, deadline: float = DEADLINE
) -> AsyncIterator[tuple[RestaurantOS, OrderShell]]:
    async with RestaurantOS() as server:
        named = settings(folder, server.url, make_token())
        async with OrderShell(named, deadline) as shell:
            yield server, shell


async def refused(asked: Awaitable[Any]) -> str:
    with pytest.raises(ShellError) as told:
        await asked
    return str(told.value)


async def test_a_hub_bumps_recalls_and_rushes_by_number(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        order = await hub.order(tableNumber="12", type="dine-in")

        async def now() -> dict[str, Any]:
            return (await hub.ask("GET", f"/orders/{order['id']}"))[1]

        assert await shell.ask_of_order("bump", Meant("1")) == ["0001 (TABLE 12) is bumped."]
        assert (await now())["status"] == "ready"
        version = (await now())["version"]
        assert await shell.ask_of_order("bump", Meant("1")) == ["0001 (TABLE 12) is ready already."]
        assert (await now())["version"] == version
        assert await shell.ask_of_order("recall", Meant(table="12")) == ["0001 (TABLE 12) is back."]
        assert (await now())["status"] == "preparing"
        assert await shell.ask_of_order("recall", Meant("1")) == [
            "0001 (TABLE 12) is preparing already."
        ]
        await shell.ask_of_order("rush", Meant("1"))
        assert (await now())["rush"] is True
        await shell.ask_of_order("unrush", Meant("1"))
        assert (await now())["rush"] is False


async def test_a_hub_starts_holds_fires_and_serves(tmp_path: Path) -> None:
    soup = {"id": "1", "menu_item_id": "s", "name": "Soup", "quantity": 1, "price": 4}
    items = [{**soup, "course": "1"}, {**soup, "id": "2", "course": "2"}]
    async with at_hub(tmp_path) as (hub, shell):
        order = await hub.order(items=items)

        async def ask(name: str, course: str = "") -> str:
            (told,) = await shell.ask_of_order(name, Meant("1"), course=course)
            return told

        async def held() -> list[bool]:
            row = (await hub.ask("GET", f"/orders/{order['id']}"))[1]
            return [bool(line.get("held")) for line in row["items"]]

        assert await ask("start") == "0001 is begun."
        assert await ask("start") == "0001 is preparing already."
        assert await ask("fire") == "0001 does not wait: it is cooked already."
        assert await ask("hold", "mains") == "0001, course mains, is held until it is fired."
        assert await held() == [False, True]
        assert (await ask("hold", "2")).startswith("0001 has nothing that is not held")
        assert await ask("hold") == "0001 is held until it is fired."
        assert await ask("fire", "2") == "0001, course 2, is fired."
        assert await held() == [True, False]
        assert await refused(shell.ask_of_order("fire", Meant("1"), course="desserts")) == (
            "0001 has no course desserts: its courses are 1, 2."
        )
        assert await refused(shell.ask_of_order("serve", Meant("1"))) == (
            "0001 is preparing: there is nothing to serve."
        )
        assert await ask("bump") == ("0001: what was to be cooked is done, what is held stays.")
        await ask("fire")
        assert await ask("bump") == "0001 is bumped."
        assert await ask("pick-up") == "0001 is picked up."
        assert await ask("pick-up") == "0001 is picked up already."
        assert await ask("serve") == "0001 is served."
        assert await ask("serve") == "0001 is completed already."


async def test_a_wall_clock_a_day_ahead_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        pickup = format_time(time.time() + 7200)
        await hub.order(scheduledPickupTime=pickup, type="takeout")
        monkeypatch.setattr(
            "kds_tui.services.order_shell.time",
            SimpleNamespace(time=lambda: time.time() + 86400, monotonic=time.monotonic),
        )
        assert abs(await shell.server_now() - time.time()) < 5
        assert await shell.ask_of_order("fire", Meant("1")) == ["0001 is fired."]


async def test_a_list_has_held_orders_last_and_rushed_ones_first(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        first, _, third = [await hub.order() for _ in range(3)]
        await hub.ask("POST", f"/orders/{first['id']}/hold", {})
        await hub.ask("POST", f"/orders/{third['id']}/rush", {})
        listed = [order.order_number[-4:] for order in await shell.orders(OPEN)]
        assert listed == ["0003", "0002", "0001"]


async def test_recall_without_a_number_is_for_the_last_bump(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        assert "no bumped ticket" in await refused(shell.recall_last())
        fries = {"id": "1", "menu_item_id": "f", "name": "Fries", "quantity": 1, "price": 4}
        rows = [await hub.order(), await hub.order(), await hub.order(items=[fries])]
        for row in (rows[1], rows[0], rows[2]):
            await hub.ask("POST", f"/orders/{row['id']}/bump", {})
        assert await shell.recall_last("grill") == "0001 is back."
        assert await shell.recall_last() == "0003 is back."
        assert await shell.recall_last() == "0002 is back."


async def test_an_order_that_was_closed_comes_back_from_a_hub(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        row = await hub.order()
        await hub.walk(row["id"], "confirmed", "preparing", "ready", "completed")
        assert await shell.ask_of_order("bump", Meant("1")) == ["0001 is completed already."]
        assert await shell.ask_of_order("recall", Meant("1")) == ["0001 is back."]
        await hub.ask("DELETE", f"/orders/{row['id']}", {})
        assert await refused(shell.ask_of_order("bump", Meant("1"))) == (
            "0001 was cancelled: do not cook it."
        )


async def test_what_is_not_one_order_is_answered_with_candidates(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        assert await refused(shell.ask_of_order("bump", Meant("7"))) == "There is no order 7."
        first = await hub.order(tableNumber="5", customerName="\x1b[2Jmallory")
        await hub.order(tableNumber="5")
        told = await refused(shell.ask_of_order("bump", Meant("7")))
        assert told.splitlines()[:2] == ["There is no order 7.", "What there is to bump:"]
        assert "  0001  TABLE 5, pending: Burger" in told
        told = await refused(shell.ask_of_order("bump", Meant(table="5")))
        assert told.startswith("2 orders are table 5. Say which")
        assert first["order_number"] in told
        assert told.endswith("--all")
        said = await shell.ask_of_order("bump", Meant(table="5"), every=True)
        assert sorted(said) == ["0001 (TABLE 5) is bumped.", "0002 (TABLE 5) is bumped."]


async def test_what_was_done_before_a_refusal_is_told_with_it(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        steak = {"id": "1", "name": "Steak", "quantity": 1, "price": 20, "course": 2}
        await hub.order(tableNumber="5", items=[steak])
        await hub.order(tableNumber="5")
        await hub.order(tableNumber="5", items=[steak])
        told = await refused(
            shell.ask_of_order("hold", Meant(table="5"), every=True, course="mains")
        )
        done, why = told.splitlines()
        assert done.endswith("(TABLE 5), course mains, is held until it is fired.")
        assert why == "0002 (TABLE 5) has no course mains: it has no courses."


async def test_86_by_a_name_that_is_plain(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        assert await shell.out_of_stock() == []
        told = await shell.set_stock("salmon", available=False)
        assert told == "Cedar Salmon is 86: out of stock on all screens."
        assert [item.name for item in await shell.out_of_stock()] == ["Cedar Salmon"]
        assert (await shell.set_stock("cedar salmon", available=False)).endswith("already.")
        _, items, _ = await hub.ask("GET", "/menu/items")
        assert [item["name"] for item in items if not item["available"]] == ["Cedar Salmon"]
        assert await shell.set_stock("salmon", available=True) == (
            "Cedar Salmon is back on the menu."
        )
        assert await shell.out_of_stock() == []
        told = await refused(shell.set_stock("samon", available=False))
        assert told == "There is no samon on the menu. Did you mean:\n  Cedar Salmon"
        assert "2 items of the menu are called burger" in await refused(
            shell.set_stock("burger", available=False)
        )


async def test_lists_by_status_and_finished_ones_of_the_shift(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        rows = [await hub.order() for _ in range(4)]
        await hub.ask("POST", f"/orders/{rows[3]['id']}/rush", {"rush": True})
        await hub.walk(rows[0]["id"], "confirmed", "preparing", "ready", "completed")
        await hub.ask("DELETE", f"/orders/{rows[1]['id']}", {})

        async def numbers(*statuses: OrderStatus) -> list[str]:
            return [order.short_number for order in await shell.orders(statuses)]

        assert await numbers(*OPEN) == ["0004", "0003"]
        assert await numbers(OrderStatus.COMPLETED, OrderStatus.CANCELLED) == ["0001", "0002"]
        assert await numbers(*OrderStatus) == ["0004", "0001", "0002", "0003"]
        assert await numbers(OrderStatus.READY) == []


async def test_nobody_signed_in_is_told_what_to_run(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "hub") as hub:
        server = ServerSettings(url=hub.hub.url, token_file=tmp_path / "none")
        async with OrderShell(server) as shell:
            with pytest.raises(TokenFileError, match="kds-tui login"):
                await shell.recall_last()
        async with OrderShell(settings(tmp_path, hub.hub.url, "a.b.c")) as shell:
            with pytest.raises(Unauthorized):
                await shell.recall_last()


# A server that knows statuses only


async def test_restaurant_os_is_walked_to_ready(tmp_path: Path) -> None:
    async with at_restaurant_os(tmp_path) as (server, shell):
        order_id = server.add("pending", table_number="12")
        assert await shell.ask_of_order("bump", Meant("1")) == ["0001 (TABLE 12) is bumped."]
        assert server.orders[order_id]["status"] == "ready"
        keys = server.idempotency_keys
        assert [key.split(":")[1] for key in keys] == ["confirmed", "preparing", "ready"]
        assert len({key.split(":")[0] for key in keys}) == 1
        told = await refused(shell.ask_of_order("recall", Meant("1")))
        assert told.startswith("This order server has no recall.")
        assert await shell.ask_of_order("serve", Meant("1")) == ["0001 (TABLE 12) is served."]
        assert server.orders[order_id]["status"] == "completed"


async def test_an_answer_that_is_lost_is_asked_for_again_and_done_once(tmp_path: Path) -> None:
    async with at_restaurant_os(tmp_path) as (server, shell):
        order_id = server.add("preparing")
        server.lose_answers = 1
        assert await shell.ask_of_order("bump", Meant("1")) == ["0001 is bumped."]
        assert server.orders[order_id]["version"] == 2


async def test_a_server_that_never_answers_ends_at_the_deadline(tmp_path: Path) -> None:
    async with at_restaurant_os(tmp_path, deadline=0.5) as (server, shell):
        server.add("preparing")

        async def fail_changes(request: web.Request) -> None:
            if request.method == "PATCH":
                raise web.HTTPServiceUnavailable(text="not now")

        server.before = fail_changes
        told = await refused(shell.ask_of_order("bump", Meant("1")))
        assert told.startswith("not now")
        assert "It is not known whether it was done" in told


async def test_the_menu_of_restaurant_os_is_read_and_its_86_is_the_tills(tmp_path: Path) -> None:
    async with at_restaurant_os(tmp_path) as (_, shell):
        assert [item.name for item in await shell.out_of_stock()] == ["Bisque"]
        assert await refused(shell.set_stock("soup", available=False)) == (
            "This order server has no 86. Tell the till."
        )


async def test_a_number_that_the_server_gave_twice_is_told_apart_by_id(tmp_path: Path) -> None:
    async with at_restaurant_os(tmp_path) as (server, shell):
        twins = [server.add("preparing", order_number="20261123-0009") for _ in range(2)]
        told = await refused(shell.ask_of_order("bump", Meant("9")))
        assert all(order_id in told for order_id in twins)
        assert await shell.ask_of_order("bump", Meant(twins[1])) == ["0009 is bumped."]
        assert server.orders[twins[0]]["status"] == "preparing"


async def test_two_shells_at_once_bump_once(tmp_path: Path) -> None:
    async with at_hub(tmp_path) as (hub, shell):
        row = await hub.order()
        wishes: list[Callable[[], Awaitable[list[str]]]] = [
            lambda: shell.ask_of_order("bump", Meant("1")) for _ in range(4)
        ]
        await asyncio.gather(*(wish() for wish in wishes))
        assert (await hub.ask("GET", f"/orders/{row['id']}"))[1]["version"] == 2
