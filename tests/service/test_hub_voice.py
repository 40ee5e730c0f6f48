"""The voice gateway on the hub's port: the hub's menu, tokens and rules, and its end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from kds_tui.hub.errors import HubError
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.voice import gateway as hub_gateway
from kds_tui.voice.gateway import mount_voice
from tests.service.hub_kitchen import PATIENCE
from tests.voice.service.gateway_client import GatewayClient
from tests.voice.service.scripted_recogniser import ScriptedRecogniser
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.gateway.access import Authorise
from voice_tui.gateway.kitchen import MenuSource
from voice_tui.gateway.server import Gateway
from voice_tui.gateway.settings import GatewaySettings
from voice_tui.services.connect_errors import TokenError
from voice_tui.services.signalling import Signalling

ELSEWHERE = {"X-Forwarded-For": "192.168.1.20"}
"""What a request from another machine has in common with one that came through a proxy."""

PAIR = {"Cookie": "csrf_token=pair", "X-CSRF-Token": "pair"}


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> ScriptedRecogniser:
    """What the hub's gateway hears with."""
    recogniser = ScriptedRecogniser()

    def gateway(settings: GatewaySettings, menu: MenuSource, authorise: Authorise) -> Gateway:
        return Gateway(settings, recogniser, menu, authorise=authorise)

    monkeypatch.setattr(hub_gateway, "offline_gateway", gateway)
    return recogniser


@dataclass
class VoiceHub:
    """A hub with voice, and somebody who asks it."""

    hub: HubServer
    http: aiohttp.ClientSession
    exits: AsyncExitStack

    async def ask(
        self, method: str, path: str, token: str = "", **request: Any
    ) -> tuple[int, dict[str, Any]]:
        headers = request.pop("headers", {})
        if token:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        url = self.hub.url + path
        async with self.http.request(method, url, headers=headers, **request) as answer:
            return answer.status, await answer.json()

    async def client(self, token: str = "") -> GatewayClient:
        client = GatewayClient()
        self.exits.push_async_callback(client.close)
        await client.connect(self.http, self.hub.url, token)
        return client

    async def health(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask for the gateway's health until it is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not wanted(told := (await self.ask("GET", "/v1/realtime/health"))[1]):  # noqa: ASYNC110 - asked over HTTP
                await asyncio.sleep(0.01)
        return told


@pytest.fixture
async def it(tmp_path: Path, recogniser: ScriptedRecogniser) -> AsyncIterator[VoiceHub]:
    async with AsyncExitStack() as exits:
        mount = mount_voice(GatewaySettings())
        settings = HubSettings(port=0, data_dir=tmp_path / "hub")
        hub = await exits.enter_async_context(HubServer(settings, mount))
        session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        http = await exits.enter_async_context(session)
        yield VoiceHub(hub, http, exits)


async def test_it_knows_the_hubs_menu_and_tells_how_it_is(
    it: VoiceHub, recogniser: ScriptedRecogniser
) -> None:
    told = await it.health(lambda told: told["status"] == "ok")
    token = await it.hub.issue_token("kitchen")
    _, menu = await it.ask("GET", "/api/v1/menu", token)
    assert told["menu_items"] == len(menu["items"]) > 10
    assert (told["recogniser"], told["sessions"], told["problem"]) == ("scripted", 0, None)
    assert len(recogniser.prepared) == 1
    status, hub = await it.ask("GET", "/api/v1/health")
    assert (status, hub["status"]) == (200, "healthy")


@pytest.mark.parametrize("role", ["kitchen", "manager"])
async def test_the_hubs_tokens_are_good_from_another_machine(it: VoiceHub, role: Any) -> None:
    token = await it.hub.issue_token(role)
    request = {"json": {}, "headers": ELSEWHERE}
    status, secret = await it.ask("POST", "/v1/realtime/client_secrets", token, **request)
    assert status == 200
    assert secret["value"].startswith("ek_")
    for bad in ("", f"{token}x", "ek_made-up"):
        status, refused = await it.ask("POST", "/v1/realtime/client_secrets", bad, **request)
        assert (status, refused["error"]["code"]) == (401, "invalid_api_key")


async def test_a_token_of_this_restaurant_is_not_good_for_another_one(it: VoiceHub) -> None:
    token = await it.hub.issue_token()
    headers = {**ELSEWHERE, "X-Restaurant-ID": "22222222-2222-2222-2222-222222222222"}
    status, _ = await it.ask("POST", "/v1/realtime/client_secrets", token, json={}, headers=headers)
    assert status == 401


async def test_a_display_elsewhere_shows_its_own_token_as_it_is_now(
    it: VoiceHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.gateway.access._same_machine", lambda _: False)
    tokens = iter(["expired", await it.hub.issue_token("kitchen")])

    async def newest() -> str:
        return next(tokens)

    settings = VoiceSettings(dialect=DialectName.GATEWAY, url=it.hub.url)
    async with Signalling(settings, SessionConfig(""), newest) as signalling:
        with pytest.raises(TokenError):
            await signalling.credential()
        assert (await signalling.credential()).secret.startswith("ek_")


async def test_the_csrf_pair_is_asked_of_everything_but_openais_paths(it: VoiceHub) -> None:
    token = await it.hub.issue_token()
    for path in ("/api/v1/orders", "/api/v1/realtime/session", "/v1/realtimeX"):
        status, refused = await it.ask("POST", path, token, json={})
        assert (status, refused["error"]) == (403, "CSRF token required"), path
    await it.health(lambda told: told["status"] == "ok")
    status, session = await it.ask("POST", "/api/v1/realtime/session", token, json={}, headers=PAIR)
    assert (status, session["restaurant_id"]) == (200, it.hub.restaurant_id)
    assert "Classic Burger" in session["menu_context"]


async def test_conversations_end_with_the_hub(it: VoiceHub) -> None:
    status, secret = await it.ask("POST", "/v1/realtime/client_secrets", json={})
    assert status == 200
    client = await it.client(secret["value"])
    await client.expect("session.created")
    await it.health(lambda told: told["sessions"] == 1)
    await it.hub.stop()
    await client.until(lambda: client.channel.readyState == "closed")
    left = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in left if name.startswith(("gateway", "hub"))}


async def test_a_hub_that_cannot_listen_leaves_no_voice_behind(
    tmp_path: Path, recogniser: ScriptedRecogniser
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = HubSettings(port=taken.getsockname()[1], data_dir=tmp_path / "hub")
        with pytest.raises(HubError, match="in use"):
            await HubServer(settings, mount_voice(GatewaySettings())).start()
    assert len(asyncio.all_tasks()) == 1
    assert recogniser.prepared == []


async def test_voice_goes_through_the_hubs_own_certificate(
    tmp_path: Path, recogniser: ScriptedRecogniser
) -> None:
    settings = HubSettings(port=0, data_dir=tmp_path / "hub", tls=True)
    async with HubServer(settings, mount_voice(GatewaySettings())) as hub:
        assert hub.certificate is not None
        voice = VoiceSettings(
            dialect=DialectName.GATEWAY,
            url=hub.url,
            backend_url=hub.url,
            backend_certificate=hub.certificate.file,
        )
        async with Signalling(voice, SessionConfig("")) as signalling:
            assert (await signalling.credential()).secret.startswith("ek_")
        # Its menu comes over the same port.
        async with asyncio.timeout(PATIENCE):
            while not recogniser.prepared:  # noqa: ASYNC110 - what is waited for raises no event
                await asyncio.sleep(0.01)


async def test_a_hub_without_voice_has_none(tmp_path: Path) -> None:
    async with (
        HubServer(HubSettings(port=0, data_dir=tmp_path / "hub")) as hub,
        aiohttp.ClientSession() as http,
    ):
        token = await hub.issue_token("kitchen")
        headers = {"Authorization": f"Bearer {token}"}
        for path, expected in (("/v1/realtime/health", 404), ("/api/v1/menu", 200)):
            async with http.get(hub.url + path, headers=headers) as answer:
                assert answer.status == expected
