"""What the tests of the screen share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from tests.ui.still_kitchen import Clock, StillKitchen, still_kitchen


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """UTC, and nothing in the environment that changes colours or keys."""
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clocks that an app made in this test goes by."""
    clock = Clock()
    monkeypatch.setattr("kds_tui.app.time", clock)
    return clock


Run = Callable[..., AbstractAsyncContextManager[StillKitchen]]


@pytest.fixture
def run(clock: Clock) -> Run:
    """Run the app on a board: `async with run(rows) as kitchen`."""
    return partial(still_kitchen, clock)
