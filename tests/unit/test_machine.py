"""Any schedule of presses and faults: every acknowledged command is carried out exactly once, every
board ends up as the hub's, no command is lost, and each ticket's come in the order given.

`KDS_MACHINE_EXAMPLES=5000` looks deeper than the suite does.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from kds_tui.core.command import Answered, Verb
from kds_tui.core.order import FINISHED, OPEN, OrderStatus
from kds_tui.core.results import Result
from kds_tui.core.sync import Phase
from kds_tui.core.wire import decode_order
from kds_tui.hub import orders
from kds_tui.hub.order_row import encode_row
from tests.chaos.model_hub import Answer, ModelHub
from tests.chaos.model_terminal import ModelTerminal, Request

pytestmark = pytest.mark.timeout(420)
"""Seconds: what it finds is made small for some minutes."""

TERMINALS = 2
MAX_ORDERS = 2
"""Few, so that everybody is at the same ones."""

MAX_IN_THE_AIR = 12

any_terminal = st.integers(0, TERMINALS - 1)
any_place = st.integers(0, 50)
"""Which of several things; taken modulo how many there are."""


def ask(terminal: ModelTerminal, verb: Verb, order_id: str, place: int) -> Result:
    """Wish for something beside bump and recall."""
    kitchen, stamp = terminal.kitchen, terminal.stamp()
    ticket = kitchen.tickets.get(order_id)
    items = ticket.order.items if ticket is not None else ()
    match verb:
        case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM if items:
            item_id, done = items[place % len(items)].id, verb is Verb.BUMP_ITEM
            return kitchen.bump_item(order_id, item_id, stamp, done=done)
        case Verb.RUSH | Verb.UNRUSH:
            return kitchen.rush(order_id, stamp, rush=verb is Verb.RUSH)
        case _:
            return kitchen.fire(order_id, stamp)


class Kitchens(RuleBasedStateMachine):
    """A hub, terminals, and a network that loses, doubles, delays and swaps."""

    @initialize()
    def open(self) -> None:
        self.hub = ModelHub()
        self.terminals = [ModelTerminal(number, self.hub) for number in range(TERMINALS)]
        self.placed = 0
        self.requests: list[Request] = []
        self.answers: list[tuple[Request, Answer]] = []
        self.backup = self.hub.disk.copy()
        self.forgotten: set[str] = set()
        """Commands that were done or declined when an older copy of the hub's disk was put back."""
        self.place()
        for terminal in self.terminals:
            self.catch_up(terminal)

    # People

    @rule(
        place=any_place,
        wish=st.sampled_from(
            ["place", "place", "later", "cancel", "completed", "add", "enlarge", "void"]
        ),
    )
    def guest(self, place: int, wish: str) -> None:
        if wish in ("place", "later"):
            if self.placed < MAX_ORDERS:
                self.place(for_later=wish == "later")
        elif wish in ("add", "enlarge", "void"):
            known = sorted(self.hub.disk.orders)
            if known:
                self.hub.change_lines(known[place % len(known)], wish)
        elif wish == "cancel":
            self.change(place, lambda order, now: orders.cancel(order, "by the guest", now))
        else:
            self.change(place, lambda order, now: orders.change_status(order, wish, None, now))

    @rule(
        number=any_terminal,
        place=any_place,
        wish=st.sampled_from(["bump", "bump", "recall", "last"])
        | st.sampled_from([Verb.BUMP_ITEM, Verb.UNBUMP_ITEM, Verb.RUSH, Verb.UNRUSH, Verb.FIRE]),
        sent=st.booleans(),
    )
    def cook(self, number: int, place: int, wish: str, sent: bool) -> None:
        terminal = self.terminals[number]
        kitchen, stamp = terminal.kitchen, terminal.stamp()
        bumpable = kitchen.tickets.ids()
        known = sorted(order.id for order in kitchen.board)
        if isinstance(wish, Verb):
            if bumpable:
                terminal.take(ask(terminal, wish, bumpable[place % len(bumpable)], place))
        elif wish == "bump" and bumpable:
            terminal.take(kitchen.bump(bumpable[place % len(bumpable)], stamp))
        elif wish == "recall" and known:
            terminal.take(kitchen.recall(known[place % len(known)], stamp))
        else:
            terminal.take(kitchen.recall_last(stamp))
        if sent:
            terminal.save()
            self.requests += terminal.send()

    # Requests and answers

    @rule(up=st.booleans())
    def send(self, up: bool) -> None:
        for terminal in self.terminals:
            terminal.save()
            if up:
                self.catch_up(terminal)
            self.requests += terminal.send()

    @precondition(lambda self: self.requests)
    @rule(
        place=any_place,
        fates=st.lists(
            st.sampled_from(["arrives", "arrives", "twice", "lost", "late"]), min_size=1
        ),
        late=st.booleans(),
    )
    def request(self, place: int, fates: list[str], late: bool) -> None:
        for fate in fates[: len(self.requests)]:
            request = self.requests[place % len(self.requests)]
            if fate in ("lost", "arrives") or len(self.requests) > MAX_IN_THE_AIR:
                self.requests.remove(request)
            if fate in ("lost", "late"):
                self.terminals[request.terminal].give_up(request)
            else:
                answer = self.hub.perform(request.command, request.terminal, late=late)
                self.answers.append((request, answer))

    @precondition(lambda self: self.answers)
    @rule(
        place=any_place,
        fates=st.lists(st.sampled_from(["arrives", "arrives", "lost"]), min_size=1),
    )
    def answer(self, place: int, fates: list[str]) -> None:
        for fate in fates[: len(self.answers)]:
            request, answer = self.answers.pop(place % len(self.answers))
            if fate == "lost":
                self.terminals[request.terminal].give_up(request)
            else:
                self.terminals[request.terminal].hear_answer(request, answer)

    # The link

    @rule(number=any_terminal, again=st.booleans())
    def cut(self, number: int, again: bool) -> None:
        self.terminals[number].cut()
        if again:
            self.terminals[number].connect()

    @rule(number=any_terminal, frames=st.integers(1, 8), page=st.booleans())
    def hear(self, number: int, frames: int, page: bool) -> None:
        for _ in range(frames):
            self.terminals[number].hear()
        if page:
            self.terminals[number].read_list()

    @rule(number=any_terminal)
    def come_up(self, number: int) -> None:
        self.catch_up(self.terminals[number])

    @rule(number=any_terminal, fault=st.sampled_from(["lose", "double", "swap", "beat"]))
    def frame(self, number: int, fault: str) -> None:
        line = self.terminals[number].line
        if line is None:
            return
        if fault == "beat":
            self.hub.beat(number)
        elif line and '"type":"order:' in line[-1]:
            last = line.pop()
            if fault == "double":
                line.extend((last, last))
            elif fault == "swap":
                line.insert(max(0, len(line) - 1), last)

    # Power

    @rule(number=any_terminal)
    def terminal_restarts(self, number: int) -> None:
        self.terminals[number].boot()

    @rule(what=st.sampled_from(["restart", "back up", "restore"]))
    def hub_power(self, what: str) -> None:
        if what == "back up":
            self.backup = self.hub.disk.copy()
            return
        if what == "restore":  # what was done since the copy is lost by definition
            self.forgotten |= set(self.hub.disk.performed).union(
                *(terminal.ended for terminal in self.terminals)
            )
            self.hub.disk = self.backup.copy()
        self.hub.begin_epoch()

    # What must hold

    @invariant()
    def every_command_is_kept_until_it_ended(self) -> None:
        for terminal in self.terminals if hasattr(self, "terminals") else ():
            waiting = {command.id for command in terminal.kitchen.outbox}
            assert waiting == terminal.journal.keys() | {c.id for c in terminal.unsaved}
            for command in terminal.given:
                assert (command.id in waiting) != (command.id in terminal.ended)

    @invariant()
    def nothing_is_done_twice_and_all_that_is_acknowledged_once(self) -> None:
        if not hasattr(self, "terminals"):
            return
        times = Counter(self.hub.disk.performed)
        assert all(count == 1 for count in times.values()), times
        for terminal in self.terminals:
            for command_id, outcome in terminal.ended.items():
                if command_id not in self.forgotten:
                    assert times[command_id] == isinstance(outcome, Answered), outcome

    @invariant()
    def a_tickets_commands_come_in_the_order_given(self) -> None:
        for terminal in self.terminals if hasattr(self, "terminals") else ():
            place = {command.id: number for number, command in enumerate(terminal.given)}
            last: dict[str, int] = {}
            for command_id in self.hub.disk.performed:
                if command_id in place and command_id not in self.forgotten:
                    lane = terminal.given[place[command_id]].order_id
                    assert last.get(lane, -1) < place[command_id]
                    last[lane] = place[command_id]

    @rule()
    def faults_stop(self) -> None:
        """Everything is delivered: all boards are the hub's, and nobody waits for anything."""
        late, self.requests = self.requests, []
        for request in late:
            self.answers.append((request, self.hub.perform(request.command, request.terminal)))
        for request, answer in self.answers:
            self.terminals[request.terminal].hear_answer(request, answer)
        self.answers.clear()
        for terminal in self.terminals:
            terminal.save()
            self.catch_up(terminal)
            while requests := terminal.send():
                for request in requests:
                    terminal.hear_answer(
                        request, self.hub.perform(request.command, request.terminal)
                    )
        rows = self.hub.disk.orders.values()
        told = {row.id: decode_order(encode_row(row)) for row in rows}
        kept = {key: order for key, order in told.items() if order.status not in FINISHED}
        for terminal in self.terminals:
            self.catch_up(terminal)
            assert not terminal.journal
            assert {order.id: order for order in terminal.kitchen.board} == kept
            shown = {key for key, order in kept.items() if order.status in OPEN}
            assert {ticket.id for ticket in terminal.kitchen.tickets} == shown
            # What was cancelled under a cook's hands stays until somebody takes notice of it, even
            # when a restored hub has never heard of it.
            tickets = terminal.kitchen.tickets
            others = [tickets.get(key) for key in tickets.ids() if key not in shown]
            states = {ticket.order.status for ticket in others if ticket is not None}
            assert states <= {OrderStatus.CANCELLED}

    def teardown(self) -> None:
        if hasattr(self, "terminals"):
            self.faults_stop()
            self.nothing_is_done_twice_and_all_that_is_acknowledged_once()
            self.every_command_is_kept_until_it_ended()
            self.a_tickets_commands_come_in_the_order_given()

    # Ways

    def place(self, *, for_later: bool = False) -> None:
        self.placed += 1
        self.hub.place(f"o{self.placed}", for_later=for_later)

    def change(self, place: int, change) -> None:
        known = sorted(self.hub.disk.orders)
        if known:
            self.hub.change(known[place % len(known)], change)

    def catch_up(self, terminal: ModelTerminal) -> None:
        """Let a terminal come live and hear all there is."""
        for _ in range(10):
            if terminal.session is None or terminal.line is None:
                terminal.cut()
                terminal.connect()
            self.hub.beat(terminal.number)
            while terminal.line or terminal.unread:
                terminal.hear()
                terminal.read_list()
            session = terminal.session
            if session is not None and session.phase is Phase.LIVE and not terminal.line:
                if terminal.agrees and session.cursor and session.cursor.seq == self.hub.head:
                    return
            else:
                terminal.cut()  # as when a deadline passes
        raise AssertionError("the link does not come up")


TestKitchens = Kitchens.TestCase
TestKitchens.settings = settings(
    max_examples=int(os.environ.get("KDS_MACHINE_EXAMPLES", "200")), stateful_step_count=60
)
