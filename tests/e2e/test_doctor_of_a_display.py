"""`kds-tui doctor` beside a running display: well, stopped, killed; as text, JSON and bundle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal

KEY = "sk-canary-27182818284590452353602874713526"
SPOKEN = "Zerbinetta"


def doctor(hub: HubProcess, *options: str, **environ: str) -> tuple[int, str]:
    """Run the doctor; exit code and output."""
    done = subprocess.run(
        [PROGRAM, "doctor", "--url", hub.url, *options],
        env={**os.environ, **hub.home, **environ},
        cwd=hub.home["HOME"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def status_file(hub: HubProcess) -> Path:
    (file,) = Path(hub.home["HOME"]).rglob("status.json")
    return file


def has_told_that_it_is_live(hub: HubProcess) -> bool:
    files = list(Path(hub.home["HOME"]).rglob("status.json"))
    link = json.loads(files[0].read_bytes())["link"] if files else None
    return link is not None and link["state"] == "live"


def as_if_told_long_ago(file: Path) -> None:
    """Make a status a minute older: the display that is stopped writes no newer one."""
    status = json.loads(file.read_bytes())
    file.write_text(json.dumps({**status, "written_at": status["written_at"] - 60}))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs the process table of Linux")
def test_the_doctor_of_a_display_through_its_life(tmp_path: Path) -> None:
    environ = {"KDS_VOICE__KEY": KEY, "KDS_LOG__LEVEL": "DEBUG"}
    with hub_process(tmp_path) as hub:
        command = [PROGRAM, "run", "--url", hub.url]
        with PtyTerminal(command, (120, 36), {**hub.home, **environ}) as display:
            display.wait_for("● LIVE")
            hub.order(customerName=SPOKEN, type="takeout")
            display.wait_for(SPOKEN)
            display.send("1\r")
            display.wait_for("0 open")
            display.wait_for(lambda: has_told_that_it_is_live(hub))

            bundle = tmp_path / "bundle.zip"
            code, output = doctor(hub, "--bundle", str(bundle), KDS_VOICE__KEY=KEY)
            assert code == 0, output
            assert f"process {display.process.pid}, running for" in output
            assert "OK: Nothing is wrong with this display." in output
            assert "limit 1 GB" in output
            assert f"saved {bundle}" in output
            _has_no_secrets(hub, bundle)
            _well(hub, display.process.pid)

            display.signal(signal.SIGSTOP)
            as_if_told_long_ago(status_file(hub))
            code, output = doctor(hub)
            assert code == 1
            assert "CRITICAL: The display has been frozen for 1:0" in output
            assert "kill -CONT" in output
            display.signal(signal.SIGCONT)
            display.send("\x04")
            display.wait_for("OK: Nothing is wrong with this display.")
            display.send(" ")
            display.wait_for(lambda: "force reset" not in display.screen_text())
            display.send("q")  # not the key that closed the dialog: at once it would count as held
            assert display.exit_code() == 0
        assert not list(Path(hub.home["HOME"]).rglob("status.json"))

        with PtyTerminal(command, (120, 36), hub.home) as display:
            display.wait_for("● LIVE")
            display.wait_for(lambda: has_told_that_it_is_live(hub))
            display.signal(signal.SIGKILL)
            display.wait_for(lambda: display.process.poll() is not None)
        code, output = doctor(hub)
        assert "WARNING: The display was killed, or crashed" in output
        assert code == 0, "what was killed long ago is no fault of now"


def _well(hub: HubProcess, pid: int) -> None:
    code, output = doctor(hub, "--json")
    report: dict[str, Any] = json.loads(output)
    assert (code, report["good"]) == (0, True)
    assert [check["name"] for check in report["checks"]] == [
        "token",
        "server",
        "sign-in",
        "clock",
        "hub",
    ]
    (shown,) = report["displays"]
    assert (shown["pid"], shown["is_running"], shown["is_frozen"]) == (pid, True, False)
    assert [finding["id"] for finding in shown["findings"]] == ["well"]
    figures = {figure["name"]: figure for figure in shown["figures"]}
    assert figures["open sockets"]["value"] == "1"
    assert figures["open sockets"]["limit"] == "1"
    assert figures["open sockets"]["level"] == "ok"
    assert "quick reference" in figures["open sockets"]["source"]
    assert shown["status"]["link"]["connect_count"] == 1


def _has_no_secrets(hub: HubProcess, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name).decode() for name in bundle.namelist()}
    secrets = {
        "token": hub.token,
        "its signature": hub.token.rpartition(".")[2],
        "PIN": hub.pin,
        "key": KEY,
        "guest": SPOKEN,
    }
    for name, text in files.items():
        assert not [what for what, secret in secrets.items() if secret in text], name
        assert "cookie" not in text.casefold()
    assert "environment KDS_VOICE__KEY" in files["settings.txt"]
    assert "command line" in files["settings.txt"]
    assert '"message": "link: live"' in files["log.jsonl"]
    assert json.loads(files["status.json"])[0]["link"]["state"] == "live"
    assert "OK: Nothing is wrong" in files["diagnosis.txt"]
    assert "ok    server" in files["diagnosis.txt"]
    assert 'websocket_connections_attempted{station="all"} 1.0' in files["metrics.prom"]
