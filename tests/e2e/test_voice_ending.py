"""The display with voice on, the real program: it ends in time at every stage of an order, and an
order goes on while its terminal stands still."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal, hear_signals
from voice_tui.signal_watch import FORCE_AFTER_S

WAITS_S: Final = 1.5
"""Longer than an end that waits for nothing takes."""

READY: Final = "NO MICROPHONE"
"""In the head of the panel once voice has begun; there is none in a test."""

WORDS: Final = "two cheeseburgers for table five"
UNDERSTOOD: Final = "2 Classic Burger"
NOT_YET: Final = "again in a moment"
PLACEHOLDER: Final = "two burgers, table 5"

pytestmark = pytest.mark.timeout(4 * DEADLINE_S)

Start = Callable[..., PtyTerminal]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    with hub_process(tmp_path, "--voice") as hub:
        yield hub
        hub.process.send_signal(signal.SIGCONT)


@pytest.fixture
def display(hub: HubProcess) -> Iterator[Start]:
    """Start a display with voice on the hub; it is killed after the test."""
    voice = {
        "KDS_DISPLAY__VOICE": "true",
        "KDS_VOICE__DIALECT": "gateway",
        "KDS_VOICE__URL": hub.url,
    }
    with ExitStack() as stack:

        def start(shows: str = READY) -> PtyTerminal:
            command = [PROGRAM, "run", "--url", hub.url]
            terminal = PtyTerminal(command, (120, 36), env=hub.home | voice)
            stack.enter_context(terminal)
            terminal.wait_for(shows)
            return terminal

        yield start


def open_entry(terminal: PtyTerminal) -> None:
    """Go to the panel, and open its line to type in."""
    terminal.send("t")
    terminal.send("/")
    terminal.wait_for(PLACEHOLDER)


def type_order(terminal: PtyTerminal) -> None:
    """Type it until voice is connected, of which nothing tells where there is no microphone."""
    while UNDERSTOOD not in terminal.screen_text():
        terminal.wait_for(lambda: NOT_YET not in terminal.screen_text())
        open_entry(terminal)
        terminal.send(f"{WORDS}\r")
        terminal.wait_for(lambda: any(it in terminal.screen_text() for it in (UNDERSTOOD, NOT_YET)))


def orders(hub: HubProcess) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{hub.url}/api/v1/orders?limit=50", headers={"Authorization": f"Bearer {hub.token}"}
    )
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        return json.load(answer)


def seconds_to_end(hub: HubProcess) -> float:
    """What the display's log says that its end took."""
    (file,) = Path(hub.home["HOME"]).rglob("kds-tui.log")
    last = json.loads(file.read_text().splitlines()[-1])["message"]
    took = re.fullmatch(r"ended with exit code 143, which took ([\d.]+) s", last)
    assert took is not None, last
    return float(took[1])


@pytest.mark.parametrize("stage", ["loading", "ready", "an order begun"])
def test_it_ends_in_time_with_voice_on(hub: HubProcess, display: Start, stage: str) -> None:
    terminal = display("● LIVE" if stage == "loading" else READY)
    if stage == "an order begun":
        type_order(terminal)

    terminal.signal(signal.SIGTERM)

    assert terminal.exit_code() == 143
    assert terminal.not_restored() == []
    assert seconds_to_end(hub) < FORCE_AFTER_S - 2
    assert orders(hub) == []


def test_an_order_that_is_being_placed_is_placed_once_and_then_it_ends(
    hub: HubProcess, display: Start
) -> None:
    terminal = display()
    type_order(terminal)
    hub.process.send_signal(signal.SIGSTOP)
    terminal.send("y")
    terminal.wait_for("Sending the order")

    terminal.signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        terminal.process.wait(WAITS_S)
    hub.process.send_signal(signal.SIGCONT)

    assert terminal.exit_code() == 143
    assert terminal.not_restored() == []
    assert seconds_to_end(hub) < FORCE_AFTER_S - 2
    assert [order["table_number"] for order in orders(hub)] == ["5"]


def test_it_does_not_wait_for_ever_for_an_order_that_is_being_placed(
    hub: HubProcess, display: Start
) -> None:
    terminal = display()
    type_order(terminal)
    hub.process.send_signal(signal.SIGSTOP)
    terminal.send("y")
    terminal.wait_for("Sending the order")

    terminal.signal(signal.SIGTERM)

    assert terminal.exit_code() == 143
    assert terminal.not_restored() == []
    assert seconds_to_end(hub) < FORCE_AFTER_S


def test_an_order_goes_on_while_the_terminal_stands_still(hub: HubProcess, display: Start) -> None:
    terminal = display()
    type_order(terminal)
    terminal.stall()
    terminal.send("y")
    while not orders(hub):  # placed while nobody sees it
        pass

    terminal.resume()
    terminal.wait_for("TABLE 5")
    assert [order["table_number"] for order in orders(hub)] == ["5"]
    terminal.wait_for(lambda: "y place" not in terminal.screen_text())
    terminal.send("q")
    assert terminal.exit_code() == 0


def test_a_hub_whose_recogniser_still_trains_ends_in_time(tmp_path: Path) -> None:
    home = clean_home(tmp_path / "home")
    command = [PROGRAM, "hub", "--voice", "--port", "0", "--data-dir", str(tmp_path / "data")]
    with subprocess.Popen(
        command,
        env={**home, "PATH": str(Path(sys.executable).parent), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    ) as process:
        assert process.stdout is not None
        while "connect a display" not in (line := process.stdout.readline()):
            assert line

        process.send_signal(signal.SIGTERM)

        assert process.wait(FORCE_AFTER_S + DEADLINE_S) == 0  # 143 when it had to be forced
