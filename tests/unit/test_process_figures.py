from __future__ import annotations

import asyncio
import os
import resource

from kds_tui.process_figures import process_figures


async def test_what_is_taken_is_counted_and_what_is_given_back_is_not() -> None:
    before = process_figures()
    loop = asyncio.get_running_loop()
    timer = loop.call_later(3600, print)
    task = loop.create_task(asyncio.Event().wait())
    reading, writing = os.pipe()
    held = process_figures()
    assert held.timers == before.timers + 1
    assert held.tasks == before.tasks + 1
    assert held.fds == before.fds + 2
    assert held.threads == before.threads
    timer.cancel()
    task.cancel()
    await asyncio.wait({task})
    os.close(reading)
    os.close(writing)
    after = process_figures()
    assert (after.tasks, after.timers, after.fds) == (before.tasks, before.timers, before.fds)


async def test_memory_is_counted_in_bytes() -> None:
    before = process_figures().rss_bytes
    block = bytearray(os.urandom(32 * 1024 * 1024))
    assert 16 * 1024 * 1024 < process_figures().rss_bytes - before < 128 * 1024 * 1024
    assert len(block)


async def test_the_figures_are_there_when_no_file_can_be_opened() -> None:
    before = process_figures()
    free = os.dup(0)  # the lowest number that is not taken
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, hard))
    try:
        held = process_figures()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(free)
    assert held.sockets <= held.fds <= before.fds + 1
    assert held.sockets > 0
    assert held.rss_bytes > 0
