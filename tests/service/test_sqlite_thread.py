"""The thread that owns a database, when its process stands still."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from kds_tui.sqlite_thread import SqliteThread

DEADLINE = 0.05


def stand_still(thread: SqliteThread) -> None:
    """Hold the event loop up, as SIGSTOP does, until the work is done and the deadline has passed.

    The work is done by the thread meanwhile; the loop hears of both at once.
    """
    end = time.monotonic() + 2 * DEADLINE
    while not thread.idle or time.monotonic() < end:
        time.sleep(0.005)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "some.db"


async def test_a_result_that_came_with_the_end_of_the_deadline_counts(database: Path) -> None:
    thread = SqliteThread("test", lambda: sqlite3.connect(database, isolation_level=None))
    await thread.open()
    try:
        asking = asyncio.create_task(thread.run(lambda _: "written", deadline=DEADLINE))
        await asyncio.sleep(0)
        stand_still(thread)
        assert await asking == "written"
    finally:
        await thread.close()


async def test_so_does_a_failure(database: Path) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    thread = SqliteThread("test", lambda: sqlite3.connect(database, isolation_level=None))
    await thread.open()
    try:
        asking = asyncio.create_task(thread.run(fail, deadline=DEADLINE))
        await asyncio.sleep(0)
        stand_still(thread)
        with pytest.raises(sqlite3.OperationalError):
            await asking
    finally:
        await thread.close()
