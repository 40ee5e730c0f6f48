"""One finding of a doctor: both programs tell theirs in the same form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One step.

    Args:
        name: of the step.
        good: whether it works.
        text: what was found, or what is wrong and what to do.
    """

    name: str
    good: bool
    text: str

    @property
    def line(self) -> str:
        """The step in one line."""
        return f"{'ok   ' if self.good else 'WRONG'} {self.name:<11} {' '.join(self.text.split())}"
