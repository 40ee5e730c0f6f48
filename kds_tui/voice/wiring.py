"""Voice on the kitchen display: the same server and token, the panel beside the tickets.

Imported late: speech and WebRTC take longer to load than the board takes to draw.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from pydantic import SecretStr

from kds_tui.config.sections import ServerSettings
from kds_tui.config.settings import Settings
from kds_tui.services.backend_errors import BackendError
from kds_tui.services.link_setup import TokenSource
from kds_tui.services.pinning import pin_file
from kds_tui.voice.commands import DisplayCommands
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.menu import Menu
from voice_tui.private_files import secret_given
from voice_tui.services.http import NoAnswer
from voice_tui.services.microphone import Microphone
from voice_tui.services.orders import OrderError, RestOrderDesk
from voice_tui.services.push_to_talk import PushToTalk
from voice_tui.ui.panel import VoicePanel

OPENAI_KEY: Final = "OPENAI_API_KEY"
"""The environment variable with a key for OpenAI."""

OPENAI_CREDENTIAL: Final = "openai-api-key"
"""`LoadCredential=openai-api-key:FILE` of a systemd unit gives it too."""


class _Desk(RestOrderDesk):
    """Takes orders over connections of its own; the menu is the display's, fetched for both."""

    def __init__(
        self,
        server: ServerSettings,
        token: Callable[[], Awaitable[str]],
        menu: Callable[[], Awaitable[Menu]],
    ) -> None:
        certificate = pin_file(server.pins_dir, server.url)
        super().__init__(server.url, server.restaurant_id, token, certificate)
        self._menu = menu

    async def menu(self) -> Menu:
        """Get the menu as it is now."""
        try:
            return await self._menu()
        except BackendError as error:
            raise OrderError(str(error)) from error


class DisplayVoice:
    """Push-to-talk of one display; to be used in `async with`.

    Args:
        settings: of the display.
        tokens: where the token for the order server comes from.
        commands: carries out cooks' commands.
        menu: gets the menu as it is now; see `LiveMenu.menu`.
        talk_key: the talk key as it is printed on the keyboard.
        microphone: where sound comes from; this machine's if not given.
    """

    def __init__(
        self,
        settings: Settings,
        tokens: TokenSource,
        commands: DisplayCommands,
        menu: Callable[[], Awaitable[Menu]],
        talk_key: str,
        microphone: Microphone | None = None,
    ) -> None:
        server = settings.server

        async def token() -> str:
            try:
                return await tokens.token()
            except BackendError as error:
                raise NoAnswer(str(error)) from error

        self.desk = _Desk(server, token, menu)
        """Where spoken orders go."""

        voice = _settings(settings)
        # The order server's token is shown to the order server, and to nobody else.
        shown = token if _token_server(voice) == server.url else None
        self.talk = PushToTalk(voice, self.desk, commands, microphone, shown)
        """Microphone, connection, turns and the order."""

        self.panel = VoicePanel(self.talk.client, self.talk.dialogue, talk_key)
        """To be mounted once, and removed before this is left."""

        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.desk)
            await stack.enter_async_context(self.talk)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()


def _settings(settings: Settings) -> VoiceSettings:
    """Fill in what the display knows already: the gateway may stand on the hub's own port."""
    voice = settings.voice
    known: dict[str, object] = {
        "backend_url": settings.server.url,
        "backend_certificate": pin_file(settings.server.pins_dir, settings.server.url),
        "restaurant_id": settings.server.restaurant_id,
    }
    if voice.dialect is DialectName.OPENAI and not voice.key.get_secret_value():
        known["key"] = SecretStr(secret_given(OPENAI_KEY, OPENAI_CREDENTIAL))
    if voice.dialect is DialectName.GATEWAY and not voice.url:
        known["url"] = settings.server.url
    return voice.model_copy(update=known)


def _token_server(voice: VoiceSettings) -> str:
    """Tell which server gives the tokens of voice."""
    if voice.dialect is DialectName.RESTAURANT_OS:
        return voice.backend_url
    return voice.server_url()
