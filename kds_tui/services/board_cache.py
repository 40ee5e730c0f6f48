"""The last known board on the disk, so that a display that starts with the network down shows it.

It can be built anew from the server at any time: `synchronous = NORMAL`, and a damaged file is
renamed and another one begun. Written at most once a second, by one task, and only what changed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from kds_tui.core.attention import AttentionKept
from kds_tui.core.board import Board
from kds_tui.core.order import Order
from kds_tui.core.outbox import DoneHere
from kds_tui.core.stock import StockItem
from kds_tui.services.journal_file import is_damage, set_aside
from kds_tui.sqlite_thread import BUSY_MS, DatabaseUnavailable, SqliteThread

_log = logging.getLogger("kds_tui.board_cache")

FILE_NAME: Final = "board.db"

SCHEMA_VERSION: Final = 1
"""Kept in SQLite's `user_version`; a file of another version is begun anew."""

WRITE_AFTER: Final = 1.0
"""Seconds from a change until it is written, with all others of that time."""

CONFIRM_EVERY: Final = 30.0
"""Seconds between two notes that the board was still right, while nothing changes."""

RETRY_AFTER: Final = 30.0
"""Seconds between two tries while the disk takes nothing; the journal tells the cook of it."""

OPEN_DEADLINE: Final = 2.0
"""Seconds that the start waits for the disk."""

CLOSE_DEADLINE: Final = 0.5
"""Seconds that the end waits for the disk: the whole shutdown is to take less than one."""

_TABLES: Final = (
    "DROP TABLE IF EXISTS orders",
    "DROP TABLE IF EXISTS facts",
    "CREATE TABLE orders (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT",
    "CREATE TABLE facts (only INTEGER PRIMARY KEY CHECK (only = 1), body BLOB NOT NULL) STRICT",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """What is known beside the orders."""

    server: str
    """Which server's and restaurant's board it is; another one's is not shown."""

    known_at: float
    """When the server last confirmed the board, on its clock, in seconds since the epoch."""

    clock_offset: float = 0.0
    """Seconds that the server's clock was ahead of this machine's wall clock."""

    restaurant: str = ""
    capabilities: frozenset[str] | None = None
    done_here: DoneHere = field(default_factory=DoneHere)
    """What was done on this terminal only."""

    menu: tuple[StockItem, ...] = ()
    """As last told."""

    attention: AttentionKept = field(default_factory=AttentionKept)
    """What waits for a cook to take notice."""

    taken_over: tuple[str, ...] = ()
    """Other stations whose items this screen shows."""


@dataclass(frozen=True, slots=True)
class LastKnown:
    """A board of the last run."""

    orders: tuple[Order, ...]
    facts: BoardFacts


class BoardCache:
    """Keeps the last known board of one terminal.

    Args:
        folder: where the file is; nobody else uses it.
        server: which server's and restaurant's board is kept.
        board: the orders.
        facts: tells the rest, at the moment of a write; None while there is nothing worth keeping.
        write_after: seconds from a change until it is written.
        confirm_every: seconds between two notes that the board was still right.
    """

    def __init__(
        self,
        folder: Path,
        server: str,
        board: Board,
        facts: Callable[[], BoardFacts | None],
        *,
        write_after: float = WRITE_AFTER,
        confirm_every: float = CONFIRM_EVERY,
    ) -> None:
        self._path = folder / FILE_NAME
        self.server = server
        self._board = board
        self._facts = facts
        self._write_after = write_after
        self._confirm_every = confirm_every
        self._thread: SqliteThread | None = None
        self._read: LastKnown | None = None
        self._changed: set[str] = set()
        self._written: BoardFacts | None = None
        self._noted = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> LastKnown | None:
        """Read the board of the last run, and begin to keep this one's.

        Returns:
            The board; None when there is none of this server, or the disk does not work.
        """
        thread = SqliteThread("board cache", self._connect)
        try:
            await thread.open(OPEN_DEADLINE)
        except (OSError, sqlite3.Error, DatabaseUnavailable) as error:
            # The journal lies on the same disk, and tells the cook.
            _log.error("the last known board is not kept", extra={"reason": str(error)})
            return None
        self._thread = thread
        self._writer = asyncio.create_task(self._write(), name="board cache")
        self._writer.add_done_callback(_ended)
        return self._read

    def note(self, order_ids: Iterable[str]) -> None:
        """Have orders written that changed.

        Args:
            order_ids: which; gone ones are taken out.
        """
        self._changed.update(order_ids)
        if self._changed:
            self._noted.set()

    def note_facts(self) -> None:
        """Have the rest written, because it changed."""
        self._noted.set()

    async def close(self) -> None:
        """Write what changed, and end."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait({self._writer}, timeout=CLOSE_DEADLINE)
        if self._thread is not None:
            if self._thread.idle:
                await self._write_changes(CLOSE_DEADLINE)
            await self._thread.close(CLOSE_DEADLINE)

    async def _write(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._confirm_every):
                    await self._noted.wait()
            except TimeoutError:
                pass  # nothing changed: only that it was still right is written
            else:
                await asyncio.sleep(self._write_after)
            self._noted.clear()
            if self._thread is None or not self._thread.idle or not await self._write_changes():
                await asyncio.sleep(RETRY_AFTER)

    async def _write_changes(self, deadline: float = OPEN_DEADLINE) -> bool:
        facts = self._facts()
        if facts is None or (facts == self._written and not self._changed):
            return True
        changed, self._changed = self._changed, set()
        # Orders are values: the thread may encode them while the board goes on.
        orders = [(order_id, self._board.get(order_id)) for order_id in changed]
        assert self._thread is not None
        try:
            await self._thread.run(
                lambda connection: _write(connection, orders, facts), deadline=deadline
            )
        except (sqlite3.Error, DatabaseUnavailable) as error:
            _log.error("the last known board is not written", extra={"reason": str(error)})
            self._changed |= changed
            return False
        self._written = facts
        return True

    # On the thread

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            aside = set_aside(self._path)
            _log.error("the last known board is damaged", extra={"kept": aside.name})
        return self._opened()

    def _opened(self) -> sqlite3.Connection:
        # Made before SQLite does, for its mode; the WAL takes over the mode of the database.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        self._path.chmod(0o600)
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                damage = sqlite3.DatabaseError(verdict)
                damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise damage
            self._read = self._read_board(connection)
            if self._read is None:  # empty, of another version, or of another server
                connection.execute("BEGIN IMMEDIATE")
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _read_board(self, connection: sqlite3.Connection) -> LastKnown | None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            return None
        row = connection.execute("SELECT body FROM facts").fetchone()
        try:
            facts = msgspec.json.decode(row[0], type=BoardFacts) if row else None
            if facts is None or facts.server != self.server:
                return None
            orders = [
                msgspec.json.decode(body, type=Order)
                for (body,) in connection.execute("SELECT body FROM orders")
            ]
        except msgspec.MsgspecError as error:
            _log.error("the last known board is unreadable", extra={"reason": str(error)})
            return None
        return LastKnown(tuple(orders), facts)


def _write(
    connection: sqlite3.Connection, orders: Iterable[tuple[str, Order | None]], facts: BoardFacts
) -> None:
    for order_id, order in orders:
        if order is None:
            connection.execute("DELETE FROM orders WHERE id = ?", (order_id,))
        else:
            body = msgspec.json.encode(order)
            connection.execute("INSERT OR REPLACE INTO orders VALUES (?, ?)", (order_id, body))
    connection.execute("INSERT OR REPLACE INTO facts VALUES (1, ?)", (msgspec.json.encode(facts),))


def _ended(writer: asyncio.Task[None]) -> None:
    if not writer.cancelled() and (error := writer.exception()) is not None:
        _log.critical("the last known board is not kept any more", exc_info=error)
