"""What a decision tree is made of, and what walking it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kds_tui.core.display_status import DisplayStatus, LinkFacts, Seen, VoiceFacts
from kds_tui.core.limits import Level


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tree is walked with."""

    status: DisplayStatus
    seen: Seen

    @property
    def link(self) -> LinkFacts:
        """The websocket; one that was never wanted when there is none."""
        return self.status.link or LinkFacts()

    @property
    def voice(self) -> VoiceFacts:
        """Push-to-talk; as if it were idle when there is none."""
        return self.status.voice or VoiceFacts()


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a walk ends."""

    id: str
    level: Level
    sentence: Callable[[Facts], str]
    """What is the matter."""

    do: str
    """What to do about it; empty when there is nothing to do."""

    source: str
    """Where the branch is from."""


@dataclass(frozen=True, slots=True)
class Node:
    """A question, and where each answer leads."""

    question: str
    ask: Callable[[Facts], str]
    """Gives one of the answers."""

    branches: Mapping[str, Node | Leaf]
    hides_rest: bool = False
    """Of a symptom: whether nothing can be said about the others when it is there."""


@dataclass(frozen=True, slots=True)
class Step:
    """A question that was asked, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Walk:
    """The branch that was walked."""

    steps: tuple[Step, ...]
    leaf: Leaf
    sentence: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the tree says."""

    walk: Walk
    """The symptom that matters most; without one, the walk past all of them."""

    also: tuple[Walk, ...] = ()
    """The other symptoms that are there, in the tree's order."""

    @property
    def level(self) -> Level:
        """How bad it is."""
        return self.walk.leaf.level
