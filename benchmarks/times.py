"""How long the display takes to begin without its server, and to end whatever its server does.

The real program on a real pty beside a real hub; each time is taken several times, and the slowest
counts.

    python -m benchmarks.times
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import click

from benchmarks.figures import Aim, circumstances
from tests.e2e.hub_process import PROGRAM, HubProcess, hub_process
from tests.e2e.pty_terminal import PtyTerminal

ORDERS: Final = 50
"""Open orders of the last known board."""

START_AIM: Final = 1.5
END_AIM: Final = 1.0
"""Seconds: what a kitchen that has just lost its power, or a service manager, waits gladly."""


@contextmanager
def display(hub: HubProcess) -> Iterator[PtyTerminal]:
    """Run a display of a hub."""
    command = [PROGRAM, "run", "--url", hub.url]
    with PtyTerminal(command, size=(120, 36), env=hub.home) as terminal:
        yield terminal


@contextmanager
def frozen(hub: HubProcess) -> Iterator[None]:
    """Have a hub answer nothing, with its connections open."""
    hub.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        hub.process.send_signal(signal.SIGCONT)


def end_live(hub: HubProcess) -> float:
    """Time SIGTERM with a live link."""
    with display(hub) as terminal:
        terminal.wait_for("● LIVE")
        return _time_of_end(terminal)


def end_half_open(hub: HubProcess) -> float:
    """Time SIGTERM with a server that is there and says nothing."""
    with display(hub) as terminal:
        terminal.wait_for("● LIVE")
        with frozen(hub):
            return _time_of_end(terminal)


def begin_without_hub(hub: HubProcess) -> float:
    """Time from the launch to the last known board; the hub has ended."""
    began = time.perf_counter()
    with display(hub) as terminal:
        terminal.wait_for("LAST KNOWN BOARD")
        terminal.wait_for("bump 1 ")
        return time.perf_counter() - began


def _time_of_end(terminal: PtyTerminal) -> float:
    began = time.perf_counter()
    terminal.signal(signal.SIGTERM)
    terminal.exit_code()
    return time.perf_counter() - began


@click.command()
@click.option("--runs", default=5, show_default=True, help="How often each time is taken.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the figures here, as JSON.")
def main(runs: int, report: Path | None) -> None:
    """Take the times, and hold them against the aims."""
    print(circumstances().replace("200x60", "120x36"))
    told: dict[str, list[float]] = {}

    def take(name: str, timed: Callable[[HubProcess], float], hub: HubProcess) -> None:
        told[name] = [timed(hub) for _ in range(runs)]

    with TemporaryDirectory(prefix="kds-tui-times-") as folder, hub_process(Path(folder)) as hub:
        for table in range(ORDERS):
            hub.order(tableNumber=str(table + 1), type="dine-in")
        take("SIGTERM with a live link", end_live, hub)
        take("SIGTERM with a server that says nothing", end_half_open, hub)
        hub.end()
        take(f"launch to the last known board of {ORDERS} orders", begin_without_hub, hub)
    for name, times in told.items():
        limit = START_AIM if name.startswith("launch") else END_AIM
        print(Aim(f"{name}, slowest of {runs} (p50 {median(times):.2f} s)", max(times), limit, "s"))
    if report is not None:
        figures = {name: {"p50": median(times), "max": max(times)} for name, times in told.items()}
        report.write_text(json.dumps({"runs": runs, "seconds": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
