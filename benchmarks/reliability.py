"""Writes docs/reliability.md: every promise, how it is tested, and the last figure.

The tests of all promises are run here; what takes longer (chaos, soak, fuzz) leaves its figures in
docs/figures/, each with the date and the commit of its run, and is told from there.

    python -m benchmarks.reliability
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import pytest

from benchmarks.promises import SECTIONS, Promise

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "reliability.md"
FIGURES: Final = ROOT / "docs" / "figures"
TESTS: Final = FIGURES / "tests.json"

HEAD: Final = """# What is promised, and the proof

Made by `make reliability` from real runs; not to be edited by hand. A figure in a row is the one
that the named test or run measured last.

The terminals of `make chaos` look for their server more often than a display does as it is set
(`tests/chaos/terminals.py`): with the settings as they come a display waits up to 15 s between two
tries, and takes up to 12 s to notice a link that died without a word.

"""


@dataclass(slots=True)
class Outcome:
    """What became of the tests of one promise."""

    passed: int = 0
    failed: list[str] = field(default_factory=list[str])
    skipped: int = 0
    figures: list[str] = field(default_factory=list[str])
    """What the tests measured: they tell it with `record_property("figure", ...)`."""


class Listener:
    """A pytest plugin that keeps what became of each test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = defaultdict(Outcome)
        """By node id without parameters."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the news of one phase of one test."""
        outcome = self.outcomes[report.nodeid.partition("[")[0]]
        if report.skipped:
            outcome.skipped += 1
        elif report.failed:
            outcome.failed.append(report.nodeid)
        elif report.when == "call":
            outcome.passed += 1
            outcome.figures += [
                str(text) for name, text in report.user_properties if name == "figure"
            ]


def of_promise(promise: Promise, outcomes: dict[str, Outcome]) -> Outcome:
    """Put together what became of a promise's tests: each names a file, or one test of it."""
    whole = Outcome()
    for wanted in promise.tests:
        for name, outcome in outcomes.items():
            if name == wanted or name.startswith(f"{wanted}::"):
                whole.passed += outcome.passed
                whole.skipped += outcome.skipped
                whole.failed += outcome.failed
                whole.figures += outcome.figures
    return whole


def row(promise: Promise, outcome: Outcome, reports: dict[str, dict[str, Any]]) -> str:
    """Write one row of the table."""
    places = [f"`{wanted}`" for wanted in promise.tests] + [f"`{promise.command}`"][
        : bool(promise.command)
    ]
    told = list(outcome.figures)
    if promise.report:
        found = reports.get(promise.report)
        told.append(promise.figure(found) if found else "no run recorded")
    if promise.tests:
        counts = f"{outcome.passed} passed" if outcome.passed else "NO TEST RAN"
        counts += f", {outcome.skipped} skipped here" if outcome.skipped else ""
        counts = f"FAILED: {len(outcome.failed)}" if outcome.failed else counts
        told.insert(0, counts)
    return f"| {promise.words} | {'<br>'.join(places)} | {'<br>'.join(told)} |"


def circumstances() -> str:
    """Tell when, of what and on what the page was made."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    today = dt.datetime.now(dt.UTC).date()
    return (
        f"Last made on {today} of {commit or 'no commit'}, Python {platform.python_version()},"
        f" {platform.system()} {platform.machine()}, {os.cpu_count()} cores.\n"
    )


def run_tests(workers: str) -> None:
    """Run the tests of all promises, and record what became of them."""
    wanted = sorted({test for _, promises in SECTIONS for p in promises for test in p.tests})
    listener = Listener()
    code = pytest.main(["-q", "-n", workers, *wanted], plugins=[listener])
    told = {
        "made": circumstances(),
        "held": code == pytest.ExitCode.OK,
        "outcomes": {name: asdict(outcome) for name, outcome in listener.outcomes.items()},
    }
    TESTS.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")


@click.command()
@click.option("--workers", default="auto", show_default=True, help="Tests beside each other.")
@click.option("--recorded", is_flag=True, help="Run no test: write the page from what is recorded.")
def main(workers: str, recorded: bool) -> None:
    """Run the tests of all promises and write the page; exit code 1 when one does not hold."""
    if not recorded:
        run_tests(workers)
    told = json.loads(TESTS.read_text())
    outcomes = {name: Outcome(**values) for name, values in told["outcomes"].items()}
    reports = {file.stem: json.loads(file.read_text()) for file in sorted(FIGURES.glob("*.json"))}
    lines = [HEAD, told["made"]]
    held = bool(told["held"])
    for title, promises in SECTIONS:
        lines.append(f"\n## {title}\n\n| promise | tested by | last figure |\n| --- | --- | --- |")
        for promise in promises:
            outcome = of_promise(promise, outcomes)
            held = held and not (promise.tests and not outcome.passed)
            lines.append(row(promise, outcome, reports))
    PAGE.write_text("\n".join(lines) + "\n")
    click.echo(f"{PAGE.relative_to(ROOT)} written")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
