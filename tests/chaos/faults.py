"""What goes wrong in a kitchen, at random and from a seed: the network, power, clocks and disks."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Final

from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.hub import Hub
from tests.chaos.terminals import TerminalUnderTest

BETWEEN: Final = 0.4
"""Seconds between two faults, on average."""

LAST_VOLLEY: Final = 2.5
"""Seconds for which every network is broken before all faults stop: enough to find a half-open
line."""

AT_ONCE: Final = 4
"""Most faults at one time: a kitchen in which nothing works finds nothing."""

_log = logging.getLogger("chaos.faults")

NETWORK: Final = ("latency", "jitter", "rate", "one byte", "refuse", "half-open", "reset")
TERMINAL: Final = (
    "terminal killed",
    "terminal killed, its disk full",
    "terminal restarted",
    "terminal frozen",
    "terminal's clock",
    "terminal's disk full",
)
HUB: Final = ("hub killed", "hub frozen", "hub restarted", "hub's disk full", "hub's network cut")

KINDS: Final = {
    **dict.fromkeys(NETWORK, 6),
    "terminal killed": 6,
    "terminal killed, its disk full": 2,
    "terminal restarted": 2,
    "terminal frozen": 4,
    "terminal's clock": 3,
    "terminal's disk full": 3,
    "hub killed": 2,
    "hub frozen": 2,
    "hub restarted": 1,
    "hub's disk full": 2,
    "hub's network cut": 2,
}
"""How often each comes."""


class Faults:
    """Breaks things and mends them again.

    Args:
        hub: one of them.
        terminals: the others.
        voice_proxy: before the voice client's connection; None without one.
        seed: decides what breaks when.
    """

    def __init__(
        self,
        hub: Hub,
        terminals: list[TerminalUnderTest],
        voice_proxy: FaultProxy | None,
        seed: str,
    ) -> None:
        self._hub = hub
        self._terminals = terminals
        self._proxies = [terminal.proxy for terminal in terminals]
        if voice_proxy is not None:
            self._proxies.append(voice_proxy)
        self._random = Random(seed)
        self._busy: set[object] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Break things until cancelled; what is broken then is mended in its time."""
        self._over.clear()
        while True:
            await asyncio.sleep(self._random.expovariate(1 / BETWEEN))
            if len(self._under_way) < AT_ONCE:
                (kind,) = self._random.choices(list(KINDS), list(KINDS.values()))
                self._begin(kind)

    async def stop(self) -> None:
        """Break every terminal's network once more, and then mend everything at one moment.

        Raises:
            Exception: what went wrong with a fault itself.
        """
        for proxy in self._proxies:
            self._begin_network(self._random.choice(NETWORK), proxy)
        await asyncio.sleep(LAST_VOLLEY)
        self._over.set()
        while self._under_way:
            await asyncio.gather(*self._under_way)

    def _begin(self, kind: str) -> None:
        if kind in NETWORK:
            self._begin_network(kind, self._random.choice(self._proxies))
        elif kind in TERMINAL:
            terminal = self._random.choice(self._terminals)
            self._own(kind, terminal, lambda: self._terminal(kind, terminal))
        else:
            self._own(kind, self._hub, lambda: self._break_hub(kind))

    def _begin_network(self, kind: str, proxy: FaultProxy) -> None:
        self._own(kind, proxy, lambda: self._network(kind, proxy))

    def _own(self, kind: str, target: object, work: Callable[[], Awaitable[None]]) -> None:
        if target in self._busy:
            return
        self._busy.add(target)
        self.counts[kind] += 1

        async def break_and_mend() -> None:
            try:
                await work()
            finally:
                self._busy.discard(target)

        task = asyncio.create_task(break_and_mend(), name=kind)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _last(self, most: float) -> None:
        """Let a fault last: for some seconds, or until all are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._random.uniform(0.1, most)):
                await self._over.wait()

    async def _network(self, kind: str, proxy: FaultProxy) -> None:
        _log.info("%s on %s", kind, proxy.url)
        match kind:
            case "latency":
                proxy.latency = self._random.uniform(0.02, 0.3)
            case "jitter":
                proxy.jitter = self._random.uniform(0.02, 0.3)
            case "rate":
                proxy.rate = self._random.uniform(4_000, 60_000)
            case "one byte":
                proxy.one_byte = True
            case "refuse":
                proxy.refuse = True
                proxy.reset()
            case "half-open":
                proxy.swallow = True
            case _:
                proxy.reset()
                return
        await self._last(5.0)
        proxy.calm()

    async def _terminal(self, kind: str, terminal: TerminalUnderTest) -> None:
        _log.info("%s: %s", kind, terminal.name)
        match kind:
            case "terminal killed":
                await self._with_much_unsent(terminal)
                await terminal.kill()
                await self._last(1.5)
                await terminal.start()
            case "terminal killed, its disk full":
                await self._with_much_unsent(terminal)
                await terminal.kill()
                await terminal.start(disk_full=True)
                await self._last(4.0)
                terminal.empty_disk()
            case "terminal restarted":
                if (code := await terminal.finish()) != 0:
                    raise RuntimeError(f"{terminal.name} ended with {code}")
                await terminal.start()
            case "terminal frozen":
                terminal.freeze()
                await self._last(4.0)
                terminal.thaw()
            case "terminal's clock":
                terminal.set_clock(self._random.choice([-86_400, -3600, -30, 0, 45, 3600, 86_400]))
            case _:
                terminal.fill_disk()
                await self._last(4.0)
                terminal.empty_disk()

    async def _with_much_unsent(self, terminal: TerminalUnderTest) -> None:
        """Wait until a terminal has commands in its journal: cut it off for a moment."""
        terminal.proxy.refuse = True
        terminal.proxy.reset()
        await asyncio.sleep(self._random.uniform(0.2, 1.0))
        terminal.proxy.refuse = False

    async def _break_hub(self, kind: str) -> None:
        hub = self._hub
        _log.info("%s", kind)
        match kind:
            case "hub killed":
                await hub.kill()
                await self._last(1.0)
                await hub.start()
            case "hub restarted":
                await hub.end()
                await hub.start()
            case "hub frozen":
                hub.freeze()
                await self._last(3.0)
                hub.thaw()
            case "hub's disk full":
                hub.fill_disk()
                await self._last(3.0)
                hub.empty_disk()
            case _:
                for proxy in self._proxies:
                    proxy.reset()
