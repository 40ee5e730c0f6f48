"""`make demo`, on a terminal as a person runs it, and without one as a machine does."""

from __future__ import annotations

import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kds_tui.demo import run as demo_run
from kds_tui.demo.restaurant import Restaurant
from tests.e2e.hub_process import PROGRAM, clean_home
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal

Start = Callable[..., PtyTerminal]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Start]:
    """Start the demo on a terminal of 120 by 36 and wait for its tickets."""
    with ExitStack() as stack:

        def start(*options: str) -> PtyTerminal:
            command = [PROGRAM, "demo", *options]
            home = clean_home(tmp_path / "home")
            terminal = stack.enter_context(PtyTerminal(command, size=(120, 36), env=home))
            terminal.wait_for("● LIVE")
            terminal.wait_for("bump 1")
            return terminal

        yield start


def test_a_person_looks_bumps_asks_for_help_and_leaves(demo: Start) -> None:
    terminal = demo("--no-autopilot")
    for words in ("Demo Kitchen · all stations", "0 ready", "? help", "q quit"):
        terminal.wait_for(words)

    terminal.send("1\r")
    terminal.wait_for("1 ready")
    terminal.send("\x1b[C")
    terminal.wait_for("►")
    terminal.send(" ")
    terminal.wait_for("2 ready")
    terminal.wait_for(lambda: "unsent" not in terminal.screen_text())
    terminal.send("?")
    terminal.wait_for("Bump the selected ticket")
    terminal.send("?")
    terminal.wait_for(lambda: "Bump the selected ticket" not in terminal.screen_text())
    terminal.resize(80, 24)
    terminal.wait_for(lambda: "? help" in terminal.screen_text().split("\n")[23])
    terminal.send("q")

    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []
    assert terminal.screen_text().strip() == "Opening the demo's kitchen ..."


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
)
def test_a_signal_ends_it_and_gives_the_terminal_back(
    demo: Start, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    terminal = demo()

    terminal.signal(number)

    assert terminal.exit_code(deadline=20) == code
    assert terminal.not_restored() == []
    assert terminal.screen_text().strip() == "Opening the demo's kitchen ..."
    (log,) = (tmp_path / "home").rglob("kds-tui-demo.log")
    assert '"level": "ERROR"' not in log.read_text()


def headless(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "demo", *options],
        env={**os.environ, **clean_home(folder / "home")},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )


def test_without_a_terminal_it_reports_and_draws_a_picture(tmp_path: Path) -> None:
    done = headless(tmp_path, "--seconds", "3", "--speed", "3", "--screenshot", "pictures/demo.svg")

    assert (done.returncode, done.stderr) == (0, "")
    figures = dict(
        line.strip().rsplit("   ", 1) for line in done.stdout.split("\n") if line.startswith("  ")
    )
    figures = {name.strip(): value.strip() for name, value in figures.items()}
    for counted in (
        "orders placed by the guests",
        "tickets drawn",
        "bumps acknowledged by the hub",
    ):
        assert int(figures[counted]) > 0
    assert figures["bumps declined"] == "0"
    for measured in ("event to screen", "bump to the hub's answer"):
        assert "p50" in figures[measured]
    assert "Demo Kitchen · all stations" in done.stdout
    assert "└───" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Everything worked." in done.stdout
    picture = (tmp_path / "pictures" / "demo.svg").read_text()
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "Kitchen" in picture


class HubThatDies(Restaurant):
    """A restaurant whose hub is gone when the guests have gone."""

    def send_guests_home(self) -> None:
        self.__exit__(None, None, None)


def test_without_a_terminal_it_fails_when_the_hub_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in clean_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_run, "Restaurant", HubThatDies)
    monkeypatch.setattr(demo_run, "SETTLE_TIME", 0.5)

    code = demo_run.run_demo(
        headless=True, seconds=1.5, speed=3, seed=1, autopilot=True, screenshot=None
    )

    told = capsys.readouterr()
    assert code == 1
    assert "FAILED: the hub could not be asked: No answer from http://127.0.0.1:" in told.err
    assert "Everything worked" not in told.out
    assert (tmp_path / "demo-output" / "screen.svg").exists()
