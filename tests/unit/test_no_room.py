from __future__ import annotations

import asyncio
import errno
import logging
from typing import Any

import pytest

from voice_tui.serving.no_room import EVERY, NoRoom


async def test_that_no_file_can_be_opened_is_said_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now, loop = 0.0, asyncio.get_running_loop()
    take = NoRoom(lambda: now)
    full: dict[str, Any] = {
        "message": "socket.accept() out of system resource",
        "exception": OSError(errno.EMFILE, "Too many open files"),
        "socket": None,
    }
    for _ in range(128):
        take(loop, full)
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert "Too many open files" in line.getMessage()
    assert line.exc_info is None
    now = EVERY
    take(loop, full)
    assert len(caplog.records) == 2


async def test_everything_else_is_told_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    take, loop = NoRoom(), asyncio.get_running_loop()
    for error in (ValueError("odd"), OSError(errno.EMFILE, "in a task")):
        take(loop, {"message": "Task exception was never retrieved", "exception": error})
    assert [record.name for record in caplog.records] == ["asyncio"] * 2
