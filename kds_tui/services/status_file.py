"""`status.json` in a terminal's folder: how a running display is, for whoever looks from outside.

Written again every few seconds and removed at a clean end. What is left of a display that was
killed, or stands still, is told by the age of the file.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

import msgspec

from kds_tui.core.display_status import DisplayStatus
from kds_tui.daemon_thread import run_aside
from voice_tui.private_files import store_private

_log = logging.getLogger("kds_tui.status")

STATUS_FILE: Final = "status.json"

REMOVE_DEADLINE: Final = 0.3
"""Seconds that the end waits for the disk."""

MOST: Final = 1_048_576
"""Bytes of a status file that are read; it has some two thousand."""


def write_status(folder: Path, status: DisplayStatus) -> None:
    """Write how a display is; whole or not at all, for its owner only.

    Args:
        folder: of the terminal.
        status: of the display.

    Raises:
        OSError: the disk does not take it.
    """
    # It is of no use after a power cut: no flush, which an SD card would feel every few seconds.
    store_private(folder / STATUS_FILE, msgspec.json.encode(status), durable=False)


def read_status(folder: Path) -> DisplayStatus | None:
    """Read how a display is, or was.

    Args:
        folder: of the terminal.

    Returns:
        What it told last; None when it told nothing, or nothing that can be read.
    """
    try:
        with (folder / STATUS_FILE).open("rb") as file:
            return msgspec.json.decode(file.read(MOST), type=DisplayStatus)
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        _log.info("no status", extra={"folder": str(folder), "reason": str(error)})
        return None


async def remove_status(folder: Path) -> None:
    """Take the status of a display away: it ends as it should.

    Args:
        folder: of the terminal.
    """
    try:
        async with asyncio.timeout(REMOVE_DEADLINE):
            await run_aside(lambda: (folder / STATUS_FILE).unlink(missing_ok=True), "status-remove")
    except (OSError, TimeoutError) as error:
        _log.warning("the status is not removed", extra={"reason": str(error)})
