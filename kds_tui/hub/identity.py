"""The restaurant that a hub belongs to: made at its first start, kept in its database."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Final

from kds_tui.hub.auth import hash_pin, make_pin
from kds_tui.hub.ledger import Ledger

_UNTOLD: Final = "pin_untold"
"""The fact that nobody has been told the PIN: the start that made it has not come to its end."""


@dataclass(frozen=True, slots=True)
class Restaurant:
    """Whose orders these are."""

    id: str
    """A UUID, as Restaurant OS clients require."""

    name: str
    secret: str = field(repr=False)
    """The key of its tokens, in hex."""

    pin_hash: str = field(repr=False)
    first_pin: str | None = field(default=None, repr=False)
    """The PIN, known only in the run that made it. When that run could not start (its port was
    taken), the next one makes another: nobody was told the first."""

    @property
    def slug(self) -> str:
        """The name as it stands in an address."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.casefold()).strip("-") or "kitchen"

    def answers_to(self, text: str) -> bool:
        """Tell whether somebody means this restaurant.

        Args:
            text: an id or a slug.
        """
        return text.casefold() in (self.id, self.slug)


def load_or_make(ledger: Ledger, name: str, pin_digits: int) -> Restaurant:
    """Read the restaurant, or make it in an empty database.

    Args:
        ledger: inside a transaction.
        name: of a new restaurant.
        pin_digits: how long its PIN is to be.

    Returns:
        The restaurant; with its PIN when it was made just now.
    """
    facts = ledger.facts()
    if "restaurant_id" in facts and _UNTOLD not in facts:
        return Restaurant(
            facts["restaurant_id"],
            facts["restaurant_name"],
            facts["token_secret"],
            facts["pin_hash"],
        )
    pin = make_pin(pin_digits)
    made = Restaurant(
        facts.get("restaurant_id") or str(uuid.uuid4()),
        facts.get("restaurant_name") or name,
        facts.get("token_secret") or secrets.token_hex(32),
        hash_pin(pin),
        pin,
    )
    ledger.keep_fact("restaurant_id", made.id)
    ledger.keep_fact("restaurant_name", made.name)
    ledger.keep_fact("token_secret", made.secret)
    keep_pin(ledger, made.pin_hash)
    ledger.keep_fact(_UNTOLD, "yes")
    return made


def pin_told(ledger: Ledger) -> None:
    """Note that somebody has been told the PIN, or how to set one: it is in force from now on.

    Args:
        ledger: inside a transaction.
    """
    ledger.drop_fact(_UNTOLD)


def keep_pin(ledger: Ledger, pin_hash: str) -> None:
    """Keep a new PIN.

    Args:
        ledger: inside a transaction.
        pin_hash: as `hash_pin` gave it.
    """
    ledger.keep_fact("pin_hash", pin_hash)
    pin_told(ledger)
