"""The hub's database on its own thread: an fsync never holds up the event loop.

One thread owns the only connection and does one piece of work at a time, each in one transaction,
so that a change, its event and its stored answer are on the disk together or not at all. What a
transaction appended is published on the event loop in the order of the commits, before the one who
asked gets the result: published even when the asker has given up waiting.

A commit with synchronous=FULL costs about 0.4 ms here; a kitchen box gets unplugged, so FULL stays.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import queue
import secrets
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from kds_tui.hub.errors import HubError, JournalUnavailable, Refusal
from kds_tui.hub.ledger import SCHEMA_VERSION, Event, Ledger

logger = logging.getLogger("kds_tui.hub.journal")

T = TypeVar("T")

_Work = tuple[Callable[[Ledger], Any], asyncio.Future[Any]]

MAX_PENDING: Final = 1024
"""Most pieces of work that may wait: about half a second of them at 0.4 ms each."""

DEADLINE: Final = 5.0
"""Seconds until the one who asked is told to try again: an SD card's slowest fsync, many times."""

_BUSY_MS: Final = 2000


class Journal:
    """The database of one hub.

    Args:
        folder: where it is kept; made with mode 0700 if it does not exist.
        publish: called on the event loop with each committed event, in order.
    """

    def __init__(self, folder: Path, publish: Callable[[Event], None]) -> None:
        self._folder = folder
        self._publish = publish
        # Bounded in run(), so that the word to end always finds room.
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._lock_fd = -1
        self.epoch = ""
        """Which life of the journal its numbers belong to."""

        self.head = 0
        """The last event's number when the journal was opened."""

    @property
    def pending(self) -> int:
        """How many pieces of work wait for the thread."""
        return self._work.qsize()

    async def open(self) -> None:
        """Open the database, making it if there is none, and start the thread.

        Raises:
            HubError: another hub uses the folder, or the database cannot be used.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock()
            ledger, connection = self._connect()
        except OSError as error:
            self._unlock()
            raise HubError(f"{self._folder}: {error.strerror or error}") from error
        except sqlite3.Error as error:
            self._unlock()
            raise HubError(f"{self._database}: {error}") from error
        except HubError:
            self._unlock()
            raise
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._serve, args=(ledger, connection), name="hub-journal", daemon=True
        )
        self._thread.start()

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
        if self._thread is None or self._loop is None:
            raise JournalUnavailable("the journal is closed")
        if self.pending >= MAX_PENDING:
            raise JournalUnavailable("too much work is waiting")
        future: asyncio.Future[T] = self._loop.create_future()
        self._work.put((work, future))
        try:
            async with asyncio.timeout(DEADLINE):
                return await future
        except TimeoutError as error:
            raise JournalUnavailable(f"no answer in {DEADLINE:g} s") from error
        except sqlite3.Error as error:
            logger.error("journal: a transaction failed: %s", error)
            raise JournalUnavailable("the database failed") from error

    async def close(self) -> None:
        """Finish the work that waits, mark the clean end, and close. Does nothing when closed."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        # The thread takes work until it meets None: all that waits is committed before.
        self._work.put(None)
        try:
            async with asyncio.timeout(DEADLINE):
                await self._ended.wait()
        except TimeoutError:
            logger.error("journal: the thread did not end in %g s", DEADLINE)
        else:
            thread.join()
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
            raise HubError(f"{self._folder}: another hub is running on this folder") from error

    def _unlock(self) -> None:
        if self._lock_fd >= 0:
            os.close(self._lock_fd)
            self._lock_fd = -1

    def _connect(self) -> tuple[Ledger, sqlite3.Connection]:
        # Made before SQLite does, for its mode; the WAL takes over the mode of the database.
        os.close(os.open(self._database, os.O_CREAT | os.O_RDWR, 0o600))
        self._database.chmod(0o600)
        connection = sqlite3.connect(self._database, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        ledger = Ledger(connection)
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            ledger.create_schema()
        elif version != SCHEMA_VERSION:
            connection.close()
            raise HubError(
                f"{self._database}: made by another version (schema {version}, not"
                f" {SCHEMA_VERSION})"
            )
        self.epoch = self._take_epoch(ledger)
        self.head = ledger.head()
        connection.execute("COMMIT")
        return ledger, connection

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

    def _serve(self, ledger: Ledger, connection: sqlite3.Connection) -> None:
        while (entry := self._work.get()) is not None:
            work, future = entry
            result: Any = None
            failure: Exception | None = None
            try:
                connection.execute("BEGIN")
                result = work(ledger)
                connection.execute("COMMIT")
            except Exception as error:  # noqa: BLE001 - handed to the one who asked
                failure = error
                ledger.appended.clear()
                self._roll_back(connection)
            events, ledger.appended = ledger.appended, []
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._settle, future, result, failure, events)
        self._leave_mark(ledger)
        connection.close()
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._ended.set)

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                logger.error("journal: a rollback failed: %s", error)

    def _leave_mark(self, ledger: Ledger) -> None:
        mark = secrets.token_hex(8)
        try:
            ledger.keep_fact("mark", mark)
            self._mark_file.write_text(mark)
        except (OSError, sqlite3.Error) as error:
            logger.error("journal: no mark left, the next start begins a new epoch: %s", error)

    def _settle(
        self,
        future: asyncio.Future[Any],
        result: object,
        failure: Exception | None,
        events: list[Event],
    ) -> None:
        for event in events:
            self._publish(event)
        if future.done():  # the asker gave up; the commit stands
            if failure is not None and not isinstance(failure, Refusal):
                logger.error("journal: late failure: %s", failure)
        elif failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(result)
