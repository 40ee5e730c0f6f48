"""The kitchen display: puts terminal and screen together, and nothing else.

What the terminal says has changed goes to the screen, once a turn of the event loop. What the cook
wants goes to the terminal.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import on
from textual.app import SystemCommand
from textual.screen import Screen

from kds_tui.collector import keep_collector_off
from kds_tui.config.settings import Settings
from kds_tui.core.board import FeedEvent
from kds_tui.core.command import Outcome
from kds_tui.core.endings import SHOWN
from kds_tui.core.frames import MenuChanged
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.diagnosis_desk import DiagnosisDesk
from kds_tui.looks import LookChoice
from kds_tui.services.folder_lock import CannotStart
from kds_tui.services.sound_output import PlayerProcess
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup
from kds_tui.showing import shown_of
from kds_tui.sounding import Sounding
from kds_tui.ui.board_screen import BoardScreen
from kds_tui.ui.dialogs import QuitDialog
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.messages import (
    BoardChanged,
    LinkChanged,
    LooksRequested,
    NoticeTaken,
    QuitRequested,
    ReconnectRequested,
    RestaurantNamed,
    SoundRequested,
    TakeOverRequested,
    TicketRecalled,
    WishesRequested,
    WishRequested,
)
from kds_tui.ui.palette import palette_commands
from kds_tui.ui.themes import DEFAULT_VARIABLES, fitting_theme, install_themes
from kds_tui.voice.mount import VOICE_OFF, VoiceMount
from kds_tui.wishes import Wishes
from voice_tui import exit_codes
from voice_tui.terminal import GuardedApp

if TYPE_CHECKING:
    from kds_tui.services.link_setup import TokenSource
    from voice_tui.services.microphone import Microphone


class KitchenApp(GuardedApp, inherit_bindings=False):
    """The kitchen display.

    It inherits no key of Textual's: ctrl+q would leave without asking about unsent bumps.

    Args:
        settings: all of them.
        keys: the keys of the board.
        tokens: where the token for the order server comes from.
        microphone: where the cook's voice comes from; this machine's if not given.
    """

    ALLOW_SELECT = False

    def __init__(
        self,
        settings: Settings,
        keys: KeyTable,
        tokens: TokenSource,
        microphone: Microphone | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.tokens = tokens
        self.terminal = Terminal(
            TerminalSetup(
                server=settings.server,
                link=settings.link,
                journal=settings.journal,
                tokens=tokens,
                station=settings.display.station,
                routing=settings.routing(),
                sort=settings.display.sort,
                rules=settings.urgency.rules(),
                undo_seconds=settings.bump.undo_seconds,
                wall=time.time,
                monotonic=time.monotonic,
            ),
            TerminalListener(
                touched=self.touch,
                fed=self.fed,
                taken=lambda command: self.wishes.taken(command),
                ended=self.command_ended,
                status=self._status_changed,
                about=self._told_about_server,
            ),
        )
        self.wishes = Wishes(self.terminal, self)
        self.refusal = ""
        """Why the display could not start, in words for the person who started it."""

        self._dirty: set[str] = set()
        self._frozen = False
        self._serving: asyncio.Task[None] | None = None
        self.sounding = Sounding(self.terminal, settings, self)
        self.voice = VoiceMount(self, microphone) if settings.display.voice else None
        self.desk = DiagnosisDesk(
            self.terminal, settings, self.voice, VOICE_OFF, lambda: self.sounding.state
        )
        install_themes(self, settings.display.theme)
        self.looks = LookChoice(self, settings.display)
        self.board_screen = BoardScreen(shown_of(self), keys)
        self.key_listener = self.board_screen

    @property
    def kitchen(self) -> Kitchen:
        """What this display knows."""
        return self.terminal.kitchen

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the style sheet a colour for every state, whatever the theme.

        Returns:
            Variable to colour.
        """
        return dict(DEFAULT_VARIABLES)

    def get_default_screen(self) -> Screen[None]:
        """Begin with the board.

        Returns:
            The only screen but for dialogs.
        """
        return self.board_screen

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """List the commands of the palette.

        Args:
            screen: the one that is shown.

        Returns:
            Every action that has a key, but for digits and slots.
        """
        return palette_commands(self.board_screen, self.kitchen.stations.others)

    def on_mount(self) -> None:
        """Suit the terminal, and start the link once the first frame is drawn."""
        if not self.is_headless:
            wanted, colors = self.settings.display.theme, self.console.color_system
            self.theme = fitting_theme(wanted, colors, no_color=self.no_color)
        self.start_sounds()
        self.call_after_refresh(self.start_serving)

    def start_sounds(self) -> None:
        """Have what happens heard, where there is somebody to hear it."""
        output = None if self.is_headless else PlayerProcess(self.settings.sound.device)
        self.sounding.begin(output, self.board_screen.flash)
        self.set_interval(1.0, self.sounding.tick)

    def start_serving(self) -> None:
        """Begin the one task that owns the terminal: journal, cache and ties to the server."""
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve(), name="terminal")
            self._serving.add_done_callback(self._served)
        if self.voice is not None:
            self.voice.start()

    async def end_serving(self) -> None:
        """End voice and the terminal: the websocket is closed with 1001, the journal written."""
        if self._serving is not None:
            self._serving.cancel()
        await self.sounding.end()
        if self.voice is not None:
            await self.voice.end()
        if self._serving is not None:
            await asyncio.wait({self._serving}, timeout=5)

    async def run_to_end(self) -> None:
        """Run the display, and end its ties to the server after it."""
        try:
            await self.run_async()
        finally:
            await self.end_serving()

    async def _serve(self) -> None:
        async with self.terminal, self.desk.watch:
            if self.terminal.last_known_at is not None:
                await self._drawn()  # to load what connects would hold up the last known board
            await self.terminal.connect()
            await asyncio.Event().wait()  # until cancelled

    async def _drawn(self) -> None:
        """Wait until what was touched is on the screen, or something is wrong with that."""
        drawn, loop = asyncio.Event(), asyncio.get_running_loop()
        # Behind the `_show_changes` that stands in the loop's queue.
        loop.call_soon(self.board_screen.call_after_refresh, drawn.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await drawn.wait()

    def _served(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, CannotStart):
                self.refusal = str(error)
            else:
                # Without its link a display shows old orders as if they were new: better to end.
                self.note_crash(error)
            self.exit(return_code=exit_codes.FAILED)

    def fed(self, event: FeedEvent) -> None:
        """Take the news that the server told an event; what it changed is told by `touch`.

        Args:
            event: what happened.
        """
        if isinstance(event, MenuChanged) and self.voice is not None:
            self.voice.menu_changed()

    @property
    def has_unshown_changes(self) -> bool:
        """Whether tickets changed in this turn of the event loop that the screen does not know."""
        return bool(self._dirty)

    def touch(self, order_ids: Iterable[str]) -> None:
        """Have tickets looked at again, at the end of this turn of the event loop.

        Args:
            order_ids: whose.
        """
        scheduled = bool(self._dirty)
        self._dirty.update(order_ids)
        if self._dirty and not scheduled:
            asyncio.get_running_loop().call_soon(self._show_changes)

    def _show_changes(self) -> None:
        dirty, self._dirty = self._dirty, set()
        changes = self.kitchen.tickets.update(dirty, self.terminal.server_now())
        self.board_screen.post_message(BoardChanged(changes, frozenset(dirty)))
        self.sounding.look(changes)

    def _status_changed(self, status: LinkStatus) -> None:
        self.board_screen.post_message(LinkChanged(status))
        self.sounding.link_changed(status)
        if status.state is LinkState.LIVE and not self._frozen:
            self._frozen = True
            keep_collector_off()

    def _told_about_server(self, name: str) -> None:
        if name:
            self.board_screen.post_message(RestaurantNamed(name))

    def command_ended(self, outcome: Outcome) -> None:
        """Take the end of a command.

        Args:
            outcome: the server's answer, or why it declined.
        """
        self.wishes.ended(outcome)

    def reveal(self, order_id: str) -> None:
        """Turn to a ticket that was touched just now.

        Args:
            order_id: whose.
        """
        # Behind the `_show_changes` that brings the ticket, which stands in the loop's queue.
        recalled = TicketRecalled(order_id)
        asyncio.get_running_loop().call_soon(self.board_screen.post_message, recalled)

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence to the cook.

        Args:
            words: clean text.
            bad: whether it is about something that went wrong; then it stays longer.
        """
        severity = "error" if bad else "information"
        self.notify(words, severity=severity, timeout=SHOWN if bad else 8, markup=False)

    @on(WishRequested)
    def _wish(self, message: WishRequested) -> None:
        if message.whole_table:
            self.wishes.bump_table(message.order_id)
        else:
            self.wishes.carry_out(message.verb, message.order_id, message.subject_id)

    @on(WishesRequested)
    def _wishes(self, message: WishesRequested) -> None:
        self.wishes.together(message.wishes)

    @on(NoticeTaken)
    def _notice_taken(self, message: NoticeTaken) -> None:
        self.wishes.acknowledge(message.order_id)

    @on(SoundRequested)
    def _sound(self, message: SoundRequested) -> None:
        (self.sounding.try_all if message.test else self.sounding.toggle_mute)()
        self.board_screen.look_again()

    @on(TakeOverRequested)
    def _take_over(self, message: TakeOverRequested) -> None:
        self.wishes.take_over(message.station, give_back=message.give_back)

    @on(LooksRequested)
    def _pick_looks(self) -> None:
        self.looks.open(self.board_screen.keys)

    def refit(self) -> None:
        """Lay the cards out anew: they are to be larger or smaller."""
        self.board_screen.refit()

    @on(ReconnectRequested)
    def _reconnect(self) -> None:
        self.terminal.reconnect_now()

    @on(QuitRequested)
    def _quit(self) -> None:
        unsent = len(self.kitchen.outbox)
        if unsent:
            keys = self.board_screen.keys.closing()
            self.push_screen(QuitDialog(unsent, self.terminal.in_memory, keys), self._quit_answered)
        else:
            self.exit()

    def _quit_answered(self, leave: bool | None) -> None:
        if leave:
            self.exit()
