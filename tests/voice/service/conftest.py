"""What the voice service tests share: a gateway with a scripted recogniser, and clients for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.voice.service.gateway_client import DEADLINE, GatewayClient
from tests.voice.service.scripted_recogniser import ScriptedRecogniser
from voice_tui.core.menu import Menu, MenuItem
from voice_tui.core.server_response import Answer, FunctionCall
from voice_tui.gateway.dialogue import CallOutput, Said
from voice_tui.gateway.faults import Faults
from voice_tui.gateway.server import Gateway, GatewayServer
from voice_tui.gateway.settings import GatewaySettings

MENU = Menu((MenuItem("1", "Cheeseburger", price=12.5, category="Burgers"),))


class FixedMenu:
    """A menu that is there."""

    def __init__(self, menu: Menu = MENU) -> None:
        self.now = menu
        self.error: Exception | None = None

    async def menu(self) -> Menu:
        if self.error is not None:
            raise self.error
        return self.now


class Waiter:
    """Calls the first tool there is with what was said, and repeats what came of it."""

    def __init__(self, menu: Callable[[], Menu]) -> None:
        self.menu = menu

    def answer(self, said: Said, tools: frozenset[str]) -> Answer:
        calls = tuple(FunctionCall(name, f'{{"said": "{said.text}"}}') for name in sorted(tools))
        return Answer(f"You said: {said.text}", calls)

    def follow_up(self, outputs: Sequence[CallOutput]) -> str:
        return " and ".join(f"{one.name} came to {one.output}" for one in outputs)


@dataclass
class Rig:
    """Starts gateways and clients, and ends them."""

    exits: AsyncExitStack
    http: aiohttp.ClientSession
    recogniser: ScriptedRecogniser = field(default_factory=ScriptedRecogniser)
    faults: Faults = field(default_factory=Faults)
    menu: FixedMenu = field(default_factory=FixedMenu)
    url: str = ""
    gateway: Gateway | None = None

    async def start(self, **settings: Any) -> None:
        authorise = settings.pop("authorise", None)
        chosen = GatewaySettings(port=0, **settings)
        gateway = Gateway(chosen, self.recogniser, self.menu, Waiter, authorise, self.faults)
        server = await self.exits.enter_async_context(GatewayServer(chosen, gateway))
        self.url, self.gateway = server.url, gateway

    async def client(self, token: str = "") -> GatewayClient:
        client = GatewayClient()
        self.exits.push_async_callback(client.close)
        await client.connect(self.http, self.url, token)
        return client

    async def ready_client(self, **changes: Any) -> GatewayClient:
        client = await self.client()
        await client.configure(**changes)
        return client

    async def sessions_are(self, count: int) -> None:
        """Wait until so many sessions are going on."""
        async with asyncio.timeout(DEADLINE):
            while self.gateway is None or self.gateway.session_count != count:
                async with self.http.get(f"{self.url}/v1/realtime/health") as answer:
                    assert answer.status == 200


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with AsyncExitStack() as exits:
        http = await exits.enter_async_context(aiohttp.ClientSession())
        yield Rig(exits, http)
