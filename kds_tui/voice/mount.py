"""Begins and ends voice on a running display, without keeping the board waiting for it."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

from kds_tui.config.settings import Settings
from kds_tui.core.display_status import VoiceFacts
from kds_tui.core.kitchen import Kitchen
from kds_tui.daemon_thread import run_aside
from kds_tui.services.link_setup import TokenSource
from kds_tui.services.terminal import Terminal
from kds_tui.wishes import Wishes

if TYPE_CHECKING:
    from kds_tui.voice.wiring import DisplayVoice
    from voice_tui.services.microphone import Microphone
    from voice_tui.ui.panel import VoicePanel

VOICE_OFF: Final = "Voice is off here: [display] voice = true turns it on."
"""What a display without voice answers to the talk key."""

_log = logging.getLogger("kds_tui.voice")


class PanelHost(Protocol):
    """The screen that shows the panel."""

    @property
    def talk_key(self) -> str:
        """The talk key as it is printed on the keyboard."""
        ...

    @property
    def selected(self) -> str | None:
        """The id of the selected ticket."""
        ...

    async def show_panel(self, panel: VoicePanel) -> None:
        """Mount it beside the tickets."""
        ...


class VoiceHost(Protocol):
    """The display that voice is added to."""

    settings: Settings
    tokens: TokenSource
    wishes: Wishes
    terminal: Terminal

    @property
    def kitchen(self) -> Kitchen:
        """What the display knows."""
        ...

    @property
    def board_screen(self) -> PanelHost:
        """The screen."""
        ...

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence to the cook."""
        ...


class VoiceMount:
    """Owns voice on one display.

    Args:
        host: the display.
        microphone: where sound comes from; this machine's if not given.
    """

    def __init__(self, host: VoiceHost, microphone: Microphone | None = None) -> None:
        self._host = host
        self._microphone = microphone
        self.voice: DisplayVoice | None = None
        """Voice, while it runs."""

        self.absence = "Voice is starting: press again in a moment."
        """Why there is no panel, in words for the cook."""

        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, behind the board."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="voice")
            self._task.add_done_callback(self._ended)

    def facts(self) -> VoiceFacts | None:
        """Tell how voice is, for diagnosis; None while there is none."""
        if self.voice is None:
            return None
        told, dialogue = self.voice.talk.client.get_status(), self.voice.talk.dialogue
        settings = self._host.settings.voice
        deadlines = {
            "recording": settings.recording_deadline,
            "committing": settings.commit_deadline,
            "waiting_user_final": settings.transcript_deadline,
            "waiting_response": settings.response_deadline,
        }
        return VoiceFacts(
            **told,
            turn_deadline=deadlines.get(told["turn_state"], 0.0),
            orders_started=dialogue.orders_started,
            orders_completed=dialogue.orders_completed,
        )

    def reset(self) -> bool:
        """Make the turn idle, whatever its state.

        Returns:
            Whether there is voice.
        """
        if self.voice is None:
            return False
        self.voice.talk.client.force_reset()
        return True

    def menu_changed(self) -> None:
        """Look at the menu now: the server says that it is not as it was."""
        if self.voice is not None:
            self.voice.talk.dialogue.refresh_menu()

    async def end(self) -> None:
        """End: recording, connection, microphone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=5)

    async def _run(self) -> None:
        host = self._host
        try:
            # Seconds, for which neither the board nor the display's end is to wait.
            await run_aside(lambda: import_module("kds_tui.voice.wiring"), "voice-loading")
        except ImportError as error:
            _log.warning("no voice", extra={"reason": str(error)})
            self._fail(f"Voice needs more packages ({error.name}): pip install 'kds-tui[voice]'")
            return
        from kds_tui.voice.commands import DisplayCommands
        from kds_tui.voice.wiring import DisplayVoice

        screen = host.board_screen
        commands = DisplayCommands(host.kitchen, host.wishes, lambda: screen.selected)
        talk_key = host.board_screen.talk_key
        menu = host.terminal.looked_up.menu.menu
        voice = DisplayVoice(host.settings, host.tokens, commands, menu, talk_key, self._microphone)
        async with voice:
            await host.board_screen.show_panel(voice.panel)
            self.voice = voice
            try:
                await asyncio.Event().wait()  # until cancelled
            finally:
                self.voice = None

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("voice ended", exc_info=error)
            self._fail("Voice does not work; the tickets go on. The log says why.")

    def _fail(self, why: str) -> None:
        self.absence = why
        self._host.tell(why, bad=True)
