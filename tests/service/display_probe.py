"""A display reduced to its link: a service, a board, and a memory of everything it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from kds_tui.config.sections import LinkSettings
from kds_tui.core.board import Board, FeedEvent, SnapshotListed
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.websocket import FEED, STATUS, WebSocketService
from tests.service.misbehaving_server import MisbehavingServer


class Tokens:
    """A source of tokens that counts."""

    def __init__(self, token: str = "secret-one", other: str | None = None) -> None:
        self.current = token
        self.other = other
        self.refreshes = 0

    async def token(self) -> str:
        return self.current

    async def refresh(self) -> str | None:
        self.refreshes += 1
        if self.other is not None:
            self.current, self.other = self.other, None
            return self.current
        return None


class DisplayProbe:
    """What a test looks at."""

    def __init__(self, setup: LinkSetup, board: Board | None = None) -> None:
        self.setup = setup
        self.tokens = Tokens()
        self.board = board if board is not None else Board()
        self.feed: list[FeedEvent] = []
        self.statuses: list[LinkStatus] = []
        self.mount()

    @classmethod
    def on(
        cls,
        server: MisbehavingServer,
        url: str = "",
        luck: float | None = None,
        **settings: float,
    ) -> DisplayProbe:
        """Make a display on a misbehaving server, or on a proxy before it."""
        tokens = Tokens()
        setup = LinkSetup(url or server.url, LinkSettings(**settings), tokens, server)
        if luck is not None:
            setup = replace(setup, random=lambda: luck)
        display = cls(setup)
        display.tokens = tokens
        return display

    def mount(self) -> None:
        """Make the service, or take the one there is, and listen to it."""
        self.service = WebSocketService.instance(self.setup)
        self._unsubscribe = [
            self.service.subscribe(FEED, self._take),
            self.service.subscribe(STATUS, self.statuses.append),
        ]

    def unsubscribe(self) -> None:
        for end in self._unsubscribe:
            end()

    def _take(self, event: FeedEvent) -> None:
        self.feed.append(event)
        self.board.apply(event)

    @property
    def state(self) -> LinkState:
        return self.service.status.state

    @property
    def states(self) -> list[LinkState]:
        return [status.state for status in self.statuses]

    @property
    def order_ids(self) -> set[str]:
        return {order.id for order in self.board}

    def times_told(self, order_id: str) -> int:
        """How often an order came as an event, not in a list."""
        return sum(isinstance(e, OrderUpserted) and e.order.id == order_id for e in self.feed)

    @property
    def lists_told(self) -> int:
        return sum(isinstance(event, SnapshotListed) for event in self.feed)


async def eventually(condition: Callable[[], object], within: float = 20.0) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it did not in time.
    """
    try:
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - what is waited for is no event
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError("it did not come to pass") from None
