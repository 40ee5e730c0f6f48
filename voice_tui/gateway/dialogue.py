"""The model's part in a conversation: what to do about what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from voice_tui.core.menu import Menu
from voice_tui.core.server_response import Answer


@dataclass(frozen=True, slots=True)
class Said:
    """What the user said, or typed."""

    text: str
    confidence: float = 1.0
    agreed: bool = True


@dataclass(frozen=True, slots=True)
class CallOutput:
    """What one of our function calls came to."""

    name: str
    arguments: str
    output: str


class Interpreter(Protocol):
    """One conversation's memory and understanding. All of it is quick: no thread is spent on it."""

    def answer(self, said: Said, tools: frozenset[str]) -> Answer:
        """Decide what to do.

        Args:
            said: not empty.
            tools: the functions that may be called.
        """
        ...

    def follow_up(self, outputs: Sequence[CallOutput]) -> str:
        """Say something about what the function calls came to."""
        ...


InterpreterSource = Callable[[Callable[[], Menu]], Interpreter]
"""Begins a conversation; the menu is asked for whenever it matters, for it changes."""
