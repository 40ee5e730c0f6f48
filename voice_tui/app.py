"""Voice ordering on a screen of its own."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from voice_tui import exit_codes
from voice_tui.services.push_to_talk import PushToTalk
from voice_tui.terminal import GuardedApp
from voice_tui.ui.colours import voice_variables
from voice_tui.ui.panel import VoicePanel

_TALK_KEYS: Final = ("t", "space", "f9")

_KEYS: Final = "T talk   / type   m microphone   r reset   q quit"


class VoiceApp(GuardedApp):
    """The voice panel, and nothing else; to be run by `run_to_end` once `voice` is given."""

    TITLE = "voice-tui"
    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(_TALK_KEYS), "talk", "Talk", show=False),
        Binding("q,ctrl+c", "quit", "Quit", show=False),
    ]
    CSS = """
    Screen { background: $kds-page; color: $kds-text; }
    #keys { height: 1; padding: 0 1; background: $kds-bar-back; color: $kds-muted; }
    """

    voice: PushToTalk
    """Not entered yet; the app enters it, and leaves it after the screen is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.key_listener = self
        self._serving: asyncio.Task[None] | None = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the panel its colours.

        Returns:
            Variable to colour.
        """
        return voice_variables()

    def compose(self) -> ComposeResult:
        """Lay the screen out.

        Yields:
            The panel and the keys.
        """
        self._panel = VoicePanel(self.voice.client, self.voice.dialogue)
        yield self._panel
        yield Static(_KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Give the panel the keyboard, and begin once the first frame is drawn."""
        self.query_one(VoicePanel).focus()
        self.call_after_refresh(self._begin)

    async def run_to_end(self) -> None:
        """Run the screen, and end voice after it."""
        try:
            await self.run_async()
        finally:
            await self.end_voice()

    async def end_voice(self) -> None:
        """End recording, connection and microphone; the screen is gone by then."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait({self._serving})

    def action_talk(self) -> None:
        """Take a press of the talk key."""
        self._panel.talk_down()

    def hear_key_protocol(self, *, tells_key_up: bool) -> None:
        """Let the talk key be held where the terminal tells when it comes up."""
        self._panel.holds = tells_key_up

    def hear_key_up(self, key: str, held: float) -> None:
        """Take the news that a key came up.

        Args:
            key: which one.
            held: seconds since it went down.
        """
        if key in _TALK_KEYS:
            self._panel.talk_up(held)

    def _begin(self) -> None:
        self._serving = asyncio.create_task(self._run_voice(), name="voice")
        self._serving.add_done_callback(self._voice_ended)

    async def _run_voice(self) -> None:
        async with self.voice:
            await asyncio.Event().wait()  # until cancelled

    def _voice_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.note_crash(error)
            self.exit(return_code=exit_codes.FAILED)
