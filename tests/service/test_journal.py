"""What a cook asked for is on the disk before it is shown, and until it is answered."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kds_tui.core.command import Command, Verb
from kds_tui.services.folder_lock import FolderInUse, FolderLock
from kds_tui.services.journal import Journal
from kds_tui.services.journal_file import FILE_NAME, MIGRATIONS, NewerJournal
from tests.service.hub_kitchen import eventually


def command(number: int, verb: Verb = Verb.BUMP, order_id: str = "") -> Command:
    return Command(f"c{number}", verb, order_id or f"o{number}", "TABLE 1", 3, 100.0 + number, "i1")


class Kept:
    """A journal, and what it told."""

    def __init__(self, folder: Path, **deadlines: float) -> None:
        self.saved: list[Command] = []
        self.found: list[Command] = []
        self.journal = Journal(folder, self.saved.append, self.found.extend, **deadlines)
        self.loaded: Sequence[Command] = ()

    async def append(self, *commands: Command) -> None:
        for each in commands:
            self.journal.append(each)
        await eventually(lambda: set(commands) <= set(self.saved))


@asynccontextmanager
async def kept(folder: Path, **deadlines: float) -> AsyncIterator[Kept]:
    it = Kept(folder, **deadlines)
    it.loaded = await it.journal.open()
    try:
        yield it
    finally:
        await it.journal.close()


def on_disk(folder: Path) -> list[str]:
    """Read the ids in a journal that nobody has open."""
    connection = sqlite3.connect(folder / FILE_NAME)
    try:
        rows = connection.execute("SELECT id FROM commands ORDER BY place").fetchall()
    finally:
        connection.close()
    return [row[0] for row in rows]


async def test_commands_are_back_after_a_restart_in_the_order_given(tmp_path: Path) -> None:
    given = [command(9), command(2, Verb.RUSH), command(5, Verb.OUT_OF_STOCK, "-"), command(1)]
    async with kept(tmp_path) as it:
        assert it.loaded == ()
        await it.append(*given)
        it.journal.remove(given[1])
    async with kept(tmp_path) as it:
        assert list(it.loaded) == [given[0], given[2], given[3]]
        assert it.journal.trouble == ""


async def test_a_command_is_told_saved_when_it_is_on_the_disk_and_not_before(
    tmp_path: Path,
) -> None:
    seen: list[list[str]] = []

    def look(_: Command) -> None:
        # A copy is read: the journal itself is locked while it runs.
        copy = tmp_path / "copy"
        copy.mkdir(exist_ok=True)
        for end in ("", "-wal"):
            name = FILE_NAME + end
            (copy / name).write_bytes((tmp_path / "kept" / name).read_bytes())
        seen.append(on_disk(copy))

    journal = Journal(tmp_path / "kept", look, lambda _: None)
    await journal.open()
    journal.append(command(1))
    assert not seen
    await eventually(lambda: len(seen) == 1)
    assert seen == [["c1"]]
    await journal.close()


async def test_what_waits_at_the_end_is_written(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        for number in range(50):
            it.journal.append(command(number))
    assert on_disk(tmp_path) == [f"c{number}" for number in range(50)]


async def test_a_command_that_is_removed_before_it_is_written_leaves_nothing(
    tmp_path: Path,
) -> None:
    async with kept(tmp_path) as it:
        it.journal.append(command(1))
        it.journal.remove(command(1))
        await it.append(command(2))
    assert on_disk(tmp_path) == ["c2"]


async def test_its_files_are_the_owners_only(tmp_path: Path) -> None:
    folder = tmp_path / "terminal" / "grill"
    lock = FolderLock(folder)
    lock.take()
    async with kept(folder) as it:
        await it.append(command(1))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        names = sorted(os.listdir(folder))
        assert names == ["display.lock", FILE_NAME, f"{FILE_NAME}-wal"]
        for name in names:
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    lock.release()


def test_a_folder_serves_one_display_and_names_it(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "all"), FolderLock(tmp_path / "all")
    first.take()
    first.take()
    with pytest.raises(FolderInUse) as raised:
        second.take()
    assert f"process {os.getpid()})" in str(raised.value)
    assert "KDS_JOURNAL__FOLDER" in str(raised.value)
    first.release()
    second.take()
    second.release()


async def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    other.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(NewerJournal, match="newer kds-tui"):
        await Journal(tmp_path, lambda _: None, lambda _: None).open()
    assert (tmp_path / FILE_NAME).read_bytes() == before
