"""Sequences that the display does not understand do nothing: they are no keys, and no crash."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.e2e.pty_terminal import PtyTerminal


@pytest.mark.parametrize(
    "junk",
    [
        b"\x1b[32;1:3u",  # release of a key, Kitty keyboard protocol
        b"\x1b[<35;NaN;NaNM",  # mouse report of VS Code
        b"\x1b[?27u",  # reply to the query of the Kitty keyboard's flags
        b"\x1b[48;24;80;0;0t\x1b[<0;2;2M",  # a click where the size in pixels is unknown
        b"\x1b[48;0;0;0;0t\x1b[48;24;80;480;800t",  # a terminal with no size, for a moment
        b"\xff\xfe",  # no UTF-8
    ],
    ids=repr,
)
def test_junk_is_ignored(tmp_path: Path, junk: bytes) -> None:
    argv = [sys.executable, "-m", "tests.e2e.terminal_app", str(tmp_path), ""]
    with PtyTerminal(argv) as terminal:
        terminal.wait_for("ready")

        terminal.send(b"1" + junk + b"2")
        terminal.wait_for("keys 1 2")
        terminal.send("q")

        assert terminal.exit_code() == 0
