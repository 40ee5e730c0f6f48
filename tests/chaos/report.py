"""What came of the seeds, for a person and as JSON."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from tests.chaos.convergence import WITHIN
from tests.chaos.invariants import MOST_TOLD
from tests.chaos.run import Result


def line(result: Result) -> str:
    """Tell what came of one seed in a line."""
    equal = equal_after(result)
    verdict = result.verdict
    return (
        f"seed {result.seed:<4} {'ok    ' if result.fine else 'FAILED'} {result.seconds:6.0f} s"
        f"  {result.given} given, {result.done} done, {result.declined} declined,"
        f" {verdict.excused} excused; lost {len(verdict.lost)}, doubled {len(verdict.doubled)},"
        f" wrong {len(verdict.wrong)}; {sum(result.faults.values())} faults;"
        f" boards equal p50 {median(equal) if equal else 0:.2f} s, max"
        f" {max(equal, default=0):.2f} s"
    )


def equal_after(result: Result) -> list[float]:
    """Give all times that a board took to become the hub's, in seconds."""
    return [after for calm in result.calms for after in calm.equal_after]


def problems(result: Result) -> list[str]:
    """Tell what did not hold, in sentences."""
    verdict = result.verdict
    told = [f"the run broke: {result.crash}"] if result.crash else []
    for kind, found in (
        ("LOST", verdict.lost),
        ("DOUBLED", verdict.doubled),
        ("WRONG", verdict.wrong),
    ):
        told += [f"{kind} {what}" for what in found[:MOST_TOLD]]
        if len(found) > MOST_TOLD:
            told.append(f"{kind} and {len(found) - MOST_TOLD} more")
    return told


def final_table(results: Sequence[Result]) -> str:
    """Tell what came of all seeds."""
    told = {name: value for name, value in summary(results).items() if isinstance(value, str)}
    width = max(len(name) for name in told)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in told.items())


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Sum all seeds up; texts are for people, the rest is in the JSON only."""
    equal = sorted(after for result in results for after in equal_after(result))
    delivered = [calm.delivered_after for result in results for calm in result.calms]
    faults: Counter[str] = Counter()
    guests: Counter[str] = Counter()
    for result in results:
        faults.update(result.faults)
        guests.update(result.guests)
    within = sum(after <= WITHIN for after in equal)
    p50 = median(equal) if equal else 0.0
    p99 = equal[int(len(equal) * 0.99)] if equal else 0.0
    memory = [
        grown
        for result in results
        for name, grown in result.growth.memory().items()
        if name != "hub"
    ]
    return {
        "seeds": ", ".join(str(result.seed) for result in results),
        "commands given": str(sum(result.given for result in results)),
        "done": str(sum(result.done for result in results)),
        "declined, and the cook was told": str(sum(result.declined for result in results)),
        "lost": str(sum(len(result.verdict.lost) for result in results)),
        "done twice": str(sum(len(result.verdict.doubled) for result in results)),
        "anything else wrong": str(sum(len(result.verdict.wrong) for result in results)),
        "lost with the power after a full disk was told": str(
            sum(result.verdict.excused for result in results)
        ),
        "faults": ", ".join(f"{count} {kind}" for kind, count in faults.most_common()),
        "guests": ", ".join(f"{count} {what}" for what, count in guests.most_common()),
        "boards equal after the faults stopped": (
            f"p50 {p50:.2f} s, p99 {p99:.2f} s, max {max(equal, default=0):.2f} s;"
            f" {within} of {len(equal)} within {WITHIN:g} s"
        ),
        "everything delivered after": (
            f"p50 {median(delivered) if delivered else 0:.2f} s,"
            f" max {max(delivered, default=0):.2f} s"
        ),
        "descriptors, least and most when calm": _spread(results, "fds"),
        "tasks, least and most when calm": _spread(results, "tasks"),
        "memory grown in one life of a terminal, most": f"{max(memory, default=0):.1f} MB",
        "time": f"{sum(result.seconds for result in results):.0f} s",
        "equal_p50_s": p50,
        "equal_p99_s": p99,
        "equal_max_s": max(equal, default=0.0),
        "faults_by_kind": dict(faults),
    }


def _spread(results: Sequence[Result], what: str) -> str:
    found: dict[str, tuple[int, int]] = {}
    for result in results:
        for name, (least, most) in result.growth.counts(what).items():
            kind = "hub" if name == "hub" else "terminal"
            low, high = found.get(kind, (least, most))
            found[kind] = (min(low, least), max(high, most))
    return ", ".join(f"{kind} {low} to {high}" for kind, (low, high) in sorted(found.items()))


def write(path: Path, results: Sequence[Result], commands: int) -> None:
    """Write everything as JSON.

    Args:
        path: where to.
        results: of the seeds.
        commands: asked for, of each seed.
    """
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "commands_a_seed": commands,
        "passed": all(result.fine for result in results),
        "summary": summary(results),
        "seeds": [
            {
                "seed": result.seed,
                "passed": result.fine,
                "seconds": round(result.seconds, 1),
                "given": result.given,
                "done": result.done,
                "declined": result.declined,
                "excused": result.verdict.excused,
                "lost": len(result.verdict.lost),
                "doubled": len(result.verdict.doubled),
                "wrong": len(result.verdict.wrong),
                "problems": problems(result),
                "equal_after_s": [round(after, 3) for after in equal_after(result)],
                "memory_grown_mb": {
                    name: round(grown, 1) for name, grown in result.growth.memory().items()
                },
                "faults": result.faults,
                "guests": result.guests,
            }
            for result in results
        ],
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
