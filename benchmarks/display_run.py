"""The whole program, run and measured: `kds-tui run` on a pty, on a server that sends when told."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.order_server import TOKEN, OrderServer
from benchmarks.orders import VISIBLE, OrderBook
from benchmarks.process import cpu_seconds, memory
from benchmarks.terminal import Terminal

BURST: Final = 1000

PAUSE: Final = 0.05
"""Seconds between a drawn event and the next."""

IDLE: Final = 5.0
"""Seconds over which the cost of doing nothing is taken."""

FIRST_FRAME: Final = "open"
"""Stands in the header from the first frame on: `0 open`."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured with one number of orders; seconds and MB."""

    latencies: list[float]
    cpu: float
    """An event on the page, what an idle display uses taken off."""

    unseen_cpu: float
    """An event off the page."""

    idle_cpu: float
    """A second of an idle display."""

    burst: float
    burst_cpu: float
    pss: float
    """After the events one by one."""

    burst_pss: float
    """After the burst: what it leaves behind is used again."""

    first_frame: float
    """From the start of the process to the first frame; a median, as the next one."""

    first_orders: float
    """From the start of the process to the first frame with orders."""


class Run:
    """One display on one server.

    Args:
        server: its server.
        book: the orders.
        count: how many.
        terminal: the display's.
    """

    def __init__(
        self, server: OrderServer, book: OrderBook, count: int, terminal: Terminal
    ) -> None:
        self._server = server
        self._book = book
        self._count = count
        self._terminal = terminal
        self.idle = 0.0

    async def settle(self) -> None:
        """Wait until the start is over, and measure an idle display."""
        for number in range(5):
            await self.event(number)
        before = cpu_seconds(self._terminal.pid)
        await asyncio.sleep(IDLE)
        self.idle = (cpu_seconds(self._terminal.pid) - before) / IDLE

    async def event(self, number: int) -> float:
        """Change a visible order.

        Returns:
            The latency.
        """
        marker = self._book.next_marker()
        frame = self._server.frame(self._book.changed(number % VISIBLE, marker))
        arrival = asyncio.create_task(self._terminal.arrival(marker))
        await asyncio.sleep(0)
        return -await self._server.send(frame) + await arrival

    async def events(self, count: int) -> tuple[list[float], float]:
        """Change visible orders; latencies, and processor time an event."""
        began, before = time.perf_counter(), cpu_seconds(self._terminal.pid)
        latencies: list[float] = []
        for number in range(count):
            latencies.append(await self.event(number))
            await asyncio.sleep(PAUSE)
        return latencies, self._used_since(began, before) / count

    async def unseen_events(self, count: int) -> float:
        """Change orders on other pages; processor time an event."""
        began, before = time.perf_counter(), cpu_seconds(self._terminal.pid)
        for number in range(count):
            order = self._book.changed(self._count - 1 - number % VISIBLE, "window table")
            await self._server.send(self._server.frame(order))
            await asyncio.sleep(PAUSE)
        return self._used_since(began, before) / count

    async def burst(self) -> tuple[float, float]:
        """Send many events at once, the last one visible; time until it is, and processor time."""
        places = [number % self._count for number in range(BURST - 1)]
        frames = [self._server.frame(self._book.changed(place, "burst table")) for place in places]
        marker = self._book.next_marker()
        frames.append(self._server.frame(self._book.changed(0, marker)))
        arrival = asyncio.create_task(self._terminal.arrival(marker))
        before, began = cpu_seconds(self._terminal.pid), time.perf_counter()
        for frame in frames:
            await self._server.send(frame)
        taken = await arrival - began
        return taken, cpu_seconds(self._terminal.pid) - before

    def _used_since(self, began: float, before: float) -> float:
        used = cpu_seconds(self._terminal.pid) - before
        return used - self.idle * (time.perf_counter() - began)


async def measure(count: int, events: int, starts: int) -> Figures:
    """Measure the program with one number of orders.

    Args:
        count: open orders.
        events: how many to send one by one.
        starts: how often to start it.

    Returns:
        The figures.
    """
    book = OrderBook(count)
    first: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="kds-tui-benchmark-") as folder:
        for _ in range(starts - 1):
            async with _started(book, Path(folder)) as (_, _, frames):
                first.append(frames)
        async with _started(book, Path(folder)) as (server, terminal, frames):
            first.append(frames)
            run = Run(server, book, count, terminal)
            await run.settle()
            latencies, cpu = await run.events(events)
            unseen_cpu = await run.unseen_events(events)
            pss, _ = memory(terminal.pid)
            burst, burst_cpu = await run.burst()
            return Figures(
                latencies,
                cpu,
                unseen_cpu,
                run.idle,
                burst,
                burst_cpu,
                pss,
                memory(terminal.pid)[0],
                *(median(times) for times in zip(*first, strict=True)),
            )


@asynccontextmanager
async def _started(
    book: OrderBook, folder: Path
) -> AsyncIterator[tuple[OrderServer, Terminal, tuple[float, float]]]:
    """Start server and display, and wait for the orders; tell when its two first frames came."""
    marker = book.next_marker()
    async with (
        OrderServer(book.all(marker)) as server,
        Terminal(_command(folder, server.url), cwd=str(folder)) as terminal,
    ):
        frame = await terminal.arrival(FIRST_FRAME) - terminal.started
        orders = await terminal.arrival(marker) - terminal.started
        yield server, terminal, (frame, orders)


def _command(folder: Path, url: str) -> list[str]:
    token = folder / "token"
    token.touch(0o600)
    token.write_text(TOKEN)
    config = folder / "config.toml"
    config.write_text(
        f'[server]\nurl = "{url}"\ntoken_file = "{token}"\n[log]\nfile = "{folder}/log"\n'
    )
    program = Path(sys.executable).with_name("kds-tui")
    return [str(program), "run", "--config", str(config)]
