"""Work on a thread of its own: its result, its error, and nobody who waits for it any more."""

from __future__ import annotations

import asyncio
import threading

import pytest

from kds_tui.daemon_thread import run_aside


async def test_what_it_gives_and_what_it_raises_comes_back() -> None:
    assert await run_aside(lambda: threading.current_thread().name, "aside") == "aside"
    with pytest.raises(ZeroDivisionError):
        await run_aside(lambda: 1 // 0, "aside")


async def test_who_gives_up_waiting_leaves_the_thread_to_itself() -> None:
    begun, released, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        released.wait()
        ended.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await run_aside(work, "aside")
    assert not ended.is_set()
    released.set()
    assert await asyncio.to_thread(ended.wait, 20)


def test_the_program_may_end_before_it_does() -> None:
    released, ended = threading.Event(), threading.Event()

    def work() -> None:
        released.wait()
        ended.set()

    async def give_up() -> None:
        task = asyncio.create_task(run_aside(work, "aside"))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(give_up())
    (thread,) = [each for each in threading.enumerate() if each.name == "aside"]
    assert thread.daemon
    released.set()  # its loop is closed by now
    thread.join(20)
    assert ended.is_set()
