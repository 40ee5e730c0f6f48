"""What a service manager is told, on a real datagram socket, in virtual time."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Iterator, Mapping
from pathlib import Path

import async_solipsism
import pytest

from voice_tui.service_manager import MOST_LAG_S, NotAlive, ServiceManager


class Manager:
    """The other end: a socket as systemd has it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)

    def told(self) -> list[str]:
        """Read everything that has been told so far."""
        words: list[str] = []
        while True:
            try:
                words.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return words

    def of(self, **environ: str) -> ServiceManager:
        """Make what a process with this manager has."""
        return ServiceManager({"NOTIFY_SOCKET": self.address, **environ})


@pytest.fixture(
    params=[
        "path",
        pytest.param(
            "abstract", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
        ),
    ]
)
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    path = str(tmp_path / "notify") if request.param == "path" else f"@kds-{secrets.token_hex(8)}"
    made = Manager(path)
    yield made
    made.socket.close()


def run_for(seconds: float, work: Awaitable[object]) -> None:
    """Run something endless in virtual time."""

    async def bounded() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await work

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(bounded())


async def well() -> str:
    return "all is well"


def test_it_is_told_when_the_process_is_ready_and_when_it_stops(manager: Manager) -> None:
    tied = manager.of()

    tied.ready("serves on\nport 1")
    tied.stopping("has been asked to")

    assert manager.told() == [
        "READY=1\nSTATUS=serves on port 1",
        "STOPPING=1\nSTATUS=has been asked to",
    ]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"NOTIFY_SOCKET": ""},
        {"NOTIFY_SOCKET": "vsock:2:1234"},
        {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "0"},
    ],
    ids=str,
)
def test_without_a_manager_nothing_is_told_and_nothing_breaks(environ: Mapping[str, str]) -> None:
    tied = ServiceManager(environ)

    async def unwanted() -> str:
        raise AssertionError("nobody asked")

    tied.ready("serves")
    run_for(60, tied.prove_alive(unwanted))
    tied.stopping("stops")

    assert tied.watchdog_s == 0


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "20000000"}, 20),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid())}, 20),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
        ({"WATCHDOG_USEC": "-5"}, 0),
    ],
    ids=["none", "ours by default", "ours", "another's", "no number", "negative"],
)
def test_how_long_it_may_be_silent_is_read(
    manager: Manager, environ: Mapping[str, str], seconds: float
) -> None:
    assert manager.of(**environ).watchdog_s == seconds


def test_a_living_process_says_so_four_times_as_often_as_it_must(manager: Manager) -> None:
    run_for(46, manager.of(WATCHDOG_USEC="20000000").prove_alive(well))

    assert manager.told() == ["WATCHDOG=1\nSTATUS=all is well"] * 9


def test_without_proof_it_is_not_told_to_be_alive(manager: Manager) -> None:
    async def unwell() -> str:
        raise NotAlive("the journal\nis gone")

    run_for(46, manager.of(WATCHDOG_USEC="20000000").prove_alive(unwell))

    assert set(manager.told()) == {"STATUS=in trouble: the journal is gone"}


def test_a_proof_that_takes_too_long_is_none(manager: Manager) -> None:
    async def hanging() -> str:
        await asyncio.Event().wait()
        return ""

    run_for(46, manager.of(WATCHDOG_USEC="20000000").prove_alive(hanging))

    assert set(manager.told()) == {"STATUS=in trouble: no answer in 5 s"}


def test_it_says_so_again_when_the_proof_comes_again(manager: Manager) -> None:
    answers = [NotAlive("for a moment"), "well again"]

    async def recovering() -> str:
        answer = answers[0] if len(answers) == 1 else answers.pop(0)
        if isinstance(answer, NotAlive):
            raise answer
        return answer

    run_for(11, manager.of(WATCHDOG_USEC="20000000").prove_alive(recovering))

    assert manager.told() == ["STATUS=in trouble: for a moment", "WATCHDOG=1\nSTATUS=well again"]


async def stand_still(tied: ServiceManager) -> None:
    """Have the clock run on after a second, as when the process was stopped."""
    loop = asyncio.get_running_loop()
    skewed, real = [0.0], loop.time
    loop.time = lambda: real() + skewed[0]  # type: ignore[method-assign]
    loop.call_later(1, skewed.__setitem__, 0, 4 + MOST_LAG_S + 0.1)
    await tied.prove_alive(well)


def test_the_log_tells_that_the_event_loop_stood_still_also_without_a_manager(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run_for(16, stand_still(ServiceManager({})))

    assert caplog.text.count("the event loop stood still for 6.1 s") == 1


def test_an_event_loop_that_stood_still_is_not_alive(
    manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    run_for(16, stand_still(manager.of(WATCHDOG_USEC="20000000")))

    assert len(manager.told()) == 1
    assert "the event loop stood still for" in caplog.text


def test_a_manager_that_takes_nothing_is_no_reason_to_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready("serves")

    assert "takes nothing" in caplog.text
