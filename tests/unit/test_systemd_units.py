"""The units that come along: what they promise is what the programs do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from voice_tui import exit_codes, signal_watch
from voice_tui.terminal.driver import RESTORE

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
NAMES = ("kds-hub.service", "kds-terminal@.service")


def read(name: str) -> dict[str, list[str]]:
    """Read a unit: setting to its values, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (UNITS / name).read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            setting, _, value = line.partition("=")
            found[setting].append(value)
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_systemd_finds_nothing_wrong(tmp_path: Path, name: str) -> None:
    program = tmp_path / "kds-tui"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / name
    unit.write_text(
        (UNITS / name).read_text().replace("/opt/kds-tui/.venv/bin/kds-tui", str(program))
    )

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=30,
    )

    told = [line for line in done.stderr.splitlines() if name.partition("@")[0] in line]
    assert told == []


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_is_watched_started_again_and_given_time_to_end(name: str) -> None:
    unit = read(name)

    assert unit["Type"] == ["notify"]
    assert int(unit["WatchdogSec"][0]) >= 20
    assert unit["Restart"] == ["always"]
    assert unit["RestartPreventExitStatus"] == [str(exit_codes.USAGE)]
    assert unit["StartLimitIntervalSec"] == ["0"]
    assert int(unit["TimeoutStopSec"][0]) > signal_watch.FORCE_AFTER_S
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]


def test_the_display_s_own_exit_codes_after_a_signal_are_no_failure() -> None:
    assert read("kds-terminal@.service")["SuccessExitStatus"] == ["129 130 143"]


@pytest.mark.skipif(sys.platform != "linux", reason="printf as on Linux")
def test_a_killed_display_s_terminal_is_given_back_as_the_display_does_it() -> None:
    (command,) = read("kds-terminal@.service")["ExecStopPost"]
    program, quoted = re.fullmatch(r"-(/usr/bin/printf) '(.*)'", command).groups()  # type: ignore[union-attr]

    done = subprocess.run([program, quoted.replace(r"\\", "\\")], capture_output=True, timeout=30)

    assert done.stdout == RESTORE


@pytest.mark.parametrize("name", NAMES)
def test_nothing_secret_is_in_a_unit(name: str) -> None:
    for line in (UNITS / name).read_text().splitlines():
        assert not re.match(r"Environment=.*(TOKEN|PIN|SECRET|API_KEY)=", line)
