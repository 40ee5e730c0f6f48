"""What became of a cook's wish."""

from __future__ import annotations

from dataclasses import dataclass

from kds_tui.core.command import Command, Verb


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a command needs from outside: the moment, and chance."""

    now: float
    """The server's time, in seconds since the epoch."""

    random_bits: int
    """74 random bits, for the command's id."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command was taken; its effect shows at once."""

    command: Command


@dataclass(frozen=True, slots=True)
class Kept:
    """Done on this terminal alone: the server has no way to do it."""

    order_id: str
    """Empty for a command of the menu."""

    verb: Verb


@dataclass(frozen=True, slots=True)
class NotDone:
    """Nothing was done."""

    reason: str
    """Why, in words for the cook; empty when there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A cook took notice of tickets; nothing is to be sent."""

    order_ids: frozenset[str]
    """Those to be looked at again; empty when there was nothing to take notice of."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Commands were taken back in their undo window: they will not be carried out."""

    commands: tuple[Command, ...]


Result = Given | Kept | NotDone | Noticed | TakenBack
"""What became of a cook's wish."""
