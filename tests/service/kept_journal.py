"""A journal under test, what it told, and what is on its disk."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from kds_tui.core.command import Command, Verb
from kds_tui.services.journal import Journal
from kds_tui.services.journal_file import FILE_NAME
from tests.service.hub_kitchen import eventually


def command(number: int, verb: Verb = Verb.BUMP, order_id: str = "", label: str = "") -> Command:
    return Command(
        f"c{number}",
        verb,
        order_id or f"o{number}",
        label or "TABLE 1",
        3,
        100.0 + number,
        "line-1",
    )


class Kept:
    """A journal, and what it told."""

    def __init__(self, folder: Path, **deadlines: float) -> None:
        self.saved: list[Command] = []
        self.found: list[Command] = []
        self.journal = Journal(folder, self.saved.append, self.found.extend, **deadlines)
        self.loaded: Sequence[Command] = ()

    @property
    def trouble(self) -> str:
        return self.journal.trouble

    async def append(self, *commands: Command) -> None:
        """Give it commands, and wait until each is told as saved."""
        for each in commands:
            self.journal.append(each)
        await eventually(lambda: set(commands) <= set(self.saved))

    async def heals(self) -> None:
        """Wait until nothing is wrong."""
        await eventually(lambda: not self.journal.trouble)


@asynccontextmanager
async def kept(folder: Path, **deadlines: float) -> AsyncIterator[Kept]:
    """Run a journal."""
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
