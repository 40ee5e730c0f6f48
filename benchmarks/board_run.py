"""The measured process of `benchmarks.render`: one board, one number of tickets, on its terminal.

It has the parent look for a marker on the terminal after each event; both read the same clock.

    python -m benchmarks.board_run ours|naive TICKETS REPETITIONS FD
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from benchmarks.boards import NaiveBoard, OurBoard
from benchmarks.orders import VISIBLE, OrderBook, order_id
from benchmarks.process import memory
from kds_tui.core.board import FeedEvent, SnapshotListed
from kds_tui.core.frames import OrderRemoved, OrderUpserted
from kds_tui.core.order import Order
from kds_tui.core.wire import decode_order
from kds_tui.hub.order_row import OrderKept, encode_row

BURST: Final = 1000
"""Events of the burst, over all tickets."""

PAUSE: Final = 0.02
"""Seconds between a drawn frame and the next event: longer than a frame, so none is shared."""

TICKS: Final = 6
"""Ticks, one a second, over which the cost of ticking is taken."""


class Cost(msgspec.Struct, frozen=True):
    """What something cost, in seconds."""

    seconds: float
    """Until it was on the terminal."""

    cpu: float


class Series(msgspec.Struct, frozen=True):
    """What something cost that was repeated, in seconds."""

    latencies: list[float]
    cpu: float
    """Each time, on average; what ticking cost meanwhile is taken off."""


class Figures(msgspec.Struct, frozen=True):
    """All that is measured of one board with one number of tickets."""

    idle_cpu: float
    """Seconds of processor time a second, with an empty board."""

    fill: Cost
    """All tickets at once on an empty board."""

    tick_cpu: float
    """Seconds of processor time a tick, what an empty board uses taken off."""

    updates: Series
    burst: Cost | None
    removals: Series | None
    pss: float
    """MB."""

    rss: float
    """MB."""


class Parent:
    """The process that holds the other end of the terminal.

    Args:
        descriptor: of a socket to it.
    """

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    async def __aenter__(self) -> Parent:
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def arrival(self, marker: str) -> float:
        """Wait for a marker on the terminal."""
        self._writer.write(f"{marker}\n".encode())
        return float(await self._reader.readline())

    async def tell(self, figures: Figures) -> None:
        """Hand the figures over."""
        self._writer.write(msgspec.json.encode(figures) + b"\n")
        await self._writer.drain()


class Measuring:
    """The measurements, one after the other.

    Args:
        board: what is measured, its first frame drawn.
        parent: looks for markers.
        tickets: how many.
        repetitions: events of each kind.
    """

    def __init__(
        self, board: OurBoard | NaiveBoard, parent: Parent, tickets: int, repetitions: int
    ) -> None:
        self._board = board
        self._parent = parent
        self._tickets = tickets
        self._repetitions = repetitions
        self._book = OrderBook(tickets)
        self._number = 0
        self._gone = 0
        self._idle = 0.0

    async def run(self) -> Figures:
        """Measure everything.

        Returns:
            The figures.
        """
        before = time.process_time()
        await asyncio.sleep(TICKS)
        idle = (time.process_time() - before) / TICKS
        marker = self._book.next_marker()
        orders = tuple(_decoded(kept) for kept in self._book.all(marker))
        fill = await self._timed([SnapshotListed(orders)], marker)
        self._board.go_live()
        for _ in range(3):  # warm
            await self._update()
        tick = await self._tick_cost()
        updates = await self._repeat(self._update, self._repetitions)
        burst = removals = None
        if isinstance(self._board, OurBoard):  # the naive one would take minutes
            burst = await self._burst()
            removals = await self._repeat(self._remove, min(self._repetitions, VISIBLE))
        pss, rss = memory(os.getpid())
        return Figures(idle, fill, tick - idle, updates, burst, removals, pss, rss)

    async def _tick_cost(self) -> float:
        count = TICKS if isinstance(self._board, OurBoard) else min(3, self._repetitions)
        before = time.process_time()
        await self._board.ticks(count)
        cost = (time.process_time() - before) / count
        if isinstance(self._board, OurBoard):  # it ticks by itself: not the events' doing
            self._idle = cost
        return cost

    async def _repeat(self, change: Callable[[], Awaitable[Cost]], times: int) -> Series:
        """Do the same again and again, each time on a quiet board."""
        latencies: list[float] = []
        cpu: list[float] = []
        for _ in range(times):
            began, before = time.perf_counter(), time.process_time()
            latencies.append((await change()).seconds)
            await asyncio.sleep(PAUSE)
            used = time.process_time() - before
            cpu.append(used - self._idle * (time.perf_counter() - began))
        return Series(latencies, sum(cpu) / times)

    async def _update(self) -> Cost:
        """Change the note and a quantity on a visible ticket."""
        self._number += 1
        marker = self._book.next_marker()
        return await self._timed([self._event(self._number % VISIBLE, marker)], marker)

    async def _remove(self) -> Cost:
        """Take a visible ticket away; another one takes its place."""
        place, self._tickets = self._gone, self._tickets - 1
        self._gone += 1
        return await self._timed([OrderRemoved(order_id(place))], f"{self._tickets} open")

    async def _burst(self) -> Cost:
        events: list[FeedEvent] = [
            self._event(number % self._tickets, self._book.next_marker())
            for number in range(BURST - 1)
        ]
        marker = self._book.next_marker()
        return await self._timed([*events, self._event(0, marker)], marker)

    async def _timed(self, events: Sequence[FeedEvent], marker: str) -> Cost:
        """Feed events, a turn of the event loop each, until the marker is on the terminal."""
        seen = asyncio.create_task(self._parent.arrival(marker))
        await asyncio.sleep(0)
        before, began = time.process_time(), time.perf_counter()
        for event in events:
            self._board.feed(event)
            await asyncio.sleep(0)
        return Cost(await seen - began, time.process_time() - before)

    def _event(self, place: int, marker: str) -> OrderUpserted:
        return OrderUpserted(_decoded(self._book.changed(place, marker)), created=False)


def _decoded(kept: OrderKept) -> Order:
    return decode_order(encode_row(kept))


async def main(kind: str, tickets: int, repetitions: int, descriptor: int) -> None:
    """Run a board and measure it.

    Args:
        kind: `ours` or `naive`.
        tickets: how many.
        repetitions: events of each kind.
        descriptor: the socket to the parent.
    """
    ready = asyncio.Event()
    board = OurBoard(ready) if kind == "ours" else NaiveBoard(ready)
    running = asyncio.create_task(board.run_async())
    await ready.wait()
    async with Parent(descriptor) as parent:
        await parent.tell(await Measuring(board, parent, tickets, repetitions).run())
    board.exit()
    await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:5])))
