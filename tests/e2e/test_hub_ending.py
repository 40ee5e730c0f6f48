"""The hub under a service manager: ready when it listens, alive while it commits, gone in time."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, hear_signals

VOICE_PROGRAM = str(Path(sys.executable).with_name("voice-tui"))

CLIENTS = 20


class Manager:
    """What systemd is to a process; everything is kept that it was told."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.settimeout(DEADLINE_S)

    def wait_for(self, holds: Callable[[str], bool]) -> str:
        """Read until something is told."""
        while True:
            told = self._socket.recv(4096).decode()
            if holds(told):
                return told

    def heard(self) -> list[str]:
        """Read what has been told already."""
        words: list[str] = []
        self._socket.setblocking(False)
        try:
            while True:
                words.append(self._socket.recv(4096).decode())
        except BlockingIOError:
            self._socket.settimeout(DEADLINE_S)
            return words

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path)
    yield made
    made.close()


def test_it_is_ready_when_it_listens_and_tells_when_it_stops(
    tmp_path: Path, manager: Manager
) -> None:
    with hub_process(tmp_path, NOTIFY_SOCKET=manager.path) as hub:
        told = manager.wait_for(lambda told: "READY=1" in told)
        assert hub.url in told
        hub.order()

        hub.process.send_signal(signal.SIGTERM)

        manager.wait_for(lambda told: told.startswith("STOPPING=1"))
        assert hub.process.wait(DEADLINE_S) == 0


def test_a_hub_that_cannot_listen_is_never_ready(tmp_path: Path, manager: Manager) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = subprocess.run(
            [PROGRAM, "hub", "--port", str(other.getsockname()[1])],
            env={**os.environ, **clean_home(tmp_path / "home"), "NOTIFY_SOCKET": manager.path},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
    assert done.returncode == 1
    assert "the port is in use" in done.stderr
    assert manager.heard() == []


def test_it_is_alive_only_while_its_journal_commits(tmp_path: Path, manager: Manager) -> None:
    environ = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "2000000"}
    with hub_process(tmp_path, **environ):
        manager.wait_for(lambda told: told.startswith("WATCHDOG=1"))

        somebody = sqlite3.connect(tmp_path / "data" / "hub.db", isolation_level=None)
        somebody.execute("BEGIN IMMEDIATE")
        manager.wait_for(lambda told: "in trouble" in told)
        manager.heard()
        assert manager.wait_for(lambda _: True).startswith("STATUS=in trouble: ")

        somebody.execute("ROLLBACK")
        somebody.close()
        manager.wait_for(lambda told: told.startswith("WATCHDOG=1"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_20_sockets_open_and_some_that_take_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    with hub_process(tmp_path) as hub, ExitStack() as stack:
        address = hub.url.replace("http", "ws")
        displays = [stack.enter_context(connect(address)) for _ in range(CLIENTS)]
        deaf = [stranger(hub) for _ in range(3)]
        codes: list[int] = []

        def listen(display: ClientConnection) -> None:
            try:
                while True:
                    display.recv()
            except ConnectionClosed as closed:
                codes.append(closed.rcvd.code if closed.rcvd else 0)

        listeners = [threading.Thread(target=listen, args=(each,)) for each in displays]
        for listener in listeners:
            listener.start()
        begun = time.monotonic()

        hub.process.send_signal(number)

        assert hub.process.wait(DEADLINE_S) == 0
        took = time.monotonic() - begun
        for listener in listeners:
            listener.join(DEADLINE_S)
        for each in deaf:
            each.close()
        assert codes == [1001] * CLIENTS
        assert took < 7, "under 1 s on an idle machine, and never by force"
        (log,) = Path(hub.home["HOME"]).rglob("kds-tui-hub.log")
        assert f"ending: {number.name}" in log.read_text()
        assert "kds-tui hub ended, which took" in log.read_text()


def test_the_gateway_ends_while_its_recognisers_are_made_ready(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [VOICE_PROGRAM, "gateway", "--port", "0"],
        env={**os.environ, **clean_home(tmp_path / "home"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )
    with process, ExitStack() as stack:
        stack.callback(process.kill)
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        host, port = url.removeprefix("http://").split(":")
        for _ in range(CLIENTS):
            stack.enter_context(socket.create_connection((host, int(port)), DEADLINE_S))
        begun = time.monotonic()

        process.send_signal(signal.SIGTERM)

        assert process.wait(DEADLINE_S) == 0
        assert time.monotonic() - begun < 7, "under 1 s on an idle machine, and never by force"
        assert process.stdout.read() == "voice-tui gateway stopped\n"


def stranger(hub: HubProcess) -> socket.socket:
    """Open a websocket that answers nothing, not even a close."""
    host, port = hub.url.removeprefix("http://").split(":")
    made = socket.create_connection((host, int(port)), DEADLINE_S)
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
    upgrade = (
        f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}"
    )
    made.sendall(f"{upgrade}\r\n\r\n".encode())
    assert b"101" in made.recv(12)
    return made
