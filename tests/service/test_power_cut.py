"""kill -9 of a display right after bumps: none that was shown is lost, none is done twice."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kds_tui.services.journal_file import read_without_writing
from tests.service.hub_kitchen import PATIENCE, eventually
from tests.service.site import Site

CUTS = 8
MOST = 8
ORDERS = CUTS * MOST


@asynccontextmanager
async def bumping(site: Site, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tests.service.bumping_terminal"]
    about = [str(site.folder / "terminal"), site.url, str(site.token_file), str(count)]
    process = await asyncio.create_subprocess_exec(*command, *about, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def cut_power(site: Site, luck: random.Random) -> list[tuple[str, str]]:
    """Let a terminal bump, and kill it at some moment.

    Returns:
        Command and order of each bump that was shown.
    """
    shown: list[bytes] = []
    count = luck.randrange(1, MOST + 1)
    async with bumping(site, count) as process:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE * 3):
            for _ in range(luck.randrange(1, count + 1)):
                shown.append(await process.stdout.readline())
                if shown[-1] == b"given\n":
                    break  # fewer: the server's list came meanwhile, without some of them
            for _ in range(luck.randrange(200)):
                await asyncio.sleep(0)
            process.kill()
            shown += (await process.stdout.read()).splitlines()  # told before it died
    pairs = [line.decode().split()[1:] for line in shown if line.startswith(b"taken ")]
    return [(command, order) for command, order in pairs]


@pytest.mark.timeout(240)
async def test_no_bump_that_was_shown_is_lost_or_done_twice(tmp_path: Path) -> None:
    site, luck = Site(tmp_path), random.Random(20261123)
    acknowledged: dict[str, str] = {}
    async with site.hub():
        placed = [await site.order(str(number)) for number in range(ORDERS)]
        async with site.terminal() as terminal:
            await terminal.connect(PATIENCE)
            await eventually(lambda: len(terminal.kitchen.tickets) == ORDERS)

    for cut in range(CUTS):
        if cut % 2:
            async with site.hub():
                shown = await cut_power(site, luck)
                rows = [await site.ask("GET", f"/orders/{order}") for _, order in shown]
                answered = {row["id"] for row in rows if row["status"] == "ready"}
        else:
            shown, answered = await cut_power(site, luck), set[str]()
        kept = {command.id for command in read_without_writing(tmp_path / "terminal" / "all")}
        lost = [(command, order) for command, order in shown if command not in kept]
        assert [order for _, order in lost if order not in answered] == []
        acknowledged |= {order: command for command, order in shown}

    assert len(acknowledged) >= CUTS / 2  # or the test would show nothing
    async with site.hub():
        async with bumping(site, 0) as process:
            assert process.stdout is not None
            async with asyncio.timeout(PATIENCE * 3):
                while await process.stdout.readline() != b"drained\n":
                    pass
                assert await process.wait() == 0
        rows = {order: await site.ask("GET", f"/orders/{order}") for order in placed}
    assert {order for order in acknowledged if rows[order]["status"] != "ready"} == set()
    # Done once: each step counts an order's version up.
    assert len({row["version"] for row in rows.values() if row["status"] == "ready"}) == 1
    assert read_without_writing(tmp_path / "terminal" / "all") == ()
