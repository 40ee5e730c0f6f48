"""Cooks' commands on the hub's rows: what each changes, and that each has one effect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.clock import format_time
from kds_tui.core.command import Verb
from kds_tui.core.conflicts import Wish
from kds_tui.core.order import OPEN, OrderStatus
from kds_tui.core.wire import decode_order
from kds_tui.hub import orders
from kds_tui.hub.errors import Refusal
from kds_tui.hub.order_desk import Answer
from kds_tui.hub.order_request import LineChangeAsked
from tests.unit.hub_ledger import LINE, NOW, HubLedger

BUMP, RECALL = Wish(Verb.BUMP), Wish(Verb.RECALL)
TWO_LINES = [LINE, {**LINE, "id": "2", "name": "Fries"}]


@pytest.fixture
def hub() -> Iterator[HubLedger]:
    with HubLedger() as made:
        yield made


def code(answer: Answer) -> str:
    return msgspec.json.decode(answer.body)["error"]["code"]


def test_a_bump_is_one_step_from_any_open_status(hub: HubLedger) -> None:
    hub.create()
    assert hub.command("c1", BUMP).status == 200
    order = hub.order()
    assert (order.status, order.version) == ("ready", 2)
    assert order.ready_at == order.preparing_at == format_time(NOW)
    assert hub.events() == 2


def test_a_recall_takes_marks_away_and_is_noted(hub: HubLedger) -> None:
    hub.create(items=TWO_LINES)
    hub.command("c1", Wish(Verb.BUMP_ITEM, 1, item_id="2", terminal="grill"))
    marked = hub.order()
    assert [(item.status, item.ready_at) for item in marked.items] == [
        (None, None),
        ("ready", format_time(NOW)),
    ]
    hub.command("c2", BUMP)
    hub.command("c3", replace(RECALL, terminal="fry"))
    back = hub.order()
    assert (back.status, back.ready_at, back.version) == ("preparing", None, 4)
    assert [item.status for item in back.items] == [None, None]
    assert (back.recalled_version, back.recalled_by) == (4, "fry")
    assert back.metadata["recalled"] is True
    hub.command("c4", replace(RECALL, terminal="grill"))
    assert hub.order() == back, "a second recall changes nothing"


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 409)])
def test_a_closed_order_comes_back_for_half_an_hour(
    hub: HubLedger, minutes: int, status: int
) -> None:
    hub.create()
    hub.command("c1", BUMP)
    hub.change(lambda order, now: orders.change_status(order, "completed", None, now))
    answer = hub.command("c2", RECALL, now=NOW + 60 * minutes)
    assert answer.status == status
    if status == 409:
        assert code(answer) == "ORDER_CLOSED"
    else:
        assert (hub.order().status, hub.order().completed_at) == ("preparing", None)


def test_rush_and_its_end(hub: HubLedger) -> None:
    hub.create()
    hub.command("c1", Wish(Verb.RUSH))
    assert (hub.order().rush, hub.order().version) == (True, 2)
    hub.command("c2", Wish(Verb.RUSH))
    assert hub.order().version == 2
    hub.command("c3", Wish(Verb.UNRUSH))
    assert (hub.order().rush, hub.order().version) == (False, 3)


def test_a_scheduled_order_fires_once(hub: HubLedger) -> None:
    slow = {**LINE, "menu_item_id": "ribeye"}  # 18 minutes
    pickup = "2099-01-01T12:00:00+00:00"
    made = hub.create(items=[LINE, slow], scheduledPickupTime=pickup)
    assert made.auto_fire_time == "2099-01-01T11:42:00.000Z"
    other = hub.create("o2", items=[{**LINE, "menu_item_id": "x"}], scheduledPickupTime=pickup)
    assert other.auto_fire_time == "2099-01-01T11:45:00.000Z"
    hub.command("c1", Wish(Verb.FIRE))
    fired = hub.order()
    assert (fired.manually_fired, fired.is_scheduled, fired.version) == (True, True, 2)
    assert fired.auto_fire_time == format_time(NOW)
    hub.command("c2", Wish(Verb.FIRE), now=NOW + 9)
    assert hub.order() == fired
    hub.create("o3")
    with pytest.raises(Refusal, match="scheduled"):
        hub.command("c3", Wish(Verb.FIRE), "o3")
    with pytest.raises(Refusal):
        hub.create("o4", scheduledPickupTime="at noon")


@pytest.mark.parametrize("line_id", [" line  1", "1\t", "x" * 120, "e\u0301"])
def test_a_line_is_what_a_display_calls_it_however_the_till_spelled_it(
    hub: HubLedger, line_id: str
) -> None:
    line = {**LINE, "id": line_id, "course": "  Mains "}
    hub.create(items=[line, {**LINE, "id": "x" * 121}])
    shown = decode_order(msgspec.json.encode(hub.order())).items[0]
    hub.command("c1", Wish(Verb.HOLD, 1, course=shown.course))
    assert [item.held for item in hub.order().items] == [True, False]
    hub.command("c2", Wish(Verb.FIRE, 2, item_ids=(shown.id,)))
    assert not hub.order().items[0].held
    hub.command("c3", Wish(Verb.BUMP_ITEM, 3, item_id=shown.id))
    assert [item.status for item in hub.order().items] == ["ready", None]
    hub.command("c4", Wish(Verb.UNBUMP_ITEM, 4, item_id=shown.id))
    hub.command("c5", Wish(Verb.BUMP, 5, item_ids=(shown.id,)))
    assert [item.status for item in hub.order().items] == ["ready", None]
    hub.command("c6", Wish(Verb.BUMP_ITEM, 6, item_id=line_id))
    assert [item.status for item in hub.order().items] == ["ready", None]


def test_a_bump_of_what_the_cook_saw(hub: HubLedger) -> None:
    hub.create(items=TWO_LINES)
    hub.add("3")
    assert hub.command("c1", Wish(Verb.BUMP, 1, terminal="grill")).status == 200
    order = hub.order()
    assert (order.status, order.version) == ("pending", 3)
    assert [item.status for item in order.items] == ["ready", "ready", None]
    shown = decode_order(msgspec.json.encode(order))
    assert [item.name for item in shown.new_items] == ["Burger"]
    hub.command("c2", Wish(Verb.BUMP, 3, terminal="grill"))
    assert hub.order().status == "ready"


def test_whether_the_till_or_the_bump_was_first_the_ticket_is_the_same(hub: HubLedger) -> None:
    hub.create("till first", items=TWO_LINES)
    hub.add("3", "till first")
    hub.command("c1", Wish(Verb.BUMP, 1), "till first")
    hub.create("bump first", items=TWO_LINES)
    hub.command("c2", Wish(Verb.BUMP, 1), "bump first")
    hub.add("3", "bump first")
    first, second = hub.order("till first"), hub.order("bump first")
    for order in (first, second):
        assert OrderStatus(order.status) in OPEN
        assert [item.status for item in order.items] == ["ready", "ready", None]
    assert second.ready_at is None


def test_a_line_that_is_enlarged_is_not_done_any_more(hub: HubLedger) -> None:
    made = hub.create(items=TWO_LINES, tip=2.5)
    hub.command("c1", Wish(Verb.BUMP_ITEM, item_id="1"))
    more = LineChangeAsked(quantity=3)
    hub.change(lambda order, now: hub.till.change(order, "1", more, now))
    line = hub.order().items[0]
    assert (line.quantity, line.previous_quantity, line.status) == (3, 1, None)
    assert (line.changed_version, line.subtotal) == (3, 30)
    assert hub.order().total_amount == pytest.approx(40 * 1.08 + 2.5)
    fewer = LineChangeAsked(quantity=1)
    hub.command("c2", Wish(Verb.BUMP_ITEM, item_id="1"))
    hub.change(lambda order, now: hub.till.change(order, "1", fewer, now))
    line = hub.order().items[0]
    assert (line.quantity, line.previous_quantity, line.status) == (1, 3, "ready")
    assert hub.order().total_amount == made.total_amount
    before = hub.order()
    hub.change(lambda order, now: hub.till.change(order, "1", fewer, now))
    assert hub.order() == before, "the same again changes nothing"


def test_a_bumped_order_opens_for_the_enlarged_line_only(hub: HubLedger) -> None:
    hub.create(items=TWO_LINES)
    hub.command("c1", BUMP)
    noted = LineChangeAsked(special_instructions="no salt")
    hub.change(lambda order, now: hub.till.change(order, "2", noted, now))
    order = hub.order()
    assert order.status == "preparing"
    assert [item.status for item in order.items] == ["ready", None]


def test_a_line_taken_off_is_not_among_the_items(hub: HubLedger) -> None:
    hub.create(items=TWO_LINES)
    hub.change(lambda order, now: hub.till.void(order, "1", now))
    order = hub.order()
    assert ([i.id for i in order.items], [i.id for i in order.voided_items]) == (["2"], ["1"])
    assert order.subtotal == 10
    hub.change(lambda order, now: hub.till.void(order, "1", now))
    assert hub.order() == order, "twice is once"
    assert code(hub.command("c1", Wish(Verb.BUMP_ITEM, 1, item_id="1"))) == "ITEM_GONE"
    for item_id, match in [("2", "only line"), ("9", "no such line")]:
        with pytest.raises(Refusal, match=match):
            hub.change(lambda order, now, i=item_id: hub.till.void(order, i, now))
    hub.add("1")
    assert [item.id for item in hub.order().items] == ["2", "1-2"], "an id is never given twice"


@pytest.mark.parametrize("status", ["cancelled", "completed"])
def test_nothing_is_added_to_a_finished_order(hub: HubLedger, status: str) -> None:
    hub.create()
    hub.command("c1", BUMP)
    hub.change(lambda order, now: orders.change_status(order, status, None, now))
    with pytest.raises(Refusal) as refused:
        hub.add("2")
    wanted = "ORDER_CANCELLED" if status == "cancelled" else "ORDER_CLOSED"
    assert (refused.value.status, refused.value.code) == (409, wanted)


def test_a_cook_may_bump_after_an_own_recall_that_was_under_way(hub: HubLedger) -> None:
    hub.create()
    for key, verb in [("c1", Verb.BUMP), ("c2", Verb.RECALL), ("c3", Verb.BUMP)]:
        assert hub.command(key, Wish(verb, 1, terminal="grill")).status == 200
    assert (hub.order().status, hub.order().version) == ("ready", 4)


def test_late_commands_of_one_terminal_may_follow_each_other(hub: HubLedger) -> None:
    hub.create(items=TWO_LINES)
    late = Wish(Verb.BUMP_ITEM, 1, late=True, terminal="grill", item_id="1")
    for number, verb in enumerate([Verb.BUMP_ITEM, Verb.BUMP, Verb.RECALL, Verb.BUMP]):
        assert hub.command(f"c{number}", replace(late, verb=verb)).status == 200
    hub.create("o2", items=TWO_LINES)
    hub.command("c8", replace(late, terminal="fry"), "o2")
    assert code(hub.command("c9", replace(late, item_id="2"), "o2")) == "ORDER_SUPERSEDED"


_TERMINALS = ("grill", "fry")
_VERBS = (Verb.BUMP, Verb.RECALL, Verb.BUMP_ITEM, Verb.UNBUMP_ITEM, Verb.RUSH, Verb.UNRUSH)

_steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("give"),
            st.sampled_from(_TERMINALS),
            st.sampled_from(_VERBS),
            st.sampled_from(["1", "2", "extra-1"]),
        ),
        st.tuples(st.just("look"), st.sampled_from(_TERMINALS)),
        # Sent once, or as often as answers are lost; the answer that arrives may be any of them.
        st.tuples(st.just("send"), st.sampled_from(_TERMINALS), st.integers(1, 3)),
        st.tuples(st.just("till"), st.sampled_from(["add", "cancel", "complete"])),
    ),
    max_size=40,
)


@given(_steps, st.booleans())
def test_every_command_has_one_effect_and_one_answer(
    steps: list[tuple[str, ...]], late: bool
) -> None:
    with HubLedger() as hub:
        hub.create(items=TWO_LINES)
        seen = dict.fromkeys(_TERMINALS, 1)
        queues: dict[str, list[tuple[str, Wish]]] = {terminal: [] for terminal in _TERMINALS}
        count = 0
        for kind, *rest in steps:
            match kind:
                case "give":
                    terminal, verb, item_id = rest
                    wish = Wish(Verb(verb), seen[terminal], late, terminal, item_id)
                    queues[terminal].append((f"c{count}", wish))
                    count += 1
                case "look":
                    seen[rest[0]] = hub.order().version
                case "till":
                    with suppress(Refusal):
                        _till(hub, rest[0])
                case _ if queues[rest[0]]:
                    key, wish = queues[rest[0]].pop(0)
                    _sent_and_resent(hub, key, wish, int(rest[1]))
                case _:
                    pass
        order = hub.order()
        unseen = [item for item in order.items if item.changed_version > max(seen.values())]
        if unseen:
            assert all(item.status is None for item in unseen), "done, and no cook ever saw it"
            assert order.status not in ("ready", "picked-up")


def _till(hub: HubLedger, what: str) -> None:
    if what == "add":
        hub.add("extra")
        return
    status = "cancelled" if what == "cancel" else "completed"
    hub.change(lambda order, now: orders.change_status(order, status, None, now))


def _sent_and_resent(hub: HubLedger, key: str, wish: Wish, resends: int) -> None:
    before, events_before = hub.order(), hub.events()
    first = hub.command(key, wish)
    after, events = hub.order(), hub.events()
    changes = 0 if after == before else 1
    assert (after.version - before.version, events - events_before) == (changes, changes)
    if first.status != 200:
        assert (first.status, changes) == (409, 0)
        assert code(first).startswith(("ORDER_", "ITEM_"))
    for _ in range(resends):
        again = hub.command(key, wish)
        assert (again.replayed, again.status, again.body) == (True, first.status, first.body)
    assert (hub.order(), hub.events()) == (after, events), "resent, changed again"


@given(st.lists(st.sampled_from(_VERBS), min_size=1, max_size=6), st.booleans())
def test_a_hub_that_forgot_its_answers_applies_a_resent_command_once(
    verbs: list[Verb], added: bool
) -> None:
    """Restored from a backup, the hub may know the effect and not the answer, or neither."""
    with HubLedger() as hub:
        hub.create(items=TWO_LINES)
        if added:
            hub.add("3")
        for number, verb in enumerate(verbs):
            wish = Wish(verb, 2, terminal="grill", item_id="1")
            first = hub.command(f"c{number}", wish)
            after = hub.order()
            hub.connection.execute("DELETE FROM answers")
            assert hub.command(f"c{number}", wish).status == first.status
            assert hub.order() == after
