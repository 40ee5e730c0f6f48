"""A large board is read page by page while it changes: nothing lost, doubled or too large."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kds_tui.config.sections import LinkSettings
from kds_tui.core.board import Board
from kds_tui.core.link import LinkState
from kds_tui.core.order import FINISHED
from kds_tui.hub.ledger import Ledger, OrderFilter
from kds_tui.services.backend import Backend
from kds_tui.services.credentials import FixedToken
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.order_pages import PAGE
from tests.service.display_probe import DisplayProbe, eventually
from tests.service.hub_kitchen import Kitchen, kitchen

WALK = ("confirmed", "preparing", "ready", "completed")


class Pages:
    """Notes every list that the hub reads, and lets a test do something before one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[OrderFilter] = []
        self.largest = 0
        read = Ledger.orders

        def orders(ledger: Ledger, wanted: OrderFilter) -> list[bytes]:
            rows = read(ledger, wanted)
            self.asked.append(wanted)
            self.largest = max(self.largest, sum(map(len, rows)))
            return rows

        monkeypatch.setattr(Ledger, "orders", orders)

    def of(self, status: str) -> list[int]:
        return [wanted.offset for wanted in self.asked if list(wanted.statuses) == [status]]


@asynccontextmanager
async def display_on(hub: Kitchen) -> AsyncIterator[DisplayProbe]:
    async with Backend(hub.hub.url, FixedToken(hub.token)) as backend:
        setup = LinkSetup(hub.hub.url, LinkSettings(), FixedToken(hub.token), backend)
        board = Board()
        display = DisplayProbe(replace(setup, board=board), board)
        try:
            yield display
        finally:
            await display.service.close()


async def on_hub(hub: Kitchen) -> dict[str, tuple[int, str]]:
    """What the hub's database holds open: id to version and status."""
    states = await hub.hub.journal.run(lambda ledger: ledger.open_states())
    return {state.id: (state.version, state.status) for state in states}


def on_board(display: DisplayProbe) -> dict[str, tuple[int, str]]:
    return {order.id: (order.version, order.status.value) for order in display.board}


@pytest.mark.usefixtures("released_link")
async def test_a_board_of_350_orders_is_read_in_pages_while_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kitchen(tmp_path, client_queue=4096, heartbeat_interval=0.1) as hub:
        placed = [(await hub.order())["id"] for _ in range(350)]
        pages = Pages(monkeypatch)
        changed = asyncio.Event()

        async def busy() -> None:
            """Cooks finish the newest and the oldest, guests order, one is recalled."""
            for number in range(30):
                await hub.walk(placed[number * 5], *WALK[: number % 4 + 1])
                await hub.walk(placed[-number * 3 - 1], *WALK)
                await hub.order()
                if number % 4 == 2:
                    await hub.ask("POST", f"/orders/{placed[number * 5]}/recall", {})
                changed.set()

        async with display_on(hub) as display:
            kitchen_at_work = asyncio.create_task(busy())
            await changed.wait()
            assert (await display.service.connect(deadline=60)).state is LinkState.LIVE
            assert not kitchen_at_work.done(), "it changed while it was read"
            await kitchen_at_work
            await eventually(lambda: display.service.get_status()["seq"] == hub.hub.fanout.head)
            assert on_board(display) == await on_hub(hub)
            assert len(display.board) == len({order.id for order in display.board})
            assert not any(order.status in FINISHED for order in display.board)
            report = display.service.get_status()
            assert (report["snapshots"], report["gaps"], report["digest_mismatches"]) == (1, 0, 0)
            await eventually(lambda: display.service.get_status()["digest_agrees"])
        assert len(pages.of("pending")) >= 4
        assert pages.of("pending") == sorted(set(pages.of("pending"))), "read in one sweep"
        assert {wanted.limit for wanted in pages.asked} == {PAGE}
        assert pages.largest < 512 * 1024


@pytest.mark.usefixtures("released_link")
async def test_a_board_of_thousands_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.1) as hub:
        row = await hub.order()
        count = 2500

        def fill(ledger: Ledger) -> None:
            body = ledger.order(row["id"])
            assert body is not None
            for number in range(count - 1):
                ledger.put_order(
                    order_id=f"many-{number}",
                    number=f"20261123-{number:05d}",
                    status="pending",
                    kind="online",
                    created_at=row["created_at"],
                    row=body.replace(row["id"].encode(), f"many-{number}".encode()),
                )

        await hub.hub.journal.run(fill)
        await hub.hub.housekeep()
        pages = Pages(monkeypatch)
        async with display_on(hub) as display:
            assert (await display.service.connect(deadline=60)).state is LinkState.LIVE
            assert len(display.board) == count
            await eventually(lambda: display.service.get_status()["confirmed_count"] == count)
            report: dict[str, Any] = dict(display.service.get_status())
            assert (report["connect_count"], report["snapshots"]) == (1, 1)
        assert pages.largest < 512 * 1024
