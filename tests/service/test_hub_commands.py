"""Cooks' commands and tills' changes over real HTTP: routes, bodies, answers kept, events sent."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from tests.service.hub_kitchen import BURGER, Kitchen, kitchen

FRIES = {**BURGER, "id": "line-2", "menu_item_id": "fries", "name": "Fries"}
KEYED = {"Idempotency_Key": "c1"}


async def bump(here: Kitchen, order_id: str, body: object = None, **headers: str) -> Any:
    return await here.ask("POST", f"/orders/{order_id}/bump", body, **headers)


async def test_a_bump_is_one_request_one_event_and_once(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        display = await here.display()
        asked = {"base_version": 1, "late": False}
        status, row, headers = await bump(here, order["id"], asked, **KEYED)
        assert (status, row["status"], row["version"]) == (200, "ready", 2)
        assert "Idempotency-Replayed" not in headers
        frame = await display.next()
        assert (frame["type"], frame["payload"]["order"]) == ("order:updated", row)
        status, again, headers = await bump(here, order["id"], asked, **KEYED)
        assert (status, again, headers["Idempotency-Replayed"]) == (200, row, "true")
        status, other, _ = await bump(here, order["id"], asked, Idempotency_Key="c2")
        assert (status, other) == (200, row), "another terminal's bump finds it done"
        status, reused, _ = await bump(here, order["id"], {"base_version": 2}, **KEYED)
        assert (status, reused["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert here.hub.fanout.head == frame["seq"], "no other event"


async def test_a_command_that_became_late_on_its_way_is_the_same_command(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        _, row, _ = await bump(here, order["id"], {"base_version": 1, "late": False}, **KEYED)
        late = {"base_version": 1, "late": True}
        status, again, headers = await bump(here, order["id"], late, **KEYED)
        assert (status, again, headers["Idempotency-Replayed"]) == (200, row, "true")


async def test_a_conflict_is_answered_the_same_for_ever_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        await here.ask("DELETE", f"/orders/{order['id']}")
        with caplog.at_level(logging.WARNING, "kds_tui.hub.orders"):
            named = {**KEYED, "X_Terminal_ID": "grill-7"}
            status, first, _ = await bump(here, order["id"], {"base_version": 1}, **named)
        assert (status, first["error"]["code"]) == (409, "ORDER_CANCELLED")
        assert "bump of" in caplog.text
        assert "grill-7" in caplog.text
        status, again, headers = await bump(here, order["id"], {"base_version": 1}, **named)
        assert (status, again, headers["Idempotency-Replayed"]) == (409, first, "true")


async def test_a_terminals_own_recall_does_not_supersede_its_bump(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        path, base = f"/orders/{order['id']}", {"base_version": 1}
        for route in ("bump", "recall"):
            status, *_ = await here.ask("POST", f"{path}/{route}", base, X_Terminal_ID="grill")
            assert status == 200
        status, refused, _ = await bump(here, order["id"], base, X_Terminal_ID="fry")
        assert (status, refused["error"]["code"]) == (409, "ORDER_SUPERSEDED")
        status, row, _ = await bump(here, order["id"], base, X_Terminal_ID="grill")
        assert (status, row["status"]) == (200, "ready")


async def test_a_bump_of_a_changed_order_leaves_what_the_cook_never_saw(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        path = f"/orders/{order['id']}"
        display = await here.display()
        status, row, _ = await here.ask("POST", f"{path}/items", {"items": [FRIES]})
        assert (status, row["version"]) == (200, 2)
        assert [item["changed_version"] for item in row["items"]] == [0, 2]
        assert row["items"][1]["added_at"] == row["updated_at"]
        assert row["total_amount"] > order["total_amount"]
        _, row, _ = await bump(here, order["id"], {"base_version": 1})
        assert (row["status"], row["version"]) == ("pending", 3)
        assert [item["status"] for item in row["items"]] == ["ready", None]
        _, row, _ = await bump(here, order["id"], {"base_version": 3})
        assert row["status"] == "ready"
        versions = [(await display.next())["payload"]["order"]["version"] for _ in range(3)]
        assert versions == [2, 3, 4]


async def test_marks_of_lines_and_rush(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order(items=[BURGER, FRIES])
        path = f"/orders/{order['id']}"
        _, row, _ = await here.ask("POST", f"{path}/items/line-2/bump", {"base_version": 1})
        assert [item["status"] for item in row["items"]] == [None, "ready"]
        _, row, _ = await here.ask("POST", f"{path}/items/line-2/bump", {"done": False})
        assert [item["status"] for item in row["items"]] == [None, None]
        status, refused, _ = await here.ask("POST", f"{path}/items/line-9/bump")
        assert (status, refused["error"]["code"]) == (409, "ITEM_GONE")
        _, row, _ = await here.ask("POST", f"{path}/rush", {"rush": True})
        assert (row["rush"], row["version"]) == (True, 4)
        _, row, _ = await here.ask("POST", f"{path}/rush", {"rush": False})
        assert (row["rush"], row["version"]) == (False, 5)


async def test_a_till_changes_and_takes_off_lines(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order(items=[BURGER, FRIES])
        line = f"/orders/{order['id']}/items/line-1"
        _, row, _ = await here.ask("PATCH", line, {"quantity": 2})
        assert (row["items"][0]["quantity"], row["items"][0]["previous_quantity"]) == (2, 1)
        _, row, _ = await here.ask("DELETE", line)
        assert [item["id"] for item in row["items"]] == ["line-2"]
        assert [item["id"] for item in row["voided_items"]] == ["line-1"]
        assert (await here.ask("PATCH", line, {"quantity": 3}))[0] == 404
        status, refused, _ = await here.ask("DELETE", f"/orders/{order['id']}/items/line-2")
        assert (status, refused["error"]["code"]) == (409, "LAST_ITEM")
        await here.ask("DELETE", f"/orders/{order['id']}")
        more = {"items": [FRIES]}
        status, refused, _ = await here.ask("POST", f"/orders/{order['id']}/items", more)
        assert (status, refused["error"]["code"]) == (409, "ORDER_CANCELLED")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("bump", {"base_version": "3"}, "base_version"),
        ("bump", {"base_version": -1}, "base_version"),
        ("recall", {"late": 1}, "late"),
        ("rush", {"rush": "yes"}, "rush"),
        ("items", {"items": []}, "items"),
        ("items", {}, "items"),
        ("items/line-1/bump", {"done": None}, "done"),
    ],
)
async def test_bodies_of_another_shape(tmp_path: Path, path: str, body: object, field: str) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        status, answer, _ = await here.ask("POST", f"/orders/{order['id']}/{path}", body)
        assert (status, list(answer["details"]["fieldErrors"])) == (400, [field])
        assert (await here.ask("GET", f"/orders/{order['id']}"))[1] == order


async def test_a_kitchen_may_bump_but_not_sell(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        path = f"/orders/{order['id']}"
        cook = {"Authorization": f"Bearer {await here.hub.issue_token('kitchen')}"}
        status, *_ = await here.ask("POST", f"{path}/items", {"items": [FRIES]}, **cook)
        assert status == 403
        assert (await here.ask("PATCH", f"{path}/items/line-1", {"quantity": 2}, **cook))[0] == 403
        assert (await here.ask("DELETE", f"{path}/items/line-1", **cook))[0] == 403
        assert (await here.ask("POST", f"{path}/bump", **cook))[0] == 200
        no_token = {"Authorization": "Bearer none"}
        for route in ("bump", "recall", "rush", "fire", "items/line-1/bump", "items"):
            body = {"items": [FRIES]}
            assert (await here.ask("POST", f"{path}/{route}", body, **no_token))[0] == 401


async def test_an_unknown_order_and_an_impossible_terminal(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        for route in ("bump", "recall", "rush", "fire", "items/x/bump"):
            assert (await here.ask("POST", f"/orders/none/{route}"))[0] == 404
        order = await here.order()
        status, *_ = await bump(here, order["id"], None, X_Terminal_ID="x" * 65)
        assert status == 400


async def test_answers_outlive_the_hub(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        _, row, _ = await bump(here, order["id"], {"base_version": 1}, **KEYED)
        await here.ask("POST", f"/orders/{order['id']}/recall", {"base_version": 2})
    async with kitchen(tmp_path) as here:
        status, again, headers = await bump(here, order["id"], {"base_version": 1}, **KEYED)
        assert (status, again, headers["Idempotency-Replayed"]) == (200, row, "true")
        assert (await here.ask("GET", f"/orders/{order['id']}"))[1]["status"] == "preparing"


async def test_bumps_of_many_terminals_at_once_have_one_effect(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        answers = await asyncio.gather(
            *(
                bump(here, order["id"], {"base_version": 1}, Idempotency_Key=f"c{number}")
                for number in range(20)
            )
        )
        assert {status for status, *_ in answers} == {200}
        assert {row["version"] for _, row, _ in answers} == {2}


async def test_an_86_that_somebody_else_ended_meanwhile_is_refused(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        path = "/menu/items/burger/availability"

        async def put(
            terminal: str, base: int | None, available: bool, key: str = ""
        ) -> tuple[int, dict[str, Any]]:
            known = {} if base is None else {"base_version": base}
            once = {"Idempotency_Key": key} if key else {}
            body = {"available": available, **known}
            status, row, _ = await here.ask("PUT", path, body, X_Terminal_ID=terminal, **once)
            return status, row

        assert (await here.ask("GET", "/menu/items/burger"))[1]["version"] == 1
        assert (await put("a", 1, False))[1]["version"] == 2
        assert (await put("b", 2, True))[1]["version"] == 3
        head = here.hub.fanout.head
        for _ in range(2):
            status, answer = await put("c", 1, False, key="offline")
            assert (status, answer["error"]["code"]) == (409, "STOCK_CHANGED")
        assert here.hub.fanout.head == head
        assert (await here.ask("GET", "/menu/items/burger"))[1]["available"] is True
        assert (await put("c", 1, True))[0] == 200, "it is so already"
        # What a terminal did itself it knows, though its own news have not reached it yet.
        assert (await put("c", 3, False))[1]["version"] == 4
        assert (await put("c", 3, True))[1]["version"] == 5
        assert (await put("", None, False))[1]["version"] == 6, "a till knows no versions"


async def test_an_item_that_is_86ed_is_gone_from_every_menu_until_it_is_back(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path) as here:
        cook = {"Authorization": f"Bearer {await here.hub.issue_token('kitchen')}"}
        display = await here.display()
        path = "/menu/items/burger/availability"

        async def told() -> tuple[bool, bool, bool]:
            _, menu, _ = await here.ask("GET", "/menu")
            _, one, _ = await here.ask("GET", "/menu/items/burger")
            _, voice, _ = await here.ask("GET", "/voice-config/menu")
            (listed,) = (item for item in menu["items"] if item["id"] == "burger")
            names = {item["name"] for item in voice["menu_items"]}
            return listed["available"], one["available"], listed["name"] in names

        assert await told() == (True, True, True)
        off = {"available": False}
        status, row, _ = await here.ask("PUT", path, off, Idempotency_Key="c1", **cook)
        assert (status, row["available"]) == (200, False)
        assert await told() == (False, False, False)
        frame = await display.next()
        assert (frame["type"], frame["payload"]["item"]) == ("menu:updated", row)
        await here.ask("PUT", path, off, Idempotency_Key="c2")
        assert here.hub.fanout.head == frame["seq"], "twice is once"
        await here.ask("PUT", path, {"available": True}, Idempotency_Key="c3")
        assert await told() == (True, True, True)
        _, again, headers = await here.ask("PUT", path, off, Idempotency_Key="c1")
        assert (again, headers["Idempotency-Replayed"]) == (row, "true")
        assert await told() == (True, True, True), "an old answer changes nothing"
        await here.ask("PUT", path, off)
        assert (await here.ask("PUT", "/menu/items/no-such/availability", off))[0] == 404
        assert (await here.ask("PUT", path, {}))[0] == 400
    async with kitchen(tmp_path) as here:
        assert (await here.ask("GET", "/menu/items/burger"))[1]["available"] is False
