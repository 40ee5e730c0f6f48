"""A terminal in memory: the real core, and a disk that outlives it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.board_check import LIST_INTERVAL, BoardCheck, Verdict
from kds_tui.core.command import CAPABILITY, Answered, Command, Declined, Outcome
from kds_tui.core.frames import OrderRemoved, OrderStatusChanged, OrderUpserted
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import FINISHED, LISTED, Order, OrderStatus
from kds_tui.core.results import Given, Result, Stamp
from kds_tui.core.session_events import DigestTold, Expired, Refused, SessionEvent, SnapshotWanted
from kds_tui.core.sync import Cursor, Phase, Session, Timing
from kds_tui.core.wire import decode_order
from tests.chaos.model_hub import Answer, ModelHub


@dataclass(frozen=True)
class Request:
    """One try to deliver a command; `boot` and `attempt` tell it from every other."""

    terminal: int
    boot: int
    attempt: int
    command: Command


class ModelTerminal:
    """One terminal; what is kept in `journal` and `ended` survives a power cut."""

    def __init__(self, number: int, hub: ModelHub) -> None:
        self.number = number
        self.hub = hub
        self.journal: dict[str, Command] = {}
        self.given: list[Command] = []
        self.ended: dict[str, Outcome] = {}
        self.wishes = 0
        self.boots = 0
        self.attempts = 0
        self.boot()

    def boot(self) -> None:
        """Start, with nothing but what is on the disk."""
        self.boots += 1
        self.unsaved: list[Command] = []
        self.kitchen = Kitchen()
        self.kitchen.capabilities = frozenset(CAPABILITY.values())
        for command in self.journal.values():
            self.kitchen.outbox.add(command)
        self.cursor: Cursor | None = None
        self.session: Session | None = None
        self.unread: list[OrderStatus] = []
        self.under_way: dict[str, Request] = {}
        self.check = BoardCheck()
        self.checked_at = 0.0
        self.hub.lines.pop(self.number, None)

    # Wishes

    def take(self, result: Result) -> None:
        """Note what became of a wish: it is held back until it is on the disk."""
        if isinstance(result, Given):
            self.wishes += 1
            self.unsaved.append(result.command)
            self.kitchen.outbox.hold(result.command)

    def save(self) -> None:
        """Write what waits to the disk: from now on it is promised."""
        for command in self.unsaved:
            self.journal[command.id] = command
            self.given.append(command)
            self.kitchen.outbox.release(command)
            self._look(command.order_id)
        self.unsaved.clear()

    def stamp(self) -> Stamp:
        """Make what a command needs, with an id that no other has."""
        return Stamp(self.hub.now, self.number << 40 | self.wishes)

    @property
    def agrees(self) -> bool:
        """Whether the last heartbeat's digest was the board's."""
        return self.check.compared is not None and self.check.compared.verdict is Verdict.AGREES

    # Deliveries

    def send(self) -> list[Request]:
        """Send the first command of each ticket that has none under way."""
        if self.session is None or self.session.phase is not Phase.LIVE:
            return []
        requests: list[Request] = []
        for command in list(self.kitchen.outbox.sendable()):
            if command.order_id not in self.under_way:
                self.attempts += 1
                request = Request(self.number, self.boots, self.attempts, command)
                self.under_way[command.order_id] = request
                requests.append(request)
        return requests

    def give_up(self, request: Request) -> None:
        """The deadline of a try passed: whatever still comes of it is not heard."""
        if self.under_way.get(request.command.order_id) == request:
            del self.under_way[request.command.order_id]

    def hear_answer(self, request: Request, answer: Answer) -> None:
        """Take an answer, if it is the one that is waited for."""
        command = request.command
        if self.under_way.get(command.order_id) != request:
            return
        del self.under_way[command.order_id]
        outcome: Outcome
        if answer.refused:
            outcome = Declined(command, answer.refused)
        else:
            outcome = Answered(command, decode_order(answer.row))
        del self.journal[command.id]
        self.ended[command.id] = outcome
        self.kitchen.outbox.end(command)
        self._look(*self.kitchen.end(outcome))

    # The link

    def connect(self) -> None:
        """Open a connection."""
        self.hub.lines.pop(self.number, None)
        self.unread: list[OrderStatus] = []
        self.hub.lines[self.number] = deque()
        self.session = Session(
            token="t",
            restaurant_id="",
            cursor=self.cursor,
            timing=Timing(),
            now=0.0,
            server_now=0.0,
        )
        self._say()

    def cut(self) -> None:
        """Lose the connection, with all that is on it."""
        if self.session is not None:
            self.cursor = self.session.resume_point
            self.session = None
        self.hub.lines.pop(self.number, None)

    @property
    def line(self) -> deque[str] | None:
        """The frames that are on their way to here."""
        return self.hub.lines.get(self.number)

    def hear(self) -> None:
        """Take the next frame, if there is one."""
        if self.session is None:
            return
        if not self.line:
            if self.line is None:
                self.cut()
            return
        self._take(self.session.receive(self.line.popleft(), 0.0))
        if self.session is not None:
            self._say()

    def _take(self, events: list[SessionEvent]) -> None:
        assert self.session is not None
        for event in events:
            match event:
                case OrderUpserted() | OrderRemoved() | OrderStatusChanged():
                    self._look(*self.kitchen.feed(event))
                case SnapshotWanted(authoritative=authoritative):
                    self.kitchen.feed(SnapshotStarted())
                    self._newest: dict[str, Order] = {}
                    self._authoritative = authoritative
                    self.unread = list(LISTED)
                case DigestTold(board=theirs):
                    self.checked_at += LIST_INTERVAL
                    told = self.check.compare(self.kitchen.board, theirs, self.checked_at)
                    if told.verdict is Verdict.LIST_ANEW:
                        self._take(self.session.list_anew("differs", 0.0))
                case Expired() | Refused():
                    self.cut()
                    return
                case _:
                    continue

    def read_list(self) -> None:
        """Read one more of the lists that the session wants."""
        if self.session is None or not self.unread:
            return
        for row in self.hub.listed(self.unread.pop(0)):
            order = decode_order(row)
            known = self._newest.get(order.id)
            if known is None or order.supersedes(known):
                self._newest[order.id] = order
        if not self.unread:
            orders = tuple(o for o in self._newest.values() if o.status not in FINISHED)
            self._look(*self.kitchen.feed(SnapshotListed(orders, self._authoritative)))
            self.session.snapshot_loaded(0.0)

    def _say(self) -> None:
        assert self.session is not None
        for frame in self.session.frames_to_send():
            if self.line is not None:
                self.hub.take_frame(self.number, frame)

    def _look(self, *order_ids: str) -> None:
        self.kitchen.tickets.update(order_ids, 0.0)


def board_of(orders: Iterable[Order]) -> dict[str, Order]:
    """Put orders by their ids, for comparing."""
    return {order.id: order for order in orders}
