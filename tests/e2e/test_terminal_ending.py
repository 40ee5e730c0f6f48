"""However the display ends, the shell is usable after it, and no secret is on the terminal."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal
from tests.e2e.terminal_app import SECRET
from voice_tui.terminal import GuardedApp
from voice_tui.terminal.driver import end_app

Start = Callable[..., PtyTerminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the small app on a terminal; it is killed after the test."""
    with ExitStack() as stack:

        def begin(way: str = "", shows: str = "ready", **options: Any) -> PtyTerminal:
            argv = [sys.executable, "-m", "tests.e2e.terminal_app", str(tmp_path), way]
            terminal = stack.enter_context(PtyTerminal(argv, **options))
            terminal.wait_for(shows)
            return terminal

        yield begin


def log_lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "kds.log").read_text().splitlines()]


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
)
def test_a_signal_ends_it_cleanly(
    start: Start, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    terminal = start()

    terminal.signal(number)

    assert terminal.exit_code() == code
    assert terminal.not_restored() == []
    assert terminal.screen_text().strip() == ""
    told = [line["message"] for line in log_lines(tmp_path)]
    assert f"ending: {number.name}" in told
    assert told[-1].startswith(f"ended with exit code {code}, which took ")


def test_a_key_ends_it_cleanly(start: Start) -> None:
    terminal = start()

    terminal.send("q")

    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []
    assert terminal.screen_text().strip() == ""


@pytest.mark.parametrize(
    ("way", "key"),
    [
        ("crash in a handler", "c"),
        ("crash in a worker", "w"),
        ("crash on mount", ""),
        ("crash on unmount", "q"),
        ("input fails", "x"),
    ],
)
def test_a_crash_says_where_the_log_is_and_no_more(
    start: Start, tmp_path: Path, way: str, key: str
) -> None:
    terminal = start(way, shows="ready" if key else "the log")

    terminal.send(key)

    assert terminal.exit_code() == 1
    assert terminal.not_restored() == []
    rows = terminal.screen_text().replace("\n", "")
    assert rows.startswith("kds-tui ended because of an error (LookupError).")
    assert rows.endswith(f"What happened is in the log: {tmp_path}/kds.log")
    assert SECRET.encode() not in terminal.raw
    crashes = [line for line in log_lines(tmp_path) if line["level"] == "CRITICAL"]
    assert "in crash_with_secret" in crashes[0]["exception"]
    assert crashes[0]["component"] == "app"
    assert all(SECRET not in file.read_text() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("key", "shows", "told"),
    [
        ("t", "thread over", "the thread sound ended by an error"),
        ("b", "task over", "Task exception was never retrieved"),
    ],
)
def test_a_crash_beside_the_screen_is_in_the_log_and_the_display_goes_on(
    start: Start, tmp_path: Path, key: str, shows: str, told: str
) -> None:
    terminal = start()

    terminal.send(key)
    terminal.wait_for(shows)
    terminal.send("1")
    terminal.wait_for("1")
    terminal.send("q")

    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []
    assert b"Traceback" not in terminal.raw
    errors = [line for line in log_lines(tmp_path) if line["level"] == "ERROR"]
    assert [line["message"].partition("\n")[0] for line in errors] == [told]
    assert "in crash_with_secret" in errors[0]["exception"]
    assert SECRET not in json.dumps(errors)


def test_a_display_tells_its_service_manager_how_it_is(start: Start, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(DEADLINE_S)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        terminal = start(env=environ)

        assert manager.recv(4096) == b"READY=1\nSTATUS=the display is on"
        assert manager.recv(4096) == b"WATCHDOG=1\nSTATUS=the display is on"
        terminal.send("q")
        while (told := manager.recv(4096)).startswith(b"WATCHDOG=1"):
            pass

        assert told == b"STOPPING=1\nSTATUS=the display ends"
        assert terminal.exit_code() == 0


def test_a_signal_does_not_change_how_it_was_ending() -> None:
    app = GuardedApp()

    app.exit(return_code=3)
    end_app(app, 143, "SIGTERM")

    assert app.return_code == 3


def test_nohup_is_respected(start: Start) -> None:
    terminal = start("nohup")

    terminal.signal(signal.SIGHUP)
    terminal.send("1")
    terminal.wait_for("keys 1")
    terminal.send("q")

    assert terminal.exit_code() == 0


def test_a_stopped_display_goes_on_and_restores_the_terminal(start: Start) -> None:
    terminal = start()

    terminal.signal(signal.SIGSTOP)
    terminal.signal(signal.SIGCONT)
    terminal.wait_for(lambda: terminal.raw.count(b"\x1b[?1049h") == 2)
    terminal.wait_for("ready")
    terminal.send("1")
    terminal.wait_for("keys 1")
    terminal.send("q")

    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []


def test_a_driver_that_fails_half_way_gives_the_terminal_back(start: Start) -> None:
    terminal = start("half started", shows="(OSError)")

    assert terminal.exit_code() == 1
    assert terminal.not_restored() == []


def test_what_a_library_writes_on_stderr_goes_to_a_file(start: Start, tmp_path: Path) -> None:
    terminal = start()

    terminal.send("n")
    terminal.wait_for("keys n")
    terminal.send("q")

    assert terminal.exit_code() == 0
    assert b"ALSA" not in terminal.raw
    assert "ALSA lib: underrun" in (tmp_path / "kds-stderr.log").read_text()


@pytest.mark.parametrize("controlling", [True, False], ids=["SIGHUP", "no SIGHUP"])
@pytest.mark.parametrize("way", ["", "nohup", "output notices nothing", "input notices nothing"])
def test_it_ends_when_the_terminal_is_gone(start: Start, way: str, controlling: bool) -> None:
    terminal = start(way, controlling=controlling)

    terminal.hang_up()

    assert terminal.exit_code() == 129


def test_a_hanging_app_is_ended_by_force_in_time(start: Start, tmp_path: Path) -> None:
    terminal = start("short patience")
    terminal.send("h")
    terminal.wait_for("keys h")

    terminal.signal(signal.SIGTERM)

    assert terminal.exit_code() == 143
    assert terminal.not_restored() == []
    assert "in hang" in (tmp_path / "kds-stderr.log").read_text()


def test_an_end_that_hangs_is_forced_in_time_without_a_signal_too(
    start: Start, tmp_path: Path
) -> None:
    terminal = start("hang on unmount")

    terminal.send("q")

    assert terminal.exit_code() == 1
    assert terminal.not_restored() == []
    assert "in hang" in (tmp_path / "kds-stderr.log").read_text()


def test_a_second_signal_ends_a_stalled_display_at_once(start: Start) -> None:
    terminal = start("long patience")
    terminal.stall()
    terminal.send("f")

    terminal.signal(signal.SIGTERM)
    terminal.signal(signal.SIGINT)

    assert terminal.exit_code() in (143, 130)
