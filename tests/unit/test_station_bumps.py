"""A bump and a recall on a screen of some stations: its own lines, not the whole order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.command import MAX_LINES, Command, NotOffered, Verb, lines_of, lines_subject
from kds_tui.core.conflicts import Wish
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.core.results import Given, Kept, NotDone, Noticed, Result, Stamp
from tests.unit.hub_ledger import LINE, HubLedger
from tests.unit.orders import make_item, make_order, upserted

S = OrderStatus
BURGER, FRIES, SALAD = make_item("Burger"), make_item("Fries"), make_item("Salad")
HUB = frozenset({"bump", "recall", "items", "parts", "hold", "fire"})


class Station:
    """A screen of a station, brought up to date after every step."""

    def __init__(self, station: str, *orders: Order, offered: frozenset[str] | None = HUB) -> None:
        self.kitchen = Kitchen(station)
        self.kitchen.capabilities = offered
        self._moment = 100.0
        self.hear(*orders)

    def hear(self, *orders: Order) -> None:
        for order in orders:
            self.kitchen.tickets.update(self.kitchen.feed(upserted(order)), 0.0)

    def bump(self, order_id: str = "a") -> Result:
        return self._look(self.kitchen.bump(order_id, self._stamp()))

    def recall(self) -> Result:
        return self._look(self.kitchen.recall_last(self._stamp()))

    def not_offered(self) -> None:
        """Let the server turn out to have no way to do it."""
        command = next(iter(self.kitchen.outbox))
        self.kitchen.outbox.end(command)
        self.kitchen.tickets.update(self.kitchen.end(NotOffered(command)), 0.0)

    @property
    def screen(self) -> str:
        """The lines of the ticket with marks for what is done; empty when it does not show."""
        ticket = self.kitchen.tickets.get("a")
        items = ticket.order.items if ticket is not None else ()
        return " ".join(f"{'+' if item.is_done else ''}{item.name}" for item in items)

    @property
    def status(self) -> OrderStatus:
        order = self.kitchen.board.get("a")
        assert order is not None
        return self.kitchen.outbox.effective(order).status

    def _stamp(self) -> Stamp:
        self._moment += 1
        return Stamp(self._moment, int(self._moment))

    def _look(self, result: Result) -> Result:
        self.kitchen.tickets.update("a", 0.0)
        return result


def lines(result: Result) -> Sequence[str] | None:
    assert isinstance(result, Given)
    return lines_of(result.command.subject_id)


def order(*items: object, **fields: object) -> Order:
    return make_order("a", items=items, **fields)


def done(item: object) -> object:
    return replace(item, is_done=True)  # type: ignore[type-var]


def test_a_subject_names_lines_or_the_whole_order() -> None:
    assert lines_of(lines_subject(["i1", "i 2"])) == ("i1", "i 2")
    assert (lines_subject([]), lines_of("")) == ("", None)
    assert len(lines_of(lines_subject(map(str, range(999)))) or ()) == MAX_LINES


def test_a_bump_is_of_this_stations_lines_while_others_owe_some() -> None:
    grill, everything = Station("grill", order(BURGER, FRIES)), Station("all", order(BURGER, FRIES))
    assert lines(grill.bump()) == ("Burger",)
    assert (grill.screen, grill.status) == ("", S.PREPARING)
    assert isinstance(grill.bump(), NotDone)
    assert lines(everything.bump()) is None
    assert everything.status is S.READY


def test_a_station_that_is_alone_makes_the_order_ready() -> None:
    grill = Station("grill", order(BURGER))
    assert lines(grill.bump()) is None
    assert grill.status is S.READY


@pytest.mark.parametrize(
    ("offered", "part"),
    [(HUB, ("Burger",)), (frozenset({"items"}), None), (None, None)],
    ids=["a hub", "no parts", "nobody knows yet"],
)
def test_the_last_station_makes_the_order_ready(
    offered: frozenset[str] | None, part: Sequence[str] | None
) -> None:
    grill = Station("grill", order(BURGER, done(FRIES)), offered=offered)
    assert lines(grill.bump()) == part
    assert grill.status is S.READY


def test_all_done_by_marks_is_made_ready_as_a_whole() -> None:
    grill = Station("grill", order(done(BURGER), done(FRIES)))
    assert lines(grill.bump()) is None
    assert grill.status is S.READY


def test_a_part_that_is_brought_back_unseen_does_not_go_with_the_last_bump() -> None:
    with HubLedger() as hub:
        rows = [{**LINE, "id": name, "name": name} for name in ("Burger", "Fries")]
        hub.create(items=rows)
        fries = ("Fries",)
        hub.command("k1", Wish(Verb.BUMP, 1, terminal="fry", item_ids=fries))
        seen = hub.order().version
        given = Station("grill", order(BURGER, done(FRIES), version=seen)).bump()
        hub.command("k2", Wish(Verb.RECALL, seen, terminal="fry", item_ids=fries))
        meant = tuple(lines(given) or ())
        hub.command("k3", Wish(Verb.BUMP, seen, terminal="grill", item_ids=meant))
        now = hub.order()
        assert S(now.status) is not S.READY
        assert [item.status for item in now.items] == ["ready", None]


def test_a_bump_that_turns_out_to_be_the_last_makes_the_order_ready() -> None:
    grill = Station("grill", order(BURGER, FRIES))
    grill.bump()
    grill.hear(order(BURGER, done(FRIES), version=2))
    assert (grill.screen, grill.status) == ("", S.READY)


def test_held_lines_stay_and_those_of_others_hold_up_nothing() -> None:
    held = replace(BURGER, is_held=True)
    ribs = make_item("Ribs")
    grill = Station("grill", order(held, ribs, FRIES))
    assert lines(grill.bump()) == ("Ribs",)
    assert grill.screen == "Burger +Ribs"
    other = Station("grill", order(ribs, replace(FRIES, is_held=True)), offered=frozenset())
    assert other.bump() == Kept("a", Verb.BUMP_ITEM)
    assert other.screen == ""


def test_a_recall_brings_back_this_stations_lines_only() -> None:
    grill = Station("grill", order(BURGER, FRIES, SALAD))
    grill.bump()
    assert lines(grill.recall()) == ("Burger",)
    assert (grill.screen, grill.status) == ("Burger", S.PREPARING)
    ready = Station("grill", order(BURGER, FRIES, status=S.READY))
    assert lines(ready.recall()) == ("Burger",)
    assert ready.screen == "Burger"
    ticket = ready.kitchen.tickets.get("a")
    assert ticket is not None
    assert ticket.order.recalled
    assert [share.owed for share in ticket.also_at] == [()], "the fries were done, and stay so"
    alone = Station("grill", order(BURGER, status=S.READY))
    assert lines(alone.recall()) is None


def test_a_server_without_parts_leaves_it_to_this_terminal() -> None:
    grill = Station("grill", order(BURGER, FRIES), offered=frozenset({"recall"}))
    assert grill.bump() == Kept("a", Verb.BUMP_ITEM)
    assert (grill.screen, grill.status, len(grill.kitchen.outbox)) == ("", S.PREPARING, 0)
    assert grill.recall() == Kept("a", Verb.BUMP_ITEM)
    assert grill.screen == "Burger"
    grill.bump()
    grill.kitchen.stations.take(["fry"])
    grill.kitchen.tickets.update("a", 0.0)
    assert grill.screen == "+Burger Fries"
    assert lines(grill.bump()) is None, "the last one that is known here: it is walked to ready"
    assert grill.status is S.READY


def test_what_is_kept_here_is_kept_over_a_restart() -> None:
    grill = Station("grill", order(BURGER, FRIES), offered=frozenset())
    grill.bump()
    again = Station("grill", offered=frozenset())
    again.kitchen.outbox.restore(grill.kitchen.outbox.done_here)
    again.hear(order(BURGER, FRIES))
    assert again.screen == ""


def test_a_server_that_turns_out_to_have_no_parts_is_the_same() -> None:
    grill = Station("grill", order(BURGER, FRIES), offered=None)
    assert lines(grill.bump()) == ("Burger",)
    grill.not_offered()
    assert (grill.screen, grill.status) == ("", S.PREPARING)
    assert lines(grill.recall()) == ("Burger",)
    grill.not_offered()
    assert grill.screen == "Burger"
    ready = Station("grill", order(BURGER, FRIES, status=S.READY), offered=None)
    ready.recall()
    ready.not_offered()
    assert ready.screen == "Burger", "the whole order is back here, as without stations"


def test_a_bump_that_is_taken_back_is_none() -> None:
    grill = Station("grill", order(BURGER, FRIES))
    given = grill.bump()
    assert isinstance(given, Given)
    grill.kitchen.outbox.open_window([given.command], 200.0)
    assert grill.kitchen.take_back() is not None
    grill.kitchen.tickets.update("a", 0.0)
    assert grill.screen == "Burger"


def test_a_second_press_while_the_first_can_be_taken_back_bumps_no_others_lines() -> None:
    grill = Station("grill", order(BURGER, FRIES))
    given = grill.bump()
    assert isinstance(given, Given)
    grill.kitchen.outbox.open_window([given.command], 200.0)
    grill.kitchen.tickets.update("a", 0.0)
    assert grill.screen == "Burger", "the card stays for the while"
    assert grill.bump() == NotDone("")
    assert (grill.status, list(grill.kitchen.outbox)) == (S.PREPARING, [given.command])


@pytest.mark.parametrize("rest", [FRIES, done(FRIES)], ids=["owed", "done"])
def test_a_bump_of_a_part_that_was_taken_off_bumps_no_others_lines(rest: object) -> None:
    grill = Station("grill", order(BURGER, FRIES))
    grill.hear(order(rest, voided_items=(BURGER,), version=2))
    assert grill.kitchen.tickets.get("a") is not None, "until somebody has seen it"
    assert grill.bump() == Noticed(frozenset({"a"}))
    assert grill.kitchen.tickets.get("a") is None
    assert (grill.status, len(grill.kitchen.outbox)) == (S.PREPARING, 0)


@given(st.permutations(["grill", "fry", "salad"]), st.integers(0, 3))
def test_whoever_bumps_last_makes_it_ready_and_nobody_before(
    sequence: list[str], missed: int
) -> None:
    """Each station knows only what it did itself: the hub counts."""
    with HubLedger() as hub:
        names = ("Burger", "Fries", "Salad")
        rows = [{**LINE, "id": name, "name": name} for name in names]
        hub.create(items=rows)
        for place, station in enumerate(sequence):
            screen = Station(station, make_order("a", items=(BURGER, FRIES, SALAD)))
            meant = lines(screen.bump())
            assert meant is not None
            wish = Wish(Verb.BUMP, 1, terminal=station, item_ids=tuple(meant))
            hub.command(f"k{place}", wish)
            is_last = place == len(sequence) - 1
            assert (hub.order().status == "ready") is is_last
        back = sequence[missed % 3]
        mine = {"grill": "Burger", "fry": "Fries", "salad": "Salad"}[back]
        hub.command("back", Wish(Verb.RECALL, None, terminal=back, item_ids=(mine,)))
        left = hub.order()
        assert left.status == "preparing"
        assert [item.id for item in left.items if item.status != "ready"] == [mine]
        hub.command("again", Wish(Verb.BUMP, None, terminal=back, item_ids=(mine,)))
        assert hub.order().status == "ready"


def test_a_recall_of_lines_of_an_open_order_is_nobody_elses_news() -> None:
    with HubLedger() as hub:
        hub.create(items=[{**LINE, "id": name} for name in ("x", "y")])
        hub.command("1", Wish(Verb.BUMP, None, terminal="grill", item_ids=("x",)))
        hub.command("2", Wish(Verb.RECALL, None, terminal="grill", item_ids=("x",)))
        row = hub.order()
        assert [item.status for item in row.items] == [None, None]
        assert not row.metadata.get("recalled")
        # A station that saw none of it is not refused.
        answer = hub.command("3", Wish(Verb.BUMP, 1, terminal="fry", item_ids=("y",)))
        assert (answer.status, msgspec.json.decode(answer.body)["status"]) == (200, "pending")


def test_a_bump_of_the_whole_order_leaves_what_was_brought_back_unseen() -> None:
    with HubLedger() as hub:
        hub.create(items=[{**LINE, "id": name} for name in ("x", "y")])
        hub.command("1", Wish(Verb.BUMP, None, terminal="grill", item_ids=("x",)))
        seen = hub.order().version
        hub.command("2", Wish(Verb.RECALL, seen, terminal="grill", item_ids=("x",)))
        hub.command("3", Wish(Verb.BUMP, seen, terminal="pass"))
        left = hub.order()
        assert (left.status, [item.status for item in left.items]) == ("pending", [None, "ready"])
        hub.command("4", Wish(Verb.BUMP, left.version, terminal="pass"))
        assert hub.order().status == "ready", "now the pass has seen it"


def test_a_course_that_is_fired_while_the_one_before_is_bumped_is_still_to_be_cooked() -> None:
    """A bump waits for its undo window, and for the link; the pass fires the mains meanwhile."""
    with HubLedger() as hub:
        starter, main = ({**LINE, "id": name, "course": name} for name in ("1", "2"))
        hub.create(items=[starter, {**main, "held": True}])
        seen = hub.order().version
        hub.command("1", Wish(Verb.FIRE, seen, terminal="pass", course="2"))
        hub.command("2", Wish(Verb.BUMP, seen, terminal="kitchen"))
        left = hub.order()
        assert (left.status, [item.status for item in left.items]) == ("pending", ["ready", None])


def test_another_command_before_it_does_not_make_the_bump_one_that_has_seen_the_recall() -> None:
    with HubLedger() as hub:
        hub.create(items=[{**LINE, "id": name} for name in ("x", "y")])
        hub.command("1", Wish(Verb.BUMP, None, terminal="grill", item_ids=("x",)))
        seen = hub.order().version
        hub.command("2", Wish(Verb.RECALL, seen, terminal="grill", item_ids=("x",)))
        # The pass was cut off: it rushed and bumped what it saw before the recall.
        hub.command("3", Wish(Verb.RUSH, seen, terminal="pass"))
        hub.command("4", Wish(Verb.BUMP, seen, terminal="pass"))
        left = hub.order()
        assert (left.status, [item.status for item in left.items]) == ("pending", [None, "ready"])


def test_kept_parts_are_kept_line_by_line() -> None:
    outbox = Outbox()
    bump = Command("1", Verb.BUMP, "a", "", 1, 0.0, lines_subject(["i1", "i2"]))
    outbox.keep_here(bump)
    outbox.keep_here(replace(bump, verb=Verb.RECALL, subject_id=lines_subject(["i2"])))
    kept = [(command.verb, command.subject_id) for command in outbox.done_here.kept]
    assert kept == [(Verb.BUMP_ITEM, "i1"), (Verb.UNBUMP_ITEM, "i2")]
