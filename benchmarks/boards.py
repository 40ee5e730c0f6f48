"""What is compared: the product's board, and one as it would be written without much thought."""

from __future__ import annotations

import asyncio
import time

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kds_tui.app import KitchenApp
from kds_tui.config.settings import Settings
from kds_tui.core.board import FeedEvent
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.tickets import Ticket
from kds_tui.services.credentials import FixedToken
from kds_tui.ui.card_head import head
from kds_tui.ui.key_table import key_table
from kds_tui.ui.ticket_strips import body


class OurBoard(KitchenApp):
    """The product without its network: the real app and screen, fed with events by hand.

    Args:
        drawn: set once the first frame is drawn.
    """

    def __init__(self, drawn: asyncio.Event) -> None:
        super().__init__(Settings(), key_table(), FixedToken(""))
        self._frame_drawn = drawn

    def start_serving(self) -> None:
        """Begin to measure where the product would connect."""
        self._frame_drawn.set()

    def link_status(self) -> LinkStatus:
        """Be live."""
        return LinkStatus(LinkState.LIVE, heard_at=time.monotonic())

    def feed(self, event: FeedEvent) -> None:
        """Take an event as from the link."""
        self.terminal.feed(event)

    def go_live(self) -> None:
        """Do what the product does when the first list of orders is there."""
        self._status_changed(self.terminal.status)

    async def ticks(self, count: int) -> None:
        """Let the screen's own clock tick."""
        await asyncio.sleep(count)


class NaiveBoard(App[int]):
    """A widget for each ticket, all made anew at every change: how a board is written first.

    The words on its tickets are those of the product, so that only the drawing differs.

    Args:
        drawn: set once the first frame is drawn.
    """

    CSS = """
    #cards { layout: grid; grid-size: 7; grid-rows: auto; }
    .card { border: solid gray; height: auto; }
    .late { border: solid red; }
    """
    ENABLE_COMMAND_PALETTE = False

    class Cards(VerticalScroll):
        """The tickets."""

        def __init__(self, kitchen: Kitchen) -> None:
            super().__init__(id="cards")
            self._kitchen = kitchen

        def compose(self) -> ComposeResult:
            """Make a widget for each ticket."""
            now = time.time()
            for ticket in self._kitchen.tickets:
                yield _card(ticket, now)

    def __init__(self, drawn: asyncio.Event) -> None:
        super().__init__()
        self.kitchen = Kitchen()
        self._frame_drawn = drawn

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield Static("Kitchen")
        yield self.Cards(self.kitchen)

    def on_ready(self) -> None:
        """Begin to measure."""
        self._frame_drawn.set()

    def go_live(self) -> None:
        """Nothing: there is no link."""

    def feed(self, event: FeedEvent) -> None:
        """Take an event and show everything again."""
        self.kitchen.tickets.update(self.kitchen.feed(event), 0.0)
        self.query_one(self.Cards).refresh(recompose=True)

    async def ticks(self, count: int) -> None:
        """Move all clocks on, as fast as it goes."""
        cards = self.query_one(self.Cards)
        for _ in range(count):
            drawn = asyncio.Event()

            async def again(drawn: asyncio.Event = drawn) -> None:
                await cards.recompose()
                cards.call_after_refresh(drawn.set)

            cards.call_next(again)  # in the widget's own task, where Textual wants it
            await drawn.wait()


_RULES = UrgencyRules()


def _card(ticket: Ticket, now: float) -> Static:
    top = head(ticket, now, _RULES)
    lines = [Content(f"{top.name}  {top.clock}")]
    lines += [Content("".join(text for text, _ in line)) for line in body(ticket, 24)]
    return Static(Content("\n").join(lines), classes=f"card {top.look}")
