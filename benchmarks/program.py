"""How fast the whole program is, from a frame on the wire to bytes on the terminal.

`kds-tui run` runs in a process of its own on a pty of 200x60; the server runs here and
stamps the moment of sending. The Restaurant OS web display was measured on a machine of the same
kind (2 cores, headless Chromium, software rendering, all its processes together); its figures are
constants here, because it cannot be run beside ours.

    python -m benchmarks.program [--quick]
"""

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

import click

from benchmarks.figures import NUMBERS, Aim, circumstances, percentile, table
from benchmarks.order_server import TOKEN, OrderServer
from benchmarks.orders import VISIBLE, OrderBook
from benchmarks.process import cpu_seconds, memory
from benchmarks.terminal import Terminal

EVENTS: Final = 200
QUICK_EVENTS: Final = 50
STARTS: Final = 5
BURST: Final = 1000

PAUSE: Final = 0.05
"""Seconds between a drawn event and the next."""

IDLE: Final = 5.0
"""Seconds over which the cost of doing nothing is taken."""

FIRST_FRAME: Final = "open"
"""Stands in the header from the first frame on: `0 open`."""


@dataclass(frozen=True, slots=True)
class Web:
    """What the Restaurant OS web display needs, measured with the same events."""

    p50: float
    """Milliseconds from the frame sent to painted."""

    p99: float
    memory: float
    """MB, PSS of all processes."""


WEB: Final = {
    60: Web(17.5, 37.0, 480.0),
    300: Web(41.0, 89.0, 584.0),
    1000: Web(110.0, 208.0, 798.0),
}
WEB_CPU: Final = 38.0
"""Milliseconds an event, with 300 orders; the other numbers were not taken."""

WEB_START: Final = 6.5
"""Seconds until it shows orders, 5.7 of them a splash."""

FASTER, CHEAPER, SMALLER, SOONER = 15.0, 12.0, 10.0, 8.0
"""How many times less latency, CPU, memory and cold start we aim at."""


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
    rss: float
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
            burst, burst_cpu = await run.burst()
            return Figures(
                latencies,
                cpu,
                unseen_cpu,
                run.idle,
                burst,
                burst_cpu,
                *memory(terminal.pid),
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


def rows(measured: dict[int, Figures]) -> list[list[str]]:
    """Write the figures, in milliseconds and MB."""
    return [
        [
            f"{count} orders",
            " / ".join(f"{percentile(f.latencies, p) * 1000:.1f}" for p in (50, 99)),
            f"{f.cpu * 1000:.2f}",
            f"{f.unseen_cpu * 1000:.2f}",
            f"{f.idle_cpu * 1000:.1f}",
            f"{f.burst * 1000:.0f} / {f.burst_cpu * 1000:.0f}",
            f"{f.pss:.0f} / {f.rss:.0f}",
            f"{f.first_frame * 1000:.0f}",
            f"{f.first_orders * 1000:.0f}",
        ]
        for count, f in measured.items()
    ]


def aims(measured: dict[int, Figures]) -> list[Aim]:
    """Hold the figures against those of the web display."""
    found: list[Aim] = []
    for count, figures in measured.items():
        web = WEB[count]
        p50, p99 = (percentile(figures.latencies, percent) * 1000 for percent in (50, 99))
        start = figures.first_orders
        ratios = [
            ("latency p50", web.p50, p50, "ms", FASTER),
            ("latency p99", web.p99, p99, "ms", FASTER),
            ("memory", web.memory, figures.pss, "MB", SMALLER),
        ]
        if count == 300:
            ratios.append(("CPU an event", WEB_CPU, figures.cpu * 1000, "ms", CHEAPER))
            ratios.append(("cold start", WEB_START * 1000, start * 1000, "ms", SOONER))
        for name, theirs, ours, unit, times in ratios:
            words = f"{count} orders: {name}, {theirs:g} {unit} against {ours:.1f} {unit}"
            found.append(Aim(words, theirs / ours, times, "x", at_least=True))
    return found


@click.command()
@click.option("--quick", is_flag=True, help="Fewer events and starts.")
def main(quick: bool) -> None:
    """Measure the whole program, and hold it against the Restaurant OS web display."""
    print(circumstances())
    events, starts = (QUICK_EVENTS, 2) if quick else (EVENTS, STARTS)
    measured = {count: asyncio.run(measure(count, events, starts)) for count in NUMBERS}
    head = (
        "open orders",
        "event p50 / p99",
        "CPU",
        "CPU off page",
        "idle CPU/s",
        "burst of 1,000 / CPU",
        "PSS / RSS MB",
        "first frame",
        "first orders",
    )
    print("Milliseconds.", table(head, rows(measured)), *aims(measured), sep="\n")


if __name__ == "__main__":
    main()
