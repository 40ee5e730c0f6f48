"""A kitchen that serves nothing: its hub closes what stands ready since long ago."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from kds_tui.core.clock import format_time
from kds_tui.hub.ledger import Ledger
from kds_tui.hub.order_desk import keep
from kds_tui.hub.order_row import decode_row
from tests.service.hub_kitchen import kitchen

OLD = format_time(time.time() - 20 * 3600)


@pytest.mark.parametrize(
    ("hours", "status", "left"), [(16.0, "completed", 1), (24.0, "ready", 2), (0.0, "ready", 2)]
)
async def test_housekeeping_closes_what_nobody_closed(
    tmp_path: Path, hours: float, status: str, left: int
) -> None:
    async with kitchen(tmp_path, close_ready_hours=hours) as here:
        order = await here.order()

        def keep_old_one(ledger: Ledger) -> None:
            row = ledger.order(order["id"])
            assert row is not None
            times = {"created_at": OLD, "updated_at": OLD}
            old = replace(decode_row(row), id="old", order_number="0", status="ready", **times)
            keep(ledger, old, "order:created")

        await here.hub.journal.run(keep_old_one)
        await here.hub.housekeep()
        assert (await here.ask("GET", "/orders/old"))[1]["status"] == status
        assert (await here.ask("GET", f"/orders/{order['id']}"))[1]["status"] == "pending"
        assert here.hub.fanout.open_orders.told().open_count == left
        assert here.hub.tally.digests_mended == 0
