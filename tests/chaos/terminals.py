"""The terminals of a run, as the run sees them: processes that are asked and that tell."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

from tests.chaos.evidence import Evidence
from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.hub import Hub
from tests.chaos.processes import ChildProcess

START_TIME: Final = 60.0
ANSWER_TIME: Final = 30.0

LINK: Final = {
    "ping_interval": 1.0,
    "ping_timeout": 1.0,
    "close_timeout": 0.5,
    "open_timeout": 2.0,
    "auth_timeout": 2.0,
    "stale_after": 1.0,
    "replace_after": 2.0,
    "backoff_cap": 1.0,
}
"""The link's settings: minutes of a kitchen's bad network in seconds of a run."""


class TerminalUnderTest(ChildProcess):
    """One terminal with its cook, behind its own proxy.

    Args:
        number: tells terminals apart.
        folder: of the run.
        hub: what it is tied to.
        proxy: stands between them.
        seed: of its cook.
        evidence: takes what it says.
    """

    def __init__(
        self,
        number: int,
        folder: Path,
        hub: Hub,
        proxy: FaultProxy,
        seed: str,
        evidence: Evidence,
    ) -> None:
        super().__init__(f"terminal-{number}", folder)
        self.number = number
        self.proxy = proxy
        self.to_give = 0
        """Commands that its cook is still to give."""

        self.pause = 0.02
        self._own_folder = folder / self.name
        self._hub = hub
        self._seed = seed
        self._evidence = evidence
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def start(self, *, disk_full: bool = False) -> None:
        """Start it on its folder, and wait until its journal is read."""
        self._own_folder.mkdir(exist_ok=True)
        command = (sys.executable, "-m", "tests.chaos.terminal_program")
        await self.spawn(command, {}, disk_full=disk_full)
        self._reading = asyncio.create_task(self._read(), name=f"read {self.name}")
        up = self._answer("up")
        about = {
            "url": self.proxy.url,
            "token": self._hub.token,
            "restaurant": self._hub.restaurant,
            "folder": str(self._own_folder),
            "seed": f"{self._seed}.{self.number}.{self.starts}",
            "link": LINK,
        }
        self._say(about)
        async with asyncio.timeout(START_TIME):
            await up
        if self.to_give:
            self.give()

    def give(self) -> None:
        """Let its cook give what is still to be given."""
        self._say({"do": "give", "count": self.to_give, "pause": self.pause})

    def set_clock(self, wrong_by: float) -> None:
        """Put its wall clock wrong, by seconds."""
        self._say({"do": "set the clock", "wrong_by": wrong_by})

    async def look(self) -> dict[str, Any]:
        """Ask how it is."""
        return await self._ask("look", "looks")

    async def show(self) -> dict[str, str]:
        """Ask what is on its board."""
        return (await self._ask("show", "shows"))["board"]

    async def finish(self) -> int:
        """Let it end by itself.

        Returns:
            Its exit code.
        """
        if self.process.stdin is not None:
            self.process.stdin.close()
        async with asyncio.timeout(ANSWER_TIME):
            code = await self.process.wait()
        if self._reading is not None:
            await self._reading
        return code

    async def kill(self) -> None:
        """End it as a power cut does; what it had said is heard."""
        await super().kill()
        if self._reading is not None:
            await self._reading
        # In memory only, and said so: nobody promised that these live.
        self._evidence.power_cut(self.number)

    async def _ask(self, do: str, event: str) -> dict[str, Any]:
        answer = self._answer(event)
        self._say({"do": do})
        async with asyncio.timeout(ANSWER_TIME):
            return await answer

    def _answer(self, event: str) -> asyncio.Future[dict[str, Any]]:
        self._answers[event] = asyncio.get_running_loop().create_future()
        return self._answers[event]

    def _say(self, line: dict[str, Any]) -> None:
        if self.runs and self.process.stdin is not None:
            self.process.stdin.write(f"{json.dumps(line)}\n".encode())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            text = line.decode().strip()
            if not text.endswith("}"):
                continue  # the power was cut in the middle of a line
            said = json.loads(text)
            self._evidence.take(self.number, text, said)
            event = said["event"]
            if event == "given":
                self.to_give -= 1
            waiting = self._answers.pop(event, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said)
