"""The real programs, ended in every way: in time, with the code that is promised, and whole."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal
from voice_tui.signal_watch import FORCE_AFTER_S
from voice_tui.terminal.driver import RESTORE

VOICE_PROGRAM: Final = str(Path(sys.executable).with_name("voice-tui"))

ENTERS: Final = b"\x1b[?1049h"

Start = Callable[..., PtyTerminal]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    with hub_process(tmp_path) as hub:
        yield hub
        hub.process.send_signal(signal.SIGCONT)


@pytest.fixture
def display(hub: HubProcess) -> Iterator[Start]:
    """Start a display on the hub; it is killed after the test."""
    with ExitStack() as stack:

        def start(shows: str = "● LIVE", **options: Any) -> PtyTerminal:
            command = [PROGRAM, "run", "--url", hub.url]
            terminal = PtyTerminal(command, (120, 36), env=hub.home, **options)
            stack.enter_context(terminal)
            if shows:
                terminal.wait_for(shows)
            return terminal

        yield start


def log_lines(hub: HubProcess) -> list[dict[str, Any]]:
    (file,) = Path(hub.home["HOME"]).rglob("kds-tui.log")
    return [json.loads(line) for line in file.read_text().splitlines()]


def check_end_in_log(hub: HubProcess, code: int) -> None:
    """Check that the display ended by itself, in a second on a machine that is not busy."""
    last = log_lines(hub)[-1]["message"]
    took = re.fullmatch(rf"ended with exit code {code}, which took ([\d.]+) s", last)
    assert took is not None, last
    assert float(took[1]) < FORCE_AFTER_S - 2


@pytest.mark.parametrize("hub_is", ["live", "stopped"])
def test_it_ends_in_time_whether_its_server_answers_or_not(
    hub: HubProcess, display: Start, hub_is: str
) -> None:
    terminal = display()
    if hub_is == "stopped":
        hub.process.send_signal(signal.SIGSTOP)

    terminal.signal(signal.SIGTERM)

    assert terminal.exit_code() == 143
    assert terminal.not_restored() == []
    check_end_in_log(hub, 143)


@pytest.mark.parametrize("stage", ["spawned", "log is open", "screen is taken"])
def test_a_signal_while_it_starts_ends_it(hub: HubProcess, display: Start, stage: str) -> None:
    terminal = display("")
    if stage == "log is open":
        log = Path(hub.home["HOME"]) / "XDG_STATE_HOME"
        while not any(log.rglob("kds-tui.log")):
            assert terminal.process.poll() is None
            time.sleep(0)
    if stage == "screen is taken":
        terminal.wait_for(lambda: ENTERS in terminal.raw)

    terminal.signal(signal.SIGTERM)

    # Before Python has come to the handler, the signal does what it does to any program.
    assert terminal.exit_code() in ({143} if stage == "screen is taken" else {143, -15})
    assert terminal.not_restored() == []


def test_a_signal_while_it_ends_changes_nothing(hub: HubProcess, display: Start) -> None:
    terminal = display()
    terminal.send("q")
    terminal.signal(signal.SIGTERM)

    assert terminal.exit_code() in (0, 143)
    assert terminal.not_restored() == []


@pytest.mark.parametrize("controlling", [True, False], ids=["SIGHUP", "no SIGHUP"])
def test_it_ends_when_its_terminal_is_closed(
    hub: HubProcess, display: Start, controlling: bool
) -> None:
    terminal = display(controlling=controlling)

    terminal.hang_up()

    assert terminal.exit_code() == 129
    check_end_in_log(hub, 129)


def test_after_kill_9_the_terminal_can_be_restored_and_the_next_display_starts(
    hub: HubProcess, display: Start
) -> None:
    terminal = display()
    hub.order(tableNumber="7", type="dine-in")
    terminal.wait_for("TABLE 7")
    hub.process.send_signal(signal.SIGSTOP)
    terminal.send("1\r")
    terminal.wait_for("unsent")
    terminal.signal(signal.SIGKILL)
    assert terminal.process.wait(DEADLINE_S) == -9
    # What systemd's ExecStopPost= writes; the line discipline is for its TTYReset=.
    terminal.write_as_another_program(RESTORE)
    assert terminal.exit_code() == -9
    assert terminal.not_restored() == ["line discipline"]

    (log,) = Path(hub.home["HOME"]).rglob("kds-tui.log")
    with log.open("a") as torn:
        torn.write('{"message": "half a li')
    hub.process.send_signal(signal.SIGCONT)
    again = display()
    again.wait_for("1 ready")
    again.wait_for(lambda: "unsent" not in again.screen_text())
    again.send("q")

    assert again.exit_code() == 0
    whole = [line for line in log.read_text().splitlines() if line != '{"message": "half a li']
    assert json.loads(whole[-1])["message"].startswith("ended with exit code 0")


@pytest.mark.parametrize("content", ["half a tok", "\0" * 40], ids=["half", "zeros"])
def test_a_token_that_a_power_cut_spoiled_is_told_and_mended_by_login(
    hub: HubProcess, display: Start, content: str
) -> None:
    (file,) = Path(hub.home["HOME"]).rglob("token")
    file.write_text(content)

    terminal = display("LOGIN REFUSED")
    hub.sign_in()
    terminal.send("\x12")
    terminal.wait_for("● LIVE")
    terminal.send("q")

    assert terminal.exit_code() == 0


@pytest.mark.timeout(2 * DEADLINE_S)
@pytest.mark.parametrize("shows", ["", "T talk"], ids=["screen is taken", "on"])
def test_voice_tui_ends_in_time_too(tmp_path: Path, shows: str) -> None:
    home = clean_home(tmp_path / "home")
    environ = {**home, "PATH": os.environ["PATH"]}
    with PtyTerminal([VOICE_PROGRAM, "run", "--offline"], (80, 24), env=environ) as terminal:
        terminal.wait_for(shows or (lambda: ENTERS in terminal.raw))

        terminal.signal(signal.SIGTERM)

        assert terminal.exit_code() == 143
        assert terminal.not_restored() == []
    (log,) = (tmp_path / "home").rglob("voice-tui.log")
    last = json.loads(log.read_text().splitlines()[-1])["message"]
    took = re.fullmatch(r"ended with exit code 143, which took ([\d.]+) s", last)
    assert took is not None, last
    assert float(took[1]) < FORCE_AFTER_S - 2
