"""Mends a cache of Textual that keeps what was closed."""

from __future__ import annotations

from functools import lru_cache

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style


@lru_cache(1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)


def mend_style_cache() -> None:
    """Have the cache of background styles keyed by colours alone.

    In Textual 8.2.8 it is an `lru_cache` over a method, so that each of its 1,024 entries holds a
    widget's cache with all of its lines: every dialog that was opened stayed in memory, 75 KB each
    (measured), until a thousand more had come. May be called again.
    """
    mended = staticmethod(_inner_outer)
    StylesCache.get_inner_outer = mended  # pyright: ignore[reportAttributeAccessIssue]
