"""A connection without a network, for tests in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voice_tui.core.events import ServerEvent
from voice_tui.services.connection import NotConnected
from voice_tui.services.microphone_track import MicrophoneTrack


class FakePeer:
    """Connects at once; keeps what is sent, and says what a test wants."""

    def __init__(
        self,
        track: MicrophoneTrack,
        on_event: Callable[[ServerEvent], None],
        on_lost: Callable[[str], None],
        errors: list[Exception],
    ) -> None:
        self.track = track
        self.say = on_event
        self.lose = on_lost
        self.sent: list[dict[str, Any]] = []
        self.is_open = False
        self._errors = errors

    @property
    def types(self) -> list[str]:
        return [event["type"].removeprefix("input_audio_buffer.") for event in self.sent]

    @property
    def channel_state(self) -> str:
        return "open" if self.is_open else "connecting"

    async def open(self) -> None:
        if self._errors:
            raise self._errors.pop(0)
        self.is_open = True

    def send(self, event: dict[str, Any]) -> None:
        if not self.is_open:
            raise NotConnected("gone")
        self.sent.append(event)

    async def close(self) -> None:
        self.is_open = False

    async def talk(self, frames: int) -> None:
        """Take frames of the track, as aiortc's sender does."""
        for _ in range(frames):
            await self.track.recv()


class FakeNetwork:
    """Makes such connections, and remembers them."""

    def __init__(self) -> None:
        self.peers: list[FakePeer] = []
        self.errors: list[Exception] = []
        """What the next attempts to connect raise."""

    def __call__(
        self,
        settings: object,
        signalling: object,
        track: MicrophoneTrack,
        on_event: Callable[[ServerEvent], None],
        on_lost: Callable[[str], None],
    ) -> FakePeer:
        self.peers.append(FakePeer(track, on_event, on_lost, self.errors))
        return self.peers[-1]

    @property
    def peer(self) -> FakePeer:
        return self.peers[-1]
