"""Push-to-talk as one thing: microphone, connection, turns, transcripts and function calls.

What to do is decided in the core (`Conversation`); here it is done. One client owns one microphone,
at most one connection, one timer, and every task that it starts.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from typing import Final, assert_never

from voice_tui.config import VoiceSettings
from voice_tui.core.calls import Call
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.conversation import Action, Conversation, Execute, Send
from voice_tui.core.events import (
    ErrorEvent,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
    UnknownEvent,
)
from voice_tui.core.pcm import SpeechGate
from voice_tui.core.turn import TurnState
from voice_tui.core.turn_effects import CloseGate, OpenGate, ShowNotice, TurnEnded, TurnStarted
from voice_tui.services.connect_errors import ConnectError
from voice_tui.services.connection import Connection, NotConnected, new_event_id
from voice_tui.services.http import TokenGiver
from voice_tui.services.link import Link, LinkState, LinkStatus, PeerLink
from voice_tui.services.listeners import Listeners, Unsubscribe
from voice_tui.services.microphone import InputDevice, Microphone, MicrophoneStatus
from voice_tui.services.microphone_track import MicrophoneTrack
from voice_tui.services.renewal import Renewal
from voice_tui.services.signalling import Signalling
from voice_tui.services.turn_record import TurnRecord
from voice_tui.services.voice_status import Notice, VoiceCounters, VoiceReport, VoiceStatus

_log = logging.getLogger("voice_tui.client")

ToolHandler = Callable[[str, str], Awaitable[str]]
"""Executes a function call, given its name and its arguments as JSON text; gives the output."""

MakePeer = Callable[
    [
        VoiceSettings,
        Signalling,
        MicrophoneTrack,
        Callable[[ServerEvent], None],
        Callable[[str], None],
    ],
    PeerLink,
]
"""Makes a connection: `Connection` outside of tests."""

TOOL_DEADLINE: Final = 14.0
"""Seconds that a tool may take: placing an order may need three requests of 4."""

NOTICES: Final = 20
"""Notices kept."""

MAX_TYPED: Final = 2_000
"""Longest typed order, in characters."""


class VoiceClient:
    """A person's side of push-to-talk.

    Args:
        settings: the `[voice]` section.
        config: the session to ask for: instructions, tools, words of the menu.
        microphone: where sound comes from; started and stopped by the client.
        call_tool: executes function calls.
        make_peer: makes a connection; what it takes is `Connection`'s.
        token: gives the backend's token, where that server gives those of voice too.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        config: SessionConfig,
        microphone: Microphone,
        call_tool: ToolHandler,
        make_peer: MakePeer = Connection,
        token: TokenGiver | None = None,
    ) -> None:
        self._settings = settings
        self._microphone = microphone
        self._call_tool = call_tool
        self._make_peer = make_peer
        self._signalling = Signalling(settings, config, token)
        dialect = self._signalling.dialect
        self.conversation = Conversation(
            new_event_id,
            settings.deadlines(),
            dialect.respond,
            send_end_position=dialect.takes_end_position,
        )
        """Turns and transcripts; to be looked at, not to be fed."""
        self.counters = VoiceCounters()
        """What happened so far."""
        self._link = Link(self._make_connection, self._hear, self._on_link)
        self._record = TurnRecord()
        self._renewal = Renewal(
            self._quiet_for, lambda: self._link.replace("The voice session is renewed.")
        )
        self._down_since: float | None = None
        self._deaf_since: float | None = None
        self._speech = SpeechGate(settings.noise_floor_dbfs)
        self._track: MicrophoneTrack | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._notices: deque[Notice] = deque(maxlen=NOTICES)
        self._listeners: Listeners[VoiceStatus] = Listeners()
        self._telling: asyncio.Handle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._owned = AsyncExitStack()
        self._running = False

    @property
    def status(self) -> VoiceStatus:
        """Tell how everything is now."""
        return VoiceStatus(
            self._link.status,
            self.conversation.machine.state,
            self._microphone.status,
            self._microphone.level,
            len(self.conversation.transcripts.entries()),
            tuple(self._notices),
        )

    @property
    def connection_counts(self) -> tuple[int, int, int]:
        """Tell how often connecting was tried, how often it came about, and what is open now."""
        return self._link.attempts, self._link.connects, self._link.open_connections

    def get_status(self) -> VoiceReport:
        """Tell everything about voice, for diagnosis.

        Returns:
            Plain values.
        """
        now, record, microphone = self._now(), self._record, self._microphone.status
        transcripts, link = self.conversation.transcripts, self._link
        channel = link.channel_state
        return VoiceReport(
            connection_state=link.status.state.value,
            turn_state=self.conversation.machine.state.value,
            transcript_map_size=transcripts.awaited,
            has_data_channel=bool(channel),
            data_channel_ready=channel == "open",
            reason=link.status.text,
            down_for=None if self._down_since is None else now - self._down_since,
            turn_for=now - record.state_since,
            transcripts_kept=len(transcripts.entries()),
            microphone=microphone.device if microphone.records else microphone.text,
            records=microphone.records,
            deaf_for=None if self._deaf_since is None else now - self._deaf_since,
            last_outcome=record.last_outcome,
            silent_turns=record.silent_turns,
            last_turn_heard=record.last_heard,
            last_turn_events=record.last_words,
            connections_attempted=link.attempts,
            connections_successful=link.connects,
            open_connections=link.open_connections,
            state_timeouts=record.timeouts,
        )

    def subscribe(self, handler: Callable[[VoiceStatus], None]) -> Unsubscribe:
        """Be told of changes: of the status, and of words in the transcripts.

        Args:
            handler: called with the newest status, at most once a turn of the event loop; it must
                not block.

        Returns:
            A function that ends it.
        """
        return self._listeners.add(handler)

    async def start(self) -> None:
        """Start the microphone, and connect in the background; the status tells how it goes."""
        await self._owned.enter_async_context(self._signalling)
        self._owned.callback(self._microphone.subscribe(self._on_microphone))
        self._running = True
        self._down_since = self._deaf_since = self._now()
        await self._microphone.start()
        self._connect_soon()

    async def connect(self) -> None:
        """Connect, or wait for the attempt that is under way.

        Raises:
            ConnectError: it did not come about; the kind tells the step.
        """
        await self._link.connect()

    async def close(self) -> None:
        """End everything: keys, timers, connection, microphone, HTTP, in this order. Repeatable."""
        if self._running:
            self._running = False
            self._do(self.conversation.link_lost("", self._now()))
        self._stop_timer()
        self._renewal.close()
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._link.disconnect()
        await self._microphone.stop()
        await self._owned.aclose()

    async def devices(self) -> tuple[InputDevice, ...]:
        """List the microphones that can be chosen; empty where none can."""
        return await self._microphone.devices()

    async def choose_device(self, device: str) -> None:
        """Use another microphone.

        Args:
            device: its name or a part of it; empty for the system's own choice.
        """
        await self._microphone.choose(device)

    def press(self) -> None:
        """Take note that the talk key went down. Never refused without a notice that says why."""
        if not self._running:
            return
        if not self._microphone.status.records:
            self._notice(self._microphone.status.text)
        elif self._link.status.state is not LinkState.CONNECTED:
            self._notice(self._link.status.text or "Not connected yet: press again in a moment.")
            self._connect_soon()
        else:
            self._do(self.conversation.press(self._now()))

    def release(self) -> None:
        """Take note that the talk key came up."""
        if self._running:
            position = self._track.position_ms if self._track is not None else 0
            self._do(self.conversation.release(self._speech.heard, position, self._now()))

    def toggle(self) -> None:
        """Press or release, for terminals that do not tell when a key comes up."""
        if self.conversation.machine.state is TurnState.RECORDING:
            self.release()
        else:
            self.press()

    def abandon(self, why: str) -> None:
        """End the turn without sending it: the focus went away.

        Args:
            why: in words for a person.
        """
        if self._running:
            self._do(self.conversation.abandon(why, self._now()))

    def type_text(self, text: str) -> None:
        """Say something by keyboard; needs no microphone.

        Args:
            text: what would have been spoken; at most `MAX_TYPED` characters of it count.
        """
        if not self._running or not text.strip():
            return
        if self._link.status.state is not LinkState.CONNECTED:
            self._notice(self._link.status.text or "Not connected yet: try again in a moment.")
            self._connect_soon()
            return
        self._do(self.conversation.type_text(text[:MAX_TYPED], self._now()))

    def force_reset(self) -> None:
        """Go back to idle, whatever the state: the way out for a person."""
        self._do(self.conversation.force_reset(self._now()))

    def _make_connection(
        self, on_event: Callable[[ServerEvent], None], on_lost: Callable[[str], None], /
    ) -> PeerLink:
        self._track = MicrophoneTrack(self._microphone.read, self._speech, self._notice)
        return self._make_peer(self._settings, self._signalling, self._track, on_event, on_lost)

    def _hear(self, event: ServerEvent) -> None:
        self.counters.events_received += 1
        match event:
            case TranscriptDelta() | TranscriptCompleted() | TranscriptFailed():
                self._record.words()
            case SessionCreated() | SessionUpdated():
                self._renewal.told(event.session)
            case UnknownEvent():
                self.counters.events_unknown += 1
                _log.info("unknown event", extra={"type": event.type})
            case ErrorEvent():
                self.counters.server_errors += 1
                _log.warning("error event", extra={"code": event.code, "reason": event.message})
            case _:
                pass
        self._do(self.conversation.receive(event, self._now()))
        if isinstance(event, ErrorEvent) and event.is_session_expired:
            self._link.replace("The session reached its longest duration.")

    def _do(self, actions: Iterable[Action]) -> None:
        """Carry out what the core decided."""
        lost = ""
        for action in actions:
            match action:
                case Send():
                    lost = self._send(action) or lost
                case Execute():
                    self._own(self._execute(action.call), f"voice: {action.call.name}")
                case OpenGate() | CloseGate():
                    if isinstance(action, OpenGate):
                        self._record.spoken()
                    if self._track is not None:
                        self._track.set_gate(isinstance(action, OpenGate))
                case ShowNotice():
                    self._notice(action.text)
                case TurnStarted():
                    self.counters.turns_started += 1
                    self._record.begun()
                case TurnEnded():
                    self.counters.turns_ended[action.outcome] += 1
                    self._record.ended(action.outcome, heard=self._speech.heard)
                    _log.info(
                        "turn ended", extra={"turn": action.turn, "outcome": action.outcome.value}
                    )
                case _:
                    assert_never(action)
        if lost:
            # What could not be sent will not be answered.
            self._link.replace(f"The connection to the voice server is gone ({lost}).")
        self._record.state(self.conversation.machine.state, self._now())
        self._set_timer()
        self._changed()

    def _send(self, action: Send) -> str:
        """Send an event; returns why it could not be sent, if so."""
        try:
            self._link.send(action.event)
        except NotConnected as error:
            return str(error)
        self.counters.events_sent += 1
        return ""

    async def _execute(self, call: Call) -> None:
        """Execute a function call; whatever comes of it, the model gets an answer."""
        self.counters.calls_executed += 1
        try:
            async with asyncio.timeout(TOOL_DEADLINE):
                output = await self._call_tool(call.name, call.arguments)
        except Exception as error:  # noqa: BLE001 - a tool's fault must not leave the model waiting
            self.counters.calls_failed += 1
            _log.exception("tool failed", extra={"tool": call.name, "call_id": call.call_id})
            self._notice(f"That could not be done ({call.name}: {type(error).__name__}).")
            output = json.dumps({"error": "The display could not do this."})
        self._do(self.conversation.answer(call.call_id, output, self._now()))

    def _on_link(self, status: LinkStatus) -> None:
        self._down_since = _since(self._down_since, status.state is LinkState.CONNECTED)
        if status.state in (LinkState.RECONNECTING, LinkState.FAILED):
            self._do(self.conversation.link_lost(status.text, self._now()))
            # A turn that it ended has told why already.
            if not self._notices or not self._notices[-1].text.endswith(status.text):
                self._notice(status.text)
        self._changed()

    def _on_microphone(self, status: MicrophoneStatus) -> None:
        self._deaf_since = _since(self._deaf_since, status.records)
        if not status.records and self.conversation.machine.state is TurnState.RECORDING:
            self._do(self.conversation.abandon(status.text, self._now()))
        self._changed()

    def _connect_soon(self) -> None:
        async def connect() -> None:
            # The status and a notice tell it.
            with suppress(ConnectError):
                await self._link.connect()

        self._own(connect(), "voice: connect")

    def _notice(self, text: str) -> None:
        self._notices.append(Notice(self._now(), text))
        _log.info("notice", extra={"text": text})
        self._changed()

    def _changed(self) -> None:
        """Tell the listeners, once for all that happens in this turn of the event loop."""
        if self._telling is None and self._running:
            self._telling = asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._telling = None
        self._listeners.tell(self.status)

    def _set_timer(self) -> None:
        self._stop_timer()
        due = self.conversation.next_deadline()
        if due is not None and self._running:
            self._timer = asyncio.get_running_loop().call_at(due, self._on_timer, due)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timer(self, due: float) -> None:
        self._timer = None
        # A loop may call a timer early by the resolution of its clock.
        self._do(self.conversation.tick(max(due, self._now())))

    def _quiet_for(self) -> float:
        is_idle = self.conversation.machine.state is TurnState.IDLE
        return self._now() - self._record.state_since if is_idle else 0.0

    def _own(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _since(before: float | None, well: bool) -> float | None:
    """Tell since when something is not well, given what was told before."""
    if well:
        return None
    return asyncio.get_running_loop().time() if before is None else before
