"""Whether the display can be drawn where the program was started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO


def refuse_terminal(environ: Mapping[str, str], stdin: TextIO, stdout: TextIO) -> str | None:
    """Tell why the display can not be drawn here, before anything is started.

    Args:
        environ: The process environment.
        stdin: Where keys would come from.
        stdout: Where the display would be drawn.

    Returns:
        The reason and what to do, or None when all is well.
    """
    if environ.get("TEXTUAL_DRIVER"):  # textual-serve: the terminal is a browser behind pipes
        return None
    for stream, name in ((stdin, "input"), (stdout, "output")):
        if not stream.isatty():
            return (
                f"Standard {name} is not a terminal. Start the display in a terminal window, "
                "without pipes; over ssh with `ssh -t`; under systemd with TTYPath= and "
                "StandardInput=tty."
            )
    term = environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return (
            f"The terminal can not draw a screen: TERM is {term or 'not set'}. Set it to what "
            "the terminal is, for most TERM=xterm-256color, on the Linux console TERM=linux."
        )
    return None
