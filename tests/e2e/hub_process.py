"""A hub in a process of its own, begun and used as an owner would: commands, PIN, REST."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.pty_terminal import DEADLINE_S, hear_signals
from voice_tui.pinning import pinned_context

PROGRAM = str(Path(sys.executable).with_name("kds-tui"))
"""The command as it is installed, which is also what `make demo` runs."""


def clean_home(folder: Path) -> dict[str, str]:
    """Give the environment of somebody who set hardly anything, at home in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    # Tests of other things do not wait for a bump that can still be taken back, and hear no bell.
    own = {"HOME": str(folder), "CI": ""}
    own |= {"KDS_BUMP__UNDO_SECONDS": "0", "KDS_SOUND__ENABLED": "false"}
    return own | {name: str(folder / name) for name in names}


class HubProcess:
    """A running hub, whose PIN signed a display in.

    Args:
        process: of `kds-tui hub`.
        greeting: what it printed.
        home: the environment of its owner.
        folder: where it keeps its data.
    """

    def __init__(
        self, process: subprocess.Popen[str], greeting: str, home: dict[str, str], folder: Path
    ) -> None:
        self.folder = folder
        self.process = process
        self.home = home
        self.url = re.findall(r"https?://127\.0\.0\.1:\d+", greeting)[0]
        self.pin = re.findall(r"PIN +(\d+)", greeting)[0]
        self.restaurant_id = re.findall(r"restaurant id +(\S+)", greeting)[0]
        self.token = ""
        self.fingerprint = "".join(re.findall(r"(?<= )[0-9a-f]{4}(?: [0-9a-f]{4}){7}", greeting))
        """Of its certificate, in groups; empty without TLS."""

    def sign_in(self) -> None:
        """Run `kds-tui login`, or `enrol` with TLS, and keep the token for the till."""
        command = [PROGRAM, *(("enrol",) if self.fingerprint else ("login", "--url")), self.url]
        settings = {"KDS_PIN": self.pin, "KDS_SERVER__RESTAURANT_ID": self.restaurant_id}
        if self.fingerprint:
            settings["KDS_FINGERPRINT"] = self.fingerprint
        done = subprocess.run(
            command,
            env={**os.environ, **self.home, **settings},
            cwd=self.home["HOME"],
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        assert done.returncode == 0, done.stderr
        (file,) = Path(self.home["HOME"]).rglob("token")
        self.token = file.read_text().strip()

    def order(self, **fields: Any) -> dict[str, Any]:
        """Place an order over the public REST API."""
        item = {"id": "1", "menu_item_id": "burger", "name": "Burger", "quantity": 1, "price": 9}
        request = urllib.request.Request(
            f"{self.url}/api/v1/orders",
            json.dumps({"items": [item], **fields}).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Cookie": "csrf_token=pair",
                "X-CSRF-Token": "pair",
            },
        )
        trust = None
        if self.fingerprint:
            (certificate,) = self.folder.rglob("certificate.pem")
            trust = pinned_context(certificate.read_text())
        with urllib.request.urlopen(request, timeout=DEADLINE_S, context=trust) as answer:
            return json.load(answer)

    def end(self) -> None:
        """End it as an init system would."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(DEADLINE_S)


@contextmanager
def hub_process(folder: Path, *options: str, **environ: str) -> Iterator[HubProcess]:
    """Run `kds-tui hub` on a free port, with its owner signed in."""
    home = clean_home(folder / "home")
    command = [PROGRAM, "hub", "--port", "0", "--data-dir", str(folder / "data"), *options]
    process = subprocess.Popen(
        command,
        env={**os.environ, **home, "PYTHONUNBUFFERED": "1", **environ},
        cwd=home["HOME"],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )
    assert process.stdout is not None
    try:
        greeting = ""
        for line in process.stdout:
            greeting += line
            if "connect a display" in line:
                break
        hub = HubProcess(process, greeting, home, folder / "data")
        hub.sign_in()
        yield hub
    finally:
        process.kill()
        process.wait(DEADLINE_S)
        process.stdout.close()
