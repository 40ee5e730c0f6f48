"""A small Realtime server with real aiortc, for what our gateway would never do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)

from voice_tui.config import DialectName, VoiceSettings

Event = dict[str, Any]
DEADLINE = 20.0


class RealtimeServer:
    """Answers offers; what it does wrong is set by a test."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.peers: list[RTCPeerConnection] = []
        self.channels: list[RTCDataChannel] = []
        self.received: list[Event] = []
        self.at_open: list[Event] = [{"type": "session.created", "session": {"id": "sess_1"}}]
        self.answers_events = True
        self.session_changes: Event = {}
        self.refuse: Callable[[], web.Response] | None = None
        self.wrap: Callable[[str], web.Response] = lambda sdp: web.Response(status=201, text=sdp)
        self.token: Callable[[], web.Response] | None = None
        self.connects_peers = True
        self.sound: MediaStreamTrack | None = None

    def settings(self, **changes: Any) -> VoiceSettings:
        return VoiceSettings(
            **{"dialect": DialectName.GATEWAY, "url": self.url, "backend_url": self.url} | changes
        )

    def say(self, kind: str, **fields: Any) -> None:
        self.channels[-1].send(json.dumps({"type": kind, **fields}))

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append((request.method, request.path_qs, dict(request.headers), body))
        if request.path.endswith(("/client_secrets", "/session")):
            made = self.token and self.token()
            return made or web.json_response({"value": "ek_1", "expires_at": 9_999_999_999})
        refusal = self.refuse and self.refuse()
        return refusal or self.wrap(await self.answer(_sdp(request.content_type, body)))

    async def answer(self, offer: str) -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peers.append(peer)

        @peer.on("datachannel")
        def on_channel(channel: RTCDataChannel) -> None:
            self.channels.append(channel)
            channel.on("message", self._receive)
            for event in self.at_open:
                channel.send(json.dumps(event))

        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        if self.sound is not None:
            peer.addTrack(self.sound)
        await peer.setLocalDescription(await peer.createAnswer())
        sdp = peer.localDescription.sdp
        if not self.connects_peers:
            await peer.close()
        return sdp

    def _receive(self, raw: str) -> None:
        event = json.loads(raw)
        self.received.append(event)
        if not self.answers_events:
            return
        if event["type"] == "session.update":
            self.say("session.updated", session={**event["session"], **self.session_changes})
        elif event["type"] == "input_audio_buffer.clear":
            self.say("input_audio_buffer.cleared")

    async def close_peers(self) -> None:
        for peer in self.peers:
            await peer.close()


def _sdp(content_type: str, body: bytes) -> str:
    return json.loads(body)["sdp"] if content_type == "application/json" else body.decode()


async def eventually(condition: Callable[[], object]) -> None:
    """Wait until something is so; fail when it does not become so."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - what is waited for raises no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def realtime_server() -> AsyncIterator[RealtimeServer]:
    server = RealtimeServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await server.close_peers()
        await runner.cleanup()
