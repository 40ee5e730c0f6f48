"""What the diagnostics screen shows of this display, and does about it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, Protocol

from kds_tui.config.loading import Loaded
from kds_tui.config.settings import Settings
from kds_tui.config.table import render_table
from kds_tui.core.display_status import DisplayStatus, Seen, VoiceFacts
from kds_tui.core.link import LinkState
from kds_tui.daemon_thread import run_aside
from kds_tui.services.display_watch import DisplayWatch, WatchSetup
from kds_tui.services.terminal import Terminal

_log = logging.getLogger("kds_tui.diagnosis")

BUNDLE_DEADLINE: Final = 10.0
"""Seconds in which a bundle is to be on the disk."""


class VoiceSide(Protocol):
    """Voice on this display, as a diagnosis sees it."""

    @property
    def absence(self) -> str:
        """Why there is no panel, in words for the cook."""
        ...

    def facts(self) -> VoiceFacts | None:
        """Tell how voice is; None while there is none."""
        ...

    def reset(self) -> bool:
        """Make the turn idle; tells whether there is voice."""
        ...


class DiagnosisDesk:
    """The diagnostics screen's way to this display.

    Args:
        terminal: of the display.
        settings: all of them.
        voice: on this display; None where it is turned off.
        no_voice: why, in words for the cook.
        sound: tells where sounds come from, in words.
    """

    def __init__(
        self,
        terminal: Terminal,
        settings: Settings,
        voice: VoiceSide | None,
        no_voice: str,
        sound: Callable[[], str] = str,
    ) -> None:
        self._terminal = terminal
        self._settings = settings
        self._voice = voice
        self.sources: Mapping[str, str] | None = None
        """Where each setting comes from, by its key; for the bundle."""

        self.watch = DisplayWatch(
            terminal,
            WatchSetup(
                metrics=settings.metrics,
                station=settings.display.station,
                server=settings.server.url,
                voice=lambda: voice.facts() if voice is not None else None,
                no_voice=lambda: voice.absence if voice is not None else no_voice,
                sound=sound,
            ),
        )
        """To be entered inside the terminal's `async with`."""

    def status(self) -> DisplayStatus:
        """Tell how the display is.

        Returns:
            The facts of this moment.
        """
        return self.watch.status()

    def reconnect(self) -> str:
        """Connect again: at once while the link waits, else by closing it and making another.

        Returns:
            What is done, in words.
        """
        _log.warning("reconnect: a person asked for it")
        if self._terminal.status.state in (LinkState.RECONNECTING, LinkState.FAILED):
            self._terminal.reconnect_now()
            return "Connecting now."
        self._replace_link()
        return "The connection is closed and made anew."

    def reset(self) -> str:
        """Begin anew what can be stuck: the voice turn goes to idle, link and board are made anew.

        Returns:
            What is done, in words. No bump is lost by it.
        """
        _log.warning("forced reset: a person asked for it")
        has_voice = self._voice is not None and self._voice.reset()
        self._replace_link()
        voice = "the voice turn is idle, " if has_voice else ""
        return f"Reset: {voice}the link is made anew and the orders are listed anew."

    def _replace_link(self) -> None:
        if self._terminal.link is not None:
            self._terminal.link.replace()

    async def save_bundle(self) -> str:
        """Save a bundle for support beside the log.

        Returns:
            Where it is; or why there is none.
        """
        from kds_tui.services.support_bundle import BundleContents, bundle_name, write_bundle

        log = self._settings.log.file
        path = log.parent / bundle_name(datetime.now())
        sources = defaultdict(lambda: "this program", self.sources or {})
        contents = BundleContents(
            displays=[(self.status(), Seen())],
            settings=render_table(Loaded(self._settings, sources, None)),
            log=log,
            names=tuple(self._names()),
        )
        try:
            async with asyncio.timeout(BUNDLE_DEADLINE):
                await run_aside(lambda: write_bundle(path, contents), "support bundle")
        except (OSError, TimeoutError) as error:
            why = getattr(error, "strerror", None) or "the disk does not answer"
            _log.error("no bundle", extra={"reason": why})
            return f"The bundle cannot be written: {why}: {path}"
        _log.info("bundle", extra={"file": str(path)})
        return f"Saved {path} (no secrets, no guests' names). Send it to support."

    def _names(self) -> Iterator[str]:
        """What guests and waiters wrote: names and notes of all orders that are known here."""
        for order in self._terminal.kitchen.board:
            yield from (order.customer_name, order.notes, order.server_name)
            yield from (item.notes for item in order.items)
