"""The hub proves itself: the digest that it tells is the database's, not only its own belief."""

from __future__ import annotations

import logging
from typing import Final

from kds_tui.core.digest import RunningDigest
from kds_tui.hub.fanout import Fanout
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Ledger

logger = logging.getLogger("kds_tui.hub.self_check")

TRIES: Final = 5
"""Events may be published between the reading and the comparing; then it is read again."""


async def check_digest(journal: Journal, fanout: Fanout) -> bool:
    """Compare the digest in memory with the database, and take the database's when they differ.

    Args:
        journal: the database.
        fanout: holds the digest in memory.

    Returns:
        Whether they agreed. Also true when events came too fast to tell.

    Raises:
        JournalUnavailable: the database cannot be read now.
    """
    for _ in range(TRIES):
        head, stored = await journal.run(_stored)
        if head != fanout.head:
            continue
        told, held = fanout.open_orders.told(), stored.told()
        if told != held:
            logger.error("the digest told was wrong: %s, the database holds %s", told, held)
            fanout.open_orders = stored
        return told == held
    return True


def digest_of(ledger: Ledger) -> RunningDigest:
    """Make the digest of the orders in the database.

    Args:
        ledger: the database.

    Returns:
        Of the orders that are open.
    """
    digest = RunningDigest()
    for state in ledger.open_states():
        digest.put(state)
    return digest


def _stored(ledger: Ledger) -> tuple[int, RunningDigest]:
    return ledger.head(), digest_of(ledger)
