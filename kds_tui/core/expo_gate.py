"""The gate at the pass: an order that lacks something is bumped by a second press only."""

from __future__ import annotations

from kds_tui.core.expo import ExpoRules, missing_words
from kds_tui.core.order import Order
from kds_tui.core.stations import Routing


class ExpoGate:
    """Decides whether an order is bumped at the pass.

    Args:
        rules: whether it guards at all, and for how long a second press counts.
        routing: which item goes where.
    """

    def __init__(self, rules: ExpoRules, routing: Routing) -> None:
        self._rules = rules
        self._routing = routing
        self._asked: tuple[list[str], float] | None = None

    def refusal(
        self, order: Order, now: float, capabilities: frozenset[str] | None, *more: Order
    ) -> str:
        """Take a press of the bump key.

        Args:
            order: an open one.
            now: the monotonic clock, in seconds.
            capabilities: what the server offers; None while it has not told. One that keeps no
                marks for lines never says that one is done: there nothing is refused.
            more: open orders of the same table that are bumped with it.

        Returns:
            Why it is not bumped, and what to do; empty when it is.
        """
        knows_lines = capabilities is None or "items" in capabilities
        guards = self._rules.block_until_done and knows_lines
        words = missing_words(order, self._routing, *more) if guards else ""
        asked, self._asked = self._asked, None
        seconds, ids = self._rules.override_seconds, sorted(each.id for each in (order, *more))
        if not words or (asked and asked[0] == ids and now - asked[1] <= seconds):
            return ""
        if seconds:
            self._asked = (ids, now)
            words += f" Bump it again within {seconds:g} s to send it all the same."
        return words
