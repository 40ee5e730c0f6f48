"""Takes the facts about a running display: from its terminal, its process and its voice."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kds_tui import __version__
from kds_tui.core.display_status import (
    BoardFacts,
    ClockFacts,
    CommandFacts,
    DisplayStatus,
    LinkFacts,
    ProcessFacts,
    VoiceFacts,
)
from kds_tui.core.link import LinkState
from kds_tui.core.trend import Recent, Trend
from kds_tui.process_figures import ProcessFigures
from kds_tui.services.terminal import Terminal

if TYPE_CHECKING:
    from kds_tui.services.websocket import LinkReport


@dataclass(frozen=True, slots=True)
class Place:
    """Which display it is."""

    pid: int
    station: str
    server: str


class FactTaker:
    """Looks at a display again and again, and so knows what grows.

    Args:
        terminal: whose.
        place: which display it is.
    """

    def __init__(self, terminal: Terminal, place: Place) -> None:
        self._terminal = terminal
        self._place = place
        self._began = terminal.monotonic()
        self._memory = Trend(self._began)
        self._timers = Trend(self._began)
        self._sockets = Trend(self._began)
        self._timeouts = Recent()

    def take(
        self,
        held: ProcessFigures,
        voice: VoiceFacts | None,
        no_voice: str,
        sound: str = "",
        trouble: tuple[str, ...] = (),
    ) -> DisplayStatus:
        """Take the facts of this moment; to be called in the display's event loop.

        Args:
            held: what the process holds.
            voice: push-to-talk; None without.
            no_voice: why there is none.
            sound: where sounds come from.
            trouble: what cannot be told to whoever watches.

        Returns:
            All of them.
        """
        terminal, now = self._terminal, self._terminal.monotonic()
        report = terminal.link.get_status() if terminal.link is not None else None
        return DisplayStatus(
            version=__version__,
            pid=self._place.pid,
            station=self._place.station,
            server=self._place.server,
            written_at=now,
            wall_time=time.time(),
            link=None if report is None else link_facts(report, now),
            board=self._board(report, now),
            commands=self._commands(),
            events=terminal.tally.events,
            voice=None if voice is None else self._voice(voice, now),
            no_voice=no_voice,
            sound=sound,
            clock=ClockFacts(terminal.server_now(), terminal.clock.round_trip, terminal.skew()),
            process=self._process(held, now),
            trouble=trouble,
        )

    def _board(self, report: LinkReport | None, now: float) -> BoardFacts:
        tickets, age = len(self._terminal.kitchen.tickets), self._terminal.last_known_age
        if report is None:
            return BoardFacts(tickets, age)
        return BoardFacts(
            tickets=tickets,
            last_known_age=age,
            confirmed_age=_since(report["confirmed_at"], now),
            differing=report["differing_counts"],
            mismatches=report["digest_mismatches"],
            listings=report["digest_listings"],
        )

    def _commands(self) -> CommandFacts:
        terminal, tally = self._terminal, self._terminal.tally
        return CommandFacts(
            unsent=len(terminal.kitchen.outbox),
            oldest=terminal.unsent_age,
            in_memory=terminal.in_memory,
            trouble=terminal.trouble,
            given=dict(tally.given),
            answered=tally.answered,
            declined=tally.declined,
        )

    def _voice(self, voice: VoiceFacts, now: float) -> VoiceFacts:
        return replace(voice, timeouts_per_minute=self._timeouts.note(now, voice.state_timeouts))

    def _process(self, held: ProcessFigures, now: float) -> ProcessFacts:
        self._memory.note(now, held.rss_bytes)
        self._timers.note(now, held.timers)
        self._sockets.note(now, held.sockets)
        return ProcessFacts(
            rss_bytes=held.rss_bytes,
            growth=self._memory.per_hour,
            growth_known_in=self._memory.known_in(now),
            tasks=held.tasks,
            timers=held.timers,
            timers_growth=self._timers.per_hour,
            sockets=held.sockets,
            sockets_growth=self._sockets.per_hour,
            files=held.fds - held.sockets,
            threads=held.threads,
            up_for=now - self._began,
        )


def link_facts(report: LinkReport, now: float) -> LinkFacts:
    """Turn the moments of a link's report into ages, which mean something to other programs.

    Args:
        report: as `get_status` tells it.
        now: on the monotonic clock, in seconds.

    Returns:
        The same in plain values.
    """
    retry_at = report["retry_at"]
    return LinkFacts(
        state=LinkState(report["state"]),
        stale=report["stale"],
        untrusted=report["untrusted"],
        reason=report["reason"],
        is_connecting=report["is_connecting"],
        is_reconnecting=report["is_reconnecting"],
        reconnect_attempts=report["reconnect_attempts"],
        retry_in=None if retry_at is None else max(0.0, retry_at - now),
        down_for=_since(report["down_since"], now),
        heartbeat_age=_since(report["last_heartbeat"], now),
        connect_count=report["connect_count"],
        live_count=report["live_count"],
        open_sockets=report["open_sockets"],
        subscriptions=report["subscriptions"],
        missing_subscriptions=report["missing_subscriptions"],
        doubled_subscriptions=report["doubled_subscriptions"],
        snapshots=report["snapshots"],
        gaps=report["gaps"],
        bad_frames=report["bad_frames"],
        unknown_types=report["unknown_types"],
        server_errors=report["server_errors"],
        handler_errors=report["handler_errors"],
        epoch=report["epoch"],
        seq=report["seq"],
    )


def _since(moment: float | None, now: float) -> float | None:
    return None if moment is None else max(0.0, now - moment)
