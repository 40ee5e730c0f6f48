"""What happens after a connection ends: on virtual time, so that minutes cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from kds_tui.core.link import LinkState
from kds_tui.services.backend_errors import Unauthorized
from tests.service.display_probe import DisplayProbe, eventually
from tests.service.misbehaving_server import MisbehavingServer

pytestmark = [
    pytest.mark.virtual_time,
    # A rest of 1e-15 s of a deadline: the loop treats it as due.
    pytest.mark.filterwarnings("ignore::async_solipsism.ResolutionWarning"),
]

MakeDisplay = Callable[..., DisplayProbe]

HOUR = 3600.0


def now() -> float:
    return asyncio.get_running_loop().time()


async def until(moment: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(moment - now())


@pytest.mark.parametrize("path", ["/accept-then-close", "/http-503", "/silent", "/no-sync"])
async def test_a_server_that_does_not_work_is_called_ever_less_often(
    server: MisbehavingServer, make_display: MakeDisplay, path: str
) -> None:
    server.path = path
    display = make_display(luck=0.999)
    began = now()
    await display.service.connect(deadline=10.0)
    assert len([t for t in server.knocks if t < began + 10]) <= 6  # 0.25, 0.5, 1, 2, 4 s apart
    await until(began + HOUR / 2)
    gaps = [b - a for a, b in zip(server.knocks, server.knocks[1:], strict=False)]
    assert max(gaps) <= 15 + 10 + 1  # the cap, and the longest deadline before it
    assert min(gaps[-10:]) >= 14
    assert server.most_open <= 1
    assert display.state is not LinkState.FAILED


async def test_even_with_the_worst_luck_a_closing_server_is_not_called_in_a_hot_loop(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.path = "/accept-then-close"
    display = make_display(luck=0.0)
    await display.service.connect(deadline=10.0)
    assert 10 < len(server.knocks) <= 81  # at least half of backoff_initial apart


async def test_the_backoff_begins_small_again_only_after_the_link_has_held(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display(luck=0.999)
    waits: list[float] = []
    for held in (5.0, 5.0, 5.0, 31.0, 5.0):
        await display.service.connect()
        await until(now() + held)
        await server.close_all()
        await eventually(lambda: display.service.is_reconnecting)
        retry_at = display.service.status.retry_at
        assert retry_at is not None
        waits.append(retry_at - now())
    assert waits == pytest.approx([0.25, 0.5, 1.0, 0.25, 0.5], abs=0.1)


async def test_two_closes_schedule_one_retry(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    await display.service.connect()
    await asyncio.gather(server.close_all(), server.close_all(4000))
    await eventually(lambda: display.service.is_reconnecting)
    display.service.reconnect_now()
    display.service.reconnect_now()
    again = await asyncio.gather(*(display.service.connect() for _ in range(3)))
    assert {status.state for status in again} == {LinkState.LIVE}
    await until(now() + 120)
    assert display.states.count(LinkState.RECONNECTING) == 1
    assert (server.accepted, server.most_open, server.open_count) == (2, 1, 1)


async def test_an_event_comes_once_after_twenty_reconnects(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    await display.service.connect()
    subscriptions = display.service.get_subscriptions()
    for round_number in range(20):
        await server.close_all()
        await eventually(lambda: display.state is not LinkState.LIVE)
        server.place(f"missed in round {round_number}")
        display.service.reconnect_now()
        await display.service.connect()
    server.place("the one")
    await eventually(lambda: display.times_told("the one"))
    await until(now() + 60)
    assert display.times_told("the one") == 1
    assert all(display.times_told(f"missed in round {n}") == 1 for n in range(20))
    assert display.service.get_subscriptions() == subscriptions
    assert server.listings == 1  # the first time; from then on what was missed was replayed
    assert (server.accepted, server.open_count) == (21, 1)


async def test_without_a_journal_the_orders_are_listed_after_every_connect(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.path = "/no-journal"
    display = make_display()
    await display.service.connect()
    await server.close_all()
    await eventually(lambda: display.state is not LinkState.LIVE)
    server.place("missed")
    await display.service.connect()
    assert display.order_ids == {"missed"}
    assert server.listings == 2


async def test_another_life_of_the_server_is_listed_anew(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    server.place("before")
    await display.service.connect()
    server.epoch = "second life"
    await server.close_all()
    await eventually(lambda: server.listings == 2)
    await display.service.connect()
    assert display.order_ids == {"before"}


async def test_a_connection_lost_before_the_list_came_is_no_place_to_resume_from(
    server: MisbehavingServer, make_display: MakeDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.place("only in the list")
    real_list, listing = server.list_orders, asyncio.Event()

    async def stuck(on_page: Callable[[], None]) -> tuple[()]:
        listing.set()
        await asyncio.Event().wait()
        return ()

    monkeypatch.setattr(server, "list_orders", stuck)
    display = make_display()
    connecting = asyncio.create_task(display.service.connect())
    await listing.wait()
    monkeypatch.setattr(server, "list_orders", real_list)
    await server.close_all()
    await connecting
    assert display.order_ids == {"only in the list"}


async def test_a_late_word_of_an_old_connection_is_not_heard(
    server: MisbehavingServer, make_display: MakeDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_list, release = server.list_orders, asyncio.Event()

    async def deaf(on_page: Callable[[], None]) -> tuple[()]:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        on_page()
        return ()

    monkeypatch.setattr(server, "list_orders", deaf)
    display = make_display()
    connecting = asyncio.create_task(display.service.connect())
    await eventually(lambda: display.state is LinkState.SYNCING)
    monkeypatch.setattr(server, "list_orders", real_list)
    server.place("a")
    await server.close_all()
    await connecting
    release.set()
    await until(now() + 1)
    assert display.lists_told == 1
    assert display.order_ids == {"a"}


async def test_a_list_that_fails_is_asked_for_again_over_a_new_connection(
    server: MisbehavingServer, make_display: MakeDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_list = server.list_orders

    async def failing(on_page: Callable[[], None]) -> tuple[()]:
        monkeypatch.setattr(server, "list_orders", real_list)
        raise OSError("the kitchen is on fire")

    monkeypatch.setattr(server, "list_orders", failing)
    server.place("a")
    display = make_display()
    await display.service.connect()
    assert display.order_ids == {"a"}
    assert any("on fire" in status.reason for status in display.statuses)
    assert server.accepted == 2


@pytest.mark.parametrize("path", ["/auth-failed", "/close-4401", "/http-401", "/http-403"])
async def test_a_refused_token_is_refreshed_once_then_tried_slowly(
    server: MisbehavingServer, make_display: MakeDisplay, path: str
) -> None:
    server.path = path
    display = make_display(failed_retry=60)
    began = now()
    answer = await display.service.connect()
    assert answer.state is LinkState.FAILED
    assert answer.reason
    assert (len(server.knocks), display.tokens.refreshes) == (1, 1)
    await until(began + 590)
    assert 9 <= len(server.knocks) <= 10
    assert display.state is LinkState.FAILED
    server.path = "/"  # somebody signed the display in
    display.service.reconnect_now()
    await eventually(lambda: display.state is LinkState.LIVE)


async def test_why_there_is_no_token_is_told_to_its_end(
    make_display: MakeDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = f"This terminal is not signed in: no file /{'home/' * 30}token. Run: kds-tui login"

    async def missing() -> str:
        raise Unauthorized(why)

    display = make_display(failed_retry=60)
    monkeypatch.setattr(display.tokens, "token", missing)
    answer = await display.service.connect()
    assert (answer.state, answer.reason) == (LinkState.FAILED, why)


async def test_a_token_that_ran_out_is_replaced_at_once(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.refused_tokens.add("secret-one")
    display = make_display()
    display.tokens.other = "secret-two"
    assert (await display.service.connect()).state is LinkState.LIVE
    assert display.tokens.refreshes == 1
    assert LinkState.FAILED not in display.states
    assert len(server.knocks) == 2


async def test_a_server_that_takes_every_token_and_then_refuses_it_is_no_hot_loop(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display(failed_retry=60)
    began = now()
    while now() < began + 300:
        display.tokens.other = f"yet another at {now()}"
        await eventually(lambda: display.state is not LinkState.FAILED, within=100)
        await display.service.connect()
        await server.close_all(1008)
        await eventually(lambda: display.state is not LinkState.LIVE)
        await asyncio.wait_for(display.service.connect(), 100)
    assert len(server.knocks) <= 20


async def test_retry_after_is_honoured(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    server.path = "/http-429"
    display = make_display()
    await display.service.connect(deadline=30)
    first, second = server.knocks
    assert second - first == pytest.approx(20, abs=0.5)
    assert "429" in display.service.status.reason


@pytest.mark.parametrize("path", ["/silent", "/no-sync"])
async def test_a_server_that_does_not_answer_is_left(
    server: MisbehavingServer, make_display: MakeDisplay, path: str
) -> None:
    server.path = path
    display = make_display()
    connecting = asyncio.create_task(display.service.connect())
    await eventually(lambda: len(server.knocks) == 2)
    assert any("no progress" in status.reason for status in display.statuses)
    server.path = "/"
    assert (await connecting).state is LinkState.LIVE


async def test_silence_is_shown_and_then_the_connection_is_replaced(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    await display.service.connect()
    server.path = "/no-heartbeat"
    began = now()
    await eventually(lambda: display.service.status.stale, within=60)
    assert now() - began == pytest.approx(7, abs=2.2)  # a heartbeat each 2 s, and 5 s of patience
    assert display.state is LinkState.LIVE
    assert now() - (display.service.status.heard_at or 0) == pytest.approx(7, abs=1)
    server.path = "/"
    await eventually(lambda: server.accepted == 2, within=60)
    assert now() - began == pytest.approx(12, abs=3)
    await display.service.connect()
    assert not display.service.status.stale


async def test_a_link_lives_for_hours(server: MisbehavingServer, make_display: MakeDisplay) -> None:
    server.path = "/no-journal"  # no heartbeats either: our own pings keep it going
    display = make_display()
    await display.service.connect()
    await until(now() + HOUR / 4)
    assert [m["type"] for m in server.received].count("ping") == pytest.approx(30, abs=1)
    assert (server.accepted, display.state) == (1, LinkState.LIVE)
    assert not any(status.stale for status in display.statuses)


async def test_a_gap_is_replayed_in_order(
    server: MisbehavingServer, make_display: MakeDisplay
) -> None:
    display = make_display()
    await display.service.connect()
    server.lose_next = True
    server.place("lost")
    server.place("behind it")
    await eventually(lambda: display.times_told("behind it"))
    told = [event.order.id for event in display.feed if hasattr(event, "order")]
    assert told == ["lost", "behind it"]
    assert display.service.get_status()["gaps"] == 1
    server.lose_next = True
    server.place("the last one")  # nothing comes behind it: the next heartbeat tells
    await eventually(lambda: display.times_told("the last one"))
    assert (server.listings, server.accepted) == (1, 1)


@pytest.mark.parametrize(
    ("path", "bad_frames", "unknown_types"), [("/garbage", 25, 5), ("/duplicate", 0, 0)]
)
async def test_garbage_and_duplicates_between_good_frames(
    server: MisbehavingServer,
    make_display: MakeDisplay,
    path: str,
    bad_frames: int,
    unknown_types: int,
) -> None:
    server.path = path
    display = make_display()
    await display.service.connect()
    for number in range(5):
        server.place(f"o{number}")
    await eventually(lambda: display.times_told("o4"))
    await until(now() + 60)
    assert [display.times_told(f"o{number}") for number in range(5)] == [1] * 5
    report = display.service.get_status()
    assert (report["bad_frames"], report["unknown_types"]) == (bad_frames, unknown_types)
    assert (server.accepted, display.state) == (1, LinkState.LIVE)
