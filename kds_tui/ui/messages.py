"""What the screen and the app tell each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.message import Message

from kds_tui.core.command import Verb
from kds_tui.core.link import LinkStatus
from kds_tui.core.tickets import Changes

SEVERAL_GUESTS: Final = (
    "These orders are of several guests: do it to each in the kitchen or at the pass."
)
"""Why a card that is no table is not bumped as a whole."""


def slot_changed_words(slot: int) -> str:
    """Say why what stands in a slot is not bumped: nobody has seen it yet."""
    return f"Slot {slot} changed just now."


@dataclass
class BoardChanged(Message):
    """Tickets changed; sent at most once a turn of the event loop, however many events came."""

    changes: Changes
    """What became of the station's tickets."""

    order_ids: frozenset[str]
    """All orders that changed."""


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
class WishRequested(Message):
    """The cook wants something done."""

    verb: Verb
    order_id: str = ""
    """Of which ticket; empty for a recall of the one that was bumped last."""

    subject_id: str = ""
    """The line of the ticket, its course, or the menu's item, where the verb is about one."""

    whole_table: bool = False
    """Whether a bump is of all open tickets of that ticket's table."""


@dataclass
class WishesRequested(Message):
    """The cook wants several things done with one key press."""

    wishes: Sequence[tuple[Verb, str]]
    """What of which order: bump, start, pick up, serve, rush, hold or fire."""


@dataclass
class NoticeTaken(Message):
    """The cook has seen what is new on tickets."""

    order_id: str | None = None
    """On which one; None for all."""


@dataclass
class Refused(Message):
    """A view does not do what the cook wants."""

    words: str
    """Why, and what to do."""


@dataclass
class TakeOverRequested(Message):
    """The cook wants another station's items on this screen, or not any longer."""

    station: str = ""
    """Which one; empty for the next that is known."""

    give_back: bool = False
    """Whether the station that joined last is to leave the screen again."""


class ReconnectRequested(Message):
    """The cook does not want to wait for the next try."""


@dataclass
class SoundRequested(Message):
    """The cook wants no sounds for a while, or wants them back."""

    test: bool = False
    """Rather to hear every sound."""


class LooksRequested(Message):
    """Somebody wants other colours, or larger cards."""


class QuitRequested(Message):
    """The cook wants to leave."""
