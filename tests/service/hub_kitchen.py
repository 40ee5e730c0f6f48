"""A running hub for a test, with a till and displays that talk to it as strangers would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from kds_tui.hub.auth import Role
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings

PATIENCE = 20.0
"""Seconds that a test waits for something before it fails; a loaded machine needs them."""

BURGER = {"id": "line-1", "menu_item_id": "burger", "name": "Burger", "quantity": 1, "price": 10}


class Display:
    """A websocket client that keeps every frame it got."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    async def next(self) -> dict[str, Any]:
        frame = await self.socket.receive_json(timeout=PATIENCE)
        self.frames.append(frame)
        return frame

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not wanted(frame := await self.next()):
            pass
        return frame

    async def close_code(self) -> int | None:
        while (
            message := await self.socket.receive(timeout=PATIENCE)
        ).type is aiohttp.WSMsgType.TEXT:
            self.frames.append(json.loads(message.data))
        return self.socket.close_code

    async def sync(self, epoch: str | None = None, since_seq: int | None = None) -> dict[str, Any]:
        await self.socket.send_json(
            {"type": "orders:sync", "payload": {"epoch": epoch, "since_seq": since_seq}}
        )
        return await self.until(lambda frame: frame["type"] == "sync_complete")

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if "seq" in frame]


class Kitchen:
    """A hub and one authenticated session with it."""

    def __init__(self, hub: HubServer, session: aiohttp.ClientSession, token: str) -> None:
        self.hub = hub
        self.session = session
        self.token = token
        self._displays: list[Display] = []

    async def close_displays(self) -> None:
        """Close what a test left open: a socket that is only dropped warns when it is collected."""
        for display in self._displays:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await display.socket.close()

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        return await self.ask_at(method, f"/api/v1{path}", body, **headers)

    async def ask_at(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Ask at a whole path."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.hub.url}{path}"
        async with self.session.request(method, url, json=body, headers=named) as answer:
            text = await answer.text()
            parsed = json.loads(text) if answer.content_type == "application/json" else text
            return answer.status, parsed, dict(answer.headers)

    async def order(self, **fields: object) -> dict[str, Any]:
        status, row, _ = await self.ask("POST", "/orders", {"items": [BURGER], **fields})
        assert status == 201, row
        return row

    async def walk(self, order_id: str, *statuses: str) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for wanted in statuses:
            code, row, _ = await self.ask("PATCH", f"/orders/{order_id}/status", {"status": wanted})
            assert code == 200, row
        return row

    async def stranger(self, path: str = "/") -> Display:
        display = Display(await self.session.ws_connect(self.hub.url + path))
        self._displays.append(display)
        assert (await display.next())["type"] == "connected"
        return display

    async def display(self) -> Display:
        display = await self.stranger()
        await display.socket.send_json({"type": "auth", "token": self.token})
        assert (await display.next())["type"] == "auth:success"
        return display


@asynccontextmanager
async def kitchen(folder: Path, role: Role = "manager", **settings: Any) -> AsyncIterator[Kitchen]:
    """Run a hub on a free port, its database in `folder`."""
    async with HubServer(HubSettings(port=0, data_dir=folder / "hub", **settings)) as hub:
        token = await hub.issue_token(role)
        headers = {
            "Authorization": f"Bearer {token}",
            "Cookie": "csrf_token=pair",
            "X-CSRF-Token": "pair",
        }
        async with aiohttp.ClientSession(
            headers=headers, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            here = Kitchen(hub, session, token)
            try:
                yield here
            finally:
                await here.close_displays()


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is so; fail when it does not become so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for raises no event
            await asyncio.sleep(0.01)
