"""Ways in which real servers misbehave, on demand: for tests of clients.

Each was seen in a shipping server or in production; none is on unless a test asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final, cast

from voice_tui.core import server_events as say
from voice_tui.core.session_object import JsonObject

Outlet = Callable[[JsonObject], None]
"""Takes one event for the client."""


class Fault(StrEnum):
    """One way to misbehave."""

    NO_SESSION_CREATED = "no-session-created"
    """Never say `session.created`."""

    NO_SESSION_UPDATED = "no-session-updated"
    """Never say `session.updated`."""

    NO_TRANSCRIPT = "no-transcript"
    """Never tell what was heard, nor that it failed."""

    LATE_TRANSCRIPT = "late-transcript"
    """Tell what was heard only after `Faults.delay`."""

    TRANSCRIPT_TWICE = "transcript-twice"
    """Tell what was heard twice, with the same event id."""

    OUT_OF_ORDER = "out-of-order"
    """Tell what was heard before the item that it belongs to."""

    TRANSCRIPT_FAILED = "transcript-failed"
    """Say that nothing could be understood."""

    SILENT_EMPTY_COMMIT = "silent-empty-commit"
    """Answer a commit without sound with nothing at all, as LocalAI does: incident 4."""

    DROP_CHANNEL = "drop-channel"
    """Close the data channel when something is committed."""

    STALL = "stall"
    """From the first commit on say nothing any more, with the channel open, as speaches does
    after an exception."""


_TRANSCRIPTION: Final = "conversation.item.input_audio_transcription."
_COMPLETED: Final = _TRANSCRIPTION + "completed"
_ITEM: Final = "conversation.item."
_COMMITTED: Final = "input_audio_buffer.committed"


class Faults:
    """Switches that may be turned while the gateway runs.

    Args:
        active: what is on.
        delay: seconds by which a late transcript is late.
    """

    def __init__(self, active: Iterable[Fault] = (), delay: float = 2.0) -> None:
        self.active = set(active)
        self.delay = delay


class FaultyOutlet:
    """Stands between a session and its data channel.

    Args:
        faults: the switches.
        send: takes what is let through.
        drop_channel: closes the data channel.
    """

    def __init__(self, faults: Faults, send: Outlet, drop_channel: Callable[[], None]) -> None:
        self._faults = faults
        self._send = send
        self._drop_channel = drop_channel
        self._stalled = False
        self._held: list[JsonObject] = []
        self._timers: list[asyncio.TimerHandle] = []

    def __call__(self, event: JsonObject) -> None:
        """Send, change, hold back or lose an event."""
        active, kind = self._faults.active, str(event["type"])
        if kind == _COMMITTED and Fault.DROP_CHANNEL in active:
            self._drop_channel()
        elif kind == _COMMITTED and Fault.STALL in active:
            self._stalled = True
        elif not self._stalled and not self._lost(kind, event):
            self._deliver(kind, event)

    def close(self) -> None:
        """Forget what is still to come."""
        for timer in self._timers:
            timer.cancel()

    def _lost(self, kind: str, event: JsonObject) -> bool:
        active = self._faults.active
        problem = cast("JsonObject", event.get("error", {}))
        return (
            (kind == "session.created" and Fault.NO_SESSION_CREATED in active)
            or (kind == "session.updated" and Fault.NO_SESSION_UPDATED in active)
            or (kind.startswith(_TRANSCRIPTION) and Fault.NO_TRANSCRIPT in active)
            or (
                problem.get("code") == "input_audio_buffer_commit_empty"
                and Fault.SILENT_EMPTY_COMMIT in active
            )
        )

    def _deliver(self, kind: str, event: JsonObject) -> None:
        active = self._faults.active
        if kind != _COMPLETED:
            belongs = kind == _COMMITTED or (bool(self._held) and kind.startswith(_ITEM))
            if Fault.OUT_OF_ORDER in active and belongs:
                self._held.append(event)
            else:
                self._send(event)
            return
        if Fault.TRANSCRIPT_FAILED in active:
            failed = say.transcription_failed(str(event["item_id"]), "nothing was understood")
            event = {"event_id": event["event_id"], **failed}
        if Fault.LATE_TRANSCRIPT in active:
            loop = asyncio.get_running_loop()
            self._timers.append(loop.call_later(self._faults.delay, self._send, event))
            return
        self._send(event)
        if Fault.TRANSCRIPT_TWICE in active:
            self._send(event)
        for held in self._held:
            self._send(held)
        self._held.clear()
