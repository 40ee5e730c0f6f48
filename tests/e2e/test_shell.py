"""A kitchen from a shell: the commands as a person or a script runs them, against a hub process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, hear_signals
from tests.hostile.corpus import CORPUS
from tests.hostile.oracle import forbidden


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with hub_process(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def kds(hub: HubProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments, "--url", hub.url],
        env={**os.environ, **hub.home},
        cwd=hub.home["HOME"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


@contextmanager
def watching(hub: HubProcess) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    process = subprocess.Popen(
        [PROGRAM, "watch", "--url", hub.url],
        env={**os.environ, **hub.home},
        cwd=hub.home["HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_signals,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        while json.loads(process.stdout.readline()).get("state") != "live":
            pass
        yield process, process.stdout
    finally:
        process.kill()
        process.wait(DEADLINE_S)
        process.stdout.close()
        process.stderr.close()


def test_an_order_is_bumped_recalled_and_told_to_a_watcher(hub: HubProcess) -> None:
    with watching(hub) as (process, lines):
        number = hub.order(tableNumber="31")["order_number"]
        short = number.rsplit("-", 1)[1]
        told = [json.loads(lines.readline())]
        done = kds(hub, "bump", short.lstrip("0"))
        assert (done.returncode, done.stdout) == (0, f"{short} (TABLE 31) is bumped.\n")
        told.append(json.loads(lines.readline()))
        assert kds(hub, "recall").stdout == f"{short} (TABLE 31) is back.\n"
        told.append(json.loads(lines.readline()))
        assert [(line["change"], line["order"]["status"]) for line in told] == [
            ("new", "pending"),
            ("changed", "ready"),
            ("changed", "preparing"),
        ]
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 143
        assert lines.read() == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_watch_that_is_told_to_end_says_nothing_and_ends(
    hub: HubProcess, number: signal.Signals, code: int
) -> None:
    with watching(hub) as (process, _):
        process.send_signal(number)
        assert process.wait(DEADLINE_S) == code
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_watch_whose_reader_is_gone_ends_well(hub: HubProcess) -> None:
    with watching(hub) as (process, lines):
        lines.close()
        assert process.wait(DEADLINE_S) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_orders_for_people_and_for_programs(hub: HubProcess) -> None:
    for text in CORPUS:
        sent = text.encode("utf-8", "replace").decode()[:90]
        hub.order(customerName=sent or None, notes=sent, tableNumber=sent[:20] or None)
    table = kds(hub, "orders")
    assert table.returncode == 0, table.stderr
    assert forbidden(table.stdout) == []
    orders: list[dict[str, Any]] = json.loads(kds(hub, "orders", "--json").stdout)
    lines = kds(hub, "orders", "--jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == orders
    assert len(orders) >= len(CORPUS)
    assert {order["status"] for order in orders} <= {"pending", "preparing"}
    assert json.loads(kds(hub, "orders", "--json", "--status", "cancelled").stdout) == []


def test_what_cannot_be_done_is_said_with_what_to_do(hub: HubProcess, tmp_path: Path) -> None:
    unknown = kds(hub, "bump", "9999")
    assert unknown.returncode == 1
    assert "There is no order 9999." in unknown.stderr
    assert "Traceback" not in unknown.stderr
    assert forbidden(unknown.stderr) == []
    home = hub.home
    hub.home = clean_home(tmp_path / "elsewhere")
    stranger = kds(hub, "watch")
    hub.home = home
    assert stranger.returncode == 1
    assert "kds-tui login" in stranger.stderr
    gone = subprocess.run(
        [PROGRAM, "orders", "--url", "http://127.0.0.1:9"],
        env={**os.environ, **hub.home},
        cwd=hub.home["HOME"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert gone.returncode == 1
    assert "kds-tui doctor" in gone.stderr


def test_86_from_a_shell(hub: HubProcess) -> None:
    assert kds(hub, "86").stdout == "Nothing is out of stock.\n"
    assert kds(hub, "86", "cedar", "salmon").returncode == 0
    assert kds(hub, "86").stdout == "Cedar Salmon\n"
    assert kds(hub, "86", "--back", "salmon").stdout == "Cedar Salmon is back on the menu.\n"
