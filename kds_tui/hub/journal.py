"""The hub's database: a change, its event and its stored answer are on the disk together or not at
all, and what a transaction appended is published on the event loop in the order of the commits.

The one who asked gets the result after the events were published; they are published even when the
asker has given up waiting. A kitchen box gets unplugged, so commits are synchronous=FULL.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from kds_tui.hub.errors import FolderInUse, HubError, JournalUnavailable, disk_trouble
from kds_tui.hub.ledger import SCHEMA_VERSION, Event, Ledger
from kds_tui.sqlite_thread import BUSY_MS, DatabaseUnavailable, SqliteThread

logger = logging.getLogger("kds_tui.hub.journal")

T = TypeVar("T")

MAX_PENDING: Final = 1024
"""Most pieces of work that may wait: about half a second of them at 0.4 ms each."""

DEADLINE: Final = 5.0
"""Seconds until the one who asked is told to try again: an SD card's slowest fsync, many times."""


class Journal:
    """The database of one hub.

    Args:
        folder: where it is kept; made with mode 0700 if it does not exist.
        publish: called on the event loop with each committed event, in order.
    """

    def __init__(self, folder: Path, publish: Callable[[Event], None]) -> None:
        self._folder = folder
        self._publish = publish
        self._thread = SqliteThread(
            "hub-journal", self._connect, at_end=self._leave_mark, max_pending=MAX_PENDING
        )
        self._ledger: Ledger | None = None
        self._lock_fd = -1
        self.epoch = ""
        """Which life of the journal its numbers belong to."""

        self.head = 0
        """The last event's number when the journal was opened."""

    @property
    def pending(self) -> int:
        """How many pieces of work wait for the thread."""
        return self._thread.pending

    async def open(self) -> None:
        """Open the database, making it if there is none, and start the thread.

        Raises:
            HubError: another hub uses the folder, or the database cannot be used.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock()
            await self._thread.open()
        except BaseException as error:
            self._unlock()
            if isinstance(error, OSError):
                raise HubError(disk_trouble(error, self._folder)) from error
            if isinstance(error, sqlite3.Error | DatabaseUnavailable):
                raise HubError(f"{self._database}: {error}") from error
            raise

    async def run(self, work: Callable[[Ledger], T]) -> T:
        """Do something in one transaction.

        Args:
            work: called on the journal's thread; what it raises undoes the transaction.

        Returns:
            What it returned, after the commit and after its events were published.

        Raises:
            JournalUnavailable: too much waits, the deadline passed (the work may still be done), or
                the database failed.
            Refusal: as `work` raised it.
        """
        ledger = self._ledger
        if ledger is None:
            raise JournalUnavailable("the journal is closed")

        def transaction(_: sqlite3.Connection) -> tuple[T, list[Event]]:
            ledger.appended = []  # a transaction that failed may have left some
            return work(ledger), ledger.appended

        try:
            result, _ = await self._thread.run(
                transaction, committed=self._publish_appended, deadline=DEADLINE
            )
        except DatabaseUnavailable as error:
            raise JournalUnavailable(str(error)) from error
        except sqlite3.Error as error:
            logger.error("journal: a transaction failed: %s", error)
            raise JournalUnavailable("the database failed") from error
        return result

    async def close(self) -> None:
        """Finish the work that waits, mark the clean end, and close. Does nothing when closed."""
        self._ledger = None
        await self._thread.close()
        self._unlock()

    @property
    def _database(self) -> Path:
        return self._folder / "hub.db"

    @property
    def _mark_file(self) -> Path:
        return self._folder / "hub.mark"

    def _lock(self) -> None:
        self._lock_fd = os.open(self._folder / "hub.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FolderInUse(f"{self._folder}: another hub is running on this folder") from error

    def _unlock(self) -> None:
        if self._lock_fd >= 0:
            os.close(self._lock_fd)
            self._lock_fd = -1

    def _connect(self) -> sqlite3.Connection:
        # Made before SQLite does, for its mode; the WAL takes over the mode of the database.
        os.close(os.open(self._database, os.O_CREAT | os.O_RDWR, 0o600))
        self._database.chmod(0o600)
        connection = sqlite3.connect(self._database, isolation_level=None)
        try:
            self._begin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        ledger = Ledger(connection)
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            ledger.create_schema()
        elif version > SCHEMA_VERSION:
            raise HubError(
                f"{self._database}: made by a newer version of kds-tui (schema {version}, this one"
                f" knows {SCHEMA_VERSION})"
            )
        elif version < SCHEMA_VERSION:
            ledger.migrate(version)
        self.epoch = self._take_epoch(ledger)
        self.head = ledger.head()
        connection.execute("COMMIT")
        self._ledger = ledger

    def _take_epoch(self, ledger: Ledger) -> str:
        """Keep the epoch after a clean end only.

        At its end the hub writes one random mark both into the database and beside it. A database
        that was restored from a backup, or copied while the hub ran, does not agree with the mark
        beside it: its numbers may have been given out already, so a new epoch begins.
        """
        facts = ledger.facts()
        mark = self._mark_file.read_text() if self._mark_file.exists() else ""
        self._mark_file.unlink(missing_ok=True)
        ledger.drop_fact("mark")
        if mark and facts.get("mark") == mark and "epoch" in facts:
            return facts["epoch"]
        epoch = secrets.token_hex(8)
        ledger.keep_fact("epoch", epoch)
        return epoch

    def _leave_mark(self, connection: sqlite3.Connection) -> None:
        mark = secrets.token_hex(8)
        try:
            Ledger(connection).keep_fact("mark", mark)
            self._mark_file.write_text(mark)
        except (OSError, sqlite3.Error) as error:
            logger.error("journal: no mark left, the next start begins a new epoch: %s", error)

    def _publish_appended(self, done: tuple[object, list[Event]]) -> None:
        for event in done[1]:
            self._publish(event)
