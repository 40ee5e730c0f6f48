"""What the screen and the app tell each other."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from kds_tui.core.link import LinkStatus
from kds_tui.core.tickets import Changes


@dataclass
class BoardChanged(Message):
    """Tickets changed; sent at most once a turn of the event loop, however many events came."""

    changes: Changes


@dataclass
class LinkChanged(Message):
    """The link to the order server changed its state."""

    status: LinkStatus


@dataclass
class RestaurantNamed(Message):
    """The server told what the restaurant is called."""

    name: str


@dataclass
class TicketRecalled(Message):
    """A ticket is back; sent after the `BoardChanged` that brings it."""

    ticket_id: str


@dataclass
class BumpRequested(Message):
    """The cook says that a ticket is done."""

    ticket_id: str


class RecallRequested(Message):
    """The cook wants the ticket back that was bumped last."""


class ReconnectRequested(Message):
    """The cook does not want to wait for the next try."""


class QuitRequested(Message):
    """The cook wants to leave."""
