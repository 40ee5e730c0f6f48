"""Commands of cooks: their ids, the outbox, and what the screen shows meanwhile."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.command import Command, Verb, new_command_id
from kds_tui.core.order import Item, Order, OrderStatus
from kds_tui.core.outbox import MAX_KEPT_HERE, MAX_PENDING, Outbox

S = OrderStatus


def command(number: int, order_id: str = "a", verb: Verb = Verb.BUMP) -> Command:
    return Command(f"c{number}", verb, order_id, "TABLE 1", 1, 0.0)


def order(status: OrderStatus, order_id: str = "a", version: int = 1) -> Order:
    return Order(order_id, "1", status, version=version)


@given(st.floats(0, 2e11, allow_nan=False), st.integers(0, 2**80))
def test_an_id_is_a_uuid_of_version_7(now: float, random_bits: int) -> None:
    made = UUID(new_command_id(now, random_bits))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(now * 1000) % 2**48
    assert made.int & (1 << 62) - 1 == random_bits & (1 << 62) - 1
    assert made.int >> 64 & 0xFFF == random_bits >> 62 & 0xFFF


def test_the_example_of_the_rfc() -> None:
    # RFC 9562, A.6: rand_a CC3, rand_b 18C4DC0C0C07398F
    made = new_command_id(1645557742.000, 0xCC3 << 62 | 0x18C4DC0C0C07398F)
    assert made == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_the_first_command_of_each_ticket_is_sendable() -> None:
    outbox = Outbox()
    for number, order_id in enumerate("abacb"):
        outbox.add(command(number, order_id))
    assert [sendable.id for sendable in outbox.sendable()] == ["c0", "c1", "c3"]
    outbox.end(command(0, "a"))
    assert {sendable.id for sendable in outbox.sendable()} == {"c1", "c2", "c3"}


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.booleans()), max_size=60))
def test_the_outbox_counts_what_it_holds(steps: list[tuple[int, str, bool]]) -> None:
    outbox = Outbox()
    held: dict[str, list[str]] = {}
    for number, order_id, adds in steps:
        of_order = held.setdefault(order_id, [])
        given_command = command(number, order_id)
        if adds:
            outbox.add(given_command)
            if given_command.id not in of_order:
                of_order.append(given_command.id)
        else:
            outbox.end(given_command)
            if given_command.id in of_order:
                of_order.remove(given_command.id)
    assert len(outbox) == len(list(outbox)) == sum(map(len, held.values()))
    first = {ids[0] for ids in held.values() if ids}
    assert {sendable.id for sendable in outbox.sendable()} == first


def test_a_held_command_counts_but_is_neither_shown_nor_sent() -> None:
    outbox = Outbox()
    bump, recall = command(1), command(2, verb=Verb.RECALL)
    outbox.add(bump)
    outbox.hold(bump)
    assert len(outbox) == 1
    assert not list(outbox.sendable())
    assert outbox.effective(order(S.PREPARING), with_held=False).status is S.PREPARING
    assert outbox.effective(order(S.PREPARING)).status is S.READY
    # What comes after it waits with it, on the disk or not: the recall of a bump not yet shown.
    outbox.add(recall)
    assert not list(outbox.sendable())
    assert outbox.effective(order(S.READY), with_held=False).status is S.READY
    outbox.release(bump)
    assert list(outbox.sendable()) == [bump]
    assert outbox.effective(order(S.PREPARING), with_held=False).recalled


def test_what_is_done_here_only_shows_while_another_command_is_held() -> None:
    outbox = Outbox()
    outbox.recall_here(order(S.READY))
    outbox.keep_here(command(1, verb=Verb.RUSH))
    outbox.add(command(2))
    outbox.hold(command(2))
    shown = outbox.effective(order(S.READY), with_held=False)
    assert (shown.status, shown.recalled, shown.rush) == (S.PREPARING, True, True)
    # A bump that is held is not the server's: the recall after it is not given up for it.
    outbox = Outbox()
    outbox.add(command(3))
    outbox.hold(command(3))
    outbox.recall_here(order(S.PREPARING))
    assert outbox.effective(order(S.PREPARING), with_held=False).status is S.PREPARING
    outbox.release(command(3))
    assert outbox.effective(order(S.PREPARING)).recalled


def test_what_is_done_here_only_is_taken_over_by_the_next_outbox() -> None:
    before, after = Outbox(), Outbox()
    before.recall_here(order(S.READY))
    before.keep_here(command(1, verb=Verb.RUSH))
    after.restore(before.done_here)
    assert after.done_here == before.done_here
    assert after.effective(order(S.READY)) == before.effective(order(S.READY))


def test_another_ticket_does_not_wait_for_a_held_command() -> None:
    outbox = Outbox()
    held, other = command(1, "a"), command(2, "b")
    outbox.add(held)
    outbox.hold(held)
    outbox.add(other)
    assert list(outbox.sendable()) == [other]
    outbox.end(held)
    outbox.add(held)  # ended while it was held: nothing of that is left
    assert set(outbox.sendable()) == {held, other}


def test_the_outbox_has_a_bound() -> None:
    outbox = Outbox()
    for number in range(MAX_PENDING):
        assert not outbox.is_full
        outbox.add(command(number))
    assert outbox.is_full


_OVERLAYS = [
    pytest.param([Verb.BUMP], S.PENDING, S.READY, id="bumped"),
    pytest.param([Verb.BUMP], S.CANCELLED, S.CANCELLED, id="cancelled meanwhile"),
    pytest.param([Verb.BUMP], S.PICKED_UP, S.PICKED_UP, id="beyond"),
    pytest.param([Verb.RECALL], S.READY, S.PREPARING, id="recalled"),
    pytest.param([Verb.BUMP, Verb.RECALL], S.PENDING, S.PREPARING, id="bumped and recalled"),
    pytest.param([Verb.RECALL, Verb.BUMP], S.READY, S.READY, id="recalled and bumped again"),
    pytest.param([], S.PENDING, S.PENDING, id="nothing asked for"),
]


@pytest.mark.parametrize(("verbs", "told", "shown"), _OVERLAYS)
def test_the_screen_shows_what_was_asked_for(
    verbs: list[Verb], told: OrderStatus, shown: OrderStatus
) -> None:
    outbox = Outbox()
    for number, verb in enumerate(verbs):
        outbox.add(command(number, verb=verb))
    assert outbox.effective(order(told)).status is shown
    assert outbox.effective(order(told, "another")).status is told


def about(verb: Verb, subject_id: str = "", given_at: float = 50.0) -> Command:
    return Command(f"c-{verb}-{subject_id}", verb, "a", "TABLE 1", 1, given_at, subject_id)


def _two_lines(status: OrderStatus = S.PREPARING) -> Order:
    return replace(order(status), items=(Item("i1", "", "burger"), Item("i2", "", "fries")))


def _done(shown: Order) -> list[bool]:
    return [item.is_done for item in shown.items]


def test_a_line_marked_done_is_shown_done_and_a_recall_takes_the_marks_away() -> None:
    outbox = Outbox()
    outbox.add(about(Verb.BUMP_ITEM, "i2"))
    outbox.add(about(Verb.BUMP_ITEM, "nowhere"))
    assert _done(outbox.effective(_two_lines())) == [False, True]
    outbox.add(about(Verb.BUMP))
    outbox.add(about(Verb.RECALL))
    assert _done(outbox.effective(_two_lines())) == [False, False]
    outbox.add(about(Verb.BUMP_ITEM, "i1"))
    outbox.add(about(Verb.UNBUMP_ITEM, "i1"))
    assert _done(outbox.effective(_two_lines())) == [False, False]


@pytest.mark.parametrize(
    ("verbs", "status", "rush"),
    [
        ([Verb.RUSH], S.PENDING, True),
        ([Verb.RUSH, Verb.UNRUSH], S.PENDING, False),
        ([Verb.RUSH], S.READY, False),
        ([Verb.BUMP_ITEM], S.CANCELLED, False),
    ],
)
def test_a_rush_is_shown_while_the_ticket_is_open(
    verbs: list[Verb], status: OrderStatus, rush: bool
) -> None:
    outbox = Outbox()
    for verb in verbs:
        outbox.add(about(verb, "i1"))
    shown = outbox.effective(_two_lines(status))
    assert (shown.rush, _done(shown)) == (rush, [False, False])


def test_a_fired_order_starts_when_it_was_fired() -> None:
    outbox = Outbox()
    waiting = replace(order(S.PENDING), is_scheduled=True, fire_at=900.0)
    outbox.add(about(Verb.FIRE, given_at=50.0))
    assert outbox.effective(waiting).started_at(51.0) == 50.0
    assert outbox.effective(replace(waiting, fire_at=20.0)).fire_at == 20.0
    assert outbox.effective(order(S.PENDING)) == order(S.PENDING), "not scheduled"


def test_commands_of_the_menu_have_a_lane_for_each_item() -> None:
    outbox = Outbox()
    lanes = [("c1", Verb.OUT_OF_STOCK, "x"), ("c2", Verb.IN_STOCK, "x"), ("c3", Verb.IN_STOCK, "y")]
    for command_id, verb, item in lanes:
        outbox.add(Command(command_id, verb, "", "Salmon", 0, 0.0, item))
    assert [sendable.id for sendable in outbox.sendable()] == ["c1", "c3"]
    assert len(outbox) == 3
    outbox.end(next(iter(outbox)))
    assert [sendable.id for sendable in outbox.sendable()] == ["c2", "c3"]


def test_a_recall_on_this_terminal_lasts_until_the_server_moves_on() -> None:
    outbox = Outbox()
    outbox.recall_here(order(S.READY, version=5))
    shown = outbox.effective(order(S.READY, version=5))
    assert (shown.status, shown.recalled) == (S.PREPARING, True)
    assert outbox.effective(order(S.READY, version=6)).status is S.READY
    assert not outbox.release_here("a"), "it follows the server again"


def test_what_is_kept_on_this_terminal_is_bounded() -> None:
    outbox = Outbox()
    for number in range(MAX_KEPT_HERE + 1):
        outbox.keep_here(command(number, f"order {number}", Verb.RUSH))
    assert not outbox.effective(order(S.PENDING, "order 0")).rush
    assert outbox.effective(order(S.PENDING, "order 1")).rush


def test_what_is_sold_out_here_outlasts_the_marks_of_a_shift() -> None:
    outbox = Outbox()
    outbox.keep_here(Command("c1", Verb.OUT_OF_STOCK, "", "Salmon", 0, 0.0, "x"))
    for number in range(MAX_KEPT_HERE + 1):
        outbox.keep_here(command(number, f"order {number}", Verb.RUSH))
    assert outbox.stock_wishes() == {"x": (True, False)}


def test_a_recall_on_this_terminal_can_be_released_while_the_bump_is_under_way() -> None:
    outbox = Outbox()
    outbox.add(command(1))
    outbox.recall_here(order(S.READY))
    assert outbox.release_here("a")
    assert not outbox.release_here("a")


def test_recalls_on_this_terminal_are_bounded() -> None:
    outbox = Outbox()
    for number in range(MAX_KEPT_HERE + 1):
        outbox.recall_here(order(S.READY, f"order {number}"))
    assert not outbox.release_here("order 0")
    assert outbox.release_here(f"order {MAX_KEPT_HERE}")


def test_a_full_outbox_costs_the_screen_nothing() -> None:
    outbox = Outbox()
    for number in range(MAX_PENDING):
        outbox.add(command(number, f"order {number}"))
    began = time.process_time()
    for number in range(MAX_PENDING):
        outbox.effective(order(S.PENDING, f"order {number}"))
    # 0.03 s here; looking at all commands for each order took 4 s.
    assert time.process_time() - began < 2
