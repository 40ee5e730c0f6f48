"""Chaos: a kitchen in which everything goes wrong, and what must hold all the same.

python -m tests.chaos --seeds 10 --commands 10000 --report chaos.json
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from pathlib import Path

import click

from tests.chaos import report
from tests.chaos.run import Plan, Result, run_seed


@click.command()
@click.option("--seeds", default=10, show_default=True, help="How many, one after the other.")
@click.option("--first", default=1, show_default=True, help="The first of them.")
@click.option("--commands", default=10_000, show_default=True, help="Of each seed.")
@click.option("--no-voice", is_flag=True, help="Without the gateway and its client.")
@click.option("--report", "path", type=click.Path(path_type=Path), help="Write JSON here.")
@click.option("--keep", is_flag=True, help="Keep the folders of green seeds too.")
def main(
    seeds: int, first: int, commands: int, no_voice: bool, path: Path | None, keep: bool
) -> None:
    """Run the seeds; exit code 1 when anything was lost, done twice, or otherwise wrong."""
    results: list[Result] = []
    for seed in range(first, first + seeds):
        folder = Path(tempfile.mkdtemp(prefix=f"kds-chaos-{seed}-"))
        log = logging.FileHandler(folder / "run.log")
        logging.basicConfig(
            handlers=[log],
            level=logging.INFO,
            format="%(asctime)s %(name)s %(message)s",
            force=True,
        )
        result = asyncio.run(run_seed(Plan(seed, commands, voice=not no_voice), folder))
        results.append(result)
        click.echo(report.line(result))
        for problem in report.problems(result):
            click.echo(f"  {problem}", err=True)
        if result.fine and not keep:
            shutil.rmtree(folder)
        else:
            click.echo(f"  kept: {folder}")
    click.echo(f"\n{report.final_table(results)}")
    if path is not None:
        report.write(path, results, commands)
    if not all(result.fine for result in results):
        raise click.ClickException("something did not hold: see above")


if __name__ == "__main__":
    main()
