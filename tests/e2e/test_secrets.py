"""Secrets stay where they belong: a whole working day, with everything that was written or said.

A hub, a display with voice and every command that touches a secret run as processes, all logs at
DEBUG. Token, PIN and the key for the voice service are then looked for in every file, on the
screen, in all output, in the process table and in everything that was said over the network.
"""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal
from tests.e2e.recording_relay import Relay, recording_relay

KEY = "sk-canary-31415926535897932384626433832795"


def command(hub: HubProcess, *arguments: str, **environment: str) -> str:
    """Run a command of the terminal's owner; everything that it printed."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        env={**os.environ, **hub.home, **environment},
        cwd=hub.home["HOME"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    return done.stdout + done.stderr


def process_table(*roots: int) -> dict[str, str]:
    """Give the arguments of processes and their children, and the environment of the children."""
    found: dict[str, str] = {}
    waiting = [(pid, False) for pid in roots]
    while waiting:
        pid, is_child = waiting.pop()
        try:
            found[f"{pid} arguments"] = Path(f"/proc/{pid}/cmdline").read_text()
            if is_child:
                found[f"{pid} environment"] = Path(f"/proc/{pid}/environ").read_text()
            for task in Path(f"/proc/{pid}/task").iterdir():
                children = (task / "children").read_text().split()
                waiting += [(int(child), True) for child in children]
        except FileNotFoundError:  # it ended meanwhile
            continue
    return found


def files_with(folder: Path, secrets: dict[str, str]) -> set[tuple[str, str]]:
    """Find secrets in files: name of the secret, name of the file."""
    return {
        (name, file.name)
        for file in folder.rglob("*")
        if file.is_file()
        for name, secret in secrets.items()
        if secret.encode() in file.read_bytes()
    }


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the process table of Linux")
def test_a_secret_is_only_where_it_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDS_LOG__LEVEL", "DEBUG")
    monkeypatch.setenv("KDS_HUB__PIN_DIGITS", "8")
    with (
        hub_process(tmp_path) as hub,
        recording_relay(hub.url) as orders,
        recording_relay() as voice_server,
    ):
        printed = command(hub, "login", "--url", orders.url, KDS_PIN=hub.pin)
        assert "Signed in as manager" in printed
        (token_file,) = Path(hub.home["HOME"]).rglob("token")
        token = token_file.read_text().strip()
        secrets = {
            "token": token,
            "its signature": token.rpartition(".")[2],
            "PIN": hub.pin,
            "key": KEY,
        }
        environment = {
            "KDS_SERVER__URL": orders.url,
            "KDS_DISPLAY__VOICE": "true",
            "KDS_VOICE__DIALECT": "openai",
            "KDS_VOICE__URL": voice_server.url,
            "OPENAI_API_KEY": KEY,
        }
        for arguments in (("config", "show"), ("doctor",), ("hub", "tokens")):
            printed += command(hub, *arguments, **environment)
        printed += command(hub, "login", "--url", orders.url, KDS_PIN="00000000")
        assert "does not take this PIN" in printed

        with PtyTerminal([PROGRAM, "run"], (160, 45), {**hub.home, **environment}) as display:
            display.wait_for("● LIVE")
            hub.order(tableNumber="7", type="dine-in")
            display.wait_for("TABLE 7")
            display.send("1\r")
            display.wait_for(lambda: len(posts(orders)) > 0)
            display.wait_for(lambda: len(voice_server.said) > 0)
            display.send("t")
            table = process_table(display.process.pid, hub.process.pid)
            for pid in (display.process.pid, hub.process.pid):
                limits = Path(f"/proc/{pid}/limits").read_text()
                assert re.search(r"Max core file size +0 ", limits), "a core would hold secrets"
            hub.end()
            display.wait_for("○ OFFLINE")
            # A token that is refused is told about, too.
            token_file.write_text("eyJhbGciOiJIUzI1NiJ9.e30.gone\n")
            display.send("q")
            display.wait_for(lambda: display.process.poll() is not None)
            screen = display.raw.decode("utf-8", "replace")

        token_file.unlink()
        assert files_with(tmp_path, secrets) == set()
        logs = "".join(file.read_text() for file in tmp_path.rglob("*.log"))
        assert '"level": "DEBUG"' in logs or '"level": "INFO"' in logs
        for where, text in {"screen": screen, "output": printed, **table}.items():
            assert not [name for name, secret in secrets.items() if secret in text], where
        said = {name: orders.places_of(secret) for name, secret in secrets.items()}
        assert said["token"] == {"header Authorization", "frame auth"}
        assert said["PIN"] == {"body of POST /api/v1/auth/pin-login"}
        assert said["key"] == set()
        assert voice_server.places_of(KEY) == {"header Authorization"}
        assert not [n for n in ("token", "PIN") if voice_server.places_of(secrets[n])]


def posts(relay: Relay) -> list[str]:
    return [one.where for one in relay.said if one.where.startswith(("POST", "PATCH"))
            and "/orders/" in one.where]  # fmt: skip


class Wire:
    """Everything that went over a cable."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.port = 0


@contextmanager
def tapped_wire(port: int) -> Iterator[Wire]:
    """A cable to a server on this machine, with somebody who reads along."""
    wire, listener = Wire(), socket.create_server(("127.0.0.1", 0))
    wire.port = listener.getsockname()[1]
    ends: list[socket.socket] = []

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                wire.bytes.extend(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
            except OSError:
                return
            ends.extend((near, far))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(DEADLINE_S)
        for end in ends:
            end.close()


def test_over_tls_nobody_on_the_network_reads_along(tmp_path: Path) -> None:
    with (
        hub_process(tmp_path, "--tls") as hub,
        tapped_wire(int(hub.url.rpartition(":")[2])) as wire,
    ):
        url = f"https://127.0.0.1:{wire.port}"
        printed = command(hub, "enrol", url, KDS_PIN=hub.pin, KDS_FINGERPRINT=hub.fingerprint)
        assert "kds-tui run" in printed, printed
        # No option, no settings file: it knows where it belongs.
        with PtyTerminal([PROGRAM], (160, 45), hub.home) as display:
            display.wait_for("● LIVE")
            hub.order(tableNumber="Wintergarten")
            display.wait_for("Wintergarten")
            display.send("q")
            assert display.exit_code() == 0
        heard = bytes(wire.bytes)
        assert len(heard) > 2000
        (token_file,) = Path(hub.home["HOME"]).rglob("token")
        for secret in (token_file.read_text().strip(), hub.pin, "Bearer", "Wintergarten"):
            assert secret.encode() not in heard


def test_an_impostor_is_a_state_on_the_screen_and_hears_nothing(tmp_path: Path) -> None:
    with hub_process(tmp_path, "--tls") as hub:
        port = hub.url.rpartition(":")[2]
        home = hub.home
        printed = command(hub, "enrol", hub.url, KDS_PIN=hub.pin, KDS_FINGERPRINT=hub.fingerprint)
        assert "kds-tui run" in printed, printed
        with PtyTerminal([PROGRAM], (160, 45), home) as display:
            display.wait_for("● LIVE")
            hub.end()
            display.wait_for("○ OFFLINE")
            with hub_process(tmp_path / "other", "--tls", "--port", port) as impostor:
                display.send("\x12")
                display.wait_for("✖ NOT TRUSTED")
                display.wait_for("Compare again with: kds-tui enrol")
                # Comparing again, in another shell, is all that it takes.
                impostor.home = home
                printed = command(
                    impostor,
                    "enrol",
                    hub.url,
                    KDS_PIN=impostor.pin,
                    KDS_FINGERPRINT=impostor.fingerprint,
                )
                assert "kds-tui run" in printed, printed
                display.send("\x12")
                display.wait_for("● LIVE")
                display.send("q")
                assert display.exit_code() == 0


def test_no_command_takes_a_secret_as_an_option() -> None:
    """What stands in an option stands in the process table and in the shell's history."""
    import click

    from kds_tui.cli import main as kds
    from voice_tui.cli import main as voice

    def options(command: click.Command) -> Iterator[str]:
        for parameter in command.params:
            yield from parameter.opts
        if isinstance(command, click.Group):
            for inner in command.commands.values():
                yield from options(inner)

    named = {*options(kds), *options(voice)}
    assert "--fingerprint" in named
    assert not [name for name in named if re.search("pin$|token$|key$|secret|password", name)]


def test_a_crash_of_any_command_leaves_no_core(tmp_path: Path) -> None:
    look = (
        "import resource, sys; from {0}.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "try: main(['{1}', '--help'])\nexcept SystemExit: pass\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    raised = (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2
    for package, inner in (("kds_tui", "config"), ("voice_tui", "devices")):
        done = subprocess.run(
            [str(Path(PROGRAM).with_name("python")), "-c", look.format(package, inner)],
            env={**os.environ, **clean_home(tmp_path / "home")},
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, raised),
        )
        assert done.stdout.splitlines()[-1] == "0", done.stderr
