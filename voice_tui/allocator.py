"""The C library's allocator, kept from holding what nobody uses any more.

glibc gives threads arenas of their own, eight for each processor, and each keeps what it once
needed: in an hour of spoken orders that came to 50 MB on a hub, and to 10 on a display, with all of
it free (benchmarks/soak.py). Other C libraries have neither function, and need neither.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

ARENAS: Final = 2
"""Python's threads take turns anyway; a recogniser is no slower with two (measured)."""

_M_ARENA_MAX: Final = -8
"""From glibc's malloc.h."""


def _find(name: str) -> Any | None:
    try:
        return getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None


_TRIM: Final = _find("malloc_trim")
_OPTION: Final = _find("mallopt") if _TRIM is not None else None


def use_few_arenas() -> None:
    """Have all threads share two arenas; to be called before there are threads."""
    if _OPTION is not None:
        _OPTION(_M_ARENA_MAX, ARENAS)


def give_memory_back() -> None:
    """Give what was freed back to the operating system.

    It takes some milliseconds: for a thread that nobody waits for.
    """
    if _TRIM is not None:
        _TRIM(0)
