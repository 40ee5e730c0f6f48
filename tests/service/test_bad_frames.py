"""Bad frames through a real websocket: counted and skipped, the connection kept, nothing grows."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from kds_tui.core.frames import Ignored, decode_frame
from kds_tui.core.link import LinkState
from kds_tui.core.wire import WireError
from tests.hostile.frames import frames
from tests.service.display_probe import DisplayProbe
from tests.service.misbehaving_server import MisbehavingServer

COUNT = int(os.environ.get("KDS_BAD_FRAMES", "2000"))
"""How many frames; the long form has 100,000."""

PATIENCE_S = 60.0 + COUNT / 200

DEEP = (
    b"[" * 100_000,
    b'{"type":"order:created","payload":' + b'{"a":' * 100_000,
    b"[" * 1_000_000,
)


def unreadable(seed: int) -> Iterator[bytes]:
    """Give frames that mean nothing to a display, without end."""
    for frame in frames(seed):
        try:
            read = decode_frame(frame)
        except WireError:
            yield frame
        else:
            # With a sequence number it would be a gap, and the session would ask what was missed.
            if isinstance(read.content, Ignored) and read.seq is None:
                yield frame


async def reaches(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - a counter raises no event
            await asyncio.sleep(0.005)


@pytest.mark.timeout(120 + COUNT / 50)
async def test_bad_frames_are_counted_and_cost_nothing(
    server: MisbehavingServer,
    make_display: Callable[..., DisplayProbe],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "kds_tui")
    display = make_display()
    await display.service.connect()
    bad = [*DEEP, *islice(unreadable(seed=1), COUNT)]
    expected = 0

    def taken() -> int:
        report = display.service.get_status()
        return report["bad_frames"] + report["unknown_types"]

    async def send(part: list[bytes]) -> None:
        nonlocal expected
        expected += sum(not decoded_as_known(frame) for frame in part)
        await server.send_all(part)
        await reaches(lambda: taken() >= expected)
        gc.collect()

    await send(bad[: COUNT // 2])
    tracemalloc.start()
    try:
        await send(bad[COUNT // 2 :])
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    server.place("o1")
    await reaches(lambda: display.times_told("o1") == 1)
    assert taken() == expected
    assert (server.accepted, display.state) == (1, LinkState.LIVE)
    assert grown < 2_000_000
    # At the 1st, 2nd, 4th ... of a kind; nothing of what was sent.
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) < 100
    assert max(map(len, lines)) < 500


def decoded_as_known(frame: bytes) -> bool:
    """Whether it is a frame of a type that the display knows, and has no use for."""
    try:
        content = decode_frame(frame).content
    except WireError:
        return False
    return isinstance(content, Ignored) and content.known
