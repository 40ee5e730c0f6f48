"""Incidents 1 and 3 at the level of the app: what a display takes it gives back, every time."""

from __future__ import annotations

import asyncio
import gc
from itertools import cycle
from pathlib import Path
from typing import Any

from textual._styles_cache import StylesCache

from kds_tui.core.link import LinkState
from kds_tui.process_figures import ProcessFigures, process_figures
from kds_tui.services.websocket import WebSocketService
from tests.service.hub_kitchen import PATIENCE, Kitchen, eventually, kitchen
from tests.ui.live_display import live_display
from tests.ui.still_kitchen import Clock, orders, still_kitchen

CYCLES = 50

ON_THE_WAY = (LinkState.CONNECTING, LinkState.AUTHENTICATING, LinkState.SYNCING)


def held() -> ProcessFigures:
    """Count what a leak would pile up."""
    gc.collect()
    return process_figures()


async def given_back(before: ProcessFigures) -> None:
    """Wait until no more is held than before, but for the deadline of this very wait."""

    def no_more() -> bool:
        now = held()
        return (
            now.tasks <= before.tasks
            and now.timers <= before.timers + 1
            and now.threads <= before.threads
            and now.fds <= before.fds
        )

    await eventually(no_more)


async def sockets_on_hub(hub: Kitchen) -> int:
    _, body, _ = await hub.ask("GET", "/health/memory")
    return body["connections"]


async def test_fifty_displays_one_after_the_other_leave_nothing_behind(tmp_path: Path) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.2) as hub:
        complaints: list[dict[str, Any]] = []  # such as aiohttp's of a session left open
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
        await hub.order(tableNumber="7", type="dine-in")
        subscriptions: set[int] = set()
        before: ProcessFigures | None = None
        for _ in range(CYCLES + 1):
            async with live_display(hub.hub.url, hub.token) as display:
                await display.until(lambda d=display: d.state is LinkState.LIVE)
                await display.shows("TABLE 7")
                assert await sockets_on_hub(hub) == 1
                service = WebSocketService.instance()
                assert (service.connect_count, service.open_sockets) == (1, 1)
                subscriptions.add(service.subscription_count)
                for key, words in (("f1", "1 ready"), ("r", "0 ready")):
                    display.app.simulate_key(key)
                    await display.shows(words)
                    await display.hides("unsent")
            assert WebSocketService._alive is None
            await eventually(lambda: not hub.hub.fanout.clients)
            assert await sockets_on_hub(hub) == 0
            before = before or held()  # the first one fills caches and the hub's connections
        assert len(subscriptions) == 1
        assert before is not None
        await given_back(before)
        assert complaints == []


async def test_a_display_that_ends_while_it_connects_leaves_nothing_behind(tmp_path: Path) -> None:
    async with kitchen(tmp_path, heartbeat_interval=0.2) as hub:
        assert await sockets_on_hub(hub) == 0  # whose connection is kept, and counted in `before`
        ended_in: set[LinkState] = set()
        before: ProcessFigures | None = None
        for _, wanted in zip(range(CYCLES + 1), cycle(ON_THE_WAY), strict=False):
            async with live_display(hub.hub.url, hub.token) as display:
                async with asyncio.timeout(PATIENCE):
                    while display.state not in (wanted, LinkState.LIVE):  # noqa: ASYNC110
                        await asyncio.sleep(0)
                ended_in.add(display.state)
            assert WebSocketService._alive is None
            before = before or held()
        assert ended_in >= set(ON_THE_WAY)
        await eventually(lambda: not hub.hub.fanout.clients)
        assert await sockets_on_hub(hub) == 0
        assert before is not None
        await given_back(before)


async def test_screens_alone_leave_nothing_behind(clock: Clock) -> None:
    before: ProcessFigures | None = None
    for _ in range(CYCLES + 1):
        async with still_kitchen(clock, orders(30)) as still:
            await still.press("question_mark", "escape", "right", "space")
        before = before or held()
    assert before is not None
    await given_back(before)


async def test_a_dialog_that_was_closed_leaves_nothing_drawn_behind(clock: Clock) -> None:
    def caches() -> int:
        gc.collect()
        return sum(isinstance(thing, StylesCache) for thing in gc.get_objects())

    async with still_kitchen(clock, orders(3)) as still:
        await still.press("question_mark", "escape")
        before = caches()
        for _ in range(10):
            await still.press("question_mark", "escape")
        # The last dialog's may still be on its way out.
        assert caches() <= before + 5
