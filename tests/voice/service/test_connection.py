"""One connection, step by step, against a real peer that does what a test wants."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack

from tests.voice.service.realtime_server import RealtimeServer, eventually, realtime_server
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig, input_clear
from voice_tui.core.events import ServerEvent, SessionCreated
from voice_tui.core.pcm import SpeechGate
from voice_tui.rtc_patches import allow_loopback_candidates
from voice_tui.services import connection as connection_module
from voice_tui.services.connect_errors import (
    AnswerError,
    ChannelError,
    ConnectError,
    ExchangeError,
    SessionError,
    TokenError,
)
from voice_tui.services.connection import Connection, NotConnected
from voice_tui.services.microphone_track import MicrophoneTrack
from voice_tui.services.signalling import Signalling

TOOL = {"type": "function", "name": "add_to_order", "parameters": {"type": "object"}}
CONFIG = SessionConfig("Take orders.", [TOOL])


@pytest.fixture
async def server() -> AsyncIterator[RealtimeServer]:
    async with realtime_server() as server:
        yield server


class Probe:
    """A connection and what it told."""

    def __init__(self, settings: VoiceSettings) -> None:
        self.signalling = Signalling(settings, CONFIG)
        self.events: list[ServerEvent] = []
        self.lost: list[str] = []
        self.track = MicrophoneTrack(
            lambda n: np.zeros(n, np.int16), SpeechGate(), self.lost.append
        )
        self.connection = Connection(
            settings, self.signalling, self.track, self.events.append, self.lost.append
        )

    async def __aenter__(self) -> Probe:
        await self.signalling.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()
        await self.signalling.__aexit__(None, None, None)


async def test_the_steps_in_their_order(server: RealtimeServer) -> None:
    async with Probe(server.settings()) as probe:
        await probe.connection.open()
        assert probe.connection.session_id == "sess_1"
        assert [path for _, path, _, _ in server.requests] == [
            "/v1/realtime/client_secrets",
            "/v1/realtime/calls",
        ]
        offer = server.requests[1][3].decode()
        assert offer.index("m=audio") < offer.index("m=application")
        assert "a=sendrecv" in offer
        assert offer.endswith("\r\n")
        assert server.channels[0].label == "oai-events"
        assert server.channels[0].ordered
        (update,) = server.received
        assert update["type"] == "session.update"
        assert update["session"]["audio"]["input"]["turn_detection"] is None
        assert [tool["name"] for tool in update["session"]["tools"]] == ["add_to_order"]


async def test_what_is_said_the_moment_the_channel_opens_is_heard(server: RealtimeServer) -> None:
    kinds = ["session.created", "conversation.item.added", "rate_limits.updated"]
    server.at_open = [{"type": kind} for kind in kinds]
    async with Probe(server.settings()) as probe:
        await probe.connection.open()
        assert isinstance(probe.events[0], SessionCreated)
        assert len(probe.events) == 3 + 1
        assert probe.connection.inbox.received == 4


async def test_a_handler_that_comes_a_round_trip_late_hears_nothing_of_it(
    server: RealtimeServer,
) -> None:
    """The proof that the test above tests something: incident 2 as it was."""
    allow_loopback_candidates()
    peer, heard, opened = RTCPeerConnection(RTCConfiguration(iceServers=[])), [], asyncio.Event()
    channel = peer.createDataChannel("oai-events")
    channel.on("open", opened.set)
    await peer.setLocalDescription(await peer.createOffer())
    answer = await server.answer(peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(opened.wait(), 20)
    channel.send('{"type": "hello"}')
    await eventually(lambda: server.received)
    channel.on("message", heard.append)
    server.say("rate_limits.updated")
    await eventually(lambda: heard)
    assert len(heard) == 1
    assert "session.created" not in heard[0]
    await peer.close()


@pytest.mark.parametrize(
    ("fault", "error", "told"),
    [
        ({"token": lambda: web.Response(status=401, text="no")}, TokenError, "HTTP 401"),
        ({"refuse": lambda: web.Response(status=500, text="oh")}, ExchangeError, "HTTP 500: oh"),
        ({"wrap": lambda _: web.Response(text="hello")}, AnswerError, "not a session description"),
        ({"wrap": lambda _: web.Response(text="v=0\r\nrot")}, AnswerError, "taking the answer"),
        ({"connects_peers": False}, ChannelError, "opening the channel"),
        ({"answers_events": False}, SessionError, "did not confirm"),
        (
            {"session_changes": {"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}},
            SessionError,
            "turn_detection",
        ),
        ({"session_changes": {"tools": []}}, SessionError, "tools"),
    ],
    ids=["token", "exchange", "no sdp", "bad sdp", "no channel", "no ack", "vad on", "no tools"],
)
async def test_each_step_has_its_own_error(
    server: RealtimeServer,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    error: type[ConnectError],
    told: str,
) -> None:
    monkeypatch.setattr(connection_module, "SESSION_ANSWER_S", 0.5)
    for name, value in fault.items():
        setattr(server, name, value)
    async with Probe(server.settings(connect_deadline=3.0)) as probe:
        with pytest.raises(ConnectError, match=told) as caught:
            await probe.connection.open()
        assert type(caught.value) is error
        assert probe.track.readyState == "ended"
        with pytest.raises(NotConnected):
            probe.connection.send(input_clear("x"))
        assert not probe.lost


async def test_a_refused_session_says_why(server: RealtimeServer) -> None:
    server.answers_events = False
    refusal = {"type": "invalid_request_error", "message": "Unknown parameter: 'session.x'."}
    async with Probe(server.settings()) as probe:
        opening = asyncio.create_task(probe.connection.open())
        await eventually(lambda: server.received)
        server.say("error", error=refusal)
        with pytest.raises(SessionError, match="Unknown parameter") as caught:
            await opening
        assert not caught.value.can_retry


async def test_speaches_is_taken_as_it_is(server: RealtimeServer) -> None:
    """It keeps its voice detection on, whatever it is asked."""
    server.session_changes = {"turn_detection": {"type": "server_vad"}, "tools": []}
    async with Probe(server.settings(dialect=DialectName.SPEACHES)) as probe:
        await probe.connection.open()
        assert server.received[0]["session"]["modalities"] == ["text"]


async def test_a_server_that_falls_silent_is_asked_once_and_then_lost(
    server: RealtimeServer,
) -> None:
    async with Probe(server.settings(answer_deadline=0.3)) as probe:
        await probe.connection.open()
        server.answers_events = False
        before = len(server.received)
        probe.connection.send(input_clear("x"))
        await eventually(lambda: probe.lost)
        asked = [event["type"] for event in server.received[before:]]
        assert asked == ["input_audio_buffer.clear", "session.update"]
        assert probe.lost == ["The voice server has not answered for 0.6 s."]


async def test_a_server_that_answers_the_question_is_kept(server: RealtimeServer) -> None:
    async with Probe(server.settings(answer_deadline=0.3)) as probe:
        await probe.connection.open()
        before = len(server.received)
        # Answered by nobody, unlike the question that follows.
        probe.connection.send({"type": "output_audio_buffer.clear", "event_id": "x"})
        await eventually(lambda: len(probe.events) == 3)
        assert [event["type"] for event in server.received[before:]][1] == "session.update"
        assert not probe.lost


async def test_a_server_that_goes_is_noticed_at_once(server: RealtimeServer) -> None:
    async with Probe(server.settings()) as probe:
        await probe.connection.open()
        await server.close_peers()
        await eventually(lambda: probe.lost)
        assert len(probe.lost) == 1


async def test_what_is_no_event_and_a_reader_that_fails_end_nothing(
    server: RealtimeServer,
) -> None:
    async with Probe(server.settings()) as probe:
        await probe.connection.open()
        failing = probe.connection._on_event
        probe.connection._on_event = lambda event: 1 / 0
        for rubbish in ("", "{", "[]", '{"type":5}', "\x00"):
            server.channels[0].send(rubbish)
        server.say("input_audio_buffer.cleared")
        await eventually(lambda: probe.connection.inbox.received == 8)
        probe.connection._on_event = failing
        server.say("input_audio_buffer.committed", item_id="i")
        await eventually(lambda: len(probe.events) == 3)
        assert not probe.lost


async def test_the_sound_of_answers_does_not_pile_up(server: RealtimeServer) -> None:
    server.sound = AudioStreamTrack()
    async with Probe(server.settings()) as probe:
        await probe.connection.open()
        peer = probe.connection._peer
        assert peer is not None
        (receiver,) = peer.getReceivers()
        frames = receiver.track._queue
        taken = 0

        def count(get: Callable[[], Any] = frames.get) -> Any:
            nonlocal taken
            taken += 1
            return get()

        frames.get = count
        await eventually(lambda: taken > 25)
        assert frames.qsize() < 5


async def test_a_cancelled_connect_leaves_nothing(server: RealtimeServer) -> None:
    server.answers_events = False
    async with Probe(server.settings()) as probe:
        opening = asyncio.create_task(probe.connection.open())
        await eventually(lambda: server.received)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert probe.connection._peer is None
        assert not probe.connection._tasks


CYCLES = int(os.environ.get("VOICE_CONNECT_CYCLES", "30"))


@pytest.mark.timeout(60 + 2 * CYCLES)
async def test_connecting_and_closing_leaks_nothing(server: RealtimeServer) -> None:
    """30 times here; VOICE_CONNECT_CYCLES=120 is the long form."""
    settings = server.settings()

    async def cycle() -> None:
        async with Probe(settings) as probe:
            await probe.connection.open()
        # Nobody but us can have closed it.
        await eventually(lambda: server.peers[-1].connectionState == "closed")
        server.peers.clear()
        server.channels.clear()

    def counts() -> tuple[int, int]:
        gc.collect()
        peers = sum(isinstance(thing, RTCPeerConnection) for thing in gc.get_objects())
        return len(list(Path("/proc/self/fd").iterdir())), peers

    for _ in range(3):
        await cycle()
    tasks = asyncio.all_tasks()
    files, peers = counts()
    for _ in range(CYCLES):
        await cycle()
    await eventually(lambda: len(asyncio.all_tasks()) <= len(tasks))
    await eventually(lambda: counts()[0] <= files and counts()[1] <= peers)
