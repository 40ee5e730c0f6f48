"""Logins, the attempt limiter, the CSRF pair and the pages of other origins."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from kds_tui.hub.limiter import BLOCK_AFTER
from tests.service.hub_kitchen import BURGER, Kitchen, kitchen

PAGE = "http://127.0.0.1:5173"


async def _login(
    here: Kitchen, pin: str | None, restaurant: str | None = None, **headers: str
) -> aiohttp.ClientResponse:
    body = {"pin": pin, "restaurantId": here.hub.restaurant_id}
    if restaurant is not None:
        body["restaurantId"] = restaurant
    url = f"{here.hub.url}/api/v1/auth/pin-login"
    async with aiohttp.ClientSession() as stranger:
        answer = await stranger.post(url, json=body, headers=headers)
        await answer.read()
        return answer


def _wrong(pin: str | None) -> str:
    return "000000" if pin != "000000" else "000001"


async def test_the_only_restaurant_need_not_be_named_and_no_other_is_answered_for(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path) as here:
        pin = here.hub.first_run_pin
        assert (await _login(here, pin, restaurant="")).status == 200
        assert (await _login(here, pin, restaurant="another")).status == 401


async def test_a_pin_opens_the_door(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        answer = await _login(here, here.hub.first_run_pin)
        body = await answer.json()
        assert answer.status == 200
        assert body["restaurantId"] == here.hub.restaurant_id
        assert body["expiresIn"] == 43_200
        assert answer.cookies["auth_token"]["httponly"]
        assert not answer.cookies["csrf_token"]["httponly"]
        assert not answer.cookies["auth_token"]["secure"], "it would not come back by plain HTTP"
        bearer = f"Bearer {body['token']}"
        status, me, _ = await here.ask("GET", "/auth/me", Authorization=bearer)
        assert (status, me["user"]) == (200, body["user"])
        status, bye, _ = await here.ask("POST", "/auth/logout")
        assert (status, bye["success"]) == (200, True)


async def test_three_wrong_pins_then_wait_then_a_day(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        wrong = _wrong(here.hub.first_run_pin)
        # A client is its address: a new user agent is no new client.
        answers = [
            await _login(here, wrong, **{"User-Agent": f"browser {number}"})
            for number in range(BLOCK_AFTER)
        ]
        assert [answer.status for answer in answers] == [401] * 3 + [429] * (BLOCK_AFTER - 3)
        assert 0 < int(answers[3].headers["Retry-After"]) <= 300
        blocked = await _login(here, here.hub.first_run_pin)
        assert blocked.status == 403
        assert (await blocked.json())["error"] == "Access denied"
        memory = (await here.ask("GET", "/health/memory"))[1]
        assert memory["limiter"] == {"clients": 1, "blocked": 1}


async def test_behind_a_proxy_one_terminal_locks_out_no_other(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        pin = here.hub.first_run_pin
        for _ in range(BLOCK_AFTER):
            await _login(here, _wrong(pin), **{"X-Forwarded-For": "192.168.1.66"})
        # What a client wrote itself stands before what the proxy adds.
        spoofed = {"X-Forwarded-For": "192.168.1.20, 192.168.1.66"}
        assert (await _login(here, pin, **spoofed)).status == 403
        assert (await _login(here, pin, **{"X-Forwarded-For": "192.168.1.20"})).status == 200
        (listed,) = (await here.ask("GET", "/auth/tokens"))[1]["tokens"]
        assert listed["address"] == "192.168.1.20"


async def test_a_right_pin_clears_the_failures(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        for _ in range(3):
            for _ in range(2):
                assert (await _login(here, _wrong(here.hub.first_run_pin))).status == 401
            assert (await _login(here, here.hub.first_run_pin)).status == 200


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"X-CSRF-Token": ""}, "CSRF token required"),
        ({"Cookie": ""}, "CSRF token required"),
        ({"X-CSRF-Token": "other"}, "CSRF token invalid"),
    ],
)
async def test_a_change_needs_the_csrf_pair(
    tmp_path: Path, headers: dict[str, str], problem: str
) -> None:
    async with kitchen(tmp_path) as here:
        status, answer, _ = await here.ask("POST", "/orders", {"items": [BURGER]}, **headers)
        assert (status, answer) == (403, {"error": problem})
        assert (await here.ask("GET", "/orders", **headers))[0] == 200
        assert (await here.ask("POST", "/analytics/performance", {}, **headers))[0] == 200


async def test_a_header_counts_before_a_stale_cookie(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        assert (await here.ask("GET", "/orders", Cookie="auth_token=stale"))[0] == 200
        token = {"Cookie": f"auth_token={here.token}"}
        async with (
            aiohttp.ClientSession(headers=token) as browser,
            browser.get(f"{here.hub.url}/api/v1/auth/me") as answer,
        ):
            assert answer.status == 200


async def test_preflight_and_answers_for_an_allowed_page(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        status, _, headers = await here.ask(
            "OPTIONS",
            "/orders/x/status",
            Origin=PAGE,
            Access_Control_Request_Method="PATCH",
            Access_Control_Request_Headers="authorization,content-type,x-csrf-token",
        )
        assert status == 204
        assert "PATCH" in headers["Access-Control-Allow-Methods"]
        for name in ("authorization", "x-request-id", "x-restaurant-id", "x-csrf-token"):
            assert name in headers["Access-Control-Allow-Headers"]
        for path, expected in (("/orders", 200), ("/orders/none", 404), ("/nowhere", 404)):
            status, _, headers = await here.ask("GET", path, Origin=PAGE)
            assert status == expected
            assert headers["Access-Control-Allow-Origin"] == PAGE, "errors must be readable too"
            assert headers["Access-Control-Allow-Credentials"] == "true"


async def test_a_page_of_another_origin_is_refused(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        status, _, headers = await here.ask("GET", "/orders", Origin="http://evil.example")
        assert status == 403
        assert "Access-Control-Allow-Origin" not in headers
        url = here.hub.url
        socket = await here.session.ws_connect(url, headers={"Origin": PAGE})
        assert (await socket.receive_json())["type"] == "connected"
        await socket.close()


async def test_what_a_web_display_reads_on_load(tmp_path: Path) -> None:
    async with kitchen(tmp_path, restaurant_name="Chez Ada") as here:
        rid = here.hub.restaurant_id
        for name in (rid, "chez-ada"):
            status, public, _ = await here.ask("GET", f"/restaurants/{name}/public")
            assert (status, public["id"], public["name"]) == (200, rid, "Chez Ada")
            assert public["default_tip_percentages"] == [15, 18, 20, 25]
        assert (await here.ask("GET", "/restaurants/grow/public"))[0] == 404
        _, menu, _ = await here.ask("GET", "/menu")
        assert len(menu["items"]) >= 40
        assert {item["category_id"] for item in menu["items"]} == {
            category["id"] for category in menu["categories"]
        }
        assert (await here.ask("GET", "/menu/items/burger"))[1] in menu["items"]
        _, voice, _ = await here.ask("GET", "/voice-config/menu")
        assert len(voice["menu_items"]) == len(menu["items"])
        assert (await here.ask("GET", "/tables"))[1][0]["seats"] == 2
        _, health, _ = await here.ask("GET", "/health")
        assert {"resume", "idempotency", "bump", "recall"} < {*health["capabilities"]}
        for path in ("/", "/status", "/ready", "/live", "/healthz", "/health/detailed"):
            assert (await here.ask("GET", path))[0] == 200, path
