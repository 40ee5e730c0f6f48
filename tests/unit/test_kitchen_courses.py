"""Starting, serving, holding and firing at one terminal, and what its screen shows meanwhile."""

from __future__ import annotations

import itertools

import pytest

from kds_tui.core.command import CAPABILITY, Command, NotOffered, Verb, course_subject
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Item, OrderStatus
from kds_tui.core.results import Given, Kept, NotDone, Result, Stamp
from kds_tui.core.tickets import Ticket
from tests.unit.orders import make_order, upserted

S = OrderStatus
HUB = frozenset(CAPABILITY.values())
MAINS = course_subject("2")
LINES = (
    Item("i1", "", "Soup", course="1"),
    Item("i2", "", "Steak", course="2"),
    Item("i3", "", "Fish", course="2"),
)
HELD_MAINS = (LINES[0], *(Item(i.id, "", i.name, course="2", is_held=True) for i in LINES[1:]))


_chance = itertools.count(1)


def stamp() -> Stamp:
    return Stamp(200.0, next(_chance))


def at_work(*items: Item, offered: frozenset[str] | None = HUB, **fields: object) -> Kitchen:
    kitchen = Kitchen()
    kitchen.capabilities = offered
    order = make_order("a", items=items or LINES, table_number="7", version=3, **fields)
    kitchen.tickets.update(kitchen.feed(upserted(order)), 0.0)
    return kitchen


def ticket(kitchen: Kitchen) -> Ticket:
    kitchen.tickets.update("a", 0.0)
    found = kitchen.tickets.get("a")
    assert found is not None
    return found


def held(kitchen: Kitchen) -> list[str]:
    return [item.name for item in ticket(kitchen).order.items if item.is_held]


def command_of(result: Result) -> Command:
    assert isinstance(result, Given)
    return result.command


@pytest.mark.parametrize(
    ("subject_id", "names"),
    [("", ["Soup", "Steak", "Fish"]), (MAINS, ["Steak", "Fish"]), ("i3", ["Fish"])],
)
def test_what_is_held_shows_at_once_and_goes_on_when_it_is_fired(
    subject_id: str, names: list[str]
) -> None:
    kitchen = at_work()
    command = command_of(kitchen.hold("a", stamp(), subject_id))
    assert (command.verb, command.subject_id, command.base_version) == (Verb.HOLD, subject_id, 3)
    assert held(kitchen) == names
    assert isinstance(kitchen.hold("a", stamp(), subject_id), NotDone), "it is held already"
    fired = command_of(kitchen.fire("a", stamp(), subject_id))
    assert (fired.verb, fired.subject_id) == (Verb.FIRE, subject_id)
    assert held(kitchen) == []
    assert isinstance(kitchen.fire("a", stamp(), subject_id), NotDone)


def test_there_is_nothing_to_hold_of_what_is_done_or_not_there() -> None:
    kitchen = at_work(Item("i1", "", "Soup", is_done=True), Item("i2", "", "Steak"))
    assert kitchen.hold("a", stamp(), "i1") == NotDone("TABLE 7: nothing is left to hold.")
    words = "Course 2 of TABLE 7: nothing is left to hold."
    assert kitchen.hold("a", stamp(), MAINS) == NotDone(words)
    assert kitchen.hold("gone", stamp()) == NotDone("")


def test_a_bump_leaves_the_held_course_on_the_screen() -> None:
    kitchen = at_work(*HELD_MAINS)
    assert isinstance(kitchen.bump("a", stamp()), Given)
    assert [item.is_done for item in ticket(kitchen).order.items] == [True, False, False]
    assert kitchen.bump("a", stamp()) == NotDone("TABLE 7 is held: fire it first.")
    kitchen.fire("a", stamp(), MAINS)
    assert isinstance(kitchen.bump("a", stamp()), Given)
    kitchen.tickets.update("a", 0.0)
    assert not kitchen.tickets.ids()


def test_what_is_held_here_only_is_not_bumped_with_the_rest() -> None:
    """A server that knows statuses only would take the held lines with the others."""
    kitchen = at_work(offered=frozenset())
    assert kitchen.hold("a", stamp(), MAINS) == Kept("a", Verb.HOLD)
    assert held(kitchen) == ["Steak", "Fish"]
    assert kitchen.bump("a", stamp()) == NotDone("A part of TABLE 7 is held: fire it first.")
    assert kitchen.fire("a", stamp(), "i2") == Kept("a", Verb.FIRE)
    assert held(kitchen) == ["Fish"]
    kitchen.hold("a", stamp(), MAINS)
    assert held(kitchen) == ["Steak", "Fish"], "held again after it was fired"
    kitchen.fire("a", stamp())
    assert isinstance(kitchen.bump("a", stamp()), Given)


def test_a_hold_that_turns_out_to_be_impossible_is_kept_here() -> None:
    kitchen = at_work(offered=None)
    command = command_of(kitchen.hold("a", stamp(), MAINS))
    kitchen.outbox.end(command)
    kitchen.tickets.update(kitchen.end(NotOffered(command)), 0.0)
    assert held(kitchen) == ["Steak", "Fish"]


@pytest.mark.parametrize("offered", [HUB, frozenset[str]()], ids=["hub", "statuses only"])
def test_any_server_can_start_a_ticket(offered: frozenset[str]) -> None:
    kitchen = at_work(offered=offered, status=S.PENDING)
    assert isinstance(kitchen.start("a", stamp()), Given)
    assert ticket(kitchen).order.status is S.PREPARING
    assert kitchen.start("a", stamp()) == NotDone("")
    assert kitchen.start("gone", stamp()) == NotDone("")


@pytest.mark.parametrize("offered", [HUB, frozenset[str]()], ids=["hub", "statuses only"])
def test_any_server_can_close_a_ready_order(offered: frozenset[str]) -> None:
    kitchen = at_work(offered=offered, status=S.READY)
    assert kitchen.tickets.ready_count == 1
    assert isinstance(kitchen.hand_over(Verb.SERVE, "a", stamp()), Given)
    kitchen.tickets.update("a", 0.0)
    assert kitchen.tickets.ready_count == 0
    assert kitchen.hand_over(Verb.SERVE, "a", stamp()) == NotDone("")


@pytest.mark.parametrize("offered", [HUB, frozenset[str]()], ids=["hub", "statuses only"])
def test_what_was_picked_up_is_not_closed(offered: frozenset[str]) -> None:
    kitchen = at_work(offered=offered, status=S.READY)
    assert isinstance(kitchen.hand_over(Verb.PICK_UP, "a", stamp()), Given)
    kitchen.tickets.update("a", 0.0)
    assert kitchen.tickets.ready_count == 1
    assert kitchen.hand_over(Verb.PICK_UP, "a", stamp()) == NotDone(""), "somebody has it"
    assert isinstance(kitchen.hand_over(Verb.SERVE, "a", stamp()), Given)
    kitchen.tickets.update("a", 0.0)
    assert kitchen.hand_over(Verb.PICK_UP, "a", stamp()) == NotDone(""), "it is closed"


@pytest.mark.parametrize("verb", [Verb.PICK_UP, Verb.SERVE])
def test_what_is_not_ready_is_not_handed_over(verb: Verb) -> None:
    kitchen = at_work()
    assert kitchen.hand_over(verb, "a", stamp()) == NotDone(
        "TABLE 7 is not ready yet: bump it first."
    )
    assert isinstance(kitchen.bump("a", stamp()), Given)
    handed_over = kitchen.hand_over(verb, "a", stamp())
    assert isinstance(handed_over, Given), "it will be, once the bump is answered"
    assert [command.verb for command in kitchen.outbox] == [Verb.BUMP, verb]


def test_a_bump_that_can_be_taken_back_keeps_its_ticket_greyed() -> None:
    kitchen = at_work()
    command = command_of(kitchen.bump("a", stamp()))
    kitchen.outbox.open_window((command,), 203.0)
    assert ticket(kitchen).undo_until == 203.0
    assert kitchen.tickets.ready_count == 0
    assert not list(kitchen.outbox.sendable())
    assert kitchen.outbox.close_window((command,)) == (command,)
    assert kitchen.outbox.close_window((command,)) == (), "over is over"
    assert kitchen.take_back() is None
    kitchen.tickets.update("a", 0.0)
    assert not kitchen.tickets.ids()


def test_a_recall_after_what_was_taken_back_is_of_the_ticket_before() -> None:
    kitchen = at_work()
    kitchen.tickets.update(kitchen.feed(upserted(make_order("b"))), 0.0)
    kitchen.bump("b", stamp())
    command = command_of(kitchen.bump("a", stamp()))
    kitchen.outbox.open_window((command,), 203.0)
    assert kitchen.take_back() is not None
    recalled = command_of(kitchen.recall_last(stamp()))
    assert (recalled.verb, recalled.order_id) == (Verb.RECALL, "b")


def test_a_recall_after_a_serving_that_was_taken_back_is_of_the_ticket_bumped_last() -> None:
    kitchen = at_work()
    kitchen.tickets.update(kitchen.feed(upserted(make_order("b"))), 0.0)
    kitchen.bump("b", stamp())
    kitchen.bump("a", stamp())
    served = command_of(kitchen.hand_over(Verb.SERVE, "a", stamp()))
    kitchen.outbox.open_window((served,), 203.0)
    assert kitchen.take_back() is not None
    assert command_of(kitchen.recall_last(stamp())).order_id == "a"


def test_after_a_restart_the_last_bump_may_be_one_that_is_not_sent_yet() -> None:
    before = at_work()
    command = command_of(before.bump("a", stamp()))
    kitchen = at_work()
    earlier = make_order("b", status=S.READY, ready_at=command.given_at - 50)
    kitchen.feed(upserted(earlier))
    kitchen.outbox.add(command)
    kitchen.tickets.update("ab", 0.0)
    assert command_of(kitchen.recall_last(stamp())).order_id == "a"
