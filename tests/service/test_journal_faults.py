"""A disk that is full, read-only, slow or damaged: the kitchen goes on, and is told."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kds_tui.core.command import Command
from kds_tui.services import journal as journal_module
from kds_tui.services import journal_file
from kds_tui.services.journal import Journal
from kds_tui.services.journal_file import FILE_NAME
from tests.service.hub_kitchen import eventually
from tests.service.kept_journal import command, kept, on_disk

QUICK = {"retry_after": 0.02}


class SmallDisk:
    """A file system of a quarter of a megabyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room."""
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError:
                pass

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink()

    def make(self, mode: str) -> None:
        """Mount it anew, `ro` or `rw`."""
        subprocess.run(["mount", "-o", f"remount,{mode}", self.folder], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk that can be filled, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a small disk")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


async def test_on_a_full_disk_bumps_work_in_memory_and_are_written_when_there_is_room(
    small_disk: SmallDisk,
) -> None:
    folder = small_disk.folder
    async with kept(folder, **QUICK) as it:
        await it.append(command(1))
        small_disk.fill()
        await it.append(command(2))
        assert it.trouble.startswith("Disk full: 1 bump is kept in memory only")
        await it.append(command(3), command(4))
        assert it.trouble.startswith("Disk full: 3 bumps are kept in memory only")
        it.journal.remove(command(3))  # answered while there was no room
        it.journal.remove(command(1))
        assert it.trouble.startswith("Disk full: 2 bumps are")
        small_disk.free()
        await it.heals()
        await it.append(command(5))
        assert [each.id for each in it.saved] == ["c1", "c2", "c3", "c4", "c5"]  # each told once
    assert on_disk(folder) == ["c2", "c4", "c5"]


async def test_a_disk_that_is_full_at_the_start_is_read_all_the_same(
    small_disk: SmallDisk,
) -> None:
    folder = small_disk.folder
    async with kept(folder) as it:
        await it.append(command(1), command(2))
    small_disk.fill()
    async with kept(folder, **QUICK) as it:
        assert list(it.loaded) == [command(1), command(2)]
        await it.append(command(3))
        assert it.trouble.startswith("Disk full")
        small_disk.free()
        await it.heals()
    assert on_disk(folder) == ["c1", "c2", "c3"]


async def test_a_full_disk_without_a_journal(small_disk: SmallDisk) -> None:
    small_disk.fill()
    folder = small_disk.folder / "new"
    async with kept(folder, **QUICK) as it:
        await it.append(command(1))
        assert it.trouble.startswith("Disk full")
        small_disk.free()
        await it.heals()
    assert on_disk(folder) == ["c1"]


async def test_a_disk_that_cannot_be_written_is_read_in_a_copy(small_disk: SmallDisk) -> None:
    folder = small_disk.folder
    async with kept(folder) as it:
        await it.append(command(1), command(2))
    small_disk.make("ro")
    async with kept(folder, **QUICK) as it:
        assert list(it.loaded) == [command(1), command(2)]
        assert it.trouble == (
            "The disk cannot be written: bumps are kept in memory only. Call the manager."
        )
        await it.append(command(3))
        it.journal.remove(command(1))  # answered meanwhile
        small_disk.make("rw")
        await it.heals()
        assert list(it.found) == [command(2)]
    assert on_disk(folder) == ["c2", "c3"]


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """A limit on the size of files, in a process of its own: for those who may not mount."""
    program = f"""
import asyncio, resource
from pathlib import Path
from tests.service.kept_journal import command, kept

async def run():
    async with kept(Path({str(tmp_path)!r}), retry_after=0.02) as it:
        await it.append(command(1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
        await it.append(command(2))
        print(it.trouble)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        await it.heals()

asyncio.run(run())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50
    )
    assert "1 bump is kept in memory only" in done.stdout
    assert on_disk(tmp_path) == ["c1", "c2"]


async def test_a_disk_that_does_not_answer_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def slow(*args: Any, **options: Any) -> None:
        answers.wait(20)
        journal_file.write(*args, **options)

    monkeypatch.setattr(journal_module, "write", slow)
    async with kept(tmp_path, save_deadline=0.05, **QUICK) as it:
        await it.append(command(1))
        for number in range(2, 12):  # told at once: the disk is still at the first one
            await it.append(command(number))
        assert it.trouble.startswith("The disk does not answer: 11 bumps")
        assert it.journal._thread is not None
        assert it.journal._thread.pending == 0  # nothing piles up behind it
        it.journal.remove(command(1))  # answered; it may be on the disk all the same
        it.journal.remove(command(2))
        answers.set()
        await it.heals()
        assert [each.id for each in it.saved] == [f"c{number}" for number in range(1, 12)]
    assert on_disk(tmp_path) == [f"c{number}" for number in range(3, 12)]


async def test_a_command_that_is_answered_while_it_is_written_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, at_it, go_on = [True], threading.Event(), threading.Event()

    def slow(*args: Any, **options: Any) -> None:
        if fails.pop() if fails else False:
            raise sqlite3.OperationalError("no")
        at_it.set()
        go_on.wait(20)
        journal_file.write(*args, **options)

    monkeypatch.setattr(journal_module, "write", slow)
    async with kept(tmp_path, save_deadline=20, **QUICK) as it:
        await it.append(command(1))  # in memory only, and tried again
        await eventually(at_it.is_set)
        it.journal.remove(command(1))
        go_on.set()
        await it.heals()
    assert on_disk(tmp_path) == []


async def test_a_broken_disk_keeps_nobody_from_taking_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [False]

    def breaks(*args: Any, **options: Any) -> None:
        if broken[0]:
            raise sqlite3.OperationalError("no")
        journal_file.write(*args, **options)

    monkeypatch.setattr(journal_module, "write", breaks)
    told: list[Command] = []
    async with kept(tmp_path, **QUICK) as it:
        await it.append(command(1))
        broken[0] = True
        it.journal.take_back(command(1), told.append)
        await eventually(lambda: told == [command(1)])
        assert it.trouble
        it.journal.append(command(2))
        await eventually(lambda: command(2) in it.saved)
        it.journal.take_back(command(2), told.append)  # in memory only
        await eventually(lambda: told == [command(1), command(2)])
        broken[0] = False
        await it.heals()
    assert on_disk(tmp_path) == []
    assert told == [command(1), command(2)]


async def test_a_disk_that_does_not_answer_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    opened = journal_file.open_journal

    def slow(folder: Path) -> journal_file.OpenedJournal:
        answers.wait(20)
        return opened(folder)

    monkeypatch.setattr(journal_module, "OPEN_DEADLINE", 0.05)
    monkeypatch.setattr(journal_module, "open_journal", slow)
    async with kept(tmp_path, **QUICK) as it:
        await it.append(command(1))
        assert it.trouble.startswith("The disk does not answer")
        answers.set()
        await it.heals()
    assert on_disk(tmp_path) == ["c1"]


async def test_a_disk_that_cannot_even_be_read_holds_up_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kept(tmp_path) as it:
        await it.append(command(1))
    answers = threading.Event()

    def slowly(work: Callable[[Path], Any]) -> Callable[[Path], Any]:
        return lambda folder: (answers.wait(20), work(folder))[1]

    monkeypatch.setattr(journal_module, "OPEN_DEADLINE", 0.05)
    for name in ("open_journal", "read_without_writing"):
        monkeypatch.setattr(journal_module, name, slowly(getattr(journal_module, name)))
    async with asyncio.timeout(10), kept(tmp_path, **QUICK) as it:
        assert list(it.loaded) == []
        assert it.trouble.startswith("The disk does not answer")
        answers.set()
        await it.heals()
        assert list(it.found) == [command(1)], "as soon as it can be read"


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    folder = tmp_path / "state" / "all"
    async with kept(folder, **QUICK) as it:
        await it.append(command(1))
        assert "kept in memory only" in it.trouble
        (tmp_path / "state").unlink()
        await it.heals()
    assert on_disk(folder) == ["c1"]


def _write_garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 500)


def _break_a_page(path: Path) -> None:
    """Overwrite a page in the middle of the table."""
    with path.open("r+b") as file:
        file.seek(os.path.getsize(path) // 4096 // 2 * 4096)
        file.write(b"\xa5" * 4096)


def _break_the_index(path: Path) -> None:
    """Overwrite what no list of commands reads, but every look for one of them does."""
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE type='index'").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)


def _cut_short(path: Path) -> None:
    os.truncate(path, os.path.getsize(path) - 4096)


@pytest.mark.parametrize(
    ("damage", "fewest"),
    [(_write_garbage, 0), (_break_a_page, 100), (_break_the_index, 300), (_cut_short, 100)],
)
async def test_a_damaged_journal_is_kept_and_what_can_be_read_is_rescued(
    tmp_path: Path, damage: Callable[[Path], None], fewest: int
) -> None:
    given = [command(number, label="TABLE 1 " + "x" * 60) for number in range(300)]
    async with kept(tmp_path) as it:
        await it.append(*given)
    damage(tmp_path / FILE_NAME)
    damaged = (tmp_path / FILE_NAME).read_bytes()

    async with kept(tmp_path) as it:
        rescued = list(it.loaded)
        assert fewest <= len(rescued)
        assert (len(rescued) == 300) == (fewest == 300)
        assert rescued == [each for each in given if each in rescued]  # whole, in their order
        (aside,) = [name for name in os.listdir(tmp_path) if ".damaged-" in name]
        assert (tmp_path / aside).read_bytes() == damaged
        assert f"{len(rescued)} could be read" in it.trouble
        assert aside in it.trouble
        await it.append(command(999))

    async with kept(tmp_path) as it:
        assert list(it.loaded) == [*rescued, command(999)]
        assert it.trouble == ""


async def test_a_journal_that_is_damaged_while_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(connection: sqlite3.Connection, *args: Iterable[Command], probe: bool) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    async with kept(tmp_path) as it:
        monkeypatch.setattr(journal_module, "write", damaged)
        await it.append(command(1))
        assert it.trouble.startswith("The file of unsent bumps is damaged: 1 bump is kept")
        monkeypatch.undo()


async def test_a_listener_that_breaks_does_not_stop_the_journal(tmp_path: Path) -> None:
    told: list[Command] = []

    def break_once(each: Command) -> None:
        told.append(each)
        if len(told) == 1:
            raise RuntimeError("a screen that broke")

    journal = Journal(tmp_path, break_once, lambda _: None)
    await journal.open()
    journal.append(command(1))
    await eventually(lambda: len(told) == 1)
    journal.append(command(2))
    await eventually(lambda: len(told) == 2)
    await journal.close()
    assert on_disk(tmp_path) == ["c1", "c2"]
