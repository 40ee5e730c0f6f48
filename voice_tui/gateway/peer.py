"""The gateway's end of one WebRTC connection: an offer in, messages and sound out."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final, cast

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidStateError
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from voice_tui.core.request_error import RequestError
from voice_tui.gateway.audio import InputAudio
from voice_tui.rtc_patches import allow_loopback_candidates, watch_arrivals

logger = logging.getLogger("voice_tui.gateway.peer")

CHANNEL: Final = "oai-events"
"""The data channel's label in the Realtime API."""

MAX_INBOX: Final = 256
"""Messages that may wait. A client has a handful under way; one that floods is cut."""

MAX_BUFFERED: Final = 1_048_576
"""Bytes that may wait for a client that does not read: sending to a dead peer succeeds."""

FAREWELL_DEADLINE: Final = 1.0
"""Seconds for the last events to reach a client."""

CLOSE_DEADLINE: Final = 3.0
"""Seconds for a connection to close in order."""


class Peer:
    """One connection.

    Args:
        audio: gets the sound.
        session_id: for the log.
    """

    def __init__(self, audio: InputAudio, session_id: str) -> None:
        self._audio = audio
        self._session_id = session_id
        # No STUN: the client reaches this host, or there is no connection.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._channel: RTCDataChannel | None = None
        self._inbox: deque[str | bytes] = deque()
        self._ended = False
        self._changed = asyncio.Event()
        self._drains: list[asyncio.Task[None]] = []
        self._connection.on("datachannel", self._take_channel)
        self._connection.on("track", self._take_track)
        self._connection.on("connectionstatechange", self._look)

    @property
    def open(self) -> bool:
        """Whether the data channel is there and open."""
        return self._channel is not None and self._channel.readyState == "open"

    @property
    def over(self) -> bool:
        """Whether the connection has ended, or its client sends more than it may."""
        return (
            self._ended
            or self._connection.connectionState in ("closed", "failed")
            or (self._channel is not None and self._channel.readyState in ("closing", "closed"))
        )

    async def answer(self, offer: str) -> str:
        """Answer an offer.

        Args:
            offer: SDP with one audio and one application section.

        Returns:
            The answer's SDP, all candidates in it.

        Raises:
            RequestError: it is not such an offer.
        """
        check_offer(offer)
        allow_loopback_candidates()
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            for transceiver in self._connection.getTransceivers():
                transceiver.setCodecPreferences(_opus())
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        # aiortc raises whatever its parser stumbles over: the text is foreign.
        except Exception as error:
            logger.warning("session %s: bad offer: %r", self._session_id, error)
            raise invalid_offer() from error
        return self._connection.localDescription.sdp

    async def wait_open(self) -> bool:
        """Wait for the data channel.

        Returns:
            True when it is open, False when the connection has ended before.
        """
        while not self.open and not self.over:
            self._changed.clear()
            await self._changed.wait()
        return self.open

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None when the connection is over."""
        while not self._inbox and not self.over:
            self._changed.clear()
            await self._changed.wait()
        return self._inbox.popleft() if self._inbox and not self._ended else None

    def send(self, text: str) -> None:
        """Send one message; without a channel it is lost, and the log says so.

        Args:
            text: one event.
        """
        channel = self._channel
        if channel is None:
            return
        if channel.bufferedAmount > MAX_BUFFERED:
            logger.warning("session %s: the client does not read: cut", self._session_id)
            self.end()
            return
        try:
            channel.send(text)
        except (InvalidStateError, ValueError, ConnectionError) as error:
            logger.warning("session %s: not sent: %r", self._session_id, error)

    def end(self) -> None:
        """Make `receive` return: nothing more is read."""
        self._ended = True
        self._changed.set()

    def drop_channel(self) -> None:
        """Close the data channel under the client's hands."""
        if self._channel is not None:
            self._channel.close()

    async def close(self) -> None:
        """End the connection: what was said last is delivered, if that takes no longer than 1 s."""
        await self._close_channel()
        for drain in self._drains:
            drain.cancel()
        if self._drains:
            await asyncio.wait(self._drains)
        # Not with a timeout around it: cancelled, aiortc's closing breaks a second one under way.
        closing = asyncio.ensure_future(self._connection.close())
        _, late = await asyncio.wait([closing], timeout=CLOSE_DEADLINE)
        if late or closing.exception() is not None:
            logger.error("session %s: the connection did not close: %r", self._session_id, closing)
        self._changed.set()

    async def _close_channel(self) -> None:
        # The client confirms the closing of a channel when it has all that was sent on it.
        self.drop_channel()
        channel, connection = self._channel, self._connection
        try:
            async with asyncio.timeout(FAREWELL_DEADLINE):
                while (
                    channel is not None
                    and channel.readyState != "closed"
                    and connection.connectionState == "connected"
                ):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            logger.info("session %s: the client did not take its leave", self._session_id)

    def _take_channel(self, channel: RTCDataChannel) -> None:
        # It is open already: the handler must be there before this returns, or messages are lost.
        if channel.label != CHANNEL or self._channel is not None:
            logger.warning("session %s: a channel too many was closed", self._session_id)
            channel.close()
            return
        self._channel = channel
        channel.on("message", self._take_message)
        channel.on("close", self._look)
        self._changed.set()

    def _take_message(self, message: str | bytes) -> None:
        # An exception in here would end the whole connection, without a word to anybody.
        if len(self._inbox) < MAX_INBOX:
            self._inbox.append(message)
        elif not self._ended:
            self._ended = True
            logger.warning("session %s: the client sends too much: cut", self._session_id)
        self._changed.set()

    def _take_track(self, track: MediaStreamTrack) -> None:
        for transceiver in self._connection.getTransceivers():
            if transceiver.receiver.track is track:
                arrivals = watch_arrivals(transceiver.receiver)
                if arrivals is None:
                    logger.warning("aiortc has changed: the end of a commit is waited for by time")
                self._audio.watch(arrivals)
        name = f"gateway-drain-{self._session_id}"
        self._drains.append(asyncio.create_task(self._drain(track), name=name))

    def _look(self) -> None:
        self._changed.set()

    async def _drain(self, track: MediaStreamTrack) -> None:
        # Read always, wanted or not: aiortc's queue of decoded frames has no bound.
        try:
            while True:
                frame = cast("object", await track.recv())  # pyright: ignore[reportUnknownMemberType]
                if isinstance(frame, AudioFrame):
                    self._audio.hear(frame)
        except MediaStreamError:
            logger.debug("session %s: the track has ended", self._session_id)
        except Exception:
            logger.exception("session %s: hearing failed", self._session_id)
            self.end()


def _opus() -> list[RTCRtpCodecCapability]:
    able = RTCRtpReceiver.getCapabilities("audio")
    codecs = able.codecs if able is not None else []
    return [codec for codec in codecs if codec.mimeType.casefold() == "audio/opus"]


def check_offer(offer: str) -> None:
    """Refuse an offer that would cost work for nothing.

    Args:
        offer: SDP from outside.

    Raises:
        RequestError: it does not hold exactly one audio section, with Opus, and one data channel.
    """
    kinds = [line[2:].split(" ")[0] for line in offer.splitlines() if line.startswith("m=")]
    has_opus = "opus/48000" in offer.casefold()
    if not offer.startswith("v=0") or sorted(kinds) != ["application", "audio"] or not has_opus:
        raise invalid_offer()


def invalid_offer() -> RequestError:
    """Say, in OpenAI's words, that an offer is wrong."""
    return RequestError(
        "invalid_offer", "Invalid SDP offer. Please try again with a WHIP-compliant offer."
    )
