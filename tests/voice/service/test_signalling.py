"""What each kind of server is asked over HTTP, and what its refusals become."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.voice.service.realtime_server import RealtimeServer, realtime_server
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.services.connect_errors import AnswerError, ConnectError, ExchangeError, TokenError
from voice_tui.services.http import error_text, proxy_of
from voice_tui.services.signalling import Signalling

OFFER = "v=0\r\ns=-\r\n"
CONFIG = SessionConfig("Take orders.")
SECRET = "sk-topsecret"


@pytest.fixture
async def server() -> AsyncIterator[RealtimeServer]:
    """Answers every offer with an SDP that nobody has to be able to use."""
    async with realtime_server() as server:
        server.refuse = lambda: web.Response(status=201, text="v=0\r\nanswer\r\n")
        yield server


async def exchange(settings: VoiceSettings) -> str:
    async with Signalling(settings, CONFIG) as signalling:
        return await signalling.exchange(OFFER, await signalling.credential())


def restaurant_token(**changes: Any) -> web.Response:
    body = {"client_secret": {"value": "ek_os"}, "menu_context": "BURGERS"}
    return web.json_response(body | changes)


async def test_an_ephemeral_key_sends_the_offer_raw_and_whole(server: RealtimeServer) -> None:
    answer = await exchange(server.settings(dialect=DialectName.OPENAI, key="ek_9"))
    ((method, path, headers, body),) = server.requests
    assert (method, path, body) == ("POST", "/v1/realtime/calls", OFFER.encode())
    assert headers["Content-Type"] == "application/sdp"
    assert headers["Authorization"] == "Bearer ek_9"
    assert answer == "v=0\r\nanswer\r\n"


async def test_a_project_key_sends_a_form_with_the_session(server: RealtimeServer) -> None:
    await exchange(server.settings(dialect=DialectName.OPENAI, key=SECRET, model="gpt-realtime-2"))
    ((_, path, headers, body),) = server.requests
    assert path == "/v1/realtime/calls"
    assert headers["Content-Type"].startswith("multipart/form-data")
    sdp, session = body.split(b"Content-Disposition")[1:]
    assert b'name="sdp"' in sdp
    assert b"Content-Type: application/sdp" in body
    assert OFFER.encode() + b"\r\n--" in sdp
    sent = json.loads(session.split(b"\r\n\r\n", 1)[1].split(b"\r\n--")[0])
    assert (sent["type"], sent["model"]) == ("realtime", "gpt-realtime-2")
    assert sent["audio"]["input"]["turn_detection"] is None


async def test_the_gateway_gives_a_token_first(server: RealtimeServer) -> None:
    await exchange(server.settings())
    token, offer = server.requests
    assert token[1] == "/v1/realtime/client_secrets"
    assert json.loads(token[3])["session"]["instructions"] == "Take orders."
    assert offer[2]["Authorization"] == "Bearer ek_1"


@pytest.mark.parametrize(
    "expiry",
    [
        {"expires_at": time.time() * 1000 + 3_600_000},
        {"expires_at": time.time() + 3_600},
        {"client_secret": {"value": "ek_os", "expires_at": time.time() + 3_600}, "expires_at": 1},
    ],
    ids=["milliseconds", "seconds", "the inner one counts"],
)
async def test_restaurant_os_gives_the_token(
    server: RealtimeServer, expiry: dict[str, Any]
) -> None:
    server.token = lambda: restaurant_token(**expiry)
    await exchange(
        server.settings(dialect=DialectName.RESTAURANT_OS, token="jwt", restaurant_id="r1")
    )
    (_, path, headers, body), offer = server.requests
    assert (path, json.loads(body)) == ("/api/v1/realtime/session", {"context": "server"})
    assert headers["Cookie"] == f"csrf_token={headers['X-CSRF-Token']}"
    assert headers["Authorization"] == "Bearer jwt"
    assert headers["X-Restaurant-ID"] == "r1"
    assert offer[2]["Authorization"] == "Bearer ek_os"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"client_secret": {}}, "gave no token"),
        ({"client_secret": {"value": "ek\nx"}}, "gave no token"),
        ({"menu_context": "  "}, "no menu"),
        ({"expires_at": 1_700_000_000}, "already run out"),
        ({"expires_at": 1_700_000_000_000}, "already run out"),
    ],
)
async def test_a_session_that_cannot_be_used_is_refused(
    server: RealtimeServer, changes: dict[str, Any], told: str
) -> None:
    server.token = lambda: restaurant_token(**changes)
    with pytest.raises(TokenError, match=told):
        await exchange(server.settings(dialect=DialectName.RESTAURANT_OS))
    assert len(server.requests) == 1


async def test_localai_takes_and_gives_json(server: RealtimeServer) -> None:
    server.refuse = lambda: web.json_response({"sdp": "v=0\r\nhi\r\n", "session_id": "s"})
    answer = await exchange(server.settings(dialect=DialectName.LOCALAI, model="m"))
    ((_, path, headers, body),) = server.requests
    assert (path, json.loads(body)) == ("/v1/realtime/calls", {"sdp": OFFER, "model": "m"})
    assert "Authorization" not in headers
    assert answer == "v=0\r\nhi\r\n"


async def test_speaches_takes_the_beta_path(server: RealtimeServer) -> None:
    settings = server.settings(dialect=DialectName.SPEACHES, model="org/model&x")
    await exchange(settings)
    ((_, path, _, body),) = server.requests
    assert path == "/v1/realtime?model=org/model%26x"
    assert body == OFFER.encode()
    assert "turn_detection" not in Signalling(settings, CONFIG).session


@pytest.mark.parametrize(
    ("answer", "told", "can_retry"),
    [
        ((401, '{"error":{"message":"Incorrect API key"}}'), "HTTP 401: Incorrect API key", False),
        ((400, '{"error":{"message":"Invalid\\u001b[2J offer"}}'), "Invalid offer", False),
        ((429, '{"error":"Too many"}'), "HTTP 429: Too many", True),
        ((503, "<html>down</html>"), "HTTP 503.", True),
        ((500, "x" * 5000), "HTTP 500: xxx", True),
        ((302, ""), "HTTP 302.", False),
    ],
)
async def test_a_refusal_is_one_short_sentence(
    server: RealtimeServer, answer: tuple[int, str], told: str, can_retry: bool
) -> None:
    server.refuse = lambda: web.Response(status=answer[0], text=answer[1])
    with pytest.raises(ExchangeError) as caught:
        await exchange(server.settings())
    assert told in str(caught.value)
    assert len(str(caught.value)) < 400
    assert caught.value.can_retry is can_retry


async def test_what_is_no_session_description_is_said_to_be_none(server: RealtimeServer) -> None:
    server.refuse = lambda: web.json_response({"error": {"message": "quota"}})
    with pytest.raises(AnswerError):
        await exchange(server.settings())


async def test_a_server_that_is_not_there(server: RealtimeServer) -> None:
    settings = server.settings(url="http://127.0.0.1:9")
    with pytest.raises(TokenError, match=r"No answer from 127\.0\.0\.1:9"):
        await exchange(settings)


@pytest.mark.parametrize("key", ["", "sk-a b", "sk-ä", "sk-a\n"])
async def test_no_key_or_one_with_strange_characters(key: str) -> None:
    with pytest.raises(TokenError) as caught:
        await exchange(VoiceSettings(key=key))
    assert not caught.value.can_retry
    assert key not in str(caught.value) or not key


async def test_a_secret_is_in_a_header_and_nowhere_else(
    server: RealtimeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.refuse = lambda: web.Response(status=403, text="no")
    settings = server.settings(dialect=DialectName.LOCALAI, key=SECRET)
    with pytest.raises(ConnectError) as caught:
        await exchange(settings)
    assert SECRET not in server.requests[0][1]
    shown = repr(settings) + repr(caught.value) + repr([vars(r) for r in caplog.records])
    assert SECRET not in shown


def test_error_shapes() -> None:
    told = {"a": {"message": "m"}, "b": "m"}
    assert {error_text({"error": value}) for value in told.values()} == {"m"}
    assert [error_text(value) for value in (None, [], {}, {"error": 5})] == [""] * 4


def test_no_proxy_stands_in_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:1")
    monkeypatch.delenv("no_proxy", raising=False)
    near = ["http://127.0.0.1:1", "http://192.168.0.4", "http://[::1]:2", "http://hub.local"]
    assert [proxy_of(url) for url in near] == [None] * 4
    assert proxy_of("http://example.org/x") == "http://proxy:1"
