"""A thread that owns one SQLite connection: an fsync never holds up the event loop.

Pieces of work are done one at a time in the order asked for, each in one transaction, and what came
of them is told on the event loop after the commit. A commit with `synchronous=FULL` costs 0.4 ms
here, 5 to 50 ms on an SD card.

    DatabaseUnavailable    not done, or not known to be done: closed, too much waiting, too slow
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

logger = logging.getLogger("kds_tui.sqlite")

T = TypeVar("T")

DEADLINE: Final = 5.0
"""Seconds until the one who asked is told that it takes too long: an SD card's slowest fsync, many
times."""

BUSY_MS: Final = 2000
"""Milliseconds that SQLite waits for somebody else's lock, such as a backup's."""


class DatabaseUnavailable(Exception):
    """The database did not take the work in time, or is closed; trying again is safe where the work
    may be done twice."""


class _Piece:
    """A piece of work on its way to the thread and back."""

    __slots__ = ("committed", "future", "work")

    def __init__(
        self,
        work: Callable[[sqlite3.Connection], Any],
        future: asyncio.Future[Any],
        committed: Callable[[Any], None] | None,
    ) -> None:
        self.work = work
        self.future = future
        self.committed = committed


class SqliteThread:
    """One connection and the thread that it belongs to.

    Args:
        name: of the thread, for logs and debuggers.
        connect: called on the thread; opens the connection, in autocommit mode.
        at_end: called on the thread after the last piece of work, outside any transaction.
        max_pending: most pieces of work that may wait.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], sqlite3.Connection],
        *,
        at_end: Callable[[sqlite3.Connection], None] | None = None,
        max_pending: int = 1024,
    ) -> None:
        self._name = name
        self._connect = connect
        self._at_end = at_end
        self._max_pending = max_pending
        # Bounded in run(), so that the word to end always finds room.
        self._pieces: queue.SimpleQueue[_Piece | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None  # while it takes work
        self._runner: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._asked = 0
        self._done = 0

    @property
    def pending(self) -> int:
        """How many pieces of work wait for the thread."""
        return self._pieces.qsize()

    @property
    def idle(self) -> bool:
        """Whether nothing is being done or waits to be, not even for one who gave up."""
        return self._asked == self._done

    @property
    def alive(self) -> bool:
        """Whether the thread runs; one that waits for a dead disk cannot be ended."""
        return self._runner is not None and self._runner.is_alive()

    async def open(self, deadline: float = DEADLINE) -> None:
        """Start the thread and open the connection on it.

        Args:
            deadline: most seconds to wait.

        Raises:
            DatabaseUnavailable: the deadline passed; the thread ends when the disk answers.
            Exception: what `connect` raised; the thread has ended then.
        """
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._thread = self._runner = threading.Thread(
            target=self._serve, args=(loop, opened), name=self._name, daemon=True
        )
        self._thread.start()
        try:
            async with asyncio.timeout(deadline):
                await opened
        except TimeoutError as error:
            await self.close(0)
            raise DatabaseUnavailable(f"not open in {deadline:g} s") from error
        except BaseException:
            await self.close()
            raise

    async def run(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        committed: Callable[[T], None] | None = None,
        deadline: float = DEADLINE,
    ) -> T:
        """Do something in one transaction.

        Args:
            work: called on the thread; what it raises undoes the transaction.
            committed: called on the event loop with the result, in the order of the commits and
                before this returns; called even when the one who asked has given up waiting.
            deadline: most seconds to wait.

        Returns:
            What `work` returned, after the commit.

        Raises:
            DatabaseUnavailable: closed, or too much waits; or the deadline passed, and the work may
                still be done.
            Exception: as `work` or the commit raised it; nothing was changed.
        """
        if self._thread is None or self._loop is None:
            raise DatabaseUnavailable("the database is closed")
        if self.pending >= self._max_pending:
            raise DatabaseUnavailable("too much work is waiting")
        future: asyncio.Future[T] = self._loop.create_future()
        self._asked += 1
        self._pieces.put(_Piece(work, future, committed))
        try:
            async with asyncio.timeout(deadline):
                return await future
        except TimeoutError as error:
            if future.done() and not future.cancelled():
                # The work's own, or done at the same moment: after this process stood still, both
                # the result and the end of the deadline wait to be looked at.
                return future.result()
            raise DatabaseUnavailable(f"no answer in {deadline:g} s") from error

    async def close(self, deadline: float = DEADLINE) -> bool:
        """Finish the work that waits, and close. Does nothing when closed.

        Args:
            deadline: most seconds to wait; the thread is left to itself after it.

        Returns:
            Whether the thread has ended.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        # The thread takes work until it meets None: all that waits is committed before.
        self._pieces.put(None)
        try:
            async with asyncio.timeout(deadline):
                await self._ended.wait()
        except TimeoutError:
            logger.error("%s: the thread did not end in %g s", self._name, deadline)
            return False
        thread.join()
        return True

    def _serve(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        try:
            connection = self._connect()
        except Exception as error:  # noqa: BLE001 - handed to the one who opens
            _tell(loop, _settle, opened, None, error, None)
            _tell(loop, self._ended.set)
            return
        _tell(loop, _settle, opened, None, None, None)
        while (piece := self._pieces.get()) is not None:
            result: Any = None
            failure: Exception | None = None
            try:
                connection.execute("BEGIN")
                result = piece.work(connection)
                connection.execute("COMMIT")
            except Exception as error:  # noqa: BLE001 - handed to the one who asked
                failure = error
                self._roll_back(connection)
            self._done += 1
            _tell(loop, _settle, piece.future, result, failure, piece.committed)
        if self._at_end is not None:
            self._at_end(connection)
        try:
            connection.close()
        except sqlite3.Error as error:  # it checkpoints at the end, which needs a disk that works
            logger.error("%s: the database did not close: %s", self._name, error)
        _tell(loop, self._ended.set)

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                logger.error("%s: a rollback failed: %s", self._name, error)


def _tell(loop: asyncio.AbstractEventLoop, act: Callable[..., object], *arguments: object) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(act, *arguments)


def _settle(
    future: asyncio.Future[Any],
    result: object,
    failure: Exception | None,
    committed: Callable[[Any], None] | None,
) -> None:
    """Hand over what came of a piece of work, on the event loop."""
    if failure is None and committed is not None:
        committed(result)
    if future.done():  # the one who asked gave up; the commit stands
        if failure is not None:
            logger.warning("too late to be told: %s", failure)
    elif failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(result)
