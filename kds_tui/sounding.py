"""What happens in the kitchen, made heard and seen: from tickets and link to sounds and flash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from kds_tui.config.settings import Settings
from kds_tui.core.alert_watch import AlertWatch
from kds_tui.core.alerts import (
    SAME_GAP,
    WORDS,
    Alert,
    Happened,
    LinkWatch,
    Repeats,
    together,
)
from kds_tui.core.card_style import AttentionLook
from kds_tui.core.clock import format_age
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.tickets import Changes
from kds_tui.services.sound import SoundListener, SoundService
from kds_tui.services.sound_output import SoundOutput
from kds_tui.services.terminal import Terminal

GATHER: Final = 0.15
"""Seconds for which what happens is gathered: an order that is told in three events, and a board
that is brought up to date, are one sound."""

_OFF: Final = "Sounds are off here: [sound] enabled = true turns them on."

_NOTHING_COMES: Final = frozenset({LinkState.LIVE, LinkState.RECONNECTING, LinkState.FAILED})
"""States of the link in which no list of orders is under way: what is known is all there is."""


class Seen(Protocol):
    """The display."""

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence; a bad one stays longer."""
        ...

    def bell(self) -> None:
        """Strike the terminal's bell."""
        ...


class Sounding:
    """Owns the sounds of one display.

    Args:
        terminal: what happens.
        settings: of the display.
        seen: the display.
    """

    def __init__(self, terminal: Terminal, settings: Settings, seen: Seen) -> None:
        self._terminal = terminal
        self._settings = settings.sound
        self._seen = seen
        calm = settings.display.attention is AttentionLook.OFF
        self._flashes = settings.sound.flash and not calm
        self._watch = AlertWatch(terminal.kitchen, settings.urgency.rules())
        self._link = LinkWatch()
        self._repeats = Repeats(settings.sound.repeat_seconds)
        self._gathered: Happened | None = None
        self._flash: Callable[[str, Alert], None] = lambda words, alert: None
        self._timer: asyncio.TimerHandle | None = None
        self._lit: tuple[Alert | None, float] = (None, 0.0)
        self.service: SoundService | None = None
        """Once it has begun."""

    def begin(self, output: SoundOutput | None, flash: Callable[[str, Alert], None]) -> None:
        """Begin to be heard.

        Args:
            output: the sound card; None where there is only the bell.
            flash: lights up header and footer for a moment, with words and a colour.
        """
        seen, terminal, self._flash = self._seen, self._terminal, flash
        listener = SoundListener(
            lost=lambda why: seen.tell(f"{why} The terminal's bell stands in.", bad=True),
            found=lambda device: seen.tell(f"Sounds come from {device} again."),
            trying=self._trying,
            tried=self._tried,
        )
        self.service = SoundService(
            self._settings, output, seen.bell, terminal.server_now, terminal.monotonic, listener
        )

    async def end(self) -> None:
        """End, also in the middle of a sound."""
        if self._timer is not None:
            self._timer.cancel()
        if self.service is not None:
            await self.service.close()

    @property
    def words(self) -> str:
        """What the header says of sounds: for how long they are muted; else nothing."""
        muted_for = self.service.muted_for if self.service is not None else 0.0
        return f"MUTED {format_age(muted_for + 0.999)}" if muted_for else ""

    @property
    def state(self) -> str:
        """How sounds are, for diagnosis."""
        if not self._settings.enabled:
            return "off: [sound] enabled = false"
        service = self.service
        if service is None:
            return "not begun"
        if self.words:
            return self.words.lower()
        if service.trouble:
            return f"the terminal's bell: {service.trouble}"
        quiet = ", quiet hours" if service.is_quiet else ""
        return f"{service.device or 'no sound yet'}{quiet}"

    def look(self, changes: Changes) -> None:
        """Take what became of the tickets.

        Args:
            changes: of the tickets.
        """
        self._gather(self._watch.look(changes, self._terminal.server_now()))

    def tick(self) -> None:
        """Look at clocks and link; to be called every second."""
        now, monotonic = self._terminal.server_now(), self._terminal.monotonic()
        happened = [*self._watch.due(now), *self._watch.late(now)]
        if self._link.look(self._terminal.status, monotonic):
            happened.append(Happened(Alert.LINK_LOST))
        self._gather(happened)
        waiting = self._watch.waiting
        if self._link.is_lost:
            waiting |= {Alert.LINK_LOST}
        again = self._repeats.due(waiting, monotonic)
        if again is not None:
            self._make_heard(Happened(again))

    def link_changed(self, status: LinkStatus) -> None:
        """Take the news of the link.

        Args:
            status: how it is now.
        """
        if status.state in _NOTHING_COMES and self._gathered is not None:
            self._make_heard_soon()

    def toggle_mute(self) -> None:
        """Be silent for a while, or no longer."""
        if not self._settings.enabled:
            self._seen.tell(_OFF)
        elif self.service is None:
            return
        elif self.service.toggle_mute():
            minutes = self._settings.mute_minutes
            self._seen.tell(f"No sounds for {minutes:g} minutes; the same key brings them back.")
        else:
            self._seen.tell("Sounds are back.")

    def try_all(self) -> None:
        """Play each sound with its name; a second press ends it."""
        if not self._settings.enabled:
            self._seen.tell(_OFF)
        elif self.service is not None and not self.service.try_all():
            self._seen.tell("The test of the sounds has ended.")

    def _trying(self, alert: Alert, place: int, count: int) -> None:
        self._flash(f"SOUND {place} OF {count}: {WORDS[alert]}", alert)

    def _tried(self) -> None:
        service = self.service
        if service is not None and service.device:
            self._seen.tell(f"Sounds come from {service.device}.")
        elif service is not None:
            why = service.trouble or "There is no sound card here."
            self._seen.tell(f"{why} The terminal's bell stands in.")

    def _gather(self, happened: Sequence[Happened]) -> None:
        if not happened:
            return
        known = (self._gathered,) if self._gathered is not None else ()
        self._gathered = together((*known, *happened))
        # While the board is brought up to date, what it tells waits for the rest of it. Without a
        # server tickets turn late all the same, and scheduled orders are to be begun.
        lost = any(each.alert is Alert.LINK_LOST for each in happened)
        if lost or self._terminal.status.state in _NOTHING_COMES:
            self._make_heard_soon()

    def _make_heard_soon(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(GATHER, self._make_gathered_heard)

    def _make_gathered_heard(self) -> None:
        self._timer, happened, self._gathered = None, self._gathered, None
        if happened is not None:
            self._make_heard(happened)

    def _make_heard(self, happened: Happened) -> None:
        if self.service is not None:
            self.service.put(happened)
        if not self._flashes or happened.alert in self._settings.silent_events:
            return
        now = self._terminal.monotonic()
        alert, since = self._lit
        if happened.alert is not alert or now - since >= SAME_GAP:
            self._lit = happened.alert, now
            self._flash(happened.words, happened.alert)
