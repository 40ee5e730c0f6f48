"""A bare push-to-talk client with real aiortc: what a gateway says to it is kept as it came."""

from __future__ import annotations

import asyncio
import fractions
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from av import AudioFrame

from voice_tui.rtc_patches import allow_loopback_candidates

RATE, FRAME = 48_000, 960
DEADLINE = 20.0

Event = dict[str, Any]

SESSION: Event = {
    "type": "realtime",
    "audio": {"input": {"transcription": {"model": "any"}, "turn_detection": None}},
    "tools": [{"type": "function", "name": "add_to_order", "parameters": {"type": "object"}}],
}


class Microphone(MediaStreamTrack):
    """Sends silence, or a tone while the key is down, in the pace of a sound card."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.hz = 0.0
        self.frames = 0
        self.tone_frames = 0
        self._start = time.monotonic()
        self._sent = asyncio.Event()

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(self._start + self.frames * FRAME / RATE - time.monotonic())
        at = (np.arange(FRAME) + self.frames * FRAME) / RATE
        loud = 8000 if self.hz else 0
        samples = (loud * np.sin(2 * np.pi * self.hz * at)).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = RATE, fractions.Fraction(1, RATE)
        frame.pts = self.frames * FRAME
        self.frames += 1
        self.tone_frames += bool(self.hz)
        self._sent.set()
        return frame

    async def say(self, hz: float, frames: int) -> None:
        """Send so many frames of a tone, and silence after it."""
        self.hz = hz
        last = self.frames + frames
        while self.frames < last:
            self._sent.clear()
            await self._sent.wait()
        self.hz = 0.0


class GatewayClient:
    """One connection."""

    def __init__(self) -> None:
        allow_loopback_candidates()
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.microphone = Microphone()
        self.sender = self.pc.addTrack(self.microphone)
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        self._ids = itertools.count(1)
        self.channel = self.pc.createDataChannel("oai-events")
        self.channel.on("message", self._take)
        self.channel.on("open", self._changed.set)
        self.channel.on("close", self._changed.set)
        self.pc.on("connectionstatechange", self._changed.set)

    def _take(self, raw: str) -> None:
        self.events.append(json.loads(raw))
        self._changed.set()

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self.pc.localDescription.sdp

    async def connect(self, http: aiohttp.ClientSession, url: str, token: str = "") -> None:
        headers = {"Content-Type": "application/sdp"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        where = f"{url}/v1/realtime/calls"
        async with http.post(where, data=await self.offer(), headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            await self.accept(await answer.text())

    async def accept(self, answer: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await self.until(lambda: self.channel.readyState == "open")

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def expect(self, kind: str, after: int = 0) -> Event:
        """Wait for the first event of a type, from a position on."""
        found: list[Event] = []

        def there() -> bool:
            found[:] = [event for event in self.events[after:] if event["type"] == kind]
            return bool(found)

        try:
            await self.until(there)
        except TimeoutError as error:
            raise AssertionError(f"no {kind} in {self.types[after:]}") from error
        return found[0]

    def send(self, kind: str, **fields: Any) -> str:
        event_id = f"ours_{next(self._ids)}"
        self.channel.send(json.dumps({"type": kind, "event_id": event_id, **fields}))
        return event_id

    async def configure(self, **changes: Any) -> None:
        await self.expect("session.created")
        self.send("session.update", session={**SESSION, **changes})
        await self.expect("session.updated")

    async def say(self, frames: int = 15, hz: float = 400.0, **commit: Any) -> None:
        """Press, speak, release: the commit goes out with the last frame still under way."""
        after = len(self.events)
        self.send("input_audio_buffer.clear")
        await self.expect("input_audio_buffer.cleared", after)
        await self.microphone.say(hz, frames)
        self.send("input_audio_buffer.commit", **commit)

    async def close(self) -> None:
        async with asyncio.timeout(DEADLINE):
            await self.pc.close()
