"""One running display per folder: two of them would send each other's bumps.

CannotStart        a terminal cannot start, in words for the person who started it
└── FolderInUse    another display runs on the folder
"""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path
from typing import Final

_log = logging.getLogger("kds_tui.journal")

LOCK_FILE: Final = "display.lock"
"""Holds the process id of the display that has the folder."""


class CannotStart(Exception):
    """A terminal cannot start; `str()` says why and what to do."""


class FolderInUse(CannotStart):
    """Another display runs on the folder."""


class FolderLock:
    """The right to use a folder; the system takes it back when the process ends, however it ends.

    Args:
        folder: made with mode 0700 if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fd = -1

    def take(self) -> None:
        """Take the lock; does nothing when it is taken already.

        A folder that cannot be written is not locked: the display works without its disk, and the
        journal says so.

        Raises:
            FolderInUse: another display has it.
        """
        if self._fd >= 0:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self.folder / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            _log.error("folder not locked", extra={"reason": str(error)})
            return
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 20, 0).decode("ascii", "replace").strip()
            os.close(fd)
            raise FolderInUse(_in_use_words(self.folder, holder)) from None
        self._fd = fd
        try:
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:  # a full disk: locked all the same, only nameless
            _log.warning("process id not written", extra={"reason": str(error)})

    def release(self) -> None:
        """Give the folder free; does nothing when it is not taken."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _in_use_words(folder: Path, holder: str) -> str:
    process = f" (process {holder})" if holder.isdigit() else ""
    return (
        f"Another display of this station is running{process} and keeps its bumps in {folder}.\n"
        "Use that one or end it, or give this one a folder of its own: [journal] folder in the"
        " settings, or KDS_JOURNAL__FOLDER."
    )
