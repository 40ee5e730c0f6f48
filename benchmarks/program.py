"""How fast the whole program is, from a frame on the wire to bytes on the terminal.

`kds-tui run` runs in a process of its own on a pty of 200x60; the server runs here and
stamps the moment of sending. The Restaurant OS web display was measured on a machine of the same
kind (2 cores, headless Chromium, software rendering, all its processes together); its figures are
constants here, because it cannot be run beside ours.

    python -m benchmarks.program [--quick]
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import click

from benchmarks.display_run import Figures, measure
from benchmarks.figures import NUMBERS, Aim, circumstances, percentile, table

EVENTS: Final = 200
QUICK_EVENTS: Final = 50
STARTS: Final = 5


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
COMPARED: Final = 300
"""Orders with which the aims are set; CPU and start of the web display are known for no others."""

WEB_CPU: Final = 38.0
"""Milliseconds an event."""

WEB_START: Final = 6500.0
"""Milliseconds until it shows orders; 5,700 of them are a splash."""

FASTER, CHEAPER, SMALLER, SOONER = 15.0, 12.0, 10.0, 8.0
"""How many times less latency, CPU, memory and cold start we aim at."""


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
            f"{f.pss:.0f} / {f.burst_pss:.0f}",
            f"{f.first_frame * 1000:.0f}",
            f"{f.first_orders * 1000:.0f}",
        ]
        for count, f in measured.items()
    ]


def aims(measured: dict[int, Figures]) -> list[Aim]:
    """Hold the figures against those of the web display, with COMPARED orders."""
    figures, web = measured[COMPARED], WEB[COMPARED]
    p50, p99 = (percentile(figures.latencies, percent) * 1000 for percent in (50, 99))
    start = figures.first_orders * 1000
    ratios = (
        ("latency p50", web.p50, p50, "ms", FASTER),
        ("latency p99", web.p99, p99, "ms", FASTER),
        ("CPU an event", WEB_CPU, figures.cpu * 1000, "ms", CHEAPER),
        ("memory", web.memory, figures.pss, "MB", SMALLER),
        ("cold start", WEB_START, start, "ms", SOONER),
    )
    return [
        Aim(f"{name}, {theirs:g} {unit} against {ours:.1f}", theirs / ours, times, "x", True)
        for name, theirs, ours, unit, times in ratios
    ]


def others(measured: dict[int, Figures]) -> list[str]:
    """Tell the ratios with other numbers of orders, for which no aim is set."""
    lines: list[str] = []
    for count, figures in measured.items():
        if count != COMPARED:
            web = WEB[count]
            p50, p99 = (percentile(figures.latencies, percent) * 1000 for percent in (50, 99))
            lines.append(
                f"  {count} orders: latency p50 {web.p50 / p50:.1f} times less, "
                f"p99 {web.p99 / p99:.1f}, memory {web.memory / figures.pss:.1f}"
            )
    return lines


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
        "PSS MB / after burst",
        "first frame",
        "first orders",
    )
    print("Milliseconds.", table(head, rows(measured)), sep="\n")
    print(f"Against the web display, {COMPARED} orders:", *aims(measured), sep="\n")
    print("For information:", *others(measured), sep="\n")


if __name__ == "__main__":
    main()
