"""`kds-tui keys` on a terminal: learning what a bar really sends, and asking what can arrive."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.e2e.hub_process import clean_home
from tests.e2e.pty_terminal import PtyTerminal

CTRL = b"\x1b[57442;5u\x1b[57442;1:3u"
SAVE = b"\x1b[115;5u\x1b[115;1:3u"


def keys(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "kds_tui", "keys", *arguments]


def test_a_bar_is_learned_with_the_bytes_that_it_sends(tmp_path: Path) -> None:
    home = clean_home(tmp_path)
    command = keys("learn", "--profile", "toast")
    with PtyTerminal(command, size=(85, 24), env=home, kitty=True) as terminal:
        terminal.wait_for("Press the key for  ENTER")
        terminal.send(CTRL)
        terminal.wait_for("Arrived: left Ctrl alone")
        terminal.wait_for("sent ESC [57442;")
        terminal.send(b"\x1b[57400;129;49u\x1b[57400;129:3u")
        terminal.wait_for("Arrived: pad 1")
        terminal.send(SAVE)
        assert terminal.exit_code() == 0
        assert "2 keys are kept in" in terminal.screen_text()
        assert terminal.not_restored() == []
    (file,) = tmp_path.rglob("keys.toml")
    text = file.read_text()
    assert '"board.bump" = "left_control_alone"' in text
    assert '"board.slot_1" = "kp_1"' in text


def test_leaving_changes_nothing(tmp_path: Path) -> None:
    with PtyTerminal(keys("learn"), size=(85, 24), env=clean_home(tmp_path)) as terminal:
        terminal.wait_for("Press the key for")
        terminal.send(b"\x1b")  # a key like any other here
        terminal.wait_for("Arrived: Esc")
        terminal.send(b"\x03")
        assert terminal.exit_code() == 0
        assert "nothing is changed" in terminal.screen_text()
    assert list(tmp_path.rglob("keys.toml")) == []


@pytest.mark.parametrize("kitty", [True, False])
def test_a_terminal_is_asked_whether_it_tells_a_lone_ctrl(tmp_path: Path, kitty: bool) -> None:
    command = keys("show", "--profile", "kb1700-b")
    with PtyTerminal(command, size=(120, 80), env=clean_home(tmp_path), kitty=kitty) as terminal:
        terminal.wait_for(lambda: b"\x1b[c" in terminal.raw)
        terminal.send(b"\x1b[?62;22c")
        assert terminal.exit_code() == 0
        assert ("does not tell a lone Ctrl" in terminal.screen_text()) == (not kitty)
        assert terminal.not_restored() == []
