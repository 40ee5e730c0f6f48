"""When the display does not start, and what it says to do."""

from __future__ import annotations

import io

import pytest

from voice_tui.terminal import refuse_terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


PIPE = io.StringIO()


@pytest.mark.parametrize(
    ("environ", "stdin", "stdout", "reason"),
    [
        ({"TERM": "xterm-256color"}, Terminal(), Terminal(), None),
        ({"TERM": "linux"}, Terminal(), Terminal(), None),
        ({"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}, PIPE, PIPE, None),
        ({"TERM": "linux"}, PIPE, Terminal(), "Standard input is not a terminal"),
        ({"TERM": "linux"}, Terminal(), PIPE, "Standard output is not a terminal"),
        ({"TERM": "dumb"}, Terminal(), Terminal(), "TERM is dumb"),
        ({}, Terminal(), Terminal(), "TERM is not set"),
    ],
)
def test_refusal(
    environ: dict[str, str], stdin: io.StringIO, stdout: io.StringIO, reason: str | None
) -> None:
    refusal = refuse_terminal(environ, stdin, stdout)

    assert refusal is None if reason is None else reason in (refusal or "")
