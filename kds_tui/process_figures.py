"""What this process holds: the figures by which a leak is seen.

The hub tells them at `GET /api/v1/health/memory`, a display on its diagnostics screen; the soak
draws a line through them.
"""

from __future__ import annotations

import asyncio
import os
import resource
import stat
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MOST_LOOKED_AT: Final = 65_536
"""File descriptors that are looked at one by one, when they cannot be listed."""


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """The figures of one moment."""

    rss_bytes: int
    """Memory that is resident; where only the peak is known (not on Linux), the peak."""

    tasks: int
    """Tasks of the event loop, the asking one included."""

    timers: int
    """Callbacks that the event loop is still to call at a time."""

    threads: int
    fds: int
    """Open file descriptors."""

    sockets: int
    """Those of them that are sockets, the two of the event loop itself included."""


def process_figures() -> ProcessFigures:
    """Take the figures now; to be called in a running event loop.

    Returns:
        What the process and this event loop hold.
    """
    fds = _descriptors()
    return ProcessFigures(
        rss_bytes=rss_bytes(),
        tasks=len(asyncio.all_tasks()),
        timers=pending_timers(asyncio.get_running_loop()),
        threads=threading.active_count(),
        fds=len(fds),
        sockets=sum(stat.S_ISSOCK(mode) for mode in fds),
    )


def rss_bytes() -> int:
    """Tell how much memory the process holds; where only the peak is known, the peak."""
    with suppress(OSError):  # no such file, or this process may open no more
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def open_fds() -> int:
    """Tell how many file descriptors the process has open."""
    return len(_descriptors())


def _descriptors() -> list[int]:
    """Give the mode of each open file descriptor.

    To list them takes one more. Where there is none left is just when somebody wants to know: then
    each is looked at that could be open.
    """
    try:
        numbers = [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        unlimited = most == resource.RLIM_INFINITY
        numbers = list(range(_MOST_LOOKED_AT if unlimited else min(most, _MOST_LOOKED_AT)))
    modes: list[int] = []
    for number in numbers:
        with suppress(OSError):  # not open, as that of the listing itself is not any more
            modes.append(os.fstat(number).st_mode)
    return modes


def pending_timers(loop: asyncio.AbstractEventLoop) -> int:
    """Count what an event loop is to call later.

    Args:
        loop: any; asyncio tells its timers nowhere but in a private list (CPython 3.11 to 3.14).

    Returns:
        Timers that are not cancelled; 0 for a loop of another make.
    """
    scheduled: list[asyncio.TimerHandle] = getattr(loop, "_scheduled", [])
    return sum(not timer.cancelled() for timer in scheduled)
