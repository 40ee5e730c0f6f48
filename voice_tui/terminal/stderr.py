"""What others write on stderr goes to a file, and never on the screen."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LIMIT: Final = 1024 * 1024
"""Bytes from which the file is begun anew at the next start."""


@contextmanager
def protect_stderr(log_path: Path) -> Iterator[None]:
    """Keep what others write on stderr off the screen: sound libraries, and Python when it dies.

    Textual draws on `sys.__stderr__`, hence on the same descriptor as they; within this it draws
    on the terminal through a descriptor of its own, and 2 is a file beside the log. The log itself
    would not do: it is JSON, and renamed when it is full. Descriptor 2 is not given back: a program
    runs one screen, and ends after it.

    Args:
        log_path: The log; with `kds.log` the file is `kds-stderr.log`.
    """
    path = log_path.with_stem(f"{log_path.stem}-stderr")
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    if path.exists() and path.stat().st_size > _LIMIT:
        flags |= os.O_TRUNC
    stderr, python_stderr = os.dup(2), sys.__stderr__
    # Standard output is the terminal even with `2>errors.txt`.
    # Closed below, where a terminal that is gone does no harm.
    terminal = open(  # noqa: SIM115
        os.dup(1), "w", encoding="utf-8", errors="backslashreplace", newline=""
    )
    try:
        file = os.open(path, flags, 0o600)
        os.dup2(file, 2)
        os.close(file)
        sys.__stderr__ = terminal
        # A fault in a sound library then tells where it was, also after the display has ended.
        faulthandler.enable(file=2)
        yield
    finally:
        sys.__stderr__ = python_stderr
        if sys.stderr is python_stderr:
            # Descriptor 2 stays the file: threads and exit handlers of sound libraries write on it
            # until the process is gone. What Python has to say goes to the person as before.
            sys.stderr = open(  # noqa: SIM115 - for the rest of the process
                stderr, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
            )
        else:  # somebody catches what Python says, and goes on after us: a test
            os.dup2(stderr, 2)
            os.close(stderr)
        with contextlib.suppress(OSError):  # the terminal is gone, and with it what was unwritten
            terminal.close()
