"""Sending one order at a time, and knowing what became of it: placed, not placed, or uncertain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

from voice_tui.services.orders import OrderDesk, OrderError, OrderUncertain, PlacedOrder

_log = logging.getLogger("voice_tui.dialogue")

PLACE_DEADLINE: Final = 30.0
"""Seconds for placing an order. A function call gives up before that, the order does not."""

UNSETTLED: Final = (
    "It is not known whether the order was placed: look at the kitchen's display, then send it"
    " again or give it up."
)


class Placing:
    """The order that is on its way.

    Args:
        desk: takes orders.
        ended: called with the order, or with None and why there is none.
    """

    def __init__(self, desk: OrderDesk, ended: Callable[[PlacedOrder | None, str], None]) -> None:
        self._desk = desk
        self._ended = ended
        self._task: asyncio.Task[str] | None = None
        self._request: tuple[Mapping[str, object], str] | None = None

    @property
    def sending(self) -> bool:
        """Whether an order is under way now."""
        return self._task is not None

    @property
    def unsettled(self) -> bool:
        """Whether nobody knows what became of the last one: the same request can be sent again."""
        return self._request is not None and not self.sending

    def start(self, make_body: Callable[[], Mapping[str, object]], key: str) -> None:
        """Send an order, or the very same request again while one is unsettled.

        Args:
            make_body: makes the body of `POST /api/v1/orders`.
            key: the same for every try of one order.
        """
        again = self._request is not None
        if self._request is None:
            self._request = (make_body(), key)
        self._task = asyncio.create_task(
            self._place(*self._request, again=again), name="voice: place"
        )

    async def wait(self) -> str:
        """Wait until the order that is under way is settled, or has failed to be.

        Returns:
            A sentence: what came of it.
        """
        # Shielded: whoever gives up waiting must not leave an order half placed.
        return await asyncio.shield(self._task) if self._task is not None else ""

    def give_up(self) -> None:
        """Forget the unsettled request."""
        self._request = None

    async def close(self) -> None:
        """Let an order that is under way end by its own deadline: half placed helps nobody."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=PLACE_DEADLINE)

    async def _place(self, body: Mapping[str, object], key: str, *, again: bool) -> str:
        placed: PlacedOrder | None = None
        certain = False
        try:
            async with asyncio.timeout(PLACE_DEADLINE):
                placed = await self._desk.place(body, key)
            told = f"Order {placed.order_number} is in the kitchen.".replace("  ", " ")
        except OrderUncertain as error:
            told = str(error)
        except OrderError as error:
            # What was uncertain stays so: a later refusal says nothing about the first request.
            told, certain = str(error), not again
        except TimeoutError:
            told = UNSETTLED
        except Exception:  # noqa: BLE001 - an order must not vanish: logged, called uncertain
            _log.exception("placing failed", extra={"key": key})
            told = UNSETTLED
        self._task = None
        if placed is not None or certain:
            self._request = None
        if placed is None:
            _log.warning("order not placed", extra={"key": key, "certain": certain, "why": told})
        self._ended(placed, told)
        return told
