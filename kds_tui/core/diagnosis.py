"""The decision tree of the quick reference, walked by itself: facts in, one sentence out.

The symptoms are asked about one after the other, those first that keep a kitchen from its orders:

    it tells how it is? -> ending? -> server? -> board? -> bumps? -> turn? -> voice? -> memory?

Each one that is there is walked to its end: question, answer, question, answer, and what it comes
to. See decision_tree.py.
"""

from __future__ import annotations

from kds_tui.core.decision import Diagnosis, Facts, Leaf, Node, Step, Walk
from kds_tui.core.decision_tree import TREE, WELL
from kds_tui.core.display_status import DisplayStatus, Seen


def diagnose(status: DisplayStatus, seen: Seen | None = None) -> Diagnosis:
    """Walk the tree.

    Args:
        status: of a display.
        seen: what somebody outside sees of it; nothing strange if not given.

    Returns:
        At least one walk, each of them to exactly one leaf.
    """
    facts = Facts(status, seen or Seen())
    walks: list[Walk] = []
    passed: list[Step] = []
    for symptom in TREE:
        answer = symptom.ask(facts)
        if answer not in symptom.branches:
            passed.append(Step(symptom.question, answer))
            continue
        walks.append(_walk((), symptom, facts))
        if symptom.hides_rest:
            break
    if not walks:
        return Diagnosis(_walk(tuple(passed), WELL, facts))
    return Diagnosis(walks[0], tuple(walks[1:]))


def _walk(steps: tuple[Step, ...], place: Node | Leaf, facts: Facts) -> Walk:
    while isinstance(place, Node):
        answer = place.ask(facts)
        steps = (*steps, Step(place.question, answer))
        place = place.branches[answer]
    return Walk(steps, place, place.sentence(facts))
