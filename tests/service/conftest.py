"""What the service tests share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import async_solipsism
import pytest

from kds_tui.services.websocket import WebSocketService
from tests.service.display_probe import DisplayProbe
from tests.service.misbehaving_server import MisbehavingServer


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "virtual_time: waits take no time")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run a test marked `virtual_time` in a loop whose clock jumps to the next thing to do."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": async_solipsism.EventLoop}
    return {"real": asyncio.new_event_loop}


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    """A websocket server that behaves until its path is changed."""
    async with MisbehavingServer.running() as server:
        yield server


@pytest.fixture
async def released_link() -> AsyncIterator[None]:
    """Close the link after the test, whatever became of it."""
    yield
    if WebSocketService._alive is not None:
        await WebSocketService._alive.close()


@pytest.fixture
async def make_display(
    server: MisbehavingServer, released_link: None
) -> Callable[..., DisplayProbe]:
    """Make displays on the server."""
    return partial(DisplayProbe.on, server)
