"""The 86 list: the menu, what is out of stock on top; Enter puts an item out, or back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar, Final

from textual.message import Message

from kds_tui.core.command import Verb
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.stock import StockLine
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.messages import WishRequested
from kds_tui.ui.search_list import ListRow, SearchList, column
from kds_tui.ui.slot_number import REACTION

ACTION: Final = "board.stock"

NO_MENU: Final = "No menu is known yet."

_STATE: Final = 22
"""Columns for what is to be known about an item."""

_MARK: Final = 6
"""Columns for whether it is out."""


@dataclass(frozen=True, slots=True)
class StockShown:
    """What the 86 list shows."""

    want: Callable[[], None]
    """Asks for the menu as it is now: somebody looks."""

    lines: Callable[[Sequence[str]], list[StockLine]]
    """The items that have all of some words, what is out at the front."""

    out_count: Callable[[], int]
    problem: Callable[[], str]
    """Why the menu may be old, in a sentence; empty when it is not."""

    link: Callable[[], LinkStatus]


class StockList(SearchList[None]):
    """Shows the menu, and asks for items to be put out of stock or back.

    Args:
        shown: what it shows.
        keys: of the board.
        monotonic: the monotonic clock, in seconds.
        ask: posts what the cook wants.
    """

    TITLE: ClassVar[str | None] = "86"
    PLACEHOLDER: ClassVar[str] = "Search: dish, category"

    def __init__(
        self,
        shown: StockShown,
        keys: KeyTable,
        monotonic: Callable[[], float],
        ask: Callable[[Message], object],
    ) -> None:
        super().__init__(keys, ACTION, monotonic)
        self._shown = shown
        self._ask = ask
        self._lines: dict[str, StockLine] = {}
        self._turned: dict[str, float] = {}

    def on_mount(self) -> None:
        """Have the menu looked at anew."""
        self._shown.want()

    def rows(self, words: Sequence[str], width: int) -> list[ListRow]:
        """Make a row for each item, and a heading for each category."""
        found, now = self._shown.lines(words), self._monotonic()
        for line in found:
            before = self._lines.get(line.item.id)
            if before is not None and before.item.is_out is not line.item.is_out:
                self._turned[line.item.id] = now
        self._lines = {line.item.id: line for line in found}
        rows: list[ListRow] = []
        heading = ""
        for line in found:
            above = "Out of stock" if line.item.is_out else line.item.category or "Menu"
            if above != heading:
                heading = above
                rows.append(ListRow("", ((column(above, width), ""),)))
            rows.append(_row(line, width))
        return rows

    def head(self, width: int) -> str:
        """Say nothing: a menu needs no names of columns."""
        return ""

    def foot(self) -> str:
        """Say what Enter does."""
        line = self._lines.get(self.marked)
        if line is None:
            if self._lines:
                return ""
            return "There is no such item on the menu." if self.is_searching else NO_MENU
        name = line.item.name
        if line.item.is_out:
            return f"Enter puts {name} back on the menu."
        return f"Enter puts {name} out of stock, on all screens."

    def subtitle(self) -> str:
        """Say how much is out, and how fresh that is."""
        words = f"{self._shown.out_count()} out"
        if self._shown.link().state is not LinkState.LIVE:
            return f"{words} · OFFLINE: the last known menu"
        problem = self._shown.problem()
        return f"{words} · not fresh: {problem}" if problem else words

    def choose(self, row_id: str) -> str:
        """Ask for the other state of the item."""
        line = self._lines.get(row_id)
        if line is None:
            return "It is not on the menu any more."
        if self._monotonic() - self._turned.get(row_id, -inf) < REACTION:
            return f"{line.item.name} changed just now."  # whoever wanted that has it
        verb = Verb.IN_STOCK if line.item.is_out else Verb.OUT_OF_STOCK
        self._ask(WishRequested(verb, subject_id=row_id))
        return ""


def _row(line: StockLine, width: int) -> ListRow:
    state = "sending" if line.is_pending else "this display only" if line.is_here_only else ""
    room = max(0, width - _MARK - _STATE)
    category = line.item.category if line.item.is_out else ""
    name = f"{line.item.name}  ({category})" if category else line.item.name
    mark = ("✖ 86", "bold $kds-bad") if line.item.is_out else ("", "")
    return ListRow(
        line.item.id,
        (
            (column(mark[0], _MARK), mark[1]),
            (column(name, room), ""),
            (column(state, _STATE, right=True), "$kds-caution"),
        ),
    )
