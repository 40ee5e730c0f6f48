"""A hub and a terminal that end and begin again on their folders."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from kds_tui.config.sections import JournalSettings, LinkSettings, ServerSettings
from kds_tui.core.command import Outcome
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from tests.service.hub_kitchen import BURGER

LINK = LinkSettings(backoff_initial=0.01, backoff_cap=0.05)


class Site:
    """A folder for a hub and one for a terminal; both end and begin again on them.

    It is the source of the terminal's tokens too: they are good for one life of the hub.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token_file = folder / "token"
        self.current = ""
        self.port = 0
        self.outcomes: list[Outcome] = []

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
            self.token_file.touch(0o600)
            self.token_file.write_text(self.current)
            yield hub

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def terminal(
        self,
        wall: Callable[[], float] | None = None,
        undo_seconds: float = 0.0,
        station: str = "all",
    ) -> AsyncIterator[Terminal]:
        clock = {} if wall is None else {"wall": wall}
        setup = TerminalSetup(
            ServerSettings(url=self.url),
            LINK,
            JournalSettings(folder=self.folder / "terminal"),
            self,
            undo_seconds=undo_seconds,
            station=station,
            **clock,
        )
        # As a screen does: what was touched is looked at again.
        listener = TerminalListener(
            touched=lambda ids: terminal.kitchen.tickets.update(ids, terminal.server_now()),
            ended=self.outcomes.append,
        )
        terminal = Terminal(setup, listener)
        async with terminal:
            yield terminal

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {
            "Authorization": f"Bearer {self.current}",
            "Cookie": "csrf_token=pair",
            "X-CSRF-Token": "pair",
        }
        url = f"{self.url}/api/v1{path}"
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
