"""How fast the board draws, beside one that makes a widget for each ticket at every change.

Each board runs in a process of its own on a pty of 200x60, without a network: orders are fed to it
as the link would. Latency is from the event to the arrival of its bytes at the other end of the
pty. The machine's other work shows in latencies, hardly in processor time.

    python -m benchmarks.render [--quick] [--only ours|naive]
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Final

import click
import msgspec

from benchmarks.board_run import Cost, Figures, Series
from benchmarks.figures import NUMBERS, Aim, circumstances, percentile, table
from benchmarks.terminal import Terminal
from kds_tui.cli import FRAMES_PER_SECOND

REPETITIONS: Final = {"ours": 300, "naive": 10}
QUICK_REPETITIONS: Final = {"ours": 60, "naive": 3}

LATENCY_LIMIT: Final = 16.0
"""Milliseconds: one frame of 60 a second."""

CPU_LIMIT: Final = 3.0
"""Milliseconds of processor time for an update or a tick."""

TIMES_CHEAPER: Final = 100.0
"""Than the naive board, with COMPARED tickets."""

COMPARED: Final = 300

PATIENCE: Final = 120.0
"""Most seconds until a board wants something looked for."""


async def measure(kind: str, tickets: int, repetitions: int) -> Figures:
    """Measure one board with one number of tickets.

    Args:
        kind: `ours` or `naive`.
        tickets: how many.
        repetitions: events of each kind.

    Returns:
        The figures.
    """
    ours, theirs = socket.socketpair()
    argv = [sys.executable, "-m", "benchmarks.board_run", kind, str(tickets), str(repetitions)]
    command = [*argv, str(theirs.fileno())]
    frame_rate = {"TEXTUAL_FPS": FRAMES_PER_SECOND}
    async with Terminal(command, pass_fds=(theirs.fileno(),), env=frame_rate) as terminal:
        theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 20)
        try:
            while line := await asyncio.wait_for(reader.readline(), PATIENCE):
                if line.startswith(b"{"):
                    return msgspec.json.decode(line, type=Figures)
                seen = await terminal.arrival(line.decode().strip())
                writer.write(f"{seen!r}\n".encode())
        finally:
            writer.close()
    raise RuntimeError(f"the {kind} board ended early: {terminal.last_output()}")


def rows(measured: dict[tuple[str, int], Figures]) -> list[list[str]]:
    """Write the figures of all boards, in milliseconds and MB."""
    lines: list[list[str]] = []
    for (kind, tickets), figures in measured.items():
        lines.append(
            [
                f"{kind} {tickets}",
                *_series(figures.updates),
                f"{figures.tick_cpu * 1000:.2f} + {figures.idle_cpu * 1000:.2f}",
                *_series(figures.removals),
                _once(figures.burst),
                _once(figures.fill),
                f"{figures.pss:.0f} / {figures.rss:.0f}",
            ]
        )
    return lines


def _once(cost: Cost | None) -> str:
    return "-" if cost is None else f"{cost.seconds * 1000:.0f} / {cost.cpu * 1000:.0f}"


def _series(series: Series | None) -> tuple[str, str]:
    if series is None:
        return "-", "-"
    p50, p99 = (percentile(series.latencies, percent) * 1000 for percent in (50, 99))
    return f"{p50:.1f} / {p99:.1f}", f"{series.cpu * 1000:.2f}"


def aims(measured: dict[tuple[str, int], Figures]) -> list[Aim]:
    """Hold the figures against what they should be."""
    found: list[Aim] = []
    for (kind, tickets), figures in measured.items():
        if kind == "ours":
            p99 = percentile(figures.updates.latencies, 99) * 1000
            found += [
                Aim(f"{tickets} tickets: event to terminal p99", p99, LATENCY_LIMIT, "ms"),
                Aim(
                    f"{tickets} tickets: CPU an update", figures.updates.cpu * 1000, CPU_LIMIT, "ms"
                ),
                Aim(f"{tickets} tickets: CPU a tick", figures.tick_cpu * 1000, CPU_LIMIT, "ms"),
            ]
    ours, naive = measured.get(("ours", COMPARED)), measured.get(("naive", COMPARED))
    if ours and naive:
        cheaper = naive.updates.cpu / ours.updates.cpu
        words = f"{COMPARED} tickets: CPU an update, times less than naive"
        found.append(Aim(words, cheaper, TIMES_CHEAPER, "x", at_least=True))
    return found


@click.command()
@click.option("--quick", is_flag=True, help="Fewer repetitions.")
@click.option("--only", type=click.Choice(["ours", "naive"]), help="Measure one board only.")
def main(quick: bool, only: str | None) -> None:
    """Measure how fast the board draws, and tell which aims are met."""
    repetitions = QUICK_REPETITIONS if quick else REPETITIONS
    print(circumstances())
    measured: dict[tuple[str, int], Figures] = {}
    for kind in ("ours", "naive") if only is None else (only,):
        for tickets in NUMBERS:
            click.echo(f"measuring {kind} with {tickets} tickets ...", err=True)
            measured[kind, tickets] = asyncio.run(measure(kind, tickets, repetitions[kind]))
    head = (
        "board and tickets",
        "update p50 / p99",
        "CPU",
        "tick + idle CPU",
        "removal p50 / p99",
        "CPU",
        "burst of 1,000 / CPU",
        "fill / CPU",
        "PSS / RSS MB",
    )
    print("Milliseconds.", table(head, rows(measured)), *aims(measured), sep="\n")


if __name__ == "__main__":
    main()
