"""A child process that a run can kill, freeze and starve of disk."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

END_TIME: Final = 15.0
"""Seconds in which a process is to end by itself."""


class ChildProcess:
    """One program that is started again and again on the same folder.

    Args:
        name: for the log and the files.
        folder: where what it says on stderr goes.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The one that runs, or that ran last."""
        assert self._process is not None
        return self._process

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    async def spawn(
        self, command: Sequence[str], environment: Mapping[str, str], *, disk_full: bool = False
    ) -> None:
        """Start it, in a process group of its own; on a full disk, if that is wanted."""
        self.starts += 1
        if disk_full:
            command = ("prlimit", "--fsize=0:unlimited", *command)
        with (self.folder / f"{self.name}.stderr").open("a") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **environment},
                start_new_session=True,
                limit=4 * 1024 * 1024,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to its whole process group."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    async def kill(self) -> None:
        """End it as a power cut does, frozen or not."""
        self.send(signal.SIGKILL)
        await self.process.wait()

    async def end(self) -> int:
        """End it as an init system does.

        Returns:
            Its exit code; negative when it had to be killed.
        """
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_TIME):
                return await self.process.wait()
        except TimeoutError:
            await self.kill()
            return -signal.SIGKILL

    def freeze(self) -> None:
        """Stop it in its tracks."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)

    def fill_disk(self) -> None:
        """Let no file of it take another byte."""
        self._limit_files(0)

    def empty_disk(self) -> None:
        """Give it room again."""
        self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, size: int) -> None:
        if self.runs:
            with suppress(ProcessLookupError):
                pid = self.process.pid
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
