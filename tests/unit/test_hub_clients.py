"""Who a client is, the names of the hub, how often may be asked, and who keeps a place in vain."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from kds_tui.hub.limiter import FAILURES, MAX_CLIENTS, STRANGERS_FAILURES, AttemptLimiter
from kds_tui.hub.names import OwnNames, is_loopback
from voice_tui.serving import idle as idle_module
from voice_tui.serving.clients import THIS_MACHINE, address_of, client_of
from voice_tui.serving.idle import FIRST_REQUEST, KEEP_ALIVE, IdleWatch
from voice_tui.serving.request_limiter import Rate, RequestLimiter


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.168.1.20", "192.168.1.20"),
        ("::ffff:192.168.1.20", "192.168.1.20"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", THIS_MACHINE),
        ("127.9.9.9", THIS_MACHINE),
        ("::1", THIS_MACHINE),
        ("::ffff:127.0.0.1", THIS_MACHINE),
        (None, "unknown"),
        ("/run/hub.sock", "unknown"),
    ],
)
def test_a_client_is_one_end_user(address: str | None, client: str) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize(
    ("remote", "told", "address"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.168.1.20"], "192.168.1.20"),
        ("::1", ["10.9.9.9, 192.168.1.20"], "192.168.1.20"),
        ("127.0.0.1", ["10.9.9.9", "192.168.1.20"], "192.168.1.20"),
        ("127.0.0.1", ["fe80::1%a word"], "fe80::1"),
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("192.168.1.66", ["192.168.1.20"], "192.168.1.66"),
        (None, ["192.168.1.20"], None),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(
    remote: str | None, told: list[str], address: str | None
) -> None:
    headers = CIMultiDict(("X-Forwarded-For", one) for one in told)
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    assert address_of(request) == address


def wrong_pins(limiter: AttemptLimiter, client: str, count: int, now: float) -> int:
    """How many of so many tries were looked at."""
    looked_at = 0
    for _ in range(count):
        if limiter.turn_away(client, now) is None:
            limiter.failed(client, now)
            looked_at += 1
    return looked_at


def test_addresses_that_change_within_their_network_are_one_client() -> None:
    limiter = AttemptLimiter()
    tries = sum(
        wrong_pins(limiter, client_of(f"2001:db8:1:2:{number:x}::{number:x}"), 1, 0.0)
        for number in range(1, 10_001)
    )
    assert tries == FAILURES


def test_a_spray_from_100_000_networks_is_turned_away_in_little_memory() -> None:
    limiter = AttemptLimiter()
    clients = [client_of(f"2001:{n >> 8:x}:{n & 255:x}:1::1") for n in range(100_000)]
    limiter.succeeded("192.168.1.20")
    gc.collect()
    tracemalloc.start()
    looked_at = sum(wrong_pins(limiter, client, 1, 0.001 * n) for n, client in enumerate(clients))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert looked_at == STRANGERS_FAILURES, "of a million PINs"
    assert len(limiter) == STRANGERS_FAILURES
    assert held < 200_000
    # Who is known, and who stands before the hub itself, can still sign in, and mistype.
    for client in ("192.168.1.20", THIS_MACHINE):
        assert limiter.turn_away(client, 100.0) is None
    assert limiter.turn_away("192.168.1.21", 100.0) is not None
    assert limiter.turn_away("192.168.1.21", 3700.0) is None


def test_failures_alone_take_bounded_memory() -> None:
    limiter = AttemptLimiter()
    for number in range(100_000):
        limiter.failed(str(number), 0.0)
    assert len(limiter) == MAX_CLIENTS


@pytest.mark.parametrize(
    ("bound", "host", "knows"),
    [
        ("127.0.0.1", "127.0.0.1:3001", True),
        ("127.0.0.1", "localhost:3001", True),
        ("127.0.0.1", "LOCALHOST.", True),
        ("127.0.0.1", "[::1]:3001", True),
        ("127.0.0.1", "evil.example:3001", False),
        ("127.0.0.1", "localhost.evil.example", False),
        ("127.0.0.1", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "192.168.1.20", False),
        ("127.0.0.1", "hub.example", True),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "[::1", False),
        ("::1", "evil.example", False),
        ("0.0.0.0", "192.168.1.20:3001", True),
        ("0.0.0.0", "evil.example", False),
        ("192.168.1.20", "192.168.1.20:3001", True),
    ],
)
def test_names_of_the_hub(bound: str, host: str, knows: bool) -> None:
    names = OwnNames(bound, ["hub.example"])
    assert names.knows(host) is knows
    assert names.admits(host) is (knows or not is_loopback(bound))


def test_requests_are_let_in_by_the_rate_and_a_burst() -> None:
    limiter = RequestLimiter(Rate(10, 5), Rate(100, 50))
    assert [limiter.wait("a", 0.0) for _ in range(6)] == [0, 0, 0, 0, 0, pytest.approx(0.1)]
    assert limiter.wait("b", 0.0) == 0
    assert limiter.wait(THIS_MACHINE, 0.0) == 0
    assert limiter.wait("a", 0.1) == 0
    assert limiter.wait("a", 0.1) > 0
    assert limiter.refused == 2
    assert [limiter.wait("a", 1000.0) for _ in range(6)][-1] > 0, "no more than a burst is saved"
    assert sum(limiter.wait(THIS_MACHINE, 0.0) == 0 for _ in range(100)) == 49


def test_requests_of_100_000_addresses_take_bounded_memory() -> None:
    limiter = RequestLimiter()
    for number in range(100_000):
        limiter.wait(str(number), 0.0)
    assert len(limiter) == 10_000


class Socket:
    """A connection as the watch sees it."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.aborted = False
        self.transport = self

    def get_extra_info(self, name: str) -> tuple[str, int]:
        assert name == "peername"
        return self.address, 50_000

    def abort(self) -> None:
        self.aborted = True


def sockets(count: int, address: str = "127.0.0.1") -> list[Any]:
    return [Socket(address) for _ in range(count)]


def test_a_connection_that_asks_for_nothing_is_cut() -> None:
    watch = IdleWatch()
    silent, asked, busy = alive = sockets(3)
    watch.sweep(alive, 0.0)
    for connection in (asked, busy):
        watch.begun(connection, 1.0)
    watch.done(asked, 2.0)
    assert watch.sweep(alive, FIRST_REQUEST) == 0
    assert watch.sweep(alive, FIRST_REQUEST + 0.1) == 1
    assert (silent.aborted, asked.aborted) == (True, False)
    assert watch.sweep(alive[1:], 2.0 + KEEP_ALIVE + 0.1) == 1
    assert (asked.aborted, busy.aborted) == (True, False)
    assert watch.sweep([busy], 1e9) == 0, "a websocket, for days"


def test_too_many_idle_connections_are_cut_the_longest_quiet_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(idle_module, "MAX_IDLE", 5)
    monkeypatch.setattr(idle_module, "MAX_IDLE_PER_CLIENT", 2)
    watch = IdleWatch()
    crowd, own = sockets(4, "192.168.1.20"), sockets(4)
    for number, connection in enumerate([*crowd, *own]):
        watch.begun(connection, 0.0)
        watch.done(connection, float(number))
    assert watch.sweep([*crowd, *own], 9.0) == 3
    assert [one.aborted for one in crowd] == [True, True, True, False]
    assert not any(one.aborted for one in own)
    assert watch.cut == 3
