"""The long form of the fuzzer: `make fuzz`. Prints how many inputs, how long, and what it found."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tracemalloc
from contextlib import suppress
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from kds_tui.core.frames import decode_frame
from kds_tui.core.wire import WireError, decode_order, decode_orders
from tests.hostile.corpus import ALL
from tests.hostile.frames import frames
from tests.hostile.mutations import hostile_texts
from tests.hostile.places import ALONE, MIXED, TOGETHER, findings
from voice_tui.core.events import EventError, decode_event

BATCH = 12_000


def try_texts(seed: int, count: int) -> list[str]:
    """Try so many texts in every place.

    Returns:
        What was found.
    """
    found: list[str] = []
    texts = hostile_texts(seed)
    for _ in range(count // TOGETHER):
        found += [f"seed {seed}: {wrong}" for wrong in findings(list(islice(texts, TOGETHER)))]
    return found


def try_frames(seed: int, count: int) -> list[str]:
    """Decode so many bad frames in every decoder, and watch the memory.

    Returns:
        What was found.
    """
    found: list[str] = []
    tracemalloc.start()
    try:
        begin = 0
        for number, frame in enumerate(islice(frames(seed), count)):
            if number == count // 10:
                begin, _ = tracemalloc.get_traced_memory()
            try:
                for decode in (decode_frame, decode_order, decode_orders, decode_event):
                    with suppress(WireError, EventError):
                        decode(frame)
            except Exception as error:  # noqa: BLE001 - anything else is what is looked for
                found.append(f"seed {seed}: {frame!a}: {type(error).__name__}")
        end, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The last frame is still held, and may be megabytes large; all of them would be hundreds.
    if end - begin > 5_000_000 or most > 100_000_000:
        found.append(f"seed {seed}: {end - begin} bytes more after, {most} at the most")
    return found


def main() -> int:
    """Run it.

    Returns:
        The exit code: 1 when something was found.
    """
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=1_000_000, help="texts, each in every place")
    options.add_argument("--frames", type=int, default=100_000, help="bad frames, in every decoder")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--report", type=Path, help="write the figures here, as JSON")
    given = options.parse_args()
    lines: list[str] = []
    found = [wrong for text in ALL for wrong in findings([text] * TOGETHER)]
    with get_context("spawn").Pool(given.workers) as pool:
        for what, attempt, count in (
            (f"texts in {len(ALONE) + len(MIXED)} places", try_texts, given.inputs),
            ("bad frames in 4 decoders", try_frames, given.frames),
        ):
            began = time.monotonic()
            size = min(BATCH, max(1, count))
            seeds = range(given.seed, given.seed - (-count // size))
            for done, batch in enumerate(pool.imap(partial(attempt, count=size), seeds), 1):
                found += batch
                if done % 10 == 0:
                    print(f"  {done * size:,} {what}, {len(found)} findings", flush=True)
            took = time.monotonic() - began
            lines.append(f"{len(seeds) * size:,} {what}: {took:.0f} s, {len(found)} findings")
            print(lines[-1], flush=True)
    if given.report is not None:
        given.report.write_text(json.dumps({"lines": lines}, indent=1) + "\n")
    print("\n".join(found[:50]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
