"""A running display tells how it is: to the doctor by a file, to Prometheus by file and port."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from kds_tui.config.metrics_section import MetricsSettings
from kds_tui.core.display_status import VoiceFacts
from kds_tui.core.link import LinkState
from kds_tui.services import display_watch, running_displays
from kds_tui.services.display_metrics import render_metrics
from kds_tui.services.display_report import DisplayReport, report_lines
from kds_tui.services.display_watch import DisplayWatch, WatchSetup
from kds_tui.services.folder_lock import LOCK_FILE
from kds_tui.services.running_displays import find_displays
from kds_tui.services.status_file import STATUS_FILE, read_status
from kds_tui.services.terminal import Terminal
from kds_tui.services.websocket import FEED
from tests.service.hub_kitchen import PATIENCE, eventually
from tests.service.site import Site

QUICK = 0.01
"""Seconds between two looks, in these tests."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@asynccontextmanager
async def watched(site: Site, **metrics: Any) -> AsyncIterator[tuple[Terminal, DisplayWatch]]:
    voice = VoiceFacts(orders_started=5, orders_completed=4, state_timeouts=2)
    setup = WatchSetup(
        metrics=MetricsSettings(**metrics),
        station="grill",
        server=site.url,
        voice=lambda: voice,
        no_voice=lambda: "",
        interval=QUICK,
    )
    async with site.terminal() as terminal, DisplayWatch(terminal, setup) as watch:
        yield terminal, watch


def samples(text: str) -> dict[str, float]:
    """Read Prometheus's text format: name with labels to value."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


async def test_the_status_is_on_the_disk_for_its_owner_only_and_gone_at_a_clean_end(
    site: Site,
) -> None:
    async with watched(site) as (terminal, _):
        file = terminal.folder / STATUS_FILE
        await eventually(file.exists)
        assert os.stat(file).st_mode & 0o777 == 0o600
        told = read_status(terminal.folder)
        assert told is not None
        assert (told.pid, told.station, told.server) == (os.getpid(), "grill", site.url)
        assert told.ending_for is None
        (found,) = find_displays(terminal.folder.parent)
        assert (found.pid, found.seen.is_running) == (os.getpid(), True)
        assert found.seen.age < PATIENCE
        left = list(terminal.folder.glob(f".{STATUS_FILE}*"))
        assert len(left) <= 1  # the one that is being written just now
    assert not file.exists()
    assert find_displays(terminal.folder.parent) == []


async def test_it_says_that_it_ends_before_it_has_ended(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[float | None] = []
    write = display_watch.write_status
    monkeypatch.setattr(
        display_watch,
        "write_status",
        lambda folder, status: (written.append(status.ending_for), write(folder, status)),
    )
    async with watched(site):
        await eventually(lambda: len(written) > 1)
    assert written[-1] == 0.0
    assert written[0] is None


async def test_the_figures_are_those_of_the_link(site: Site) -> None:
    async with site.hub(), watched(site) as (terminal, watch):
        first = await site.order("1")
        assert (await terminal.connect(PATIENCE)).state is LinkState.LIVE
        await eventually(lambda: len(terminal.kitchen.tickets) == 1)
        await site.order("2")
        await eventually(lambda: len(terminal.kitchen.tickets) == 2)
        terminal.bump(first)
        await eventually(lambda: terminal.tally.answered == 1)
        status = watch.status()
        assert status.link is not None
        assert status.link.state is LinkState.LIVE
        assert (status.link.connect_count, status.link.live_count) == (1, 1)
        assert status.link.down_for is None
        assert {*status.link.subscriptions} == {"feed", "status", "server time"}
        assert status.link.missing_subscriptions == status.link.doubled_subscriptions == ()
        assert (status.events.orders, sum(status.events.latency)) == (1, 2)
        assert status.commands.given == {"bump": 1}
        link = terminal.link
        assert link is not None
        socket = link._opened()
        before = socket.get_subscriptions()
        twice = socket.subscribe(FEED, terminal.feed)
        assert watch.status().link.doubled_subscriptions == ("feed",)  # type: ignore[union-attr]
        twice()
        link.replace()
        await eventually(lambda: link.get_status()["connect_count"] == 2)
        await eventually(lambda: watch.status().link.live_count == 2)  # type: ignore[union-attr]
        assert watch.status().link.snapshots == 2  # type: ignore[union-attr]
        assert socket.get_subscriptions() == before
        told = samples(render_metrics(watch.status()).decode())
        label = '{station="grill"}'
        assert told[f"websocket_connections_attempted{label}"] == 2
        assert told[f"websocket_connections_successful{label}"] == 2
        assert told[f"voice_orders_started{label}"] == 5
        assert told[f"voice_orders_completed{label}"] == 4
        assert told[f"voice_state_timeouts{label}"] == 2
        assert told[f"process_resident_memory_bytes{label}"] > 10e6
        assert told['kds_commands_total{station="grill",verb="bump"}'] == 1
        assert told[f"kds_orders_total{label}"] == 1
        assert told[f"kds_event_latency_seconds_count{label}"] == 2
        assert told['kds_event_latency_seconds_bucket{le="+Inf",station="grill"}'] == 2
    status = watch.status()
    assert status.link is not None
    assert status.link.open_sockets == 0


async def test_a_server_that_is_gone_is_counted_as_tries_that_failed(site: Site) -> None:
    async with watched(site) as (terminal, watch):
        await terminal.connect(0.05)
        await eventually(lambda: (watch.status().link.connect_count) >= 3)  # type: ignore[union-attr]
        link = watch.status().link
        assert link is not None
        assert link.live_count == 0
        assert link.down_for is not None
        terminal.link.replace()  # type: ignore[union-attr]
        await eventually(lambda: watch.status().link.reason != "")  # type: ignore[union-attr]


async def test_a_metrics_file_that_cannot_be_written_is_told(site: Site, tmp_path: Path) -> None:
    async with watched(site, file=str(tmp_path / "nowhere" / "kds.prom")) as (terminal, watch):
        await eventually(lambda: "No such file or directory" in "".join(watch.status().trouble))
        assert (terminal.folder / STATUS_FILE).exists()


async def test_metrics_as_a_file_whole_at_every_moment_and_gone_at_the_end(
    site: Site, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "textfile" / "kds.prom"
    file.parent.mkdir()
    mask = os.umask(0o077)
    request.addfinalizer(lambda: os.umask(mask))
    async with watched(site, file=str(file)):
        await eventually(file.exists)
        assert os.stat(file).st_mode & 0o777 == 0o644, "node_exporter is another user"
        for _ in range(50):
            text = file.read_text()
            assert text.startswith("# HELP")
            assert text.endswith("\n")
            assert 'kds_status_time_seconds{station="grill"}' in text
            await asyncio.sleep(0)
    assert not file.exists()
    assert list(file.parent.iterdir()) == []


async def test_metrics_on_a_port_of_this_machine(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with watched(site, port=port) as (_, watch), aiohttp.ClientSession() as session:
        assert watch.status().trouble == ()
        url = f"http://127.0.0.1:{port}"
        async with session.get(f"{url}/metrics") as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert 'kds_link_live{station="grill"} 0.0' in await answer.text()
        async with session.get(f"{url}/anything") as answer:
            assert answer.status == 404
        # A page of another name that was pointed at this machine.
        async with session.get(f"{url}/metrics", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421
            assert "kds_" not in await answer.text()
    with pytest.raises(OSError, match=r"Connect call failed|refused"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_port_that_is_taken_is_told_and_the_display_runs_on(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with watched(site, port=port) as (terminal, watch):
            assert watch.status().trouble == (
                f"port {port} cannot be used (Address already in use): see [metrics] port",
            )
            await eventually((terminal.folder / STATUS_FILE).exists)


async def test_a_disk_that_hangs_holds_up_neither_the_display_nor_its_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, released = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        hangs.set()
        released.wait()

    monkeypatch.setattr(display_watch, "write_status", hang)
    monkeypatch.setattr(display_watch, "WRITE_DEADLINE", 0.02)
    monkeypatch.setattr(display_watch, "END_DEADLINE", 0.02)
    threads = threading.active_count()
    try:
        async with asyncio.timeout(PATIENCE), watched(site) as (_, watch):
            await eventually(lambda: watch.status().trouble == ("the disk does not answer",))
            assert hangs.is_set()
            # One writer at a time, however long it takes.
            assert threading.active_count() <= threads + 3
    finally:
        released.set()


async def test_a_full_disk_is_told_and_passes(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = tmp_path / "kds.prom"  # on another disk: that this one is full is told there
    write = display_watch.write_status
    full = True

    def writes(folder: Path, status: Any) -> None:
        if full:
            raise OSError(28, "No space left on device", str(folder))
        write(folder, status)

    monkeypatch.setattr(display_watch, "write_status", writes)
    async with watched(site, file=str(metrics)) as (terminal, watch):
        told = f"No space left on device: {terminal.folder}"
        await eventually(lambda: watch.status().trouble == (told,))
        await eventually(metrics.exists)
        full = False
        await eventually(lambda: watch.status().trouble == ())


def as_if_killed(folder: Path, **fields: object) -> None:
    file = folder / STATUS_FILE
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **fields}))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / STATUS_FILE).write_text("{"),
        lambda folder: (folder / STATUS_FILE).write_text('{"pid": "x"}'),
        lambda folder: (folder / STATUS_FILE).write_bytes(b'{"station": "\xff"}'),
        lambda folder: (folder / STATUS_FILE).write_text('{"link":' * 5000),
        lambda folder: as_if_killed(folder, pid=1),
        lambda folder: (folder / STATUS_FILE).unlink(),
    ],
)
async def test_a_display_whose_status_cannot_be_read_is_found_all_the_same(
    site: Site, change: Callable[[Path], object]
) -> None:
    async with site.terminal() as terminal:
        async with watched_once(terminal, site):
            pass
        change(terminal.folder)
        (found,) = find_displays(terminal.folder.parent)
        assert (found.pid, found.status, found.seen.is_running) == (os.getpid(), None, True)


@asynccontextmanager
async def watched_once(terminal: Terminal, site: Site) -> AsyncIterator[None]:
    setup = WatchSetup(MetricsSettings(), "grill", site.url, lambda: None, lambda: "")
    async with DisplayWatch(terminal, setup):
        await eventually((terminal.folder / STATUS_FILE).exists)
        yield


async def test_what_a_killed_display_left_is_no_running_display(site: Site) -> None:
    async with site.terminal() as terminal:
        async with watched_once(terminal, site):
            pass
        left = (terminal.folder / STATUS_FILE).read_bytes()
    (terminal.folder / STATUS_FILE).write_bytes(left)
    (found,) = find_displays(terminal.folder.parent)
    assert not found.seen.is_running
    # Its number is another program's by now: this one's, which has no lock on the folder.
    assert found.pid == os.getpid()
    assert found.status is not None
    async with site.terminal():
        assert not find_displays(terminal.folder.parent)[0].seen.is_stopped
    assert re.match(r"\{", left.decode())


async def test_a_display_whose_disk_takes_nothing_is_not_called_frozen(
    site: Site, request: pytest.FixtureRequest
) -> None:
    async with site.terminal() as terminal:
        async with watched_once(terminal, site):
            pass
        as_if_killed(terminal.folder, written_at=time.monotonic() - 60, ending_for=None)
        frozen = report_of(terminal)
        assert ([finding.id for finding in frozen.findings], frozen.is_frozen) == (["frozen"], True)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        full = report_of(terminal)
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        (finding,) = full.findings
        assert (finding.id, full.is_frozen) == ("not written", False)
        assert "The disk takes nothing (File too large)" in finding.sentence
        assert "kill" not in finding.do, "bumps are in its memory only"


async def test_a_display_that_started_on_a_full_disk_is_found(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site.terminal() as terminal:
        lock = terminal.folder / LOCK_FILE
        os.truncate(lock, 0)
        (found,) = find_displays(terminal.folder.parent)
        assert (found.pid, found.status) == (os.getpid(), None)
        assert DisplayReport.of(found).good, "it has just started"
        long_ago = time.time() - 60
        os.utime(lock, (long_ago, long_ago))
        monkeypatch.setattr(running_displays, "_disk_trouble", lambda _: "No space left on device")
        (found,) = find_displays(terminal.folder.parent)
        report = DisplayReport.of(found)
        assert ([finding.id for finding in report.findings], report.good) == (
            ["not written"],
            False,
        )
        words = "\n".join(report_lines(found))
        assert "has told nothing yet" in words
        assert "The disk takes nothing (No space left on device)" in words
    assert find_displays(terminal.folder.parent) == []


def test_a_folder_of_another_user_does_not_end_the_doctor() -> None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        folder = root / "grill"
        folder.mkdir()
        (folder / STATUS_FILE).write_text("{}")
        folder.chmod(0)
        root.chmod(0o755)
        user = os.geteuid()
        try:
            if user == 0:
                os.seteuid(65534)
            assert find_displays(root) == []
        finally:
            os.seteuid(user)
            folder.chmod(0o700)


def report_of(terminal: Terminal) -> DisplayReport:
    (found,) = find_displays(terminal.folder.parent)
    return DisplayReport.of(found)
