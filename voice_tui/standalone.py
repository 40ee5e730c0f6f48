"""voice-tui by itself: its screen, its gateway, its examination, each from start to end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platformdirs import user_log_path

from voice_tui import exit_codes
from voice_tui.config import VoiceSettings
from voice_tui.core.menu import Menu
from voice_tui.gateway.offline import offline_gateway
from voice_tui.gateway.server import GatewayServer, run_gateway
from voice_tui.gateway.settings import GatewaySettings
from voice_tui.logfile import LogFileError, open_log
from voice_tui.say import say
from voice_tui.services.orders import RestOrderDesk

LOG_BYTES: Final = 5_000_000
"""Bytes of log before a new file is begun."""


@dataclass(frozen=True, slots=True)
class _Log:
    """Where voice-tui writes its log when it runs by itself."""

    file: Path = field(
        default_factory=lambda: user_log_path("kds-tui", appauthor=False) / "voice-tui.log"
    )
    level: str = "INFO"
    max_bytes: int = LOG_BYTES
    backups: int = 5


def run_standalone(settings: VoiceSettings, *, offline: bool) -> int:
    """Take orders on this terminal.

    Args:
        settings: which servers and which microphone.
        offline: start a gateway of its own and use that.

    Returns:
        The exit code.
    """
    from voice_tui.app import VoiceApp
    from voice_tui.services.push_to_talk import PushToTalk
    from voice_tui.terminal import run_guarded

    async def serve(app: VoiceApp) -> None:
        async with AsyncExitStack() as exits:
            desk = await exits.enter_async_context(_desk(settings))
            chosen = settings
            if offline:
                own = GatewaySettings(port=0)
                server = GatewayServer(own, offline_gateway(own, _Menu(settings)))
                await exits.enter_async_context(server)
                chosen = settings.model_copy(update={"url": server.url})
            app.voice = PushToTalk(chosen, desk)
            await app.run_to_end()

    try:
        with open_log(_Log()) as log:
            app = VoiceApp()
            return run_guarded(app, lambda: asyncio.run(serve(app)), log.path)
    except LogFileError as error:
        say(str(error), err=True)
        return exit_codes.FAILED


def serve_gateway(settings: VoiceSettings, gateway: GatewaySettings) -> int:
    """Serve voice until a signal ends it.

    Args:
        settings: where the menu comes from.
        gateway: limits, deadlines, engine, address.

    Returns:
        The exit code.
    """
    return run_gateway(GatewayServer(gateway, offline_gateway(gateway, _Menu(settings))))


async def run_examination(settings: VoiceSettings) -> int:
    """Check everything that a spoken order needs, and print a line for each step.

    Args:
        settings: which servers and which microphone.

    Returns:
        The exit code: 0 when all of it works.
    """
    from voice_tui.examination import examine
    from voice_tui.terminal.stderr import protect_stderr

    good = True
    try:
        # Within this, what sound libraries write on stderr is not between the lines.
        with open_log(_Log()) as log, protect_stderr(log.path):
            async for check in examine(settings):
                say(check.line)
                good = good and check.good
    except LogFileError as error:
        say(str(error), err=True)
        return exit_codes.FAILED
    return exit_codes.OK if good else exit_codes.FAILED


class _Menu:
    """The order server's menu, for a gateway that comes and goes with nobody's session."""

    def __init__(self, settings: VoiceSettings) -> None:
        self._settings = settings

    async def menu(self) -> Menu:
        """Ask for the menu.

        Raises:
            OrderError: it cannot be had.
        """
        async with _desk(self._settings) as desk:
            return await desk.menu()


def _desk(settings: VoiceSettings) -> RestOrderDesk:
    async def token() -> str:
        return settings.token.get_secret_value()

    return RestOrderDesk(
        settings.backend_url, settings.restaurant_id, token, settings.backend_certificate
    )
