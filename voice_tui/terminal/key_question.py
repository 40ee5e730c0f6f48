"""Asks a terminal which keys it tells, outside of a display: for doctors."""

from __future__ import annotations

import contextlib
import os
import re
import select
import termios
import time
import tty
from typing import Final

from voice_tui.terminal.key_messages import KeyProtocol

ANSWER_S: Final = 1.0
"""Seconds that the terminal has to answer; every one answers the second question, over ssh too."""

_QUESTION: Final = b"\x1b[>27u\x1b[?u\x1b[<u\x1b[c"
"""Turn the parts of the Kitty keyboard protocol on that a display uses, ask which are on, turn them
off again; then the question that every terminal answers, so that nobody waits for the others."""

_FLAGS: Final = re.compile(rb"\x1b\[\?(\d{1,3})u")
_LAST: Final = re.compile(rb"\x1b\[\?[\d;]*c")


def ask_key_protocol(terminal: int, patience: float = ANSWER_S) -> KeyProtocol:
    """Ask a terminal.

    Args:
        terminal: its descriptor, open for both ways; nobody else may read from it meanwhile.
        patience: seconds that it has to answer.

    Returns:
        Which parts of the protocol it knows; none where it does not answer.

    Raises:
        OSError: it is no terminal, or gone.
    """
    try:
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal, termios.TCSANOW)
    except termios.error as error:
        raise OSError(*error.args) from error
    arrived, until = b"", time.monotonic() + patience
    try:
        os.write(terminal, _QUESTION)
        while not _LAST.search(arrived) and (left := until - time.monotonic()) > 0:
            if select.select([terminal], [], [], left)[0]:
                part = os.read(terminal, 1024)
                if not part:
                    break
                arrived += part
    finally:
        with contextlib.suppress(termios.error):  # it is gone
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    found = _FLAGS.search(arrived)
    return KeyProtocol(int(found[1]) if found else 0)
