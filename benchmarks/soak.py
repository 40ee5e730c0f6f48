"""A kitchen at work for as long as you like: does anything grow?

Three processes: the hub with its voice gateway and guests; a display that works all the time; and
displays that come and go. They bump, lose their link, open dialogs and speak orders. What each
process holds is told at intervals, and after a warm-up a line is drawn through it: memory may grow
by 1 MB an hour, and descriptors, tasks, threads and timers not at all.

    python -m benchmarks.soak --minutes 125
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
import click

from benchmarks.figures import circumstances, table
from benchmarks.slope import Slope, lowest_rises, slope
from benchmarks.soak_display import Kitchen, SoakDisplay
from kds_tui.config.sections import LogSettings
from kds_tui.demo.speech import voice_missing
from kds_tui.process_figures import ProcessFigures, process_figures
from kds_tui.services.logfile import open_log
from tests.chaos.fault_proxy import FaultProxy
from voice_tui.allocator import give_memory_back, use_few_arenas
from voice_tui.services.wav_microphone import WavMicrophone

MB: Final = 1024 * 1024
MEMORY_LIMIT: Final = 1.0
"""MB an hour: a fifth of what the incident report calls acceptable."""

WARM_UP: Final = 0.3
"""The part of the time in which caches fill."""

CACHES_FULL: Final = 120.0
"""Minutes of a soak from which growth is a leak. In a shorter one the line goes through caches that
fill, which looks like one: measured of one display, +18 MB/h in minutes 3 to 10, +4 in 9 to 30,
+2 in 15 to 45 and +0.8 from minute 38 on."""

TELL_INTERVAL: Final = 60.0
"""Seconds between two lines of figures."""

END_DEADLINE: Final = 120.0
"""Seconds in which the last of the other displays ends."""

ONE, MANY, HUB = "one display", "displays one after the other", "hub with gateway and guests"
FEWEST_SAMPLES: Final = 8
"""Samples after the warm-up below which no line is drawn."""

GROWS: Final = "GROWS"

ASK_DEADLINE: Final = 10.0

COUNTS: Final = tuple(field.name for field in fields(ProcessFigures) if field.name != "rss_bytes")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process held at one moment."""

    at: float
    """Seconds since the soak began."""

    held: ProcessFigures


@contextmanager
def restaurant(speed: float, seed: int) -> Generator[Kitchen]:
    """Run the hub with its guests in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.soak_restaurant", str(speed), str(seed)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Kitchen(**json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.wait(30)


async def hub_figures(session: aiohttp.ClientSession, kitchen: Kitchen) -> ProcessFigures:
    """Ask the hub what it holds."""
    headers = {"Authorization": f"Bearer {kitchen.token}"}
    async with session.get(f"{kitchen.url}/api/v1/health/memory", headers=headers) as answer:
        told: dict[str, Any] = await answer.json()
    return ProcessFigures(**{field.name: told[field.name] for field in fields(ProcessFigures)})


class Soak:
    """One soak under way.

    Args:
        kitchen: the hub.
        seconds: how long.
        folder: where the display that works all the time has its journal.
    """

    def __init__(self, kitchen: Kitchen, seconds: float, folder: Path) -> None:
        self._kitchen = kitchen
        self._folder = folder
        self._seconds = seconds
        self._begun = time.monotonic()
        self._told_at = -math.inf
        self.done: Counter[str] = Counter()
        self.samples: dict[str, list[Sample]] = {ONE: [], MANY: [], HUB: []}
        """What each process held, in order."""

    async def run(self) -> None:
        """Have the displays work, and take the samples."""
        timeout = aiohttp.ClientTimeout(total=ASK_DEADLINE)
        async with (
            FaultProxy.before(self._kitchen.port) as proxy,
            aiohttp.ClientSession(timeout=timeout) as session,
        ):
            others = await self._start_others()
            reading = asyncio.create_task(self._read_others(others))
            microphone = WavMicrophone() if self._kitchen.voice else None
            display = SoakDisplay(self._kitchen, proxy, microphone, self.done, self._folder)
            try:
                await display.live_for(self._seconds, lambda: self._look(session))
            finally:
                assert others.stdin is not None
                others.stdin.close()
                async with asyncio.timeout(END_DEADLINE):
                    await reading
                    await others.wait()
            if others.returncode:
                raise click.ClickException("the displays that come and go ended with an error")

    async def _start_others(self) -> asyncio.subprocess.Process:
        others = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "benchmarks.soak_displays"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert others.stdin is not None
        others.stdin.write(f"{json.dumps(asdict(self._kitchen))}\n".encode())
        await others.stdin.drain()
        return others

    async def _read_others(self, others: asyncio.subprocess.Process) -> None:
        assert others.stdout is not None
        done: Counter[str] = Counter()
        async for line in others.stdout:
            told = json.loads(line)
            self._take(MANY, ProcessFigures(**told["held"]))
            done = Counter(told["done"])
        self.done.update(done)

    async def _look(self, session: aiohttp.ClientSession) -> None:
        gc.collect()
        give_memory_back()  # what the allocator keeps for later is not held
        self._take(ONE, process_figures())
        self._take(HUB, await hub_figures(session, self._kitchen))
        if time.monotonic() - self._told_at >= TELL_INTERVAL:
            self._told_at = time.monotonic()
            for who, samples in self.samples.items():
                if samples:
                    click.echo(_line(who, samples[-1]))

    def _take(self, who: str, held: ProcessFigures) -> None:
        self.samples[who].append(Sample(time.monotonic() - self._begun, held))


def _line(who: str, sample: Sample) -> str:
    counts = "  ".join(f"{name} {getattr(sample.held, name):3}" for name in COUNTS)
    memory = sample.held.rss_bytes / MB
    return f"{sample.at / 60:6.1f} min  {who:<32} RSS {memory:6.1f} MB  {counts}"


def _memory_verdict(memory: Slope, minutes: float) -> str:
    if memory.exceeds(MEMORY_LIMIT):
        short = minutes < CACHES_FULL
        return f"{GROWS}, or caches fill: soak {CACHES_FULL:.0f} minutes" if short else GROWS
    return "ok" if memory.is_within(MEMORY_LIMIT) else "not certain: soak longer"


def judge(who: str, samples: list[Sample], seconds: float) -> tuple[list[list[str]], bool]:
    """Draw the lines of one process.

    Args:
        who: the process, as it is told.
        samples: of it, in order.
        seconds: how long the soak was.

    Returns:
        Rows for the table, and whether nothing grows.
    """
    warm = [sample for sample in samples if sample.at >= seconds * WARM_UP]
    if len(warm) < FEWEST_SAMPLES:
        return [[who, "everything", "", "", "too short to tell"]], True
    moments = [sample.at for sample in warm]
    memory = slope(moments, [sample.held.rss_bytes / MB for sample in warm])
    verdict = _memory_verdict(memory, seconds / 60)
    rows = [[who, "RSS", f"{memory.per_hour:+.2f} MB/h", f"{memory.error:.2f}", verdict]]
    fine = not verdict.startswith(GROWS)
    for name in COUNTS:
        values = [float(getattr(sample.held, name)) for sample in warm]
        line = slope(moments, values)
        # By chance a count may miss its quietest moment in the last third.
        rises = line.exceeds(0.0) and lowest_rises(values)
        fine = fine and not rises
        verdict = GROWS if rises else "ok"
        rows.append([who, name, f"{line.per_hour:+.1f} /h", f"{line.error:.1f}", verdict])
    return rows, fine


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.5), default=125.0, show_default=True)
@click.option("--speed", default=2.0, show_default=True, help="How many times faster guests order.")
@click.option("--seed", default=1, show_default=True, help="Of the guests.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the result here, as JSON.")
def main(minutes: float, speed: float, seed: int, report: Path | None) -> None:
    """Soak the program and tell whether it grows; exit code 1 when it does."""
    use_few_arenas()  # as the program does
    click.echo(circumstances())
    if missing := voice_missing():
        click.echo(f"without voice: not installed: {missing}")
    seconds = minutes * 60
    with (
        TemporaryDirectory(prefix="kds-tui-soak-") as folder,
        open_log(LogSettings(file=Path(folder) / "soak.log")),
        restaurant(speed, seed) as kitchen,
    ):
        soak = Soak(kitchen, seconds, Path(folder))
        asyncio.run(soak.run())
    judged = [judge(who, samples, seconds) for who, samples in soak.samples.items()]
    rows = [row for of_process, _ in judged for row in of_process]
    done = soak.done
    click.echo(f"\nAfter a warm-up of {seconds * WARM_UP / 60:.0f} minutes:")
    click.echo(table(("process", "figure", "slope", "+-", "verdict"), rows))
    what = ", ".join(f"{count} {name}" for name, count in sorted(done.items()))
    click.echo(f"Done meanwhile: {what}.")
    fine = all(fine for _, fine in judged) and not done["voice turns that failed"]
    if report is not None:
        told = {"minutes": minutes, "rows": rows, "done": dict(done), "passed": fine}
        report.write_text(json.dumps(told, indent=1) + "\n")
    if not fine:
        raise click.ClickException("something grows, or voice failed: see above")


if __name__ == "__main__":
    main()
