"""Notices what is worth a sound in what becomes of the tickets.

What waits for a cook's notice (`core.attention`) is heard when it begins to wait; what the cook
asked for on this terminal does not wait, and so is not heard. To it come the tickets that turned
late, those that another screen made ready, and the scheduled ones whose time has come: nobody has
thought of them for hours.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from kds_tui.core.alerts import Alert, Happened
from kds_tui.core.attention import Reason, Waiting, substance
from kds_tui.core.clock import Urgency, UrgencyRules
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import READY
from kds_tui.core.tickets import Changes

_OF_REASON: Final = {
    Reason.NEW: Alert.NEW,
    Reason.CHANGED: Alert.CHANGED,
    Reason.RECALLED: Alert.RECALLED,
    Reason.CANCELLED: Alert.CANCELLED,
}

MAX_LATE: Final = 2000
"""How many tickets are remembered that were heard to be late: as many as the board remembers gone
ones."""


class AlertWatch:
    """Compares the tickets with what they were at the last look.

    Args:
        kitchen: what this terminal knows.
        rules: when a ticket is late.
    """

    def __init__(self, kitchen: Kitchen, rules: UrgencyRules) -> None:
        self._kitchen = kitchen
        self._rules = rules
        self._shown: dict[str, object] = {}
        self._waits: dict[str, Waiting] = {}
        self._late: set[str] = set()
        self._told_late: OrderedDict[str, None] = OrderedDict()
        self._scheduled: dict[str, float] = {}
        # Tickets of orders that are ready at the server: brought back on this terminal only.
        self._back_here: set[str] = set()

    def look(self, changes: Changes, now: float) -> list[Happened]:
        """Look at what became of the tickets.

        Args:
            changes: of the tickets.
            now: the server's time, in seconds since the epoch.

        Returns:
            What happened, once each.
        """
        happened: list[Happened] = []
        for order_id in sorted(changes.changed):
            happened += self._changed(order_id, now)
        for order_id in sorted(changes.removed):
            happened += self._removed(order_id)
        return happened

    def late(self, now: float) -> list[Happened]:
        """Look for tickets that turned late.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Those that had not been late before, as one; a ticket is told once, also when it was
            bumped and came back.
        """
        tickets = self._kitchen.tickets
        if tickets.late_count(now, self._rules) == len(self._late):
            return []
        self._late = {
            ticket.id for ticket in tickets if ticket.urgency(now, self._rules) is Urgency.LATE
        }
        fresh = [order_id for order_id in tickets.ids() if order_id in self._late]
        fresh = [order_id for order_id in fresh if order_id not in self._told_late]
        for order_id in fresh:
            self._note_late(order_id)
        found = (tickets.get(order_id) for order_id in fresh)
        labels = tuple(ticket.order.label for ticket in found if ticket is not None)
        return [Happened(Alert.LATE, labels)] if labels else []

    def due(self, now: float) -> list[Happened]:
        """Look for scheduled orders whose time has come: their cards appear now.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Those that waited until now, as one.
        """
        due = sorted(key for key, begins_at in self._scheduled.items() if begins_at <= now)
        for order_id in due:
            del self._scheduled[order_id]
        found = (self._kitchen.tickets.get(order_id) for order_id in due)
        labels = tuple(ticket.order.label for ticket in found if ticket is not None)
        return [Happened(Alert.NEW, labels)] if labels else []

    @property
    def waiting(self) -> frozenset[Alert]:
        """The kinds of which at least one waits for a cook to take notice."""
        attention = self._kitchen.attention
        return frozenset(_OF_REASON[why] for why in Reason if attention.ids(why))

    def _changed(self, order_id: str, now: float) -> list[Happened]:
        ticket = self._kitchen.tickets.get(order_id)
        if ticket is None:
            return []
        order, waits = ticket.order, self._kitchen.attention.waiting(order_id)
        before, after = self._shown.get(order_id), substance(order)
        waited = self._waits.get(order_id)
        self._shown[order_id] = after
        if waits is None:
            self._waits.pop(order_id, None)
        else:
            self._waits[order_id] = waits
        if before is None and ticket.urgency(now, self._rules) is Urgency.LATE:
            self._note_late(order_id)  # it was late when it came: that is no news
        known = self._kitchen.board.get(order_id)
        if known is not None and known.status in READY:
            self._back_here.add(order_id)
        else:
            self._back_here.discard(order_id)
        waited_for_time = self._scheduled.pop(order_id, None) is not None
        if order.started_at(now) is None:
            self._scheduled[order_id] = order.begins_at
        if waits is not None and waits != waited:
            return [Happened(_OF_REASON[waits.why], (order.label,))]
        is_fired = waited_for_time and order_id not in self._scheduled and not ticket.is_cancelled
        if is_fired and not self._kitchen.outbox.asks(order_id):
            return [Happened(Alert.NEW, (order.label,))]
        # What nobody has to take notice of is no news: another station's lines that joined.
        if waits is not None and before is not None and before != after:
            return [Happened(Alert.CHANGED, (order.label,))]
        return []

    def _removed(self, order_id: str) -> list[Happened]:
        self._waits.pop(order_id, None)
        self._late.discard(order_id)
        self._scheduled.pop(order_id, None)
        was_shown = self._shown.pop(order_id, None) is not None
        was_back_here = order_id in self._back_here
        self._back_here.discard(order_id)
        # One that was bumped here leaves before the server knows of it.
        order = self._kitchen.board.get(order_id)
        if was_shown and not was_back_here and order is not None and order.status in READY:
            return [Happened(Alert.READY, (order.label,))]
        return []

    def _note_late(self, order_id: str) -> None:
        self._told_late[order_id] = None
        while len(self._told_late) > MAX_LATE:
            self._told_late.popitem(last=False)
