"""What it costs the hub to tell an event to every display, beside a bare `websockets` server.

Both get the same clients and the same events of some 1.5 KB, in turns. The bare server has no
sign-in, no order of events, no limit and no queue: it is what the library itself costs. Then the
same with one client that reads nothing, which must not be felt by the others.

    python -m benchmarks.hub
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import click

from benchmarks.figures import Aim, circumstances, percentile, table

SIZES: Final = ((50, 1000, 0.006), (200, 300, 0.02), (1000, 150, 0.1))
"""Clients, events, and seconds from one event to the next; some 50,000 deliveries or more, or what
the machine does beside them decides."""

WARM_UP: Final = 20
"""Events before those that count."""

KINDS: Final = ("hub", "bare")
SLOWER_BY: Final = 2.0
"""What a stalled client may cost the others' 99th percentile."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave."""

    cpu: float
    """Microseconds of processor time a delivery."""

    p50: float
    """Milliseconds from the broadcast to a client, the median."""

    p99: float
    rss: float
    """MB a client, as the server's memory grew while they came; of which their sockets are most."""


class Child:
    """A process that answers each line with a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, line: str) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Wait for a line."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise click.ClickException(f"{self._process.args} ended by itself")
        return json.loads(line)


@contextmanager
def child(*args: str, token: str = "") -> Generator[Child]:
    """Run a process of this folder until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TOKEN": token},
    )
    try:
        yield Child(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(kind: str, clients: int, events: int, interval: float, stalled: int) -> Run:
    """Run a server with its clients once.

    Args:
        kind: `hub` or `bare`.
        clients: how many there are.
        events: how many are broadcast.
        interval: seconds between two.
        stalled: so many of the clients read nothing.

    Returns:
        The figures.
    """
    with child("benchmarks.broadcast_server", kind) as server:
        about = server.hear()
        before = server.ask("memory")["rss"]
        joining = ("benchmarks.broadcast_clients", about["url"], f"{clients}")
        with child(*joining, f"{stalled}", token=about["token"]) as crowd:
            crowd.hear()
            joined = server.ask("clients")["clients"]
            if joined != clients:
                raise click.ClickException(f"{joined} clients of {clients}")
            rss = (server.ask("memory")["rss"] - before) / clients
            server.ask(f"send {WARM_UP} {interval}")
            crowd.ask(f"collect {WARM_UP}")
            sent = server.ask(f"send {events} {interval}")
            arrivals: list[list[float]] = crowd.ask(f"collect {events}")["arrivals"]
    delays = [
        (arrived - at) * 1000
        for listener in arrivals
        for arrived, at in zip(listener, sent["sent"], strict=True)
    ]
    return Run(
        cpu=sent["cpu"] * 1e6 / (events * clients),
        p50=percentile(delays, 50),
        p99=percentile(delays, 99),
        rss=rss,
    )


def middle(runs: Sequence[Run]) -> Run:
    """Take the median of each figure."""
    return Run(
        cpu=median(run.cpu for run in runs),
        p50=median(run.p50 for run in runs),
        p99=median(run.p99 for run in runs),
        rss=median(run.rss for run in runs),
    )


@click.command()
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
def main(rounds: int) -> None:
    """Measure the hub's fan-out beside a bare server's, in turns; fails where an aim is missed."""
    click.echo(f"{circumstances()}; median of {rounds} rounds")
    rows: list[list[str]] = []
    aims: list[Aim] = []
    for clients, events, interval in SIZES:
        found: dict[tuple[str, int], list[Run]] = {}
        for number in range(rounds):
            for stalled in (0, 1):
                # In turns, that no kind always comes after the other.
                for kind in KINDS if number % 2 == 0 else KINDS[::-1]:
                    run = measure(kind, clients, events, interval, stalled)
                    found.setdefault((kind, stalled), []).append(run)
        figures = {key: middle(runs) for key, runs in found.items()}
        for (kind, stalled), run in figures.items():
            name = f"{kind}, {clients} clients" + (", 1 stalled" if stalled else "")
            rows.append(
                [name, f"{run.cpu:.1f}", f"{run.p50:.2f}", f"{run.p99:.2f}", f"{run.rss:.3f}"]
            )
        ours, theirs = figures["hub", 0].cpu, figures["bare", 0].cpu
        aims.append(Aim(f"CPU a delivery, {clients} clients: hub to bare", ours / theirs, 1.0, "x"))
        slower = figures["hub", 1].p99 / figures["hub", 0].p99
        words = f"p99 of the others with one stalled, {clients} clients"
        aims.append(Aim(words, slower, SLOWER_BY, "x"))
    head = ("", "us CPU a delivery", "p50 ms", "p99 ms", "MB a client")
    click.echo(table(head, rows))
    for aim in aims:
        click.echo(str(aim))
    if not all(aim.met for aim in aims):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
