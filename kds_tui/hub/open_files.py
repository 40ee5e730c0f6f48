"""How many connections the operating system lets the hub have."""

from __future__ import annotations

import resource
from typing import Final

WANTED: Final = 8192
"""Open files: 1,000 websockets, 500 idle connections, those of strangers, and as much again. Most
systems begin at 1,024 and allow far more."""


def allow_many() -> int:
    """Raise this process's limit of open files, as far as its owner may.

    Returns:
        The limit that is in force now.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited or soft >= WANTED:
        return WANTED if soft == unlimited else soft
    raised = WANTED if hard == unlimited else min(WANTED, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    except (OSError, ValueError):  # macOS has a lower limit of its own, which it does not tell
        return soft
    return raised
