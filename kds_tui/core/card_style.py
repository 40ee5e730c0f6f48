"""How this display writes its cards: what the config chooses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kds_tui.core.order import Order


class Headline(StrEnum):
    """What stands large at the top of a card."""

    TABLE = "table"
    """The table; for an order without one its guest, else its number."""

    NAME = "name"
    """The guest; for an order without one its table, else its number."""

    NUMBER = "number"
    """The order number."""


class AttentionLook(StrEnum):
    """How a card draws the eye while it waits for a cook to take notice."""

    FLASH = "flash"
    """The head of the one that has waited longest flashes slowly; the others have a still mark."""

    CALM = "calm"
    """Each has a still mark."""

    OFF = "off"
    """None has one; words tell what happened."""


@dataclass(frozen=True, slots=True)
class CardStyle:
    """How cards are written."""

    headline: Headline = Headline.TABLE
    combine: bool = True
    """Whether identical items are one line."""

    attention: AttentionLook = AttentionLook.FLASH


def headline_of(order: Order, headline: Headline) -> tuple[str, str]:
    """Tell what stands large at the top of an order's card.

    Args:
        order: any.
        headline: what this display puts there.

    Returns:
        The words, and what takes their place where they find no room: of a guest the last name.
    """
    number = f"#{order.short_number}"
    if headline is Headline.NUMBER:
        return number, number
    if headline is Headline.NAME and order.customer_name:
        return order.customer_name, order.customer_name.rsplit(" ", 1)[-1]
    if order.table_number or not order.customer_name:
        return order.label, order.label.replace("TABLE ", "T", 1)
    return order.customer_name, order.customer_name.rsplit(" ", 1)[-1]
