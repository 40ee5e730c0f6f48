"""Incident 3: one service, one task, one socket, whoever asks and however often."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest

from kds_tui.core.link import LinkState
from kds_tui.services.websocket import FEED, WebSocketService
from tests.service.display_probe import DisplayProbe, eventually
from tests.service.misbehaving_server import MisbehavingServer

MakeDisplay = Callable[..., DisplayProbe]


async def test_ten_concurrent_connects_are_one_socket_and_ten_equal_answers(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    service = make_display().service
    answers = await asyncio.gather(*(service.connect() for _ in range(10)))
    assert {answer.state for answer in answers} == {LinkState.LIVE}
    assert len({id(answer) for answer in answers}) == 1
    assert (server.accepted, service.connect_count, service.open_sockets) == (1, 1, 1)
    assert not service.is_connecting
    assert (await service.connect()).state is LinkState.LIVE  # once more, when it is up already
    assert server.accepted == 1


async def test_fifty_mounts_are_one_socket_then_none_and_the_same_subscriptions(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    display.unsubscribe()
    for _ in range(50):
        display.mount()
        await asyncio.gather(*(display.service.connect() for _ in range(2)))
        await eventually(lambda: server.open_count == 1)
        assert display.service.open_sockets == 1
        assert display.service.get_subscriptions() == ["feed", "status"]
        display.unsubscribe()
        await display.service.disconnect()
        assert display.service.open_sockets == 0
        await eventually(lambda: server.open_count == 0)
    assert display.service.subscription_count == 0
    assert (server.accepted, server.most_open) == (50, 1)


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8, 12, 20, 40, 80])
async def test_unmounting_while_connecting_leaves_nothing(
    server: MisbehavingServer,
    make_display: MakeDisplay,
    turns: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = asyncio.all_tasks()
    display = make_display()
    mounting = asyncio.create_task(display.service.connect())
    for _ in range(turns):
        await asyncio.sleep(0)
    await display.service.disconnect()
    assert (await mounting).state in {LinkState.DISCONNECTED, LinkState.LIVE}
    assert display.state is LinkState.DISCONNECTED
    assert display.service.open_sockets == 0
    await eventually(lambda: server.open_count == 0)
    await eventually(lambda: {t for t in asyncio.all_tasks() - before if _is_ours(t)} == set())
    gc.collect()  # an exception that nobody asked for is reported when its task goes
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


def _is_ours(task: asyncio.Task[object]) -> bool:
    return task.get_name().startswith("link-")


async def test_unmounting_while_the_orders_are_read_ends_the_reading(
    server: MisbehavingServer, make_display: MakeDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def endless(on_page: Callable[[], None]) -> tuple[()]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ()

    monkeypatch.setattr(server, "list_orders", endless)
    display = make_display()
    mounting = asyncio.create_task(display.service.connect())
    await eventually(lambda: display.feed)  # told that the listing begins
    await display.service.disconnect()
    assert ended.is_set()
    assert not [task for task in asyncio.all_tasks() if _is_ours(task)]
    assert (await mounting).state is LinkState.DISCONNECTED


async def test_disconnect_says_goodbye_and_stays_away(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display(backoff_initial=0.01, backoff_cap=0.01)
    await display.service.connect()
    await asyncio.gather(display.service.disconnect(), display.service.disconnect())
    await display.service.disconnect()
    await eventually(lambda: server.close_codes == [1000])
    assert display.states[-1] is LinkState.DISCONNECTED
    assert LinkState.RECONNECTING not in display.states


async def test_close_goes_away_and_makes_room(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    await display.service.connect()
    with pytest.raises(RuntimeError, match="exists already"):
        WebSocketService(display.setup)
    with pytest.raises(RuntimeError, match="elsewhere"):
        make_display(url="http://127.0.0.1:1")
    assert WebSocketService.instance() is display.service
    closing = asyncio.create_task(display.service.close())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="closed"):  # not even before it is done
        await display.service.connect()
    await closing
    await eventually(lambda: server.close_codes == [1001])
    with pytest.raises(RuntimeError, match="setup"):
        WebSocketService.instance()
    assert make_display().service is not display.service


async def test_the_last_of_quick_mounts_and_unmounts_counts(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    service = make_display().service
    calls = [asyncio.create_task(service.connect())]
    for _ in range(5):
        await asyncio.sleep(0)
        calls.append(asyncio.create_task(service.disconnect()))
        calls.append(asyncio.create_task(service.connect()))
    await asyncio.gather(*calls)
    assert service.status.state is LinkState.LIVE
    await eventually(lambda: server.open_count == 1)
    calls = [asyncio.create_task(service.disconnect()), asyncio.create_task(service.connect())]
    calls.append(asyncio.create_task(service.disconnect()))
    await asyncio.gather(*calls)
    assert service.status.state is LinkState.DISCONNECTED
    await eventually(lambda: server.open_count == 0)


async def test_a_deadline_ends_the_wait_but_not_the_link(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.path = "/no-sync"
    service = make_display().service
    assert (await service.connect(deadline=0.2)).state is not LinkState.LIVE
    assert service.is_connecting
    assert service.get_status()["connect_count"] == 1


async def test_a_handler_that_raises_hurts_nobody(
    server: MisbehavingServer, make_display: MakeDisplay, caplog: pytest.LogCaptureFixture
) -> None:
    display = make_display()

    def broken(event: object) -> None:
        raise LookupError("no such widget")

    display.unsubscribe()
    end = display.service.subscribe(FEED, broken)
    display.mount()
    await display.service.connect()
    server.place("a")
    await eventually(lambda: display.times_told("a") == 1)
    assert "no such widget" in caplog.text
    assert display.service.get_status()["handler_errors"] == 3  # list begun, listed, order
    assert display.state is LinkState.LIVE
    end()
    end()
    server.place("b")
    await eventually(lambda: display.times_told("b") == 1)
    assert display.service.get_status()["handler_errors"] == 3


async def test_the_token_is_in_the_first_frame_and_nowhere_else(
    server: MisbehavingServer, make_display: MakeDisplay, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    display = make_display()
    await display.service.connect()
    server.refused_tokens.add("secret-one")
    await server.close_all()
    await eventually(lambda: display.state is LinkState.FAILED)
    assert "link: live" in caplog.text
    assert "secret-one" not in caplog.text
    assert "secret-one" not in repr(display.setup) + repr(display.service.get_status())
    assert "secret-one" not in display.setup.address
    assert "secret-one" not in str(server.received)


async def test_a_redirect_is_not_followed_with_the_token(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.path = "/redirect"
    display = make_display()
    answer = await display.service.connect(deadline=0.3)
    assert answer.state is not LinkState.LIVE
    assert server.received == []
