"""`kds-tui run` on a terminal, against a hub in another process."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.hub_process import PROGRAM, HubProcess, clean_home, hub_process
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal
from tests.hostile.corpus import CORPUS

Start = Callable[[], PtyTerminal]

# What Textual draws with: colours, and where to go on.
DRAWING = re.compile(rb"\x1b\[[\d;]*m|\x1b\[\d+;\d+H|\x1b\[\?2026[hl]")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    with hub_process(tmp_path) as hub:
        yield hub


@pytest.fixture
def display(hub: HubProcess) -> Iterator[Start]:
    """Start a display on the hub and wait until it is live."""
    with ExitStack() as stack:

        def start() -> PtyTerminal:
            command = [PROGRAM, "run", "--url", hub.url]
            terminal = PtyTerminal(command, size=(200, 50), env=hub.home)
            stack.enter_context(terminal)
            terminal.wait_for("● LIVE")
            return terminal

        yield start


def test_a_stranger_cannot_write_to_the_terminal(hub: HubProcess, display: Start) -> None:
    terminal = display()
    terminal.wait_for("All caught up")
    before = len(terminal.raw)

    for number, text in enumerate((text[:190] for text in CORPUS), 1):
        line = {"id": "1", "menu_item_id": "x", "name": text, "quantity": 1, "price": 1}
        line |= {"modifiers": [text, f"No {text}"], "notes": text}
        name = text[:100]
        hub.order(
            items=[line], type="takeout", notes=text, customerName=name, tableNumber=text[:40]
        )
        terminal.wait_for(f"{number} open")
    page = 1
    while f"page {page}/{page}" not in terminal.screen_text():
        page += 1
        terminal.send("]")
        terminal.wait_for(f"page {page}/")
    drawn = terminal.raw[before:]

    # What was just read may end within a sequence, or within a character.
    whole = re.sub(rb"\x1b\[?[\d;?]*\Z", b"", drawn)
    rest = DRAWING.sub(b"", whole).decode(errors="ignore")
    foreign = {c for c in rest if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert foreign - set("\n\r\u200c\u200d") == set(), re.findall("\x1b.{9}", rest)
    assert "[@click=app.quit]" in rest
    terminal.send("q")
    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []


def test_no_secret_is_shown_or_logged(hub: HubProcess, display: Start) -> None:
    terminal = display()
    hub.order(tableNumber="7", type="dine-in")
    terminal.wait_for("TABLE 7")
    terminal.send("1\r")
    terminal.wait_for("1 ready")
    terminal.wait_for(lambda: "unsent" not in terminal.screen_text())

    hub.end()
    terminal.wait_for("○ OFFLINE")
    terminal.send("q")

    assert terminal.exit_code() == 0
    logs = {file.name: file.read_text() for file in Path(hub.home["HOME"]).rglob("*.log*")}
    assert {"kds-tui.log", "kds-tui-hub.log"} <= set(logs)
    signature = hub.token.rsplit(".", 1)[-1]
    for secret in (hub.token, signature):
        assert secret.encode() not in terminal.raw
        assert not [name for name, text in logs.items() if secret in text]
    assert not [name for name, text in logs.items() if f'"{hub.pin}"' in text]


def test_without_a_sound_card_the_terminals_bell_is_struck(hub: HubProcess) -> None:
    sound = {"KDS_SOUND__ENABLED": "true", "KDS_SOUND__DEVICE": "no such card"}
    command = [PROGRAM, "run", "--url", hub.url]
    with PtyTerminal(command, size=(120, 36), env=hub.home | sound) as terminal:
        terminal.wait_for("All caught up")
        before = len(terminal.raw)
        hub.order(tableNumber="7", type="dine-in")
        terminal.wait_for("NEW TABLE 7")
        terminal.wait_for(lambda: b"\a" in terminal.raw[before:])
        terminal.send("q")
        assert terminal.exit_code() == 0


def test_a_duplicate_key_is_an_error_at_the_start(tmp_path: Path) -> None:
    config = tmp_path / "kds.toml"
    config.write_text('[keys]\n"board.recall" = "space"\n"board.bump" = "space"\n')
    command = [PROGRAM, "run", "--config", str(config)]
    with PtyTerminal(command, env=clean_home(tmp_path / "home")) as terminal:
        assert terminal.exit_code() == 2
        told = terminal.screen_text().replace("\n", "")
        assert "keys.board.recall" in told
        assert "is the key of board.bump already" in told
        assert "Traceback" not in told
        assert b"\x1b[?1049h" not in terminal.raw


def test_without_a_terminal_it_refuses(tmp_path: Path) -> None:
    home = clean_home(tmp_path / "home")
    done = subprocess.run(
        [PROGRAM, "run"],
        env=home,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "terminal" in done.stderr
    assert "\x1b" not in done.stderr
