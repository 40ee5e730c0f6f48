"""The hub's description agrees with its router, and the hub's answers with its description.

Long form of the second: `KDS_FUZZ_EXAMPLES=1000 pytest tests/service/test_hub_openapi.py`.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jwt
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kds_tui.hub.auth import Caller
from kds_tui.hub.openapi import describe
from kds_tui.hub.openapi_routes import ONCE, OPERATIONS, TERMINAL, Operation
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from tests.service.hub_kitchen import BURGER, PATIENCE, Kitchen, kitchen

EXAMPLES: Final = int(os.environ.get("KDS_FUZZ_EXAMPLES", "10"))
"""Requests a route: as many of the right shape, and as many of a wrong one."""

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]

MORE_RULES: Final = frozenset(
    {
        "PUT /api/v1/auth/pin",  # a PIN that nobody would try first
        "GET /api/v1/orders",  # moments that are moments
    }
)
"""Where a request of the described shape may still be wrong; also with a key that was used."""

SCHEMA: Final = schemathesis.openapi.from_dict(describe())

NAMES: Final = [f"{one.method} {one.path}" for one in OPERATIONS]


def served(here: Kitchen) -> set[str]:
    assert here.hub.app is not None
    return {
        f"{route.method} {route.resource.canonical}"
        for route in here.hub.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    } - {"GET /{anything}"}


async def test_every_route_is_described_and_every_description_is_a_route(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        routes = served(here)
    assert not routes - {*NAMES}, "describe these in kds_tui/hub/openapi_routes.py"
    assert not {*NAMES} - routes, "described in kds_tui/hub/openapi_routes.py, but not served"
    assert len(NAMES) == len({*NAMES})


async def test_the_description_is_served(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        status, told, _ = await here.ask("GET", "/openapi.json")
    assert (status, told) == (200, msgspec.json.decode(msgspec.json.encode(describe())))
    names = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    assert len(names) == len({*names})


async def test_a_token_does_what_its_scopes_say_and_nothing_else(tmp_path: Path) -> None:
    every = {one.scope for one in OPERATIONS if one.scope}
    async with kitchen(tmp_path) as here:
        row = await here.order()

        def bearer(scopes: set[str]) -> dict[str, str]:
            restaurant = here.hub._known_restaurant()
            secret = bytes.fromhex(restaurant.secret)
            claims = jwt.decode(here.token, secret, algorithms=["HS256"])
            return {"Authorization": f"Bearer {jwt.encode({**claims, 'scope': [*scopes]}, secret)}"}

        async def answer(operation: Operation, scopes: set[str]) -> tuple[int, str]:
            path = operation.path.replace("{id}", row["id"]).replace("{item_id}", "line-1")
            status, body, _ = await here.ask_at(operation.method, path, {}, **bearer(scopes))
            code = body["error"].get("code", "") if status == 403 else ""
            return status, code

        for operation in OPERATIONS:
            if operation.scope:
                without = await answer(operation, every - {operation.scope})
                assert without == (403, "FORBIDDEN"), operation.path
                status, _ = await answer(operation, {operation.scope})
                assert status not in (401, 403), operation.path
            elif operation.status == 200:
                assert (await answer(operation, set()))[0] in (200, 400, 404), operation.path


async def test_the_routes_that_hear_which_terminal_asks_are_those_that_say_so(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path) as here:
        row = await here.order()
        for operation in OPERATIONS:
            if "orders" in operation.tags and operation.method != "GET":
                path = operation.path.replace("{id}", row["id"]).replace("{item_id}", "line-1")
                body, long = {"status": "confirmed"}, {"X_Terminal_ID": "x" * 65}
                _, told, _ = await here.ask_at(operation.method, path, body, **long)
                hears = "X-Terminal-ID" in str(told)
                assert hears == (TERMINAL in operation.parameters), operation.path


class HubThread:
    """A hub for a test that knows nothing of event loops."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.url = ""
        self.headers: dict[str, str] = {}
        self.some_token: Caller | None = None
        """Of somebody who is signed in."""

    def __enter__(self) -> HubThread:
        self._thread.start()
        self._do(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._hub.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _start(self) -> None:
        self._hub = HubServer(HubSettings(port=0, data_dir=self._folder))
        await self._hub.start()
        self.url = self._hub.url
        assert self._hub._tokens is not None
        token = self._hub._tokens.issue_to_console(1.7e9)  # which may do everything
        self.some_token = (await self._hub._tokens.issue("kitchen", "fry", "", time.time()))[1]
        self.headers = {
            "Authorization": f"Bearer {token}",
            "X-CSRF-Token": "pair",
            "Cookie": "csrf_token=pair",
        }


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubThread]:
    with HubThread(tmp_path_factory.mktemp("hub")) as running:
        yield running


def known_places(hub: HubThread, path: str) -> dict[str, str]:
    """Path parameters that lead to something, where there is something."""
    if path.startswith("/api/v1/menu/items/"):
        return {"id": "burger"}
    if path.startswith("/api/v1/auth/tokens/"):
        assert hub.some_token is not None
        return {"id": hub.some_token.token_id}
    if path.startswith("/api/v1/restaurants/"):
        return {"id": "kitchen"}
    if not path.startswith("/api/v1/orders/"):
        return {}
    url = f"{hub.url}/api/v1/orders"
    answer = requests.post(url, json={"items": [BURGER]}, headers=hub.headers, timeout=PATIENCE)
    return {"id": answer.json()["id"], "item_id": "line-1"}


@pytest.mark.timeout(60 + EXAMPLES * 2)
@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        pytest.param(one, mode, id=f"{mode.value} {one.method} {one.path}")
        for one in OPERATIONS
        for mode in GenerationMode
        # Where there is neither a body nor a parameter, there is nothing to get wrong.
        if mode is GenerationMode.POSITIVE or one.body or one.parameters
    ],
)
def test_answers_are_as_described(
    hub: HubThread, operation: Operation, mode: GenerationMode
) -> None:
    described = SCHEMA[operation.path][operation.method]
    right = mode is GenerationMode.POSITIVE
    places = known_places(hub, operation.path)
    checks = [*CHECKS]
    name = f"{operation.method} {operation.path}"
    if right and name not in MORE_RULES and ONCE not in operation.parameters:
        checks.append(positive_data_acceptance)
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode), lead=st.booleans())
    def ask(case: schemathesis.Case, lead: bool) -> None:
        if lead:
            case.path_parameters |= {
                name: place for name, place in places.items() if name in case.path_parameters
            }
        answer = case.call(base_url=hub.url, headers=hub.headers, allow_redirects=False)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=checks)

    ask()
    if right and operation.method == "GET":
        assert operation.status in seen
