from __future__ import annotations

import asyncio
from pathlib import Path

from kds_tui.hub.shift import Deed
from kds_tui.hub.simulator import Simulator
from tests.service.hub_kitchen import eventually, kitchen


async def test_it_places_orders_and_cooks_bump_them(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        token = await here.hub.issue_token("server")
        simulator = Simulator(
            here.hub.url, token, seed=7, speed=40, initial=5, autopilot=True, max_open=200
        )
        running = asyncio.create_task(simulator.run())
        try:
            await eventually(
                lambda: (
                    simulator.placed > 30
                    and simulator.done[Deed.BUMP] > 10
                    and simulator.done[Deed.COMPLETE] > 3
                    and simulator.done[Deed.PAY] > 0
                )
            )
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        _, rows, _ = await here.ask("GET", "/orders?limit=1000")
        assert len(rows) >= simulator.placed
        assert {row["status"] for row in rows} >= {"pending", "completed"}


async def test_the_same_seed_orders_the_same(tmp_path: Path) -> None:
    async def evening(folder: Path) -> list[list[object]]:
        async with kitchen(folder) as here:
            simulator = Simulator(here.hub.url, here.token, seed=3, initial=12)
            running = asyncio.create_task(simulator.run())
            await eventually(lambda: simulator.placed >= 12)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            _, rows, _ = await here.ask("GET", "/orders?limit=1000")
            return [
                [row["table_number"], row["customer_name"], row["items"], row["total_amount"]]
                for row in sorted(rows, key=lambda row: row["order_number"])[:12]
            ]

    assert await evening(tmp_path / "a") == await evening(tmp_path / "b")
