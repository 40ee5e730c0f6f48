"""What cooks can ask for by voice, as the kitchen's display offers it."""

from __future__ import annotations

from typing import Protocol

from voice_tui.core.menu import MenuItem
from voice_tui.core.tools import TicketWork


class KitchenCommands(Protocol):
    """The display's side of spoken commands; each answers with one sentence, also when it fails."""

    @property
    def selected(self) -> str | None:
        """The id of the ticket that is selected on the screen; None for none."""
        ...

    async def bump(self, order_number: str | None, table_number: str | None) -> str:
        """Mark an order as done; exactly one of both is given."""
        ...

    async def recall(self, order_number: str | None, table_number: str | None) -> str:
        """Bring a bumped order back; neither means the last one."""
        ...

    async def work(
        self,
        action: TicketWork,
        order_number: str | None,
        table_number: str | None,
        part: str | None,
    ) -> str:
        """Start, rush, hold, fire, serve or acknowledge; neither number nor table: the selected
        one."""
        ...

    async def mark_unavailable(self, item: MenuItem, available: bool) -> str:
        """Put an item out of stock, or back with `available`."""
        ...

    async def all_day(self, item: MenuItem | None) -> str:
        """Tell how many of an item are open in total; None asks for all of them."""
        ...
