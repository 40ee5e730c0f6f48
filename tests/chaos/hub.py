"""The hub of a run: the installed command in a process of its own, always on the same port."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import sys
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.chaos.processes import ChildProcess

PROGRAM: Final = str(Path(sys.executable).with_name("kds-tui"))
START_TIME: Final = 60.0
"""Seconds in which it is to listen; this machine may be busy."""

ASK_TIME: Final = 5.0


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        return int(spare.getsockname()[1])


class Hub(ChildProcess):
    """`kds-tui hub`, with its gateway or without it.

    Args:
        folder: of the run.
        voice: whether to serve voice.
    """

    def __init__(self, folder: Path, *, voice: bool) -> None:
        super().__init__("hub", folder)
        self.voice = voice
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = folder / "hub"
        self.restaurant = ""
        self.token = ""
        self._greeting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens. The first time its PIN gives a token."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
        environment = {"HOME": str(home), **{name: str(home / name) for name in names}}
        command = [PROGRAM, "hub", "--port", str(self.port), "--data-dir", str(self.data)]
        await self.spawn(
            [*command, *(["--voice"] if self.voice else [])],
            {**environment, "PYTHONUNBUFFERED": "1"},
        )
        greeting = ""
        assert self.process.stdout is not None
        async with asyncio.timeout(START_TIME):
            while "connect a display" not in greeting:
                line = (await self.process.stdout.readline()).decode()
                if not line:
                    raise RuntimeError(f"the hub does not start: {greeting}")
                greeting += line
        if not self.token:
            self.restaurant = re.findall(r"restaurant id +(\S+)", greeting)[0]
            await self._sign_in(re.findall(r"PIN +(\d+)", greeting)[0])

    async def _sign_in(self, pin: str) -> None:
        timeout = aiohttp.ClientTimeout(total=START_TIME)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{self.url}/api/v1/auth/pin-login", json={"pin": pin}) as answer,
        ):
            self.token = (await answer.json())["token"]

    async def held(self) -> dict[str, Any]:
        """Ask what its process holds.

        Raises:
            aiohttp.ClientError: it does not answer.
            TimeoutError: likewise.
        """
        timeout = aiohttp.ClientTimeout(total=ASK_TIME)
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
            session.get(f"{self.url}/api/v1/health/memory") as answer,
        ):
            return await answer.json()

    def back_up(self, to: Path) -> None:
        """Copy its database while it is down."""
        shutil.copytree(self.data, to, dirs_exist_ok=True)

    def restore(self, copy: Path) -> None:
        """Put an older copy of its database in place while it is down."""
        shutil.rmtree(self.data)
        shutil.copytree(copy, self.data)
