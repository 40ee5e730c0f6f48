"""A display without its screen, on a real hub that goes and comes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.kitchen import Given, Kept
from kds_tui.core.link import LinkState
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.services.folder_lock import FolderInUse
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from tests.service.hub_kitchen import BURGER, eventually

LINK = LinkSettings(backoff_initial=0.01, backoff_cap=0.05)


class Site:
    """A folder for a hub and one for a terminal; both end and begin again on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current = ""
        self.port = 0

    async def token(self) -> str:
        return self.current

    async def refresh(self) -> str | None:
        return self.current

    @asynccontextmanager
    async def hub(self) -> AsyncIterator[HubServer]:
        settings = HubSettings(port=self.port, data_dir=self.folder / "hub", heartbeat_interval=0.2)
        async with HubServer(settings) as hub:
            self.port = int(hub.url.rsplit(":", 1)[1])
            self.current = await hub.issue_token("manager")
            yield hub

    @asynccontextmanager
    async def terminal(self, wall: Callable[[], float] | None = None) -> AsyncIterator[Terminal]:
        clock = {} if wall is None else {"wall": wall}
        setup = TerminalSetup(
            ServerSettings(url=f"http://127.0.0.1:{self.port}"),
            LINK,
            JournalSettings(folder=self.folder / "terminal"),
            self,
            **clock,
        )
        # As a screen does: what was touched is looked at again.
        listener = TerminalListener(touched=lambda ids: terminal.kitchen.tickets.update(ids))
        terminal = Terminal(setup, listener)
        async with terminal:
            yield terminal

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {
            "Authorization": f"Bearer {self.current}",
            "Cookie": "csrf_token=pair",
            "X-CSRF-Token": "pair",
        }
        url = f"http://127.0.0.1:{self.port}/api/v1{path}"
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, url, json=body, headers=headers) as answer,
        ):
            text = await answer.text()
            assert answer.status < 300, text
            return json.loads(text)

    async def order(self, table: str) -> str:
        body = {"items": [BURGER], "tableNumber": table, "type": "dine-in"}
        return (await self.ask("POST", "/orders", body))["id"]


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
            await eventually(lambda: shown(terminal) == {third})
            await eventually(lambda: len(terminal.kitchen.outbox) == 0)
            assert terminal.last_known_age is None
            row = await site.ask("GET", f"/orders/{first}")
            assert row["status"] == "ready"
    async with site.terminal() as terminal:
        assert shown(terminal) == {third}
        assert len(terminal.kitchen.outbox) == 0


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
            assert terminal.recall() == Kept(order_id)
            assert shown(terminal) == {order_id}
    async with site.terminal() as terminal:
        assert shown(terminal) == {order_id}
        assert terminal.bump(order_id) == Kept(order_id)
        assert not shown(terminal)


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
