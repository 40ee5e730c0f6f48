"""A request that is sent again is answered again, and done once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from kds_tui.hub.ledger import StoredAnswer
from kds_tui.hub.server import KEEP_ANSWERS
from tests.service.hub_kitchen import BURGER, kitchen

BODY = {"items": [BURGER]}


async def test_a_repeated_order_is_placed_once_even_after_a_restart(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        first, row, headers = await here.ask("POST", "/orders", BODY, Idempotency_Key="a")
        assert "Idempotency-Replayed" not in headers
        again = await here.ask("POST", "/orders", BODY, Idempotency_Key="a")
    async with kitchen(tmp_path) as here:
        later = await here.ask("POST", "/orders", BODY, Idempotency_Key="a")
        assert len((await here.ask("GET", "/orders"))[1]) == 1
    for status, body, answered in (again, later):
        assert (status, body) == (first, row)
        assert answered["Idempotency-Replayed"] == "true"


async def test_concurrent_duplicates_are_done_once(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        answers = await asyncio.gather(
            *(here.ask("POST", "/orders", BODY, Idempotency_Key="a") for _ in range(10))
        )
        assert {answer[1]["id"] for answer in answers} == {answers[0][1]["id"]}
        assert sum("Idempotency-Replayed" in answer[2] for answer in answers) == 9
        assert here.hub.fanout.head == 1


async def test_a_key_belongs_to_one_request(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        row = (await here.ask("POST", "/orders", BODY, Idempotency_Key="a"))[1]
        other = {"items": [BURGER], "notes": "another"}
        status, answer, _ = await here.ask("POST", "/orders", other, Idempotency_Key="a")
        assert (status, answer["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert (await here.ask("DELETE", f"/orders/{row['id']}", Idempotency_Key="a"))[0] == 422
        assert (await here.ask("POST", "/orders", BODY, Idempotency_Key="x" * 256))[0] == 400


async def test_a_late_repeat_is_answered_as_it_was_then(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        path, body = f"/orders/{order['id']}/status", {"status": "confirmed"}
        confirmed = (await here.ask("PATCH", path, body, Idempotency_Key="bump"))[1]
        await here.walk(order["id"], "preparing")
        status, repeated, _ = await here.ask("PATCH", path, body, Idempotency_Key="bump")
        assert (status, repeated) == (200, confirmed)
        assert (await here.ask("GET", f"/orders/{order['id']}"))[1]["status"] == "preparing"


async def test_a_refused_request_leaves_its_key_free(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        order = await here.order()
        path, body = f"/orders/{order['id']}/status", {"status": "preparing"}
        assert (await here.ask("PATCH", path, body, Idempotency_Key="a"))[0] == 409
        await here.walk(order["id"], "confirmed")
        assert (await here.ask("PATCH", path, body, Idempotency_Key="a"))[0] == 200


async def test_answers_are_forgotten_after_a_week(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        now = time.time()
        stored = StoredAnswer("f", 200, b"{}")
        for key, age in (("old", KEEP_ANSWERS + 60), ("young", KEEP_ANSWERS - 60)):
            await here.hub.journal.run(
                lambda ledger, key=key, age=age: ledger.keep_answer(key, stored, now - age)
            )
        await here.hub.housekeep()
        assert await here.hub.journal.run(lambda ledger: ledger.answer("old")) is None
        assert await here.hub.journal.run(lambda ledger: ledger.answer("young")) == stored
