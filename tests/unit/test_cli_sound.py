"""`kds-tui sound`, on a machine whose sound system says what a test tells it to."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kds_tui.cli import main

pytestmark = pytest.mark.usefixtures("bare_machine")

NO_DEVICE = '{"failed": "There is no sound device that plays."}'


def run(monkeypatch: pytest.MonkeyPatch, answer: str, *arguments: str) -> Result:
    """Run a command with a player that gives the same answer to everything."""
    import sys

    from kds_tui.services import sound, sound_output

    program = f"import sys\nfor _ in sys.stdin: print('{answer}', flush=True)"
    monkeypatch.setattr(sound_output, "PLAYER", (sys.executable, "-c", program))
    monkeypatch.setattr(
        sound_output.PlayerProcess.__init__, "__defaults__", ("", 40.0, sound_output.PLAYER)
    )
    monkeypatch.setattr(sound, "STROKE_GAP", 0.0)
    return CliRunner().invoke(main, ["sound", *arguments])


def test_the_test_names_each_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, '{"played": "pulse"}', "test", "new", "ready")
    assert done.exit_code == 0
    assert done.stdout == "new\nready, silent on the display\n"


def test_without_a_device_the_bell_is_heard_and_the_reason_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = run(monkeypatch, NO_DEVICE, "test", "new")
    assert done.exit_code == 1
    assert "\a" in done.stdout
    assert "There is no sound device that plays." in done.stderr


def test_a_wrong_event_is_answered_with_those_there_are() -> None:
    done = CliRunner().invoke(main, ["sound", "test", "oops"])
    assert done.exit_code == 2
    assert "there are cancelled, link_lost, changed, recalled, new, late, ready" in done.stderr


def test_the_devices_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, '{"devices": ["pulse", "USB Audio"]}', "devices")
    assert (done.exit_code, done.stdout) == (0, "pulse\nUSB Audio\n")
    none = run(monkeypatch, '{"devices": []}', "devices")
    assert none.exit_code == 1
    assert "strikes the terminal's bell" in none.stderr


def test_help_loads_no_sound_library(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["sound", "test", "--help"])
    assert "link_lost" in done.stdout
