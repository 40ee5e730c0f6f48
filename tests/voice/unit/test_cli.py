"""voice-tui tells in a sentence what it cannot do."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from voice_tui import exit_codes
from voice_tui.cli import main


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--help"], exit_codes.OK, "push to talk"),
        (["run", "--url", "no address"], exit_codes.USAGE, "url: "),
        (["run", "--dialect", "telegraph"], exit_codes.USAGE, "telegraph"),
        (["run", "--offline", "--url", "http://x"], exit_codes.USAGE, "starts its own gateway"),
        (["run", "--offline", "--dialect", "openai"], exit_codes.USAGE, "starts its own gateway"),
        (["run"], exit_codes.FAILED, "is not a terminal"),
        (["gateway", "--port", "70000"], exit_codes.USAGE, "port: "),
        (["doctor", "--backend", "nowhere"], exit_codes.USAGE, "backend_url: "),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], code: int, said: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == code
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(main, ["gateway", "--port", port])
    assert done.exit_code == exit_codes.FAILED
    assert "the port is in use" in done.output


def test_a_key_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("VOICE_TUI_TOKEN", "jwt-secret")
    done = CliRunner().invoke(main, ["run", "--dialect", "openai", "--backend", "nowhere"])
    assert done.exit_code == exit_codes.USAGE
    assert "secret" not in done.output


def test_help_loads_nothing_heavy() -> None:
    heavy = (
        "import sys, voice_tui.cli;"
        "print({'textual', 'aiortc', 'numpy', 'aiohttp', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
