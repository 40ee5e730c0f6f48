"""What a link is made from: the server, the deadlines, and who works with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import random
from typing import Protocol

from kds_tui.config.sections import LinkSettings
from kds_tui.core.board_check import DigestedBoard
from kds_tui.core.order import Order
from kds_tui.core.sync import Timing
from voice_tui.pinning import ServerTrust


class TokenSource(Protocol):
    """Gives the token for the first frame."""

    async def token(self) -> str:
        """Give the token at hand.

        Returns:
            The JSON web token.

        Raises:
            Unauthorized: there is none to be had without a person; the message says what to do.
        """
        ...

    async def refresh(self) -> str | None:
        """Look for another token, because the server refused the one at hand.

        Returns:
            The other token, or None when there is none.
        """
        ...


class OrderLister(Protocol):
    """Reads all orders that are not finished."""

    async def list_orders(self, on_page: Callable[[], None]) -> tuple[Order, ...]:
        """Read them.

        Args:
            on_page: to be called whenever a page has come, so that a long list is not taken for a
                dead server.

        Returns:
            The orders.

        Raises:
            Unauthorized: the server does not take the token.
            Exception: whatever else went wrong; the connection is replaced.
        """
        ...

    async def list_cancelled(self) -> tuple[Order, ...]:
        """Read the newest of the cancelled orders, as many as one page has.

        Returns:
            The orders.

        Raises:
            BackendError: they could not be had.
        """
        ...


class KnownBoard(DigestedBoard, Protocol):
    """A board that can be looked through and compared."""

    def __iter__(self) -> Iterator[Order]:
        """Give the orders that are not finished."""
        ...


@dataclass(frozen=True, slots=True)
class LinkSetup:
    """The server, the deadlines, and who works with the link."""

    url: str
    """Base address of the server: http, https, ws or wss."""

    settings: LinkSettings
    tokens: TokenSource = field(repr=False)
    lister: OrderLister = field(repr=False)
    board: KnownBoard | None = field(default=None, repr=False)
    """What the feed is applied to, before the next frame is read; without one nothing is proved."""

    restaurant_id: str = ""
    """A UUID; empty for the token's."""

    proxy: str = "auto"
    """As in `server.proxy` of the settings."""

    trust: ServerTrust | None = field(default=None, repr=False)
    """By what the server is known; None for the public authorities."""

    random: Callable[[], float] = field(default=random, repr=False)
    """Gives a number in [0, 1), for the jitter."""

    wall: Callable[[], float] = field(default=time.time, repr=False)
    """The wall clock, in seconds since the epoch."""

    @property
    def address(self) -> str:
        """The websocket's address. The token is never in it."""
        scheme, _, rest = self.url.partition("://")
        return f"{({'http': 'ws', 'https': 'wss'}).get(scheme, scheme)}://{rest}"

    @property
    def timing(self) -> Timing:
        """The deadlines of a conversation."""
        return Timing(
            auth_timeout=self.settings.auth_timeout,
            sync_timeout=self.settings.sync_timeout,
            app_ping_interval=self.settings.app_ping_interval,
            stale_after=self.settings.stale_after,
            replace_after=self.settings.replace_after,
        )
