"""What was said and answered, kept by turn and by item, whatever arrives in whatever order.

Incident 2 lost whole orders because the event that should have made an entry had been missed. Here
an entry is made when it is missing. Servers name items in their own ways: OpenAI's transcript names
the item of its commit, LocalAI's an item that nobody has heard of; see `_find`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Literal

from voice_tui.core.json_fields import MAX_TEXT
from voice_tui.core.text import clean

MAX_ENTRIES: Final = 50
MAX_EVENT_IDS: Final = 1_000
MAX_NAMES: Final = 8


@dataclass(slots=True)
class Entry:
    """One utterance, or one part of an answer."""

    speaker: Literal["person", "assistant"]
    turn: int | None
    """None: it came, and nobody can say to which turn."""

    text: str = ""
    final: bool = False
    problem: str = ""
    """Why there is no text, in words for a person."""

    confidence: float | None = None
    agreed: bool | None = None
    """Whether both recognisers heard the same; None where the server does not say."""

    item_ids: set[str] = field(default_factory=set[str])
    """The server's names for it; LocalAI has three."""

    def rename(self, item_id: str) -> None:
        """Take one more name, within reason."""
        if item_id and len(self.item_ids) < MAX_NAMES:
            self.item_ids.add(item_id)


class Transcripts:
    """The newest `MAX_ENTRIES` entries, in the order in which they began."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._open: set[int] = set()
        self._event_ids: OrderedDict[str, None] = OrderedDict()

    def first_time(self, event_id: str) -> bool:
        """Whether this event id is new within the last `MAX_EVENT_IDS`; an empty one always is."""
        if event_id in self._event_ids:
            return False
        if event_id:
            self._event_ids[event_id] = None
            if len(self._event_ids) > MAX_EVENT_IDS:
                self._event_ids.popitem(last=False)
        return True

    def expect(self, turn: int) -> None:
        """A commit was sent: the turn is open until its transcript comes, or until `close`."""
        self._open.add(turn)
        self._add(Entry("person", turn))

    def typed(self, turn: int, text: str) -> None:
        """The person typed instead of speaking."""
        self._add(Entry("person", turn, clean(text, MAX_TEXT), final=True))

    def close(self, turn: int, problem: str = "") -> None:
        """Nobody waits for this turn's transcript any more.

        It still gets here when the server names it by an item of this turn.
        """
        self._open.discard(turn)
        entry = self.of_turn(turn)
        if entry is not None and not entry.final:
            entry.problem = problem

    def close_all(self) -> None:
        """The session is gone, and with it whatever it was to send."""
        self._open.clear()

    def bind(self, turn: int, item_id: str) -> None:
        """The server said which item this turn became."""
        entry = self.of_turn(turn)
        if entry is not None:
            early = self._named(item_id)
            if early is not None and early.turn is None:
                self._absorb(early, entry)
            entry.rename(item_id)

    def delta(self, item_id: str, text: str) -> int | None:
        """More words.

        Returns:
            The turn that they belong to, if that can be said.
        """
        entry = self._find(item_id)
        if not entry.final:
            entry.text = clean(entry.text + text, MAX_TEXT, strip=False)
        return entry.turn

    def completed(
        self,
        item_id: str,
        text: str,
        confidence: float | None = None,
        agreed: bool | None = None,
    ) -> int | None:
        """All words; the first completion of an item counts. Returns as `delta`."""
        entry = self._find(item_id)
        if not entry.final:
            entry.text, entry.confidence, entry.agreed = text, confidence, agreed
            entry.problem = ""
            self._finish(entry)
        return entry.turn

    def failed(self, item_id: str, problem: str) -> int | None:
        """No words. Returns as `delta`."""
        entry = self._find(item_id)
        if not entry.final:
            entry.problem = problem or "not understood"
            self._finish(entry)
        return entry.turn

    def answer_delta(self, turn: int | None, item_id: str, text: str) -> None:
        """More of an answer."""
        entry = self._answer(turn, item_id)
        if not entry.final:
            entry.text = clean(entry.text + text, MAX_TEXT, strip=False)

    def answer_done(self, turn: int | None, item_id: str, text: str) -> None:
        """The whole of an answer's part."""
        entry = self._answer(turn, item_id)
        if not entry.final:
            entry.text, entry.final = text or entry.text, True

    @property
    def awaited(self) -> int:
        """How many turns there are whose words are still to come."""
        return len(self._open)

    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    def of_turn(self, turn: int) -> Entry | None:
        """What the person said in a turn."""
        for entry in reversed(self._entries):
            if entry.speaker == "person" and entry.turn == turn:
                return entry
        return None

    def _find(self, item_id: str) -> Entry:
        """The entry of an item: by its name; else the only open turn's; else a new one.

        Two open turns and an unknown name: guessing would show one turn's words as another's.
        """
        known = self._named(item_id)
        if known is not None and known.turn is not None:
            return known
        if len(self._open) == 1:
            entry = self.of_turn(next(iter(self._open)))
            if entry is not None:
                if known is not None:
                    self._absorb(known, entry)
                entry.rename(item_id)
                return entry
        return known or self._add(Entry("person", None, item_ids={item_id}))

    def _named(self, item_id: str) -> Entry | None:
        for entry in reversed(self._entries):
            if entry.speaker == "person" and item_id and item_id in entry.item_ids:
                return entry
        return None

    def _absorb(self, early: Entry, entry: Entry) -> None:
        """A server that writes along names the item before the commit does: make them one."""
        self._entries.remove(early)
        if not entry.final:
            entry.text = early.text

    def _answer(self, turn: int | None, item_id: str) -> Entry:
        for entry in reversed(self._entries):
            if entry.speaker == "assistant" and item_id in entry.item_ids and entry.turn == turn:
                return entry
        return self._add(Entry("assistant", turn, item_ids={item_id}))

    def _finish(self, entry: Entry) -> None:
        entry.final = True
        if entry.turn is not None:
            self._open.discard(entry.turn)

    def _add(self, entry: Entry) -> Entry:
        self._entries.append(entry)
        for old in self._entries[:-MAX_ENTRIES]:
            if old.turn is not None and old.speaker == "person":
                self._open.discard(old.turn)
        del self._entries[:-MAX_ENTRIES]
        return entry
