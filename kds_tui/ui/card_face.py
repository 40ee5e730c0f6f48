"""What a grid draws: where its cards come from, and what stands on them.

The kitchen's tickets, the ready orders of the pass, tables: each is a source and a face, and the
same grid draws them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from kds_tui.core.card_style import CardStyle, headline_of
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.order import READY
from kds_tui.core.tickets import Ticket
from kds_tui.ui.card_head import Head, head
from kds_tui.ui.card_lines import Line
from kds_tui.ui.ticket_strips import body


class CardSource(Protocol):
    """Where cards come from. An entry that has not changed is the same object as before."""

    def __len__(self) -> int:
        """How many cards there are."""
        ...

    def get(self, card_id: str, /) -> Any | None:
        """Look an entry up; None when there is no such card."""
        ...

    def ids(self) -> Sequence[str]:
        """The ids of all cards, the one that comes first at the front."""
        ...


class Face(Protocol):
    """What stands on a card."""

    def head(self, entry: Any, now: float) -> Head:
        """The first line, which moves with the clock; `now` is the server's time in seconds."""
        ...

    def body(self, entry: Any, width: int) -> Sequence[Line]:
        """The lines under it, each at most `width` cells wide."""
        ...

    def name(self, entry: Any) -> str:
        """What the card is called, where only that finds room."""
        ...

    def foot(self, entry: Any, now: float) -> str:
        """What a click on the foot does, in a word; it moves with the clock too."""
        ...


def is_leaving(entry: object) -> bool:
    """Tell whether a card stays only as long as what was done with it can be taken back.

    Args:
        entry: of a card; any kind of entry may have an `undo_until`.

    Returns:
        True when a click on its foot takes it back, and nothing selects it any more.
    """
    return getattr(entry, "undo_until", None) is not None


class TicketFace:
    """The face of a ticket in the kitchen.

    Args:
        rules: when a ticket is a warning, and when late.
        style: how this display writes its cards.
        flashing: the ticket that may flash: at most one does.
    """

    FOOT: ClassVar[str] = "bump"
    """What a click on the foot does."""

    def __init__(
        self,
        rules: UrgencyRules,
        style: CardStyle | None = None,
        flashing: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._rules = rules
        self._style = style or CardStyle()
        self._flashing = flashing

    def head(self, entry: Ticket, now: float) -> Head:
        """Write the first line.

        Args:
            entry: the ticket.
            now: the server's time, in seconds since the epoch.

        Returns:
            Its name, its age and how urgent it is.
        """
        flashes = entry.waiting is not None and entry.id == self._flashing()
        return head(entry, now, self._rules, self._style, flashes=flashes)

    def body(self, entry: Ticket, width: int) -> Sequence[Line]:
        """Write what stands under the head.

        Args:
            entry: the ticket.
            width: in terminal cells.

        Returns:
            The lines.
        """
        return body(entry, width, self._style)

    def name(self, entry: Ticket) -> str:
        """Name the ticket.

        Args:
            entry: the ticket.

        Returns:
            What the kitchen calls it by.
        """
        return headline_of(entry.order, self._style.headline)[0]

    def foot(self, entry: Ticket, now: float) -> str:
        """Say what a click on the foot does.

        Args:
            entry: the ticket.
            now: the server's time, in seconds since the epoch.

        Returns:
            A word.
        """
        if entry.is_cancelled:
            return "clear"
        if entry.order.status in READY:
            return "serve"
        return self.FOOT if entry.undo_until is None else "undo"
