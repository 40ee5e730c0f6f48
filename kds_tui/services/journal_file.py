"""The journal on the disk: commands in the order given, until the server has answered them.

All of this runs on the journal's thread.

SQLite keeps the index of its write-ahead log in memory here (`locking_mode = EXCLUSIVE`) and not in
a file beside it, which cannot be made on a full disk: the journal opens and is read then, too.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from kds_tui.core.command import Command, Verb
from kds_tui.services.folder_lock import CannotStart
from kds_tui.sqlite_thread import BUSY_MS

_log = logging.getLogger("kds_tui.journal")

FILE_NAME: Final = "journal.db"

MIGRATIONS: Final[Sequence[Sequence[str]]] = (
    (
        """CREATE TABLE commands (
            place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, verb TEXT NOT NULL,
            order_id TEXT NOT NULL, label TEXT NOT NULL, base_version INTEGER NOT NULL,
            given_at REAL NOT NULL, subject_id TEXT NOT NULL) STRICT""",
    ),
)
"""The statements that lead from one schema to the next; SQLite's `user_version` counts them."""

_COLUMNS: Final = "id, verb, order_id, label, base_version, given_at, subject_id"

_PROBE: Final = "probe"
"""The id of a row that is never committed; the numbers of rows go up by it, and that is written."""

_SIDE_FILES: Final = ("", "-wal", "-shm")

_LARGEST: Final = 1 << 26
"""Bytes that a damaged file is believed to have had: far more than 5000 commands need."""

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_Row = tuple[str, str, str, str, int, float, str]


class NewerJournal(CannotStart):
    """A newer kds-tui made the file."""


@dataclass(frozen=True, slots=True)
class OpenedJournal:
    """A journal that can be written."""

    connection: sqlite3.Connection
    commands: tuple[Command, ...]
    """What is in it, in the order given."""

    set_aside: Path | None = None
    """Where the former file is, when that was damaged."""

    unreadable: int = 0
    """Rows that hold no command this program knows; they stay in the file."""


def open_journal(folder: Path) -> OpenedJournal:
    """Open the journal of a folder, making it if there is none.

    A damaged file is renamed, never deleted, and a new one begun with what could be read of it.

    Args:
        folder: made with mode 0700 if it does not exist.

    Returns:
        The journal and what is in it.

    Raises:
        NewerJournal: a newer kds-tui made it.
        OSError: the folder cannot be used.
        sqlite3.Error: the disk is full, read-only or broken.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    try:
        return _opened(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        _log.error("the journal is damaged", extra={"reason": str(error)})
    rows = _rows_in_a_copy(path)
    aside = set_aside(path)
    _log.error("the damaged journal is kept", extra={"file": str(aside), "rescued": len(rows)})
    fresh = _opened(path)
    try:
        fresh.connection.execute("BEGIN")
        _insert(fresh.connection, rows)
        fresh.connection.execute("COMMIT")
    except BaseException:
        fresh.connection.close()
        raise
    commands, unreadable = _commands(rows)
    return OpenedJournal(fresh.connection, commands, aside, unreadable)


def read_without_writing(folder: Path) -> tuple[Command, ...]:
    """Read a journal whose disk cannot be written, in a copy elsewhere.

    Args:
        folder: of the journal.

    Returns:
        The commands that could be read.

    Raises:
        OSError: there is no place for a copy.
    """
    commands, _ = _commands(_rows_in_a_copy(folder / FILE_NAME))
    return commands


def write(
    connection: sqlite3.Connection,
    added: Iterable[Command],
    removed: Iterable[str],
    *,
    probe: bool = False,
) -> None:
    """Add and remove commands; what is there or gone already stays so.

    Args:
        connection: in a transaction.
        added: commands, in the order given.
        removed: ids.
        probe: whether to write something in any case, to see if the disk takes it.
    """
    _insert(connection, (_row(command) for command in added))
    if probe:
        _insert(connection, [(_PROBE, "", "", "", 0, 0.0, "")])
        connection.execute("DELETE FROM commands WHERE id = ?", (_PROBE,))
    connection.executemany("DELETE FROM commands WHERE id = ?", ((gone,) for gone in removed))


def is_damage(error: sqlite3.Error) -> bool:
    """Tell a damaged file from a disk that does not take it.

    Args:
        error: of SQLite.

    Returns:
        Whether the file itself is wrong.
    """
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def set_aside(path: Path) -> Path:
    """Rename a damaged database, so that a person can look at it.

    Args:
        path: of the database; the files beside it go with it.

    Returns:
        Its new name.
    """
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    aside = path.with_name(f"{path.name}.damaged-{stamp}-{os.getpid()}")
    for end in _SIDE_FILES:
        file = path.with_name(path.name + end)
        if file.exists():
            file.rename(aside.with_name(aside.name + end))
    return aside


def _opened(path: Path) -> OpenedJournal:
    # Made before SQLite does, for its mode; the WAL takes over the mode of the database.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 200")
        _check(connection)
        _migrate(connection, path)
        commands, unreadable = _commands(_all_rows(connection))
    except BaseException:
        connection.close()
        raise
    return OpenedJournal(connection, commands, unreadable=unreadable)


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        damage = sqlite3.DatabaseError(verdict)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise NewerJournal(
            f"{path} was made by a newer kds-tui (schema {version}; this one knows"
            f" {len(MIGRATIONS)}).\nStart the newer one once while the order server can be reached,"
            " so that its bumps are sent, or give this one another [journal] folder."
        )
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
        if number > 1:
            _log.info("journal migrated", extra={"schema": number})


def _row(command: Command) -> _Row:
    return (
        command.id,
        command.verb.value,
        command.order_id,
        command.label,
        command.base_version,
        command.given_at,
        command.subject_id,
    )


def _insert(connection: sqlite3.Connection, rows: Iterable[_Row]) -> None:
    connection.executemany(
        f"INSERT OR IGNORE INTO commands ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
    )


def _all_rows(connection: sqlite3.Connection) -> list[_Row]:
    return connection.execute(f"SELECT {_COLUMNS} FROM commands ORDER BY place").fetchall()


def _commands(rows: Iterable[_Row]) -> tuple[tuple[Command, ...], int]:
    commands: list[Command] = []
    unreadable = 0
    for row in rows:
        try:
            commands.append(Command(row[0], Verb(row[1]), *row[2:]))
        except ValueError:
            unreadable += 1
            _log.error("a command that nobody knows", extra={"command": row[0], "verb": row[1]})
    return tuple(commands), unreadable


def _rows_in_a_copy(path: Path) -> list[_Row]:
    """Read what can be read of a database that is damaged or cannot be written."""
    with tempfile.TemporaryDirectory(prefix="kds-tui-journal-") as folder:
        copy = Path(folder) / path.name
        for end in _SIDE_FILES[:2]:
            file = path.with_name(path.name + end)
            if file.exists():
                shutil.copyfile(file, copy.with_name(copy.name + end))
        if not copy.exists():
            return []
        _lengthen(copy)
        connection = sqlite3.connect(copy, isolation_level=None)
        try:
            # From both ends: a damaged page in the middle costs what is on it, and no more.
            forward, whole = _rows_until_damage(connection, "ASC")
            if whole:
                return [row for _, row in forward]
            backward, _ = _rows_until_damage(connection, "DESC")
            return [row for _, row in sorted({*forward, *backward})]
        finally:
            connection.close()


def _lengthen(database: Path) -> None:
    """Make a file that was cut off as long as its header says: SQLite reads nothing of it else."""
    with database.open("r+b") as file:
        header = file.read(100)
        # https://sqlite.org/fileformat.html#the_database_header: page size at 16, pages at 28.
        length = int.from_bytes(header[16:18], "big") * int.from_bytes(header[28:32], "big")
        if header.startswith(b"SQLite format 3\0") and database.stat().st_size < length <= _LARGEST:
            file.truncate(length)


def _rows_until_damage(
    connection: sqlite3.Connection, direction: str
) -> tuple[list[tuple[int, _Row]], bool]:
    rows: list[tuple[int, _Row]] = []
    try:
        for place, *row in connection.execute(
            f"SELECT place, {_COLUMNS} FROM commands ORDER BY place {direction}"
        ):
            rows.append((place, cast("_Row", tuple(row))))
    except sqlite3.Error as error:
        _log.error("rows lost to damage", extra={"reason": str(error), "read": len(rows)})
        return rows, False
    return rows, True
