"""What was cancelled while nobody listened, on a server that replays nothing: a list says nothing
of it, and a ticket that goes without a word is cooked on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.attention import Reason
from kds_tui.core.link import LinkState
from kds_tui.services.credentials import FixedToken
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from tests.doubles.restaurant_os import RestaurantOS, make_token
from tests.service.hub_kitchen import eventually


@asynccontextmanager
async def connected(server: RestaurantOS, folder: Path) -> AsyncIterator[Terminal]:
    setup = TerminalSetup(
        ServerSettings(url=server.url),
        LinkSettings(backoff_initial=0.01, backoff_cap=0.05),
        JournalSettings(folder=folder),
        FixedToken(make_token()),
    )
    listener = TerminalListener(
        touched=lambda ids: terminal.kitchen.tickets.update(ids, terminal.server_now())
    )
    terminal = Terminal(setup, listener)
    async with terminal:
        assert (await terminal.connect(20)).state is LinkState.LIVE
        yield terminal


async def lists_again(terminal: Terminal, server: RestaurantOS) -> None:
    """Cut the link, and wait until the orders are listed anew."""
    assert terminal.link is not None
    known = terminal.link.get_status()["live_count"]
    for socket in list(server.sockets):
        await socket.close()
    link = terminal.link
    await eventually(lambda: link.get_status()["live_count"] > known)


def moment(seconds_ago: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds_ago)).isoformat(timespec="milliseconds")


async def test_a_ticket_that_was_cancelled_while_the_link_was_down_says_so(tmp_path: Path) -> None:
    async with RestaurantOS() as server:
        cancelled, closed, old, open_still = (server.add("preparing") for _ in range(4))
        async with connected(server, tmp_path) as terminal:
            assert len(terminal.kitchen.tickets.ids()) == 4
            server.force(cancelled, "cancelled")
            server.orders[cancelled]["updated_at"] = moment(60)
            server.force(old, "cancelled")
            server.orders[old]["updated_at"] = moment(3 * 3600)
            server.force(closed, "completed")
            await lists_again(terminal, server)
            tickets = terminal.kitchen.tickets
            assert set(tickets.ids()) == {cancelled, open_still}
            assert terminal.kitchen.attention.ids(Reason.CANCELLED) == [cancelled]
            ticket = tickets.get(cancelled)
            assert ticket is not None
            assert ticket.is_cancelled
            terminal.bump(cancelled)
            assert set(tickets.ids()) == {open_still}


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_that_does_not_tell_what_was_cancelled_is_live_all_the_same(
    tmp_path: Path, status: int
) -> None:
    async with RestaurantOS() as server:
        cancelled, open_still = server.add("preparing"), server.add("preparing")
        async with connected(server, tmp_path) as terminal:
            server.force(cancelled, "cancelled")

            async def refuse(request: object) -> None:
                if "status=cancelled" in str(getattr(request, "query_string", "")):
                    server.fail(1, status)

            server.before = refuse
            await lists_again(terminal, server)
            assert set(terminal.kitchen.tickets.ids()) == {open_still}
