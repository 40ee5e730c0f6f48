"""Every command of a cook against the hub, and what a server without its routes says to each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from kds_tui.core import conflicts
from kds_tui.core.command import (
    CAPABILITY,
    MENU_VERBS,
    WALKS,
    Command,
    Verb,
    course_subject,
    lines_subject,
)
from kds_tui.core.order import OrderStatus
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import Conflict, NotFound, NotOffered
from kds_tui.services.credentials import FixedToken
from kds_tui.services.live_menu import stock_items
from tests.doubles.restaurant_os import RestaurantOS, make_token
from tests.service.commands import command
from tests.service.hub_kitchen import BURGER, Kitchen, kitchen
from voice_tui.core.menu import Menu

FRIES = {**BURGER, "id": "line-2", "name": "Fries"}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path) as here:
        yield here


def grill(here: Kitchen) -> Backend:
    return Backend(here.hub.url, FixedToken(here.token), terminal_id="grill")


async def test_every_verb_reaches_the_hub_and_is_safe_to_repeat(here: Kitchen) -> None:
    row = await here.order(items=[BURGER, FRIES], scheduledPickupTime="2099-01-01T12:00:00Z")
    async with grill(here) as backend:

        async def twice(verb: Verb, key: str, subject_id: str = "") -> None:
            given = replace(command(verb, row["id"], key), subject_id=subject_id)
            first = await backend.carry_out(given, late=False)
            head = here.hub.fanout.head
            assert await backend.carry_out(given, late=False) == first
            assert here.hub.fanout.head == head

        await twice(Verb.HOLD, "h1", "line-1")
        await twice(Verb.FIRE, "h2", "line-1")
        await twice(Verb.BUMP_ITEM, "c1", "line-2")
        await twice(Verb.RUSH, "c2")
        await twice(Verb.FIRE, "c3")
        order = await backend.get_order(row["id"])
        assert [item.is_done for item in order.items] == [False, True]
        assert order.rush
        assert order.started_at(order.updated_at) is not None
        await twice(Verb.START, "c11")
        await twice(Verb.UNBUMP_ITEM, "c4", "line-2")
        await twice(Verb.UNRUSH, "c5")
        await twice(Verb.BUMP, "c6")
        await twice(Verb.RECALL, "c7")
        await twice(Verb.BUMP, "c8")
        order = await backend.get_order(row["id"])
        assert (order.status, order.recalled, order.rush) == (OrderStatus.READY, True, False)
        await twice(Verb.PICK_UP, "c13")
        assert (await backend.get_order(row["id"])).status is OrderStatus.PICKED_UP
        await twice(Verb.SERVE, "c12")
        assert (await backend.get_order(row["id"])).status is OrderStatus.COMPLETED
        for verb, key, available in [
            (Verb.OUT_OF_STOCK, "c9", False),
            (Verb.IN_STOCK, "c10", True),
        ]:
            given = Command(key, verb, "", "Burger", 0, 0.0, "burger")
            assert await backend.carry_out(given, late=False) is None
            assert (await here.ask("GET", "/menu/items/burger"))[1]["available"] is available


async def test_the_hubs_conflicts_are_told_apart(here: Kitchen) -> None:
    row = await here.order(items=[BURGER, FRIES])
    async with grill(here) as backend:
        await here.ask("DELETE", f"/orders/{row['id']}/items/line-2")
        mark = replace(command(Verb.BUMP_ITEM, row["id"], "c1"), subject_id="line-2")
        bump = command(Verb.BUMP, row["id"], "c2")
        with pytest.raises(Conflict) as gone:
            await backend.carry_out(mark, late=False)
        with pytest.raises(Conflict) as late:
            await backend.carry_out(bump, late=True)
        await here.ask("DELETE", f"/orders/{row['id']}")
        with pytest.raises(Conflict) as cancelled:
            await backend.carry_out(replace(bump, id="c3"), late=False)
        assert [caught.value.conflict for caught in (gone, late, cancelled)] == [
            conflicts.Conflict.ITEM_GONE,
            conflicts.Conflict.SUPERSEDED,
            conflicts.Conflict.CANCELLED,
        ]
        with pytest.raises(NotFound):
            await backend.carry_out(command(Verb.BUMP, "nowhere", "c4"), late=False)
        other = Command("c5", Verb.OUT_OF_STOCK, "", "Unicorn", 0, 0.0, "unicorn")
        with pytest.raises(NotFound):
            await backend.carry_out(other, late=False)


async def test_an_86_given_offline_does_not_override_a_newer_word(here: Kitchen) -> None:
    async with (
        grill(here) as backend,
        Backend(here.hub.url, FixedToken(here.token), terminal_id="fryer") as fryer,
    ):

        async def give(by: Backend, key: str, verb: Verb, seen: Menu) -> None:
            (burger,) = (item for item in stock_items(seen) if item.id == "burger")
            given = Command(key, verb, "", burger.name, burger.version, 0.0, burger.id)
            assert await by.carry_out(given, late=False) is None

        seen_at_the_grill = await backend.menu()
        await give(fryer, "f1", Verb.OUT_OF_STOCK, await fryer.menu())
        await give(fryer, "f2", Verb.IN_STOCK, await fryer.menu())
        with pytest.raises(Conflict) as caught:
            await give(backend, "g1", Verb.OUT_OF_STOCK, seen_at_the_grill)
        assert caught.value.conflict is conflicts.Conflict.STOCK_CHANGED
        await give(backend, "g2", Verb.OUT_OF_STOCK, await backend.menu())
        assert (await here.ask("GET", "/menu/items/burger"))[1]["available"] is False


async def test_two_terminals_over_the_wire(here: Kitchen) -> None:
    """The cook at the grill bumps offline, the one at the fryer bumps and recalls meanwhile."""
    row = await here.order()
    async with grill(here) as backend:
        fryer = Backend(here.hub.url, FixedToken(here.token), terminal_id="fryer")
        async with fryer:
            for key, verb in [("f1", Verb.BUMP), ("f2", Verb.RECALL)]:
                await fryer.carry_out(command(verb, row["id"], key), late=False)
            with pytest.raises(Conflict) as caught:
                await backend.carry_out(command(Verb.BUMP, row["id"], "g1"), late=False)
            assert caught.value.conflict is conflicts.Conflict.SUPERSEDED
            order = await fryer.carry_out(command(Verb.BUMP, row["id"], "f3"), late=False)
            assert order is not None
            assert order.status is OrderStatus.READY


async def test_holding_and_firing_a_course(here: Kitchen) -> None:
    courses = [{**BURGER, "course": 1}, {**FRIES, "course": "mains"}]
    row = await here.order(items=courses)
    async with grill(here) as backend:

        async def held(verb: Verb, key: str, subject_id: str) -> list[bool]:
            given = replace(command(verb, row["id"], key), subject_id=subject_id)
            order = await backend.carry_out(given, late=False)
            assert order is not None
            return [item.is_held for item in order.items]

        assert await held(Verb.HOLD, "h1", "") == [True, True]
        assert await held(Verb.FIRE, "h2", course_subject("1")) == [False, True]
        bumped = await backend.carry_out(command(Verb.BUMP, row["id"], "h3"), late=False)
        assert bumped is not None
        assert bumped.status is OrderStatus.PENDING, "what is held is not cooked"
        assert [item.is_done for item in bumped.items] == [True, False]
        assert await held(Verb.FIRE, "h4", course_subject("mains")) == [False, False]
        fired = await backend.get_order(row["id"])
        assert all(item.fired_at is not None for item in fired.items)
        assert await held(Verb.FIRE, "h6", "") == [False, False], "fired already: nothing to do"
        with pytest.raises(Conflict) as gone:
            await held(Verb.HOLD, "h5", course_subject("desserts"))
        assert gone.value.conflict is conflicts.Conflict.ITEM_GONE


async def test_the_part_of_a_station_is_bumped_and_comes_back_by_itself(here: Kitchen) -> None:
    row = await here.order(items=[BURGER, FRIES])
    async with grill(here) as backend:

        async def asked(verb: Verb, key: str, *lines: str) -> tuple[str, list[bool]]:
            given = command(verb, row["id"], key, (await backend.get_order(row["id"])).version)
            given = replace(given, subject_id=lines_subject(lines))
            order = await backend.carry_out(given, late=False)
            assert order is not None
            return order.status.value, [item.is_done for item in order.items]

        assert await asked(Verb.BUMP, "p1", "line-1") == ("pending", [True, False])
        assert (await asked(Verb.BUMP, "p2", "line-2"))[0] == "ready"
        assert await asked(Verb.RECALL, "p3", "line-1") == ("preparing", [False, True])
        assert (await asked(Verb.BUMP, "p4", "line-1"))[0] == "ready"


async def test_a_server_without_parts_is_never_asked_for_the_whole_order_instead() -> None:
    async with RestaurantOS() as server:
        given = replace(command(Verb.BUMP, "o1", "p1"), subject_id=lines_subject(["i1"]))
        async with Backend(server.url, FixedToken(make_token())) as backend:
            with pytest.raises(NotOffered):
                await backend.carry_out(given, late=False)


async def test_what_was_never_held_is_fired_without_complaint_when_a_cook_saw_it_held(
    here: Kitchen,
) -> None:
    """Its own hold was refused, and the fire after it comes all the same."""
    row = await here.order()
    async with grill(here) as backend:
        order = await backend.carry_out(command(Verb.FIRE, row["id"], "f1"), late=False)
        assert order is not None
        assert order.version == row["version"]
    assert (await here.ask("POST", f"/orders/{row['id']}/fire"))[0] == 409


async def test_a_late_command_after_a_start_from_here_is_not_in_the_way_of_itself(
    here: Kitchen,
) -> None:
    row = await here.order()
    async with grill(here) as backend:
        await backend.carry_out(command(Verb.START, row["id"], "s1"), late=True)
        bumped = await backend.carry_out(command(Verb.BUMP, row["id"], "b1"), late=True)
        assert bumped is not None
        assert bumped.status is OrderStatus.READY


async def test_a_late_serving_after_a_bump_from_here_is_not_in_the_way_of_itself(
    here: Kitchen,
) -> None:
    row, other = await here.order(), await here.order()
    async with grill(here) as backend:
        await backend.carry_out(command(Verb.BUMP, row["id"], "b1"), late=True)
        served = await backend.carry_out(command(Verb.SERVE, row["id"], "s1"), late=True)
        assert served is not None
        assert served.status is OrderStatus.COMPLETED
        await here.ask("POST", f"/orders/{other['id']}/bump")
        with pytest.raises(Conflict):
            await backend.carry_out(command(Verb.SERVE, other["id"], "s2"), late=True)


@pytest.mark.parametrize("verb", [Verb.PICK_UP, Verb.SERVE])
async def test_what_was_brought_back_and_bumped_again_has_not_left_with_what_left_before(
    here: Kitchen, verb: Verb
) -> None:
    row = await here.order()
    async with grill(here) as backend:
        ready = await backend.carry_out(command(Verb.BUMP, row["id"], "b1"), late=False)
        assert ready is not None
        given = replace(command(verb, row["id"], "p1"), base_version=ready.version)
        # The pass is cut off, and the meal comes back from its guests.
        for deed in ("recall", "bump"):
            await here.ask("POST", f"/orders/{row['id']}/{deed}")
        with pytest.raises(Conflict) as back:
            await backend.carry_out(given, late=False)
        assert back.value.conflict is conflicts.Conflict.SUPERSEDED
        again = await backend.get_order(row["id"])
        assert again.status is OrderStatus.READY
        seen = replace(given, id="p2", base_version=again.version)
        gone = await backend.carry_out(seen, late=False)
        assert gone is not None
        assert gone.status is WALKS[verb]


async def test_any_server_starts_and_serves_by_its_statuses() -> None:
    async with (
        RestaurantOS() as double,
        Backend(double.url, FixedToken(make_token())) as backend,
    ):
        order_id = double.add("pending")
        for verb in (Verb.START, Verb.BUMP, Verb.PICK_UP, Verb.SERVE):
            order = await backend.carry_out(command(verb, order_id, verb.value), late=True)
            assert order is not None
            assert order.status is WALKS[verb]
        with pytest.raises(Conflict) as back:
            await backend.carry_out(command(Verb.SERVE, double.add("preparing"), "s2"), late=False)
        assert back.value.conflict is conflicts.Conflict.SUPERSEDED


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in WALKS])
async def test_a_server_without_the_route_is_not_asked(verb: Verb) -> None:
    async with RestaurantOS() as double:
        order_id = "" if verb in MENU_VERBS else double.add("preparing")
        async with Backend(double.url, FixedToken(make_token())) as backend:
            with pytest.raises(NotOffered):
                await backend.carry_out(command(verb, order_id, "c1"), late=False)
            assert {path for _, path in double.requests} == {"/api/v1/health"}
    assert CAPABILITY[verb]
