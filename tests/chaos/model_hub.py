"""The hub in memory: its real rules, frames and rows, without a socket, a disk or a clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kds_tui.core.clock import format_time
from kds_tui.core.command import Command
from kds_tui.core.conflicts import Refuse, Wish
from kds_tui.core.digest import OrderState, RunningDigest
from kds_tui.core.order import OrderStatus
from kds_tui.hub import frames, orders
from kds_tui.hub.errors import Refusal
from kds_tui.hub.menu import load_menu
from kds_tui.hub.order_commands import carry_out
from kds_tui.hub.order_lines import Till
from kds_tui.hub.order_request import ItemAsked, LineChangeAsked, LinesAsked, OrderAsked
from kds_tui.hub.order_row import OrderKept, encode_row

REPLAY_LIMIT: Final = 6
"""Far below the real one, so that a short run needs a listing now and then."""

_MENU: Final = load_menu(None)

_TILL: Final = Till(_MENU, tax_rate=0.0)


@dataclass(frozen=True)
class Answer:
    """What the hub says to a request: the order's row, or why not."""

    row: bytes = b""
    refused: str = ""


@dataclass
class Disk:
    """All that a hub keeps."""

    orders: dict[str, OrderKept] = field(default_factory=dict)
    events: list[bytes] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    performed: list[str] = field(default_factory=list)
    """The ids of the commands, each time that one was carried out: what the test is about."""

    def copy(self) -> Disk:
        return Disk(dict(self.orders), list(self.events), dict(self.answers), list(self.performed))


class ModelHub:
    """One hub; `lines` are its open connections, by whatever the other side is known by."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.lines: dict[object, deque[str]] = {}
        self.now = 1_800_000_000.0
        self._epoch = 1

    @property
    def epoch(self) -> str:
        return f"epoch-{self._epoch}"

    @property
    def head(self) -> int:
        return len(self.disk.events)

    def begin_epoch(self) -> None:
        """End as by kill -9, and start again on what the disk holds."""
        self._epoch += 1
        self.lines.clear()

    def place(self, order_id: str, *, for_later: bool = False) -> None:
        """Take a guest's order, to be cooked now or in some hours."""
        pickup = format_time(self.now + 10_000) if for_later else None
        lines = [ItemAsked(id=name, name=name, quantity=1, price=9.0) for name in ("1", "2")]
        asked = OrderAsked(items=lines, scheduledPickupTime=pickup)
        order = orders.new_order(
            asked,
            order_id=order_id,
            number=len(self.disk.orders) + 1,
            restaurant_id="r",
            menu=_MENU,
            tax_rate=0.0,
            now=self._tick(),
        )
        self._keep(order, "order:created")

    def change(self, order_id: str, change: Callable[[OrderKept, float], OrderKept]) -> None:
        """Let the front of the house change an order; what is not legal is refused there."""
        order = self.disk.orders[order_id]
        try:
            changed = change(order, self._tick())
        except Refusal:
            return
        if changed is not order:
            self._keep(changed, "order:updated")

    def change_lines(self, order_id: str, wish: str) -> None:
        """Let a guest want more, more of something, or less."""
        order = self.disk.orders[order_id]
        last = order.items[-1].id if order.items else ""
        more = LinesAsked([ItemAsked(id="more", name="Fries", quantity=1, price=4.0)])
        changes: dict[str, Callable[[OrderKept, float], OrderKept]] = {
            "add": lambda order, now: _TILL.add(order, more, now),
            "enlarge": lambda order, now: _TILL.change(order, last, LineChangeAsked(9), now),
            "void": lambda order, now: _TILL.void(order, last, now),
        }
        self.change(order_id, changes[wish])

    def perform(self, command: Command, terminal: int, *, late: bool = False) -> Answer:
        """Carry a command of a terminal out, or answer as before."""
        known = self.disk.answers.get(command.id)
        if known is not None:
            return known
        order = self.disk.orders.get(command.order_id)
        if order is None:
            return Answer(refused="no such order")
        wish = Wish(
            command.verb,
            command.base_version,
            late=late,
            terminal=str(terminal),
            item_id=command.subject_id,
        )
        try:
            outcome = carry_out(order, wish, self._tick())
        except Refusal as refusal:  # not remembered: it suits no order of its kind, ever
            return Answer(refused=refusal.code)
        if isinstance(outcome, Refuse):
            answer = Answer(refused=outcome.conflict.value)
        else:
            if outcome is not order:
                self._keep(outcome, "order:updated")
            self.disk.performed.append(command.id)
            answer = Answer(encode_row(outcome))
        self.disk.answers[command.id] = answer
        return answer

    def take_frame(self, line: object, text: str) -> None:
        """Answer a frame of a display."""
        frame = frames.decode_frame(text)
        told = format_time(self._tick())
        down = self.lines[line]
        if frame.type == "auth":
            down.append(frames.auth_success(self.epoch, self.head, 2.0, told).decode())
        elif frame.type == "orders:sync":
            asked = frames.decode_sync(frame.payload)
            since = asked.since_seq
            known = asked.epoch == self.epoch and since is not None
            if known and self.head - REPLAY_LIMIT <= since <= self.head:
                down.extend(event.decode() for event in self.disk.events[since:])
                status = "synced"
            else:
                status = "snapshot_required"
            down.append(frames.sync_complete(status, self.epoch, self.head, told).decode())

    def beat(self, line: object) -> None:
        """Send a heartbeat down one line."""
        told = format_time(self._tick())
        digest = RunningDigest()
        for row in self.disk.orders.values():
            digest.put(OrderState(row.id, row.version, row.status))
        frame = frames.heartbeat(self.epoch, self.head, digest.told(), told)
        self.lines[line].append(frame.decode())

    def listed(self, status: OrderStatus) -> list[bytes]:
        """List the orders of one status, as REST does."""
        return [encode_row(row) for row in self.disk.orders.values() if row.status == status]

    def _tick(self) -> float:
        self.now += 0.25
        return self.now

    def _keep(self, order: OrderKept, event: str) -> None:
        self.disk.orders[order.id] = order
        frame = frames.order_event(event, encode_row(order), self.head + 1, order.updated_at)
        self.disk.events.append(frame)
        for line in self.lines.values():
            line.append(frame.decode())
