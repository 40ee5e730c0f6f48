"""The panel of all-day counts: beside the tickets where there is room, else over them."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from kds_tui.core.all_day import AllDay, AllDayCount, AllDayMode
from kds_tui.ui.card_lines import truncate, wrap

WIDTH = 30
"""Columns of the panel: the name of a dish beside its number."""


class AllDayPanel(Static):
    """Shows how many of each item are to be cooked.

    Args:
        all_day: kept up to date here while the panel shows.
    """

    DEFAULT_CSS = """
    AllDayPanel {
        dock: right; width: 30; height: 1fr; padding: 0 1;
        background: $kds-card; color: $kds-text; border-left: solid $kds-border;
    }
    """

    def __init__(self, all_day: AllDay) -> None:
        super().__init__(markup=False, id="all-day")
        self._all_day = all_day
        self._mode = AllDayMode.OFF
        self._gives_way = False
        self._written: object = None
        self.display = False

    @property
    def mode(self) -> AllDayMode:
        """What is counted."""
        return self._mode

    @property
    def gives_way(self) -> bool:
        """Whether it is not seen, whatever is counted."""
        return self._gives_way

    def count(self, mode: AllDayMode) -> None:
        """Count something else.

        Args:
            mode: what; off takes the panel away.
        """
        self._mode = mode
        self._show()

    def give_way(self, wanted: bool) -> None:
        """Make room for what is not to be covered, or come back.

        Args:
            wanted: whether room is wanted.
        """
        if wanted is not self._gives_way:
            self._gives_way = wanted
            self._show()

    def _show(self) -> None:
        self.display = self._mode is not AllDayMode.OFF and not self._gives_way
        if self.display:
            self._all_day.rebuild()
            self._write()

    def take(self, order_ids: frozenset[str]) -> None:
        """Take what became of the orders; nothing is done while the panel does not show.

        Args:
            order_ids: those that changed.
        """
        if self.display:
            self._all_day.look_at(order_ids)
            self._write()

    def on_resize(self) -> None:
        """Write as much as there is room for."""
        self._write()

    def _write(self) -> None:
        by_modifiers = self._mode is AllDayMode.MODIFIERS
        counts = self._all_day.counts(by_modifiers=by_modifiers)
        width, height = self.content_size
        written = (tuple(counts), width, height)
        if not self.display or height <= 0 or written == self._written:
            return
        self._written = written
        total = sum(each.count for each in counts)
        lines = [Content.styled(_ends("ALL DAY", str(total), width), "bold $kds-caution")]
        rest = list(counts)
        while rest:
            needed = _lines(rest[0], width)
            last = len(rest) == 1
            if len(lines) + len(needed) > height - (0 if last else 1):
                lines.append(Content.styled(f"and {len(rest)} more", "bold $kds-caution"))
                break
            lines += needed
            rest.pop(0)
        if not counts:
            lines.append(Content("Nothing is to be cooked."))
        self.update(Content("\n").join(lines), layout=False)


def _lines(each: AllDayCount, width: int) -> list[Content]:
    number = f"{each.count:>3} "
    indent = " " * cell_len(number)
    first, *others = wrap(each.name, max(2, width - len(indent)))
    lines = [Content.assemble((number + first, "bold"))]
    lines += [Content.assemble((indent + line, "bold")) for line in others]
    for modifier in each.modifiers:
        for line in wrap(modifier, max(2, width - len(indent) - 2)):
            lines.append(Content.styled(f"{indent}  {line}", "$kds-muted"))
    return lines


def _ends(left: str, right: str, width: int) -> str:
    left = truncate(left, max(0, width - cell_len(right) - 1))
    return left + " " * max(1, width - cell_len(left) - cell_len(right)) + right
