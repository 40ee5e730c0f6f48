"""A terminal in a process of its own, for test_power_cut.py.

Usage: python -m tests.service.bumping_terminal FOLDER URL TOKEN_FILE COUNT

Bumps COUNT tickets and goes on, or with a COUNT of 0 ends when nothing is unsent.

Writes `taken COMMAND ORDER` once a bump is shown: from then on it must never be lost.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.command import Command
from kds_tui.services.credentials import TokenFile
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup


def tell(line: str) -> None:
    """Write a line past all buffers: what is told is told when the power is cut."""
    os.write(1, f"{line}\n".encode())


def taken(command: Command) -> None:
    tell(f"taken {command.id} {command.order_id}")


async def main(folder: str, url: str, token_file: str, count: str) -> None:
    setup = TerminalSetup(
        ServerSettings(url=url),
        LinkSettings(backoff_initial=0.01, backoff_cap=0.05),
        JournalSettings(folder=Path(folder)),
        TokenFile(Path(token_file)),
    )
    listener = TerminalListener(
        touched=lambda ids: terminal.kitchen.tickets.update(ids, 0.0), taken=taken
    )
    terminal = Terminal(setup, listener)
    async with terminal:
        connecting = asyncio.create_task(terminal.connect())
        if count == "0":
            await connecting
            while len(terminal.kitchen.outbox):  # noqa: ASYNC110 - the outbox raises no event
                await asyncio.sleep(0.005)
            tell("drained")
            return
        for order_id in terminal.kitchen.tickets.ids()[: int(count)]:
            terminal.bump(order_id)
            await asyncio.sleep(0.001)  # a cook is slower
        tell("given")
        await asyncio.Event().wait()  # until killed


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
