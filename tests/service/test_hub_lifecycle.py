"""Starting, ending and starting again leave nothing behind."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from kds_tui.hub.console import console
from kds_tui.hub.errors import HubError
from kds_tui.hub.fanout import Fanout
from kds_tui.hub.ledger import Ledger
from kds_tui.hub.server import HubServer, run_hub
from kds_tui.hub.settings import HubSettings
from kds_tui.process_figures import open_fds
from tests.e2e.pty_terminal import hear_signals
from tests.service.hub_kitchen import PATIENCE, eventually, kitchen
from voice_tui.service_manager import NotAlive

CLIENTS = 50


async def test_200_connections_come_and_go_without_a_trace(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:

        async def cycle(count: int) -> None:
            for number in range(count):
                display = await (here.display() if number % 2 else here.stranger())
                if number % 3:
                    await display.socket.close()
                else:  # gone without a word
                    connection = display.socket._response.connection
                    connection.transport.abort()

        def held() -> tuple[int, int]:
            return len(asyncio.all_tasks()), open_fds()

        tasks, fds = held()
        await cycle(200)
        await eventually(lambda: held()[0] <= tasks)
        gc.collect()  # the test's own sockets
        await eventually(lambda: held()[1] <= fds)
        _, told, _ = await here.ask("GET", "/health/memory")
        assert (told["connections"], told["clients"], told["queued_frames"]) == (0, 0, 0)


async def test_stopping_ends_every_task_and_closes_1001(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    hub = HubServer(HubSettings(port=0, data_dir=tmp_path))
    await hub.start()
    async with aiohttp.ClientSession() as session:
        display = await session.ws_connect(hub.url)
        await display.receive_json(timeout=PATIENCE)
        stopping = asyncio.create_task(hub.stop())
        message = await display.receive(timeout=PATIENCE)
        await stopping
        assert (message.data, message.extra) == (1001, "Server shutting down")
    await eventually(lambda: asyncio.all_tasks() <= before)
    await hub.stop()  # once more does nothing


async def test_two_hubs_in_one_process_know_nothing_of_each_other(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "a") as one, kitchen(tmp_path / "b") as two:
        await one.order()
        assert (await two.ask("GET", "/orders"))[1] == []
        assert (await two.ask("GET", "/orders", Authorization=f"Bearer {one.token}"))[0] == 401


async def test_a_start_that_fails_lets_go_of_everything(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "a") as here:
        port = int(here.hub.url.rpartition(":")[2])
        settings = HubSettings(port=port, data_dir=tmp_path / "b")
        with pytest.raises(HubError, match="port is in use"):
            await HubServer(settings).start()
        async with HubServer(settings.model_copy(update={"port": 0})):
            pass  # the folder was not left locked


async def test_a_pin_that_nobody_was_told_is_made_anew(tmp_path: Path) -> None:
    """The first start found its port taken, and ended before it could show the PIN."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = HubSettings(port=other.getsockname()[1], data_dir=tmp_path / "hub")
        for _ in range(2):
            with pytest.raises(HubError, match="port is in use"):
                await HubServer(taken).start()
    async with kitchen(tmp_path) as here:
        pin = {"pin": here.hub.first_run_pin}
        restaurant = here.hub.restaurant_id
        assert (await here.ask("POST", "/auth/pin-login", pin))[0] == 200
    async with kitchen(tmp_path) as here:
        assert here.hub.first_run_pin is None, "shown once, and good from then on"
        assert (await here.ask("POST", "/auth/pin-login", pin))[0] == 200
        assert here.hub.restaurant_id == restaurant


async def test_a_pin_that_was_set_after_a_start_that_failed_stays(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(HubError):
        await HubServer(HubSettings(port=other.getsockname()[1], data_dir=folder)).start()
    async with console(folder) as hub:
        await hub.set_pin("482915")
    async with kitchen(tmp_path) as here:
        assert here.hub.first_run_pin is None
        assert (await here.ask("POST", "/auth/pin-login", {"pin": "482915"}))[0] == 200


async def test_a_file_of_another_user_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that root put in place; tests run as root, who may open it."""
    opens = os.open

    def refusing(path: object, *arguments: int) -> int:
        if str(path).endswith("hub.db"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opens(path, *arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(HubError, match=r"hub\.db: Permission denied\. The hub's folder"):
        await HubServer(HubSettings(port=0, data_dir=tmp_path)).start()


def test_a_database_that_does_not_answer_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(_: Ledger) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Ledger, "tokens", too_slow)
    assert run_hub(HubSettings(port=0, data_dir=tmp_path)) == 1
    assert f"{tmp_path}: the database cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("problem", "told"), [("port", "the port is in use"), ("menu", "menu.toml: items: Expected")]
)
def test_a_hub_that_cannot_start_says_why_and_exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], problem: str, told: str
) -> None:
    menu = tmp_path / "menu.toml"
    menu.write_text("categories = []\nitems = 3")
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = HubSettings(
            port=other.getsockname()[1] if problem == "port" else 0,
            data_dir=tmp_path / "data",
            menu=menu if problem == "menu" else None,
        )
        assert run_hub(settings) == 1
    assert told in capsys.readouterr().err


async def _read_greeting(process: asyncio.subprocess.Process) -> tuple[str, str]:
    assert process.stdout is not None
    text = ""
    async with asyncio.timeout(PATIENCE):
        while "connect a display" not in text:
            line = (await process.stdout.readline()).decode()
            assert line, f"the hub ended: {text}"
            text += line
    return text, next(word for word in text.split() if word.startswith("http://"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_hub_with_50_clients(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "kds_tui", "hub", "--port", "0"),
        *("--data-dir", str(tmp_path / "data")),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=hear_signals,
    )
    try:
        text, url = await _read_greeting(process)
        pin = text.partition("PIN")[2].split()[0]
        restaurant = text.partition("restaurant id")[2].split()[0]
        async with aiohttp.ClientSession(
            headers={"X-CSRF-Token": "pair", "Cookie": "csrf_token=pair"},
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            login = {"pin": pin, "restaurantId": restaurant}
            async with session.post(f"{url}/api/v1/auth/pin-login", json=login) as answer:
                token = (await answer.json())["token"]
            displays = [await session.ws_connect(url) for _ in range(CLIENTS)]
            for display in displays:
                await display.send_json({"type": "auth", "token": token})
                assert (await display.receive_json())["type"] == "connected"
                assert (await display.receive_json())["type"] == "auth:success"
            begun = time.monotonic()
            process.send_signal(number)
            codes = [await display.receive(timeout=PATIENCE) for display in displays]
            async with asyncio.timeout(PATIENCE):
                assert await process.wait() == 0
            took = time.monotonic() - begun
        assert {message.data for message in codes} == {1001}
        assert took < 10, "under 1 s on an idle machine; this one may be loaded"
        assert sorted(os.listdir(tmp_path / "data")) == ["hub.db", "hub.lock", "hub.mark"], (
            "flushed"
        )
        print(f"{number.name}: {took:.3f} s with {CLIENTS} clients")  # noqa: T201
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def full_disk() -> sqlite3.Error:
    """Get what SQLite raises when there is no room."""
    with closing(sqlite3.connect(":memory:")) as small:
        small.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.Error) as raised:
            small.execute("CREATE TABLE more (x)")
    return raised.value


@pytest.mark.parametrize(
    ("cause", "alive"), [(full_disk(), True), (sqlite3.OperationalError("disk I/O error"), False)]
)
async def test_a_hub_on_a_full_disk_lives_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: sqlite3.Error, alive: bool
) -> None:
    def fail(*_: object) -> None:
        raise cause

    async with kitchen(tmp_path) as here:
        assert (await here.hub.prove_alive()).startswith(here.hub.url)
        monkeypatch.setattr(Ledger, "keep_fact", fail)
        if alive:
            assert "disk is full" in await here.hub.prove_alive()
        else:
            with pytest.raises(NotAlive, match="does not commit"):
                await here.hub.prove_alive()
        monkeypatch.undo()


async def test_work_of_the_hub_that_breaks_off_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    def broken(_: Fanout, frame: bytes) -> None:
        reached.set()
        raise RuntimeError("a defect")

    monkeypatch.setattr(Fanout, "heartbeat", broken)
    hub = HubServer(HubSettings(port=0, data_dir=tmp_path, heartbeat_interval=0.1))
    await hub.start()
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
    with pytest.raises(RuntimeError, match="a defect"):
        await hub.stop()
    assert "hub-heartbeats ended" in caplog.text
