"""The audit of dependencies: a finding fails, and where no service answers that is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "audit.py"
CLEAN = {"name": "good", "version": "1", "vulns": []}
BAD = {
    "name": "bad",
    "version": "2",
    "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1"], "aliases": [], "description": ""}],
}
SKIPPED = {"name": "odd", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ([CLEAN, CLEAN], 0, ["2 of 2 pins audited (pypi), 0 vulnerable"]),
        ([CLEAN, BAD], 1, ["bad 2: CVE-2026-1, fixed in 2.1", "1 vulnerable"]),
        ([CLEAN, SKIPPED], 0, ["NOT AUDITED, the service does not know them: odd", "1 of 2"]),
        ([SKIPPED, SKIPPED], 0, ["NOT AUDITED", "Not a clean result"]),
        ([], 0, ["NOT AUDITED"]),
        (None, 0, ["NOT AUDITED"]),
    ],
)
def test_what_the_audit_says(
    tmp_path: Path, answer: list[dict[str, object]] | None, code: int, words: list[str]
) -> None:
    tool = tmp_path / "pip-audit"
    said = "Traceback" if answer is None else json.dumps({"dependencies": answer, "fixes": []})
    (tmp_path / "answer").write_text(said)
    tool.write_text(f"#!/bin/sh\ncat '{tmp_path}/answer'\nexit {int(answer is None)}\n")
    tool.chmod(0o755)
    done = subprocess.run(
        [sys.executable, SCRIPT, tool, "constraints.txt"], capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    for each in words:
        assert each in done.stdout


def test_without_the_tool_nothing_is_audited_and_that_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "none", "constraints.txt"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "NOT AUDITED" in done.stdout) == (0, True)
