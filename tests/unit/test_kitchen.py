"""What a cook does at one terminal, and what its screen shows meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kds_tui.core.command import (
    Answered,
    Command,
    Declined,
    NotOffered,
    Verb,
)
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.outbox import MAX_PENDING
from kds_tui.core.results import Given, Kept, NotDone, Result, Stamp
from tests.unit.orders import make_item, make_order, upserted

S = OrderStatus
WITH_RECALL = frozenset({"recall"})


class Cook:
    """A cook at a terminal; the screen is brought up to date after every step."""

    def __init__(self, *orders: Order, station: str = "all") -> None:
        self.kitchen = Kitchen(station)
        self.kitchen.capabilities = WITH_RECALL
        self._moment = 100.0
        self.hear(*orders)

    @property
    def screen(self) -> str:
        return "".join(self.kitchen.tickets.ids())

    def hear(self, *orders: Order) -> None:
        """Let the server tell orders."""
        for order in orders:
            self.kitchen.tickets.update(self.kitchen.feed(upserted(order)), 0.0)

    def bump(self, order_id: str) -> Result:
        return self._look(self.kitchen.bump(order_id, self._stamp()))

    def recall(self) -> Result:
        return self._look(self.kitchen.recall_last(self._stamp()))

    def answer(self, order: Order) -> None:
        """Let the server answer the first command of an order."""
        command = self._first(order.id)
        self.kitchen.outbox.end(command)
        self.kitchen.tickets.update(self.kitchen.end(Answered(command, order)), 0.0)

    def decline(self, order_id: str) -> None:
        command = self._first(order_id)
        self.kitchen.outbox.end(command)
        self.kitchen.tickets.update(self.kitchen.end(Declined(command, "no")), 0.0)

    def _first(self, order_id: str) -> Command:
        return next(c for c in self.kitchen.outbox.sendable() if c.order_id == order_id)

    def _stamp(self) -> Stamp:
        self._moment += 1
        return Stamp(self._moment, int(self._moment))

    def _look(self, result: Result) -> Result:
        order_id = result.command.order_id if isinstance(result, Given) else None
        touched = result.order_id if isinstance(result, Kept) else order_id
        self.kitchen.tickets.update({touched} - {None}, 0.0)
        return result


def ready(order_id: str = "a", version: int = 9, **fields: float) -> Order:
    return make_order(order_id, status=S.READY, version=version, **fields)


def test_a_bump_shows_at_once_and_is_on_its_way() -> None:
    cook = Cook(make_order("a", version=3, table_number="12"), make_order("b"))
    result = cook.bump("a")
    assert isinstance(result, Given)
    command = result.command
    assert (command.verb, command.order_id, command.label) == (Verb.BUMP, "a", "TABLE 12")
    assert (command.base_version, command.given_at) == (3, 101.0)
    assert cook.screen == "b"
    assert list(cook.kitchen.outbox) == [command]


@pytest.mark.parametrize("order_id", ["a", "unknown"])
def test_a_ticket_that_is_not_on_the_screen_is_not_bumped(order_id: str) -> None:
    cook = Cook(make_order("a"))
    cook.bump("a")
    assert cook.bump(order_id) == NotDone("")
    assert len(cook.kitchen.outbox) == 1


def test_a_second_press_before_the_first_is_on_the_disk_asks_for_nothing() -> None:
    cook = Cook(make_order("a"))
    result = cook.kitchen.bump("a", Stamp(1.0, 1))
    assert isinstance(result, Given)
    cook.kitchen.outbox.hold(result.command)
    cook.kitchen.tickets.update("a", 0.0)
    assert cook.screen == "a"
    assert cook.bump("a") == NotDone("")
    # A recall at once is of that bump, and not of an older one.
    recalled = cook.recall()
    assert isinstance(recalled, Given)
    assert (recalled.command.verb, recalled.command.order_id) == (Verb.RECALL, "a")


def test_an_answer_that_overtakes_the_event_does_not_let_the_ticket_flash_up() -> None:
    cook = Cook(make_order("a", version=2))
    cook.bump("a")
    cook.answer(ready(version=3))
    assert cook.screen == ""
    cook.hear(make_order("a", version=2))
    assert cook.screen == "", "nor does an event that comes late"


def test_a_declined_bump_is_back_on_the_screen() -> None:
    cook = Cook(make_order("a"), make_order("b"))
    cook.bump("a")
    cook.decline("a")
    assert cook.screen == "ab"
    assert isinstance(cook.recall(), NotDone), "there is nothing to bring back"


def test_a_full_outbox_says_so_and_forgets_nothing() -> None:
    cook = Cook(make_order("a"), make_order("b"), ready("c", ready_at=5.0))
    cook.bump("a")
    for number in range(MAX_PENDING - 1):
        cook.kitchen.outbox.add(Command(f"x{number}", Verb.BUMP, f"x{number}", "", 1, 0.0))
    for refused in (cook.bump("b"), cook.recall()):
        assert isinstance(refused, NotDone)
        assert refused.reason
    assert cook.screen == "b"
    cook.answer(ready())
    assert isinstance(cook.recall(), Given)
    assert cook.screen == "ab", "the own bump, not the one of another terminal"


def test_recall_goes_back_bump_by_bump_and_then_to_those_of_others() -> None:
    others = [ready("x", ready_at=7.0), ready("y", ready_at=9.0), ready("z")]
    cook = Cook(make_order("a"), make_order("b"), *others)
    cook.bump("a")
    cook.bump("b")
    screens = []
    while isinstance(cook.recall(), Given):
        screens.append(cook.screen)
    assert screens == ["b", "ab", "aby", "abxy", "abxyz"]


def test_recall_passes_over_what_others_have_brought_back_or_closed() -> None:
    cook = Cook(*(make_order(order_id, version=2) for order_id in "abc"))
    for order_id in "abc":
        cook.bump(order_id)
        cook.answer(ready(order_id, 3))
    cook.hear(make_order("c", status=S.COMPLETED, version=4), make_order("b", version=4))
    result = cook.recall()
    assert isinstance(result, Given)
    assert result.command.order_id == "a"


def test_a_station_does_not_recall_what_it_had_no_part_in() -> None:
    fries = (make_item("Fries"),)
    cook = Cook(replace(ready("a", ready_at=5.0), items=fries), station="grill")
    assert isinstance(cook.recall(), NotDone)
    cook.hear(ready("b", ready_at=3.0))
    assert isinstance(cook.recall(), Given)
    assert cook.screen == "b"


def test_an_order_of_other_stations_is_bumped_by_them() -> None:
    fries = replace(make_order("a", table_number="7"), items=(make_item("Fries"),))
    cook = Cook(fries, station="grill")
    assert cook.bump("a") == NotDone("TABLE 7 has nothing for this station: others bump it.")
    cook.hear(make_order("a", status=S.COMPLETED, version=4))
    assert cook.bump("a") == NotDone(""), "somebody was faster"


@pytest.mark.parametrize("capabilities", [None, WITH_RECALL])
def test_a_recall_is_sent_to_a_server_that_may_take_it(
    capabilities: frozenset[str] | None,
) -> None:
    cook = Cook(ready(version=4))
    cook.kitchen.capabilities = capabilities
    assert isinstance(cook.recall(), Given)
    shown = cook.kitchen.tickets.get("a")
    assert shown is not None
    assert shown.order.recalled
    cook.decline("a")
    assert cook.screen == ""


def without_recall(*orders: Order) -> Cook:
    cook = Cook(*orders)
    cook.kitchen.capabilities = frozenset()
    return cook


def test_without_a_recall_at_the_server_the_terminal_keeps_it() -> None:
    cook = without_recall(ready(version=4))
    assert cook.recall() == Kept("a", Verb.RECALL)
    assert cook.screen == "a"
    assert cook.bump("a") == Kept("a", Verb.BUMP)
    assert (cook.screen, len(cook.kitchen.outbox)) == ("", 0), "the server has it ready already"
    assert cook.recall() == Kept("a", Verb.RECALL), "and it is the last one bumped again"


def test_a_kept_recall_that_is_bumped_is_the_last_one_bumped() -> None:
    cook = without_recall(*(make_order(order_id, version=2) for order_id in "ab"))
    for order_id in "ba":
        cook.bump(order_id)
        cook.answer(ready(order_id, 3))
    assert [cook.recall(), cook.recall()] == [Kept("a", Verb.RECALL), Kept("b", Verb.RECALL)]
    for order_id in "ba":
        assert cook.bump(order_id) == Kept(order_id, Verb.BUMP)
    assert cook.recall() == Kept("a", Verb.RECALL)


def test_a_kept_recall_follows_the_server_when_it_moves_on() -> None:
    cook = without_recall(ready(version=4))
    cook.recall()
    cook.hear(replace(ready(version=4), updated_at=9.0))
    assert cook.screen == "a", "a payment is no reason to take it away"
    cook.hear(make_order("a", status=S.PICKED_UP, version=5))
    assert cook.screen == ""


def test_a_recall_is_kept_while_the_bump_is_still_under_way() -> None:
    cook = without_recall(make_order("a", status=S.PENDING, version=1))
    cook.bump("a")
    assert cook.recall() == Kept("a", Verb.RECALL)
    assert cook.screen == "a"
    cook.hear(make_order("a", status=S.CONFIRMED, version=2))
    assert cook.screen == "a", "the server is on the way to ready"
    cook.answer(ready(version=4))
    assert cook.screen == "a"
    cook.hear(make_order("a", status=S.PICKED_UP, version=5))
    assert cook.screen == ""


def test_a_kept_recall_of_a_declined_bump_leaves_nothing_behind() -> None:
    cook = without_recall(make_order("a", version=2))
    cook.bump("a")
    cook.recall()
    cook.decline("a")
    assert cook.screen == "a"
    assert isinstance(cook.bump("a"), Given), "it was never ready: this bump is a real one"


EVERYTHING = frozenset({"recall", "items", "rush", "fire", "86"})


def at_work(offered: frozenset[str] | None = EVERYTHING) -> Cook:
    cook = Cook(
        make_order("a", created_at=1.0, items=(make_item("Burger"), make_item("Fries"))),
        make_order("b", created_at=2.0, status=S.PENDING, is_scheduled=True, fire_at=900.0),
    )
    cook.kitchen.capabilities = offered
    return cook


def marks(cook: Cook) -> list[bool]:
    ticket = cook.kitchen.tickets.get("a")
    assert ticket is not None
    return [item.is_done for item in ticket.order.items]


def do(cook: Cook, verb: Verb) -> Result:
    kitchen, stamp = cook.kitchen, Stamp(200.0, 1)
    match verb:
        case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM:
            result = kitchen.bump_item("a", "Fries", stamp, done=verb is Verb.BUMP_ITEM)
        case Verb.RUSH | Verb.UNRUSH:
            result = kitchen.rush("b", stamp, rush=verb is Verb.RUSH)
        case Verb.FIRE:
            result = kitchen.fire("b", stamp)
        case _:
            available = verb is Verb.IN_STOCK
            result = kitchen.set_stock("salmon", "Salmon", stamp, available=available)
    kitchen.tickets.update(["a", "b"], 0.0)
    return result


_WISHES = [
    Verb.BUMP_ITEM,
    Verb.UNBUMP_ITEM,
    Verb.RUSH,
    Verb.UNRUSH,
    Verb.FIRE,
    Verb.OUT_OF_STOCK,
    Verb.IN_STOCK,
]


@pytest.mark.parametrize("offered", [EVERYTHING, None], ids=["offered", "not told yet"])
def test_every_wish_becomes_a_command_and_shows_at_once(offered: frozenset[str] | None) -> None:
    cook = at_work(offered)
    given = [do(cook, verb) for verb in _WISHES]
    commands = [result.command for result in given if isinstance(result, Given)]
    assert [command.verb for command in commands] == _WISHES
    assert [command.lane for command in commands] == ["a"] * 2 + ["b"] * 3 + ["menu:salmon"] * 2
    assert {command.subject_id for command in commands} == {"Fries", "", "salmon"}
    assert {command.base_version for command in commands} == {1, 0}


def test_what_each_wish_shows() -> None:
    cook = at_work()
    do(cook, Verb.BUMP_ITEM)
    assert marks(cook) == [False, True]
    do(cook, Verb.UNBUMP_ITEM)
    assert marks(cook) == [False, False]
    do(cook, Verb.RUSH)
    assert cook.screen == "ba", "a rushed ticket is at the front"
    do(cook, Verb.UNRUSH)
    assert cook.screen == "ab"
    do(cook, Verb.FIRE)
    ticket = cook.kitchen.tickets.get("b")
    assert ticket is not None
    assert ticket.age(201.0) == 1.0


@pytest.mark.parametrize("verb", [Verb.BUMP_ITEM, Verb.RUSH, Verb.FIRE])
def test_what_is_so_already_is_no_command(verb: Verb) -> None:
    cook = at_work()
    assert isinstance(do(cook, verb), Given)
    assert isinstance(do(cook, verb), NotDone)
    assert len(cook.kitchen.outbox) == 1


def test_nothing_is_asked_of_what_is_not_open_here() -> None:
    cook = at_work()
    kitchen, stamp = cook.kitchen, Stamp(200.0, 1)
    cook.bump("a")
    assert kitchen.bump_item("a", "Fries", stamp) == NotDone("")
    assert kitchen.bump_item("b", "no such line", stamp) == NotDone("")
    assert kitchen.rush("a", stamp) == kitchen.rush("nowhere", stamp) == NotDone("")
    assert isinstance(kitchen.fire("a", stamp), NotDone)


@pytest.mark.parametrize("told_late", [False, True])
def test_what_the_server_cannot_do_is_kept_here(told_late: bool) -> None:
    """Also when it turned out only at the delivery: the server had not told what it offers."""
    cook = at_work(None if told_late else frozenset())
    outbox = cook.kitchen.outbox
    for verb in (Verb.BUMP_ITEM, Verb.RUSH, Verb.FIRE, Verb.OUT_OF_STOCK):
        result = do(cook, verb)
        if told_late:
            assert isinstance(result, Given)
            outbox.end(result.command)
            cook.kitchen.tickets.update(cook.kitchen.end(NotOffered(result.command)), 0.0)
        else:
            assert isinstance(result, Kept)
            assert result.verb is verb
    assert len(outbox) == 0
    assert (cook.screen, marks(cook)) == ("ba", [False, True])
    cook.kitchen.capabilities = frozenset()
    assert isinstance(do(cook, Verb.UNRUSH), Kept)
    assert cook.screen == "ab"
    cook.bump("a")
    cook.answer(replace(ready("a"), items=(make_item("Burger"), make_item("Fries"))))
    assert cook.recall() == Kept("a", Verb.RECALL)
    assert marks(cook) == [False, False], "a ticket comes back whole"


def test_a_recall_that_turns_out_to_be_impossible_is_kept_here() -> None:
    cook = Cook(ready())
    cook.kitchen.capabilities = None
    result = cook.recall()
    assert isinstance(result, Given)
    cook.kitchen.outbox.end(result.command)
    cook.kitchen.tickets.update(cook.kitchen.end(NotOffered(result.command)), 0.0)
    assert cook.screen == "a"


def test_a_bump_of_what_was_added_to_comes_back_with_the_new_line() -> None:
    cook = at_work()
    cook.bump("a")
    items = (
        make_item("Burger", is_done=True),
        make_item("Fries", is_done=True),
        make_item("Shake", changed_version=2),
    )
    cook.answer(make_order("a", version=3, items=items))
    assert cook.screen == "ab"
    ticket = cook.kitchen.tickets.get("a")
    assert ticket is not None
    assert [item.name for item in ticket.order.new_items] == ["Shake"]
