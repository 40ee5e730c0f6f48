"""A terminal of 200x60 for a program that is measured: drained at once, arrivals time-stamped."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from typing import Final, Self

SIZE: Final = (200, 60)
"""Columns and rows."""

TAIL: Final = 64
"""Bytes kept of what was searched already: a marker may come in two pieces."""

QUIET: Final = ("KDS_", "TEXTUAL", "NO_COLOR", "COLUMNS", "LINES", "TERM")
"""Variables that would change what is measured begin like this."""


class Terminal:
    """A program on a pty; to be used in `async with`, which ends the program.

    Args:
        argv: the program and its arguments.
        pass_fds: descriptors that the program inherits.
        env: added to the environment.
        cwd: the folder that it starts in; None for this one.
    """

    def __init__(
        self,
        argv: Sequence[str],
        pass_fds: Sequence[int] = (),
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> None:
        self._argv = argv
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(QUIET)},
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **(env or {}),
        }
        self._pass_fds = pass_fds
        self._cwd = cwd
        self._unread = b""
        self._awaited: tuple[bytes, asyncio.Future[float]] | None = None
        self.bytes_out = 0
        """How much the program has drawn."""

    async def __aenter__(self) -> Self:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
            self._argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=self._env,
            pass_fds=self._pass_fds,
            cwd=self._cwd,
            start_new_session=True,
        )
        os.close(slave)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._drain)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._process.wait, 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    async def arrival(self, marker: str, within: float = 120.0) -> float:
        """Wait until the program has drawn a text that it had not drawn before.

        Args:
            marker: the text; it must be drawn in one piece of one colour.
            within: most seconds to wait.

        Returns:
            When its last byte was read, on `time.perf_counter`, which all processes share on Linux.

        Raises:
            RuntimeError: it did not come.
        """
        arrived: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._awaited = marker.encode(), arrived
        self._search(time.perf_counter())
        try:
            return await asyncio.wait_for(arrived, within)
        except TimeoutError:
            raise RuntimeError(f"{marker!r} was not drawn: {self.last_output()}") from None

    def last_output(self) -> str:
        """Give what the program wrote last, to see why something went wrong."""
        return repr(self._unread[-2000:].decode(errors="replace"))

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    def _drain(self) -> None:
        try:
            data = os.read(self._master, 1 << 20)
        except OSError:  # EIO: the program has ended
            asyncio.get_running_loop().remove_reader(self._master)
            return
        now = time.perf_counter()
        self.bytes_out += len(data)
        self._unread = self._unread[-(1 << 20) :] + data
        self._search(now)

    def _search(self, now: float) -> None:
        if self._awaited is None:
            return
        marker, arrived = self._awaited
        if marker in self._unread:
            self._awaited = None
            self._unread = self._unread[-TAIL:]
            arrived.set_result(now)
