"""A token that ran out while the websocket it opened lives on, as on a Restaurant OS server."""

from __future__ import annotations

from pathlib import Path

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.link import LinkState
from kds_tui.services.credentials import FixedToken
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from tests.doubles.restaurant_os import RestaurantOS, make_token
from tests.service.hub_kitchen import eventually


async def test_bumps_that_are_refused_for_their_token_say_so_until_one_is_taken(
    tmp_path: Path,
) -> None:
    async with RestaurantOS() as server:
        order_id = server.add("preparing")
        setup = TerminalSetup(
            ServerSettings(url=server.url),
            LinkSettings(),
            JournalSettings(folder=tmp_path),
            FixedToken(make_token()),
        )
        listener = TerminalListener(
            touched=lambda ids: terminal.kitchen.tickets.update(ids, terminal.server_now())
        )
        terminal = Terminal(setup, listener)
        async with terminal:
            status = await terminal.connect(20)
            assert (status.state, terminal.signed_out) == (LinkState.LIVE, "")
            server.fail(20, 401)
            terminal.bump(order_id)
            await eventually(lambda: bool(terminal.signed_out))
            assert terminal.status.state is LinkState.LIVE
            server.fail_next.clear()  # somebody has signed in again
            assert terminal.link is not None
            terminal.link.deliver()  # as the next bump does
            await eventually(lambda: not len(terminal.kitchen.outbox))
            assert not terminal.signed_out
