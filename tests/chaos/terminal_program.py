"""A terminal without a screen in a process of its own, and its cook.

Reads what to do as JSON lines on stdin, tells what happens as JSON lines on stdout, and ends with
its stdin. The machine's wall clock is one that can be set.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

_machine_time = time.time


class WallClock:
    """The wall clock of this process, put wrong by some seconds."""

    wrong_by = 0.0

    @classmethod
    def time(cls) -> float:
        return _machine_time() + cls.wrong_by


def tell(**said: Any) -> None:
    """Say something to whoever runs this; a line is written whole or not at all."""
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


async def main() -> None:
    """Live until stdin ends."""
    from tests.chaos.cook import live

    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    about = json.loads(await lines.readline())
    await live(about, lines, tell, WallClock)


if __name__ == "__main__":
    time.time = WallClock.time  # before the product is imported, which keeps the function
    asyncio.run(main())
