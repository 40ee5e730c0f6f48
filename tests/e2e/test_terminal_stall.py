"""A display whose terminal stands still, under load: nothing else of it does, and it comes back."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal

STALL_S: Final = 13.0
"""Longer than the websocket's ping and its timeout together: a display that stood still with its
terminal would have lost its connection."""

RECOVERY_S: Final = 3.0
"""In which all is to be as if nothing had been, on a machine that is not busy."""

GROWTH_KIB: Final = 20_000

Start = Callable[..., PtyTerminal]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    with hub_process(tmp_path) as hub:
        yield hub


@pytest.fixture
def display(hub: HubProcess) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(**environ: str) -> PtyTerminal:
            command = [PROGRAM, "run", "--url", hub.url]
            terminal = PtyTerminal(command, (200, 50), env=hub.home | environ)
            stack.enter_context(terminal)
            terminal.wait_for("● LIVE")
            return terminal

        yield start


def log_lines(hub: HubProcess, name: str = "kds-tui.log") -> list[dict[str, Any]]:
    (file,) = Path(hub.home["HOME"]).rglob(name)
    return [json.loads(line) for line in file.read_text().splitlines()]


def messages(hub: HubProcess) -> list[str]:
    return [line["message"] for line in log_lines(hub)]


def resident_kib(terminal: PtyTerminal) -> int:
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


def board(terminal: PtyTerminal) -> str:
    """What is on the screen, but for ages and what tells how fresh it is."""
    return re.sub(r"\d+:\d\d|\d+ s\b|\d+s\b", "·", terminal.screen_text())


def load(hub: HubProcess, seconds: float) -> int:
    """Order some five times a second for so long."""
    pace, end, count = threading.Event(), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        count += 1
        hub.order(tableNumber=str(count), type="dine-in")
        pace.wait(0.2)
    return count


@pytest.mark.timeout(4 * DEADLINE_S)
def test_a_terminal_that_stands_still_stops_nothing_and_is_drawn_anew(
    hub: HubProcess, display: Start
) -> None:
    terminal = display()
    terminal.wait_for("All caught up")
    before = resident_kib(terminal)

    terminal.stall()
    count = load(hub, STALL_S)
    grown = resident_kib(terminal) - before
    resumed_at = time.monotonic()
    terminal.resume()
    terminal.wait_for(f"{count} open")
    terminal.wait_for(lambda: "...." not in terminal.screen_text())
    took = time.monotonic() - resumed_at

    fresh = display(KDS_JOURNAL__FOLDER=hub.home["HOME"] + "/another")
    fresh.wait_for(f"{count} open")
    terminal.send("A")  # to a display that starts nothing is new
    terminal.wait_for(lambda: board(terminal) == board(fresh))
    states = [line["fields"]["link_state"] for line in log_lines(hub) if "link:" in line["message"]]
    fresh.send("q")
    terminal.send("1\r")
    terminal.wait_for("1 ready")
    terminal.wait_for(lambda: "unsent" not in terminal.screen_text())
    terminal.send("q")
    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []

    assert took < max(RECOVERY_S, DEADLINE_S / 4)
    assert grown < GROWTH_KIB
    assert states.count("reconnecting") == 0
    told = [line for line in messages(hub) if "stood still for" in line]
    # A busy machine reads slowly at other times, too.
    assert max(float(re.findall(r"[\d.]+", line)[0]) for line in told) > STALL_S - 2


@pytest.mark.timeout(2 * DEADLINE_S)
def test_a_signal_ends_it_while_its_terminal_stands_still(hub: HubProcess, display: Start) -> None:
    terminal = display()
    terminal.stall()
    hub.order(tableNumber="1", type="dine-in")
    wait_for_log(hub, "stands still")

    sent_at = time.monotonic()
    terminal.signal(signal.SIGTERM)
    code = terminal.process.wait(DEADLINE_S)
    took = time.monotonic() - sent_at
    terminal.resume()

    assert code == 143
    assert took < 8  # not by force, even on a busy machine
    assert terminal.exit_code() == 143
    assert terminal.not_restored() == []
    assert "ending: SIGTERM" in messages(hub)


def wait_for_log(hub: HubProcess, words: str) -> None:
    ends, pause = time.monotonic() + DEADLINE_S, threading.Event()
    while not any(words in line for line in messages(hub)):
        assert time.monotonic() < ends, f"not in the log: {words}"
        pause.wait(0.05)
