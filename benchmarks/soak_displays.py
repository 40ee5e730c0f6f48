"""Displays that come and go, for a soak, in a process of their own.

Reads where to work as one line of JSON on stdin; writes what the process holds after each display
as one on stdout. Ends with its stdin.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.soak_display import Kitchen, SoakDisplay
from kds_tui.config.sections import LogSettings
from kds_tui.process_figures import process_figures
from kds_tui.services.logfile import open_log
from tests.chaos.fault_proxy import FaultProxy
from voice_tui.allocator import give_memory_back, use_few_arenas
from voice_tui.services.wav_microphone import WavMicrophone

LIFE: Final = 20.0
"""Seconds that one display works, before another one takes its place."""

THREADS: Final = 6
"""Threads for what asyncio has done beside its loop: as many as it would make on two cores."""

_START_DEADLINE: Final = 30.0
"""Seconds for all of them to start."""


def all_started() -> ThreadPoolExecutor:
    """Make a pool whose threads all run already.

    A thread keeps the `sys.stderr` of the moment when it was made, which would be a display's: the
    pool makes threads as they are needed, now and then an hour later, and each would keep a display
    of 1.3 MB for ever (measured: two in 106 minutes).

    Returns:
        The pool.
    """
    pool, together = ThreadPoolExecutor(THREADS), threading.Barrier(THREADS)
    started = [pool.submit(together.wait, _START_DEADLINE) for _ in range(THREADS)]
    for each in started:
        each.result()
    return pool


async def come_and_go(kitchen: Kitchen, folder: Path) -> None:
    """Have displays work on one journal, one after the other, until stdin ends."""
    told_to_end = threading.Event()
    threading.Thread(
        target=lambda: (sys.stdin.read(), told_to_end.set()), name="stdin", daemon=True
    ).start()
    done: Counter[str] = Counter()
    asyncio.get_running_loop().set_default_executor(all_started())
    async with FaultProxy.before(kitchen.port) as proxy:
        while not told_to_end.is_set():
            microphone = WavMicrophone() if kitchen.voice else None
            await SoakDisplay(kitchen, proxy, microphone, done, folder).live_for(LIFE)
            # A display freezes what is there when it is first live, itself among it: there is one
            # in a process, elsewhere.
            gc.unfreeze()
            gc.collect()
            give_memory_back()
            told = {"held": asdict(process_figures()), "done": dict(done)}
            print(json.dumps(told), flush=True)


def main() -> None:
    """Run until stdin ends."""
    use_few_arenas()  # as the program does
    kitchen = Kitchen(**json.loads(sys.stdin.readline()))
    with (
        TemporaryDirectory(prefix="kds-tui-soak-") as folder,
        open_log(LogSettings(file=Path(folder) / "soak.log")),
    ):
        asyncio.run(come_and_go(kitchen, Path(folder)))


if __name__ == "__main__":
    main()
