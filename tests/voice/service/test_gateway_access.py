"""Tokens, forms of request, refusals: the gateway over HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

import aiohttp
import pytest

from tests.voice.service.conftest import Rig
from tests.voice.service.gateway_client import SESSION, GatewayClient
from voice_tui.core.menu import Menu
from voice_tui.gateway import server as gateway_server
from voice_tui.serving import idle
from voice_tui.serving.request_limiter import Rate, RequestLimiter

CSRF = {"Cookie": "csrf_token=x", "X-CSRF-Token": "x"}


async def post(rig: Rig, path: str, **request: Any) -> tuple[int, Any]:
    async with rig.http.post(rig.url + path, **request) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text.startswith("{") else text


async def mint(rig: Rig, **body: Any) -> dict[str, Any]:
    status, secret = await post(rig, "/v1/realtime/client_secrets", json=body)
    assert status == 200
    return secret


async def test_a_token_opens_one_connection_with_its_session(rig: Rig) -> None:
    await rig.start()
    secret = await mint(rig, session={**SESSION, "instructions": "be brief"})
    assert secret["value"].startswith("ek_")
    assert 50 < secret["expires_at"] - time.time() <= 60
    client = await rig.client(secret["value"])
    created = await client.expect("session.created")
    assert created["session"]["instructions"] == "be brief"
    headers = {"Authorization": f"Bearer {secret['value']}"}
    status, refused = await post(rig, "/v1/realtime/calls", data=b"v=0", headers=headers)
    assert (status, refused["error"]["code"]) == (401, "invalid_api_key")


async def test_a_token_expires(rig: Rig) -> None:
    await rig.start(token_lifetime=1e-6)
    headers = {"Authorization": f"Bearer {(await mint(rig))['value']}"}
    status, refused = await post(rig, "/v1/realtime/calls", data=b"v=0", headers=headers)
    assert (status, refused["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize("form", ["multipart", "json", "json with a model"])
async def test_offers_come_in_other_forms_too(rig: Rig, form: str) -> None:
    await rig.start()
    client = GatewayClient()
    rig.exits.push_async_callback(client.close)
    sdp, session = await client.offer(), {**SESSION, "model": "kitchen-1"}
    request: dict[str, Any] = {"json": {"sdp": sdp, "session": session}}
    if form == "json with a model":
        request = {"json": {"sdp": sdp, "model": "kitchen-1"}}
    elif form == "multipart":
        body = aiohttp.FormData()
        body.add_field("sdp", sdp, content_type="application/sdp")
        body.add_field("session", json.dumps(session), content_type="application/json")
        request = {"data": body}
    async with rig.http.post(f"{rig.url}/v1/realtime/calls", **request) as answer:
        assert answer.status == 201
        assert answer.content_type == "application/sdp"
        assert answer.headers["Location"].startswith("/v1/realtime/calls/rtc_")
        await client.accept(await answer.text())
    assert (await client.expect("session.created"))["session"]["model"] == "kitchen-1"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"data": b"hello"}, 400, "invalid_offer"),
        ({"data": b"v=0\r\n" + b"m=video 9 X 1\r\n" * 9}, 400, "invalid_offer"),
        ({"data": b"v=0" + b" " * 70_000}, 400, "invalid_offer"),
        ({"data": b"v=0" + b" " * 600_000}, 413, "request_too_large"),
        ({"data": b""}, 400, "missing_required_parameter"),
        (
            {"json": {"sdp": "v=0", "session": {"type": "realtime", "voice": "x"}}},
            400,
            "unknown_parameter",
        ),
        ({"json": {"sdp": "v=0", "session": 5}}, 400, "invalid_type"),
        ({"json": [1]}, 400, "invalid_json"),
    ],
)
async def test_bad_offers_are_refused_with_a_reason(
    rig: Rig, request_: dict[str, Any], status: int, code: str
) -> None:
    await rig.start()
    answered, refused = await post(rig, "/v1/realtime/calls", **request_)
    assert (answered, refused["error"]["code"]) == (status, code)
    await rig.sessions_are(0)


async def test_restaurant_os_clients_get_a_session_of_their_own_shape(rig: Rig) -> None:
    await rig.start(restaurant_id="r-1")
    path = "/api/v1/realtime/session"
    assert await post(rig, path, json={}) == (403, {"error": "CSRF token required"})
    wrong = {**CSRF, "X-CSRF-Token": "y"}
    assert await post(rig, path, json={}, headers=wrong) == (403, {"error": "CSRF token invalid"})
    status, session = await post(rig, path, json={"context": "kiosk"}, headers=CSRF)
    assert (status, session["restaurant_id"], session["turn_detection"]) == (200, "r-1", None)
    assert session["menu_context"] == "BURGERS:\n  • Cheeseburger - $12.50"
    assert session["expires_at"] == session["client_secret"]["expires_at"] < 1e12
    client = await rig.client(session["client_secret"]["value"])
    await client.expect("session.created")


async def test_without_a_menu_there_is_no_restaurant_os_session(rig: Rig) -> None:
    rig.menu.now = Menu()
    await rig.start()
    status, refused = await post(rig, "/api/v1/realtime/session", json={}, headers=CSRF)
    assert (status, refused["code"]) == (503, "MENU_LOAD_FAILED")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Origin": "http://evil.example"},
        {"Host": "evil.example"},
    ],
)
async def test_only_this_machine_needs_no_token(rig: Rig, headers: dict[str, str]) -> None:
    await rig.start(authorise=lambda request: request.headers.get("Authorization") == "Bearer ok")
    for path in ("/v1/realtime/client_secrets", "/v1/realtime/calls"):
        status, refused = await post(rig, path, json={}, headers=headers)
        assert (status, refused["error"]["code"]) == (401, "invalid_api_key")
    known = {**headers, "Authorization": "Bearer ok"}
    status, _ = await post(rig, "/v1/realtime/client_secrets", json={}, headers=known)
    assert status == 200


async def test_one_session_too_many_is_told_so(rig: Rig) -> None:
    await rig.start(max_sessions=1)
    first = await rig.client()
    client = GatewayClient()
    rig.exits.push_async_callback(client.close)
    offer = {"sdp": await client.offer()}
    status, refused = await post(rig, "/v1/realtime/calls", json=offer)
    assert (status, refused["error"]["code"]) == (503, "too_many_sessions")
    await first.close()
    await rig.sessions_are(0)
    assert (await post(rig, "/v1/realtime/calls", json=offer))[0] == 201


async def test_health_tells_what_there_is(rig: Rig) -> None:
    await rig.start()
    await rig.client()
    async with rig.http.get(f"{rig.url}/api/v1/realtime/health") as answer:
        assert await answer.json() == {
            "status": "ok",
            "problem": None,
            "recogniser": "scripted",
            "menu_items": 1,
            "sessions": 1,
            "max_sessions": 4,
        }


async def raw(rig: Rig, sent: bytes) -> bytes:
    """Send bytes, wait until the gateway closes, and return what it said."""
    host, port = rig.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(sent)
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def test_a_gateway_alone_cuts_who_never_asks(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "FIRST_REQUEST", 0.5)
    await rig.start()
    begun = b"POST /v1/realtime/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    answers = await asyncio.gather(*(raw(rig, sent) for sent in [begun, b""] * 20))
    assert {*answers} == {b""}
    await mint(rig)


async def test_what_is_no_request_does_not_fill_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.start()
    answer = await raw(rig, b"GET / HTTP/1.1\r\nX: " + b"secret " * 5000 + b"\r\n\r\n")
    assert b" 400 " in answer
    assert "secret" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("header", [b"Host: [x", b"Origin: http://[x", b"X-CSRF-Token: \xff"])
async def test_headers_that_say_nothing_are_refused_and_not_logged(
    rig: Rig, caplog: pytest.LogCaptureFixture, header: bytes
) -> None:
    await rig.start()
    head = b"POST /api/v1/realtime/session HTTP/1.1\r\nCookie: csrf_token=y\r\n"
    pair = b"" if header.startswith(b"X-CSRF") else b"X-CSRF-Token: y\r\n"
    host = b"" if header.startswith(b"Host") else b"Host: 127.0.0.1\r\n"
    last = b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"
    answer = await raw(rig, head + pair + host + header + b"\r\n" + last)
    assert answer.split()[1] in (b"400", b"401"), answer
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_too_many_requests_are_told_to_wait(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = RequestLimiter(here=Rate(0.5, 3))
    monkeypatch.setattr(gateway_server, "RequestLimiter", lambda: limiter)
    await rig.start()
    answers = [await post(rig, "/v1/realtime/client_secrets", json={}) for _ in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert answers[-1][1]["error"]["code"] == "rate_limit_exceeded"
