"""docs/diagnosis.md holds the limits and the tree as they are. KDS_GOLDEN_UPDATE=1 writes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kds_tui.core.decision import Leaf, Node
from kds_tui.core.decision_tree import TREE
from kds_tui.core.limits import LIMITS

PAGE = Path(__file__).parents[2] / "docs" / "diagnosis.md"
START, END = "<!-- made from {} -->", "<!-- end -->"


def limits() -> Iterator[str]:
    yield "| figure | should be | warning | critical | where from |"
    yield "| --- | --- | --- | --- | --- |"
    for name, limit in LIMITS.items():
        bounds = (_from(limit.warning), _from(limit.critical))
        yield f"| {' | '.join((name, limit.words, *bounds, limit.source))} |"


def _from(value: float | None) -> str:
    return "" if value is None else f"from {value:g}"


def tree() -> Iterator[str]:
    for symptom in TREE:
        yield f"- {symptom.question}"
        yield from _branches(symptom, "  ")


def _branches(node: Node, indent: str) -> Iterator[str]:
    for answer, leads_to in node.branches.items():
        if isinstance(leads_to, Leaf):
            ours = "" if leads_to.source.startswith("quick reference") else ", ours"
            yield f"{indent}- {answer}: **{leads_to.id}** ({leads_to.level}{ours})"
        else:
            yield f"{indent}- {answer}: {leads_to.question}"
            yield from _branches(leads_to, indent + "  ")


def with_part(page: str, name: str, lines: Iterator[str]) -> str:
    start = START.format(name)
    before, _, rest = page.partition(start)
    _, _, after = rest.partition(END)
    assert rest, f"{PAGE} has no part for {name}"
    return f"{before}{start}\n" + "\n".join(lines) + f"\n{END}{after}"


def test_the_page_is_as_the_program_is() -> None:
    page = PAGE.read_text()
    made = with_part(page, "kds_tui/core/decision_tree.py", tree())
    made = with_part(made, "kds_tui/core/limits.py", limits())
    if os.environ.get("KDS_GOLDEN_UPDATE"):
        PAGE.write_text(made)
    assert made == PAGE.read_text(), "write it anew with KDS_GOLDEN_UPDATE=1"
