"""What stands on the cards of the pass: what an order lacks, or how long it has been ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from kds_tui.core.card_style import CardStyle
from kds_tui.core.clock import Urgency, UrgencyRules, format_age
from kds_tui.core.expo import ExpoRules, is_done, progress, ready_since
from kds_tui.core.order import Item, Order, OrderStatus
from kds_tui.core.stations import Routing
from kds_tui.core.tickets import Ticket
from kds_tui.ui.card_face import TicketFace
from kds_tui.ui.card_facts import kind_lines
from kds_tui.ui.card_head import Head
from kds_tui.ui.card_items import stepped_back, warning_lines, wish_lines
from kds_tui.ui.card_lines import Line, Role, wrap

_READY_WORDS = {Urgency.ON_TIME: " READY", Urgency.WARNING: "▲WAITS", Urgency.LATE: "■LATE"}


class ActivityFace(TicketFace):
    """The face of an order that is being cooked: its lines by station, each done or not.

    Args:
        rules: when it is a warning, and when late.
        routing: which item goes where.
        style: how this display writes its cards.
    """

    def __init__(self, rules: UrgencyRules, routing: Routing, style: CardStyle) -> None:
        super().__init__(rules, style)
        self._routing = routing

    def body(self, entry: Ticket, width: int) -> Sequence[Line]:
        """Write what stands under the head.

        Args:
            entry: the order.
            width: in terminal cells.

        Returns:
            How much of it is done, its warnings, then each station with its lines.
        """
        order = entry.order
        count = progress(order)
        state = (f"{count.done}/{count.total} done", Role.TEXT)
        lines = kind_lines(order, width, state, self._style) + warning_lines(order, width)
        by_station: dict[str, list[Item]] = {}
        for item in order.items:
            station = self._routing.station_of(item, order.type)
            by_station.setdefault(station, []).append(item)
        for station, items in by_station.items():
            open_count = sum(not is_done(item, order) for item in items)
            lines.append(_station_line(station, open_count, width))
            for item in items:
                lines += _item_lines(item, order, width)
        return lines if entry.undo_until is None else stepped_back(lines)


class ReadyFace(TicketFace):
    """The face of an order that is ready: for whom it is, and how long it waits.

    Args:
        rules: when an open order is a warning, and when late.
        expo: from which age a ready one is called waiting, and from which late.
        style: how this display writes its cards.
    """

    FOOT = "serve"

    def __init__(self, rules: UrgencyRules, expo: ExpoRules, style: CardStyle) -> None:
        super().__init__(rules, style)
        self._expo = expo

    def head(self, entry: Ticket, now: float) -> Head:
        """Write the first line.

        Args:
            entry: the order.
            now: the server's time, in seconds since the epoch.

        Returns:
            Its name, and how long it has been ready, or that somebody has it.
        """
        order = entry.order
        urgency = self._expo.urgency(order, now)
        age = format_age(now - ready_since(order))
        usual = super().head(entry, now)
        if entry.undo is not None:
            return usual  # says until when it can be taken back
        if order.status is OrderStatus.PICKED_UP:
            return replace(usual, clock="PICKED UP", look="later")
        return replace(usual, clock=f"{age}{_READY_WORDS[urgency]}", look=urgency.value)

    def body(self, entry: Ticket, width: int) -> Sequence[Line]:
        """Write what stands under the head.

        Args:
            entry: the order.
            width: in terminal cells.

        Returns:
            For whom it is, its warnings, and its lines.
        """
        order = entry.order
        lines = kind_lines(order, width, ("✓✓", Role.TEXT), self._style)
        lines += warning_lines(order, width)
        for item in order.items:
            lines += _name_lines(f"{item.quantity} ", item, width)
            lines += wish_lines(item, width)
        return lines if entry.undo_until is None else stepped_back(lines)


def _station_line(station: str, open_count: int, width: int) -> Line:
    state = f"owes {open_count}" if open_count else "✓ done"
    room = width - cell_len(state) - 1
    name = wrap(station.upper(), max(2, room))[0]
    gap = " " * (width - cell_len(name) - cell_len(state))
    return ((name, Role.OTHER), (gap, Role.TEXT), (state, Role.TEXT if open_count else Role.MUTED))


def _item_lines(item: Item, order: Order, width: int) -> list[Line]:
    done = is_done(item, order)
    lines = _name_lines(f"{'✓' if done else '·'} {item.quantity} ", item, width)
    lines += wish_lines(item, width)
    return stepped_back(lines) if done else lines


def _name_lines(before: str, item: Item, width: int) -> list[Line]:
    seat = f" s{item.seat_number}" if item.seat_number is not None else ""
    indent = cell_len(before)
    first, *rest = wrap(item.name, max(2, width - indent - len(seat)))
    gap = " " * (width - indent - cell_len(first) - len(seat)) if seat else ""
    lines: list[Line] = [((before + first, Role.ITEM), (gap + seat, Role.MUTED))]
    return lines + [((" " * indent + line, Role.ITEM),) for line in rest]
