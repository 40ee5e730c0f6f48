"""A bad network between display and server, on real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from kds_tui.core.link import LinkState
from tests.chaos.fault_proxy import FaultProxy
from tests.service.display_probe import DisplayProbe, eventually
from tests.service.misbehaving_server import MisbehavingServer

MakeDisplay = Callable[..., DisplayProbe]

QUICK = {"backoff_initial": 0.01, "backoff_cap": 0.05}


@pytest.mark.parametrize(
    ("path", "found_by"),
    [
        # Heartbeats fail to come; a connection given up for dead is not asked to close politely.
        ("/", {"stale_after": 0.3, "replace_after": 0.6, "close_timeout": 600}),
        ("/no-journal", {"ping_interval": 0.5, "ping_timeout": 0.5, "close_timeout": 0.2}),
    ],
)
async def test_a_half_open_connection_is_found_and_replaced(
    server: MisbehavingServer, make_display: MakeDisplay, path: str, found_by: dict[str, float]
) -> None:
    server.path, server.heartbeat = path, 0.2
    async with FaultProxy.before(server.port) as proxy:
        display = make_display(proxy.url, **QUICK, **({"ping_interval": 600} | found_by))
        await display.service.connect()
        proxy.swallow = True
        await eventually(lambda: display.state is not LinkState.LIVE)
        server.place("meanwhile")
        proxy.swallow = False
        await eventually(lambda: display.order_ids == {"meanwhile"})
        assert display.service.open_sockets == 1


async def test_twenty_resets_and_refusals_lose_and_double_nothing(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    async with FaultProxy.before(server.port) as proxy:
        display = make_display(proxy.url, **QUICK)
        await display.service.connect()
        for round_number in range(20):
            proxy.refuse = round_number % 3 == 0
            server.place(f"{round_number} before")
            proxy.reset()
            server.place(f"{round_number} after")
            await eventually(lambda: display.state is not LinkState.LIVE)
            proxy.refuse = False
            await display.service.connect()
        everything = {f"{n} {when}" for n in range(20) for when in ("before", "after")}
        await eventually(lambda: display.order_ids == everything)
        assert {display.times_told(order_id) for order_id in everything} == {1}
        assert display.service.open_sockets == 1
        await eventually(lambda: server.open_count == 1)


async def test_single_bytes_and_latency_only_take_longer(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    async with FaultProxy.before(server.port) as proxy:
        proxy.one_byte, proxy.latency = True, 0.01
        display = make_display(proxy.url)
        await display.service.connect()
        server.place("a")
        await eventually(lambda: display.times_told("a") == 1)
        assert proxy.accepted == 1


async def test_a_display_that_stood_still_blames_no_server(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.heartbeat = 0.1
    display = make_display(stale_after=0.3, replace_after=0.5)
    await display.service.connect()
    for _ in range(3):
        time.sleep(0.9)  # noqa: ASYNC251 - the fault itself: a terminal that blocks the program
        awake = time.monotonic()
        await eventually(lambda since=awake: (display.service.status.heard_at or 0) > since)
    assert (server.accepted, display.state) == (1, LinkState.LIVE)
    assert not any(status.stale for status in display.statuses)


async def test_a_server_that_is_not_there_and_then_is(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    async with FaultProxy.before(server.port) as proxy:
        proxy.refuse = True
        display = make_display(proxy.url, **QUICK)
        answer = await display.service.connect(deadline=0.2)
        assert answer.state is not LinkState.LIVE
        proxy.refuse = False
        assert (await display.service.connect()).state is LinkState.LIVE
