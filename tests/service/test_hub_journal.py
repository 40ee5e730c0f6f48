from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kds_tui.hub import journal as journal_module
from kds_tui.hub.errors import HubError, JournalUnavailable
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Event, Ledger
from tests.service.hub_kitchen import eventually


@asynccontextmanager
async def opened(folder: Path, seen: list[Event]) -> AsyncIterator[Journal]:
    journal = Journal(folder, seen.append)
    await journal.open()
    try:
        yield journal
    finally:
        await journal.close()


def _append(ledger: Ledger) -> int:
    seq = ledger.head() + 1
    ledger.append_event(Event(seq, b"{}"))
    return seq


async def test_events_are_published_in_order_and_before_the_answer(tmp_path: Path) -> None:
    seen: list[Event] = []
    answered: list[int] = []

    async def append(journal: Journal) -> None:
        seq = await journal.run(_append)
        assert len(seen) >= seq
        answered.append(seq)

    async with opened(tmp_path, seen) as journal:
        await asyncio.gather(*(append(journal) for _ in range(50)))
    assert [event.seq for event in seen] == answered == list(range(1, 51))


async def test_an_event_is_published_even_when_the_asker_gave_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "DEADLINE", 0.05)
    seen: list[Event] = []
    disk = threading.Event()

    def slow(ledger: Ledger) -> int:
        disk.wait(20)
        return _append(ledger)

    journal = Journal(tmp_path, seen.append)
    await journal.open()
    with pytest.raises(JournalUnavailable, match=r"0\.05 s"):
        await journal.run(slow)
    monkeypatch.undo()
    disk.set()
    await eventually(lambda: len(seen) == 1)
    await journal.close()


async def test_a_failed_change_leaves_nothing(tmp_path: Path) -> None:
    seen: list[Event] = []

    def fails(ledger: Ledger) -> None:
        _append(ledger)
        raise sqlite3.OperationalError("disk full")

    async with opened(tmp_path, seen) as journal:
        with pytest.raises(JournalUnavailable):
            await journal.run(fails)
        assert await journal.run(_append) == 1
    assert [event.seq for event in seen] == [1]


async def test_only_so_much_may_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MAX_PENDING", 2)
    disk = threading.Event()
    async with opened(tmp_path, []) as journal:
        held = asyncio.create_task(journal.run(lambda _: disk.wait(20)))
        waiting: list[asyncio.Task[int]] = []
        while journal.pending < 2:
            waiting.append(asyncio.create_task(journal.run(_append)))
            await asyncio.sleep(0)
        with pytest.raises(JournalUnavailable, match="too much"):
            await journal.run(_append)
        disk.set()
        await asyncio.gather(held, *waiting)
    with pytest.raises(JournalUnavailable, match="closed"):
        await journal.run(_append)


async def test_its_files_are_the_owners_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with opened(folder, []) as journal:
        await journal.run(_append)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for name in ("hub.db", "hub.db-wal", "hub.lock"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


async def test_a_folder_serves_one_hub_at_a_time(tmp_path: Path) -> None:
    async with opened(tmp_path, []):
        with pytest.raises(HubError, match="another hub"):
            await Journal(tmp_path, lambda _: None).open()
    async with opened(tmp_path, []):
        pass


@pytest.mark.parametrize(
    ("content", "reason"), [(b"not a database at all" * 50, "not a database"), (None, "schema 99")]
)
async def test_a_database_that_cannot_be_used(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is None:
        other = sqlite3.connect(tmp_path / "hub.db")
        other.execute("PRAGMA user_version = 99")
        other.close()
    else:
        (tmp_path / "hub.db").write_bytes(content)
    with pytest.raises(HubError, match=reason):
        await Journal(tmp_path, lambda _: None).open()
