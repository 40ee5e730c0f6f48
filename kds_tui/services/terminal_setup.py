"""What a running display is made from, and who is told what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.board import FeedEvent
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.command import Command, Outcome
from kds_tui.core.link import LinkStatus
from kds_tui.core.stations import ALL_STATIONS, Routing
from kds_tui.core.ticket_order import SortMode
from kds_tui.services.link_setup import TokenSource


@dataclass(frozen=True, slots=True)
class TerminalSetup:
    """What a terminal is made from."""

    server: ServerSettings
    link: LinkSettings
    journal: JournalSettings
    tokens: TokenSource
    station: str = ALL_STATIONS
    routing: Routing = field(default_factory=Routing)
    sort: SortMode = SortMode.URGENCY
    rules: UrgencyRules = field(default_factory=UrgencyRules)
    undo_seconds: float = 0.0
    """How long a bump can be taken back before it is sent; 0 sends it at once."""

    wall: Callable[[], float] = time.time
    """The wall clock, in seconds since the epoch."""

    monotonic: Callable[[], float] = time.monotonic


def _nothing(_: object) -> None:
    """What a listener does that does not listen."""


@dataclass(frozen=True, slots=True)
class TerminalListener:
    """Who is told what. Called on the event loop's thread; must not block."""

    touched: Callable[[Iterable[str]], None] = _nothing
    """Orders whose tickets are to be looked at again: `kitchen.tickets.update(ids)`."""

    fed: Callable[[FeedEvent], None] = _nothing
    """An event of the server, before its `touched`."""

    taken: Callable[[Command], None] = _nothing
    """A command is in the journal, or known not to get there; its ticket was touched just now."""

    ended: Callable[[Outcome], None] = _nothing
    """The server's answer to a command, after it was taken over."""

    status: Callable[[LinkStatus], None] = _nothing
    about: Callable[[str], None] = _nothing
    """The restaurant's name; empty when the server does not tell it."""
