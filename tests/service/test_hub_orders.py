from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.service.hub_kitchen import BURGER, kitchen


async def test_an_order_is_broadcast_as_it_is_answered_and_listed(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        display = await here.display()
        row = await here.order(table_number=3, seatNumber=1, customer_name="Ada", type="dine-in")
        frame = await display.next()
        assert frame["type"] == "order:created"
        assert frame["payload"] == {"order": row}
        assert (row["table_number"], row["seat_number"], row["customer_name"]) == ("3", 1, "Ada")
        assert row["items"][0]["station"] == "grill"
        assert re.fullmatch(r"\d{8}-0001", row["order_number"])
        assert (await here.ask("GET", f"/orders/{row['id']}"))[1] == row
        assert (await here.ask("GET", "/orders"))[1] == [row]


async def test_order_numbers_are_unique_under_concurrency(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        rows = await asyncio.gather(*(here.order() for _ in range(30)))
        numbers = {row["order_number"].rpartition("-")[2] for row in rows}
        assert numbers == {f"{number:04d}" for number in range(1, 31)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": []}, "items"),
        ({"items": [BURGER] * 501}, "items"),
        ({"items": [{**BURGER, "quantity": 0}]}, "items"),
        ({"items": [{**BURGER, "price": -1}]}, "items"),
        ({"items": [{**BURGER, "notes": "x" * 501}]}, "items"),
        ({"customerName": ""}, "customerName"),
        ({"notes": "x" * 1001}, "notes"),
        ({"type": "teleport"}, "type"),
        ({"seatNumber": 0}, "seatNumber"),
        ({"tip": -1}, "tip"),
    ],
)
async def test_a_wrong_body_is_refused_by_its_field(
    tmp_path: Path, change: dict[str, object], field: str
) -> None:
    async with kitchen(tmp_path) as here:
        status, answer, _ = await here.ask("POST", "/orders", {"items": [BURGER], **change})
        assert status == 400
        assert answer["error"] == "INVALID_REQUEST"
        assert list(answer["details"]["fieldErrors"]) == [field]


async def test_other_refusals_of_a_new_order(tmp_path: Path) -> None:
    async with kitchen(tmp_path, max_body=20_000) as here:
        seat = {"items": [BURGER], "tableNumber": "1", "seatNumber": 9}
        status, answer, _ = await here.ask("POST", "/orders", seat)
        assert (status, answer["error"]["code"]) == (400, "INVALID_SEAT")
        assert "exceeds table capacity of 2" in answer["error"]["message"]
        metadata = {"items": [BURGER], "metadata": {"x": "y" * 17_000}}
        assert (await here.ask("POST", "/orders", metadata))[0] == 400
        assert (await here.ask("POST", "/orders", {"notes": "x" * 30_000}))[0] == 413
        assert (await here.ask("GET", "/orders"))[1] == []


async def test_a_payment_is_broadcast(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        display = await here.display()
        path = f"/orders/{order['id']}/payment"
        status, row, _ = await here.ask("PATCH", path, {"payment_status": "paid"})
        assert (status, row["payment_status"], row["version"]) == (200, "paid", 1)
        assert (await display.next())["payload"] == {"order": row}
        assert (await here.ask("PATCH", path, {"payment_status": "gold"}))[0] == 400
        assert (await here.ask("PATCH", path, {}))[0] == 400


async def test_a_status_walk(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        path = f"/orders/{order['id']}/status"
        status, answer, _ = await here.ask("PATCH", path, {"status": "ready"})
        assert status == 409
        assert answer["error"]["code"] == "ILLEGAL_TRANSITION"
        assert "Valid next states: confirmed, cancelled" in answer["error"]["message"]
        display = await here.display()
        row = await here.walk(order["id"], "confirmed", "preparing", "ready")
        assert row["version"] == 4
        assert row["preparing_at"] is not None
        assert row["ready_at"] is not None
        assert (await here.walk(order["id"], "ready")) == row, "a second bump changes nothing"
        assert [(await display.next())["payload"]["order"]["status"] for _ in range(3)] == [
            "confirmed",
            "preparing",
            "ready",
        ]
        assert (await here.ask("PATCH", path, {}))[0] == 400
        assert (await here.ask("PATCH", path, {"status": "eaten"}))[0] == 400
        assert (await here.ask("PATCH", "/orders/none/status", {"status": "ready"}))[0] == 404


async def test_recall_fire_and_cancel(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order(scheduledPickupTime="2099-01-01T12:00:00Z")
        path = f"/orders/{order['id']}"
        assert order["is_scheduled"] is True
        assert order["auto_fire_time"] == "2099-01-01T11:49:00.000Z"  # a burger takes 11 minutes
        assert (await here.ask("POST", f"{path}/recall"))[1] == order, "it is open anyway"
        _, fired, _ = await here.ask("POST", f"{path}/fire")
        assert (fired["manually_fired"], fired["is_scheduled"]) == (True, True)
        assert fired["auto_fire_time"] < "2099"
        await here.walk(order["id"], "confirmed", "preparing", "ready", "completed")
        _, recalled, _ = await here.ask("POST", f"{path}/recall")
        assert (recalled["status"], recalled["ready_at"]) == ("preparing", None)
        assert recalled["metadata"]["recalled"] is True
        _, gone, _ = await here.ask("DELETE", path, {"reason": "guest left"})
        assert (gone["status"], gone["metadata"]["cancelReason"]) == ("cancelled", "guest left")
        assert (await here.ask("DELETE", path))[1] == gone
        status, refused, _ = await here.ask("POST", f"{path}/recall")
        assert (status, refused["error"]["code"]) == (409, "ORDER_CANCELLED")


async def test_lists_are_filtered_and_paged(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        rows = [await here.order(type=kind) for kind in ("pickup", "delivery", "online")]
        await here.walk(rows[0]["id"], "confirmed")
        newest_first = [row["id"] for row in reversed(rows)]

        async def ids(query: str) -> list[str]:
            status, listed, _ = await here.ask("GET", f"/orders?{query}")
            assert status == 200
            return [row["id"] for row in listed]

        assert await ids("") == newest_first
        assert await ids("limit=1&offset=1") == newest_first[1:2]
        assert await ids("status=confirmed") == [rows[0]["id"]]
        assert await ids("status=confirmed,pending") == newest_first
        assert await ids("status=nonsense") == []
        assert await ids("type=delivery") == [rows[1]["id"]]
        assert await ids("startDate=2099-01-01") == []
        assert await ids("endDate=2099-01-01") == newest_first
        for wrong in ("limit=x", "offset=-1", "startDate=yesterday"):
            assert (await here.ask("GET", f"/orders?{wrong}"))[0] == 400


async def test_who_may_do_what(tmp_path: Path) -> None:
    async with kitchen(tmp_path, role="kitchen") as here:
        status, answer, _ = await here.ask("POST", "/orders", {"items": [BURGER]})
        assert (status, answer["error"]["message"]) == (
            403,
            "Missing required scope: orders:create",
        )
        assert (await here.ask("GET", "/orders"))[0] == 200
        assert (await here.ask("GET", "/orders", X_Restaurant_ID="elsewhere"))[0] == 403
        own = here.hub.restaurant_id
        assert (await here.ask("GET", "/orders", X_Restaurant_ID=own))[0] == 200
        assert (await here.ask("GET", "/orders", Authorization="Bearer nonsense"))[0] == 401
