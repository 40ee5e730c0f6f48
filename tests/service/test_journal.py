"""What a cook asked for is on the disk before it is shown, and until it is answered."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from kds_tui.core.command import Command, Verb
from kds_tui.services import journal_file
from kds_tui.services.folder_lock import FolderInUse, FolderLock
from kds_tui.services.journal import Journal
from kds_tui.services.journal_file import FILE_NAME, MIGRATIONS, NewerJournal
from tests.service.hub_kitchen import eventually
from tests.service.kept_journal import command, kept, on_disk


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


async def test_an_older_journal_is_brought_up_to_date_with_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kept(tmp_path) as it:
        await it.append(command(1), command(2))
    later = ("ALTER TABLE commands ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",)
    monkeypatch.setattr(journal_file, "MIGRATIONS", (*MIGRATIONS, later))
    async with kept(tmp_path) as it:
        assert list(it.loaded) == [command(1), command(2)]
        await it.append(command(3))
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    notes = connection.execute("SELECT id, note FROM commands ORDER BY place").fetchall()
    version = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert notes == [("c1", "none"), ("c2", "none"), ("c3", "none")]
    assert version == (len(MIGRATIONS) + 1,)


async def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kept(tmp_path) as it:
        await it.append(command(1))
    broken = ("ALTER TABLE commands ADD COLUMN note TEXT", "ALTER TABLE nothing RENAME TO x")
    monkeypatch.setattr(journal_file, "MIGRATIONS", (*MIGRATIONS, broken))
    async with kept(tmp_path) as it:
        # The commands are not lost on this program either: they are read in a copy.
        assert list(it.loaded) == [command(1)]
        assert it.trouble
    monkeypatch.undo()
    async with kept(tmp_path) as it:
        assert list(it.loaded) == [command(1)]
        assert it.trouble == ""


async def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    other.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(NewerJournal, match="newer kds-tui"):
        await Journal(tmp_path, lambda _: None, lambda _: None).open()
    assert (tmp_path / FILE_NAME).read_bytes() == before


async def test_what_is_taken_back_is_told_when_it_is_off_the_disk(tmp_path: Path) -> None:
    async with kept(tmp_path) as it:
        await it.append(command(1), command(2))
        told: list[Command] = []
        it.journal.take_back(command(1), told.append)
        assert told == [], "a power cut now would bring it again"
        await eventually(lambda: told == [command(1)])
        it.journal.append(command(3))
        it.journal.take_back(command(3), told.append)  # before it was written
        await eventually(lambda: told == [command(1), command(3)])
    assert on_disk(tmp_path) == ["c2"]
    assert command(3) not in it.saved
