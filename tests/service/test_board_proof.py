"""Hub and display compare digests on a real link: a board that went wrong heals by itself."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kds_tui.config.sections import LinkSettings
from kds_tui.core.board import Board
from kds_tui.core.digest import OrderState
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.link import LinkState
from kds_tui.core.order import OrderStatus
from kds_tui.hub.self_check import check_digest
from kds_tui.services.backend import Backend
from kds_tui.services.credentials import FixedToken
from kds_tui.services.link_setup import LinkSetup
from tests.service.display_probe import DisplayProbe, eventually
from tests.service.hub_kitchen import Kitchen, kitchen

QUICK = LinkSettings(backoff_initial=0.01, backoff_cap=0.05)


@asynccontextmanager
async def proved_display(hub: Kitchen) -> AsyncIterator[DisplayProbe]:
    """Run a display whose board is compared with the hub's digests."""
    async with Backend(hub.hub.url, FixedToken(hub.token)) as backend:
        setup = LinkSetup(hub.hub.url, QUICK, FixedToken(hub.token), backend)
        board = Board()
        display = DisplayProbe(replace(setup, board=board), board)
        try:
            assert (await display.service.connect(deadline=20)).state is LinkState.LIVE
            yield display
        finally:
            await display.service.close()


def is_confirmed(display: DisplayProbe, count: int) -> Callable[[], bool]:
    def confirmed() -> bool:
        report = display.service.get_status()
        return report["digest_agrees"] is True and report["confirmed_count"] == count

    return confirmed


@pytest.mark.usefixtures("released_link")
async def test_a_display_knows_that_it_holds_what_the_hub_holds(tmp_path: Path) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.05) as hub:
        rows = [await hub.order() for _ in range(3)]
        await hub.walk(rows[0]["id"], "cancelled")
        async with proved_display(hub) as display:
            await eventually(is_confirmed(display, 2))
            await hub.order()
            await hub.walk(rows[1]["id"], "confirmed", "preparing", "ready")
            await eventually(is_confirmed(display, 3))
            await hub.walk(rows[1]["id"], "completed")
            await eventually(is_confirmed(display, 2))
            report = display.service.get_status()
            assert (report["digest_mismatches"], report["snapshots"]) == (0, 1)
            assert report["seq"] == hub.hub.fanout.head


def lose_an_order(board: Board) -> None:
    order = next(iter(board))
    board.apply(
        OrderUpserted(replace(order, status=OrderStatus.COMPLETED, version=99), created=False)
    )


def make_one_up(board: Board) -> None:
    board.apply(OrderUpserted(replace(next(iter(board)), id="made-up"), created=False))


def run_ahead(board: Board) -> None:
    board.apply(OrderUpserted(replace(next(iter(board)), version=99), created=False))


def fall_back(board: Board) -> None:
    order = next(iter(board))
    board._orders[order.id] = replace(order, version=0)
    board.recount()


@pytest.mark.usefixtures("released_link")
@pytest.mark.parametrize("harm", [lose_an_order, make_one_up, run_ahead, fall_back])
async def test_a_board_that_went_wrong_heals(
    tmp_path: Path, harm: Callable[[Board], None], caplog: pytest.LogCaptureFixture
) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.05) as hub:
        rows = [await hub.order() for _ in range(3)]
        async with proved_display(hub) as display:
            await eventually(is_confirmed(display, 3))
            right = display.board.digest()
            harm(display.board)
            assert display.board.digest() != right
            wrong = len(display.board)
            with caplog.at_level(logging.WARNING, "kds_tui.link"):
                await eventually(lambda: display.lists_told == 2)
                await eventually(is_confirmed(display, 3))
            assert display.board.digest() == right
            assert {order.id: order.version for order in display.board} == {
                row["id"]: 1 for row in rows
            }
            report = display.service.get_status()
            assert report["digest_listings"] == 1
            assert report["digest_mismatches"] >= 1
            words = f"the board differs from the server's: {wrong} orders here, 3 there"
            assert [line for line in caplog.messages if line.startswith(words)]
            assert display.states.count(LinkState.LIVE) == 2, "it said that it was syncing"


@pytest.mark.usefixtures("released_link")
async def test_a_hub_that_counts_differently_is_not_listed_for_ever(tmp_path: Path) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.05) as hub:
        await hub.order()
        async with proved_display(hub) as display:
            await eventually(is_confirmed(display, 1))
            hub.hub.fanout.open_orders.put(OrderState("made-up", 1, "pending"))
            await eventually(lambda: display.service.get_status()["digest_mismatches"] >= 10)
            report = display.service.get_status()
            assert report["digest_listings"] == 1, "not twice in half a minute"
            assert report["digest_agrees"] is False
            assert display.state is LinkState.LIVE
            # The hub finds its own mistake when it keeps house.
            await hub.hub.housekeep()
            await eventually(is_confirmed(display, 1))


async def test_the_hub_checks_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with kitchen(tmp_path) as hub:
        for _ in range(3):
            row = await hub.order()
        await hub.walk(row["id"], "confirmed", "cancelled")
        journal, fanout = hub.hub.journal, hub.hub.fanout
        right = fanout.open_orders.told()
        assert right.open_count == 2
        assert await check_digest(journal, fanout)
        fanout.open_orders.drop(row["id"])
        fanout.open_orders.put(OrderState(row["id"], 2, "confirmed"))
        assert not await check_digest(journal, fanout)
        assert "the digest told was wrong" in caplog.text
        assert fanout.open_orders.told() == right
    async with kitchen(tmp_path) as hub:
        assert hub.hub.fanout.open_orders.told() == right, "made from the database at the start"
