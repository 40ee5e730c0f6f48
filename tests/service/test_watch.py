"""`kds-tui watch` against a hub: every change once, whatever the line does; and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.stations import Routing
from kds_tui.services.backend_errors import TokenFileError
from kds_tui.services.credentials import Token, store_token
from kds_tui.services.line_writer import LineWriter
from kds_tui.services.watch import OrderWatch, WatchError
from tests.chaos.fault_proxy import FaultProxy
from tests.hostile.corpus import CORPUS
from tests.hostile.oracle import forbidden
from tests.service.hub_kitchen import PATIENCE, Kitchen, eventually, kitchen

QUICK = LinkSettings(backoff_initial=0.01, backoff_cap=0.05)

pytestmark = pytest.mark.usefixtures("released_link")


class Reader:
    """Whoever reads the lines, on the other end of a pipe."""

    def __init__(self, stream: asyncio.StreamReader, transport: asyncio.ReadTransport) -> None:
        self._stream = stream
        self._transport = transport
        self.lines: list[dict[str, Any]] = []

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                line = await self._stream.readline()
                assert line.endswith(b"\n"), "the lines ended"
                self.lines.append(json.loads(line))
                if wanted(self.lines[-1]):
                    return self.lines[-1]

    async def order(self, change: str) -> dict[str, Any]:
        return (await self.until(lambda line: line.get("change") == change))["order"]

    def hang_up(self) -> None:
        self._transport.close()


@asynccontextmanager
async def watching(
    folder: Path, hub: Kitchen, url: str, station: str = "all"
) -> AsyncIterator[tuple[Reader, asyncio.Task[None], OrderWatch]]:
    store_token(folder / "token", Token(hub.token))
    server = ServerSettings(url=url, token_file=folder / "token")
    reads, writes = os.pipe()
    stream = asyncio.StreamReader(limit=2**20)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reads, "rb", buffering=0)
    )
    watch = OrderWatch(server, QUICK, Routing(), station)
    running = asyncio.create_task(watch.run(writes))
    try:
        yield Reader(stream, transport), running, watch
    finally:
        transport.close()
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({running})
        os.close(writes)


async def test_every_change_is_told_once_over_a_line_that_breaks(tmp_path: Path) -> None:
    async with (
        kitchen(tmp_path) as hub,
        FaultProxy.before(urlsplit(hub.hub.url).port or 0) as proxy,
    ):
        first = await hub.order(tableNumber="1")
        async with watching(tmp_path, hub, proxy.url) as (reader, _, _):
            assert (await reader.order("listed"))["id"] == first["id"]
            await reader.until(lambda line: line.get("state") == "live")
            placed = [first["id"]]
            for _ in range(3):
                placed.append((await hub.order())["id"])
                proxy.reset()
                placed.append((await hub.order())["id"])
                await reader.until(lambda line: line.get("state") == "reconnecting")
                await reader.until(lambda line: line.get("state") == "live")
            await hub.walk(first["id"], "confirmed", "preparing", "ready", "completed")
            assert (await reader.order("gone"))["status"] == "completed"
        came = [
            line["order"]["id"] for line in reader.lines if line.get("change") in ("listed", "new")
        ]
        assert came == placed
        changes = [line["change"] for line in reader.lines if line["event"] == "order"]
        assert changes.count("changed") == 3
        (listed,) = (line for line in reader.lines if line["event"] == "listed")
        assert listed["orders"] == 1


async def test_86_and_a_station_of_its_own(tmp_path: Path) -> None:
    fries = {"id": "1", "menu_item_id": "f", "name": "Fries", "quantity": 1, "price": 4}
    async with kitchen(tmp_path) as hub:
        await hub.order()
        async with watching(tmp_path, hub, hub.hub.url, "fry") as (reader, _, _):
            listed = await reader.until(lambda line: line["event"] == "listed")
            assert listed["orders"] == 0
            await hub.order()
            wanted = await hub.order(items=[fries])
            assert (await reader.order("new"))["id"] == wanted["id"]
            _, items, _ = await hub.ask("GET", "/menu/items")
            path = f"/menu/items/{items[0]['id']}/availability"
            await hub.ask("PUT", path, {"available": False}, Idempotency_Key="k")
            await reader.until(lambda line: line["event"] == "menu")


async def test_hostile_text_is_harmless_to_whoever_looks_at_the_lines(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub:
        async with watching(tmp_path, hub, hub.hub.url) as (reader, _, _):
            await reader.until(lambda line: line.get("state") == "live")
            for text in CORPUS:
                sent = text.encode("utf-8", "replace").decode()[:400]
                await hub.order(notes=sent, customerName=sent[:90] or None)
                await reader.order("new")
        for line in reader.lines:
            assert forbidden(json.dumps(line, ensure_ascii=False)) == []


async def test_a_reader_that_goes_away_ends_it_though_nothing_happens(tmp_path: Path) -> None:
    async with (
        kitchen(tmp_path) as hub,
        watching(tmp_path, hub, hub.hub.url) as (reader, running, watch),
    ):
        await reader.until(lambda line: line.get("state") == "live")
        reader.hang_up()
        async with asyncio.timeout(PATIENCE):
            await running
        assert watch.signal is None


async def test_a_signal_ends_it(tmp_path: Path) -> None:
    async with (
        kitchen(tmp_path) as hub,
        watching(tmp_path, hub, hub.hub.url) as (reader, running, watch),
    ):
        await reader.until(lambda line: line.get("state") == "live")
        assert await asyncio.to_thread(watch.ask_to_end, 15)
        async with asyncio.timeout(PATIENCE):
            await running
        assert watch.signal == 15


async def test_nobody_signed_in_is_told_at_once(tmp_path: Path) -> None:
    watch = OrderWatch(ServerSettings(token_file=tmp_path / "none"), QUICK, Routing())
    with pytest.raises(TokenFileError, match="kds-tui login"):
        await watch.run()


async def test_a_reader_that_stands_still_is_given_up_and_not_waited_for() -> None:
    reads, writes = os.pipe()
    try:
        writer = LineWriter(writes, limit=3)
        for _ in range(40):  # a pipe holds 64 KB
            writer.write(b"x" * 65_536)
        async with asyncio.timeout(PATIENCE):
            await writer.ended.wait()
        assert "too slow" in writer.problem
    finally:
        os.close(reads)  # the thread's write ends, and the thread with it
        await eventually(lambda: not writer._thread.is_alive())
        os.close(writes)


async def test_a_disk_that_is_full_is_told() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    writer = LineWriter(full)
    writer.write(b"{}")
    async with asyncio.timeout(PATIENCE):
        await writer.ended.wait()
    assert writer.problem == "The events cannot be written: No space left on device."
    await writer.close()
    os.close(full)


async def test_a_problem_of_the_writer_ends_the_watch(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub:
        store_token(tmp_path / "token", Token(hub.token))
        server = ServerSettings(url=hub.hub.url, token_file=tmp_path / "token")
        full = os.open("/dev/full", os.O_WRONLY)
        with pytest.raises(WatchError, match="No space left"):
            async with asyncio.timeout(PATIENCE):
                await OrderWatch(server, QUICK, Routing()).run(full)
        os.close(full)
