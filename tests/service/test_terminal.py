"""A display without its screen, on a real hub that goes and comes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kds_tui.core.attention import Reason
from kds_tui.core.command import Declined
from kds_tui.core.link import LinkState
from kds_tui.core.results import Given, Kept, TakenBack
from kds_tui.services.folder_lock import FolderInUse
from kds_tui.services.journal_file import FILE_NAME
from kds_tui.services.terminal import Terminal
from tests.service.hub_kitchen import eventually
from tests.service.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def shown(terminal: Terminal) -> set[str]:
    return set(terminal.kitchen.tickets.ids())


async def test_started_with_the_network_down_it_shows_the_last_known_board_and_works(
    site: Site,
) -> None:
    async with site.hub():
        first, second, third = [await site.order(table) for table in "123"]
        async with site.terminal() as terminal:
            assert (await terminal.connect(20)).state is LinkState.LIVE
            assert terminal.last_known_age is None
            await eventually(lambda: shown(terminal) == {first, second, third})
    # Both gone. The hub stays away, the terminal comes back.
    async with site.terminal() as terminal:
        assert shown(terminal) == {first, second, third}
        assert terminal.last_known_age is not None
        assert terminal.last_known_age < 60
        assert isinstance(terminal.bump(first), Given)
        await eventually(lambda: shown(terminal) == {second, third})
        assert terminal.unsent_age is not None
    # A power cut later: what was bumped stays so.
    async with site.terminal() as terminal:
        assert shown(terminal) == {second, third}
        assert len(terminal.kitchen.outbox) == 1
        async with site.hub():
            # The list of the server takes the last known board's place.
            await site.ask("PATCH", f"/orders/{second}/status", {"status": "cancelled"})
            assert (await terminal.connect(20)).state is LinkState.LIVE
            # There may be food on the fire for it: it stays until somebody takes notice.
            attention = terminal.kitchen.attention
            await eventually(lambda: attention.ids(Reason.CANCELLED) == [second])
            assert shown(terminal) == {second, third}
            terminal.acknowledge()
            assert shown(terminal) == {third}
            await eventually(lambda: len(terminal.kitchen.outbox) == 0)
            assert terminal.last_known_age is None
            row = await site.ask("GET", f"/orders/{first}")
            assert row["status"] == "ready"
    async with site.terminal() as terminal:
        assert shown(terminal) == {third}
        assert len(terminal.kitchen.outbox) == 0


async def test_what_waits_for_a_cook_is_kept_over_a_restart(site: Site) -> None:
    async with site.hub():
        old = await site.order("1")
        async with site.terminal() as terminal:
            await terminal.connect(20)
            await eventually(lambda: shown(terminal) == {old})
            attention = terminal.kitchen.attention
            new = await site.order("2")
            await eventually(lambda: attention.ids() == [new])
            for step in ("confirmed", "preparing", "cancelled"):
                await site.ask("PATCH", f"/orders/{old}/status", {"status": step})
            await eventually(lambda: set(attention.ids()) == {old, new})
    for _ in range(2):  # the second time it comes from what the first one wrote
        async with site.terminal() as terminal:
            assert set(terminal.kitchen.attention.ids(Reason.CANCELLED)) == {old}
            assert set(terminal.kitchen.attention.ids(Reason.NEW)) == {new}
            assert shown(terminal) == {old, new}
    async with site.terminal() as terminal:
        terminal.acknowledge()
        assert shown(terminal) == {new}
    async with site.terminal() as terminal:
        assert (terminal.kitchen.attention.ids(), shown(terminal)) == ([], {new})


async def test_ages_are_right_at_a_start_without_network_whatever_the_wall_clock_says(
    site: Site,
) -> None:
    async with site.hub():
        await site.order("1")
        async with site.terminal(wall=lambda: 5_000_000_000.0) as terminal:
            await terminal.connect(20)
            await eventually(lambda: len(shown(terminal)) == 1)
            server_time = terminal.server_now()
    # The wall clock is as wrong as it was: its offset is known.
    async with site.terminal(wall=lambda: 5_000_000_100.0) as terminal:
        assert 90 < terminal.server_now() - server_time < 200
        assert terminal.last_known_age is not None
        assert 90 < terminal.last_known_age < 200
    # It begins in 1970: not before the board was known.
    async with site.terminal(wall=lambda: 0.0) as terminal:
        assert -60 < terminal.server_now() - server_time < 200


async def test_a_ticket_brought_back_on_this_terminal_only_is_still_back_after_a_restart(
    site: Site,
) -> None:
    async with site.hub():
        order_id = await site.order("1")
        async with site.terminal() as terminal:
            await terminal.connect(20)
            await eventually(lambda: shown(terminal) == {order_id})
            terminal.bump(order_id)
            await eventually(lambda: len(terminal.kitchen.outbox) == 0 and not shown(terminal))
            terminal.kitchen.capabilities = frozenset()  # as a server without recall tells it
            assert isinstance(terminal.recall(), Kept)
            assert isinstance(terminal.rush(order_id), Kept)
            assert shown(terminal) == {order_id}
    async with site.terminal() as terminal:
        assert shown(terminal) == {order_id}
        assert next(iter(terminal.kitchen.tickets)).order.rush
        assert isinstance(terminal.bump(order_id), Kept)
        assert not shown(terminal)


@pytest.mark.parametrize(("hours", "done"), [(3.5, True), (4.5, False)])
async def test_a_bump_that_is_too_old_does_not_meet_what_others_did_since(
    site: Site, hours: float, done: bool
) -> None:
    async with site.hub():
        order_id = await site.order("7")
        async with site.terminal() as terminal:
            await terminal.connect(20)
            await eventually(lambda: shown(terminal) == {order_id})
    async with site.terminal() as terminal:  # without the hub
        terminal.bump(order_id)
        await eventually(lambda: not shown(terminal))
    with sqlite3.connect(site.folder / "terminal" / "all" / FILE_NAME) as journal:
        journal.execute("UPDATE commands SET given_at = given_at - ?", (hours * 3600,))
    journal.close()
    async with site.hub():
        await site.ask("PATCH", f"/orders/{order_id}/status", {"status": "confirmed"})
        async with site.terminal() as terminal:
            await terminal.connect(20)
            await eventually(lambda: len(terminal.kitchen.outbox) == 0)
            assert (shown(terminal) == set()) == done
        (outcome,) = site.outcomes
        if isinstance(outcome, Declined):
            assert outcome.reason.startswith("Your bump of TABLE 7 came too late")
        assert isinstance(outcome, Declined) != done
        row = await site.ask("GET", f"/orders/{order_id}")
        assert row["status"] == ("ready" if done else "confirmed")
    async with site.terminal() as terminal:  # refused is answered too: it is not tried again
        assert len(terminal.kitchen.outbox) == 0


async def test_a_second_terminal_on_the_folder_is_refused_and_leaves_the_first_alone(
    site: Site,
) -> None:
    async with site.hub():
        async with site.terminal() as terminal:
            with pytest.raises(FolderInUse, match="process"):
                async with site.terminal():
                    pass
            assert (await terminal.connect(20)).state is LinkState.LIVE
        async with site.terminal():
            pass


async def test_a_display_that_ends_in_the_undo_window_has_its_bump_sent_by_the_next_start(
    site: Site,
) -> None:
    async with site.hub():
        first, second = [await site.order(table) for table in "12"]
        async with site.terminal(undo_seconds=3600) as terminal:
            await terminal.connect(20)
            await eventually(lambda: shown(terminal) == {first, second})
            terminal.bump(first)
            terminal.bump(second)
            assert isinstance(terminal.recall(), TakenBack)
            tickets = terminal.kitchen.tickets
            greyed = lambda: {ticket.id for ticket in tickets if ticket.undo_until}  # noqa: E731
            await eventually(lambda: greyed() == {first})
            assert (await site.ask("GET", f"/orders/{first}"))["status"] == "pending"
        async with site.terminal(undo_seconds=3600) as terminal:
            assert shown(terminal) == {second}
            await terminal.connect(20)
            await eventually(lambda: len(terminal.kitchen.outbox) == 0)
        statuses = [(await site.ask("GET", f"/orders/{one}"))["status"] for one in (first, second)]
        assert statuses == ["ready", "pending"]


async def test_a_station_that_was_taken_over_is_so_after_a_restart(site: Site) -> None:
    async with site.hub():
        burger = await site.order("1")  # the hub's menu has it grilled
        async with site.terminal(station="fry") as terminal:
            await terminal.connect(20)
            await eventually(lambda: terminal.kitchen.stations.others == ("grill",))
            assert shown(terminal) == set()
            terminal.kitchen.stations.take(("grill",))
            terminal.stations_changed()
            assert shown(terminal) == {burger}
    async with site.terminal(station="fry") as terminal:
        assert str(terminal.kitchen.stations) == "FRY + grill (taken over)"
        assert shown(terminal) == {burger}
