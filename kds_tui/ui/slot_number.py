"""The number of a slot, typed digit by digit; the card that a slot chose, or that just took it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TYPING_TIME: Final = 4.0
"""Seconds after which a number that was begun and not ended with Enter is forgotten."""


class SlotNumber:
    """What was typed so far, and which card stood there then."""

    def __init__(self) -> None:
        self.digits = ""
        """At most two of them; empty when nothing is typed."""

        self.meant: str | None = None
        """The id of the card that the number meant when it was typed."""

        self._at = 0.0

    @property
    def slot(self) -> int:
        """The number; 0 when nothing is typed."""
        return int(self.digits or 0)

    def type(self, digit: int, now: float) -> None:
        """Take a digit; of more than two the last two count.

        Args:
            digit: 0 to 9.
            now: the monotonic clock, in seconds.
        """
        self.digits = (self.digits + str(digit)).lstrip("0")[-2:]
        self._at = now
        self.meant = None

    def clear(self) -> None:
        """Forget it."""
        self.digits, self.meant = "", None

    def expire(self, now: float) -> None:
        """Forget a number that was begun and not ended.

        Args:
            now: the monotonic clock, in seconds.
        """
        if self.digits and now - self._at > TYPING_TIME:
            self.clear()


CHOICE_TIME: Final = 4.0
"""Seconds in which the second press of a slot must follow the first one."""


class ChosenSlot:
    """The card that the first press of its slot chose, where only the second one bumps."""

    def __init__(self) -> None:
        self._card: str | None = None
        self._until = 0.0

    def holds(self, card_id: str, now: float) -> bool:
        """Tell whether the next press would be the second one.

        Args:
            card_id: the card that stands there.
            now: the monotonic clock, in seconds.
        """
        return card_id == self._card and now < self._until

    def again(self, card_id: str, now: float) -> bool:
        """Take a press of a slot.

        Args:
            card_id: the card that stands there.
            now: the monotonic clock, in seconds.

        Returns:
            Whether it is the second press for this card, soon enough after the first.
        """
        if self.holds(card_id, now):
            self._card = None
            return True
        self._card, self._until = card_id, now + CHOICE_TIME
        return False


REACTION: Final = 0.3
"""Seconds that pass at least between what is seen and the key that answers it: the fastest people
take a quarter of a second for a single light. A key that comes sooner was for another card."""


class TakenSlots:
    """Which cards left their slots, to tell where another one stands that nobody can mean yet."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[str, float]] = {}

    def note(self, before: Mapping[int, str], after: Mapping[int, str], now: float) -> None:
        """Take the news that cards moved, though no cook turned the page.

        Args:
            before: slot to card.
            after: likewise.
            now: any clock, in seconds.
        """
        for slot, card_id in before.items():
            if after.get(slot) != card_id:
                self._left[slot] = (card_id, now)

    def is_new(self, slot: int, card_id: str, now: float) -> bool:
        """Tell whether another card stood in a slot just now.

        Args:
            slot: which one.
            card_id: the card that stands there.
            now: the same clock, in seconds.

        Returns:
            Whether a key that is pressed now was meant for that one.
        """
        left, since = self._left.get(slot, (card_id, now))
        return left != card_id and 0 <= now - since < REACTION
