"""The recall list: what was bumped, closed or cancelled in this shift, to be brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from kds_tui.core.clock import format_age
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.order import OrderStatus
from kds_tui.core.shift_log import PastOrder, Reading
from kds_tui.core.time_of_day import time_of_day
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.search_list import ListRow, SearchList, column

ACTION: Final = "board.recall_list"

NOT_FOUND: Final = "No order that is known here has that in it."

_STATUS: Final = {
    OrderStatus.READY: ("READY", "$kds-good"),
    OrderStatus.PICKED_UP: ("PICKED UP", ""),
    OrderStatus.COMPLETED: ("CLOSED", "$kds-muted"),
    OrderStatus.CANCELLED: ("CANCELLED", "$kds-bad"),
}

_PART_DONE: Final = ("DONE HERE", "$kds-good")
"""Of an order that is open still: other stations owe their part."""

_OFF, _TOOK, _NUMBER, _WORD = 5, 5, 5, 9
"""Columns of the time, the age, the number and the status."""


@dataclass(frozen=True, slots=True)
class ShiftShown:
    """What the recall list shows."""

    want: Callable[[], None]
    """Asks for what the server knows: somebody looks."""

    past: Callable[[Sequence[str]], list[PastOrder]]
    """The orders that have all of some words, the one that left last at the front."""

    known: Callable[[], tuple[Reading, str]]
    """How much of the shift is known, and what is wrong with the rest."""

    can_recall: Callable[[], bool]
    """Whether the order server offers recall."""

    link: Callable[[], LinkStatus]
    server_now: Callable[[], float]


class RecallList(SearchList[str | None]):
    """Asks which order is to come back; answers with its id.

    Args:
        shown: what it shows.
        keys: of the board.
        monotonic: the monotonic clock, in seconds.
    """

    TITLE: ClassVar[str | None] = "Recall"
    PLACEHOLDER: ClassVar[str] = "Search: number, table, name, dish"
    FOLLOWS_FIRST: ClassVar[bool] = True

    def __init__(self, shown: ShiftShown, keys: KeyTable, monotonic: Callable[[], float]) -> None:
        super().__init__(keys, ACTION, monotonic)
        self._shown = shown
        self._past: dict[str, PastOrder] = {}

    def on_mount(self) -> None:
        """Have the rest of the shift read."""
        self._shown.want()

    def rows(self, words: Sequence[str], width: int) -> list[ListRow]:
        """Make a row for each past order."""
        found = self._shown.past(words)
        self._past = {past.id: past for past in found}
        return [_row(past, width) for past in found]

    def head(self, width: int) -> str:
        """Name the columns."""
        label, items = _widths(width)
        return " ".join(
            (
                column("AT", _OFF + 1),
                column("TOOK", _TOOK, right=True),
                column("NO", _NUMBER),
                column("FOR", label),
                column("ITEMS", items),
            )
        )

    def foot(self) -> str:
        """Say what Enter does, or why it does nothing."""
        past = self._past.get(self.marked)
        if past is None:
            if self._past:
                return ""
            return NOT_FOUND if self.is_searching else "Nothing was bumped yet."
        now = self._shown.server_now()
        why = past.why_it_stays(now, can_recall=self._shown.can_recall())
        return f"{past.label} {why}" if why else f"Enter brings {past.label} back."

    def subtitle(self) -> str:
        """Say how many there are, and how much is known."""
        count = len(self._past)
        words = f"{count} order{'' if count == 1 else 's'}"
        reading, problem = self._shown.known()
        if self._shown.link().state is not LinkState.LIVE:
            return f"{words} · OFFLINE: what this display saw"
        match reading:
            case Reading.READING:
                return f"{words} · reading the rest"
            case Reading.FAILED:
                return f"{words} · not all: {problem}"
            case _:
                return words

    def choose(self, row_id: str) -> str:
        """Close with the order, unless it cannot come back."""
        past = self._past.get(row_id)
        if past is None:
            return "It is not off the grid any more."
        now = self._shown.server_now()
        why = past.why_it_stays(now, can_recall=self._shown.can_recall())
        if why:
            return f"{past.label} {why}"
        self.dismiss(row_id)
        return ""


def _widths(width: int) -> tuple[int, int]:
    """Share out what the fixed columns leave: the label's width, and the items'."""
    room = width - (_OFF + 1 + _TOOK + _NUMBER + _WORD + 5)
    label = max(8, min(24, room // 3))
    return label, max(0, room - label)


def _row(past: PastOrder, width: int) -> ListRow:
    label, items = _widths(width)
    word, style = _STATUS.get(past.status, _PART_DONE)
    off_at = time_of_day(past.off_at)
    took = "" if past.took is None else format_age(past.took)
    facts = (
        column(off_at, _OFF + 1),
        column(took, _TOOK, right=True),
        column(past.number, _NUMBER),
        column(past.label, label),
        column(past.items, items),
    )
    return ListRow(past.id, ((" ".join(facts) + " ", ""), (column(word, _WORD, right=True), style)))
