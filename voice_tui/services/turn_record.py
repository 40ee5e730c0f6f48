"""What became of turns, for diagnosis: how the last one went, and what went wrong in a row."""

from __future__ import annotations

from typing import Final

from voice_tui.core.turn import TurnState
from voice_tui.core.turn_effects import Outcome

TIMED_OUT: Final = frozenset({Outcome.NOT_COMMITTED, Outcome.NO_TRANSCRIPT, Outcome.NO_RESPONSE})
"""How a turn ends when the deadline of a waiting state passes."""


class TurnRecord:
    """Notes turns as the client goes through them."""

    def __init__(self) -> None:
        self.state_since = 0.0
        """When the turn came to its present state, on the event loop's clock."""

        self.timeouts = 0
        """Turns that the deadline of a waiting state ended."""

        self.last_outcome = ""
        """How the last turn ended; empty before the first."""

        self.silent_turns = 0
        """Turns in a row in which nothing was heard."""

        self.last_heard = False
        """Whether sound was sent in the last turn; a typed one needs none."""

        self.last_words = 0
        """Transcript events that came for the last turn."""

        self._state: TurnState = TurnState.IDLE
        self._spoken = False
        self._words = 0

    def begun(self) -> None:
        """Note that a turn began: a typed one, until the microphone is let through."""
        self._spoken, self._words = False, 0

    def spoken(self) -> None:
        """Note that the microphone is let through."""
        self._spoken = True

    def words(self) -> None:
        """Note a transcript event."""
        self._words += 1

    def ended(self, outcome: Outcome, *, heard: bool) -> None:
        """Note how a turn ended.

        Args:
            outcome: of it.
            heard: whether the microphone gave anything but silence.
        """
        self.timeouts += outcome in TIMED_OUT
        self.silent_turns = self.silent_turns + 1 if outcome is Outcome.NOTHING_HEARD else 0
        self.last_outcome = outcome.value
        self.last_heard = heard if self._spoken else True
        self.last_words = self._words if self._spoken else max(1, self._words)

    def state(self, state: TurnState, now: float) -> None:
        """Note the state.

        Args:
            state: at this moment.
            now: seconds of the event loop's clock.
        """
        if state is not self._state:
            self._state, self.state_since = state, now
