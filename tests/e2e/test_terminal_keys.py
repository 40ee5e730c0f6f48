"""The talk key is held where the terminal tells when keys come up, and tapped elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.pty_terminal import PtyTerminal

Start = Callable[..., PtyTerminal]

DOWN, REPEAT, UP = b"\x1b[116;1:1;116u", b"\x1b[116;1:2;116u", b"\x1b[116;1:3u"
ESCAPE = b"\x1b[27;1:1u\x1b[27;1:3u"
QUIT = b"\x1b[113;1:1;113u\x1b[113;1:3u"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start voice-tui with a still voice; every hold counts as long unless a test says else."""
    with ExitStack() as stack:

        def begin(tap_s: float = 0.0, **options: Any) -> PtyTerminal:
            argv = [sys.executable, "-m", "tests.e2e.terminal_voice", str(tmp_path), str(tap_s)]
            return stack.enter_context(PtyTerminal(argv, **options))

        yield begin


def told(folder: Path) -> list[str]:
    return (folder / "told").read_text().splitlines()


def test_the_key_is_held_where_the_terminal_tells_when_it_comes_up(
    start: Start, tmp_path: Path
) -> None:
    terminal = start(kitty=True)
    terminal.wait_for("Hold T")

    terminal.send(DOWN)
    terminal.wait_for("Release T")
    terminal.send(REPEAT * 20)
    terminal.send(UP)
    terminal.wait_for("SENDING")
    terminal.send(QUIT)

    assert terminal.exit_code() == 0
    assert told(tmp_path) == ["press", "release"]
    assert terminal.not_restored() == []


def test_a_tap_of_the_key_leaves_the_recording_running(start: Start, tmp_path: Path) -> None:
    terminal = start(tap_s=600.0, kitty=True)
    terminal.wait_for("Hold T")

    terminal.send(DOWN + UP)
    terminal.wait_for("T ends")
    terminal.send(DOWN + UP)
    terminal.wait_for("SENDING")
    terminal.send(QUIT)

    assert terminal.exit_code() == 0
    assert told(tmp_path) == ["press", "release"]


def test_the_key_is_tapped_where_the_terminal_never_answers(start: Start, tmp_path: Path) -> None:
    terminal = start()
    terminal.wait_for("Tap T")

    terminal.send("tttttttttt")  # held: repeats look like presses
    terminal.wait_for("T ends")
    terminal.send("q")

    assert terminal.exit_code() == 0
    assert told(tmp_path)[0] == "press"
    assert "release" not in told(tmp_path)
    assert terminal.not_restored() == []


def test_the_key_is_tapped_where_the_answer_is_no(start: Start) -> None:
    terminal = start()
    terminal.wait_for("Tap T")

    terminal.send(b"\x1b[?1u")  # it tells the Escape key from the character, and no more
    terminal.send(DOWN)
    terminal.wait_for("T ends")
    terminal.send(ESCAPE)
    terminal.wait_for("Tap T")
    terminal.send(QUIT)

    assert terminal.exit_code() == 0


def test_a_window_that_loses_the_focus_ends_the_recording(start: Start, tmp_path: Path) -> None:
    terminal = start(kitty=True)
    terminal.wait_for("Hold T")

    terminal.send(DOWN)
    terminal.wait_for("Release T")
    terminal.send(b"\x1b[O")
    terminal.wait_for("Hold T")
    terminal.send(b"\x1b[I" + DOWN)
    terminal.wait_for("Release T")
    terminal.send(UP)
    terminal.wait_for("SENDING")
    terminal.send(QUIT)

    assert terminal.exit_code() == 0
    first, left, *rest = told(tmp_path)
    assert (first, rest) == ("press", ["press", "release"])
    assert left.startswith("abandon: Recording stopped: the window")


def test_keys_that_come_up_type_nothing(start: Start) -> None:
    terminal = start(kitty=True)
    terminal.wait_for("Hold T")

    terminal.send(b"\x1b[47;1:1;47u\x1b[47;1:3u")  # a slash opens the line to type in
    terminal.wait_for("two burgers")
    for letter in b"two":
        terminal.send(b"\x1b[%d;1:1;%du\x1b[%d;1:2;%du" % (letter, letter, letter, letter))
        terminal.send(b"\x1b[%d;1:3u" % letter)
    terminal.wait_for("ttwwoo")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda: "ttwwoo" not in terminal.screen_text())
    terminal.send(QUIT)

    assert terminal.exit_code() == 0
    assert terminal.not_restored() == []
