"""The settings of bumping: guards against a bump by accident."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kds_tui.config.sections import Section


class BumpSettings(Section):
    """Guards against bumping by accident."""

    undo_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    """Seconds in which a bump, "picked up" or "served" can be taken back: the ticket stays, greyed,
    with a countdown, and only then is it sent. 0 sends it at once."""

    select_first: bool = False
    """Whether the first press of a slot's key or number only selects its ticket, and the second one
    within four seconds bumps it."""
