"""The journal: what cooks asked for is on the disk before it is shown or sent, and until the server
has answered, so that neither a restart nor a power cut loses a bump.

    append --committed-----------> saved: shown and sent
           --disk full, broken---> saved too, in memory only; told by a red banner, tried again
    remove --committed-----------> gone
           --disk full, broken---> tried again; at the worst sent twice, harmless by its key
    take_back --committed--------> gone, and told: the ticket stands as if it had not been bumped

One task writes, all that waits in one transaction, so that a slow disk holds up nobody twice.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

from kds_tui.core.command import Command
from kds_tui.daemon_thread import run_aside
from kds_tui.services.journal_file import (
    NewerJournal,
    OpenedJournal,
    is_damage,
    open_journal,
    read_without_writing,
    write,
)
from kds_tui.sqlite_thread import DatabaseUnavailable, SqliteThread

_log = logging.getLogger("kds_tui.journal")

_ToldT = TypeVar("_ToldT")

SAVE_DEADLINE: Final = 1.0
"""Seconds that a bump waits for the disk: 20 of an SD card's slow commits. After that a cook would
press again."""

RETRY_AFTER: Final = 5.0
"""Seconds between two tries while the disk takes nothing."""

OPEN_DEADLINE: Final = 2.0
"""Seconds that the start waits for the disk; a display that shows orders is worth more."""

CLOSE_DEADLINE: Final = 0.5
"""Seconds that the end waits for the disk: the whole shutdown is to take less than one."""


class CommandJournal(Protocol):
    """Where commands are kept until they are answered."""

    async def open(self) -> Sequence[Command]:
        """Begin.

        Returns:
            The commands of the last run that were not answered, in the order given.
        """
        ...

    def append(self, command: Command) -> None:
        """Keep a command; its end is told to whoever made the journal."""
        ...

    def remove(self, command: Command) -> None:
        """Forget a command: it is answered."""
        ...

    def take_back(self, command: Command, then: Callable[[Command], None]) -> None:
        """Forget a command that was never sent, and tell when a restart cannot bring it back."""
        ...

    @property
    def trouble(self) -> str:
        """What is wrong with the disk, in words for the cook; empty when nothing is."""
        ...

    @property
    def in_memory(self) -> int:
        """How many commands are shown and sent, but not on the disk."""
        ...

    async def close(self) -> None:
        """Write what waits, and end."""
        ...


class Journal:
    """The commands of one terminal on the disk.

    Everything runs on the event loop but for SQLite, which has a thread of its own.

    Args:
        folder: where the file is; nobody else uses it.
        saved: called with each command that was appended, once: it is on the disk, or the disk did
            not take it and `trouble` tells so.
        found: called with commands of the last run that could not be read at the start.
        save_deadline: seconds that a command waits for the disk.
        retry_after: seconds between two tries while the disk takes nothing.
    """

    def __init__(
        self,
        folder: Path,
        saved: Callable[[Command], None],
        found: Callable[[Sequence[Command]], None],
        *,
        save_deadline: float = SAVE_DEADLINE,
        retry_after: float = RETRY_AFTER,
    ) -> None:
        self._folder = folder
        self._saved = saved
        self._found = found
        self._save_deadline = save_deadline
        self._retry_after = retry_after
        self._thread: SqliteThread | None = None
        self._opening: SqliteThread | None = None
        self._opened: OpenedJournal | None = None
        # To be written, in the order given. What is in memory too has been told as saved already.
        self._to_add: dict[str, Command] = {}
        self._in_memory: dict[str, Command] = {}
        self._to_remove: set[str] = set()
        # To be told once they are removed.
        self._taken_back: dict[str, tuple[Command, Callable[[Command], None]]] = {}
        # The disk is at these, or took too long over them and may have written them after all.
        self._perhaps_written: set[str] = set()
        self._failure = ""
        self._damage = ""
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def in_memory(self) -> int:
        """How many commands are shown and sent, but not on the disk."""
        return len(self._in_memory)

    @property
    def trouble(self) -> str:
        """What is wrong with the disk, in words for the cook; empty when nothing is."""
        if not self._failure:
            return self._damage
        count = len(self._in_memory)
        if not count:
            return f"{self._failure}: bumps are kept in memory only. Call the manager."
        kept = "1 bump is" if count == 1 else f"{count} bumps are"
        lost = "lost if this display is turned off"
        return f"{self._failure}: {kept} kept in memory only, {lost}. Call the manager."

    async def open(self) -> Sequence[Command]:
        """Read the file and begin to write. A disk that does not work is told by `trouble`.

        Returns:
            The commands of the last run that were not answered, in the order given.

        Raises:
            NewerJournal: a newer kds-tui made the file.
        """
        commands = await self._open_file()
        if commands is None:
            try:
                async with asyncio.timeout(OPEN_DEADLINE):
                    commands = await run_aside(
                        lambda: read_without_writing(self._folder), "journal copy"
                    )
            except (OSError, sqlite3.Error) as error:
                _log.error("journal not read", extra={"reason": str(error) or "too slow"})
                commands = ()
        if commands:
            _log.info("unsent commands of the last run", extra={"count": len(commands)})
        self._writer = asyncio.create_task(self._write(), name="journal")
        self._writer.add_done_callback(self._ended)
        return commands

    def append(self, command: Command) -> None:
        """Keep a command; `saved` is told when it is.

        Args:
            command: not appended before.
        """
        self._to_add[command.id] = command
        if self._writer is None or self._writer.done():
            self._keep_in_memory((command,))
        self._wake.set()

    def remove(self, command: Command) -> None:
        """Forget a command: it is answered.

        Args:
            command: as appended or found.
        """
        self._to_add.pop(command.id, None)
        if self._in_memory.pop(command.id, None) and command.id not in self._perhaps_written:
            return  # never written
        self._to_remove.add(command.id)
        self._wake.set()

    def take_back(self, command: Command, then: Callable[[Command], None]) -> None:
        """Forget a command that was never sent.

        Args:
            command: as appended.
            then: called with it once: it is not on the disk any more, or the disk did not take that
                and `trouble` tells so.
        """
        self.remove(command)
        self._taken_back[command.id] = (command, then)
        if command.id not in self._to_remove or self._writer is None or self._writer.done():
            self._tell_taken_back(tuple(self._taken_back))

    async def close(self) -> None:
        """Write what waits, and end."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait({self._writer}, timeout=CLOSE_DEADLINE)
        if self._thread is not None:
            if (self._to_add or self._to_remove) and self._thread.idle:
                await self._write_all(CLOSE_DEADLINE)
            await self._thread.close(CLOSE_DEADLINE)
        if self._to_add:
            _log.error("not written at the end", extra={"count": len(self._to_add)})

    async def _open_file(self) -> Sequence[Command] | None:
        """Open the file on a thread of its own; None when the disk does not let it be opened."""
        if self._opening is not None and self._opening.alive:
            self._try_later()  # the disk has not even answered the last try
            return None
        self._opening = thread = SqliteThread("journal", self._connect)
        try:
            await thread.open(OPEN_DEADLINE)
        except (OSError, sqlite3.Error, DatabaseUnavailable) as error:
            self._fail(error)
            return None
        self._thread = thread
        opened, self._opened = self._opened, None
        assert opened is not None
        if opened.set_aside is not None:
            self._damage = (
                f"The file of unsent bumps was damaged, {len(opened.commands)} could be read:"
                f" look through the tickets. It is kept as {opened.set_aside.name}."
            )
        return opened.commands

    def _connect(self) -> sqlite3.Connection:
        self._opened = open_journal(self._folder)
        return self._opened.connection

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not (self._to_add or self._to_remove or self._failure):
                continue
            if self._thread is None and not await self._open_again():
                self._keep_in_memory(tuple(self._to_add.values()))
            elif self._thread is not None and not self._thread.idle:
                # The disk is still at what it was given before.
                self._try_later()
                self._keep_in_memory(tuple(self._to_add.values()))
            else:
                await self._write_all(self._save_deadline)

    async def _open_again(self) -> bool:
        try:
            commands = await self._open_file()
        except NewerJournal as error:
            self._fail(error)
            return False
        if commands is None:
            return False
        known = self._to_remove | self._to_add.keys()
        found = [command for command in commands if command.id not in known]
        self._tell(self._found, found)
        return True

    async def _write_all(self, deadline: float) -> None:
        added, removed = tuple(self._to_add.values()), tuple(self._to_remove)
        probe = bool(self._failure)
        tried = {command.id for command in added} - self._perhaps_written
        self._perhaps_written |= tried  # until it is known
        assert self._thread is not None
        try:
            await self._thread.run(
                lambda connection: write(connection, added, removed, probe=probe),
                deadline=deadline,
            )
        except (DatabaseUnavailable, sqlite3.Error) as error:
            if isinstance(error, sqlite3.Error):
                self._perhaps_written -= tried
            self._fail(error)
            self._keep_in_memory(added)
            return
        if self._failure:
            _log.info("the disk takes bumps again", extra={"written": len(added)})
            self._failure = ""
        self._to_remove.difference_update(removed)
        self._tell_taken_back(removed)
        for command in added:
            self._perhaps_written.discard(command.id)
            shown = self._in_memory.pop(command.id, None) is not None
            if self._to_add.pop(command.id, None) is not None and not shown:
                self._tell(self._saved, command)

    def _fail(self, error: Exception) -> None:
        self._try_later()
        words = _failure_words(error)
        if words != self._failure:
            _log.error("the disk takes no bumps", extra={"reason": str(error)})
        self._failure = words

    def _keep_in_memory(self, commands: Sequence[Command]) -> None:
        """Let commands be shown and sent although the disk has not taken them."""
        for command in commands:
            if command.id in self._to_add and command.id not in self._in_memory:
                self._in_memory[command.id] = command
                self._tell(self._saved, command)
        self._tell_taken_back(tuple(self._taken_back))

    def _tell_taken_back(self, command_ids: Iterable[str]) -> None:
        for command_id in command_ids:
            if command_id in self._taken_back:
                command, then = self._taken_back.pop(command_id)
                self._tell(then, command)

    def _try_later(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None or self._timer.when() <= loop.time():
            self._timer = loop.call_later(self._retry_after, self._wake.set)

    def _tell(self, callback: Callable[[_ToldT], None], what: _ToldT) -> None:
        try:
            callback(what)
        except Exception:  # noqa: BLE001 - a foreign callback must not stop the journal
            _log.exception("a callback broke")

    def _ended(self, writer: asyncio.Task[None]) -> None:
        if not writer.cancelled() and (error := writer.exception()) is not None:
            _log.critical("the journal stopped", exc_info=error)
            self._failure = "The journal stopped"
            self._keep_in_memory(tuple(self._to_add.values()))


def _failure_words(error: Exception) -> str:
    if isinstance(error, DatabaseUnavailable):
        return "The disk does not answer"
    if isinstance(error, NewerJournal):
        return "A newer kds-tui has used this folder"
    if isinstance(error, sqlite3.Error):
        if is_damage(error):
            return "The file of unsent bumps is damaged"
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return "Disk full"
        readonly = code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    else:
        number = getattr(error, "errno", 0)
        if number in (errno.ENOSPC, errno.EDQUOT):
            return "Disk full"
        readonly = number in (errno.EROFS, errno.EACCES, errno.EPERM)
    return "The disk cannot be written" if readonly else "The disk fails"
