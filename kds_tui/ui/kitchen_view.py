"""The kitchen's view: the open tickets of this station, the one to be cooked first at the front."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kds_tui.core.tickets import Changes, Ticket, TicketList
from kds_tui.ui.card_face import TicketFace
from kds_tui.ui.grid_view import GridSetup, GridView
from kds_tui.ui.messages import BoardChanged


class TicketCards:
    """The station's tickets as cards.

    Args:
        tickets: kept up to date by the app.
    """

    def __init__(self, tickets: TicketList) -> None:
        self._tickets = tickets

    def __len__(self) -> int:
        # Not those to be cooked, which the header counts: a cancelled one has its card too.
        return len(self._tickets.ids())

    def get(self, card_id: str) -> Ticket | None:
        """Look a ticket up.

        Args:
            card_id: the order's id.

        Returns:
            The ticket, or None when it is not open here.
        """
        return self._tickets.get(card_id)

    def ids(self) -> Sequence[str]:
        """Tell which tickets there are.

        Returns:
            Their ids, in their order.
        """
        return self._tickets.ids()

    def update(self, message: BoardChanged) -> Changes:
        """Take what became of the tickets.

        Args:
            message: tells it.

        Returns:
            The changes.
        """
        return message.changes

    def rebuild(self) -> None:
        """Do nothing: the app keeps the tickets up to date whatever shows."""


class KitchenView(GridView):
    """The open tickets of this station.

    Args:
        tickets: kept up to date by the app.
        face: what stands on their cards.
        server_now: the server's time, in seconds since the epoch.
        empty: why there are no tickets: a headline and an explanation.
        columns: cells beside each other; 0 chooses by the width.
        rows: cells above each other; 0 chooses by the height.
    """

    def __init__(
        self,
        tickets: TicketList,
        face: TicketFace,
        server_now: Callable[[], float],
        empty: Callable[[], tuple[str, str]],
        *,
        columns: int = 0,
        rows: int = 0,
    ) -> None:
        super().__init__(
            GridSetup(
                cards=TicketCards(tickets),
                face=face,
                server_now=server_now,
                empty=empty,
                columns=columns,
                rows=rows,
            ),
            id="kitchen",
        )
