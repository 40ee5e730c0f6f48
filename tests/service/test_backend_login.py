"""Signing in with a PIN, as `kds-tui login` does it: outside of any event loop."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from kds_tui.config.sections import ServerSettings
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError, Forbidden, Unauthorized, Unreachable
from kds_tui.services.credentials import FixedToken, Token, read_token, store_token
from kds_tui.services.login import login_with_pin
from tests.doubles.restaurant_os import PIN, RESTAURANT_ID, RestaurantOS, make_token


@pytest.fixture
def double() -> Iterator[RestaurantOS]:
    """A double in a thread of its own, because the sign-in brings its own event loop."""
    double, started, loop = RestaurantOS(), threading.Event(), asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        async with double:
            started.set()
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(20)
    yield double
    loop.call_soon_threadsafe(end.set)
    thread.join(20)
    loop.close()


@pytest.fixture
def settings(double: RestaurantOS, tmp_path: Path) -> ServerSettings:
    return ServerSettings(
        url=double.url, restaurant_id=RESTAURANT_ID, token_file=tmp_path / "kds" / "token"
    )


def test_the_right_pin_gets_a_token_that_is_kept(settings: ServerSettings) -> None:
    told = login_with_pin(settings, PIN)
    assert told.startswith("Signed in as kitchen until ")
    assert told.endswith(f"The token is in {settings.token_file}.")
    token = read_token(settings.token_file)
    assert token.restaurant_id == RESTAURANT_ID
    assert token.reveal() not in told


@pytest.mark.parametrize("fast", [-86_400.0, 0.0, 86_400.0])
def test_how_long_a_token_lasts_is_told_right_by_a_machine_whose_clock_is_wrong(
    monkeypatch: pytest.MonkeyPatch, settings: ServerSettings, fast: float
) -> None:
    now = 1_795_437_240.0
    token = Token(make_token(iat=now, exp=now + 12 * 3600))

    async def login(*_: object) -> Token:
        return token

    monkeypatch.setattr(Backend, "login", login)
    monkeypatch.setattr("kds_tui.services.login.time", SimpleNamespace(time=lambda: now + fast))
    assert "(12 hours)" in login_with_pin(settings, PIN)


def test_a_wrong_pin_is_tried_once_and_keeps_the_old_token(
    double: RestaurantOS, settings: ServerSettings
) -> None:
    store_token(settings.token_file, Token("old"))
    with pytest.raises(Unauthorized, match="does not take this PIN"):
        login_with_pin(settings, "0001")
    assert len(double.requests) == 1
    assert read_token(settings.token_file) == Token("old")


def test_the_limiter_is_explained(settings: ServerSettings) -> None:
    for _ in range(3):
        with pytest.raises(Unauthorized):
            login_with_pin(settings, "0001")
    with pytest.raises(Unreachable, match="Too many attempts: try again in 5 minutes"):
        login_with_pin(settings, PIN)


def test_a_locked_out_terminal_is_told(double: RestaurantOS, settings: ServerSettings) -> None:
    double.fail(1, 403, body=b'{"error":"Access denied","message":"suspended"}')
    with pytest.raises(Forbidden, match="locked this terminal out after too many attempts"):
        login_with_pin(settings, PIN)


def test_the_restaurant_of_the_stored_token_is_taken(settings: ServerSettings) -> None:
    settings = settings.model_copy(update={"restaurant_id": ""})
    with pytest.raises(BackendError, match="For which restaurant"):
        login_with_pin(settings, PIN)
    store_token(settings.token_file, Token(make_token(exp=1)))
    login_with_pin(settings, PIN)
    assert (read_token(settings.token_file).expires_at or 0) > 1


def test_the_command_says_one_sentence_and_writes_no_log_line_on_the_terminal(
    settings: ServerSettings, tmp_path: Path
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "KDS_SERVER__URL": settings.url,
        "KDS_SERVER__RESTAURANT_ID": settings.restaurant_id,
        "KDS_PIN": "0001",
    }
    done = subprocess.run(
        [sys.executable, "-m", "kds_tui", "login"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: The server does not take this PIN.\n"


async def test_a_short_name_is_looked_up() -> None:
    async with RestaurantOS() as double, Backend(double.url, FixedToken("")) as backend:
        assert (await backend.login(PIN, "grow")).restaurant_id == RESTAURANT_ID
        double.requests.clear()
        with pytest.raises(BackendError, match="Restaurant not found"):
            await backend.login(PIN, "shrink/../x")
        assert len(double.requests) == 1, "no PIN goes out for a restaurant that is not there"
