"""What the display tells voice of itself, and to whom its token is shown."""

from __future__ import annotations

from typing import Any

import pytest

from kds_tui.config.settings import Settings
from kds_tui.services.backend_errors import TokenFileError
from kds_tui.services.credentials import FixedToken
from kds_tui.voice.commands import DisplayCommands
from kds_tui.voice.wiring import DisplayVoice
from tests.unit.still_terminal import still_terminal
from voice_tui.core.menu import Menu
from voice_tui.services.http import NoAnswer
from voice_tui.services.orders import OrderError

HUB = "http://hub.example:3001"


async def no_menu() -> Menu:
    raise TokenFileError("Run: kds-tui login")


def made(tokens: Any = None, **voice: Any) -> DisplayVoice:
    terminal, wishes, _ = still_terminal()
    settings = Settings.model_validate({"server": {"url": HUB}, "voice": voice})
    commands = DisplayCommands(terminal.kitchen, wishes)
    return DisplayVoice(settings, tokens or FixedToken("hub token"), commands, no_menu, "T")


@pytest.mark.parametrize(
    ("voice", "asked", "shown"),
    [
        ({"dialect": "gateway"}, HUB, True),
        ({"dialect": "gateway", "url": HUB}, HUB, True),
        ({"dialect": "gateway", "url": "http://other.example:3002"}, "http://other.example", False),
        ({"dialect": "restaurant-os"}, HUB, True),
    ],
)
async def test_the_token_is_shown_to_the_order_server_and_to_nobody_else(
    voice: dict[str, str], asked: str, shown: bool
) -> None:
    signalling = made(**voice).talk.client._signalling
    request = signalling.dialect.token_request(await signalling._with_token(), {})
    assert request is not None
    assert request.url.startswith(asked)
    assert (request.headers.get("Authorization") == "Bearer hub token") is shown
    assert ("Authorization" in request.headers) is shown


class SignedOut:
    """A terminal whose token is gone."""

    async def token(self) -> str:
        raise TokenFileError("Run: kds-tui login")

    async def refresh(self) -> str | None:
        return None


async def test_a_terminal_that_is_not_signed_in_says_so() -> None:
    voice = made(SignedOut(), dialect="gateway")
    async with voice.desk:
        with pytest.raises(OrderError, match="kds-tui login"):
            await voice.desk.menu()
    with pytest.raises(NoAnswer, match="kds-tui login"):
        await voice.talk.client._signalling._with_token()
