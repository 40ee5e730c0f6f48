"""`kds-tui run` without its hub, with the power cut, and a second one beside it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kds_tui.services.journal_file import FILE_NAME
from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal


def display(hub: HubProcess) -> PtyTerminal:
    return PtyTerminal([PROGRAM, "run", "--url", hub.url], size=(120, 36), env=hub.home)


@contextmanager
def hub_again(hub: HubProcess, folder: Path) -> Iterator[None]:
    """Start a hub that has ended on its port and data again."""
    port = hub.url.rsplit(":", 1)[1]
    command = [PROGRAM, "hub", "--port", port, "--data-dir", str(folder / "data")]
    with subprocess.Popen(
        command, env={**os.environ, **hub.home}, cwd=hub.home["HOME"], stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.kill()


def order_on(hub: HubProcess, order_id: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {hub.token}"}
    request = urllib.request.Request(f"{hub.url}/api/v1/orders/{order_id}", headers=headers)
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        return json.load(answer)


@pytest.mark.timeout(240)
def test_a_display_goes_on_without_its_hub_and_after_a_power_cut(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        placed = [hub.order(tableNumber=table, type="dine-in") for table in ("7", "8", "9")]
        with display(hub) as terminal:
            terminal.wait_for("● LIVE")
            terminal.wait_for("3 open")
            terminal.send("q")
            assert terminal.exit_code() == 0
        hub.end()

        with display(hub) as terminal:
            terminal.wait_for("LAST KNOWN BOARD")
            terminal.wait_for("TABLE 7")
            terminal.send("1\r")
            terminal.wait_for("1 unsent")
            terminal.wait_for("2 open")
            terminal.signal(signal.SIGKILL)
            assert terminal.exit_code() == -signal.SIGKILL

        with display(hub) as terminal:
            terminal.wait_for("2 open")
            terminal.wait_for("1 unsent")
            with hub_again(hub, tmp_path):
                terminal.wait_for("● LIVE")
                terminal.wait_for(lambda: "unsent" not in terminal.screen_text())
                assert order_on(hub, str(placed[0]["id"]))["status"] == "ready"
                assert "LAST KNOWN" not in terminal.screen_text()
                terminal.send("q")
                assert terminal.exit_code() == 0


def test_a_second_display_of_a_station_is_told_which_process_has_the_folder(
    tmp_path: Path,
) -> None:
    home = clean_home(tmp_path / "home")
    command = [PROGRAM, "run", "--url", "http://127.0.0.1:9"]
    with (
        PtyTerminal(command, size=(120, 36), env=home) as first,
        PtyTerminal([*command, "--station", "grill"], size=(120, 36), env=home) as grill,
    ):
        first.wait_for("Not logged in")
        grill.wait_for("Not logged in")  # another station: beside it
        with PtyTerminal(command, size=(120, 36), env=home) as second:
            assert second.exit_code() == 1
            text = second.screen_text()
            assert f"(process {first.process.pid})" in text
            assert "KDS_JOURNAL__FOLDER" in text
            assert second.not_restored() == []
        assert os.path.exists(f"/proc/{first.process.pid}")


def test_a_journal_of_a_newer_program_is_not_touched_and_said_plainly(tmp_path: Path) -> None:
    home = clean_home(tmp_path / "home")
    folder = Path(home["XDG_STATE_HOME"]) / "kds-tui" / "terminal" / "all"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / FILE_NAME) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with PtyTerminal([PROGRAM, "run"], size=(120, 36), env=home) as terminal:
        assert terminal.exit_code() == 1
        text = "".join(terminal.screen_text().split())  # wrapped wherever the folder's name ends
        assert "wasmadebyanewerkds-tui" in text
        assert "givethisoneanother[journal]folder" in text
        assert terminal.not_restored() == []
