"""What holds a secret in memory does not show it, and no library writes it to the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from kds_tui.config.sections import LinkSettings, LogSettings
from kds_tui.core.link import LinkState
from kds_tui.hub.identity import Restaurant
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError
from kds_tui.services.credentials import FixedToken, Token, TokenFile, store_token
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.logfile import open_log
from kds_tui.services.websocket import WebSocketService
from tests.service.hub_kitchen import kitchen
from voice_tui.config import VoiceSettings
from voice_tui.private_files import environment_without_secrets
from voice_tui.services.http import Answer, Request

CANARY = "canary-6f1e2d3c4b5a69788796a5b4c3d2e1f0"

NOISY = ("websockets", "websockets.client", "aiohttp", "aiohttp.client", "asyncio", "")


@pytest.fixture
def noisy_libraries() -> Iterator[None]:
    """Somebody who looks for a fault has turned every logger up."""
    before = {name: logging.getLogger(name).level for name in NOISY}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


async def test_no_library_writes_a_token_or_a_pin_to_the_log_at_debug(
    tmp_path: Path, noisy_libraries: None, released_link: None
) -> None:
    settings = LogSettings(file=tmp_path / "kds.log", level="DEBUG")
    with open_log(settings) as log:
        for name in NOISY:
            logging.getLogger(name).setLevel(logging.DEBUG)
        async with kitchen(tmp_path) as here:
            for token in (here.token, CANARY):
                source = FixedToken(token)
                async with Backend(here.hub.url, source) as backend:
                    service = WebSocketService(
                        LinkSetup(here.hub.url, LinkSettings(), source, backend)
                    )
                    expected = LinkState.LIVE if token == here.token else LinkState.FAILED
                    assert (await service.connect()).state is expected
                    await service.close()
                    if token == CANARY:
                        with pytest.raises(BackendError):
                            await backend.list_orders(lambda: None)
                        with pytest.raises(BackendError):
                            await backend.login("27182818")
        written = log.path.read_text()
    assert "link: live" in written
    # A library cuts what it writes: a part of a secret is too much, too.
    for secret in (here.token.rpartition(".")[2], CANARY, "27182818"):
        parts = {secret[at : at + 8] for at in range(len(secret) - 7)}
        assert not [part for part in parts if part in written]


async def test_nothing_that_holds_a_secret_shows_it(tmp_path: Path) -> None:
    file = tmp_path / "token"
    store_token(file, Token(CANARY))
    source = TokenFile(file)
    assert await source.token() == CANARY
    setup = LinkSetup("http://hub", LinkSettings(), FixedToken(CANARY), None)  # type: ignore[arg-type]
    shown = [
        Token(CANARY),
        FixedToken(CANARY),
        source,
        setup,
        Backend("http://hub", FixedToken(CANARY)),
        VoiceSettings(key=SecretStr(CANARY), token=SecretStr(CANARY)),
        Request("GET", "http://hub", {"Authorization": f"Bearer {CANARY}"}, CANARY.encode()),
        Answer(200, CANARY.encode()),
        Restaurant("id", "Kitchen", CANARY, CANARY, CANARY),
    ]
    for thing in shown:
        for text in (repr(thing), str(thing), f"{thing}", f"{[thing]}"):
            assert CANARY not in text, type(thing)


def test_a_child_process_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("KDS_PIN", "OPENAI_API_KEY", "VOICE_TUI_TOKEN", "KDS_VOICE__KEY", "MY_PASSWORD")
    for name in names:
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", CANARY)
    child = environment_without_secrets()
    assert CANARY not in child.values()
    assert child["PATH"]
