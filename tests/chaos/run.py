"""One seed: a hub, terminals and a voice client, all that can go wrong, and what came of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from kds_tui.demo.speech import voice_missing
from tests.chaos.convergence import Calm, wait_until_equal
from tests.chaos.evidence import Evidence
from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.faults import Faults
from tests.chaos.growth import Growth
from tests.chaos.guests import Guests
from tests.chaos.hub import Hub
from tests.chaos.invariants import Verdict, Witness, differences, judge
from tests.chaos.terminals import TerminalUnderTest
from tests.chaos.voice_guest import VoiceGuest

TERMINALS: Final = 6
ROUND: Final = 1000
"""Commands between two times of calm."""

LAST: Final = 20
"""Commands of each cook that are given while the last faults of a round last: when they stop, there
is something to deliver."""

GIVE_TIME: Final = 600.0
"""Most seconds for the commands of one round."""

LOOK_EVERY: Final = 0.1

_log = logging.getLogger("chaos")


@dataclass(frozen=True)
class Plan:
    """What a run is to be."""

    seed: int
    commands: int
    voice: bool
    pause: float = 0.03
    """Seconds between two commands of one cook, on average."""


@dataclass
class Result:
    """What came of a seed."""

    seed: int
    seconds: float
    given: int
    done: int
    declined: int
    verdict: Verdict
    calms: list[Calm]
    faults: dict[str, int]
    guests: dict[str, int]
    growth: Growth
    crash: str = ""
    """What ended the run itself before its time."""

    @property
    def fine(self) -> bool:
        """Whether everything held."""
        return self.verdict.fine and not self.crash


class Restaurant:
    """Everything of one seed; to be used in `async with`.

    Args:
        plan: what it is to be.
        folder: where everything is kept.
    """

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.hub = Hub(folder, voice=plan.voice and not voice_missing())
        self.terminals: list[TerminalUnderTest] = []
        self.verdict = Verdict()
        self.calms: list[Calm] = []
        self.growth = Growth()
        self.voice: VoiceGuest | None = None
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            log = stack.enter_context((self.folder / "evidence.log").open("w"))
            self.evidence = Evidence(log)
            stack.push_async_callback(self._clear_away)
            await self.hub.start()
            for number in range(TERMINALS):
                proxy = await stack.enter_async_context(
                    FaultProxy.before(self.hub.port, self.plan.seed * 100 + number)
                )
                terminal = TerminalUnderTest(
                    number, self.folder, self.hub, proxy, str(self.plan.seed), self.evidence
                )
                terminal.pause = self.plan.pause
                self.terminals.append(terminal)
            voice_proxy = None
            if self.hub.voice:
                voice_proxy = await stack.enter_async_context(FaultProxy.before(self.hub.port))
                self.voice = VoiceGuest(self.hub, voice_proxy)
            self.guests = Guests(self.hub, f"guests {self.plan.seed}")
            self.faults = Faults(self.hub, self.terminals, voice_proxy, f"faults {self.plan.seed}")
            await asyncio.gather(*(terminal.start() for terminal in self.terminals))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def run(self) -> None:
        """Let it work, and hold everything against everything."""
        people = [self._begin(self.guests.run(), "guests")]
        if self.voice is not None:
            people.append(self._begin(self.voice.run(), "voice"))
        left = self.plan.commands
        while left > 0:
            count = min(ROUND, left)
            left -= count
            await self._round(count)
        for task in people:
            await _stopped(task)
        await self._calm_down()
        await self._judge()

    async def _round(self, count: int) -> None:
        breaking = self._begin(self.faults.run(), "faults")
        for number, terminal in enumerate(self.terminals):
            terminal.to_give += count // TERMINALS + (number < count % TERMINALS)
            if terminal.runs:
                terminal.give()
        await self._given_but(LAST)
        await _stopped(breaking)
        await self.faults.stop()
        await self._calm_down()
        await self._given_but(0)

    async def _given_but(self, left: int) -> None:
        async with asyncio.timeout(GIVE_TIME):
            while any(terminal.to_give > left for terminal in self.terminals):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY)

    async def _calm_down(self) -> None:
        """The faults have stopped: all boards become the hub's, and all is delivered."""
        async with self.guests.at_work:
            calm = await wait_until_equal(self.hub, self.terminals)
        self.calms.append(calm)
        self.verdict.wrong += calm.problems
        await self.growth.sample(self.hub, self.terminals)

    async def _judge(self) -> None:
        boards = {terminal.name: await terminal.show() for terminal in self.terminals}
        witness = Witness.read(self.hub.data)
        self.verdict.wrong += differences(boards, witness)
        judge(self.evidence, witness, self.verdict)
        known = {order.id for order in witness.orders}
        for order_id in set(self.guests.placed) - known:
            self.verdict.lost.append(f"order {order_id}: told as placed, and the hub has it not")
        self.verdict.wrong += self.growth.problems()
        for terminal in self.terminals:
            if (code := await terminal.finish()) != 0:
                self.verdict.wrong.append(f"{terminal.name} ended with {code}")
        if (code := await self.hub.end()) != 0:
            self.verdict.wrong.append(f"the hub ended with {code}")

    def _begin(self, work: Any, name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.append(task)
        return task

    async def _clear_away(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in (*self.terminals, self.hub):
            if child.runs:
                await child.kill()


async def _stopped(task: asyncio.Task[None]) -> None:
    """Stop somebody; who broke before is told."""
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return


async def run_seed(plan: Plan, folder: Path) -> Result:
    """Run one seed.

    Args:
        plan: what it is to be.
        folder: an empty one, for everything.

    Returns:
        What came of it.
    """
    begun = time.monotonic()
    crash = ""
    restaurant = Restaurant(plan, folder)
    try:
        async with restaurant:
            await restaurant.run()
    except Exception as error:  # noqa: BLE001 - told in the table, with the seed
        _log.exception("the run broke")
        crash = f"{type(error).__name__}: {error}"
    evidence: Evidence = restaurant.evidence
    people = Counter(restaurant.guests.done)
    if restaurant.voice is not None:
        people.update({f"voice {what}": n for what, n in restaurant.voice.done.items()})
    return Result(
        seed=plan.seed,
        seconds=time.monotonic() - begun,
        given=len(evidence.commands),
        done=evidence.count("done"),
        declined=evidence.count("declined"),
        verdict=restaurant.verdict,
        calms=restaurant.calms,
        faults=dict(sorted(restaurant.faults.counts.items())),
        guests=dict(sorted(people.items())),
        growth=restaurant.growth,
        crash=crash,
    )
