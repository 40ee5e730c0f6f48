"""Whether the hub or a terminal holds more and more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.slope import lowest_rises
from tests.chaos.hub import Hub
from tests.chaos.terminals import TerminalUnderTest

MB: Final = 1024 * 1024

FEWEST: Final = 6
"""Samples of a process below which nothing is judged."""

SLACK: Final = {"tasks": 4, "fds": 12, "threads": 2, "timers": 20}
"""How far a count of a terminal may differ between two moments of calm: a pool of ten kept
connections comes and goes."""

HUB_SLACK: Final = {"tasks": 80, "fds": 80, "threads": 4, "timers": 80}
"""Likewise of the hub: the pools of six terminals, guests and voice. A run breaks hundreds of
connections, so that one thing kept for each is seen all the same."""

MOST_MEMORY: Final = {"hub": 160.0}
"""MB by which one life of a process may grow after its first calm, where it is not `USUALLY`: the
hub's recognisers take their memory with the first spoken orders."""

USUALLY: Final = 16.0
"""MB, of all others; the soak looks closer."""


@dataclass
class Growth:
    """What each process held whenever it was calm."""

    samples: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list[dict[str, Any]])
    )

    async def sample(self, hub: Hub, terminals: list[TerminalUnderTest]) -> None:
        """Take a sample of every process."""
        self.samples[hub.name].append({**(await hub.held()), "life": hub.starts})
        for terminal in terminals:
            held = (await terminal.look())["held"]
            self.samples[terminal.name].append({**held, "life": terminal.starts})

    def memory(self) -> dict[str, float]:
        """Tell by how many MB the longest life of each process grew."""
        grown: dict[str, float] = {}
        for name, samples in self.samples.items():
            lives: dict[int, list[float]] = defaultdict(list[float])
            for held in samples:
                lives[held["life"]].append(held["rss_bytes"] / MB)
            # A hub loads its recognisers in the background: its first calm comes too early.
            warm = [life[1:] for life in lives.values() if len(life) > 1]
            grown[name] = max((max(life) - life[0] for life in warm), default=0.0)
        return grown

    def counts(self, what: str) -> dict[str, tuple[int, int]]:
        """Tell the least and the most of a count of each process."""
        return {
            name: (min(held[what] for held in samples), max(held[what] for held in samples))
            for name, samples in self.samples.items()
        }

    def problems(self) -> list[str]:
        """Tell what grows."""
        found: list[str] = []
        for name, samples in self.samples.items():
            if len(samples) < FEWEST:
                continue
            for what, slack in (HUB_SLACK if name == "hub" else SLACK).items():
                values = [held[what] for held in samples]
                third = len(values) // 3
                if lowest_rises(values) and min(values[-third:]) > min(values[:third]) + slack:
                    found.append(f"{name}: {what} grow: {values}")
        for name, grown in self.memory().items():
            if grown > MOST_MEMORY.get(name, USUALLY):
                found.append(f"{name}: memory grew by {grown:.1f} MB in one life")
        return found
