"""What was said and answered, kept by turn and by item, whatever arrives, in whatever order (incident 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MAX_ENTRIES: Final = 50
MAX_EVENT_IDS: Final = 1_000


@dataclass(slots=True)
class Entry:
    """One utterance, or one part of an answer."""

    speaker: Literal["person", "assistant"]
    turn: int | None
    """None: it came, and nobody can say to which turn."""

    item_id: str = ""
    text: str = ""
    final: bool = False
    problem: str = ""
    """Why there is no text, in words for a person."""

    confidence: float | None = None
    agreed: bool | None = None
    """Whether both recognisers heard the same; None where the server does not say."""


class Transcripts:
    """The newest `MAX_ENTRIES` entries, in the order in which they began."""

    def first_time(self, event_id: str) -> bool:
        """Whether this event id is new within the last `MAX_EVENT_IDS`; an empty one always is."""
        raise NotImplementedError

    def expect(self, turn: int) -> None:
        """A commit was sent: this turn is open until its transcript comes, or until `close`."""
        raise NotImplementedError

    def close(self, turn: int) -> None:
        """Nobody waits for this turn's transcript any more; one that names a known item still gets there."""
        raise NotImplementedError

    def bind(self, turn: int, item_id: str) -> None:
        """The server said which item this turn became."""
        raise NotImplementedError

    def delta(self, item_id: str, text: str) -> int | None:
        """More words.

        Returns:
            The turn that they belong to, if that can be said.
        """
        raise NotImplementedError

    def completed(
        self,
        item_id: str,
        text: str,
        confidence: float | None = None,
        agreed: bool | None = None,
    ) -> int | None:
        """All words; the first completion of an item counts. Returns as `delta`."""
        raise NotImplementedError

    def failed(self, item_id: str, problem: str) -> int | None:
        """No words. Returns as `delta`."""
        raise NotImplementedError

    def answer_delta(self, turn: int | None, item_id: str, text: str) -> None:
        """More of an answer."""
        raise NotImplementedError

    def answer_done(self, turn: int | None, item_id: str, text: str) -> None:
        """The whole of an answer's part."""
        raise NotImplementedError

    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        raise NotImplementedError

    def of_turn(self, turn: int) -> Entry | None:
        """What the person said in a turn."""
        raise NotImplementedError
