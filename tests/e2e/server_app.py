"""The program of test_server_ending.py: a server run by `run_server`, with ways to misbehave.

Usage: python -m tests.e2e.server_app WAY PATIENCE_S
"""

from __future__ import annotations

import asyncio
import sys
import threading

from voice_tui import signal_watch
from voice_tui.serving.process import run_server


class CannotStart(Exception):
    """Something is in the way."""


class Misbehaving:
    """A server of no use."""

    def __init__(self, way: str) -> None:
        self.way = way

    async def __aenter__(self) -> None:
        if self.way == "cannot start":
            raise CannotStart("somebody has my port")
        if self.way == "crashes at the start":
            raise LookupError("no such thing")
        if self.way == "starts slowly":
            print("starting", flush=True)  # noqa: T201
            await asyncio.to_thread(sys.stdin.readline)

    async def __aexit__(self, *_: object) -> None:
        if self.way == "hangs at the end":
            print("ending", flush=True)  # noqa: T201
            threading.Event().wait()
        if self.way == "leaves a thread":
            threading.Thread(target=threading.Event().wait, name="sound").start()
        if self.way == "crashes at the end":
            raise LookupError("no such thing")

    async def prove_alive(self) -> str:
        if self.way == "crashes while it serves":
            raise LookupError("no such thing")
        return "well"


def main() -> int:
    signal_watch.FORCE_AFTER_S = float(sys.argv[2])
    server = Misbehaving(sys.argv[1])
    return run_server("test", server, lambda: "serving", server.prove_alive, CannotStart)


if __name__ == "__main__":
    sys.exit(main())
