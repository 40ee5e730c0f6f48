"""`make demo`, on a terminal as a person runs it, and without one as a machine does."""

from __future__ import annotations

import os
import signal
import subprocess
import wave
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kds_tui.demo import run as demo_run
from kds_tui.demo import speech, voice_order
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
    terminal.wait_for("Bump the selected")
    terminal.send("?")
    terminal.wait_for(lambda: "Bump the selected" not in terminal.screen_text())
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


def headless(folder: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "demo", *options],
        env={**os.environ, **clean_home(folder / "home"), **env},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=3 * DEADLINE_S,
    )


def rows(report: str) -> dict[str, str]:
    """Read the figures of a report: name to value."""
    lines = (line.strip() for line in report.split("\n") if line.startswith("  "))
    pairs = (line.rsplit("   ", 1) for line in lines if "   " in line)
    return {name.strip(): value.strip() for name, value in pairs}


def check_spoken_order(figures: dict[str, str]) -> None:
    assert figures["ticket from it"] == "TABLE 5: 2 Classic Burger, 1 French Fries"
    assert "large fries for table five" in figures["heard"]
    assert figures["release to what was understood"].endswith(" ms")


@pytest.mark.timeout(4 * DEADLINE_S)
def test_without_a_terminal_it_reports_and_draws_a_picture(tmp_path: Path) -> None:
    # Long enough for some bumps beside the order by voice.
    done = headless(tmp_path, "--seconds", "7", "--speed", "3", "--screenshot", "pictures/demo.svg")

    assert (done.returncode, done.stderr) == (0, "")
    figures = rows(done.stdout)
    check_spoken_order(figures)
    through = figures["spoken"] == "through PulseAudio and PortAudio"
    assert through or figures["spoken"].startswith("behind the microphone's port (")
    assert through or os.environ.get("CI") != "true", figures["spoken"]
    for counted in (
        "orders placed by the guests",
        "tickets drawn",
        "bumps acknowledged by the hub",
    ):
        assert int(figures[counted]) > 0
    assert figures["bumps declined"] == "0"
    for measured in ("event to screen", "bump to the hub's answer"):
        assert "p50" in figures[measured]
    assert "● LIVE" in done.stdout  # beside the name, in whose place news may stand
    assert "└───" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Everything worked." in done.stdout
    picture = (tmp_path / "pictures" / "demo.svg").read_text()
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "LIVE" in picture


@pytest.mark.timeout(4 * DEADLINE_S)
def test_without_pulseaudio_the_recording_is_fed_in_and_it_says_so(tmp_path: Path) -> None:
    done = headless(tmp_path, "--seconds", "3", "--speed", "3", PATH=str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    figures = rows(done.stdout)
    check_spoken_order(figures)
    missing = "not installed: pulseaudio, pactl, pacat"
    assert figures["spoken"] == f"behind the microphone's port ({missing})"


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the demo in this process as somebody who set nothing."""
    for name, value in clean_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


@pytest.mark.timeout(4 * DEADLINE_S)
@pytest.mark.usefixtures("at_home")
def test_without_a_terminal_it_fails_when_nobody_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 16_000))
    monkeypatch.setattr(speech, "RECORDING", silence)
    monkeypatch.setattr(voice_order, "ANSWER_TIME", 6.0)

    code = demo_run.run_demo(
        headless=True, seconds=3, speed=3, seed=1, autopilot=True, screenshot=None
    )

    told = capsys.readouterr()
    assert code == 1
    assert told.err == "FAILED: the order by voice: nothing was understood\n"
    assert "Everything worked" not in told.out
    figures = rows(told.out)
    assert (figures["heard"], figures["ticket from it"]) == ("nothing", "none")
    assert int(figures["bumps acknowledged by the hub"]) > 0


class HubThatDies(Restaurant):
    """A restaurant whose hub is gone when the guests have gone."""

    def send_guests_home(self) -> None:
        self.__exit__(None, None, None)


@pytest.mark.timeout(4 * DEADLINE_S)
@pytest.mark.usefixtures("at_home")
def test_without_a_terminal_it_fails_when_the_hub_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
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
