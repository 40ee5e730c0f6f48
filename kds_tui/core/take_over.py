"""Whose items a screen shows: its own stations', and those of stations that it has taken over."""

from __future__ import annotations

from collections.abc import Iterable

from kds_tui.core.board import Board
from kds_tui.core.stations import ALL_STATIONS
from kds_tui.core.tickets import TicketList


class TakeOver:
    """Lets a screen join in other stations' items and give them back; nothing is fetched anew.

    Args:
        board: all orders, whose stations can be taken over.
        tickets: of the screen, which is told what to show.
    """

    def __init__(self, board: Board, tickets: TicketList) -> None:
        self._board = board
        self._tickets = tickets
        self.own: tuple[str, ...] = tickets.stations
        """The stations of the config."""

        self.taken: tuple[str, ...] = ()
        """Those that joined, in the order in which they did."""

    def __str__(self) -> str:
        """Whose screen it is, for the header."""
        if ALL_STATIONS in self.own:
            return "all stations"
        words = " + ".join([*(name.upper() for name in self.own), *self.taken])
        return f"{words} (taken over)" if self.taken else words

    @property
    def others(self) -> tuple[str, ...]:
        """The stations that are known from the config and the orders, and not on this screen."""
        if ALL_STATIONS in self.own:
            return ()
        known = self._tickets.routing.known(self._board)
        return tuple(name for name in known if name not in (*self.own, *self.taken))

    def take(self, stations: Iterable[str]) -> None:
        """Let stations join the screen; its tickets follow with the next update of each order.

        Args:
            stations: names in lower case; those that it shows already are passed over.
        """
        shown = (ALL_STATIONS, *self.own, *self.taken)
        joined = [name for name in stations if name not in shown]
        if ALL_STATIONS not in self.own:
            self._show((*self.taken, *dict.fromkeys(joined)))

    def give_back(self) -> str:
        """Give the station back that joined last; as `take`, the tickets follow.

        Returns:
            Its name; empty when none had joined.
        """
        last = self.taken[-1] if self.taken else ""
        self._show(self.taken[:-1])
        return last

    def _show(self, taken: tuple[str, ...]) -> None:
        self.taken = taken
        self._tickets.show_stations((*self.own, *taken))
