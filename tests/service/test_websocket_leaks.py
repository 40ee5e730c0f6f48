"""Incident 1: what a connection takes it gives back: tasks, file descriptors, timers."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable

from tests.service.display_probe import DisplayProbe, eventually
from tests.service.misbehaving_server import MisbehavingServer

CYCLES = 200


def resources() -> tuple[int, int, int]:
    """Count tasks, open file descriptors, and timers that are still to fire."""
    gc.collect()
    # The loop's own list: asyncio tells of its timers nowhere else (CPython 3.11 to 3.14).
    timers = [t for t in asyncio.get_running_loop()._scheduled if not t.cancelled()]  # type: ignore[attr-defined]
    return len(asyncio.all_tasks()), len(os.listdir("/dev/fd")), len(timers)


async def given_back(before: tuple[int, int, int]) -> None:
    """Wait until no more is held than before."""
    # One timer is the deadline of this very wait.
    allowed = (before[0], before[1], before[2] + 1)
    await eventually(
        lambda: all(now <= then for now, then in zip(resources(), allowed, strict=True))
    )


async def test_two_hundred_connects_leave_nothing_behind(
    server: MisbehavingServer, make_display: Callable[..., DisplayProbe]
) -> None:
    service = make_display().service
    before = resources()
    for _ in range(CYCLES):
        await service.connect()
        await service.disconnect()
    await eventually(lambda: len(server.close_codes) == CYCLES)
    await given_back(before)
    assert service.connect_count == CYCLES


async def test_two_hundred_lost_connections_leave_nothing_behind(
    server: MisbehavingServer, make_display: Callable[..., DisplayProbe]
) -> None:
    display = make_display(backoff_initial=0.001, backoff_cap=0.001)
    await display.service.connect()
    before = resources()
    for cycle in range(CYCLES):
        await server.close_all()
        await eventually(lambda expected=cycle + 2: server.accepted == expected)
        await display.service.connect()
    await eventually(lambda: len(server.close_codes) == CYCLES)
    await given_back(before)
