"""`make chaos` in its short form: everything breaks, nothing is lost and nothing done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.report import line, problems
from tests.chaos.restore import run_restore
from tests.chaos.run import Plan, run_seed


@pytest.mark.timeout(600)
async def test_a_kitchen_in_which_everything_breaks_loses_nothing(tmp_path: Path) -> None:
    result = await run_seed(Plan(seed=1, commands=2000, voice=False), tmp_path)
    assert not problems(result), line(result)
    assert result.done > 0
    assert result.faults


@pytest.mark.timeout(300)
async def test_a_hub_restored_from_a_copy_has_its_kitchen_again(tmp_path: Path) -> None:
    verdict = await run_restore(tmp_path, commands=40)
    assert verdict.fine, verdict
