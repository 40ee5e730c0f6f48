"""The last known board is on the disk, and another one is begun when that is damaged."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kds_tui.core.board import Board
from kds_tui.core.command import Command, Verb
from kds_tui.core.order import Order
from kds_tui.core.outbox import DoneHere
from kds_tui.services import board_cache
from kds_tui.services.board_cache import FILE_NAME, BoardCache, BoardFacts, LastKnown
from tests.service.hub_kitchen import eventually
from tests.unit.orders import make_order, open_orders, removed, upserted

RUSH = Command("c1", Verb.RUSH, "a", "TABLE 1", 3, 100.0)
HERE = DoneHere({"a": None, "b": 3}, (RUSH,))
FACTS = BoardFacts(
    "http://hub", 1000.0, 2.5, "Café", frozenset({"recall"}), HERE, taken_over=("fry",)
)


class Kept:
    """A cache, its board, and how often it wrote."""

    def __init__(self, folder: Path, server: str = FACTS.server, **options: Any) -> None:
        self.board = Board()
        self.facts: BoardFacts | None = FACTS
        self.asked = 0
        options = {"write_after": 0.01, **options}
        self.cache = BoardCache(folder, server, self.board, self._tell, **options)
        self.read: LastKnown | None = None

    def _tell(self) -> BoardFacts | None:
        self.asked += 1
        return self.facts

    def hear(self, *orders: Order) -> None:
        for order in orders:
            self.cache.note(self.board.apply(upserted(order)))


@asynccontextmanager
async def kept(folder: Path, **options: Any) -> AsyncIterator[Kept]:
    it = Kept(folder, **options)
    it.read = await it.cache.open()
    try:
        yield it
    finally:
        await it.cache.close()


def ids(orders: Iterable[Order]) -> set[str]:
    return {order.id for order in orders}


async def test_the_board_is_back_after_a_restart(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        assert it.read is None
        it.hear(make_order("a"), make_order("b"), make_order("c"))
        it.hear(replace(make_order("b"), version=2, notes="no salt"))
        it.cache.note(it.board.apply(removed("c")))
    async with kept(tmp_path) as it:
        assert it.read is not None
        assert it.read.facts == FACTS
        assert sorted(it.read.orders, key=lambda order: order.id) == [
            make_order("a"),
            replace(make_order("b"), version=2, notes="no salt"),
        ]


async def test_it_is_written_while_it_runs(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        it.hear(make_order("a"))
        await eventually(lambda: it.cache._written is not None)
        it.facts = replace(FACTS, known_at=1030.0)
        it.cache.note_facts()
        await eventually(lambda: it.cache._written == it.facts)


async def test_not_every_change_is_written_by_itself(tmp_path: Path) -> None:
    async with kept(tmp_path, write_after=60) as it:
        assert it.cache._thread is not None
        for number in range(10):
            it.hear(make_order(f"o{number}"))
            await it.cache._thread.run(lambda _: None)  # there and back: time enough for a write
        assert it.asked == 0
    async with kept(tmp_path) as it:
        assert it.read is not None
        assert len(it.read.orders) == 10


async def test_that_it_was_still_right_is_noted_while_nothing_changes(tmp_path: Path) -> None:
    async with kept(tmp_path, confirm_every=0.01) as it:
        it.hear(make_order("a"))
        await eventually(lambda: it.cache._written is not None)
        it.facts = replace(FACTS, known_at=2000.0)
        await eventually(lambda: it.cache._written == it.facts)


async def test_before_the_server_has_told_any_there_is_nothing_to_keep(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        it.facts = None
        it.hear(make_order("a"))
    async with kept(tmp_path) as it:
        assert it.read is None


async def test_another_servers_board_is_not_shown(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        it.hear(make_order("a"))
    async with kept(tmp_path, server="http://other") as it:
        assert it.read is None
        it.facts = replace(FACTS, server="http://other")
        it.hear(make_order("b"))
    async with kept(tmp_path, server="http://other") as it:
        assert it.read is not None
        assert ids(it.read.orders) == {"b"}


async def test_its_file_is_the_owners_only(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        it.hear(make_order("a"))
        await eventually(lambda: it.cache._written is not None)
        for name in (FILE_NAME, f"{FILE_NAME}-wal"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize("damage", [b"not a database" * 900, None], ids=["garbage", "a page"])
async def test_a_damaged_cache_is_kept_aside_and_begun_again(
    tmp_path: Path, damage: bytes | None
) -> None:
    async with kept(tmp_path) as it:
        it.hear(*(make_order(f"o{number}", notes="x" * 400) for number in range(50)))
    path = tmp_path / FILE_NAME
    if damage is None:
        content = path.read_bytes()
        middle = len(content) // 4096 // 2 * 4096
        damage = content[:middle] + b"\xa5" * 4096 + content[middle + 4096 :]
    path.write_bytes(damage)
    async with kept(tmp_path) as it:
        assert it.read is None
        (aside,) = [name for name in os.listdir(tmp_path) if ".damaged-" in name]
        assert (tmp_path / aside).read_bytes() == damage
        it.hear(make_order("a"))
    async with kept(tmp_path) as it:
        assert it.read is not None
        assert ids(it.read.orders) == {"a"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders SET body = x'5b31'",
        "UPDATE facts SET body = x'7b'",
        "PRAGMA user_version = 7",
    ],
)
async def test_a_cache_that_says_nothing_is_begun_again(tmp_path: Path, statement: str) -> None:
    async with kept(tmp_path) as it:
        it.hear(make_order("a"))
    connection = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    connection.execute(statement)
    connection.close()
    async with kept(tmp_path) as it:
        assert it.read is None
        it.hear(make_order("b"))
    async with kept(tmp_path) as it:
        assert it.read is not None
        assert ids(it.read.orders) == {"b"}


async def test_a_disk_that_does_not_take_it_costs_nothing_but_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    async with kept(tmp_path / "state" / "all") as it:
        assert it.read is None
        it.hear(make_order("a"))

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(board_cache, "RETRY_AFTER", 0.01)
    async with kept(tmp_path / "here", confirm_every=0.01) as it:
        with monkeypatch.context() as broken:
            broken.setattr(board_cache, "_write", full)
            it.hear(make_order("a"))
            await eventually(lambda: it.asked > 2)
        await eventually(lambda: it.cache._written is not None)
    async with kept(tmp_path / "here") as it:
        assert it.read is not None
        assert ids(it.read.orders) == {"a"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(open_orders)
def test_an_order_comes_back_as_it_was(tmp_path: Path, order: Order) -> None:
    async def there_and_back() -> None:
        async with kept(tmp_path) as it:
            if it.read is not None:
                it.cache.note(ids(it.read.orders))
            it.hear(order)
        async with kept(tmp_path) as it:
            assert it.read is not None
            assert it.read.orders == (order,)

    asyncio.run(there_and_back())
