"""What a terminal looks up beside its board: the menu, and the finished orders of the shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kds_tui.core.board import FeedEvent
from kds_tui.core.frames import MenuChanged
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.services.live_menu import LiveMenu
from kds_tui.services.shift_reader import ShiftReader
from voice_tui.core.menu import Menu


class MenuAndOrders(Protocol):
    """The order server, as far as it is asked here."""

    async def menu(self) -> Menu:
        """Ask for the menu; see `Backend.menu`."""
        ...

    async def list_status(self, status: OrderStatus, since: float) -> tuple[Order, ...]:
        """List the orders that have a status; see `Backend.list_status`."""
        ...


class LookedUp:
    """Both, begun and ended together.

    Args:
        kitchen: what the terminal knows.
        server_now: the server's time, in seconds since the epoch.
    """

    def __init__(self, kitchen: Kitchen, server_now: Callable[[], float]) -> None:
        self.menu = LiveMenu(kitchen.stock)
        """The menu, kept up to date."""

        self.shift = ShiftReader(kitchen.shift, server_now)
        """The shift's finished orders, read when somebody looks."""

    def attach(self, server: MenuAndOrders) -> None:
        """Take the way to the server, once there is one.

        Args:
            server: is asked.
        """
        self.menu.attach(server.menu)
        self.shift.attach(server.list_status)

    def fed(self, event: FeedEvent) -> None:
        """Take an event of the server.

        Args:
            event: what happened.
        """
        if isinstance(event, MenuChanged):
            self.menu.refresh()

    def set_live(self, live: bool) -> None:
        """Take the news of the link.

        Args:
            live: whether it is.
        """
        self.menu.set_live(live)
        self.shift.set_live(live)

    async def close(self) -> None:
        """End what is under way."""
        await self.menu.close()
        await self.shift.close()
