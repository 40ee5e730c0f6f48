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
from dataclasses import dataclass
from pathlib import Path


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
    fds, sockets = open_fds(), open_sockets()
    return ProcessFigures(
        rss_bytes=rss_bytes(),
        tasks=len(asyncio.all_tasks()),
        timers=pending_timers(asyncio.get_running_loop()),
        threads=threading.active_count(),
        fds=fds,
        sockets=sockets,
    )


def rss_bytes() -> int:
    """Tell how much memory the process holds; where only the peak is known, the peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def open_fds() -> int:
    """Tell how many file descriptors the process has open."""
    return len(os.listdir("/dev/fd")) - 1  # the listing itself holds one


def open_sockets() -> int:
    """Tell how many sockets the process has open."""
    return sum(_is_socket(int(name)) for name in os.listdir("/dev/fd"))


def _is_socket(fd: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:  # closed meanwhile: that of the listing itself always is
        return False


def pending_timers(loop: asyncio.AbstractEventLoop) -> int:
    """Count what an event loop is to call later.

    Args:
        loop: any; asyncio tells its timers nowhere but in a private list (CPython 3.11 to 3.14).

    Returns:
        Timers that are not cancelled; 0 for a loop of another make.
    """
    scheduled: list[asyncio.TimerHandle] = getattr(loop, "_scheduled", [])
    return sum(not timer.cancelled() for timer in scheduled)
