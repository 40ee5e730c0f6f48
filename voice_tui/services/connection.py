"""One WebRTC connection to a voice server, from the token to the close. Never used twice.

The order of the steps is the lesson of incident 2: the channel is made before the offer, and its
handler is attached on the line after, because what a server says the moment the channel opens is
lost for ever when nobody listens (measured: all of it, with a handler that comes 1 ms late).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

from aiortc import (
    InvalidStateError,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from voice_tui.config import VoiceSettings
from voice_tui.core.client_requests import ClientEvent, session_mismatches, session_update
from voice_tui.core.envelope import Unwrapper
from voice_tui.core.events import (
    ErrorEvent,
    EventError,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    decode_event,
)
from voice_tui.rtc_patches import allow_loopback_candidates
from voice_tui.services.connect_errors import (
    AnswerError,
    ChannelError,
    ConnectError,
    ExchangeError,
    OfferError,
    PeerError,
    SessionError,
    TokenError,
)
from voice_tui.services.inbox import Inbox
from voice_tui.services.signalling import Signalling

_log = logging.getLogger("voice_tui.client")

CHANNEL: Final = "oai-events"
"""The label that every server looks for; LocalAI takes no other."""

SESSION_ANSWER_S: Final = 5.0
"""Seconds in which a session that was asked for has to be confirmed."""

CLOSE_S: Final = 3.0
"""Seconds that closing may take; 6 ms measured, but it hangs when a task swallows its end."""

PING_S: Final = 15.0
"""Seconds of silence after which the server is asked whether it is there: WebRTC alone notices a
killed peer after 33."""

WATCH_S: Final = 0.25
"""Seconds between two looks at whether the server has answered."""

_MUST_MATCH: Final = ("turn_detection", "tools")
"""Ends of the session's fields without which push-to-talk does not work."""


class NotConnected(Exception):
    """There is no open channel to send on."""


class Connection:
    """A peer connection with the microphone's track and the channel for events.

    Args:
        settings: deadlines and the STUN server.
        signalling: gets the token and takes the offer.
        track: what is sent; it belongs to this connection and ends with it.
        on_event: called with every event of the server, in order; it must not block.
        on_lost: called once, with a sentence for a person, when an open connection is lost.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        signalling: Signalling,
        track: MediaStreamTrack,
        on_event: Callable[[ServerEvent], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._signalling = signalling
        self._track = track
        self._on_event = on_event
        self._on_lost = on_lost
        self._peer: RTCPeerConnection | None = None
        self._channel: RTCDataChannel | None = None
        self._opened = asyncio.Event()
        self._session_answer: asyncio.Future[ServerEvent] | None = None
        self._unwrapper = Unwrapper()
        self._tasks: set[asyncio.Task[None]] = set()
        self._step: type[ConnectError] = ConnectError
        self._live = False
        self._heard = 0.0
        self._asked: float | None = None
        self._pinged = False
        self.inbox = Inbox()
        """What the server said and was not yet read."""
        self.session_id = ""
        """The server's name for this session, when it told one."""

    @property
    def channel_state(self) -> str:
        """How the channel for events is, as WebRTC names it; empty without one."""
        return self._channel.readyState if self._channel is not None else ""

    async def open(self) -> None:
        """Go through all the steps, under one deadline.

        Raises:
            ConnectError: the kind tells the step that failed. Everything is closed again.
        """
        deadline = self._settings.connect_deadline
        try:
            async with asyncio.timeout(deadline):
                await self._connect()
        except TimeoutError:
            await self.close()
            raise self._step(
                f"No connection within {deadline:g} s; it stopped while {self._step.step}."
            ) from None
        except BaseException:
            # A cancelled attempt must not leave a peer connection behind.
            await self.close()
            raise
        self._live = True
        self._own(self._watch(), "voice: watch")

    def send(self, event: ClientEvent) -> None:
        """Send an event. That it was sent does not mean that anybody got it.

        Args:
            event: to be encoded as JSON.

        Raises:
            NotConnected: the channel is not open, or does not take it.
        """
        channel = self._channel
        if channel is None:
            raise NotConnected("the channel is closed")
        try:
            channel.send(json.dumps(event, separators=(",", ":")))
        except (InvalidStateError, ConnectionError, ValueError) as error:
            reason = str(error) or type(error).__name__
            _log.warning("not sent", extra={"type": event.get("type"), "reason": reason})
            raise NotConnected(reason) from error
        if self._asked is None:
            self._asked = _now()

    async def close(self) -> None:
        """Close everything: the channel first, so that the server knows at once. Safe to repeat."""
        self._live = False
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        channel, self._channel = self._channel, None
        peer, self._peer = self._peer, None
        if channel is not None:
            channel.remove_all_listeners()
            channel.close()
        if peer is not None:
            peer.remove_all_listeners()
            try:
                await asyncio.wait_for(peer.close(), CLOSE_S)
            except TimeoutError:
                _log.error("the peer connection did not close", extra={"deadline_s": CLOSE_S})
        self._track.stop()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_S)

    async def _connect(self) -> None:
        with self._doing(TokenError):
            credential = await self._signalling.credential()
        with self._doing(PeerError):
            peer, channel = self._make_peer()
        with self._doing(OfferError):
            await peer.setLocalDescription(await peer.createOffer())
            offer = peer.localDescription.sdp
            if "a=candidate:" not in offer:
                raise OfferError("This machine has no network address to be reached at.")
        with self._doing(ExchangeError):
            answer = await self._signalling.exchange(offer, credential)
        with self._doing(AnswerError):
            await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        with self._doing(ChannelError):
            await self._opened.wait()
            if channel.readyState != "open":
                raise ChannelError("The voice server closed the channel at once.")
        with self._doing(SessionError):
            await self._set_up_session()

    @contextmanager
    def _doing(self, step: type[ConnectError]) -> Generator[None]:
        """Name the step for the deadline, and turn what libraries raise in it into its error."""
        self._step = step
        try:
            yield
        except ConnectError:
            raise
        except Exception as error:
            # aiortc raises ValueError, AssertionError, InvalidStateError... by what was wrong.
            _log.exception("connecting failed", extra={"step": step.step})
            raise step(f"Connecting failed while {step.step} ({type(error).__name__}).") from error

    def _make_peer(self) -> tuple[RTCPeerConnection, RTCDataChannel]:
        # Also for servers elsewhere: it changes nothing where there is any other address.
        allow_loopback_candidates()
        stun = self._settings.stun_url
        # Not left to aiortc, which would ask Google's STUN server from every interface.
        servers = [RTCIceServer(urls=stun)] if stun else []
        peer = self._peer = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        peer.on("track", self._drain)
        peer.on("connectionstatechange", self._on_peer_state)
        peer.addTrack(self._track)
        channel = self._channel = peer.createDataChannel(CHANNEL, ordered=True)
        channel.on("message", self.inbox.put)
        channel.on("open", self._opened.set)
        channel.on("close", self._on_channel_closed)
        self._own(self._read(), "voice: events")
        return peer, channel

    async def _set_up_session(self) -> None:
        """Ask for the session, and believe that it is so only when the server says so."""
        asked = self._signalling.session
        strict = self._signalling.dialect.strict
        event_id = new_event_id()
        self._session_answer = asyncio.get_running_loop().create_future()
        try:
            self.send(session_update(event_id, asked))
            async with asyncio.timeout(SESSION_ANSWER_S):
                answer = await self._session_answer
        except NotConnected as error:
            raise SessionError("The voice server closed the channel at once.") from error
        except TimeoutError:
            if strict:
                raise SessionError(
                    f"The voice server did not confirm the session within {SESSION_ANSWER_S:g} s."
                ) from None
            _log.warning("session not confirmed")
            return
        finally:
            self._session_answer = None
        if isinstance(answer, ErrorEvent):
            _log.warning("session refused", extra={"code": answer.code, "reason": answer.message})
            if strict:
                raise SessionError(
                    f"The voice server refuses the session: {answer.message}",
                    can_retry=answer.kind != "invalid_request_error",
                )
        elif isinstance(answer, SessionUpdated):
            other = session_mismatches(asked, answer.session)
            if other:
                _log.warning("session differs", extra={"fields": other})
            if strict and any(field.endswith(_MUST_MATCH) for field in other):
                raise SessionError(
                    "The voice server confirmed the session but does not keep to it:"
                    f" {', '.join(other)}.",
                    can_retry=False,
                )

    async def _read(self) -> None:
        """Read what comes in, as long as the connection lives; no message can end it."""
        while True:
            raw = await self.inbox.get()
            self._heard, self._asked, self._pinged = _now(), None, False
            try:
                message = self._unwrapper.feed(raw)
                if message is None:
                    continue
                event = decode_event(message)
            except EventError as error:
                _log.warning("not an event", extra={"reason": str(error), "size": len(raw)})
                continue
            try:
                self._note(event)
                self._on_event(event)
            except Exception:  # noqa: BLE001 - one event that trips us must not deafen us
                _log.exception("an event was not handled", extra={"type": type(event).__name__})

    def _note(self, event: ServerEvent) -> None:
        if isinstance(event, SessionCreated | SessionUpdated):
            self.session_id = str(event.session.get("id") or self.session_id)
        waiting = self._session_answer
        if waiting is None or waiting.done():
            return
        # While the session is set up nothing else can have gone wrong: the id is not compared,
        # because not every server gives it back.
        if isinstance(event, SessionUpdated | ErrorEvent):
            waiting.set_result(event)

    async def _watch(self) -> None:
        """Ask a silent server whether it is there; lose the connection when it is not."""
        patience = self._settings.answer_deadline
        self._heard = _now()
        while True:
            await asyncio.sleep(WATCH_S)
            now = _now()
            if self._asked is None:
                if now - self._heard > PING_S:
                    self._ping()
            elif now - self._asked > patience:
                if self._pinged:
                    self._lose(f"The voice server has not answered for {2 * patience:g} s.")
                    return
                self._ping()

    def _ping(self) -> None:
        """Ask for what is so anyway: there is no other question that changes nothing."""
        self._asked, self._pinged = None, True
        session = self._signalling.session
        kept = {name: session[name] for name in ("type", "tool_choice") if name in session}
        try:
            self.send(session_update(new_event_id(), kept))
        except NotConnected as error:
            self._lose(f"The connection to the voice server is gone ({error}).")

    def _on_peer_state(self) -> None:
        peer = self._peer
        if peer is None:
            return
        _log.info("peer connection", extra={"state": peer.connectionState})
        if peer.connectionState in ("failed", "closed"):
            self._lose("The connection to the voice server is gone.")

    def _on_channel_closed(self) -> None:
        # Whoever waits for it to open finds that it did not.
        self._opened.set()
        self._lose("The voice server closed the connection.")

    def _lose(self, why: str) -> None:
        if self._live:
            self._live = False
            _log.warning("lost", extra={"reason": why, "session_id": self.session_id})
            self._on_lost(why)

    def _drain(self, track: MediaStreamTrack) -> None:
        """Throw away the sound of answers: frames that nobody takes pile up for ever."""

        async def drain() -> None:
            try:
                while True:
                    await track.recv()  # pyright: ignore[reportUnknownMemberType] - PyAV's Packet
            except MediaStreamError:
                _log.debug("a remote track ended")

        self._own(drain(), "voice: remote track")

    def _own(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def new_event_id() -> str:
    """Make a name for an event that we send: an error gives it back."""
    return f"vt_{uuid4().hex}"


def _now() -> float:
    return asyncio.get_running_loop().time()
