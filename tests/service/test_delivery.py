"""Delivery of commands: order, parallelism, retries, outcomes, end. In virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from kds_tui.core import conflicts
from kds_tui.core.command import Answered, Command, Declined, NotOffered, Outcome, Verb
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.services import backend_errors
from kds_tui.services.backend_errors import (
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    TokenFileError,
    Unauthorized,
    Unreachable,
)
from kds_tui.services.delivery import Delivery, DeliveryState, DeliveryTiming

pytestmark = [
    pytest.mark.virtual_time,
    # The virtual clock counts microseconds; a random wait may end in between.
    pytest.mark.filterwarnings("ignore:delta is less than resolution"),
]


def command(number: int, order_id: str | None = None, verb: Verb = Verb.BUMP) -> Command:
    return Command(f"c{number}", verb, order_id or f"order {number}", f"TABLE {number}", 1, 0.0)


class Kitchen:
    """An order server under the test's thumb, with a delivery to it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.late: set[str] = set()
        self.under_way: set[str] = set()
        self.most_under_way = 0
        self.serve: Callable[[str], Awaitable[None]] | None = None
        self.failures: dict[str, list[Exception]] = defaultdict(list)
        """By order: what its next calls end in."""
        self.outcomes: list[Outcome] = []
        self.outbox = Outbox()
        self.delivery = Delivery(
            self.outbox, self, self.take, is_late=lambda command: command.given_at < 0
        )
        self._taken = asyncio.Event()

    def take(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._taken.set()

    async def carry_out(self, command: Command, *, late: bool) -> Order:
        order_id, key = command.lane, command.id
        self.late |= {key} if late else set()
        assert order_id not in self.under_way, "one command of a ticket at a time"
        self.calls.append(key)
        self.under_way.add(order_id)
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        try:
            await asyncio.sleep(0)
            if self.serve is not None:
                await self.serve(order_id)
            if self.failures[order_id]:
                raise self.failures[order_id].pop(0)
            return Order(order_id, "1", OrderStatus.READY)
        finally:
            self.under_way.discard(order_id)

    def give(self, *commands: Command) -> None:
        for given in commands:
            self.outbox.add(given)
        self.delivery.notify()

    async def settled(self) -> None:
        """Until nothing is pending; an hour of virtual time is for ever."""
        async with asyncio.timeout(3600):
            while len(self.outbox):
                self._taken.clear()
                await self._taken.wait()


@pytest.fixture
async def kitchen() -> AsyncIterator[Kitchen]:
    kitchen = Kitchen()
    yield kitchen
    await kitchen.delivery.close()
    assert not kitchen.under_way


async def hang(_: str) -> None:
    await asyncio.Event().wait()


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_the_server_cannot_do_ends_as_such(kitchen: Kitchen) -> None:
    kitchen.failures["order 1"] = [backend_errors.NotOffered("It cannot.")]
    kitchen.delivery.set_live(True)
    kitchen.give(command(1, verb=Verb.RUSH))
    await kitchen.settled()
    assert kitchen.outcomes == [NotOffered(command(1, verb=Verb.RUSH))]


async def test_a_conflict_is_told_in_the_words_of_its_row(kitchen: Kitchen) -> None:
    late = replace(command(2), given_at=-1.0)
    for order_id in ("order 1", "order 2"):
        kitchen.failures[order_id] = [Conflict("", conflicts.Conflict.SUPERSEDED)]
    kitchen.delivery.set_live(True)
    kitchen.give(command(1), late)
    await kitchen.settled()
    assert kitchen.late == {"c2"}
    reasons = {o.command.id: o.reason for o in kitchen.outcomes if isinstance(o, Declined)}
    assert reasons["c1"].startswith("TABLE 1 was brought back meanwhile")
    assert reasons["c2"].startswith("Your bump of TABLE 2 came too late")


async def test_commands_of_the_menu_do_not_wait_for_each_other(kitchen: Kitchen) -> None:
    kitchen.serve = hang
    kitchen.delivery.set_live(True)
    lanes = [(1, Verb.OUT_OF_STOCK, "x"), (2, Verb.IN_STOCK, "x"), (3, Verb.OUT_OF_STOCK, "y")]
    kitchen.give(*(Command(f"c{n}", verb, "", "Salmon", 0, 0.0, item) for n, verb, item in lanes))
    await asyncio.sleep(1)
    assert kitchen.calls == ["c1", "c3"]


async def test_nothing_is_sent_before_the_link_is_live(kitchen: Kitchen) -> None:
    kitchen.give(command(1))
    await asyncio.sleep(100)
    assert (kitchen.calls, kitchen.delivery.state) == ([], DeliveryState.PAUSED)
    kitchen.delivery.set_live(True)
    await kitchen.settled()
    assert kitchen.outcomes == [Answered(command(1), Order("order 1", "1", OrderStatus.READY))]
    assert kitchen.delivery.state is DeliveryState.RUNNING


async def test_a_pause_stops_new_attempts_and_keeps_the_commands(kitchen: Kitchen) -> None:
    kitchen.delivery.set_live(True)
    kitchen.delivery.set_live(False)
    kitchen.give(command(1))
    await asyncio.sleep(100)
    assert (kitchen.calls, len(kitchen.outbox)) == ([], 1)


async def test_commands_of_a_ticket_go_one_after_the_other(kitchen: Kitchen) -> None:
    kitchen.delivery.set_live(True)
    verbs = [Verb.BUMP, Verb.RECALL, Verb.BUMP]
    kitchen.failures["a"] = [Refused(500, "no"), Refused(500, "no")]
    kitchen.give(*(command(number, "a", verb) for number, verb in enumerate(verbs)))
    await kitchen.settled()
    assert kitchen.calls == ["c0", "c0", "c0", "c1", "c2"]


async def test_eight_tickets_go_side_by_side(kitchen: Kitchen) -> None:
    kitchen.give(*map(command, range(100)))
    kitchen.delivery.set_live(True)
    await kitchen.settled()
    assert (len(kitchen.outcomes), kitchen.most_under_way) == (100, 8)


async def test_a_ticket_that_fails_holds_up_no_other(kitchen: Kitchen) -> None:
    kitchen.failures["order 0"] = [Refused(500, "no")] * 6
    kitchen.give(*map(command, range(5)))
    kitchen.delivery.set_live(True)
    await asyncio.sleep(0.1)
    assert {outcome.command.id for outcome in kitchen.outcomes} == {"c1", "c2", "c3", "c4"}
    await kitchen.settled()
    assert kitchen.calls.count("c0") == 7


async def test_a_ticket_on_which_the_server_hangs_holds_up_no_other(kitchen: Kitchen) -> None:
    async def hang_on_first(order_id: str) -> None:
        if order_id == "order 0":
            await hang(order_id)

    kitchen.serve = hang_on_first
    kitchen.delivery.set_live(True)
    for number in range(100):
        kitchen.give(command(number))
        await asyncio.sleep(2)
        assert [pending.id for pending in kitchen.outbox] == ["c0"]
    assert kitchen.calls.count("c0") >= 4, "each attempt ends by its deadline"


async def test_even_eight_such_tickets_do_not_hold_up_the_others_for_ever(
    kitchen: Kitchen,
) -> None:
    hanging = {f"order {number}" for number in range(8)}

    async def hang_on_some(order_id: str) -> None:
        if order_id in hanging:
            await hang(order_id)

    kitchen.serve = hang_on_some
    kitchen.give(*map(command, range(30)))
    kitchen.delivery.set_live(True)
    await asyncio.sleep(600)
    assert {pending.order_id for pending in kitchen.outbox} == hanging


async def test_while_the_server_is_away_it_is_asked_now_and_then(kitchen: Kitchen) -> None:
    async def away(_: str) -> None:
        raise Unreachable("away")

    kitchen.serve = away
    kitchen.give(*map(command, range(50)))
    kitchen.delivery.set_live(True)
    await asyncio.sleep(0.01)
    assert len(kitchen.calls) == 8
    assert kitchen.delivery.state is DeliveryState.WAITING
    await asyncio.sleep(60)
    assert len(kitchen.calls) < 8 * 40, "some 15 rounds of 8"
    kitchen.serve = None
    await kitchen.settled()
    assert kitchen.delivery.state is DeliveryState.RUNNING


async def test_going_live_again_waits_for_nothing_old(kitchen: Kitchen) -> None:
    kitchen.failures["order 0"] = [Unreachable("away", retry_after=300)]
    kitchen.give(command(0))
    kitchen.delivery.set_live(True)
    await asyncio.sleep(1)
    kitchen.delivery.set_live(False)
    kitchen.delivery.set_live(True)
    await asyncio.sleep(0.01)
    assert len(kitchen.outbox) == 0


@pytest.mark.parametrize(("asked", "waited"), [(30, 30), (99_999, 300)])
async def test_the_server_is_granted_the_wait_that_it_asks_for(
    kitchen: Kitchen, asked: float, waited: float
) -> None:
    kitchen.failures["order 0"] = [Unreachable("busy", retry_after=asked)]
    kitchen.delivery.set_live(True)
    began = now()
    kitchen.give(command(0))
    await asyncio.sleep(1)
    kitchen.give(command(1))
    await kitchen.settled()
    assert waited <= now() - began < waited + 16


async def test_waits_grow_to_their_limit(kitchen: Kitchen) -> None:
    kitchen.failures["order 0"] = [Refused(500, "no")] * 200
    kitchen.delivery.set_live(True)
    began = now()
    kitchen.give(command(0))
    await kitchen.settled()
    # 200 waits with full jitter under 15 s: 1,500 s on average.
    assert 1_000 < now() - began < 2_000


_DECLINED = [
    (Conflict("was cancelled meanwhile"), "TABLE 1 was cancelled meanwhile"),
    (NotFound("Order not found"), "TABLE 1 is not on the server any more"),
    (Forbidden("Insufficient permissions"), "TABLE 1: Insufficient permissions"),
    (Refused(400, "No such status"), "TABLE 1: No such status"),
]


@pytest.mark.parametrize(("error", "reason"), _DECLINED)
async def test_a_refusal_ends_the_command_and_is_told_to_the_cook(
    kitchen: Kitchen, error: BackendError, reason: str
) -> None:
    kitchen.failures["order 1"] = [error]
    kitchen.delivery.set_live(True)
    kitchen.give(command(1))
    await kitchen.settled()
    (outcome,) = kitchen.outcomes
    assert isinstance(outcome, Declined)
    assert outcome.reason.startswith(reason)


@pytest.mark.parametrize("error", [Unauthorized("Token expired"), TokenFileError("no file")])
async def test_without_a_good_token_all_stops_until_a_person_acts(
    kitchen: Kitchen, error: Exception
) -> None:
    kitchen.failures["order 1"] = [error, error]
    kitchen.delivery.set_live(True)
    kitchen.give(command(1))
    await asyncio.sleep(3_000)
    assert (kitchen.calls, kitchen.delivery.state) == (["c1"], DeliveryState.SIGNED_OUT)
    assert kitchen.delivery.signed_out == str(error)
    kitchen.delivery.set_live(False)
    assert not kitchen.delivery.signed_out, "the link tells what is wrong now"
    kitchen.delivery.set_live(True)
    await asyncio.sleep(3_000)
    assert kitchen.calls == ["c1", "c1"]
    kitchen.give(command(2))
    await kitchen.settled()
    assert kitchen.calls[2:] == ["c1", "c2"]
    assert not kitchen.delivery.signed_out


async def test_a_defect_costs_no_command(
    kitchen: Kitchen, caplog: pytest.LogCaptureFixture
) -> None:
    kitchen.failures["order 1"] = [ZeroDivisionError("a defect")]
    kitchen.delivery.set_live(True)
    kitchen.give(command(1))
    await kitchen.settled()
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.exc_info is not None


async def test_a_callback_that_breaks_stops_nothing(kitchen: Kitchen) -> None:
    def broken(outcome: Outcome) -> None:
        kitchen.take(outcome)
        raise ZeroDivisionError

    delivery = Delivery(kitchen.outbox, kitchen, broken)
    delivery.set_live(True)
    for number in range(20):
        kitchen.outbox.add(command(number))
    delivery.notify()
    await kitchen.settled()
    await delivery.close()


async def test_closing_keeps_what_was_not_answered(kitchen: Kitchen) -> None:
    kitchen.serve = hang
    kitchen.give(*map(command, range(20)))
    kitchen.delivery.set_live(True)
    await asyncio.sleep(0.01)
    began = now()
    await kitchen.delivery.close()
    assert now() - began < 1
    assert len(kitchen.outbox) == 20
    assert (kitchen.outcomes, kitchen.delivery.state) == ([], DeliveryState.CLOSED)
    kitchen.delivery.set_live(True)
    kitchen.delivery.notify()
    await asyncio.sleep(100)
    assert len(kitchen.calls) == 8
    assert len(asyncio.all_tasks()) == 1


async def test_closing_does_not_wait_for_one_that_will_not_end(kitchen: Kitchen) -> None:
    release = asyncio.Event()

    async def stubborn(_: str) -> None:
        try:
            await release.wait()
        except asyncio.CancelledError:
            await release.wait()

    kitchen.serve = stubborn
    kitchen.delivery.set_live(True)
    kitchen.give(command(1))
    await asyncio.sleep(0.01)
    began = now()
    await kitchen.delivery.close()
    assert now() - began <= 1.01
    release.set()
    await asyncio.sleep(0.01)


async def test_the_deadline_is_settable() -> None:
    kitchen = Kitchen()
    timing = DeliveryTiming(deadline=0.5, backoff_cap=0.3)
    kitchen.delivery = Delivery(kitchen.outbox, kitchen, kitchen.take, timing)
    kitchen.serve = hang
    kitchen.delivery.set_live(True)
    kitchen.give(command(1))
    await asyncio.sleep(8)
    assert len(kitchen.calls) >= 10
    await kitchen.delivery.close()
