"""Finds the displays of this machine: those that run, those that stand still, those that were
killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kds_tui.core.display_status import DisplayStatus, Seen
from kds_tui.core.limits import LIMITS, Level
from kds_tui.services.folder_lock import LOCK_FILE
from kds_tui.services.status_file import STATUS_FILE, read_status

LOCKS: Final = Path("/proc/locks")
"""The locks of this machine; other systems than Linux have no such file."""

DISK_DEADLINE: Final = 2.0
"""Seconds that the disk gets to take something."""


@dataclass(frozen=True, slots=True)
class FoundDisplay:
    """A terminal's folder in which a display runs, or left its status behind."""

    folder: Path
    pid: int
    status: DisplayStatus | None
    """What it told last; None when it has told nothing yet."""

    seen: Seen


def find_displays(root: Path) -> list[FoundDisplay]:
    """Look through the folders of all stations.

    Args:
        root: as in `[journal] folder`.

    Returns:
        The displays, by the names of their folders.
    """
    try:
        folders = sorted(folder for folder in root.iterdir() if folder.is_dir())
    except OSError:  # no display ever ran
        return []
    found = (_look_at(folder) for folder in folders)
    return [display for display in found if display is not None]


def _look_at(folder: Path) -> FoundDisplay | None:
    pid = _holder(folder)
    status = read_status(folder)
    if pid is None and status is None:
        return None
    if pid is None and status is not None:
        age = _age_of_file(folder / STATUS_FILE)
        return FoundDisplay(folder, status.pid, status, Seen(is_running=False, age=age))
    holder = pid or 0
    if status is not None and status.pid != holder:
        status = None  # of a display before this one, which was killed
    if status is None:
        age = _age_of_file(folder / LOCK_FILE)
    else:
        # The monotonic clock is the machine's: that of another process can be compared with ours.
        age = max(0.0, time.monotonic() - status.written_at)
    is_stopped = _is_stopped(holder)
    is_silent = LIMITS["status"].judge(age) is Level.CRITICAL and not is_stopped
    trouble = _disk_trouble(folder) if is_silent else ""
    return FoundDisplay(
        folder, holder, status, Seen(age=age, is_stopped=is_stopped, disk_trouble=trouble)
    )


def _holder(folder: Path) -> int | None:
    """Tell which process has the folder; None when none does."""
    try:
        fd = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        told = os.pread(fd, 20, 0).decode("ascii", "replace").strip()
        if not told:  # it started on a full disk, which did not take its number
            return _locker(fd)
        # Without a process it is not tried: a display that starts just now would be refused.
        is_alive = told.isdigit() and _is_alive(int(told))
        return int(told) if is_alive and _is_locked(fd) else None
    except OSError:
        return None
    finally:
        os.close(fd)


def _is_locked(fd: int) -> bool:
    """Tell whether somebody has the lock: else another program has got the number meanwhile."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _locker(fd: int) -> int | None:
    """Tell which process has a lock on a file, as the system lists them (Linux, proc(5))."""
    about = os.fstat(fd)
    device = f"{os.major(about.st_dev):02x}:{os.minor(about.st_dev):02x}"
    with suppress(OSError):
        for line in LOCKS.read_text().splitlines():
            words = line.split()  # 1: FLOCK ADVISORY WRITE 4242 fe:00:2654841 0 EOF
            if words[1] == "FLOCK" and words[5] == f"{device}:{about.st_ino}":
                return int(words[4])
    return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return True


def _is_stopped(pid: int) -> bool:
    """Tell whether a signal holds a process; False where the system does not tell (not Linux)."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] in ("T", "t")


def _disk_trouble(folder: Path) -> str:
    """Tell why a folder's disk takes nothing; empty when it does.

    A display on a full disk tells nothing new either, and is to be left running.
    """
    told = ["it does not answer"]

    def attempt() -> None:
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(4096))
            told[0] = ""
        except OSError as error:
            told[0] = error.strerror or str(error)

    thread = threading.Thread(target=attempt, name="disk-trouble", daemon=True)
    thread.start()
    thread.join(DISK_DEADLINE)
    return told[0]


def _age_of_file(file: Path) -> float:
    try:
        return max(0.0, time.time() - file.stat().st_mtime)
    except OSError:
        return 0.0
